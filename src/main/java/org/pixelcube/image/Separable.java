package org.pixelcube.image;

import java.util.Arrays;

/**
 * A linear filter or resampling that is a product of one along the rows and one down the columns.
 */
final class Separable {
  private Separable() {}

  /** For each output place along a side: the first input place and the weights from there on. */
  static final class Taps {
    private final int inputs;
    private final int[] first;
    private final float[][] weights;

    /**
     * Keeps the arrays.
     *
     * @param inputs input places along the side
     * @param first {@code [outputs]}
     * @param weights {@code [outputs][]}, each inside the input
     */
    Taps(int inputs, int[] first, float[][] weights) {
      this.inputs = inputs;
      this.first = first;
      this.weights = weights;
    }

    int outputs() {
      return first.length;
    }

    /**
     * A symmetric kernel at every place, normalised over the part inside.
     *
     * @param half weights at the distances 0, 1, …
     */
    static Taps symmetric(int n, double[] half) {
      int radius = half.length - 1;
      int[] first = new int[n];
      float[][] weights = new float[n][];
      float[] inner = null;
      for (int i = 0; i < n; i++) {
        int from = Math.max(0, i - radius);
        int to = Math.min(n - 1, i + radius);
        boolean whole = to - from == 2 * radius;
        first[i] = from;
        if (whole && inner != null) {
          weights[i] = inner;
          continue;
        }
        double[] w = new double[to - from + 1];
        for (int j = from; j <= to; j++) {
          w[j - from] = half[Math.abs(j - i)];
        }
        weights[i] = normalized(w);
        if (whole) {
          inner = weights[i];
        }
      }
      return new Taps(n, first, weights);
    }

    /** The weights scaled to the sum 1. */
    static float[] normalized(double[] w) {
      double sum = Arrays.stream(w).sum();
      float[] out = new float[w.length];
      for (int i = 0; i < w.length; i++) {
        out[i] = (float) (w[i] / sum);
      }
      return out;
    }
  }

  /**
   * Filters planes {@code (channels, down.inputs, across.inputs)}; {@code out} must be another
   * array.
   */
  static void apply(float[] in, int channels, Taps across, Taps down, float[] out) {
    int w = across.inputs;
    int h = down.inputs;
    int ow = across.outputs();
    int oh = down.outputs();
    // Rows first: the intermediate is (c, h, ow).
    float[] middle = new float[Math.multiplyExact(channels * h, ow)];
    Bands.run(
        channels * h,
        Math.max(w, ow),
        (from, to) -> {
          for (int y = from; y < to; y++) {
            row(in, y * w, across, middle, y * ow);
          }
        });
    Bands.run(
        channels * oh,
        ow,
        (from, to) -> {
          for (int y = from; y < to; y++) {
            int plane = y / oh * h * ow;
            float[] weights = down.weights[y % oh];
            int source = plane + down.first[y % oh] * ow;
            int o = y * ow;
            for (int t = 0; t < weights.length; t++, source += ow) {
              accumulate(middle, source, weights[t], out, o, ow, t == 0);
            }
          }
        });
  }

  private static void row(float[] in, int at, Taps taps, float[] out, int o) {
    int n = taps.outputs();
    int[] first = taps.first;
    float[][] all = taps.weights;
    for (int x = 0; x < n; x++) {
      float[] weights = all[x];
      int i = at + first[x];
      float v = 0;
      for (int t = 0; t < weights.length; t++) {
        v += weights[t] * in[i + t];
      }
      out[o + x] = v;
    }
  }

  private static void accumulate(
      float[] in, int at, float weight, float[] out, int o, int n, boolean first) {
    if (first) {
      for (int x = 0; x < n; x++) {
        out[o + x] = weight * in[at + x];
      }
    } else {
      for (int x = 0; x < n; x++) {
        out[o + x] += weight * in[at + x];
      }
    }
  }
}
