package org.pixelcube.capture;

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
    double trackingPsnrAfter) {}
