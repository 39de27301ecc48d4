package org.pixelcube.stage;

import org.pixelcube.config.InvalidSetting;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * A camera on the stage.
 *
 * @param name unique
 * @param position of the centre of projection, metres
 * @param yawDegrees turn about +Y, see {@link Rotation#yawPitchRoll}; at 0, 0, 0 it looks along −Z
 * @param pitchDegrees turn about +X: positive looks up
 * @param rollDegrees turn about +Z
 * @param fieldOfViewDegrees vertical
 * @param width columns of its picture
 * @param height rows of its picture
 * @param framesPerSecond pictures a second
 * @param shutterSeconds exposure time of each row
 * @param readoutSeconds from the start of the first row's exposure to that of the last; 0 for a
 *     global shutter
 * @param response its code values to linear light relative to saturation
 */
public record StageCamera(
    String name,
    Vector3 position,
    double yawDegrees,
    double pitchDegrees,
    double rollDegrees,
    double fieldOfViewDegrees,
    int width,
    int height,
    double framesPerSecond,
    double shutterSeconds,
    double readoutSeconds,
    TransferCurve response) {
  public StageCamera {
    Rig.requireName(name);
    Rig.requireFinite("position", position);
    InvalidSetting.inRange("yawDegrees", yawDegrees, -360, 360);
    InvalidSetting.inRange("pitchDegrees", pitchDegrees, -360, 360);
    InvalidSetting.inRange("rollDegrees", rollDegrees, -360, 360);
    InvalidSetting.inRange("fieldOfViewDegrees", fieldOfViewDegrees, 1, 170);
    InvalidSetting.inRange("width", width, 16, 16384);
    InvalidSetting.inRange("height", height, 16, 16384);
    InvalidSetting.inRange("framesPerSecond", framesPerSecond, 1, 10_000);
    InvalidSetting.inRange("shutterSeconds", shutterSeconds, 1e-6, 1 / framesPerSecond);
    InvalidSetting.inRange("readoutSeconds", readoutSeconds, 0, 1 / framesPerSecond);
    if (response.curve() == TransferCurve.Curve.PQ) {
      throw new InvalidSetting(
          "response", "is pq, which is no camera's response", "give linear, gamma, srgb or table");
    }
  }

  /** From camera space (looking along −Z, +Y up) to the world. */
  public Rotation rotation() {
    return Rotation.yawPitchRoll(yawDegrees, pitchDegrees, rollDegrees);
  }
}
