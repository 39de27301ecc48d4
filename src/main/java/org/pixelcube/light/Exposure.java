package org.pixelcube.light;

/**
 * A scale on radiance.
 *
 * @param scale factor on every sample, above 0
 * @param metered false where the map was black, so that there was nothing to meter and the scale is
 *     1
 */
public record Exposure(double scale, boolean metered) {
  /** No change, by the contract that 1.0 in the map is diffuse white. */
  public static final Exposure ABSOLUTE = new Exposure(1, true);

  /** Maps are metered at no more than this width: the weight below is smooth. */
  private static final int METERED_WIDTH = 128;

  /**
   * The "auto" contract: the scale by which a white diffuse ball at the subject's place, as the
   * camera photographs it, has the mean luminance 1 over its disc.
   */
  public static Exposure auto(EnvironmentMap map) {
    double mean = meanFrontIrradiance(map).luminance();
    double scale = Math.PI / mean;
    return scale > 0 && scale < Double.POSITIVE_INFINITY
        ? new Exposure(scale, true)
        : new Exposure(1, false);
  }

  /**
   * Mean irradiance over the disc of a ball that the camera sees: the mean of E(n) over the normals
   * with n_z &gt; 0, each weighted by n_z.
   *
   * <p>A closed form: one distant light at the angle γ from the camera lights the disc of a
   * Lambertian ball to the mean 2/(3π) · (sin γ + (π − γ) cos γ) (the phase function of Lambert's
   * sphere), so the mean is the integral of radiance times that over all directions.
   */
  public static Rgb meanFrontIrradiance(EnvironmentMap map) {
    EnvironmentMap m =
        map.width() > METERED_WIDTH ? map.downsampled(METERED_WIDTH, METERED_WIDTH / 2) : map;
    int w = m.width();
    int h = m.height();
    float[] s = m.image().samples();
    double[] sum = new double[3];
    double total = 0;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double cos = Math.clamp(m.pixelDirection(x, y).z(), -1, 1);
        double gamma = Math.acos(cos);
        double weight = m.solidAngle(y) * (Math.sin(gamma) + (Math.PI - gamma) * cos);
        total += weight;
        for (int c = 0; c < 3; c++) {
          sum[c] += weight * s[(c * h + y) * w + x];
        }
      }
    }
    // Divided by its own sum, so that a uniform map is exact: the integral of the weight is π.
    double scale = Math.PI / total;
    return new Rgb(sum[0] * scale, sum[1] * scale, sum[2] * scale);
  }

  /** The scale in stops: log₂. */
  public double stops() {
    return Math.log(scale) / Math.log(2);
  }

  /** The map under this exposure. */
  public EnvironmentMap apply(EnvironmentMap map) {
    return map.scaled(scale, scale, scale);
  }
}
