package org.pixelcube.stage;

import java.util.List;
import java.util.Optional;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.InvalidSetting;

/**
 * How a signal in [0, 1] and linear light in [0, 1] belong together: the EOTF of a panel, whose
 * light is relative to its peak, or the response of a camera, whose light is relative to
 * saturation.
 *
 * @param curve the kind of curve
 * @param gamma exponent of {@link Curve#GAMMA}, else absent
 * @param table linear light at equally spaced signals from 0 to 1, for {@link Curve#TABLE}, else
 *     absent: first 0, last 1, rising
 */
public record TransferCurve(Curve curve, Optional<Double> gamma, Optional<List<Double>> table) {
  /** Light of the PQ signal 1.0 in nits, SMPTE ST 2084. */
  private static final double PQ_PEAK_NITS = 10000;

  /** Kinds of curves. */
  public enum Curve {
    LINEAR,
    GAMMA,
    SRGB,
    /** SMPTE ST 2084: absolute, cut off at the panel's peak. */
    PQ,
    TABLE
  }

  public static final TransferCurve LINEAR =
      new TransferCurve(Curve.LINEAR, Optional.empty(), Optional.empty());

  public static final TransferCurve SRGB =
      new TransferCurve(Curve.SRGB, Optional.empty(), Optional.empty());

  public static final TransferCurve PQ =
      new TransferCurve(Curve.PQ, Optional.empty(), Optional.empty());

  public TransferCurve {
    table = table.map(List::copyOf);
    if (curve == Curve.GAMMA) {
      if (gamma.isEmpty()) {
        throw new InvalidSetting("gamma", "is missing, the curve is gamma", "add it, as in 2.4");
      }
      InvalidSetting.inRange("gamma", gamma.get(), 0.2, 10);
    } else if (gamma.isPresent()) {
      throw new InvalidSetting("gamma", "is given for another curve", "remove it");
    }
    if (curve == Curve.TABLE) {
      check(
          table.orElseThrow(() ->
              new InvalidSetting(
                  "table", "is missing, the curve is table", "list linear light from 0 to 1")));
    } else if (table.isPresent()) {
      throw new InvalidSetting("table", "is given for another curve", "remove it");
    }
  }

  /** A pure power: light = signal^gamma. */
  public static TransferCurve gamma(double exponent) {
    return new TransferCurve(Curve.GAMMA, Optional.of(exponent), Optional.empty());
  }

  /** Straight lines between measured points: light at equally spaced signals from 0 to 1. */
  public static TransferCurve table(List<Double> light) {
    return new TransferCurve(Curve.TABLE, Optional.empty(), Optional.of(light));
  }

  private static void check(List<Double> t) {
    if (t.size() < 2 || t.getFirst() != 0 || t.getLast() != 1) {
      throw new InvalidSetting(
          "table",
          "does not run from 0 to 1 in at least 2 entries",
          "divide by the light at full signal and take the black off");
    }
    for (int i = 1; i < t.size(); i++) {
      if (!(t.get(i) > t.get(i - 1))) {
        throw new InvalidSetting(
            "table",
            "does not rise at entry %d (%s after %s)".formatted(i, t.get(i), t.get(i - 1)),
            "smooth the measurement");
      }
    }
  }

  /**
   * Light of a signal, both in [0, 1]; clamped outside.
   *
   * @param peakNits luminance of light 1, which only {@link Curve#PQ} asks for
   */
  public double toLinear(double signal, double peakNits) {
    double s = Math.clamp(signal, 0, 1);
    return switch (curve) {
      case LINEAR -> s;
      case GAMMA -> Math.pow(s, gamma.orElseThrow());
      case SRGB -> TransferFunction.SRGB.toLinear(s);
      case PQ ->
          Math.min(
              1,
              TransferFunction.PQ.toLinear(s) * TransferFunction.REFERENCE_WHITE_NITS / peakNits);
      case TABLE -> {
        List<Double> t = table.orElseThrow();
        double at = s * (t.size() - 1);
        int i = Math.min((int) at, t.size() - 2);
        yield t.get(i) + (at - i) * (t.get(i + 1) - t.get(i));
      }
    };
  }

  /** Signal of light: the inverse of {@link #toLinear}; the least one where there are several. */
  public double fromLinear(double linear, double peakNits) {
    double l = Math.clamp(linear, 0, 1);
    return switch (curve) {
      case LINEAR -> l;
      case GAMMA -> Math.pow(l, 1 / gamma.orElseThrow());
      case SRGB -> TransferFunction.SRGB.fromLinear(l);
      case PQ ->
          TransferFunction.PQ.fromLinear(
              Math.min(l * peakNits, PQ_PEAK_NITS) / TransferFunction.REFERENCE_WHITE_NITS);
      case TABLE -> {
        List<Double> t = table.orElseThrow();
        int low = 0;
        int high = t.size() - 1;
        while (high - low > 1) {
          int middle = (low + high) >>> 1;
          if (t.get(middle) <= l) {
            low = middle;
          } else {
            high = middle;
          }
        }
        yield (low + (l - t.get(low)) / (t.get(high) - t.get(low))) / (t.size() - 1);
      }
    };
  }
}
