package org.pixelcube.vision;

import org.pixelcube.image.Image;

/**
 * How much a matte trembles where the picture rests: the mean change of alpha between consecutive
 * frames over the pixels whose lightness has not changed, in steps of 1/255.
 *
 * <p>The solid inside of the subject (alpha of 0.99 and more in both frames) is left out: it would
 * only dilute the figure.
 */
public final class AlphaFlicker {
  /** A pixel whose lightness changes by less than this rests. */
  private static final float STATIC_CHANGE = 2f / 255;

  private static final float SOLID = 0.99f;

  private Image lastLightness;
  private Image lastAlpha;
  private double sum;
  private long count;

  /**
   * Takes the next frame.
   *
   * @param lightness encoded, in [0, 1], {@code (1, h, w)}
   * @param alpha the same size
   */
  public void add(Image lightness, Image alpha) {
    if (!lightness.sameSizeAs(alpha)) {
      throw new IllegalArgumentException(
          "alpha %s for %s (expected the same size)".formatted(alpha, lightness));
    }
    if (lastAlpha != null && lastAlpha.sameSizeAs(alpha)) {
      float[] l0 = lastLightness.samples();
      float[] l1 = lightness.samples();
      float[] a0 = lastAlpha.samples();
      float[] a1 = alpha.samples();
      for (int i = 0; i < l0.length; i++) {
        if (Math.abs(l1[i] - l0[i]) < STATIC_CHANGE && Math.min(a0[i], a1[i]) < SOLID) {
          sum += Math.abs(a1[i] - a0[i]);
          count++;
        }
      }
    }
    lastLightness = lightness;
    lastAlpha = alpha;
  }

  /** Forgets the last frame, as at a cut; the sums stay. */
  public void cut() {
    lastLightness = null;
    lastAlpha = null;
  }

  /** The mean so far, in steps of 1/255; 0 before the second frame. */
  public double codes() {
    return count == 0 ? 0 : 255 * sum / count;
  }
}
