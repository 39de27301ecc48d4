package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ToneCurveTest {
  @Test
  void isTheIdentityBelowTheKneeAndTendsToOne() {
    for (float x = 0; x <= ToneCurve.KNEE; x += 0.01f) {
      assertEquals(x, ToneCurve.apply(x));
    }
    assertEquals(1, ToneCurve.apply(1e9f));
    assertEquals(1, ToneCurve.apply(Float.POSITIVE_INFINITY));
    assertEquals(0, ToneCurve.apply(-3));
    assertEquals(0, ToneCurve.apply(Float.NaN));
  }

  @Test
  void followsTheShoulderAndNeverFalls() {
    float last = 0;
    for (double x = 0.5; x < 5; x += 0.003) {
      float y = ToneCurve.apply((float) x);
      double k = ToneCurve.KNEE;
      double exact = x <= k ? x : k + (1 - k) * (1 - Math.exp(-(x - k) / (1 - k)));
      assertEquals(exact, y, 4e-4);
      assertTrue(y >= last);
      last = y;
    }
  }

  @Test
  void fastLogarithmsAreCloseToTheExactOnes() {
    for (double x = 1e-4; x < 1e4; x *= 1.0371) {
      assertEquals(Math.log(x) / Math.log(2), FastLog.log2((float) x), 1e-5);
    }
    for (double x = -20; x < 20; x += 0.0137) {
      assertEquals(1, FastLog.exp2((float) x) / Math.pow(2, (float) x), 1e-5);
    }
    assertEquals(Math.pow(2, 120), FastLog.exp2(500), 1e30);
  }
}
