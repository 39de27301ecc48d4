package org.pixelcube.image;

/** Laying pictures over each other in linear light: Porter and Duff 1984. */
public final class Composite {
  private Composite() {}

  /**
   * Foreground over background: {@code F · α + B · (1 − α)}.
   *
   * @param foreground {@code (3, h, w)}, straight, not premultiplied
   * @param alpha coverage {@code (1, h, w)}
   * @param background {@code (3, h, w)} in the same space
   * @return {@code (3, h, w)}
   */
  public static Image over(Image foreground, Image alpha, Image background) {
    check(foreground, background, 3);
    if (alpha.channels() != 1 || !alpha.sameSizeAs(foreground)) {
      throw new IllegalArgumentException("alpha %s for %s".formatted(alpha, foreground));
    }
    int n = foreground.planeSize();
    float[] f = foreground.samples();
    float[] a = alpha.samples();
    float[] b = background.samples();
    float[] out = new float[3 * n];
    for (int c = 0; c < 3; c++) {
      for (int i = 0, j = c * n; i < n; i++, j++) {
        // Not B + α (F − B): where α is 1 the result is to be F to the last bit.
        out[j] = f[j] * a[i] + b[j] * (1 - a[i]);
      }
    }
    return foreground.like(out);
  }

  /**
   * Straight RGBA over straight RGBA, {@code (4, h, w)} both; where both are empty the result is 0.
   */
  public static Image over(Image foreground, Image background) {
    check(foreground, background, 4);
    int n = foreground.planeSize();
    float[] f = foreground.samples();
    float[] b = background.samples();
    float[] out = new float[4 * n];
    for (int i = 0; i < n; i++) {
      float top = f[3 * n + i];
      float under = b[3 * n + i] * (1 - top);
      float alpha = top + under;
      float scale = alpha > 0 ? 1 / alpha : 0;
      for (int c = 0, j = i; c < 3; c++, j += n) {
        out[j] = (f[j] * top + b[j] * under) * scale;
      }
      out[3 * n + i] = alpha;
    }
    return foreground.like(out);
  }

  private static void check(Image foreground, Image background, int channels) {
    if (foreground.channels() != channels
        || background.channels() != channels
        || foreground.space() != background.space()
        || !foreground.sameSizeAs(background)) {
      throw new IllegalArgumentException(
          "%s over %s (expected %d channels, one size and one space)"
              .formatted(foreground, background, channels));
    }
  }
}
