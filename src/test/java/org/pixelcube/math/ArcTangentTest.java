package org.pixelcube.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class ArcTangentTest {
  @Test
  void equalsTheLibraryFunction(Random random) {
    for (int i = 0; i < 100_000; i++) {
      double scale = Math.exp(random.nextDouble(-30, 30));
      double y = random.nextGaussian() * scale;
      double x = random.nextGaussian() * Math.exp(random.nextDouble(-5, 5)) * scale;
      assertEquals(Math.atan2(y, x), ArcTangent.atan2(y, x), 1e-14);
    }
  }

  @Test
  void axesAreExact() {
    for (double[] p : new double[][] {{0, 1}, {1, 0}, {0, -1}, {-1, 0}, {1, 1}, {-1, -1}}) {
      assertEquals(Math.atan2(p[0], p[1]), ArcTangent.atan2(p[0], p[1]), 1e-15);
    }
    assertEquals(0, ArcTangent.atan2(0, 0));
  }
}
