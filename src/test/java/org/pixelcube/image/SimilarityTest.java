package org.pixelcube.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.color.TransferFunction;

@Randomized
class SimilarityTest {
  private static final Image EVERYWHERE = Image.filled(16, 12, ColorSpace.DATA, 1);

  private static Image noise(Random random, double amount) {
    float[] s = new float[3 * 16 * 12];
    for (int i = 0; i < s.length; i++) {
      s[i] = (float) Math.clamp(0.5 + amount * random.nextGaussian(), 0, 1);
    }
    return Image.data(16, 12, 3, s);
  }

  @Test
  void knownErrors() {
    Image a = Image.filled(16, 12, ColorSpace.DATA, 0.3f, 0.3f, 0.3f);
    Image b = Image.filled(16, 12, ColorSpace.DATA, 0.4f, 0.3f, 0.2f);
    double error = Similarity.meanSquaredError(a, b, EVERYWHERE);
    assertEquals(2 * 0.01 / 3, error, 1e-7);
    assertEquals(20, Similarity.decibels(0.01), 1e-12);
    assertEquals(Double.POSITIVE_INFINITY, Similarity.decibels(0));
    assertThrows(IllegalArgumentException.class, () -> Similarity.meanSquaredError(a, b, a));
  }

  /** Constants: nothing but the term of brightness is left. */
  @Test
  void similarityOfConstants() {
    Image a = Image.filled(16, 12, ColorSpace.DATA, 0.3f, 0.3f, 0.3f);
    Image b = Image.filled(16, 12, ColorSpace.DATA, 0.6f, 0.6f, 0.6f);
    double expected = (2 * 0.18 + 1e-4) / (0.09 + 0.36 + 1e-4);
    assertEquals(expected, Similarity.structural(a, b, EVERYWHERE), 1e-4);
  }

  @Test
  void likeItselfAndLessLikeNoise(Random random) {
    Image a = noise(random, 0.2);
    assertEquals(1, Similarity.structural(a, a, EVERYWHERE), 1e-6);
    double other = Similarity.structural(a, noise(random, 0.2), EVERYWHERE);
    assertTrue(Math.abs(other) < 0.6);
  }

  @Test
  void onlyWhatCountsCounts(Random random) {
    Image a = noise(random, 0.2);
    float[] s = a.samples().clone();
    float[] w = new float[16 * 12];
    for (int i = 0; i < w.length; i++) {
      w[i] = i % 2;
      if (i % 2 == 0) {
        s[i] = 1 - s[i];
      }
    }
    Image weight = Image.data(16, 12, 1, w);
    assertEquals(0, Similarity.meanSquaredError(a, Image.data(16, 12, 3, s), weight));
    assertTrue(Similarity.meanSquaredError(a, Image.data(16, 12, 3, s), EVERYWHERE) > 0);
  }

  @Test
  void gradientsDeviate(Random random) {
    Image a = noise(random, 0.2);
    assertEquals(0, Similarity.gradientDeviation(a, a, EVERYWHERE), 1e-6);
    Image even = Image.filled(16, 12, ColorSpace.DATA, 0.3f, 0.3f, 0.3f);
    Image other = Image.filled(16, 12, ColorSpace.DATA, 0.6f, 0.5f, 0.4f);
    assertEquals(0, Similarity.gradientDeviation(even, other, EVERYWHERE), 1e-6);
    // One edge, on one side only: 8×6 halved pixels, of which two columns have the gradient.
    float[] s = new float[3 * 16 * 12];
    for (int i = 0; i < s.length; i++) {
      s[i] = i % 16 < 8 ? 0 : 0.5f;
    }
    Image edge = Image.data(16, 12, 3, s);
    double c = 170.0 / (255 * 255);
    double at = c / (0.25 + c);
    double mean = (2 * at + 6) / 8;
    double expected = Math.sqrt((2 * at * at + 6) / 8 - mean * mean);
    assertEquals(expected, Similarity.gradientDeviation(edge, even, EVERYWHERE), 1e-4);
  }

  @Test
  void shownAsSrgb() {
    Image shown = Similarity.shown(Image.rgb(1, 1, new float[] {0.2f, -1, 3}));
    assertEquals(TransferFunction.SRGB.fromLinear(0.2), shown.samples()[0], 1e-4);
    assertEquals(0, shown.samples()[1]);
    assertEquals(1, shown.samples()[2]);
  }
}
