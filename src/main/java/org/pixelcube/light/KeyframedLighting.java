package org.pixelcube.light;

import java.util.List;
import org.pixelcube.math.Rotation;

/**
 * Light turned and exposed by keys in time, on top of other light. Angles are not wrapped: from yaw
 * 0 to 360 is one full turn.
 */
public final class KeyframedLighting implements Lighting {
  private static final int VALUES = 4;

  /**
   * One key.
   *
   * @param timeSeconds when
   * @param exposureStops opens (+) or closes (−) the light
   */
  public record Keyframe(
      double timeSeconds,
      double yawDegrees,
      double pitchDegrees,
      double rollDegrees,
      double exposureStops) {
    private double value(int i) {
      return switch (i) {
        case 0 -> yawDegrees;
        case 1 -> pitchDegrees;
        case 2 -> rollDegrees;
        default -> exposureStops;
      };
    }
  }

  /** How values run from key to key. */
  public enum Interpolation {
    /** At a constant rate. */
    LINEAR,
    /**
     * By cubics with a continuous rate and no overshoot, starting and ending at rest: Fritsch and
     * Carlson, SIAM J. Numer. Anal. 17 (1980) 238, with the harmonic mean of Fritsch and Butland.
     */
    SMOOTH
  }

  private final Lighting base;
  private final List<Keyframe> keys;
  private final Interpolation interpolation;
  private final double[][] rates;

  private KeyframedLighting(
      Lighting base, List<Keyframe> keys, Interpolation interpolation, double[][] rates) {
    this.base = base;
    this.keys = keys;
    this.interpolation = interpolation;
    this.rates = rates;
  }

  /**
   * Lays keys over {@code base}.
   *
   * @param keys at least one, at times that grow
   * @throws IllegalArgumentException if there is no key or a time does not grow
   */
  public static KeyframedLighting of(
      Lighting base, List<Keyframe> keys, Interpolation interpolation) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("no keys (expected at least one)");
    }
    for (int k = 1; k < keys.size(); k++) {
      if (!(keys.get(k).timeSeconds > keys.get(k - 1).timeSeconds)) {
        throw new IllegalArgumentException(
            "time %s after %s (expected times that grow)"
                .formatted(keys.get(k).timeSeconds, keys.get(k - 1).timeSeconds));
      }
    }
    List<Keyframe> copy = List.copyOf(keys);
    return new KeyframedLighting(base, copy, interpolation, rates(copy));
  }

  /** The rate of each value at each key, per second: 0 at both ends and at turning points. */
  private static double[][] rates(List<Keyframe> keys) {
    double[][] rates = new double[keys.size()][VALUES];
    for (int k = 1; k < keys.size() - 1; k++) {
      double before = keys.get(k).timeSeconds - keys.get(k - 1).timeSeconds;
      double after = keys.get(k + 1).timeSeconds - keys.get(k).timeSeconds;
      for (int i = 0; i < VALUES; i++) {
        double a = (keys.get(k).value(i) - keys.get(k - 1).value(i)) / before;
        double b = (keys.get(k + 1).value(i) - keys.get(k).value(i)) / after;
        if (a * b > 0) {
          double w1 = 2 * after + before;
          double w2 = after + 2 * before;
          rates[k][i] = (w1 + w2) / (w1 / a + w2 / b);
        }
      }
    }
    return rates;
  }

  @Override
  public LightingState state(double timeSeconds) {
    double[] v = values(timeSeconds);
    LightingState under = base.state(timeSeconds);
    return new LightingState(
        under.base(),
        Rotation.yawPitchRoll(v[0], v[1], v[2]).after(under.rotation()),
        under.exposureStops() + v[3]);
  }

  private double[] values(double t) {
    int last = keys.size() - 1;
    int k = 0;
    while (k < last && keys.get(k + 1).timeSeconds <= t) {
      k++;
    }
    double[] out = new double[VALUES];
    if (k == last || t <= keys.getFirst().timeSeconds) {
      for (int i = 0; i < VALUES; i++) {
        out[i] = keys.get(k).value(i);
      }
      return out;
    }
    Keyframe a = keys.get(k);
    Keyframe b = keys.get(k + 1);
    double span = b.timeSeconds - a.timeSeconds;
    double s = (t - a.timeSeconds) / span;
    for (int i = 0; i < VALUES; i++) {
      double from = a.value(i);
      double to = b.value(i);
      out[i] =
          switch (interpolation) {
            case LINEAR -> from + s * (to - from);
            case SMOOTH -> {
              // Cubic Hermite.
              double s2 = s * s;
              double s3 = s2 * s;
              yield (2 * s3 - 3 * s2 + 1) * from
                  + (s3 - 2 * s2 + s) * span * rates[k][i]
                  + (3 * s2 - 2 * s3) * to
                  + (s3 - s2) * span * rates[k + 1][i];
            }
          };
    }
    return out;
  }

  @Override
  public double durationSeconds() {
    return Math.max(base.durationSeconds(), keys.getLast().timeSeconds);
  }

  @Override
  public void close() {
    base.close();
  }
}
