package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class SmoothCurveTest {
  private final SmoothCurve.Place place = new SmoothCurve.Place();

  @Test
  void aStraightCurveIsALine(Random random) {
    SmoothCurve curve = new SmoothCurve(new double[] {0, 0, 1, 1, 0, 1, 3, 0, 1, 4, 0, 1});
    assertEquals(4, curve.length(), 1e-9);
    for (int i = 0; i < 100; i++) {
      double x = 4 * random.nextDouble();
      double y = random.nextGaussian();
      curve.nearest(x, y, place);
      assertEquals(y, place.offset, 1e-9);
      assertEquals(x / 4, place.along, 1e-9);
      assertEquals(1, place.tx, 1e-9);
      assertEquals(1, place.z, 1e-9);
    }
  }

  @Test
  void itPassesThroughItsPoints(Random random) {
    double[] points = new double[18];
    for (int i = 0; i < 6; i++) {
      points[3 * i] = i + 0.3 * random.nextDouble();
      points[3 * i + 1] = random.nextGaussian();
      points[3 * i + 2] = random.nextGaussian();
    }
    SmoothCurve curve = new SmoothCurve(points);
    for (int i = 0; i < 6; i++) {
      curve.nearest(points[3 * i], points[3 * i + 1], place);
      assertEquals(0, place.offset, 1e-9);
      assertEquals(points[3 * i + 2], place.z, 1e-6);
    }
  }
}
