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

  /**
   * The "auto" contract: the scale by which the mean irradiance over all normals that face the
   * camera, divided by π, becomes 1 in luminance.
   *
   * <p>That mean has a closed form. Light from d reaches the hemisphere of normals as a hemisphere
   * of light reaches a plane: ∫ max(0, n·d) dn over n_z &gt; 0 is π(1 + d_z)/2, and the hemisphere
   * has 2π, so the mean irradiance is ∫ L(d) (1 + d_z)/4 dω.
   */
  public static Exposure auto(EnvironmentMap map) {
    double mean = meanFrontIrradiance(map).luminance();
    double scale = Math.PI / mean;
    return scale > 0 && scale < Double.POSITIVE_INFINITY
        ? new Exposure(scale, true)
        : new Exposure(1, false);
  }

  /** Mean irradiance over the normals that face the camera: ∫ L(d) (1 + d_z)/4 dω. */
  public static Rgb meanFrontIrradiance(EnvironmentMap map) {
    int w = map.width();
    int h = map.height();
    float[] s = map.image().samples();
    double[] towards = new double[w];
    // Mean of −cos φ over a pixel's width, so that a uniform map is exact.
    double sinc = Math.sin(Math.PI / w) / (Math.PI / w);
    for (int x = 0; x < w; x++) {
      towards[x] = -Math.cos(Math.PI * (2 * (x + 0.5) / w - 1)) * sinc;
    }
    double[] sum = new double[3];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < h; y++) {
        int o = (c * h + y) * w;
        double total = 0;
        double front = 0;
        for (int x = 0; x < w; x++) {
          total += s[o + x];
          front += s[o + x] * towards[x];
        }
        double sin = Math.sin(Math.PI * (y + 0.5) / h);
        sum[c] += map.solidAngle(y) * 0.25 * (total + sin * front);
      }
    }
    return new Rgb(sum[0], sum[1], sum[2]);
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
