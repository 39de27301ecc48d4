package org.pixelcube.image;

import java.util.Arrays;

/**
 * Grey erosion and dilation by a square of {@code (2 · radius + 1)²} pixels, every channel by
 * itself: the least and the largest sample in the window inside the picture. Constant time per
 * pixel: van Herk 1992, Gil and Werman 1993.
 */
public final class Morphology {
  private Morphology() {}

  /** The least sample in each window. */
  public static Image erode(Image image, int radius) {
    return filter(image, radius, -1);
  }

  /** The largest sample in each window. */
  public static Image dilate(Image image, int radius) {
    return filter(image, radius, 1);
  }

  /** Dilation of the erosion: takes away what is smaller than the window. */
  public static Image open(Image image, int radius) {
    return dilate(erode(image, radius), radius);
  }

  /** Erosion of the dilation: fills holes smaller than the window. */
  public static Image close(Image image, int radius) {
    return erode(dilate(image, radius), radius);
  }

  /** Largest samples of {@code sign · image}, times sign. */
  private static Image filter(Image image, int radius, float sign) {
    if (radius < 0) {
      throw new IllegalArgumentException("radius " + radius + " (expected 0 or more)");
    }
    int w = image.width();
    int h = image.height();
    int planes = image.channels();
    // A window larger than the picture is the picture.
    int rx = Math.min(radius, w - 1);
    int ry = Math.min(radius, h - 1);
    float[] in = image.samples();
    float[] out = new float[in.length];
    Bands.run(
        planes * h,
        2 * w,
        (from, to) -> {
          Line line = new Line(w, rx);
          for (int y = from; y < to; y++) {
            line.run(in, out, y * w, 1, sign);
          }
        });
    Bands.run(
        planes * w,
        2 * h,
        (from, to) -> {
          Line line = new Line(h, ry);
          for (int x = from; x < to; x++) {
            line.run(out, out, x / w * w * h + x % w, w, sign);
          }
        });
    return image.like(out);
  }

  /** Running maximum along one line, padded by −∞ to whole blocks of the window's length. */
  private static final class Line {
    private final int n;
    private final int radius;
    private final int block;
    private final float[] padded;
    private final float[] forward;
    private final float[] backward;

    Line(int n, int radius) {
      this.n = n;
      this.radius = radius;
      this.block = 2 * radius + 1;
      int length = Math.ceilDiv(n + 2 * radius, block) * block;
      padded = new float[length];
      forward = new float[length];
      backward = new float[length];
      Arrays.fill(padded, Float.NEGATIVE_INFINITY);
    }

    void run(float[] in, float[] out, int at, int step, float sign) {
      for (int i = 0, p = at; i < n; i++, p += step) {
        padded[radius + i] = sign * in[p];
      }
      int length = padded.length;
      for (int start = 0; start < length; start += block) {
        int end = start + block;
        forward[start] = padded[start];
        for (int i = start + 1; i < end; i++) {
          forward[i] = Math.max(forward[i - 1], padded[i]);
        }
        backward[end - 1] = padded[end - 1];
        for (int i = end - 2; i >= start; i--) {
          backward[i] = Math.max(backward[i + 1], padded[i]);
        }
      }
      for (int i = 0, p = at; i < n; i++, p += step) {
        out[p] = sign * Math.max(backward[i], forward[i + block - 1]);
      }
    }
  }
}
