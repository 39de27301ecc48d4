package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pixelcube.math.Vector3;

/**
 * What a person looks at: fixations on points of the room joined by saccades, whose duration grows
 * with their size along the main sequence, 21 ms + 2.2 ms per degree (Carpenter 1988).
 */
final class Gaze {
  /** A shift of gaze to a new point. */
  record Shift(double start, double yawDegrees, double pitchDegrees, double sizeDegrees) {}

  private final Submovements yaw = new Submovements();
  private final Submovements pitch = new Submovements();
  private final Submovements nearness = new Submovements();
  private final List<Shift> shifts = new ArrayList<>();
  private final double viewerYaw;
  private final double viewerPitch;
  private double lastYaw;
  private double lastPitch;

  /** Looks at the viewer from the beginning. */
  Gaze(Vector3 viewer) {
    viewerYaw = yawDegrees(viewer);
    viewerPitch = pitchDegrees(viewer);
    lastYaw = viewerYaw;
    lastPitch = viewerPitch;
    yaw.step(-10, 1, viewerYaw);
    pitch.step(-10, 1, viewerPitch);
    nearness.step(-10, 1, 1 / viewer.length());
  }

  /** Yaw of a direction, positive to +X. */
  static double yawDegrees(Vector3 d) {
    return Math.toDegrees(Math.atan2(d.x(), d.z()));
  }

  /** Pitch of a direction, positive to +Y. */
  static double pitchDegrees(Vector3 d) {
    return Math.toDegrees(Math.atan2(d.y(), Math.hypot(d.x(), d.z())));
  }

  static double saccadeSeconds(double sizeDegrees) {
    return 0.021 + 0.0022 * sizeDegrees;
  }

  /** Fixations of 0.2 to 2 s between two moments. */
  void wander(
      SplittableRandom random,
      double from,
      double to,
      double atViewer,
      double spreadDegrees,
      double viewerDistance) {
    double t = from;
    while (t < to) {
      if (random.nextDouble() < atViewer) {
        // Eyes and mouth of the viewer, by small steps.
        double y = viewerYaw + 1.2 * random.nextGaussian();
        double p = viewerPitch + 0.9 * random.nextGaussian();
        shift(t, y, p, viewerDistance);
      } else {
        double y = viewerYaw + spreadDegrees * bounded(random);
        double p = viewerPitch - 3 + 0.5 * spreadDegrees * bounded(random);
        shift(t, y, Math.clamp(p, -18, 14), 0.8 + 3 * random.nextDouble());
      }
      t += Math.clamp(0.55 * Math.exp(0.65 * random.nextGaussian()), 0.2, 2);
    }
  }

  private static double bounded(SplittableRandom random) {
    return Math.clamp(random.nextGaussian(), -1.8, 1.8);
  }

  /** Looks at a point from now on. */
  void shift(double t, double yawDegrees, double pitchDegrees, double distance) {
    double size = Math.hypot(yawDegrees - lastYaw, pitchDegrees - lastPitch);
    double seconds = saccadeSeconds(size);
    yaw.moveTo(t, seconds, yawDegrees);
    pitch.moveTo(t, seconds, pitchDegrees);
    nearness.moveTo(t, 0.25, 1 / distance);
    lastYaw = yawDegrees;
    lastPitch = pitchDegrees;
    shifts.add(new Shift(t, yawDegrees, pitchDegrees, size));
  }

  double viewerYaw() {
    return viewerYaw;
  }

  double viewerPitch() {
    return viewerPitch;
  }

  List<Shift> shifts() {
    return shifts;
  }

  /** The point looked at, metres in the world. */
  Vector3 target(double t) {
    double y = Math.toRadians(yaw.at(t));
    double p = Math.toRadians(pitch.at(t));
    double distance = 1 / Math.max(0.1, nearness.at(t));
    return new Vector3(
        distance * Math.sin(y) * Math.cos(p),
        distance * Math.sin(p),
        distance * Math.cos(y) * Math.cos(p));
  }
}
