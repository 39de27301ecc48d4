package org.pixelcube.head;

/** The colour of a mass of hair, linear Rec.709, from the pigments in it. */
final class HairColour {
  private static final float[][] BROWN = {
    {0.62f, 0.50f, 0.33f},
    {0.42f, 0.27f, 0.13f},
    {0.20f, 0.11f, 0.05f},
    {0.075f, 0.040f, 0.021f},
    {0.022f, 0.017f, 0.014f}
  };
  private static final float[] RED = {0.34f, 0.115f, 0.035f};
  private static final float[] GREY = {0.60f, 0.59f, 0.57f};

  private HairColour() {}

  /**
   * The colour of a person's hair.
   *
   * @param darker how much darker than on the head, 0 to 1, as brows and beards are
   */
  static float[] of(Traits traits, double darker) {
    double at = Math.clamp(traits.hairMelanin() + darker, 0, 1) * (BROWN.length - 1);
    int i = Math.min((int) at, BROWN.length - 2);
    double f = at - i;
    double red = traits.hairRedness() * (1 - 0.7 * traits.hairMelanin());
    double grey = traits.grey() * (1 - 0.5 * darker);
    float[] out = new float[3];
    for (int k = 0; k < 3; k++) {
      double brown = Math.exp((1 - f) * Math.log(BROWN[i][k]) + f * Math.log(BROWN[i + 1][k]));
      double tinted = brown * Math.pow(RED[k] / 0.2, 0.8 * red);
      out[k] = (float) (tinted + grey * (GREY[k] - tinted));
    }
    return out;
  }
}
