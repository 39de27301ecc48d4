package org.pixelcube.head;

/** The colour of a mass of hair, linear Rec.709, from the pigments in it. */
final class HairColour {
  // Brown hair from white blond to black, by the share of eumelanin.
  private static final double[] MELANIN = {0, 0.2, 0.45, 0.7, 0.88, 1};
  private static final double[][] BROWN = {
    {0.60, 0.46, 0.29},
    {0.42, 0.28, 0.145},
    {0.20, 0.112, 0.052},
    {0.068, 0.036, 0.019},
    {0.026, 0.0175, 0.0125},
    {0.0145, 0.0125, 0.0115}
  };
  private static final double[] RED = {0.36, 0.115, 0.032};
  private static final float[] GREY = {0.60f, 0.59f, 0.57f};

  private HairColour() {}

  /**
   * The colour of hair by its pigments, linear Rec.709.
   *
   * @param melanin 0 white blond to 1 black
   * @param redness 0 brown to 1 red
   */
  static double[] pigmented(double melanin, double redness) {
    double m = Math.clamp(melanin, 0, 1);
    int i = 0;
    while (i < MELANIN.length - 2 && m > MELANIN[i + 1]) {
      i++;
    }
    double f = (m - MELANIN[i]) / (MELANIN[i + 1] - MELANIN[i]);
    // Red pigment shows as far as the brown one does not cover it.
    double red = Math.clamp(redness, 0, 1) * (1 - Math.pow(m, 3));
    double level = Math.clamp(1.25 - 1.1 * m, 0.12, 1.1);
    double[] out = new double[3];
    for (int k = 0; k < 3; k++) {
      double brown = Math.exp(Math.log(BROWN[i][k]) * (1 - f) + Math.log(BROWN[i + 1][k]) * f);
      out[k] = Math.exp(Math.log(brown) * (1 - red) + Math.log(RED[k] * level) * red);
    }
    return out;
  }

  /**
   * The colour of a person's hair.
   *
   * @param darker how much darker than on the head, 0 to 1, as brows and beards are
   */
  static float[] of(Traits traits, double darker) {
    double[] tinted = pigmented(traits.hairMelanin() + darker, traits.hairRedness());
    double grey = traits.grey() * (1 - 0.5 * darker);
    float[] out = new float[3];
    for (int k = 0; k < 3; k++) {
      out[k] = (float) (tinted[k] + grey * (GREY[k] - tinted[k]));
    }
    return out;
  }
}
