package org.pixelcube.image;

/**
 * Resampling to another size, every channel by itself. The outer edges of both pictures coincide:
 * the centre of output pixel i lies at (i + ½) · input / output − ½ of the input. At the borders
 * weights outside are dropped and the rest normalised, so a constant stays constant.
 *
 * <p>Colour should be linear; alpha is resampled like the other channels, so a picture whose colour
 * is undefined where alpha is 0 should be premultiplied first.
 */
public final class Resize {
  private Resize() {}

  /**
   * The mean over each output pixel's area, with fractional coverage at its edges: for making
   * smaller. The mean of the whole picture is kept.
   */
  public static Image area(Image image, int width, int height) {
    return resample(image, area(image.width(), width), area(image.height(), height));
  }

  /** Linear interpolation between the nearest four pixels: for making larger. */
  public static Image bilinear(Image image, int width, int height) {
    return resample(
        image, interpolation(image.width(), width, 1), interpolation(image.height(), height, 1));
  }

  /**
   * Catmull-Rom interpolation (Keys 1981, a = −½) between the nearest sixteen pixels: for making
   * larger. May overshoot at edges.
   */
  public static Image bicubic(Image image, int width, int height) {
    return resample(
        image, interpolation(image.width(), width, 2), interpolation(image.height(), height, 2));
  }

  /** Area mean along a side that becomes smaller, Catmull-Rom along one that becomes larger. */
  public static Image to(Image image, int width, int height) {
    return resample(image, either(image.width(), width), either(image.height(), height));
  }

  /** Half the size, rounded up: the next level of a mean pyramid. */
  public static Image half(Image image) {
    return area(image, (image.width() + 1) / 2, (image.height() + 1) / 2);
  }

  private static Separable.Taps either(int from, int to) {
    return to <= from ? area(from, to) : interpolation(from, to, 2);
  }

  private static Image resample(Image image, Separable.Taps across, Separable.Taps down) {
    int w = across.outputs();
    int h = down.outputs();
    if (w == image.width() && h == image.height()) {
      return image;
    }
    float[] out = new float[Math.multiplyExact(Math.multiplyExact(w, h), image.channels())];
    Separable.apply(image.samples(), image.channels(), across, down, out);
    return Image.of(w, h, image.channels(), image.space(), out);
  }

  private static Separable.Taps area(int from, int to) {
    checkSide(to);
    int[] first = new int[to];
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      // In units of 1 / to of an input pixel, so that the ends are whole numbers.
      long start = (long) i * from;
      long end = start + from;
      int a = (int) (start / to);
      int b = (int) ((end + to - 1) / to);
      double[] w = new double[b - a];
      for (int j = a; j < b; j++) {
        w[j - a] = Math.min(end, (j + 1L) * to) - Math.max(start, (long) j * to);
      }
      first[i] = a;
      weights[i] = Separable.Taps.normalized(w);
    }
    return new Separable.Taps(from, first, weights);
  }

  /**
   * Interpolation with a kernel that reaches {@code reach} pixels: 1 is the linear one, 2
   * Catmull-Rom.
   */
  private static Separable.Taps interpolation(int from, int to, int reach) {
    checkSide(to);
    int[] first = new int[to];
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      double x = (i + 0.5) * from / to - 0.5;
      int a = Math.max(0, (int) Math.floor(x) - reach + 1);
      int b = Math.min(from - 1, (int) Math.floor(x) + reach);
      double[] w = new double[b - a + 1];
      for (int j = a; j <= b; j++) {
        double d = Math.abs(x - j);
        w[j - a] = reach == 1 ? Math.max(0, 1 - d) : catmullRom(d);
      }
      first[i] = a;
      weights[i] = Separable.Taps.normalized(w);
    }
    return new Separable.Taps(from, first, weights);
  }

  private static double catmullRom(double d) {
    if (d < 1) {
      return (1.5 * d - 2.5) * d * d + 1;
    }
    return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
  }

  private static void checkSide(int side) {
    if (side <= 0) {
      throw new IllegalArgumentException("side of %d pixels (expected 1 or more)".formatted(side));
    }
  }
}
