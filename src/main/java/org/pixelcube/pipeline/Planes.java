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
   * The radii of three boxes, equal or one apart, whose variances r(r + 1)/3 add up to that of the
   * Gaussian as nearly as whole pixels can.
   */
  static int[] boxRadii(double sigma) {
    double variance = sigma * sigma;
    int radius = (int) Math.floor((Math.sqrt(4 * variance + 1) - 1) / 2);
    double missing = 3 * (variance - radius * (radius + 1.0));
    long larger = Math.round(missing / (2 * radius + 2));
    int[] radii = new int[3];
    for (int k = 0; k < 3; k++) {
      radii[k] = k < larger ? radius + 1 : radius;
    }
    return radii;
  }

  /** One plane smoothed with weights: see {@link MaskedBlur}. */
  static float[] smooth(
      float[] values, float[] weights, int width, int height, double sigma, float fallback) {
    return new MaskedBlur(weights, width, height, sigma).apply(values, fallback);
  }

  /** Plain smoothing with weight 1 everywhere inside the plane. */
  static float[] smooth(float[] values, int width, int height, double sigma) {
    return new MaskedBlur(null, width, height, sigma).apply(values, 0);
  }

  /** Bilinear, half grid to grid. */
  static float[] doubled(float[] half, int hw, int hh, int width, int height) {
    float[] out = new float[width * height];
    for (int y = 0; y < height; y++) {
      float sy = Math.clamp((y + 0.5f) / 2 - 0.5f, 0, hh - 1);
      int y0 = (int) sy;
      int y1 = Math.min(hh - 1, y0 + 1);
      float fy = sy - y0;
      for (int x = 0; x < width; x++) {
        float sx = Math.clamp((x + 0.5f) / 2 - 0.5f, 0, hw - 1);
        int x0 = (int) sx;
        int x1 = Math.min(hw - 1, x0 + 1);
        float fx = sx - x0;
        float top = half[y0 * hw + x0] + fx * (half[y0 * hw + x1] - half[y0 * hw + x0]);
        float bottom = half[y1 * hw + x0] + fx * (half[y1 * hw + x1] - half[y1 * hw + x0]);
        out[y * width + x] = top + fy * (bottom - top);
      }
    }
    return out;
  }
}
