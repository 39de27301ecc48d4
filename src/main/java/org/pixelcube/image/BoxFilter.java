package org.pixelcube.image;

/**
 * Mean over a square window of {@code (2 · radius + 1)²} pixels, by running sums: constant time per
 * pixel whatever the radius. At the borders the mean is over the part of the window inside the
 * picture, so a constant stays constant. Sums are kept in double precision.
 */
public final class BoxFilter {
  private BoxFilter() {}

  /** The mean of every channel by itself. */
  public static Image mean(Image image, int radius) {
    float[] out = new float[image.samples().length];
    mean(image.samples(), out, image.channels(), image.width(), image.height(), radius);
    return image.like(out);
  }

  /**
   * The mean of planes {@code (channels, height, width)}.
   *
   * @param out receives the result; may be {@code in}
   * @throws IllegalArgumentException if the radius is negative
   */
  public static void mean(
      float[] in, float[] out, int channels, int width, int height, int radius) {
    if (radius < 0) {
      throw new IllegalArgumentException("radius " + radius + " (expected 0 or more)");
    }
    if (radius == 0) {
      System.arraycopy(in, 0, out, 0, channels * height * width);
      return;
    }
    filter(in, out, channels, width, height, radius, 0);
  }

  /**
   * One pass of the extended box: full weight up to {@code radius}, weight {@code edge} in [0, 1)
   * one pixel further out.
   */
  static void filter(
      float[] in, float[] out, int channels, int width, int height, int radius, double edge) {
    double[] across = reciprocalWeights(width, radius, edge);
    double[] down = reciprocalWeights(height, radius, edge);
    Bands.run(
        channels * height,
        width,
        (from, to) -> {
          float[] row = new float[width];
          for (int y = from; y < to; y++) {
            System.arraycopy(in, y * width, row, 0, width);
            filterRow(row, out, y * width, width, radius, edge, across);
          }
        });
    Bands.run(
        channels * blocks(width),
        Math.multiplyExact(BLOCK, height),
        (from, to) -> {
          float[] copy = new float[BLOCK * height];
          for (int b = from; b < to; b++) {
            int plane = b / blocks(width) * height * width;
            int x0 = b % blocks(width) * BLOCK;
            int n = Math.min(BLOCK, width - x0);
            filterColumns(copy, out, plane + x0, n, width, height, radius, edge, down);
          }
        });
  }

  /** Columns taken together, so that each row of them is a run of memory. */
  private static final int BLOCK = 32;

  private static int blocks(int width) {
    return (width + BLOCK - 1) / BLOCK;
  }

  private static void filterRow(
      float[] row, float[] out, int at, int n, int radius, double edge, double[] reciprocal) {
    double sum = 0;
    for (int x = 0; x < Math.min(radius, n); x++) {
      sum += row[x];
    }
    for (int x = 0; x < n; x++) {
      int enter = x + radius;
      if (enter < n) {
        sum += row[enter];
      }
      int leave = x - radius - 1;
      if (leave >= 0) {
        sum -= row[leave];
      }
      double v = sum;
      if (edge > 0) {
        if (leave >= 0) {
          v += edge * row[leave];
        }
        if (enter + 1 < n) {
          v += edge * row[enter + 1];
        }
      }
      out[at + x] = (float) (v * reciprocal[x]);
    }
  }

  private static void filterColumns(
      float[] copy,
      float[] plane,
      int at,
      int columns,
      int width,
      int height,
      int radius,
      double edge,
      double[] reciprocal) {
    for (int y = 0; y < height; y++) {
      System.arraycopy(plane, at + y * width, copy, y * BLOCK, columns);
    }
    double[] sum = new double[columns];
    for (int y = 0; y < Math.min(radius, height); y++) {
      for (int x = 0; x < columns; x++) {
        sum[x] += copy[y * BLOCK + x];
      }
    }
    for (int y = 0; y < height; y++) {
      int enter = y + radius;
      if (enter < height) {
        for (int x = 0, i = enter * BLOCK; x < columns; x++, i++) {
          sum[x] += copy[i];
        }
      }
      int leave = y - radius - 1;
      if (leave >= 0) {
        for (int x = 0, i = leave * BLOCK; x < columns; x++, i++) {
          sum[x] -= copy[i];
        }
      }
      double r = reciprocal[y];
      int o = at + y * width;
      if (edge > 0) {
        int above = leave >= 0 ? leave * BLOCK : 0;
        double aboveWeight = leave >= 0 ? edge : 0;
        int below = enter + 1 < height ? (enter + 1) * BLOCK : 0;
        double belowWeight = enter + 1 < height ? edge : 0;
        for (int x = 0; x < columns; x++) {
          double v = sum[x] + aboveWeight * copy[above + x] + belowWeight * copy[below + x];
          plane[o + x] = (float) (v * r);
        }
      } else {
        for (int x = 0; x < columns; x++) {
          plane[o + x] = (float) (sum[x] * r);
        }
      }
    }
  }

  /** One over the sum of the weights inside the picture, for each place along a side. */
  private static double[] reciprocalWeights(int n, int radius, double edge) {
    double[] r = new double[n];
    for (int i = 0; i < n; i++) {
      double w = Math.min(n - 1L, (long) i + radius) - Math.max(0, i - radius) + 1;
      if (i - radius - 1 >= 0) {
        w += edge;
      }
      if ((long) i + radius + 1 < n) {
        w += edge;
      }
      r[i] = 1 / w;
    }
    return r;
  }
}
