package org.pixelcube.dataset;

import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;

/**
 * What a camera does to a picture on its way from light to a file, in this order: exposure, white
 * balance, blur, noise, tone curve, sRGB codes of eight bits, JPEG. One setting holds for a clip;
 * only the noise differs from frame to frame.
 *
 * @param exposureStops light doubles with each
 * @param redGain white balance: factor on red; green stays
 * @param blueGain factor on blue
 * @param blurSigma standard deviation of the blur, pixels
 * @param shotNoise variance per unit of light: of the number of photons
 * @param readNoise standard deviation that does not depend on light
 * @param contrast slope of the tone curve in the middle, 1 for none, 0.5 to 2
 * @param jpegQuality 0 to 1; 0 for no JPEG
 */
public record CameraAugmentation(
    double exposureStops,
    double redGain,
    double blueGain,
    double blurSigma,
    double shotNoise,
    double readNoise,
    double contrast,
    double jpegQuality) {

  /** A camera without faults but its eight bits. */
  public static final CameraAugmentation NONE = new CameraAugmentation(0, 1, 1, 0, 0, 0, 1, 0);

  public CameraAugmentation {
    InvalidSetting.inRange("exposureStops", exposureStops, -10, 10);
    InvalidSetting.inRange("redGain", redGain, 0.1, 10);
    InvalidSetting.inRange("blueGain", blueGain, 0.1, 10);
    InvalidSetting.inRange("blurSigma", blurSigma, 0, 100);
    InvalidSetting.inRange("shotNoise", shotNoise, 0, 1);
    InvalidSetting.inRange("readNoise", readNoise, 0, 1);
    InvalidSetting.inRange("contrast", contrast, 0.5, 2);
    InvalidSetting.inRange("jpegQuality", jpegQuality, 0, 1);
  }

  /** A camera as they are: most are good, some are not. */
  public static CameraAugmentation draw(RandomGenerator random) {
    double warmth = 0.07 * bounded(random);
    double iso = Math.pow(random.nextDouble(), 3);
    return new CameraAugmentation(
        0.25 * bounded(random),
        Math.exp(warmth + 0.02 * bounded(random)),
        Math.exp(-warmth + 0.02 * bounded(random)),
        random.nextDouble() < 0.4 ? 0.3 + 0.9 * random.nextDouble() : 0,
        2e-5 + 2e-3 * iso,
        2e-4 + 4e-3 * iso,
        Math.exp(0.12 * bounded(random)),
        random.nextDouble() < 0.7 ? 0.6 + 0.38 * random.nextDouble() : 0);
  }

  private static double bounded(RandomGenerator random) {
    return Math.clamp(random.nextGaussian(), -2, 2);
  }

  /** The light on the sensor after lens and amplifier, with its noise: linear, not limited. */
  public Image sensor(Image scene, RandomGenerator random) {
    int n = scene.planeSize();
    float[] out = scene.color().samples().clone();
    double exposure = Math.pow(2, exposureStops);
    float[] gain = {(float) (exposure * redGain), (float) exposure, (float) (exposure * blueGain)};
    for (int i = 0; i < out.length; i++) {
      out[i] *= gain[i / n];
    }
    Image light = GaussianBlur.blur(Image.rgb(scene.width(), scene.height(), out), blurSigma);
    if (shotNoise == 0 && readNoise == 0) {
      return light;
    }
    float[] noisy = light.samples().clone();
    double read = readNoise * readNoise;
    for (int i = 0; i < noisy.length; i++) {
      // Many photons: the Poisson distribution is near the normal one of the same variance.
      double variance = read + shotNoise * Math.max(0, noisy[i]);
      noisy[i] += (float) (Math.sqrt(variance) * random.nextGaussian());
    }
    return Image.rgb(scene.width(), scene.height(), noisy);
  }

  /**
   * The tone curve on linear light from 0 to 1: keeps 0, 0.18 and 1, and has the slope {@link
   * #contrast} in logarithms at 0.18 from below.
   */
  double tone(double x) {
    if (contrast == 1 || x <= 0) {
      return x;
    }
    final double grey = 0.18;
    if (x < grey) {
      return grey * Math.pow(x / grey, contrast);
    }
    // From grey to white the mirror image: the slope at white makes up for that at grey.
    double u = (x - grey) / (1 - grey);
    return u >= 1 ? x : 1 - (1 - grey) * Math.pow(1 - u, contrast);
  }

  /**
   * The picture as it is read from the camera's file: linear Rec.709 from 0 to 1.
   *
   * @param scene linear Rec.709, three channels
   */
  public Image apply(Image scene, RandomGenerator random) {
    Image light = sensor(scene, random);
    float[] samples = light.samples();
    if (contrast != 1) {
      samples = samples.clone();
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (float) tone(samples[i]);
      }
    }
    BufferedImage codes = Pictures.encoded(Image.rgb(scene.width(), scene.height(), samples));
    return Pictures.linear(jpegQuality > 0 ? Pictures.throughJpeg(codes, jpegQuality) : codes);
  }
}
