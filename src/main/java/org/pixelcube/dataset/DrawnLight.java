package org.pixelcube.dataset;

import java.util.List;
import java.util.random.RandomGenerator;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.LightBasis;

/**
 * A light drawn for a sample: a map, turned, tinted, exposed, and perhaps moving.
 *
 * @param map name or path
 * @param yawDegrees at the first frame; the map is turned as {@code docs/conventions.md} says
 * @param yawRateDegrees per second; 0 for light that stands
 * @param tint factor on each colour of the map, of luminance 1; white for none
 * @param exposureStops beside what metering gives
 * @param swellStops how far the light rises and falls
 * @param swellHertz how often
 * @param sharp whether its hard sources shine through the suns of the clip
 */
public record DrawnLight(
    String map,
    double yawDegrees,
    double pitchDegrees,
    double rollDegrees,
    double yawRateDegrees,
    Rgb tint,
    double exposureStops,
    double swellStops,
    double swellHertz,
    boolean sharp) {

  /** Draws a light for a clip whose fields are in this basis. */
  static DrawnLight draw(LightCollection maps, LightBasis basis, RandomGenerator random) {
    String name = maps.names().get(random.nextInt(maps.names().size()));
    boolean moving = random.nextDouble() < 0.35;
    double yaw = 360 * random.nextDouble() - 180;
    double pitch = 4 * bounded(random);
    double roll = 4 * bounded(random);
    double rate = moving ? (random.nextBoolean() ? 1 : -1) * (10 + 50 * random.nextDouble()) : 0;
    Rgb tint = random.nextDouble() < 0.15 ? tint(random) : new Rgb(1, 1, 1);
    double stops = 0.5 * bounded(random);
    boolean swells = moving && random.nextDouble() < 0.4;
    double swell = swells ? 0.2 + 0.6 * random.nextDouble() : 0;
    double hertz = 0.2 + 0.8 * random.nextDouble();
    boolean sharp = false;
    var hard = maps.get(name).hard().sources();
    if (!moving && !hard.isEmpty() && !basis.suns().isEmpty()) {
      // Turn the strongest source onto a sun that lies about as high and is about as wide.
      Vector3 source = hard.getFirst().direction();
      int first = random.nextInt(basis.suns().size());
      for (int i = 0; i < basis.suns().size() && !sharp; i++) {
        LightBasis.Sun candidate = basis.suns().get((first + i) % basis.suns().size());
        Vector3 sun = candidate.direction();
        double climb = elevation(source) - elevation(sun);
        if (Math.abs(climb) < 15 && candidate.isAsWideAs(hard.getFirst())) {
          // About the sun's own axis of height: yaw to +Z, pitch there, yaw on to the sun.
          Turn turn = onto(source, sun);
          yaw = turn.yaw;
          pitch = turn.pitch;
          roll = turn.roll;
          sharp = true;
        }
      }
    }
    return new DrawnLight(name, yaw, pitch, roll, rate, tint, stops, swell, hertz, sharp);
  }

  private static double bounded(RandomGenerator random) {
    return Math.clamp(random.nextGaussian(), -2, 2);
  }

  private static Rgb tint(RandomGenerator random) {
    Rgb raw =
        new Rgb(
            Math.exp(0.45 * bounded(random)),
            Math.exp(0.25 * bounded(random)),
            Math.exp(0.45 * bounded(random)));
    return raw.times(1 / raw.luminance());
  }

  private static double elevation(Vector3 d) {
    return Math.toDegrees(Math.asin(Math.clamp(d.y(), -1, 1)));
  }

  private static double azimuth(Vector3 d) {
    return Math.toDegrees(Math.atan2(d.x(), d.z()));
  }

  /** Angles of {@link Rotation#yawPitchRoll}. */
  private record Turn(double yaw, double pitch, double roll) {}

  /** The rotation that carries one direction onto another with the horizon nearly kept. */
  private static Turn onto(Vector3 from, Vector3 to) {
    Rotation align = Rotation.yawPitchRoll(-azimuth(from), 0, 0);
    Rotation climb = Rotation.yawPitchRoll(0, elevation(from) - elevation(to), 0);
    Rotation back = Rotation.yawPitchRoll(azimuth(to), 0, 0);
    Rotation r = back.after(climb).after(align);
    // Read off yaw · pitch · roll.
    double pitch = Math.asin(Math.clamp(-r.m12(), -1, 1));
    double yaw = Math.atan2(r.m02(), r.m22());
    double roll = Math.atan2(r.m10(), r.m11());
    return new Turn(Math.toDegrees(yaw), Math.toDegrees(pitch), Math.toDegrees(roll));
  }

  /** How the map is turned at a time after the first frame. */
  Rotation rotation(double timeSeconds) {
    return Rotation.yawPitchRoll(
        yawDegrees + yawRateDegrees * timeSeconds, pitchDegrees, rollDegrees);
  }

  /** Stops beside what metering gives, at a time after the first frame. */
  double stops(double timeSeconds) {
    return exposureStops + swellStops * Math.sin(2 * Math.PI * swellHertz * timeSeconds);
  }

  EnvironmentMap tinted(EnvironmentMap m) {
    return m.scaled(tint.red(), tint.green(), tint.blue());
  }

  /** Whether it is the same in every frame of a still camera. */
  boolean stands() {
    return yawRateDegrees == 0 && swellStops == 0;
  }

  /** The times of frames against the first, from their meta data. */
  static double[] times(List<ClipMeta.FrameMeta> frames) {
    double first = frames.getFirst().timeSeconds();
    return frames.stream().mapToDouble(f -> f.timeSeconds() - first).toArray();
  }
}
