package org.pixelcube.render;

/** Reflectance of smooth dielectric boundaries. */
final class Fresnel {
  private Fresnel() {}

  /** The share that Schlick's approximation adds at an angle: (1 − cos)⁵. */
  static float grazing(float cos) {
    float m = 1 - Math.clamp(cos, 0, 1);
    float m2 = m * m;
    return m2 * m2 * m;
  }

  /** Schlick's approximation (1994). */
  static float schlick(float specular, float cos) {
    return specular + (1 - specular) * grazing(cos);
  }

  /**
   * Unpolarised reflectance, exact.
   *
   * @param cos cosine of the incident ray, 0 to 1
   * @param eta index behind the boundary over the index before it
   */
  static float dielectric(float cos, float eta) {
    float c = Math.clamp(cos, 0, 1);
    float g2 = eta * eta - 1 + c * c;
    if (g2 <= 0) {
      return 1;
    }
    float g = (float) Math.sqrt(g2);
    float s = (c - g) / (c + g);
    float e2 = eta * eta;
    float p = (e2 * c - g) / (e2 * c + g);
    return 0.5f * (s * s + p * p);
  }
}
