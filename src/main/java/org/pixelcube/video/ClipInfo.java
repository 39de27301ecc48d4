package org.pixelcube.video;

import java.nio.file.Path;
import java.util.List;

/**
 * What a clip is, read from its headers and its first frame.
 *
 * @param path the file, the folder or the pattern of a numbered sequence
 * @param container FFmpeg's name of the container, {@code "sequence"} or {@code "still"}
 * @param codec FFmpeg's name of the codec, or the kind of the picture files
 * @param width columns of the upright picture, in pixels
 * @param height rows of the upright picture
 * @param timeBase the unit of {@link Frame#pts} in seconds
 * @param frameRate mean frames per second
 * @param frameCount frames as the container tells; -1 if it does not
 * @param durationSeconds length; 0 for a still, NaN if unknown
 * @param variableFrameRate true if frames are known to last unequally long
 * @param rotationDegrees clockwise turn that the file asks for and the reader applies: 0, 90, 180
 *     or 270
 * @param bitsPerSample bits of a code value of the first channel
 * @param hasAlpha whether frames have a fourth channel
 * @param color what the code values mean
 * @param audio the sound streams
 * @param still true for a single picture
 * @param pixelAspect width over height of one pixel, upright; kept and passed on, never resampled
 */
public record ClipInfo(
    Path path,
    String container,
    String codec,
    int width,
    int height,
    Rational timeBase,
    Rational frameRate,
    long frameCount,
    double durationSeconds,
    boolean variableFrameRate,
    int rotationDegrees,
    int bitsPerSample,
    boolean hasAlpha,
    ColorTags color,
    List<AudioTrack> audio,
    boolean still,
    Rational pixelAspect) {
  /** Copies the list. */
  public ClipInfo {
    audio = List.copyOf(audio);
  }

  /**
   * A clip of made-up frames, silent, to be handed to a {@link ClipWriter}: the time base is one
   * frame.
   */
  public static ClipInfo synthetic(int width, int height, Rational frameRate, boolean alpha) {
    return synthetic(width, height, frameRate, frameRate.inverse(), alpha);
  }

  /** A clip of made-up frames in a time base of choice. */
  public static ClipInfo synthetic(
      int width, int height, Rational frameRate, Rational timeBase, boolean alpha) {
    return new ClipInfo(
        Path.of("synthetic"),
        "none",
        "none",
        width,
        height,
        timeBase,
        frameRate,
        -1,
        Double.NaN,
        false,
        0,
        16,
        alpha,
        ColorTags.REC709,
        List.of(),
        false,
        new Rational(1, 1));
  }

  /** The moment {@code pts} in seconds. */
  public double timeSeconds(long pts) {
    return pts * timeBase.toDouble();
  }
}
