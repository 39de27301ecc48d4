package org.pixelcube.color;

import org.pixelcube.math.Vector3;

/**
 * The opto-optical transfer of hybrid log-gamma (ITU-R BT.2100-2, table 5): from scene light to the
 * light of a display of 1000 cd/m² peak and zero black, system gamma 1.2.
 *
 * <p>The exponent works on luminance and leaves the ratios of the channels alone:
 *
 * <pre>D = S · Y(S)^0.2</pre>
 *
 * <p>Both sides are scaled so that reference white (signal 0.75) is 1.0; on the display that is 203
 * cd/m², and the signal 1.0 is 4.922.
 */
public final class HlgOotf {
  /** System gamma at 1000 cd/m². */
  public static final double GAMMA = 1.2;

  private HlgOotf() {}

  /** Scene light to display light, in place, planes {@code (3, planeSize)}. */
  public static void toDisplay(float[] rgb, int planeSize, Primaries primaries) {
    scaleByLuminance(rgb, planeSize, primaries, GAMMA - 1);
  }

  /** Display light to scene light, in place, planes {@code (3, planeSize)}. */
  public static void toScene(float[] rgb, int planeSize, Primaries primaries) {
    scaleByLuminance(rgb, planeSize, primaries, (1 - GAMMA) / GAMMA);
  }

  private static void scaleByLuminance(
      float[] rgb, int planeSize, Primaries primaries, double exponent) {
    Vector3 w = primaries.luminanceWeights();
    for (int i = 0, j = planeSize, k = 2 * planeSize; i < planeSize; i++, j++, k++) {
      double y = w.x() * rgb[i] + w.y() * rgb[j] + w.z() * rgb[k];
      // No light, no colour: at and below zero luminance the power has no finite value.
      float s = y > 0 ? (float) Math.pow(y, exponent) : 0;
      rgb[i] *= s;
      rgb[j] *= s;
      rgb[k] *= s;
    }
  }
}
