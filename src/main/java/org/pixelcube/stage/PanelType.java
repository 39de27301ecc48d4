package org.pixelcube.stage;

import org.pixelcube.color.Primaries;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.math.Matrix3;

/**
 * A make of LED panel.
 *
 * @param name by which panels name their type
 * @param widthMetres width of the lit area
 * @param heightMetres height of the lit area
 * @param pixelsWide LED pixels in a row
 * @param pixelsHigh LED pixels in a column
 * @param peakNits luminance of full white, seen from straight in front
 * @param blackNits luminance at signal 0
 * @param primaries native primaries, and the white of equal full signals
 * @param eotf signal to light: luminance is black + (peak − black) · light
 * @param viewingAngle how radiance falls off beside the normal
 * @param refreshHertz how often the LEDs are driven through a full cycle
 * @param scan rows that share a driver in turn, 1 for none: each LED is lit 1/scan of the time
 */
public record PanelType(
    String name,
    double widthMetres,
    double heightMetres,
    int pixelsWide,
    int pixelsHigh,
    double peakNits,
    double blackNits,
    Primaries primaries,
    TransferCurve eotf,
    ViewingAngle viewingAngle,
    double refreshHertz,
    int scan) {
  public PanelType {
    Rig.requireName(name);
    InvalidSetting.inRange("widthMetres", widthMetres, 0.01, 100);
    InvalidSetting.inRange("heightMetres", heightMetres, 0.01, 100);
    InvalidSetting.inRange("pixelsWide", pixelsWide, 1, 8192);
    InvalidSetting.inRange("pixelsHigh", pixelsHigh, 1, 8192);
    InvalidSetting.inRange("peakNits", peakNits, 1, 100_000);
    InvalidSetting.inRange("blackNits", blackNits, 0, peakNits / 10);
    InvalidSetting.inRange("refreshHertz", refreshHertz, 1, 1_000_000);
    InvalidSetting.inRange("scan", scan, 1, 1024);
    check(primaries);
  }

  private static void check(Primaries p) {
    double area =
        (p.greenX() - p.redX()) * (p.blueY() - p.redY())
            - (p.blueX() - p.redX()) * (p.greenY() - p.redY());
    if (!(Math.abs(area) > 1e-4) || !(p.whiteY() > 0)) {
      throw new InvalidSetting(
          "primaries", "span no triangle of colours", "give CIE 1931 x, y of red, green and blue");
    }
    Matrix3 m = p.toXyz();
    if (!(m.m10() > 0 && m.m11() > 0 && m.m12() > 0)) {
      throw new InvalidSetting(
          "primaries",
          "cannot mix their own white",
          "give a white inside the triangle of red, green and blue");
    }
  }

  /**
   * From linear Rec.709 to the native primaries, white of luminance 1 in both. The colour stays as
   * it is: white is not adapted, since the light falls on a subject.
   */
  public Matrix3 fromRec709() {
    return primaries.toXyz().inverse().times(Primaries.BT709.toXyz());
  }

  /** The inverse of {@link #fromRec709}: what native light is in linear Rec.709. */
  public Matrix3 toRec709() {
    return Primaries.BT709.toXyz().inverse().times(primaries.toXyz());
  }

  /** The same panel with other primaries. */
  public PanelType withPrimaries(Primaries other) {
    return new PanelType(
        name,
        widthMetres,
        heightMetres,
        pixelsWide,
        pixelsHigh,
        peakNits,
        blackNits,
        other,
        eotf,
        viewingAngle,
        refreshHertz,
        scan);
  }
}
