package org.pixelcube.image;

import java.util.ArrayList;
import java.util.List;

/**
 * Pictures of halved sizes: Burt and Adelson, "The Laplacian Pyramid as a Compact Image Code",
 * 1983. Every channel by itself; sizes are halved rounding up.
 */
public final class Pyramid {
  private static final double[] BINOMIAL = {6, 4, 1};

  private Pyramid() {}

  /** Blurs by the binomial kernel 1 4 6 4 1 and keeps every other pixel, from the first on. */
  public static Image reduce(Image image) {
    int w = (image.width() + 1) / 2;
    int h = (image.height() + 1) / 2;
    float[] out = new float[Math.multiplyExact(w * h, image.channels())];
    Separable.apply(
        image.samples(),
        image.channels(),
        everyOther(image.width()),
        everyOther(image.height()),
        out);
    return Image.of(w, h, image.channels(), image.space(), out);
  }

  /**
   * Brings a reduced picture back to the size it came from, by the same kernel.
   *
   * @throws IllegalArgumentException if a picture of that size does not reduce to this one's size
   */
  public static Image expand(Image image, int width, int height) {
    if ((width + 1) / 2 != image.width() || (height + 1) / 2 != image.height()) {
      throw new IllegalArgumentException("%s to %d×%d".formatted(image, width, height));
    }
    float[] out = new float[Math.multiplyExact(width * height, image.channels())];
    Separable.apply(image.samples(), image.channels(), between(width), between(height), out);
    return Image.of(width, height, image.channels(), image.space(), out);
  }

  /**
   * The differences between a picture and its expanded reductions, finest first, and last the
   * smallest reduction itself.
   *
   * @param levels how many differences; fewer if the picture is too small
   */
  public static List<Image> laplacian(Image image, int levels) {
    List<Image> out = new ArrayList<>();
    Image current = image;
    for (int i = 0; i < levels && Math.min(current.width(), current.height()) > 1; i++) {
      Image smaller = reduce(current);
      out.add(add(current, expand(smaller, current.width(), current.height()), -1));
      current = smaller;
    }
    out.add(current);
    return out;
  }

  /** The picture of which this is the Laplacian pyramid. */
  public static Image collapse(List<Image> levels) {
    Image current = levels.getLast();
    for (int i = levels.size() - 2; i >= 0; i--) {
      Image level = levels.get(i);
      current = add(level, expand(current, level.width(), level.height()), 1);
    }
    return current;
  }

  private static Image add(Image a, Image b, float sign) {
    float[] x = a.samples();
    float[] y = b.samples();
    float[] out = new float[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = x[i] + sign * y[i];
    }
    return a.like(out);
  }

  private static Separable.Taps everyOther(int n) {
    int outputs = (n + 1) / 2;
    int[] first = new int[outputs];
    float[][] weights = new float[outputs][];
    for (int i = 0; i < outputs; i++) {
      first[i] = Math.max(0, 2 * i - 2);
      int last = Math.min(n - 1, 2 * i + 2);
      double[] w = new double[last - first[i] + 1];
      for (int j = first[i]; j <= last; j++) {
        w[j - first[i]] = BINOMIAL[Math.abs(j - 2 * i)];
      }
      weights[i] = Separable.Taps.normalized(w);
    }
    return new Separable.Taps(n, first, weights);
  }

  private static Separable.Taps between(int n) {
    int inputs = (n + 1) / 2;
    int[] first = new int[n];
    float[][] weights = new float[n][];
    for (int i = 0; i < n; i++) {
      // The small pixels j at distance |i − 2j| ≤ 2.
      first[i] = Math.max(0, (i - 1) / 2);
      int last = Math.min(inputs - 1, (i + 2) / 2);
      double[] w = new double[last - first[i] + 1];
      for (int j = first[i]; j <= last; j++) {
        w[j - first[i]] = BINOMIAL[Math.abs(i - 2 * j)];
      }
      weights[i] = Separable.Taps.normalized(w);
    }
    return new Separable.Taps(inputs, first, weights);
  }
}
