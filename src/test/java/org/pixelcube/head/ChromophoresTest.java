package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class ChromophoresTest {
  private static double luminance(double[] rgb) {
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
  }

  @Test
  void pigmentsSeparateAndMixBackExactly() {
    Random random = new Random(3);
    double[] pigments = new double[3];
    for (int i = 0; i < 1000; i++) {
      double[] density = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
      Chromophores.separate(density[0], density[1], density[2], pigments);
      for (int k = 0; k < 3; k++) {
        double back = Chromophores.density(k, pigments[0], pigments[1], pigments[2]);
        assertEquals(density[k], back, 1e-12);
      }
    }
  }

  @Test
  void onePigmentIsFoundAsItself() {
    double[] out = new double[3];
    Chromophores.separate(
        Chromophores.density(0, 0.7, 0, 0),
        Chromophores.density(1, 0.7, 0, 0),
        Chromophores.density(2, 0.7, 0, 0),
        out);
    assertArrayEquals(new double[] {0.7, 0, 0}, out, 1e-12);
  }

  @Test
  void axesAreUnitVectors() {
    for (double[] axis :
        new double[][] {Chromophores.MELANIN, Chromophores.BLOOD, Chromophores.SHADE}) {
      assertEquals(1, Math.sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]), 2e-3);
    }
  }

  @Test
  void labMeetsThePublishedPrimaries() {
    // CIELAB of Rec.709's white and of its red, D65.
    assertArrayEquals(new double[] {1, 1, 1}, Chromophores.linearRec709(100, 0, 0), 2e-4);
    assertArrayEquals(
        new double[] {1, 0, 0}, Chromophores.linearRec709(53.2408, 80.0925, 67.2032), 2e-3);
  }

  @Test
  void toneDarkensWithMelaninFromVeryLightToVeryDark() {
    for (double redness = 0; redness <= 1; redness += 0.25) {
      double last = 1;
      for (double melanin = 0; melanin <= 1.0001; melanin += 0.05) {
        double[] rgb = Chromophores.tone(Math.min(1, melanin), redness);
        double y = luminance(rgb);
        assertTrue(y < last, "melanin " + melanin);
        assertTrue(rgb[0] > rgb[1] && rgb[1] > rgb[2] && rgb[2] > 0, "skin is red over blue");
        last = y;
      }
    }
    assertEquals(0.55, luminance(Chromophores.tone(0, 0.4)), 0.02);
    assertEquals(0.06, luminance(Chromophores.tone(1, 0.4)), 0.01);
  }

  @Test
  void rednessReddens() {
    double[] pale = Chromophores.tone(0.2, 0);
    double[] flushed = Chromophores.tone(0.2, 1);
    assertTrue(flushed[0] / flushed[1] > 1.1 * pale[0] / pale[1]);
  }
}
