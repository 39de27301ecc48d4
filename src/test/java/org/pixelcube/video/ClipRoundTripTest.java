package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.image.Image;

@Randomized
class ClipRoundTripTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void ffv1KeepsEvery16BitCode(boolean alpha, Random random) {
    float[] light = TransferFunction.SRGB.decodeTable(16);
    int n = 256 * 256;
    float[] s = new float[(alpha ? 4 : 3) * n];
    for (int i = 0; i < s.length; i++) {
      int code = i < n ? i : random.nextInt(65536);
      s[i] = i < 3 * n ? light[code] : (float) (code / 65535.0);
    }
    Image image = Image.rgb(256, 256, s);
    Path out = folder.resolve("a.mkv");
    TestClips.write(
        out, null, TestClips.info(256, 256, alpha), List.of(new Frame(image, 0, 0, 512)));
    assertArrayEquals(s, TestClips.readAll(out).getFirst().image().samples());
  }

  @ParameterizedTest
  @CsvSource({
    "a.mp4, h264, 38",
    "a.mkv, h264, 38",
    "a.mp4, av1, 38",
    "a.mov, prores4444, 50",
    "a.mov, ffv1, 90"
  })
  void everyFrameComesBackInTime(String name, String codec, double decibels) {
    Path out = folder.resolve(name);
    List<Frame> in = TestClips.frames(96, 64, 0, 12, false);
    TestClips.write(out, codec, TestClips.info(96, 64, false), in);
    List<Frame> back = TestClips.readAll(out);
    assertEquals(12, back.size());
    for (int i = 0; i < 12; i++) {
      double db = TestClips.psnr(in.get(i).image(), back.get(i).image());
      assertTrue(db > decibels, () -> codec + " " + db + " dB");
      assertEquals(i, back.get(i).index());
    }
  }

  @Test
  void proresKeepsAlpha() {
    Path out = folder.resolve("a.mov");
    List<Frame> in = TestClips.frames(128, 64, 0, 3, true);
    TestClips.write(out, null, TestClips.info(128, 64, true), in);
    try (ClipReader r = ClipReader.open(out)) {
      assertTrue(r.info().hasAlpha());
      for (Frame f : TestClips.rest(r)) {
        Image expected = in.get((int) f.index()).image();
        for (int x = 0; x < 128; x++) {
          assertEquals(expected.at(3, 20, x), f.image().at(3, 20, x), 1.0 / 1023);
        }
        assertTrue(TestClips.psnr(expected, f.image()) > 50);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"a.mp4, h264", "a.mp4, av1", "a.mov, prores4444", "a.mov, h264"})
  void unevenTimesAreKeptExactly(String name, String codec, Random random) {
    Path out = folder.resolve(name);
    Rational base = new Rational(1, 90000);
    List<Frame> in = new ArrayList<>();
    long pts = random.nextInt(200000);
    for (int i = 0; i < 15; i++) {
      long duration = 1L + random.nextInt(9000);
      in.add(new Frame(TestClips.picture(64, 64, i, false), i, pts, duration));
      pts += duration;
    }
    ClipInfo info = ClipInfo.synthetic(64, 64, TestClips.FPS, base, false);
    TestClips.write(out, codec, info, in);
    try (ClipReader r = ClipReader.open(out)) {
      assertTrue(r.info().timeBase().sameValueAs(base));
      assertEquals(15, r.info().frameCount());
      assertTrue(r.info().variableFrameRate());
      List<Frame> back = TestClips.rest(r);
      assertEquals(in.stream().map(Frame::pts).toList(), back.stream().map(Frame::pts).toList());
      assertEquals(
          in.stream().map(Frame::duration).toList(), back.stream().map(Frame::duration).toList());
    }
  }

  @Test
  void ntscTimeBaseIsKept() {
    Path out = folder.resolve("a.mp4");
    Rational base = new Rational(1001, 30000);
    ClipInfo info = ClipInfo.synthetic(64, 64, base.inverse(), base, false);
    List<Frame> in = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      in.add(new Frame(TestClips.picture(64, 64, i, false), i, i, 1));
    }
    TestClips.write(out, "h264", info, in);
    try (ClipReader r = ClipReader.open(out)) {
      assertFalse(r.info().variableFrameRate());
      for (Frame f : TestClips.rest(r)) {
        assertEquals(f.index() * base.toDouble(), r.info().timeSeconds(f.pts()), 1e-12);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"mp4, h264", "mp4, av1", "mov, prores4444", "mkv, ffv1"})
  void sameFramesGiveSameBytes(String extension, String codec) throws IOException {
    List<Frame> in = TestClips.frames(64, 64, 0, 6, false);
    ClipInfo info = TestClips.info(64, 64, false);
    Path a = TestClips.write(folder.resolve("a." + extension), codec, info, in);
    Path b = TestClips.write(folder.resolve("b." + extension), codec, info, in);
    assertEquals(-1, Files.mismatch(a, b));
  }

  @ParameterizedTest
  @CsvSource({"mov, prores4444, 33, 17", "mkv, ffv1, 33, 17"})
  void oddSizesWithoutChromaHalvingStay(String extension, String codec, int w, int h) {
    Path out = folder.resolve("a." + extension);
    TestClips.write(out, codec, TestClips.info(w, h, false), TestClips.frames(w, h, 0, 2, false));
    Image back = TestClips.readAll(out).getFirst().image();
    assertEquals(w, back.width());
    assertEquals(h, back.height());
    assertTrue(TestClips.psnr(TestClips.picture(w, h, 0, false), back) > 45);
  }

  @Test
  void oddSizesAreRoundedUpForH264() {
    Path out = folder.resolve("a.mp4");
    TestClips.write(
        out, "h264", TestClips.info(33, 17, false), TestClips.frames(33, 17, 0, 2, false));
    Image back = TestClips.readAll(out).getFirst().image();
    assertEquals(34, back.width());
    assertEquals(18, back.height());
    Image cropped = back.crop(0, 0, 33, 17);
    assertTrue(TestClips.psnr(TestClips.picture(33, 17, 0, false), cropped) > 30);
  }

  @Test
  void nothingIsLeftWithoutFinish() throws IOException {
    Path out = folder.resolve("a.mp4");
    try (ClipWriter w =
        ClipWriter.open(out, Encoding.forPath(out), TestClips.info(64, 64, false))) {
      TestClips.frames(64, 64, 0, 3, false).forEach(w::write);
    }
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void framesOutOfOrderOrOfAnotherSizeAreRefused() {
    Path out = folder.resolve("a.mp4");
    try (ClipWriter w =
        ClipWriter.open(out, Encoding.forPath(out), TestClips.info(64, 64, false))) {
      Image image = TestClips.picture(64, 64, 0, false);
      w.write(new Frame(image, 0, 512, 512));
      assertThrows(IllegalArgumentException.class, () -> w.write(new Frame(image, 1, 512, 512)));
      Image other = TestClips.picture(62, 64, 0, false);
      assertThrows(IllegalArgumentException.class, () -> w.write(new Frame(other, 1, 1024, 512)));
    }
  }

  @ParameterizedTest
  @CsvSource({"%04d.exr, 60", "%d.png, 45", "shots, 45"})
  void sequences(String name, double decibels) {
    Path out = folder.resolve("seq").resolve(name);
    List<Frame> in = TestClips.frames(40, 30, 0, 12, true);
    TestClips.write(out, null, TestClips.info(40, 30, true), in);
    try (ClipReader r = ClipReader.open(out)) {
      assertEquals(12, r.info().frameCount());
      assertTrue(r.info().hasAlpha());
      r.seek(11);
      Frame last = r.next().orElseThrow();
      assertEquals(11, last.index());
      assertTrue(TestClips.psnr(in.get(11).image(), last.image()) > decibels);
      r.seek(0);
      assertEquals(12, TestClips.rest(r).size());
    }
  }
}
