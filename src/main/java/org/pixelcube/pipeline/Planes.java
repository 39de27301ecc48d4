package org.pixelcube.pipeline;

/** Arithmetic on the small {@code (h, w)} planes of the geometry grid. */
final class Planes {
  private Planes() {}

  /** 0 below {@code a}, 1 above {@code b}, smooth between. */
  static float smoothstep(float a, float b, float x) {
    float t = Math.clamp((x - a) / (b - a), 0, 1);
    return t * t * (3 - 2 * t);
  }

  /** Sums over windows of {@code 2·radius + 1} on a side, clipped to the plane, in place. */
  static void boxSum(float[] plane, int width, int height, int radius, float[] scratch) {
    for (int y = 0; y < height; y++) {
      int row = y * width;
      double sum = 0;
      for (int x = 0; x < Math.min(radius, width); x++) {
        sum += plane[row + x];
      }
      for (int x = 0; x < width; x++) {
        if (x + radius < width) {
          sum += plane[row + x + radius];
        }
        if (x - radius - 1 >= 0) {
          sum -= plane[row + x - radius - 1];
        }
        scratch[row + x] = (float) sum;
      }
    }
    double[] columns = new double[width];
    for (int y = 0; y < Math.min(radius, height); y++) {
      for (int x = 0; x < width; x++) {
        columns[x] += scratch[y * width + x];
      }
    }
    for (int y = 0; y < height; y++) {
      int enter = y + radius < height ? (y + radius) * width : -1;
      int leave = y - radius - 1 >= 0 ? (y - radius - 1) * width : -1;
      for (int x = 0; x < width; x++) {
        if (enter >= 0) {
          columns[x] += scratch[enter + x];
        }
        if (leave >= 0) {
          columns[x] -= scratch[leave + x];
        }
        plane[y * width + x] = (float) columns[x];
      }
    }
  }

  /**
   * Weighted smoothing, close to a Gaussian of the given width: box³(w·v) ÷ box³(w); where there is
   * no weight near, {@code fallback}.
   *
   * @param sigma standard deviation in pixels
   */
  static float[] smooth(
      float[] values, float[] weights, int width, int height, double sigma, float fallback) {
    int radius = boxRadius(sigma);
    float[] numerator = new float[values.length];
    float[] denominator = weights.clone();
    for (int i = 0; i < values.length; i++) {
      numerator[i] = weights[i] > 0 ? weights[i] * values[i] : 0;
    }
    float[] scratch = new float[values.length];
    for (int pass = 0; pass < 3; pass++) {
      boxSum(numerator, width, height, radius, scratch);
      boxSum(denominator, width, height, radius, scratch);
      // Keeps the sums in range; the common factor drops out of the ratio.
      float scale = 1f / ((2 * radius + 1) * (2 * radius + 1));
      for (int i = 0; i < values.length; i++) {
        numerator[i] *= scale;
        denominator[i] *= scale;
      }
    }
    for (int i = 0; i < values.length; i++) {
      numerator[i] = denominator[i] > 1e-6f ? numerator[i] / denominator[i] : fallback;
    }
    return numerator;
  }

  /** The radius of three equal boxes whose variance is that of the Gaussian. */
  static int boxRadius(double sigma) {
    return Math.max(1, (int) Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  }

  /** Plain smoothing with weight 1 everywhere inside the plane. */
  static float[] smooth(float[] values, int width, int height, double sigma) {
    float[] ones = new float[values.length];
    java.util.Arrays.fill(ones, 1);
    return smooth(values, ones, width, height, sigma, 0);
  }
}
