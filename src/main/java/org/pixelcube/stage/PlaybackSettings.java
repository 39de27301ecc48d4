package org.pixelcube.stage;

import org.pixelcube.config.InvalidSetting;

/**
 * How pictures are played.
 *
 * @param framesPerSecond of the wall
 * @param verticalSync whether the presenter waits for the screen; else a timer paces
 * @param aheadFrames pictures made ahead at most
 * @param lateSeconds a picture that comes later than this ends the playback
 * @param rampSeconds how long the wall takes to black after a fault
 */
public record PlaybackSettings(
    double framesPerSecond,
    boolean verticalSync,
    int aheadFrames,
    double lateSeconds,
    double rampSeconds) {
  /** Interruption waits ten seconds for the end. */
  private static final double LONGEST_RAMP = 5;

  public PlaybackSettings {
    InvalidSetting.inRange("framesPerSecond", framesPerSecond, 1, 10_000);
    InvalidSetting.inRange("aheadFrames", aheadFrames, 3, 1 << 20);
    InvalidSetting.inRange("lateSeconds", lateSeconds, 0.001, 10);
    InvalidSetting.inRange("rampSeconds", rampSeconds, 0.05, LONGEST_RAMP);
  }

  /** Paced by a timer; a picture may come a quarter of a second late. */
  public static PlaybackSettings timed(double framesPerSecond, int aheadFrames, double ramp) {
    return new PlaybackSettings(
        framesPerSecond, false, aheadFrames, 0.25, Math.clamp(ramp, 0.05, LONGEST_RAMP));
  }

  /**
   * As many pictures as fit into a share of memory, 3 at least.
   *
   * @param pixels of a picture
   * @param bytes at most for all
   */
  public static int fitting(long pixels, long bytes) {
    return Math.clamp(bytes / (pixels * Integer.BYTES), 3, 1024);
  }
}
