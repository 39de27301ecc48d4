package org.pixelcube.head;

/**
 * Skin colour as densities of pigment: the optical density −ln(albedo) is a sum of melanin, blood
 * and shade, each with its own colour axis, so that three channels separate exactly (after Tsumura
 * et al., "Image-Based Skin Color and Texture Analysis/Synthesis by Extracting Hemoglobin and
 * Melanin Information in the Skin", SIGGRAPH 2003). Melanin absorbs as λ^−3.33 (Jacques, "Skin
 * Optics", 1998) at 610, 545 and 460 nm; oxygenated blood has its bands in green and blue.
 */
final class Chromophores {
  /** Unit density of melanin in red, green, blue. */
  static final double[] MELANIN = {0.322, 0.468, 0.823};

  /** Unit density of blood. */
  static final double[] BLOOD = {0.14, 0.78, 0.61};

  /** Unit density of grey shade. */
  static final double[] SHADE = {0.57735, 0.57735, 0.57735};

  private static final double[] INVERSE = inverse();

  private Chromophores() {}

  private static double[] inverse() {
    double a = MELANIN[0];
    double b = BLOOD[0];
    double c = SHADE[0];
    double d = MELANIN[1];
    double e = BLOOD[1];
    double f = SHADE[1];
    double g = MELANIN[2];
    double h = BLOOD[2];
    double i = SHADE[2];
    double det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    return new double[] {
      (e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det,
      (f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det,
      (d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det
    };
  }

  /** Splits densities of red, green and blue into melanin, blood and shade. */
  static void separate(double red, double green, double blue, double[] out) {
    for (int k = 0; k < 3; k++) {
      out[k] = INVERSE[3 * k] * red + INVERSE[3 * k + 1] * green + INVERSE[3 * k + 2] * blue;
    }
  }

  /** Density in a channel of so much of each. */
  static double density(int channel, double melanin, double blood, double shade) {
    return melanin * MELANIN[channel] + blood * BLOOD[channel] + shade * SHADE[channel];
  }

  /**
   * Mean colour of a person's face, linear Rec.709. Lightness and hue follow what colorimeters
   * measure over the world's skins (Xiao et al., "Characterising the variations in ethnic skin
   * colours", Skin Research and Technology 2017): L* 79 to 30, reddest and yellowest in the middle.
   *
   * @param melanin 0 very light to 1 very dark
   * @param redness 0 pale to 1 flushed
   */
  static double[] tone(double melanin, double redness) {
    double arch = 4 * melanin * (1 - melanin);
    double flush = redness - 0.4;
    double lightness = 79 - 49 * melanin - 4 * flush * (1 - melanin);
    double a = 9.5 - melanin + 3.5 * arch + 7 * flush * (1 - 0.6 * melanin);
    double b = 14.5 - 4 * melanin + 5 * arch - 2 * flush;
    return linearRec709(lightness, a, b);
  }

  /** CIELAB under D65 (CIE 15:2018) as linear Rec.709. */
  static double[] linearRec709(double lightness, double a, double b) {
    double fy = (lightness + 16) / 116;
    double x = 0.95047 * unfold(fy + a / 500);
    double y = unfold(fy);
    double z = 1.08883 * unfold(fy - b / 200);
    return new double[] {
      3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
      -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
      0.0556434 * x - 0.2040259 * y + 1.0572252 * z
    };
  }

  private static double unfold(double f) {
    double delta = 6.0 / 29;
    return f > delta ? f * f * f : 3 * delta * delta * (f - 4.0 / 29);
  }
}
