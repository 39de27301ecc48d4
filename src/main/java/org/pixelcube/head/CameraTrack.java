package org.pixelcube.head;

import java.util.SplittableRandom;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;

/**
 * How a clip is filmed: a camera on the +Z side that looks at a face near the origin, from 0.6 to 2
 * m, so that 0.34 to 0.7 m of the world fill the shorter side of the picture at the face. It stands
 * on a tripod, is held by hand, or moves slowly in or out. The focal length does not change.
 */
public final class CameraTrack {
  private static final double NEAREST_METRES = 0.6;
  private static final double FARTHEST_METRES = 2;
  private static final double TIGHTEST_METRES = 0.34;
  private static final double WIDEST_METRES = 0.7;

  /** What must stay in the picture: half the size of a head that may turn. */
  private static final double HEAD_RADIUS_METRES = 0.13;

  /** Room left below the picture for a hand's shake and a tilted view, over half its height. */
  private static final double SHAKE_ROOM = 1.02;

  /** The middle of the picture is no higher: the chin must stay in it. */
  private static final double HIGHEST_AIM_METRES = 0.02;

  private final double durationSeconds;
  private final double distance;
  private final double framing;
  private final double endFraming;
  private final Vector3 aim;
  private final double yaw;
  private final double pitch;
  private final double roll;
  private final double shake;
  private final Drift[] hand = new Drift[6];

  private CameraTrack(long seed, double durationSeconds, double lowest) {
    SplittableRandom random = new SplittableRandom(seed * 0xD1B54A32D192ED03L + 5);
    this.durationSeconds = durationSeconds;
    distance = NEAREST_METRES * Math.pow(FARTHEST_METRES / NEAREST_METRES, random.nextDouble());
    double widest =
        Math.clamp(2 * (HIGHEST_AIM_METRES - lowest) / SHAKE_ROOM, TIGHTEST_METRES, WIDEST_METRES);
    framing = TIGHTEST_METRES + (widest - TIGHTEST_METRES) * Math.pow(random.nextDouble(), 1.7);
    boolean pushes = random.nextDouble() < 0.25;
    double scale = pushes ? 0.85 + 0.3 * random.nextDouble() : 1;
    endFraming =
        Math.clamp(
            framing * scale,
            Math.max(TIGHTEST_METRES, framing * NEAREST_METRES / distance),
            Math.min(widest, framing * FARTHEST_METRES / distance));
    double least = Math.min(framing, endFraming);
    double room = Math.max(0, least / 2 - HEAD_RADIUS_METRES);
    // The wider the frame, the higher the head stands in it.
    double below = 0.01 + 0.6 * room;
    double side = 0.45 * room * bounded(random);
    double middle = -below + 0.25 * room * bounded(random);
    double most = Math.max(framing, endFraming);
    aim =
        new Vector3(
            side,
            Math.max(middle, Math.min(HIGHEST_AIM_METRES, lowest + SHAKE_ROOM * most / 2)),
            0);
    yaw = 4 * bounded(random);
    pitch = 3 * bounded(random);
    roll = 0.6 * bounded(random);
    shake = random.nextDouble() < 0.5 ? 0 : 0.4 + 0.8 * random.nextDouble();
    for (int i = 0; i < hand.length; i++) {
      hand[i] = new Drift(random.split(), 1, 0.15, 2.5, 2);
    }
  }

  private static double bounded(SplittableRandom random) {
    return Math.clamp(random.nextGaussian() / 1.5, -1, 1);
  }

  /**
   * The camera that belongs to a seed.
   *
   * @param durationSeconds how long a move takes, above 0
   */
  public static CameraTrack of(long seed, double durationSeconds) {
    return of(seed, durationSeconds, -10);
  }

  /**
   * The camera that belongs to a seed, for a person of whom only a part is there.
   *
   * @param lowestMetres height in the world under which nothing should be seen, below 0; kept as
   *     far as the face stays in the picture
   */
  public static CameraTrack of(long seed, double durationSeconds, double lowestMetres) {
    if (!(durationSeconds > 0)) {
      throw new IllegalArgumentException(
          "duration %s s (expected above 0)".formatted(durationSeconds));
    }
    return new CameraTrack(seed, durationSeconds, lowestMetres);
  }

  /** Whether it is held by hand. */
  public boolean handheld() {
    return shake > 0;
  }

  /** Where it stands at the start, without the hand's movement: what a person looks at. */
  public Vector3 position() {
    return stand(0).translation();
  }

  /** Metres of the world along the shorter side of the picture, at the face. */
  public double framingMetres(double timeSeconds) {
    double u = Submovements.minimumJerk(timeSeconds / durationSeconds);
    return framing + (endFraming - framing) * u;
  }

  private Pose stand(double timeSeconds) {
    // The focal length stays, so that framing and distance are in proportion.
    double far = distance * framingMetres(timeSeconds) / framing;
    Rotation r = Rotation.yawPitchRoll(yaw, pitch, roll);
    return new Pose(r, aim.plus(r.apply(new Vector3(0, 0, far))));
  }

  /** The camera at a time in seconds, for a picture of a size in pixels. */
  public Camera at(double timeSeconds, int width, int height) {
    Pose pose = stand(timeSeconds);
    if (shake > 0) {
      // A frame held closer shakes more for the same hand; the picture moves by about 1 %.
      double degrees = shake * Math.toDegrees(0.005 * framing / distance);
      double metres = shake * 0.0025;
      Rotation turn =
          Rotation.yawPitchRoll(
              degrees * hand[0].at(timeSeconds),
              degrees * hand[1].at(timeSeconds),
              0.25 * shake * hand[2].at(timeSeconds));
      Vector3 sway =
          new Vector3(
              metres * hand[3].at(timeSeconds),
              metres * hand[4].at(timeSeconds),
              metres * hand[5].at(timeSeconds));
      pose = new Pose(pose.rotation().after(turn), pose.translation().plus(sway));
    }
    return new Camera(pose, width, height, Math.min(width, height) * distance / framing);
  }
}
