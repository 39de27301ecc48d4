package org.pixelcube.image;

/**
 * Gaussian blur of every channel by itself, separable. At the borders the weights inside the
 * picture are normalised, so a constant stays constant.
 *
 * <p>Up to a standard deviation of 2.5 pixels the kernel is sampled and cut at four deviations; it
 * differs from the sampled Gaussian by less than 0.1 % of the peak. Above, four passes of the
 * extended box filter (Gwosdek, Grewenig, Bruhn and Weickert 2011) take constant time per pixel;
 * mean and variance are exact, and the impulse response differs from the Gaussian by at most 7.2 %
 * of the peak, most in the middle, where it is lower.
 */
public final class GaussianBlur {
  private static final double LARGEST_SAMPLED = 2.5;
  private static final int PASSES = 4;

  private GaussianBlur() {}

  /**
   * Blurs.
   *
   * @param sigma standard deviation in pixels; 0 returns the picture itself
   * @throws IllegalArgumentException if sigma is negative, NaN or infinite
   */
  public static Image blur(Image image, double sigma) {
    if (!(sigma >= 0) || sigma == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("sigma " + sigma + " (expected 0 or more pixels)");
    }
    if (sigma == 0) {
      return image;
    }
    int w = image.width();
    int h = image.height();
    float[] out = new float[image.samples().length];
    if (sigma <= LARGEST_SAMPLED) {
      int radius = (int) Math.ceil(4 * sigma);
      Separable.apply(
          image.samples(),
          image.channels(),
          Separable.Taps.symmetric(w, gaussian(sigma, radius)),
          Separable.Taps.symmetric(h, gaussian(sigma, radius)),
          out);
      return image.like(out);
    }
    // The box whose variance is a fourth of the whole: an integer radius and a fractional edge.
    double variance = sigma * sigma / PASSES;
    int radius = (int) Math.floor((Math.sqrt(12 * variance + 1) - 1) / 2);
    double edge =
        (2.0 * radius + 1)
            * (radius * (radius + 1.0) - 3 * variance)
            / (6 * (variance - (radius + 1.0) * (radius + 1.0)));
    float[] in = image.samples();
    for (int pass = 0; pass < PASSES; pass++) {
      BoxFilter.filter(in, out, image.channels(), w, h, radius, edge);
      in = out;
    }
    return image.like(out);
  }

  private static double[] gaussian(double sigma, int radius) {
    double[] half = new double[radius + 1];
    for (int i = 0; i <= radius; i++) {
      half[i] = Math.exp(-0.5 * (i / sigma) * (i / sigma));
    }
    return half;
  }
}
