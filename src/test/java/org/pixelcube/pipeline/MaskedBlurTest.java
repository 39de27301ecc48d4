package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Randomized
class MaskedBlurTest {
  /** Σ g·w·v ÷ Σ g·w with a true Gaussian; NaN where there is no weight at all. */
  private static double naive(float[] values, float[] weights, int w, double sigma, int at) {
    double sum = 0;
    double mass = 0;
    for (int j = 0; j < values.length; j++) {
      int dx = j % w - at % w;
      int dy = j / w - at / w;
      double q = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
      q *= weights == null ? 1 : weights[j];
      if (q > 0) {
        sum += q * values[j];
        mass += q;
      }
    }
    return sum / mass;
  }

  /** Steps and a ramp: what is smoothed in practice, in [0, 1]. */
  private static float[] scene(int w, int h, Random random) {
    double angle = random.nextDouble(2 * Math.PI);
    double edge = random.nextDouble(-0.2, 0.2);
    float[] v = new float[w * h];
    for (int i = 0; i < v.length; i++) {
      int column = i % w;
      int row = i / w;
      double x = (double) column / w - 0.5;
      double y = (double) row / h - 0.5;
      boolean beyond = x * Math.cos(angle) + y * Math.sin(angle) > edge;
      v[i] = (float) ((beyond ? 0.7 : 0.1) + 0.3 * (x + 0.5));
    }
    return v;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2, 3, 6, 12})
  void isCloseToTheGaussianUpToTheBorders(double sigma, Random random) {
    int w = 61;
    int h = 47;
    float[] values = scene(w, h, random);
    float[] blurred = new MaskedBlur(null, w, h, sigma).apply(values, -1);
    for (int i = 0; i < values.length; i++) {
      int edge = Math.min(Math.min(i % w, w - 1 - i % w), Math.min(i / w, h - 1 - i / w));
      // A true Gaussian less its tail, or boxes of whole pixels that forget what has left the
      // picture between two of them: within 1 %, 7 % or, near a border, 15 % of a step of 0.6.
      double tolerance = sigma < 1.6 ? 0.006 : edge > 2 * sigma ? 0.042 : 0.09;
      assertEquals(naive(values, null, w, sigma, i), blurred[i], tolerance, "pixel " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2, 3, 6, 12})
  void hasTheVarianceAskedFor(double sigma) {
    int w = 161;
    float[] values = new float[w * w];
    float[] mean = new float[4];
    // The response to a point, averaged over its four places within a 2×2 block.
    double variance = 0;
    for (int k = 0; k < 4; k++) {
      Arrays.fill(values, 0);
      int cx = 80 + (k & 1);
      int cy = 80 + (k >> 1);
      values[cy * w + cx] = 1;
      float[] response = new MaskedBlur(null, w, w, sigma).apply(values, 0);
      double second = 0;
      for (int i = 0; i < response.length; i++) {
        mean[k] += response[i];
        second += response[i] * Math.pow(i % w - cx, 2);
      }
      variance += second / mean[k] / 4;
      assertEquals(1, mean[k], 1e-3);
    }
    // The narrow kernel is sampled and cut at 2.6 σ; boxes come in whole pixels.
    double share = sigma < 1 ? 0.08 : sigma < 1.6 ? 0.03 : sigma < 4 ? 0.09 : 0.05;
    assertEquals(1, Math.sqrt(variance) / sigma, share);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2, 3, 6, 12})
  void weighsByTheMask(double sigma, Random random) {
    int w = 50;
    int h = 43;
    float[] values = scene(w, h, random);
    float[] weights = new float[w * h];
    for (int i = 0; i < weights.length; i++) {
      int row = i / w;
      double r = Math.hypot(i % w - 22, row - 20);
      weights[i] = Planes.smoothstep(19, 15, (float) r);
    }
    float[] blurred = new MaskedBlur(weights, w, h, sigma).apply(values, -1);
    for (int i = 0; i < values.length; i++) {
      if (weights[i] > 0.05f) {
        assertEquals(
            naive(values, weights, w, sigma, i), blurred[i], sigma < 1.6 ? 0.01 : 0.048, "at " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2, 3, 6, 12})
  void keepsAConstantWhateverTheWeightsAndTheSize(double sigma, Random random) {
    for (int n = 0; n < 20; n++) {
      int w = random.nextInt(1, 40);
      int h = random.nextInt(1, 40);
      float[] values = new float[w * h];
      float[] weights = new float[w * h];
      for (int i = 0; i < values.length; i++) {
        weights[i] = 0.01f + random.nextFloat();
      }
      Arrays.fill(values, 0.7f);
      for (float v : new MaskedBlur(weights, w, h, sigma).apply(values, -1)) {
        assertEquals(0.7, v, 1e-5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2, 3, 6, 12})
  void ignoresWhatHasNoWeight(double sigma, Random random) {
    int w = 33;
    int h = 27;
    float[] values = scene(w, h, random);
    float[] weights = new float[w * h];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextInt(3) == 0 ? 0 : random.nextFloat();
    }
    float[] spoilt = values.clone();
    for (int i = 0; i < spoilt.length; i++) {
      if (weights[i] == 0) {
        spoilt[i] = Float.NaN;
      }
    }
    MaskedBlur blur = new MaskedBlur(weights, w, h, sigma);
    float[] expected = blur.apply(values, -1);
    float[] actual = blur.apply(spoilt, -1);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 0);
    }
  }

  @Test
  void fallsBackWhereNothingIsNear() {
    int w = 80;
    float[] weights = new float[w * w];
    weights[0] = 1;
    float[] values = new float[w * w];
    values[0] = 5;
    for (double sigma : new double[] {1, 3, 6}) {
      float[] out = new MaskedBlur(weights, w, w, sigma).apply(values, -2);
      assertEquals(5, out[0], 1e-4);
      assertEquals(-2, out[w * w - 1], 0);
    }
  }

  @Test
  void theLastColumnOfAnOddSideCountsOnce() {
    // One row repeated: a wide blur at half resolution against the sum by hand.
    int w = 9;
    int h = 9;
    float[] values = new float[w * h];
    for (int y = 0; y < h; y++) {
      values[y * w + w - 1] = 1;
    }
    float[] out = new MaskedBlur(null, w, h, 40).apply(values, -1);
    // Far wider than the picture: every pixel counts nearly the same.
    assertEquals(1.0 / 9, out[4 * w + 4], 0.005);
  }
}
