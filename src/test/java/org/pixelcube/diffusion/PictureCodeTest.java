package org.pixelcube.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.TransferFunction;

@Randomized
class PictureCodeTest {
  @Test
  void blackWhiteAndLamps() {
    assertEquals(-1, PictureCode.of(0));
    assertEquals(1, PictureCode.of(1), 1e-12);
    // 2 ln 201 / ln 21 − 1
    assertEquals(2.48383368, PictureCode.of(10), 1e-8);
    assertEquals(-1, PictureCode.of(-3));
    assertEquals(-1, PictureCode.of(Double.NaN));
    assertEquals(PictureCode.of(100), PictureCode.of(Double.POSITIVE_INFINITY));
  }

  @Test
  void nearSrgbBetweenBlackAndWhite() {
    for (double x = 0; x <= 1; x += 0.01) {
      double srgb = 2 * TransferFunction.SRGB.fromLinear(x) - 1;
      assertEquals(srgb, PictureCode.of(x), 0.2);
    }
  }

  @Test
  void arraysAgreeWithTheFormulaBothWays(Random random) {
    float[] linear = new float[4000];
    for (int i = 0; i < linear.length; i++) {
      linear[i] = (float) Math.exp(12 * random.nextDouble() - 8);
    }
    linear[0] = 0;
    linear[1] = -1;
    linear[2] = Float.NaN;
    linear[3] = Float.POSITIVE_INFINITY;
    float[] codes = new float[linear.length];
    PictureCode.encode(linear, 0, codes, 0, linear.length);
    float[] back = new float[linear.length];
    PictureCode.decode(codes, 0, back, 0, codes.length);
    for (int i = 0; i < linear.length; i++) {
      assertEquals(PictureCode.of(linear[i]), codes[i], 2e-4, "code of " + linear[i]);
      assertEquals(PictureCode.linear(codes[i]), back[i], 1e-5 * (1 + back[i]));
      if (linear[i] >= 0 && linear[i] <= PictureCode.BRIGHTEST) {
        assertEquals(linear[i], back[i], 4e-4 * (linear[i] + PictureCode.TOE));
      }
    }
    assertTrue(PictureCode.linear(-5) == 0);
    assertEquals(PictureCode.BRIGHTEST, PictureCode.linear(90), 1e-3);
  }
}
