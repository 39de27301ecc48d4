package org.pixelcube.pipeline;

import java.util.Arrays;

/**
 * Smoothing that knows where there is something to smooth: blur(w·v) ÷ blur(w), close to a
 * Gaussian. The blurred weights are worked out once and serve any number of planes.
 *
 * <p>Narrow blurs are sampled Gaussians, wider ones three box means, and the widest run at half the
 * resolution, where nothing they keep is lost.
 */
final class MaskedBlur {
  /** Below this a sampled kernel is quicker than boxes, and closer to the Gaussian. */
  private static final double NARROW = 1.6;

  /** Above this half the resolution is enough. */
  private static final double WIDE = 4;

  /** Blurred weight below this is nothing. */
  private static final float NOTHING = 1e-6f;

  private final float[] weights;
  private final int width;
  private final int height;
  private final float[] kernel;
  private final int[] radii;
  private final int workWidth;
  private final int workHeight;
  private final float[] mass;
  private final float[] scratch;

  /**
   * Prepares a blur.
   *
   * @param weights how much each pixel counts, {@code (h, w)}; null for all alike
   * @param sigma standard deviation in pixels, above 0
   */
  MaskedBlur(float[] weights, int width, int height, double sigma) {
    this.weights = weights;
    this.width = width;
    this.height = height;
    this.kernel = sigma < NARROW ? gaussian(sigma) : null;
    boolean half = sigma > WIDE && Math.min(width, height) > 1;
    this.workWidth = half ? (width + 1) / 2 : width;
    this.workHeight = half ? (height + 1) / 2 : height;
    // Halving and interpolating again blur by themselves, together by 1 pixel².
    this.radii = Planes.boxRadii(half ? Math.sqrt(sigma * sigma - 1) / 2 : sigma);
    this.scratch = new float[workWidth * workHeight];
    float[] ones = weights;
    if (weights == null) {
      ones = new float[width * height];
      Arrays.fill(ones, 1);
    }
    this.mass = blurred(half ? halved(ones, null) : ones.clone());
  }

  private static float[] gaussian(double sigma) {
    int radius = Math.max(1, (int) Math.ceil(2.6 * sigma));
    float[] kernel = new float[radius + 1];
    double sum = 0;
    for (int k = -radius; k <= radius; k++) {
      sum += Math.exp(-0.5 * k * k / (sigma * sigma));
    }
    for (int k = 0; k <= radius; k++) {
      kernel[k] = (float) (Math.exp(-0.5 * k * k / (sigma * sigma)) / sum);
    }
    return kernel;
  }

  /** The blurred plane; {@code fallback} where no weight is near. */
  float[] apply(float[] values, float fallback) {
    float[] sum;
    if (workWidth < width) {
      sum = halved(values, weights);
    } else if (weights == null) {
      sum = values.clone();
    } else {
      sum = new float[values.length];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = weights[i] > 0 ? weights[i] * values[i] : 0;
      }
    }
    blurred(sum);
    for (int i = 0; i < sum.length; i++) {
      sum[i] = mass[i] > NOTHING ? sum[i] / mass[i] : fallback;
    }
    return workWidth < width ? Planes.doubled(sum, workWidth, workHeight, width, height) : sum;
  }

  /**
   * Sums of 2×2 values, times their weights where there are any; less at the end of an odd side.
   */
  private float[] halved(float[] values, float[] by) {
    float[] out = new float[workWidth * workHeight];
    for (int y = 0; y < workHeight; y++) {
      int top = 2 * y * width;
      int rows = Math.min(2, height - 2 * y);
      for (int row = top; row < top + rows * width; row += width) {
        for (int x = 0; x < workWidth; x++) {
          int left = row + 2 * x;
          float sum = value(values, by, left);
          if (2 * x + 1 < width) {
            sum += value(values, by, left + 1);
          }
          out[y * workWidth + x] += sum;
        }
      }
    }
    return out;
  }

  private static float value(float[] values, float[] by, int i) {
    if (by == null) {
      return values[i];
    }
    return by[i] > 0 ? by[i] * values[i] : 0;
  }

  /** Blurs a working plane in place. */
  private float[] blurred(float[] plane) {
    if (kernel != null) {
      convolve(plane);
      return plane;
    }
    for (int radius : radii) {
      if (radius == 0) {
        continue;
      }
      int side = 2 * radius + 1;
      float scale = 1f / (Math.min(side, workWidth) * Math.min(side, workHeight));
      Planes.boxSum(plane, workWidth, workHeight, radius, scratch);
      // Keeps the sums in range; the common factor drops out of the ratio.
      for (int i = 0; i < plane.length; i++) {
        plane[i] *= scale;
      }
    }
    return plane;
  }

  /** Separable convolution, zero outside: what is missing there is missing from the mass too. */
  private void convolve(float[] plane) {
    int w = workWidth;
    int radius = kernel.length - 1;
    for (int y = 0; y < workHeight; y++) {
      int row = y * w;
      for (int x = 0; x < w; x++) {
        scratch[row + x] = kernel[0] * plane[row + x];
      }
      for (int k = 1; k <= Math.min(radius, w - 1); k++) {
        float q = kernel[k];
        for (int x = 0; x < w - k; x++) {
          scratch[row + x] += q * plane[row + x + k];
        }
        for (int x = k; x < w; x++) {
          scratch[row + x] += q * plane[row + x - k];
        }
      }
    }
    for (int y = 0; y < workHeight; y++) {
      int row = y * w;
      for (int x = 0; x < w; x++) {
        plane[row + x] = kernel[0] * scratch[row + x];
      }
      for (int k = 1; k <= radius; k++) {
        float q = kernel[k];
        if (y + k < workHeight) {
          int other = (y + k) * w;
          for (int x = 0; x < w; x++) {
            plane[row + x] += q * scratch[other + x];
          }
        }
        if (y - k >= 0) {
          int other = (y - k) * w;
          for (int x = 0; x < w; x++) {
            plane[row + x] += q * scratch[other + x];
          }
        }
      }
    }
  }
}
