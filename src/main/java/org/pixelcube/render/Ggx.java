package org.pixelcube.render;

/**
 * The microfacet reflection of Trowbridge and Reitz (GGX, Walter et al. 2007) with the
 * height-correlated shadowing of Smith (Heitz 2014), in a frame whose Z axis is the normal. The
 * lobe is isotropic; {@code alpha} is the square of the perceptual roughness.
 */
final class Ggx {
  /** The smallest alpha: below it single precision no longer resolves the peak. */
  private static final float SMALLEST_ALPHA = 1e-3f;

  private Ggx() {}

  /** The alpha of a perceptual roughness, kept off zero. */
  static float alpha(float roughness) {
    return Math.max(roughness * roughness, SMALLEST_ALPHA);
  }

  /**
   * D · G2 / (4 cosO cosI) · cosI, the lobe without its Fresnel factor.
   *
   * @param hx half vector, unit length
   * @param cosO cosine of the way out, above 0
   * @param cosI cosine of the way in, above 0
   */
  static float value(float hx, float hy, float hz, float cosO, float cosI, float alpha) {
    float a2 = alpha * alpha;
    float shadowing =
        cosO * (float) Math.sqrt(a2 + (1 - a2) * cosI * cosI)
            + cosI * (float) Math.sqrt(a2 + (1 - a2) * cosO * cosO);
    return 0.5f * cosI * distribution(hx, hy, hz, a2) / shadowing;
  }

  /** Density per steradian of the mirror direction at a visible normal: theirs over 4 cos(o, h). */
  static float density(float hx, float hy, float hz, float cosO, float alpha) {
    float a2 = alpha * alpha;
    return 0.5f
        * distribution(hx, hy, hz, a2)
        / (cosO + (float) Math.sqrt(a2 + (1 - a2) * cosO * cosO));
  }

  /** D of the half vector, in the form that does not cancel for small alpha. */
  private static float distribution(float hx, float hy, float hz, float a2) {
    float e = (hx * hx + hy * hy) / a2 + hz * hz;
    return 1 / ((float) Math.PI * a2 * e * e);
  }

  /** G2 / G1: value over density of a reflected direction, without Fresnel. */
  static float weight(float cosO, float cosI, float alpha) {
    float a2 = alpha * alpha;
    float o = (float) Math.sqrt(a2 + (1 - a2) * cosO * cosO);
    float i = (float) Math.sqrt(a2 + (1 - a2) * cosI * cosI);
    return cosI * (cosO + o) / (cosO * i + cosI * o);
  }

  /**
   * Draws a visible normal by spherical caps (Dupuy and Benyoub 2023).
   *
   * @param ox the way out, unit length, oz above 0
   * @param p uniform in [0, 1)
   * @param q uniform in [0, 1)
   * @param h receives the unit normal
   */
  static void visibleNormal(
      float ox, float oy, float oz, float alpha, float p, float q, float[] h) {
    float sx = alpha * ox;
    float sy = alpha * oy;
    float s = 1 / (float) Math.sqrt(sx * sx + sy * sy + oz * oz);
    sx *= s;
    sy *= s;
    float sz = oz * s;
    double phi = 2 * Math.PI * p;
    float z = (1 - q) * (1 + sz) - sz;
    float r = (float) Math.sqrt(Math.max(0, 1 - z * z));
    float hx = alpha * (r * (float) Math.cos(phi) + sx);
    float hy = alpha * (r * (float) Math.sin(phi) + sy);
    float hz = Math.max(0, z + sz);
    float n = (float) Math.sqrt(hx * hx + hy * hy + hz * hz);
    if (n < 1e-20f) {
      h[0] = 0;
      h[1] = 0;
      h[2] = 1;
      return;
    }
    h[0] = hx / n;
    h[1] = hy / n;
    h[2] = hz / n;
  }
}
