package org.pixelcube.light;

import org.pixelcube.math.Vector3;

/**
 * A disc of light far away.
 *
 * @param direction towards its middle: the centroid of its luminance; unit length
 * @param red radiance × solid angle of the red channel, which is the irradiance on a plane facing
 *     it; likewise {@code green}, {@code blue}
 * @param angularRadiusRadians of the spherical cap of even radiance with the same spread
 */
public record AreaLight(
    Vector3 direction, double red, double green, double blue, double angularRadiusRadians) {
  /** Radiance × solid angle of the three channels. */
  public Rgb energy() {
    return new Rgb(red, green, blue);
  }
}
