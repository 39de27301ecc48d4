package org.pixelcube.light;

import org.pixelcube.math.Rotation;

/**
 * The light at one time, in parts: filters made of {@code base} (irradiance, prefiltered radiance)
 * serve as long as the same map comes back, and look-ups are turned instead.
 *
 * @param base the map before turning and exposure; the same object while it does not change
 * @param rotation turns the environment
 * @param exposureStops opens (+) or closes (−) the light
 */
public record LightingState(EnvironmentMap base, Rotation rotation, double exposureStops) {
  /** The factor on radiance: 2^stops. */
  public double scale() {
    return Math.pow(2, exposureStops);
  }

  /** The map turned and exposed. */
  public EnvironmentMap map() {
    return base.rotated(rotation).exposed(exposureStops);
  }
}
