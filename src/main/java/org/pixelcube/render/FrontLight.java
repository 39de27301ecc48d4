package org.pixelcube.render;

import org.pixelcube.math.Vector3;

/**
 * Even light from the camera's side, and what matt surfaces get of it: the light that a subject's
 * flat-lit colour is measured under.
 *
 * <p>Under a map that is even all round, dark hair is pale: light from behind the head grazes its
 * strands and goes on forward to the camera, ten times what the strands throw back. No photograph
 * that is not lit from behind looks so. Without light from behind and divided by what a matt
 * surface of the same normal gets, skin and cloth keep the colour they have under even light, and
 * hair has the one that it is known by.
 *
 * <p>Radiance is 1 where z is above {@value #FULL}, 0 below {@value #NONE}, smooth between; camera
 * space, +Z to the camera.
 */
final class FrontLight {
  private static final double FULL = 0.5;
  private static final double NONE = -0.1;

  /** Cells a side that the mean of a bin is taken over. */
  private static final int PARTS = 8;

  private static final int STRIPS = 512;
  private static final int STEPS = 256;

  /** Irradiance ÷ π of matt surfaces by the z of their normals from −1 to 1. */
  private static final float[] SHARES = shares();

  private FrontLight() {}

  /** Radiance from a direction. */
  static double radiance(double z) {
    double t = Math.clamp((z - NONE) / (FULL - NONE), 0, 1);
    return t * t * (3 - 2 * t);
  }

  /** Mean radiance of each bin. */
  static float[] weights(DirectionBins bins) {
    int n = bins.side();
    float[] out = new float[bins.count()];
    float[] d = new float[3];
    for (int i = 0; i < out.length; i++) {
      double sum = 0;
      for (int k = 0; k < PARTS * PARTS; k++) {
        float a = (i % n + (k % PARTS + 0.5f) / PARTS) / n;
        float b = (i / n + (k / PARTS + 0.5f) / PARTS) / n;
        DirectionBins.direction(a, b, d);
        sum += radiance(d[2]);
      }
      out[i] = (float) (sum / (PARTS * PARTS));
    }
    return out;
  }

  /**
   * Irradiance ÷ π of a matt surface, 1 for one in even light all round.
   *
   * @param z of its unit normal
   */
  static float share(double z) {
    double at = (Math.clamp(z, -1, 1) + 1) / 2 * STEPS;
    int i = Math.min((int) at, STEPS - 1);
    float f = (float) (at - i);
    return SHARES[i] + f * (SHARES[i + 1] - SHARES[i]);
  }

  private static float[] shares() {
    float[] out = new float[STEPS + 1];
    for (int i = 0; i <= STEPS; i++) {
      out[i] = (float) irradiance(2.0 * i / STEPS - 1) / (float) Math.PI;
    }
    return out;
  }

  /** Sums rings of directions of one z, each in closed form. */
  private static double irradiance(double normalZ) {
    double s = Math.sqrt(Math.max(0, 1 - normalZ * normalZ));
    double sum = 0;
    for (int k = 0; k < STRIPS; k++) {
      double z = -1 + 2 * (k + 0.5) / STRIPS;
      double a = normalZ * z;
      double b = s * Math.sqrt(1 - z * z);
      double ring;
      if (Math.abs(a) >= b) {
        ring = a > 0 ? 2 * Math.PI * a : 0;
      } else {
        double seen = Math.acos(-a / b);
        ring = 2 * (a * seen + b * Math.sin(seen));
      }
      sum += radiance(z) * ring * 2 / STRIPS;
    }
    return sum;
  }

  /** The z of a mean of normals made unit; towards the camera where they cancel out. */
  static double unitZ(double x, double y, double z) {
    Vector3 n = new Vector3(x, y, z);
    return n.length() > 1e-6 ? z / n.length() : 1;
  }
}
