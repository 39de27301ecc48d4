package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pixelcube.image.Image;

@Randomized
class VideoColorTest {
  @TempDir Path folder;

  private static AVFrame frame(int format, int w, int h) {
    Libav.load();
    AVFrame f = av_frame_alloc();
    f.width(w).height(h).format(format);
    assertEquals(0, av_frame_get_buffer(f, 0));
    return f;
  }

  private static void put(AVFrame f, int plane, int x, int y, int code, boolean wide) {
    if (wide) {
      Libav.row(f, plane, y, f.linesize(plane))
          .set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * x, (short) code);
    } else {
      Libav.row(f, plane, y, f.linesize(plane)).set(ValueLayout.JAVA_BYTE, x, (byte) code);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BT709, LIMITED, 8", "BT709, FULL, 8", "BT601, LIMITED, 8", "BT601, FULL, 8",
    "BT2020, LIMITED, 8", "BT709, LIMITED, 10", "BT709, FULL, 10", "BT601, LIMITED, 10",
    "BT2020, LIMITED, 10", "BT709, LIMITED, 12", "SMPTE240M, LIMITED, 8", "FCC, LIMITED, 8"
  })
  void lumaAndChromaFollowTheClosedForm(
      ColorTags.Matrix matrix, ColorTags.Range range, int bits, Random random) {
    int format =
        bits == 8
            ? AV_PIX_FMT_YUV444P
            : bits == 10 ? AV_PIX_FMT_YUV444P10LE : AV_PIX_FMT_YUV444P12LE;
    int side = 64;
    int unit = 1 << (bits - 8);
    int max = (1 << bits) - 1;
    boolean full = range == ColorTags.Range.FULL;
    AVFrame f = frame(format, side, side);
    ColorTags tags =
        new ColorTags(ColorTags.Primaries.BT709, ColorTags.Transfer.SDR, matrix, range, false);
    try (PictureDecoder d = new PictureDecoder(new PictureDecoder.Tables())) {
      int[][] yuv = new int[3][side * side];
      for (int i = 0; i < side * side; i++) {
        for (int p = 0; p < 3; p++) {
          yuv[p][i] = random.nextInt(max + 1);
          put(f, p, i % side, i / side, yuv[p][i], bits > 8);
        }
      }
      Image image = d.decode(f, tags, Orientation.UPRIGHT);
      int inGamut = 0;
      for (int i = 0; i < side * side; i++) {
        double y = full ? yuv[0][i] / (double) max : (yuv[0][i] - 16.0 * unit) / (219.0 * unit);
        double cb = (yuv[1][i] - 128.0 * unit) / (full ? max : 224.0 * unit);
        double cr = (yuv[2][i] - 128.0 * unit) / (full ? max : 224.0 * unit);
        double r = y + 2 * (1 - matrix.kr) * cr;
        double b = y + 2 * (1 - matrix.kb) * cb;
        double g = (y - matrix.kr * r - matrix.kb * b) / (1 - matrix.kr - matrix.kb);
        double[] rgb = {r, g, b};
        if (Math.min(r, Math.min(g, b)) < 0 || Math.max(r, Math.max(g, b)) > 1) {
          continue;
        }
        inGamut++;
        for (int c = 0; c < 3; c++) {
          double signal =
              ColorTags.Transfer.SDR.curve.fromLinear(image.samples()[c * side * side + i]);
          assertEquals(rgb[c], signal, 1.2e-4, () -> matrix + " " + range + " " + bits);
        }
      }
      assertTrue(inGamut > 300);
    } finally {
      av_frame_free(f);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BT709", "BT601", "BT2020"})
  void eightBitCodesSurviveDecodingAndEncoding(ColorTags.Matrix matrix, Random random) {
    int side = 96;
    AVFrame in = frame(AV_PIX_FMT_YUV444P10LE, side, side);
    AVFrame out = frame(AV_PIX_FMT_YUV444P10LE, side, side);
    ColorTags tags =
        new ColorTags(
            ColorTags.Primaries.BT709,
            ColorTags.Transfer.SDR,
            matrix,
            ColorTags.Range.LIMITED,
            false);
    try (PictureDecoder d = new PictureDecoder(new PictureDecoder.Tables())) {
      for (int i = 0; i < side * side; i++) {
        // Near enough to grey that no R, G or B is clipped.
        put(in, 0, i % side, i / side, 300 + random.nextInt(400), true);
        put(in, 1, i % side, i / side, 462 + random.nextInt(100), true);
        put(in, 2, i % side, i / side, 462 + random.nextInt(100), true);
      }
      Image image = d.decode(in, tags, Orientation.UPRIGHT);
      new PictureEncoder(AV_PIX_FMT_YUV444P10LE, side, side, tags).encode(image, out);
      for (int p = 0; p < 3; p++) {
        for (int y = 0; y < side; y++) {
          assertEquals(
              -1,
              Libav.row(in, p, y, 2L * side).mismatch(Libav.row(out, p, y, 2L * side)),
              "plane " + p + " row " + y);
        }
      }
    } finally {
      av_frame_free(in);
      av_frame_free(out);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeOfEveryCurveComesBack(ColorTags.Transfer transfer) {
    CodeCurve curve = CodeCurve.of(transfer.curve);
    for (int code = 0; code < 65536; code++) {
      float light = (float) transfer.curve.toLinear(code / 65535.0);
      assertEquals(code, Math.round(curve.signal(light) * 65535));
    }
    assertEquals(0, curve.signal(-1));
    assertEquals(0, curve.signal(Float.NaN));
    assertEquals(1, curve.signal(1e9f));
  }

  @Test
  void greyFormatsFillThreeChannels() {
    AVFrame f = frame(AV_PIX_FMT_GRAY8, 256, 1);
    try (PictureDecoder d = new PictureDecoder(new PictureDecoder.Tables())) {
      for (int x = 0; x < 256; x++) {
        put(f, 0, x, 0, x, false);
      }
      ColorTags tags =
          new ColorTags(
              ColorTags.Primaries.BT709,
              ColorTags.Transfer.SDR,
              ColorTags.Matrix.RGB,
              ColorTags.Range.FULL,
              false);
      Image image = d.decode(f, tags, Orientation.UPRIGHT);
      for (int x = 0; x < 256; x++) {
        for (int c = 0; c < 3; c++) {
          assertEquals((float) ColorTags.Transfer.SDR.curve.toLinear(x / 255.0), image.at(c, 0, x));
        }
      }
    } finally {
      av_frame_free(f);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, mp4, av1", "true, mp4, av1", "false, mov, prores4444", "true, mkv, ffv1"})
  void highDynamicRangeComesBack(boolean hlg, String extension, String codec) {
    ColorTags tags = hlg ? ColorTags.REC2100_HLG : ColorTags.REC2100_PQ;
    Path out = folder.resolve("a." + extension);
    int n = 64 * 64;
    float[] s = new float[3 * n];
    for (int i = 0; i < n; i++) {
      float v = 0.05f + 3.5f * (i % 64) / 63f;
      s[i] = v;
      s[n + i] = 0.8f * v;
      s[2 * n + i] = 0.6f * v;
    }
    Image image = Image.rgb(64, 64, s);
    TestClips.write(
        out,
        Encoding.forPath(out, codec).withColor(tags),
        TestClips.info(64, 64, false),
        List.of(new Frame(image, 0, 0, 512)),
        ClipWriter.Options.DEFAULT);
    try (ClipReader r = ClipReader.open(out)) {
      ColorTags back = r.info().color();
      assertEquals(tags.transfer(), back.transfer());
      assertEquals(tags.primaries(), back.primaries());
      assertTrue(!back.assumed());
      float[] t = r.next().orElseThrow().image().samples();
      for (int i = 0; i < s.length; i++) {
        assertEquals(s[i], t[i], 0.06 * s[i] + 0.01, "sample " + i);
      }
    }
  }

  @Test
  void tagsOfOrdinaryVideoAreWritten() {
    Path out = folder.resolve("a.mp4");
    TestClips.write(
        out, "h264", TestClips.info(64, 64, false), TestClips.frames(64, 64, 0, 1, false));
    try (ClipReader r = ClipReader.open(out)) {
      assertEquals(ColorTags.REC709, r.info().color());
    }
  }

  @Test
  void halvedChromaOfAFlatPictureIsExact() {
    Path out = folder.resolve("a.mp4");
    float[] s = new float[3 * 64 * 64];
    java.util.Arrays.fill(s, 0.25f);
    TestClips.write(
        out,
        "h264",
        TestClips.info(64, 64, false),
        List.of(new Frame(Image.rgb(64, 64, s), 0, 0, 512)));
    // The 8-bit limited code of the signal, and what that code means.
    double signal = ColorTags.Transfer.SDR.curve.fromLinear(0.25);
    double quantised = Math.rint(signal * 219) / 219;
    double expected = ColorTags.Transfer.SDR.curve.toLinear(quantised);
    for (float v : TestClips.readAll(out).getFirst().image().samples()) {
      assertEquals(expected, v, 1e-4);
    }
  }
}
