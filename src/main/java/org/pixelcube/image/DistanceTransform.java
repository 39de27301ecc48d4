package org.pixelcube.image;

import java.util.Arrays;

/**
 * Exact Euclidean distance between pixel centres, in time linear in the number of pixels:
 * Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", 2012.
 */
public final class DistanceTransform {
  private static final int NONE = -1;

  private DistanceTransform() {}

  /**
   * Distance in pixels to the nearest pixel of the mask that is at or above the threshold: 0 on
   * those pixels, +∞ everywhere if there is none.
   *
   * @param mask {@code (1, h, w)}
   * @return {@code (1, h, w)}
   */
  public static Image distance(Image mask, float threshold) {
    int w = mask.width();
    int[] nearest = nearest(mask, threshold);
    float[] out = new float[nearest.length];
    for (int i = 0; i < out.length; i++) {
      if (nearest[i] == NONE) {
        out[i] = Float.POSITIVE_INFINITY;
      } else {
        double dx = i % w - nearest[i] % w;
        double dy = i / w - nearest[i] / w;
        out[i] = (float) Math.sqrt(dx * dx + dy * dy);
      }
    }
    return Image.data(w, mask.height(), 1, out);
  }

  /**
   * Index {@code y · w + x} of the nearest pixel of the mask that is at or above the threshold, for
   * every pixel; −1 everywhere if there is none.
   *
   * @param mask {@code (1, h, w)}
   */
  public static int[] nearest(Image mask, float threshold) {
    if (mask.channels() != 1) {
      throw new IllegalArgumentException("mask " + mask + " (expected one channel)");
    }
    int w = mask.width();
    int h = mask.height();
    float[] m = mask.samples();
    // In each column the row of the nearest feature: two sweeps.
    int[] row = new int[w * h];
    for (int x = 0; x < w; x++) {
      row[x] = m[x] >= threshold ? 0 : NONE;
    }
    for (int y = 1; y < h; y++) {
      for (int x = 0, i = y * w; x < w; x++, i++) {
        row[i] = m[i] >= threshold ? y : row[i - w];
      }
    }
    for (int y = h - 2; y >= 0; y--) {
      for (int x = 0, i = y * w; x < w; x++, i++) {
        int below = row[i + w];
        if (below != NONE && (row[i] == NONE || below - y < y - row[i])) {
          row[i] = below;
        }
      }
    }
    int[] out = new int[w * h];
    Bands.run(
        h,
        4 * w,
        (from, to) -> {
          Envelope envelope = new Envelope(w);
          for (int y = from; y < to; y++) {
            envelope.row(row, y, w, out);
          }
        });
    return out;
  }

  /** The lower envelope of the parabolas of one row. */
  private static final class Envelope {
    private final int[] vertex;
    private final double[] start;
    private final double[] height;

    Envelope(int w) {
      vertex = new int[w];
      start = new double[w];
      height = new double[w];
    }

    void row(int[] feature, int y, int w, int[] out) {
      int at = y * w;
      int k = -1;
      for (int q = 0; q < w; q++) {
        if (feature[at + q] == NONE) {
          continue;
        }
        double d = feature[at + q] - y;
        height[q] = d * d;
        double s = Double.NEGATIVE_INFINITY;
        while (k >= 0) {
          int v = vertex[k];
          s = (height[q] + (double) q * q - height[v] - (double) v * v) / (2.0 * (q - v));
          if (s > start[k]) {
            break;
          }
          k--;
          s = Double.NEGATIVE_INFINITY;
        }
        k++;
        vertex[k] = q;
        start[k] = s;
      }
      if (k < 0) {
        Arrays.fill(out, at, at + w, NONE);
        return;
      }
      int j = 0;
      for (int x = 0; x < w; x++) {
        while (j < k && start[j + 1] <= x) {
          j++;
        }
        out[at + x] = feature[at + vertex[j]] * w + vertex[j];
      }
    }
  }
}
