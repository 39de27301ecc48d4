package org.pixelcube.image;

import org.pixelcube.color.TransferFunction;

/** How alike two pictures are where a mask counts, as they are shown: sRGB-encoded, 0 to 1. */
public final class Similarity {
  /** Window and constants of Wang et al. 2004. */
  private static final double WINDOW_SIGMA = 1.5;

  private static final double C1 = 0.01 * 0.01;
  private static final double C2 = 0.03 * 0.03;

  private Similarity() {}

  /** A linear picture as it is shown: sRGB codes from 0 to 1, what is beyond cut off. */
  public static Image shown(Image linear) {
    float[] s = linear.samples();
    short[] codes = new short[s.length];
    TransferFunction.SRGB.encode(s, 0, 16, codes, 0, s.length);
    float[] out = new float[s.length];
    for (int i = 0; i < s.length; i++) {
      out[i] = (codes[i] & 0xFFFF) / 65535f;
    }
    return Image.data(linear.width(), linear.height(), linear.channels(), out);
  }

  /**
   * Mean squared error of shown pictures.
   *
   * @param a shown, any number of channels
   * @param b of the same size
   * @param weight {@code (1, h, w)}, not negative
   * @return NaN where nothing counts
   */
  public static double meanSquaredError(Image a, Image b, Image weight) {
    requireFit(a, b, weight);
    float[] x = a.samples();
    float[] y = b.samples();
    float[] w = weight.samples();
    double sum = 0;
    double total = 0;
    for (int i = 0; i < x.length; i++) {
      double d = x[i] - y[i];
      double counts = w[i % w.length];
      sum += counts * d * d;
      total += counts;
    }
    return sum / total;
  }

  /** Peak signal to noise ratio in dB of a mean squared error of values from 0 to 1. */
  public static double decibels(double meanSquaredError) {
    return -10 * Math.log10(meanSquaredError);
  }

  /**
   * Structural similarity of luma (Wang et al. 2004, equation 13, Gaussian window of σ = 1.5),
   * averaged where the mask counts.
   *
   * @param a shown, three channels
   * @param b shown, three channels
   * @param weight {@code (1, h, w)}, not negative
   */
  public static double structural(Image a, Image b, Image weight) {
    requireFit(a, b, weight);
    float[] x = luma(a);
    float[] y = luma(b);
    int n = x.length;
    float[] all = new float[5 * n];
    for (int i = 0; i < n; i++) {
      all[i] = x[i];
      all[n + i] = y[i];
      all[2 * n + i] = x[i] * x[i];
      all[3 * n + i] = y[i] * y[i];
      all[4 * n + i] = x[i] * y[i];
    }
    float[] m =
        GaussianBlur.blur(Image.data(a.width(), a.height(), 5, all), WINDOW_SIGMA).samples();
    float[] w = weight.samples();
    double sum = 0;
    double total = 0;
    for (int i = 0; i < n; i++) {
      double mx = m[i];
      double my = m[n + i];
      double vx = Math.max(0, m[2 * n + i] - mx * mx);
      double vy = Math.max(0, m[3 * n + i] - my * my);
      double cov = m[4 * n + i] - mx * my;
      double s = (2 * mx * my + C1) * (2 * cov + C2) / ((mx * mx + my * my + C1) * (vx + vy + C2));
      sum += w[i] * s;
      total += w[i];
    }
    return sum / total;
  }

  /**
   * Gradient magnitude similarity deviation of luma (Xue et al. 2014): how unevenly edges differ. 0
   * for equal pictures. Pictures are halved first, as there.
   *
   * @param a shown, three channels
   * @param b shown, three channels
   * @param weight {@code (1, h, w)}, not negative
   * @return NaN where nothing counts
   */
  public static double gradientDeviation(Image a, Image b, Image weight) {
    requireFit(a, b, weight);
    int w = Math.max(1, a.width() / 2);
    int h = Math.max(1, a.height() / 2);
    float[] x = gradients(a, w, h);
    float[] y = gradients(b, w, h);
    float[] counts = Resize.area(weight, w, h).samples();
    double sum = 0;
    double squares = 0;
    double total = 0;
    for (int i = 0; i < x.length; i++) {
      double s = (2 * x[i] * y[i] + GRADIENT_C) / (x[i] * x[i] + y[i] * y[i] + GRADIENT_C);
      sum += counts[i] * s;
      squares += counts[i] * s * s;
      total += counts[i];
    }
    double mean = sum / total;
    return Math.sqrt(Math.max(0, squares / total - mean * mean));
  }

  /** 170 for values up to 255, squared values up to 1. */
  private static final double GRADIENT_C = 170.0 / (255 * 255);

  /** Magnitudes of Prewitt's gradient of luma, edges repeated. */
  private static float[] gradients(Image shown, int w, int h) {
    float[] s =
        Resize.area(Image.data(shown.width(), shown.height(), 1, luma(shown)), w, h).samples();
    float[] out = new float[w * h];
    for (int y = 0; y < h; y++) {
      int up = Math.max(0, y - 1) * w;
      int at = y * w;
      int down = Math.min(h - 1, y + 1) * w;
      for (int x = 0; x < w; x++) {
        int left = Math.max(0, x - 1);
        int right = Math.min(w - 1, x + 1);
        float across =
            s[up + right]
                + s[at + right]
                + s[down + right]
                - s[up + left]
                - s[at + left]
                - s[down + left];
        float along =
            s[down + left]
                + s[down + x]
                + s[down + right]
                - s[up + left]
                - s[up + x]
                - s[up + right];
        out[at + x] = (float) (Math.hypot(across, along) / 3);
      }
    }
    return out;
  }

  private static float[] luma(Image shown) {
    int n = shown.planeSize();
    float[] s = shown.samples();
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      out[i] = 0.2126f * s[i] + 0.7152f * s[n + i] + 0.0722f * s[2 * n + i];
    }
    return out;
  }

  private static void requireFit(Image a, Image b, Image weight) {
    if (!a.sameSizeAs(b)
        || !a.sameSizeAs(weight)
        || a.channels() != b.channels()
        || weight.channels() != 1) {
      throw new IllegalArgumentException("%s with %s under %s".formatted(a, b, weight));
    }
  }
}
