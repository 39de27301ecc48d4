package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

@Randomized
class MovementTest {
  @Test
  void leastJerkStartsAndEndsAtRest() {
    assertEquals(0, Submovements.minimumJerk(-1));
    assertEquals(0, Submovements.minimumJerk(0));
    assertEquals(0.5, Submovements.minimumJerk(0.5), 1e-15);
    assertEquals(1, Submovements.minimumJerk(1));
    assertEquals(1, Submovements.minimumJerk(7));
    double h = 1e-4;
    for (double end : new double[] {0, 1}) {
      double velocity =
          (Submovements.minimumJerk(end + h) - Submovements.minimumJerk(end - h)) / (2 * h);
      assertEquals(0, velocity, 1e-6);
    }
    double peak = (Submovements.minimumJerk(0.5 + h) - Submovements.minimumJerk(0.5 - h)) / (2 * h);
    assertEquals(1.875, peak, 1e-6);
  }

  @Test
  void stepsAddUp(Random random) {
    Submovements s = new Submovements();
    double sum = 0;
    for (int i = 0; i < 40; i++) {
      double amount = random.nextGaussian();
      s.step(random.nextDouble(), 0.1 + random.nextDouble(), amount);
      sum += amount;
    }
    assertEquals(0, s.at(-0.1));
    assertEquals(sum, s.at(3), 1e-12);
    s.moveTo(3, 1, 7);
    assertEquals(7, s.at(4), 1e-12);
    s.excursion(5, 0.5, 0.2, -2);
    assertEquals(5, s.at(5.6), 1e-12);
    assertEquals(7, s.at(6.2), 1e-12);
  }

  @Test
  void driftHasItsDeviationAndItsBound(Random random) {
    for (int k = 0; k < 5; k++) {
      Drift drift = new Drift(new SplittableRandom(random.nextLong()), 2, 0.1, 3, 1);
      double sum = 0;
      double square = 0;
      int n = 40_000;
      for (int i = 0; i < n; i++) {
        double v = drift.at(i * 0.0501);
        assertTrue(Math.abs(v) <= drift.peak());
        sum += v;
        square += v * v;
      }
      // 200 periods of the slowest part: what is left of a part's mean is below 1 / (π · 200).
      assertEquals(0, sum / n, 0.05);
      assertEquals(2, Math.sqrt(square / n), 0.1);
    }
  }

  @Test
  void limitsAreSoft() {
    assertEquals(5, HeadMotion.limited(5, 35), 1e-4);
    assertEquals(-5, HeadMotion.limited(-5, 35), 1e-4);
    assertTrue(HeadMotion.limited(1000, 35) <= 35);
    assertTrue(HeadMotion.limited(30, 35) > 28);
  }
}
