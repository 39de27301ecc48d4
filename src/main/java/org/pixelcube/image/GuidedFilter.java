package org.pixelcube.image;

/**
 * The guided filter (He, Sun and Tang, "Guided Image Filtering", ECCV 2010): the result is locally
 * a linear function of the guide, q = a · guide + b, so it follows the guide's edges. Grey guide
 * {@code (1, h, w)}, input of any number of channels; constant time per pixel.
 */
public final class GuidedFilter {
  private GuidedFilter() {}

  /**
   * Filters at full resolution.
   *
   * @param guide {@code (1, h, w)}
   * @param input {@code (c, h, w)}
   * @param radius of the windows, in pixels
   * @param epsilon variance of the guide below which a window counts as flat, in the guide's unit
   *     squared; above 0
   * @return {@code (c, h, w)} in the input's space
   */
  public static Image filter(Image guide, Image input, int radius, double epsilon) {
    check(guide, input, epsilon);
    return combine(coefficients(guide, input, radius, epsilon), guide, input);
  }

  /**
   * The fast guided filter (He and Sun 2015): the linear coefficients are found on pictures made
   * smaller by {@code scale}, brought up by bilinear interpolation and applied to the full guide.
   *
   * @param radius of the windows, in pixels of the full picture
   * @param scale how many times smaller, 1 or more
   */
  public static Image fast(Image guide, Image input, int radius, double epsilon, int scale) {
    check(guide, input, epsilon);
    if (scale < 1) {
      throw new IllegalArgumentException("scale " + scale + " (expected 1 or more)");
    }
    int w = Math.ceilDiv(guide.width(), scale);
    int h = Math.ceilDiv(guide.height(), scale);
    return upsample(
        Resize.area(guide, w, h),
        Resize.area(input, w, h),
        guide,
        Math.max(1, Math.round((float) radius / scale)),
        epsilon);
  }

  /**
   * Joint upsampling: coefficients from a small guide and a small input of the same size, applied
   * to the large guide.
   *
   * @param guide {@code (1, h, w)}, small
   * @param input {@code (c, h, w)}, small
   * @param fullGuide {@code (1, H, W)}
   * @param radius in pixels of the small pictures
   * @return {@code (c, H, W)} in the input's space
   */
  public static Image upsample(
      Image guide, Image input, Image fullGuide, int radius, double epsilon) {
    check(guide, input, epsilon);
    if (fullGuide.channels() != 1) {
      throw new IllegalArgumentException("guide " + fullGuide + " (expected one channel)");
    }
    Image ab = coefficients(guide, input, radius, epsilon);
    return combine(Resize.bilinear(ab, fullGuide.width(), fullGuide.height()), fullGuide, input);
  }

  private static void check(Image guide, Image input, double epsilon) {
    if (guide.channels() != 1 || !guide.sameSizeAs(input)) {
      throw new IllegalArgumentException(
          "guide %s for %s (expected one channel of the same size)".formatted(guide, input));
    }
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon " + epsilon + " (expected above 0)");
    }
  }

  /** The window means of the slopes and offsets: {@code (2c, h, w)}, slopes first. */
  private static Image coefficients(Image guide, Image input, int radius, double epsilon) {
    int w = guide.width();
    int h = guide.height();
    int n = w * h;
    int c = input.channels();
    float[] g = guide.samples();
    float[] p = input.samples();
    // About the overall mean, so that E[x²] − E[x]² does not cancel for a bright flat picture.
    float gShift = mean(g, 0, n);
    float[] centred = new float[n];
    float[] variance = new float[n];
    for (int i = 0; i < n; i++) {
      centred[i] = g[i] - gShift;
      variance[i] = centred[i] * centred[i];
    }
    float[] meanGuide = new float[n];
    BoxFilter.mean(centred, meanGuide, 1, w, h, radius);
    BoxFilter.mean(variance, variance, 1, w, h, radius);
    for (int i = 0; i < n; i++) {
      variance[i] = Math.max(0, variance[i] - meanGuide[i] * meanGuide[i]) + (float) epsilon;
    }
    float[] ab = new float[Math.multiplyExact(2 * c, n)];
    float[] meanInput = new float[n];
    float[] cross = new float[n];
    for (int k = 0; k < c; k++) {
      float pShift = mean(p, k * n, n);
      for (int i = 0; i < n; i++) {
        meanInput[i] = p[k * n + i] - pShift;
        cross[i] = meanInput[i] * centred[i];
      }
      BoxFilter.mean(meanInput, meanInput, 1, w, h, radius);
      BoxFilter.mean(cross, cross, 1, w, h, radius);
      int slope = k * n;
      int offset = (c + k) * n;
      for (int i = 0; i < n; i++) {
        float a = (cross[i] - meanGuide[i] * meanInput[i]) / variance[i];
        ab[slope + i] = a;
        ab[offset + i] = meanInput[i] + pShift - a * (meanGuide[i] + gShift);
      }
    }
    BoxFilter.mean(ab, ab, 2 * c, w, h, radius);
    return Image.data(w, h, 2 * c, ab);
  }

  private static Image combine(Image ab, Image guide, Image like) {
    int n = guide.planeSize();
    int c = like.channels();
    float[] g = guide.samples();
    float[] s = ab.samples();
    float[] out = new float[Math.multiplyExact(c, n)];
    for (int k = 0; k < c; k++) {
      int slope = k * n;
      int offset = (c + k) * n;
      for (int i = 0; i < n; i++) {
        out[slope + i] = s[slope + i] * g[i] + s[offset + i];
      }
    }
    return Image.of(guide.width(), guide.height(), c, like.space(), out);
  }

  private static float mean(float[] a, int from, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[from + i];
    }
    return (float) (sum / n);
  }
}
