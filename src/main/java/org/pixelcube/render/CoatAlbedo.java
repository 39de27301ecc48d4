package org.pixelcube.render;

/**
 * Directional albedo of a GGX lobe, tabulated over the angle and the roughness, so that what lies
 * under a coat gets exactly the light that the coat leaves (Kulla and Conty 2017).
 *
 * <p>With Schlick's Fresnel term the albedo is linear in the reflectance at normal incidence, so
 * two tables do: for Fresnel 1 and for (1 − cos)⁵. The angle's axis is √cos, the other one the
 * perceptual roughness. Values between nodes are linear, and means over the hemisphere are those of
 * the interpolated function, so nothing is lost between the two.
 */
final class CoatAlbedo {
  /** Nodes along √cos. */
  static final int NODES = 49;

  private static final int ROUGHNESSES = 33;
  private static final int PHI_STEPS = 16;
  private static final int CAP_STEPS = 48;

  private static final float[] FULL = new float[ROUGHNESSES * NODES];
  private static final float[] FULL_MEAN = new float[ROUGHNESSES];
  private static final float[] GRAZING = new float[ROUGHNESSES * NODES];

  /** What a node's hat function integrates to: 2 ∫ hat(√μ) μ dμ = 4 ∫ hat(t) t³ dt. */
  private static final float[] MEAN_WEIGHT = new float[NODES];

  static {
    double d = 1.0 / (NODES - 1);
    for (int i = 0; i < NODES - 1; i++) {
      double a = i * d;
      double b = a + d;
      // ∫ t³ (b − t)/d and ∫ t³ (t − a)/d over the segment.
      double cube = (Math.pow(b, 4) - Math.pow(a, 4)) / 4;
      double fourth = (Math.pow(b, 5) - Math.pow(a, 5)) / 5;
      MEAN_WEIGHT[i] += (float) (4 * (b * cube - fourth) / d);
      MEAN_WEIGHT[i + 1] += (float) (4 * (fourth - a * cube) / d);
    }
  }

  static {
    float[] h = new float[3];
    for (int r = 0; r < ROUGHNESSES; r++) {
      float alpha = Ggx.alpha(r / (ROUGHNESSES - 1f));
      for (int i = 0; i < NODES; i++) {
        float t = i / (NODES - 1f);
        float cos = Math.max(t * t, 1e-5f);
        float ox = (float) Math.sqrt(1 - cos * cos);
        double full = 0;
        double grazing = 0;
        for (int a = 0; a < PHI_STEPS; a++) {
          for (int b = 0; b < CAP_STEPS; b++) {
            // Mirror symmetry: half of the azimuths are enough.
            Ggx.visibleNormal(
                ox, 0, cos, alpha, 0.5f * (a + 0.5f) / PHI_STEPS, (b + 0.5f) / CAP_STEPS, h);
            float oh = ox * h[0] + cos * h[2];
            float iz = 2 * oh * h[2] - cos;
            if (iz > 0) {
              float w = Ggx.weight(cos, iz, alpha);
              full += w;
              grazing += w * Fresnel.grazing(oh);
            }
          }
        }
        FULL[r * NODES + i] = (float) (full / (PHI_STEPS * CAP_STEPS));
        GRAZING[r * NODES + i] = (float) (grazing / (PHI_STEPS * CAP_STEPS));
        FULL_MEAN[r] += MEAN_WEIGHT[i] * FULL[r * NODES + i];
      }
    }
  }

  private CoatAlbedo() {}

  /**
   * Adds one roughness' albedos to rows of {@link #NODES}.
   *
   * @param share factor for what is added
   */
  static void addRow(float roughness, float share, float[] full, float[] grazing) {
    float x = Math.clamp(roughness, 0, 1) * (ROUGHNESSES - 1);
    int row = Math.min((int) x, ROUGHNESSES - 2);
    float b = share * (x - row);
    float a = share - b;
    int p = row * NODES;
    int q = p + NODES;
    for (int i = 0; i < NODES; i++) {
      full[i] += a * FULL[p + i] + b * FULL[q + i];
      grazing[i] += a * GRAZING[p + i] + b * GRAZING[q + i];
    }
  }

  /** A row's value at a cosine, 0 to 1. */
  static float at(float[] row, float cos) {
    float x = (float) Math.sqrt(cos) * (NODES - 1);
    int i = Math.min((int) x, NODES - 2);
    float a = row[i];
    return a + (x - i) * (row[i + 1] - a);
  }

  /** A row's mean over the hemisphere, weighted by the cosine. */
  static float mean(float[] row) {
    float sum = 0;
    for (int i = 0; i < NODES; i++) {
      sum += MEAN_WEIGHT[i] * row[i];
    }
    return sum;
  }

  /**
   * Directional albedo of a coat of two lobes, light scattered among facets included.
   *
   * @param specular reflectance at normal incidence
   * @param cos cosine of the direction, 0 to 1
   */
  static float coat(float specular, float roughness, float sharpRoughness, float share, float cos) {
    float x = (float) Math.sqrt(cos) * (NODES - 1);
    int i = Math.min((int) x, NODES - 2);
    float f = x - i;
    float full = (1 - share) * at(FULL, roughness, i, f) + share * at(FULL, sharpRoughness, i, f);
    float grazing =
        (1 - share) * at(GRAZING, roughness, i, f) + share * at(GRAZING, sharpRoughness, i, f);
    float mean = (1 - share) * fullMean(roughness) + share * fullMean(sharpRoughness);
    return specular * (full - grazing) + grazing + amongFacets(specular, mean) * (1 - full);
  }

  /**
   * Of the light that a facet sends to another one, the share that leaves in the end: each meeting
   * has the Fresnel term's mean, for Schlick's approximation F0 + (1 − F0)/21.
   *
   * @param fullMean mean albedo of the lobe with Fresnel 1
   */
  static float amongFacets(float specular, float fullMean) {
    float f = specular + (1 - specular) * (1 / 21f);
    return f * f * fullMean / (1 - f * (1 - fullMean));
  }

  private static float at(float[] table, float roughness, int i, float f) {
    float y = Math.clamp(roughness, 0, 1) * (ROUGHNESSES - 1);
    int row = Math.min((int) y, ROUGHNESSES - 2);
    int p = row * NODES + i;
    float a = table[p] + f * (table[p + 1] - table[p]);
    float b = table[p + NODES] + f * (table[p + NODES + 1] - table[p + NODES]);
    return a + (y - row) * (b - a);
  }

  private static float fullMean(float roughness) {
    float y = Math.clamp(roughness, 0, 1) * (ROUGHNESSES - 1);
    int row = Math.min((int) y, ROUGHNESSES - 2);
    return FULL_MEAN[row] + (y - row) * (FULL_MEAN[row + 1] - FULL_MEAN[row]);
  }
}
