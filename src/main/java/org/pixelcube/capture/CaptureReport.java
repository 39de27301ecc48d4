package org.pixelcube.capture;

import java.util.List;
import java.util.Map;

/**
 * What became of a take: {@code report.json} beside the clips.
 *
 * @param footage the file
 * @param frames how many it has
 * @param usable how many show one known frame of the wall, well exposed
 * @param markers how many markers the camera saw
 * @param faults how many of each kind
 * @param outputs moments for which every light is there
 * @param incomplete cycles without output
 * @param clips written
 * @param validShare share of pixels that motion could be followed for
 * @param trackingPsnrBefore of frames under one light against the next such frame, in dB: how much
 *     the subject moves
 * @param trackingPsnrAfter the same after alignment, where valid: how well motion is followed
 * @param namedFaults each fault
 * @param unused frames of the footage that nothing is made of, with the reason
 * @param cyclesWithout cycles without output, with the reason
 * @param doubtful pictures of which more than {@value #DOUBTFUL_PERCENT} % of the pixels are not
 *     valid, with the reason
 */
public record CaptureReport(
    String footage,
    int frames,
    int usable,
    int markers,
    Map<String, Integer> faults,
    int outputs,
    int incomplete,
    int clips,
    double validShare,
    double trackingPsnrBefore,
    double trackingPsnrAfter,
    List<Fault> namedFaults,
    List<Unused> unused,
    List<CycleWithout> cyclesWithout,
    List<Doubtful> doubtful) {

  /** Pictures with more pixels than this that are not valid are named. */
  static final int DOUBTFUL_PERCENT = 5;

  /** Frames of the footage from one to another, both among them. */
  public record Unused(int from, int to, String reason) {}

  /**
   * A cycle without output.
   *
   * @param seconds its moment
   * @param counter the frame of the wall that is wanted
   */
  public record CycleWithout(double seconds, int counter, String reason) {}

  /**
   * A picture in which motion could be followed in part only.
   *
   * @param seconds its moment
   * @param label of the light
   * @param invalidShare of its pixels
   */
  public record Doubtful(double seconds, String label, double invalidShare, String reason) {}
}
