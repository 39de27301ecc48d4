package org.pixelcube.dataset;

import java.util.random.RandomGenerator;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.image.Image;

/**
 * Other pigments in the same skin, hair and clothes: every pixel's light is multiplied by a factor
 * that depends on its flat-lit colour alone, the same under all lights. That is what another albedo
 * does to light scattered once, and near enough for the rest.
 *
 * <p>Renders have fewer colours than people have; a network that knows no others takes what it
 * meets for one of them in another light.
 *
 * @param contrast exponent of the flat-lit luminance, relative to that of middling skin: above 1,
 *     what is dark becomes darker, 0.25 to 4
 * @param saturation exponent of each channel's ratio to the luminance: above 1, colours become
 *     stronger, 0.25 to 4
 * @param darkRed logarithm of a factor on red of what is dark, hair above all; −1 to 1
 * @param darkGreen the same of green
 * @param darkBlue the same of blue
 */
public record PigmentChange(
    double contrast, double saturation, double darkRed, double darkGreen, double darkBlue) {
  /** The pigments as they are. */
  public static final PigmentChange NONE = new PigmentChange(1, 1, 0, 0, 0);

  /** Flat-lit luminance that keeps its place: that of middling skin. */
  private static final double SKIN = 0.35;

  /** What counts as dark. */
  private static final double DARK = 0.15;

  private static final float LEAST = 0.15f;
  private static final float MOST = 2;
  private static final float BLACK = 2e-3f;

  public PigmentChange {
    InvalidSetting.inRange("contrast", contrast, 0.25, 4);
    InvalidSetting.inRange("saturation", saturation, 0.25, 4);
    InvalidSetting.inRange("darkRed", darkRed, -1, 1);
    InvalidSetting.inRange("darkGreen", darkGreen, -1, 1);
    InvalidSetting.inRange("darkBlue", darkBlue, -1, 1);
  }

  /** A change to what people may be. */
  public static PigmentChange draw(RandomGenerator random) {
    double hue = 0.3 * bounded(random);
    return new PigmentChange(
        Math.exp(0.3 * bounded(random)),
        Math.exp(0.1 + 0.3 * bounded(random)),
        hue,
        0.05 * bounded(random),
        -hue + 0.05 * bounded(random));
  }

  private static double bounded(RandomGenerator random) {
    return Math.clamp(random.nextGaussian(), -2, 2);
  }

  /**
   * The factors.
   *
   * @param flatLit straight, linear, at least three channels
   * @return planar, three channels, from 0.15 to 2
   */
  float[] factors(Image flatLit) {
    int n = flatLit.planeSize();
    float[] f = flatLit.samples();
    float[] out = new float[3 * n];
    double[] dark = {darkRed, darkGreen, darkBlue};
    for (int i = 0; i < n; i++) {
      double y =
          0.2126 * Math.max(f[i], BLACK)
              + 0.7152 * Math.max(f[n + i], BLACK)
              + 0.0722 * Math.max(f[2 * n + i], BLACK);
      double level = (contrast - 1) * Math.log(y / SKIN);
      double share = 1 / (1 + (y / DARK) * (y / DARK));
      for (int c = 0; c < 3; c++) {
        double purity = (saturation - 1) * Math.log(Math.max(f[c * n + i], BLACK) / y);
        out[c * n + i] =
            Math.clamp((float) Math.exp(level + purity + share * dark[c]), LEAST, MOST);
      }
    }
    return out;
  }

  /** A picture times factors, both planar. */
  static Image times(Image picture, float[] factors) {
    float[] out = picture.samples().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= factors[i];
    }
    return Image.rgb(picture.width(), picture.height(), out);
  }
}
