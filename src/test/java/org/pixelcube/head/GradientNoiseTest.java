package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class GradientNoiseTest {
  @Test
  void noiseIsCentredBoundedAndZeroOnTheLattice() {
    GradientNoise noise = new GradientNoise(4);
    Random random = new Random(1);
    double sum = 0;
    double squares = 0;
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      double v =
          noise.at(
              200 * random.nextDouble() - 100,
              200 * random.nextDouble() - 100,
              200 * random.nextDouble() - 100);
      assertTrue(Math.abs(v) < 1.2);
      sum += v;
      squares += v * v;
    }
    assertEquals(0, sum / n, 0.01);
    assertTrue(Math.sqrt(squares / n) > 0.15);
    assertEquals(0, noise.at(3, -7, 12), 1e-12);
    assertNotEquals(new GradientNoise(5).at(0.3, 0.4, 0.5), noise.at(0.3, 0.4, 0.5));
  }

  @Test
  void noiseIsContinuousAcrossCells() {
    GradientNoise noise = new GradientNoise(9);
    Random random = new Random(2);
    for (int i = 0; i < 1000; i++) {
      int x = random.nextInt(50) - 25;
      double y = 10 * random.nextDouble() - 5;
      double z = 10 * random.nextDouble() - 5;
      assertEquals(noise.at(x - 1e-7, y, z), noise.at(x + 1e-7, y, z), 1e-5);
    }
  }

  @Test
  void nearCellPointIsTheNearestOfAll() {
    GradientNoise noise = new GradientNoise(11);
    Random random = new Random(3);
    GradientNoise.Cell cell = new GradientNoise.Cell();
    GradientNoise.Cell around = new GradientNoise.Cell();
    for (int i = 0; i < 2000; i++) {
      double x = 10 * random.nextDouble();
      double y = 10 * random.nextDouble();
      double z = 10 * random.nextDouble();
      noise.cell(x, y, z, cell);
      // Moving by d changes the distance to the nearest point by no more than d.
      double step = 0.02;
      noise.cell(x + step, y, z, around);
      if (cell.distance < 0.7 && around.distance < 0.7) {
        assertTrue(Math.abs(cell.distance - around.distance) <= step + 1e-9);
      }
      assertTrue(cell.value >= 0 && cell.value < 1 && cell.other >= 0 && cell.other < 1);
    }
  }
}
