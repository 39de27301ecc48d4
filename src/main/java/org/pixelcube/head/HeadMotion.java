package org.pixelcube.head;

import java.util.SplittableRandom;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Pose;

/**
 * How head and shoulders move: gestures as steps of least jerk, drift, breathing, and shoulders
 * that follow large turns of the head.
 */
final class HeadMotion {
  static final double MAX_YAW_DEGREES = 38;
  static final double MAX_PITCH_DEGREES = 18;
  static final double MAX_ROLL_DEGREES = 14;

  /** Where the trunk leans about: low in the back. */
  private static final Vector3 WAIST = new Vector3(0, -0.55, -0.12);

  private final Submovements yaw = new Submovements();
  private final Submovements pitch = new Submovements();
  private final Submovements roll = new Submovements();
  private final Submovements bodyYaw = new Submovements();
  private final Drift yawDrift;
  private final Drift pitchDrift;
  private final Drift rollDrift;
  private final Drift leanSide;
  private final Drift leanForward;
  private final Drift bodyYawDrift;

  /**
   * @param restlessDegrees deviation of the involuntary yaw; the rest is in proportion
   */
  HeadMotion(SplittableRandom random, double restlessDegrees) {
    yawDrift = new Drift(random, restlessDegrees, 0.04, 1.2, 1.8);
    pitchDrift = new Drift(random, 0.6 * restlessDegrees, 0.04, 1.2, 1.8);
    rollDrift = new Drift(random, 0.45 * restlessDegrees, 0.04, 1, 1.8);
    leanSide = new Drift(random, 0.35 * restlessDegrees, 0.03, 0.5, 2);
    leanForward = new Drift(random, 0.3 * restlessDegrees, 0.03, 0.5, 2);
    bodyYawDrift = new Drift(random, 0.5 * restlessDegrees, 0.03, 0.3, 2);
  }

  /** How the person holds their head when they do nothing. */
  void posture(double yawDegrees, double pitchDegrees, double rollDegrees) {
    yaw.step(-10, 1, yawDegrees);
    pitch.step(-10, 1, pitchDegrees);
    roll.step(-10, 1, rollDegrees);
  }

  /** Turns to a yaw and a pitch and stays; the shoulders come along a bit, and later. */
  void turnTo(double t, double seconds, double yawDegrees, double pitchDegrees) {
    double way = yawDegrees - yaw.end();
    yaw.moveTo(t, seconds, yawDegrees);
    pitch.moveTo(t, seconds, pitchDegrees);
    // Heads that turn tilt a little.
    roll.excursion(t, seconds / 2, 0, -0.05 * way);
    if (Math.abs(yawDegrees) > 12 || Math.abs(bodyYaw.end()) > 2) {
      bodyYaw.moveTo(t + 0.15, 1.5 * seconds, 0.22 * yawDegrees);
    }
  }

  /** Nods: down and up again, each time weaker. */
  void nod(double t, int times, double degrees, double halfSeconds) {
    for (int i = 0; i < times; i++) {
      double d = degrees * Math.pow(0.7, i);
      pitch.excursion(t + 2 * halfSeconds * i, halfSeconds, 0, d);
    }
  }

  /** Shakes the head: to one side, to the other and back. */
  void shake(double t, int times, double degrees, double halfSeconds) {
    double from = 0;
    for (int i = 0; i < 2 * times; i++) {
      double to = (i % 2 == 0 ? 1 : -1) * degrees * Math.pow(0.85, i);
      yaw.step(t + halfSeconds * i, halfSeconds, to - from);
      from = to;
    }
    yaw.step(t + 2 * halfSeconds * times, halfSeconds, -from);
  }

  /** Tilts to a shoulder for a while. */
  void tilt(double t, double seconds, double hold, double degrees) {
    roll.excursion(t, seconds, hold, degrees);
  }

  /** Leans the head's pose a little aside for a while, with an emotion. */
  void lean(double t, double onset, double hold, double pitchBy, double yawBy, double rollBy) {
    pitch.excursion(t, onset, hold, pitchBy);
    yaw.excursion(t, onset, hold, yawBy);
    roll.excursion(t, onset, hold, rollBy);
  }

  /** {@code x} for small numbers, never beyond ±limit, smooth. */
  static double limited(double x, double limit) {
    double r = x / limit;
    double r2 = r * r;
    return x / Math.pow(1 + r2 * r2 * r2, 1.0 / 6);
  }

  double yawDegrees(double t) {
    return limited(yaw.at(t) + yawDrift.at(t), MAX_YAW_DEGREES);
  }

  double pitchDegrees(double t) {
    return limited(pitch.at(t) + pitchDrift.at(t), MAX_PITCH_DEGREES);
  }

  double rollDegrees(double t) {
    return limited(roll.at(t) + rollDrift.at(t), MAX_ROLL_DEGREES);
  }

  /** The shoulders at a time. */
  Pose body(double t, double breath) {
    Rotation r =
        Rotation.yawPitchRoll(
            limited(bodyYaw.at(t) + bodyYawDrift.at(t), 15),
            limited(leanForward.at(t), 5) - 0.25 * breath,
            limited(leanSide.at(t), 5));
    Vector3 lift = new Vector3(0, 0.0018 * breath, 0.0012 * breath);
    return about(r, WAIST, lift);
  }

  /** The head at a time: its angles are against the room, its place follows the shoulders. */
  Pose head(double t, Pose body) {
    Vector3 pivot = FramePose.NECK_PIVOT;
    Rotation r = Rotation.yawPitchRoll(yawDegrees(t), pitchDegrees(t), rollDegrees(t));
    return about(r, pivot, body.point(pivot).minus(pivot));
  }

  /** Turns about a point, then moves. */
  static Pose about(Rotation rotation, Vector3 pivot, Vector3 offset) {
    return new Pose(rotation, pivot.minus(rotation.apply(pivot)).plus(offset));
  }
}
