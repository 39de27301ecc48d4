package org.pixelcube.stage;

import java.util.List;
import java.util.Optional;
import org.pixelcube.math.Vector3;

/**
 * What was found of one panel.
 *
 * @param name of the panel
 * @param status of its calibration
 * @param remedies what to do where it did not pass
 * @param points borders between cells of structured light that its place was found by
 * @param rmsPixels how far they lie off, in the camera's pixels
 * @param movedMillimetres from the rig's place to the one found, at the panel's middle
 * @param turnedDegrees from the rig's to the one found
 * @param chartDeltaE mean CIEDE2000 between the chart's patches as measured and as the response
 *     tells, which did not see them
 * @param relativeWhite its white's luminance over the median panel's
 * @param corner lower left corner of the lit area as found, metres
 * @param right unit vector along its lower edge
 * @param up unit vector along its left edge
 * @param response light over code; missing where it could not be measured
 */
public record PanelCalibration(
    String name,
    Status status,
    List<String> remedies,
    int points,
    double rmsPixels,
    double movedMillimetres,
    double turnedDegrees,
    double chartDeltaE,
    double relativeWhite,
    Vector3 corner,
    Vector3 right,
    Vector3 up,
    Optional<PanelResponse> response) {
  /** How far a calibration can be used. */
  public enum Status {
    PASS,
    /** To be used, but something is to be looked at. */
    WARN,
    /** Not to be used. */
    FAIL
  }

  public PanelCalibration {
    remedies = List.copyOf(remedies);
  }
}
