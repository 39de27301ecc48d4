package org.pixelcube.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.InvalidSetting;

@Randomized
class EdmScalingTest {
  /** Input and target of the network have unit variance, and no other skip makes c_out smaller. */
  @Test
  void unitVarianceAtEveryLevel(Random random) {
    for (int k = 0; k < 50; k++) {
      double s = Math.exp(2 * random.nextGaussian());
      double sigma = Math.exp(3 * random.nextGaussian());
      EdmScaling e = new EdmScaling(s);
      double total = s * s + sigma * sigma;
      assertEquals(1, e.in(sigma) * e.in(sigma) * total, 1e-9);
      // Var[(y − c_skip (y + n)) / c_out] with independent y and n.
      double skip = e.skip(sigma);
      double left = (1 - skip) * (1 - skip) * s * s + skip * skip * sigma * sigma;
      assertEquals(1, left / (e.out(sigma) * e.out(sigma)), 1e-9);
      for (double other : new double[] {skip - 0.01, skip + 0.01}) {
        assertTrue((1 - other) * (1 - other) * s * s + other * other * sigma * sigma > left);
      }
      assertEquals(1, e.weight(sigma) * e.out(sigma) * e.out(sigma), 1e-9);
    }
    assertEquals(0, new EdmScaling(1).noise(1));
  }

  @Test
  void levelsAreThoseOfThePaper() {
    KarrasSchedule paper = new KarrasSchedule(0.002, 80, 7);
    double[] levels = paper.levels(18);
    assertEquals(19, levels.length);
    assertEquals(80, levels[0], 1e-9);
    assertEquals(0.002, levels[17], 1e-12);
    assertEquals(0, levels[18]);
    // Equal steps in σ^{1/7}.
    double step = Math.pow(levels[0], 1.0 / 7) - Math.pow(levels[1], 1.0 / 7);
    for (int i = 1; i < 17; i++) {
      assertEquals(step, Math.pow(levels[i], 1.0 / 7) - Math.pow(levels[i + 1], 1.0 / 7), 1e-9);
    }
    assertArrayEquals(new double[] {80, 0}, paper.levels(1), 1e-9);
    assertThrows(IllegalArgumentException.class, () -> paper.levels(0));
    assertThrows(InvalidSetting.class, () -> new KarrasSchedule(2, 1, 7));
  }

  @Test
  void drawnLevelsAreLogNormal(Random random) {
    NoiseLevels levels = new NoiseLevels(-1.2, 1.2);
    int n = 20_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double l = Math.log(levels.draw(random));
      sum += l;
      squares += l * l;
    }
    double mean = sum / n;
    // Five standard errors.
    assertEquals(-1.2, mean, 5 * 1.2 / Math.sqrt(n));
    assertEquals(1.44, squares / n - mean * mean, 5 * 1.44 * Math.sqrt(2.0 / n));
  }
}
