package org.pixelcube.vision;

import org.pixelcube.image.Image;

/**
 * Tells a cut from motion: both the pixels and the histogram of lightness have to change abruptly.
 */
public final class CutDetector {
  private static final int BINS = 32;
  private static final double MIN_PIXEL_CHANGE = 0.08;
  private static final double MIN_HISTOGRAM_CHANGE = 0.35;

  private CutDetector() {}

  /**
   * Whether the second picture belongs to another shot than the first.
   *
   * @param previous encoded lightness in [0, 1], {@code (1, h, w)}
   * @param current the same size
   */
  public static boolean isCut(Image previous, Image current) {
    if (!previous.sameSizeAs(current)) {
      return true;
    }
    int n = previous.planeSize();
    float[] a = previous.samples();
    float[] b = current.samples();
    int[] histogram = new int[BINS];
    double change = 0;
    for (int i = 0; i < n; i++) {
      change += Math.abs(a[i] - b[i]);
      histogram[bin(a[i])]++;
      histogram[bin(b[i])]--;
    }
    long moved = 0;
    for (int count : histogram) {
      moved += Math.abs(count);
    }
    return change / n > MIN_PIXEL_CHANGE && moved / (2.0 * n) > MIN_HISTOGRAM_CHANGE;
  }

  private static int bin(float lightness) {
    return Math.clamp((int) (lightness * BINS), 0, BINS - 1);
  }
}
