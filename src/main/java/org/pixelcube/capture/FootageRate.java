package org.pixelcube.capture;

import org.pixelcube.config.UserError;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.StageCamera;

/**
 * How the camera's frames follow the wall's.
 *
 * @param ratio frames of the camera to one of the wall, at least 1
 * @param shutter exposure of a row, in frames of the wall
 * @param readout from the first row's exposure to the last one's, in frames of the wall
 */
record FootageRate(double ratio, double shutter, double readout) {
  /** One picture of each frame of the wall, and never of two. */
  static final FootageRate LOCKED = new FootageRate(1, 0.5, 0);

  /** Rates that differ by less than this are one. */
  private static final double SAME = 1e-3;

  /**
   * That of a sequence before a camera.
   *
   * @throws UserError if the camera is slower than the wall
   */
  static FootageRate of(StageCamera camera, Sequence sequence) {
    double ratio = camera.framesPerSecond() / sequence.framesPerSecond();
    if (ratio < 1 - SAME) {
      throw new UserError(
          "camera '" + camera.name() + "'",
          "takes %s frames a second, the wall shows %s: some are never filmed"
              .formatted(camera.framesPerSecond(), sequence.framesPerSecond()),
          "film at the wall's rate or faster, and give that as framesPerSecond in the rig");
    }
    return new FootageRate(
        Math.abs(ratio - 1) < SAME ? 1 : ratio,
        camera.shutterSeconds() * sequence.framesPerSecond(),
        camera.readoutSeconds() * sequence.framesPerSecond());
  }

  /** Whether each frame of the wall is filmed once. */
  boolean isLocked() {
    return ratio == 1;
  }
}
