package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.TransferFunction;

@Randomized
class MonotoneTableTest {
  private static double[] codes(int n) {
    return IntStream.range(0, n).mapToDouble(i -> i / (n - 1.0)).toArray();
  }

  @Test
  void thirtySamplesGiveTheCurvesOfDisplays() {
    DoubleUnaryOperator[] curves = {
      x -> x,
      x -> Math.pow(x, 2.2),
      x -> Math.pow(x, 2.4),
      TransferFunction.SRGB::toLinear,
      x -> (TransferFunction.PQ.toLinear(0.75 * x) / TransferFunction.PQ.toLinear(0.75)),
    };
    double[] codes = codes(30);
    for (DoubleUnaryOperator curve : curves) {
      MonotoneTable table =
          MonotoneTable.fit(codes, Arrays.stream(codes).map(curve).map(v -> 7 * v).toArray());
      for (int i = 0; i <= 1000; i++) {
        double code = i / 1000.0;
        assertEquals(curve.applyAsDouble(code), table.light(code), 1e-3, "code " + code);
        double light = table.light(code);
        assertEquals(light, table.light(table.code(light)), 1e-9);
      }
    }
  }

  @Test
  void noiseNeverMakesItFall(Random random) {
    double[] codes = codes(30);
    double[] noisy =
        Arrays.stream(codes).map(x -> Math.pow(x, 2.4) + 0.02 * random.nextGaussian()).toArray();
    MonotoneTable table = MonotoneTable.fit(codes, noisy);
    double before = 0;
    for (int i = 0; i <= 2000; i++) {
      double now = table.light(i / 2000.0);
      assertTrue(now >= before - 1e-12);
      before = now;
    }
  }

  /** Pooled values are means of what they pool: the least squares among rising sequences. */
  @Test
  void violatorsArePooled() {
    MonotoneTable table =
        MonotoneTable.fit(new double[] {0, 0.25, 0.5, 0.75, 1}, new double[] {0, 4, 2, 3, 10});
    assertEquals(0.3, table.light().get(1), 1e-12);
    assertEquals(0.3, table.light().get(2), 1e-12);
    assertEquals(0.3, table.light().get(3), 1e-12);
  }

  @Test
  void darkPanelsAreRefused() {
    assertThrows(
        ArithmeticException.class, () -> MonotoneTable.fit(codes(5), new double[] {0, 0, 0, 0, 0}));
  }
}
