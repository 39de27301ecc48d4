package org.pixelcube.pipeline;

import org.pixelcube.image.Image;

/**
 * What stands behind the subject in one frame, at the frame's size.
 *
 * @param picture linear display light, three channels
 * @param plate whether it is the shot itself, with the subject still in it
 * @param gain what the subject is multiplied by, per channel, to sit in the picture
 */
record Backdrop(Image picture, boolean plate, float[] gain) {
  /** Exposure of a middle-grey scene: the mean that asks for no change. */
  private static final double MIDDLE_GREY = 0.18;

  /** How far the subject follows the picture's exposure and tint, as exponents. */
  private static final double FOLLOW_EXPOSURE = 0.35;

  private static final double FOLLOW_TINT = 0.25;

  private static final double LARGEST_STOPS = 2;

  /** A backdrop that asks nothing of the subject. */
  static Backdrop plain(Image picture, boolean plate) {
    return new Backdrop(picture, plate, new float[] {1, 1, 1});
  }

  /** A backdrop whose mean brightness and colour the subject follows part of the way. */
  static Backdrop matched(Image picture) {
    double[] mean = new double[3];
    float[] s = picture.samples();
    int n = picture.planeSize();
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < n; i++) {
        mean[c] += Math.clamp(s[c * n + i], 0, 1);
      }
      mean[c] = mean[c] / n + 1e-4;
    }
    double luminance = DetailTransfer.luminance((float) mean[0], (float) mean[1], (float) mean[2]);
    double stops = Math.log(luminance / MIDDLE_GREY) / Math.log(2);
    double exposure =
        Math.pow(2, FOLLOW_EXPOSURE * Math.clamp(stops, -LARGEST_STOPS, LARGEST_STOPS));
    float[] gain = new float[3];
    for (int c = 0; c < 3; c++) {
      double tint = Math.clamp(mean[c] / luminance, 0.25, 4);
      gain[c] = (float) (exposure * Math.pow(tint, FOLLOW_TINT));
    }
    return new Backdrop(picture, false, gain);
  }
}
