package org.pixelcube.light;

/**
 * Real spherical harmonics to degree 2 of a normal, without their constants, for fits of shading by
 * least squares, which absorb them (Ramamoorthi and Hanrahan 2001: enough for a convex Lambertian
 * surface within 1 %).
 */
public final class ShadingHarmonics {
  /** How many there are. */
  public static final int TERMS = 9;

  private ShadingHarmonics() {}

  /**
   * Works them out for a normal of length 1.
   *
   * @param out takes {@value #TERMS} values
   */
  public static void at(double x, double y, double z, double[] out) {
    out[0] = 1;
    out[1] = x;
    out[2] = y;
    out[3] = z;
    out[4] = x * y;
    out[5] = y * z;
    out[6] = x * z;
    out[7] = x * x - y * y;
    out[8] = 3 * z * z - 1;
  }
}
