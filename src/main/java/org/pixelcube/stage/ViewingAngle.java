package org.pixelcube.stage;

import java.util.List;
import java.util.Optional;
import org.pixelcube.config.InvalidSetting;

/**
 * How a panel's radiance falls off with the angle φ from its normal, relative to φ = 0. A
 * Lambertian panel has 1 at every angle.
 *
 * @param exponent radiance cosᵉˣᵖφ; 0 is Lambertian
 * @param table measured relative radiance at equally spaced angles from 0° to 90°, first 1, in
 *     place of the exponent
 */
public record ViewingAngle(double exponent, Optional<List<Double>> table) {
  public static final ViewingAngle LAMBERTIAN = new ViewingAngle(0, Optional.empty());

  public ViewingAngle {
    table = table.map(List::copyOf);
    InvalidSetting.inRange("exponent", exponent, 0, 100);
    table.ifPresent(t -> {
      if (t.size() < 2 || t.getFirst() != 1) {
        throw new InvalidSetting(
            "table",
            "does not begin with 1, or has fewer than 2 entries",
            "divide by the radiance at 0°");
      }
      for (double v : t) {
        if (!(v >= 0 && v <= 10)) {
          throw new InvalidSetting(
              "table", "holds %s, must be 0 to 10".formatted(v), "correct the measurement");
        }
      }
    });
  }

  /** Relative radiance at an angle given by its cosine, which is clamped to [0, 1]. */
  public double relativeRadiance(double cosine) {
    double c = Math.clamp(cosine, 0, 1);
    if (table.isPresent()) {
      List<Double> t = table.get();
      double at = Math.toDegrees(Math.acos(c)) / 90 * (t.size() - 1);
      int i = Math.min((int) at, t.size() - 2);
      return t.get(i) + (at - i) * (t.get(i + 1) - t.get(i));
    }
    return exponent == 0 ? 1 : Math.pow(c, exponent);
  }

  /** Whether radiance is the same at every angle. */
  public boolean flat() {
    return table.map(t -> t.stream().allMatch(v -> v == 1)).orElse(exponent == 0);
  }
}
