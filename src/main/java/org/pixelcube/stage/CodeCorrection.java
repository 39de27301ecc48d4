package org.pixelcube.stage;

import java.util.HashMap;
import java.util.Map;
import org.pixelcube.image.Image;

/**
 * Carries code values made for a rig's EOTFs to those that the panels' own curves need, primary by
 * primary: the last step of driving a wall that was calibrated. Between 1025 knots the correction
 * is linear; it is small and smooth.
 */
public final class CodeCorrection {
  private static final int KNOTS = 1025;

  private final Rig rig;

  /** Corrected code at each knot, {@code [channel][knot]}, of panels that were measured. */
  private final Map<String, float[][]> curves = new HashMap<>();

  /**
   * A correction.
   *
   * @param rig whose EOTFs the codes are made with
   * @param calibration of its panels
   */
  public CodeCorrection(Rig rig, Calibration calibration) {
    this.rig = rig;
    Map<String, PanelResponse> responses = calibration.responses();
    for (PanelGeometry g : rig.geometry()) {
      PanelResponse response = responses.get(g.panel().name());
      if (response == null) {
        continue;
      }
      PanelType type = g.type();
      float[][] knots = new float[3][KNOTS];
      for (int c = 0; c < 3; c++) {
        for (int k = 0; k < KNOTS; k++) {
          double light = type.eotf().toLinear(k / (KNOTS - 1.0), type.peakNits());
          knots[c][k] = (float) response.eotf().get(c).code(light);
        }
      }
      curves.put(g.panel().name(), knots);
    }
  }

  /**
   * The codes corrected, rounded to the raster's bits.
   *
   * @param codes fractions of the largest code, {@code (3, h, w)} of the raster
   */
  public Image apply(Image codes) {
    float[] samples = codes.samples().clone();
    int width = codes.width();
    int plane = codes.planeSize();
    float white = rig.raster().white();
    for (PanelGeometry g : rig.geometry()) {
      float[][] knots = curves.get(g.panel().name());
      if (knots == null) {
        continue;
      }
      for (int y = 0; y < g.pixelsHigh(); y++) {
        for (int x = 0; x < g.pixelsWide(); x++) {
          int i = g.rasterIndex(x, y, width);
          for (int c = 0; c < 3; c++) {
            float at = Math.clamp(samples[c * plane + i], 0f, 1f) * (KNOTS - 1);
            int k = Math.min((int) at, KNOTS - 2);
            float code = knots[c][k] + (at - k) * (knots[c][k + 1] - knots[c][k]);
            samples[c * plane + i] = Math.round(code * white) / white;
          }
        }
      }
    }
    return Image.data(width, codes.height(), 3, samples);
  }
}
