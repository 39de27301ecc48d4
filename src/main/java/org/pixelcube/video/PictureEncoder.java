package org.pixelcube.video;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.HlgOotf;
import org.pixelcube.image.Image;

/**
 * Encodes linear light into FFmpeg's frames: transfer curve, matrix (ITU-R BT.709-6, 3.2 to 3.4 and
 * its kin), rounding to the nearest code without dither, so that equal pictures give equal bytes.
 *
 * <p>4:2:0 chroma is sited left of its row pair: weights ¼ ½ ¼ across, ½ ½ down. swscale is not
 * used on this side as it dithers to 8 bits. A picture smaller than the frame is continued by its
 * last row and column.
 */
final class PictureEncoder {
  private static final ValueLayout.OfShort LE =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int pixelFormat;
  private final int width;
  private final int height;
  private final int bits;
  private final ColorTags tags;
  private final CodeCurve curve;

  /** Signals of the picture, continued to the frame's size; later luma and chroma. */
  private final float[] signal;

  private final short[] shorts;
  private final byte[] bytes;

  /**
   * @param pixelFormat yuv420p, yuv420p10le, yuv444p10le, yuva444p10le, gbrp16le or gbrap16le
   * @param width columns of the frame
   * @param height rows of the frame
   */
  PictureEncoder(int pixelFormat, int width, int height, ColorTags tags) {
    this.pixelFormat = pixelFormat;
    this.width = width;
    this.height = height;
    this.tags = tags;
    bits = Libav.describe(pixelFormat).comp(0).depth();
    curve = CodeCurve.of(tags.transfer().curve);
    signal = new float[Math.multiplyExact(Math.multiplyExact(width, height), 4)];
    shorts = new short[width];
    bytes = new byte[width];
  }

  /** Fills the frame, whose buffers must be its own. */
  void encode(Image image, AVFrame frame) {
    float[] light = image.samples();
    int imagePlane = image.planeSize();
    boolean hlg = tags.transfer() == ColorTags.Transfer.HLG;
    if (hlg || tags.primaries() != ColorTags.Primaries.BT709) {
      float[] converted = light.clone();
      ColorTransform.between(
              ColorTags.Primaries.BT709.chromaticities(), tags.primaries().chromaticities())
          .apply(light, converted, imagePlane);
      light = converted;
      if (hlg) {
        HlgOotf.toScene(light, imagePlane, tags.primaries().chromaticities());
      }
    }
    signals(image, light);
    if (pixelFormat == AV_PIX_FMT_GBRP16LE || pixelFormat == AV_PIX_FMT_GBRAP16LE) {
      int n = width * height;
      write(frame, 0, n, 65535, 0, 65535);
      write(frame, 1, 2 * n, 65535, 0, 65535);
      write(frame, 2, 0, 65535, 0, 65535);
      if (pixelFormat == AV_PIX_FMT_GBRAP16LE) {
        alpha(image);
        write(frame, 3, 3 * n, 65535, 0, 65535);
      }
      return;
    }
    lumaChroma();
    int unit = 1 << (bits - 8);
    write(frame, 0, 0, 219 * unit, 16 * unit, (1 << bits) - 1);
    if (pixelFormat == AV_PIX_FMT_YUV420P || pixelFormat == AV_PIX_FMT_YUV420P10LE) {
      writeHalved(frame, 1, 224 * unit, 128 * unit);
      writeHalved(frame, 2, 224 * unit, 128 * unit);
    } else {
      int n = width * height;
      write(frame, 1, n, 224 * unit, 128 * unit, (1 << bits) - 1);
      write(frame, 2, 2 * n, 224 * unit, 128 * unit, (1 << bits) - 1);
      if (pixelFormat == AV_PIX_FMT_YUVA444P10LE) {
        alpha(image);
        write(frame, 3, 3 * n, (1 << bits) - 1, 0, (1 << bits) - 1);
      }
    }
  }

  private void signals(Image image, float[] light) {
    int w = image.width();
    int h = image.height();
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        int from = (c * h + Math.min(y, h - 1)) * w;
        int to = (c * height + y) * width;
        for (int x = 0; x < w; x++) {
          signal[to + x] = curve.signal(light[from + x]);
        }
        for (int x = w; x < width; x++) {
          signal[to + x] = signal[to + w - 1];
        }
      }
    }
  }

  private void alpha(Image image) {
    int n = width * height;
    if (image.channels() == 4) {
      System.arraycopy(image.samples(), 3 * n, signal, 3 * n, n);
    } else {
      java.util.Arrays.fill(signal, 3 * n, 4 * n, 1);
    }
  }

  /** R'G'B' to Y', Cb in [-½, ½], Cr in [-½, ½], in place. */
  private void lumaChroma() {
    int n = width * height;
    float kr = (float) tags.matrix().kr;
    float kb = (float) tags.matrix().kb;
    float kg = 1 - kr - kb;
    float cb = 0.5f / (1 - kb);
    float cr = 0.5f / (1 - kr);
    for (int i = 0, j = n, k = 2 * n; i < n; i++, j++, k++) {
      float r = signal[i];
      float g = signal[j];
      float b = signal[k];
      float y = kr * r + kg * g + kb * b;
      signal[i] = y;
      signal[j] = (b - y) * cb;
      signal[k] = (r - y) * cr;
    }
  }

  private void write(AVFrame frame, int plane, int from, float scale, float offset, int max) {
    float half = offset + 0.5f;
    for (int y = 0; y < height; y++) {
      int i = from + y * width;
      if (bits == 8) {
        for (int x = 0; x < width; x++) {
          bytes[x] = (byte) Math.clamp((int) (signal[i + x] * scale + half), 0, max);
        }
        MemorySegment.copy(bytes, 0, Libav.row(frame, plane, y, width), JAVA_BYTE, 0, width);
      } else {
        for (int x = 0; x < width; x++) {
          shorts[x] = (short) Math.clamp((int) (signal[i + x] * scale + half), 0, max);
        }
        MemorySegment.copy(shorts, 0, Libav.row(frame, plane, y, 2L * width), LE, 0, width);
      }
    }
  }

  private void writeHalved(AVFrame frame, int plane, float scale, float offset) {
    int n = width * height;
    int half = width / 2;
    int max = (1 << bits) - 1;
    for (int y = 0; y < height / 2; y++) {
      int top = plane * n + 2 * y * width;
      int bottom = top + width;
      for (int x = 0; x < half; x++) {
        int i = 2 * x;
        int left = Math.max(i - 1, 0);
        float sum =
            signal[top + left]
                + signal[bottom + left]
                + 2 * (signal[top + i] + signal[bottom + i])
                + signal[top + i + 1]
                + signal[bottom + i + 1];
        int code = Math.clamp((int) (sum * 0.125f * scale + offset + 0.5f), 0, max);
        shorts[x] = (short) code;
        bytes[x] = (byte) code;
      }
      if (bits == 8) {
        MemorySegment.copy(bytes, 0, Libav.row(frame, plane, y, half), JAVA_BYTE, 0, half);
      } else {
        MemorySegment.copy(shorts, 0, Libav.row(frame, plane, y, 2L * half), LE, 0, half);
      }
    }
  }
}
