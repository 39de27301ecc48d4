package org.pixelcube.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.image.Image;

@Randomized
class CameraAugmentationTest {
  private static CameraAugmentation noise(double shot, double read) {
    return new CameraAugmentation(0, 1, 1, 0, shot, read, 1, 0);
  }

  private static Image grey(int size, float value) {
    return Image.filled(size, size, ColorSpace.LINEAR_REC709, value, value, value);
  }

  @Test
  void exposureAndWhiteBalanceAreFactors(Random random) {
    CameraAugmentation camera = new CameraAugmentation(1.5, 1.2, 0.8, 0, 0, 0, 1, 0);
    Image out = camera.sensor(grey(4, 0.1f), random);
    double stop = Math.pow(2, 1.5);
    assertEquals(0.12 * stop, out.at(0, 1, 1), 1e-6);
    assertEquals(0.1 * stop, out.at(1, 1, 1), 1e-6);
    assertEquals(0.08 * stop, out.at(2, 1, 1), 1e-6);
  }

  @Test
  void noiseHasTheVarianceOfPhotonsAndReading(Random random) {
    for (float level : new float[] {0, 0.05f, 0.5f}) {
      Image out = noise(4e-4, 3e-3).sensor(grey(200, level), random);
      double sum = 0;
      double square = 0;
      int n = out.samples().length;
      for (float v : out.samples()) {
        sum += v - level;
        square += (v - level) * (double) (v - level);
      }
      double variance = 4e-4 * level + 9e-6;
      // Standard errors of a mean and of a variance of n normal numbers, five of each.
      assertEquals(0, sum / n, 5 * Math.sqrt(variance / n));
      assertEquals(variance, square / n, 5 * variance * Math.sqrt(2.0 / n));
    }
  }

  @Test
  void withoutFaultsOnlyTheEightBitsShow(Random random) {
    float[] ramp = new float[3 * 64];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (i % 64) / 63f;
    }
    Image scene = Image.rgb(64, 1, ramp);
    Image out = CameraAugmentation.NONE.apply(scene, random);
    for (int i = 0; i < ramp.length; i++) {
      // Half a code of sRGB, whose steepest slope in light is 2.28 at white.
      assertEquals(ramp[i], out.samples()[i], 0.5 / 255 * 2.3);
    }
    assertArrayEquals(out.samples(), CameraAugmentation.NONE.apply(out, random).samples(), 1e-6f);
    Image bright = CameraAugmentation.NONE.apply(grey(2, 7), random);
    assertEquals(1, bright.at(0, 0, 0), 1e-6);
  }

  @Test
  void theToneCurveKeepsBlackGreyAndWhiteAndGrows() {
    for (double contrast : new double[] {0.7, 1, 1.4}) {
      CameraAugmentation c = new CameraAugmentation(0, 1, 1, 0, 0, 0, contrast, 0);
      assertEquals(0, c.tone(0));
      assertEquals(0.18, c.tone(0.18), 1e-12);
      assertEquals(1, c.tone(1), 1e-12);
      double h = 1e-6;
      assertEquals(contrast, (c.tone(0.18) - c.tone(0.18 - h)) / h, 1e-4);
      assertEquals(contrast, (c.tone(0.18 + h) - c.tone(0.18)) / h, 1e-4);
      for (double x = 0.01; x < 1; x += 0.01) {
        assertTrue(c.tone(x) > c.tone(x - 0.01));
      }
    }
  }

  @Test
  void blurKeepsTheMeanAndSpreads(Random random) {
    float[] dot = new float[3 * 21 * 21];
    for (int c = 0; c < 3; c++) {
      dot[(c * 21 + 10) * 21 + 10] = 1;
    }
    CameraAugmentation camera = new CameraAugmentation(0, 1, 1, 1.5, 0, 0, 1, 0);
    Image out = camera.sensor(Image.rgb(21, 21, dot), random);
    double sum = 0;
    double spread = 0;
    for (int y = 0; y < 21; y++) {
      for (int x = 0; x < 21; x++) {
        sum += out.at(0, y, x);
        spread += out.at(0, y, x) * (x - 10.0) * (x - 10.0);
      }
    }
    assertEquals(1, sum, 1e-5);
    assertEquals(1.5 * 1.5, spread, 0.03);
  }

  @Test
  void jpegCostsLittleAtHighQualityAndMoreAtLow(Random random) {
    float[] s = new float[3 * 64 * 64];
    for (int i = 0; i < s.length; i++) {
      s[i] = (float) (0.3 + 0.2 * Math.sin(i % 64 * 0.4) * Math.cos((i - i % 64) / 64.0 * 0.3));
    }
    Image scene = Image.rgb(64, 64, s);
    double fine = error(scene, 0.98, random);
    double coarse = error(scene, 0.3, random);
    assertTrue(fine < 0.02 && fine > 0, "error " + fine);
    assertTrue(coarse > 1.5 * fine, coarse + " against " + fine);
  }

  private static double error(Image scene, double quality, Random random) {
    Image out = new CameraAugmentation(0, 1, 1, 0, 0, 0, 1, quality).apply(scene, random);
    double sum = 0;
    for (int i = 0; i < scene.samples().length; i++) {
      sum += Math.pow(out.samples()[i] - scene.samples()[i], 2);
    }
    return Math.sqrt(sum / scene.samples().length);
  }

  @Test
  void drawnCamerasAreAllowedAndTheSameForTheSameNumbers(Random random) {
    for (int i = 0; i < 500; i++) {
      long seed = random.nextLong();
      assertEquals(
          CameraAugmentation.draw(new Random(seed)), CameraAugmentation.draw(new Random(seed)));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new CameraAugmentation(0, 1, 1, -1, 0, 0, 1, 0));
  }
}
