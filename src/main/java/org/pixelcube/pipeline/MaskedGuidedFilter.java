package org.pixelcube.pipeline;

/**
 * The guided filter (He, Sun and Tang 2013) with a weight per pixel, so that the background does
 * not leak into the subject: output = a·guide + b, with a and b fitted in each window by weighted
 * least squares and then averaged.
 */
final class MaskedGuidedFilter {
  private final float[] guide;
  private final float[] weight;
  private final int width;
  private final int height;
  private final int radius;
  private final float epsilon;
  private final float[] mass;
  private final float[] mean;
  private final float[] variance;
  private final float[] scratch;

  /**
   * Prepares the guide's statistics.
   *
   * @param radius half the window, in pixels
   * @param epsilon variance of the guide below which the output is smooth
   */
  MaskedGuidedFilter(
      float[] guide, float[] weight, int width, int height, int radius, float epsilon) {
    this.guide = guide;
    this.weight = new float[weight.length];
    for (int i = 0; i < weight.length; i++) {
      // A trace of weight everywhere keeps windows without subject defined.
      this.weight[i] = weight[i] + 1e-4f;
    }
    this.width = width;
    this.height = height;
    this.radius = radius;
    this.epsilon = epsilon;
    this.scratch = new float[guide.length];
    this.mass = this.weight.clone();
    Planes.boxSum(mass, width, height, radius, scratch);
    this.mean = windowMean(guide);
    float[] square = new float[guide.length];
    for (int i = 0; i < guide.length; i++) {
      square[i] = guide[i] * guide[i];
    }
    this.variance = windowMean(square);
    for (int i = 0; i < guide.length; i++) {
      variance[i] = Math.max(0, variance[i] - mean[i] * mean[i]);
    }
  }

  private float[] windowMean(float[] values) {
    float[] sum = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      sum[i] = weight[i] * values[i];
    }
    Planes.boxSum(sum, width, height, radius, scratch);
    for (int i = 0; i < values.length; i++) {
      sum[i] /= mass[i];
    }
    return sum;
  }

  /** Slope and offset per pixel: {@code values ≈ a·guide + b}. */
  float[][] coefficients(float[] values) {
    float[] cross = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      cross[i] = guide[i] * values[i];
    }
    float[] a = windowMean(cross);
    float[] b = windowMean(values);
    for (int i = 0; i < values.length; i++) {
      a[i] = (a[i] - mean[i] * b[i]) / (variance[i] + epsilon);
      b[i] -= a[i] * mean[i];
    }
    return new float[][] {windowMean(a), windowMean(b)};
  }

  /** The filtered values. */
  float[] filter(float[] values) {
    float[][] ab = coefficients(values);
    float[] out = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i] = ab[0][i] * guide[i] + ab[1][i];
    }
    return out;
  }
}
