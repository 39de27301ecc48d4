package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;

@Randomized
class SequenceBalanceTest {
  private static Sequence sequence(boolean flat, boolean matte) {
    return Sequence.interleaved(1, 60, SequenceTest.LIGHTS, flat, matte, 1, SafetyLimits.DEFAULT);
  }

  /** A wall of 1900 cd/m², a tenth of it behind the subject, and two lights. */
  private static SafetyLimits.WallLuminance wall(Sequence.Levels levels, double a, double b) {
    return (label, _) ->
        switch (label.kind()) {
          case LIGHT -> label.index() == 0 ? a : b;
          case FLAT -> 1900 * levels.flat();
          case TRACKING -> 1900 * levels.tracking();
          case OLAT -> 1900 * levels.olat() / 90;
          case MATTE -> 190 * levels.matte();
          case BLACK -> 0;
        };
  }

  private static final Sequence.Levels FULL = new Sequence.Levels(1, 1, 1, 1);

  @Test
  void equalLightsWithAFlatFrameDoNotFlicker(Random random) {
    double nits = 20 + 150 * random.nextDouble();
    Sequence s = SequenceBalance.balanced(sequence(true, true), wall(FULL, nits, nits));
    assertEquals(nits / 1900, s.levels().flat(), 1e-12);
    assertEquals(nits / 190, s.levels().matte(), 1e-12);
    SafetyLimits.Findings found = SafetyLimits.check("s", s, wall(s.levels(), nits, nits));
    assertEquals(nits, found.meanNits(), 1e-9);
    assertEquals(0, found.worst().modulationPercent(), 1e-9);
    // As it was planned before it was balanced, the flat frame is 190 and the cycle flickers.
    assertThrows(
        UserError.class,
        () ->
            SafetyLimits.check(
                "s",
                sequence(true, false),
                wall(sequence(true, false).levels(), nits / 2, nits / 2)));
  }

  @Test
  void lightsThatDifferGetAFlatFrameBetweenThem() {
    Sequence s = SequenceBalance.balanced(sequence(true, false), wall(FULL, 100, 106));
    assertEquals(103.0 / 1900, s.levels().flat(), 1e-12);
    // Amplitude of the cycle's frequency: 2/3 · |100 + 106 ω + 103 ω²| with ω = exp(2πi/3).
    double re = 100 - 106 / 2.0 - 103 / 2.0;
    double im = Math.sqrt(3) / 2 * (106 - 103);
    double wanted = 100 * 2 / 3.0 * Math.hypot(re, im) / 103;
    SafetyLimits.Findings found = SafetyLimits.check("s", s, wall(s.levels(), 100, 106));
    assertEquals(20, found.worst().hertz(), 1e-9);
    assertEquals(wanted, found.worst().modulationPercent(), 1e-9);
    // No other level is better.
    for (double other : new double[] {101, 102.5, 103.5, 105}) {
      Sequence.Levels levels = new Sequence.Levels(other / 1900, 0, 0, 0);
      assertTrue(
          SafetyLimits.check("s", s, wall(levels, 100, 106)).worst().modulationPercent() > wanted);
    }
  }

  @Test
  void aLevelBeyondThePeakStaysThere() {
    Sequence s = SequenceBalance.balanced(sequence(false, true), wall(FULL, 400, 400));
    assertEquals(1, s.levels().matte());
    assertEquals(400.0 / 1900, s.levels().flat(), 1e-12);
  }

  @Test
  void tracksOfSinglePanelsAreAsBrightAsOne() {
    Sequence olat = Sequence.olat(1, 60, 90, 9, true, 0, SafetyLimits.DEFAULT);
    Sequence s = SequenceBalance.balanced(olat, wall(FULL, 0, 0));
    assertEquals(1.0 / 90, s.levels().tracking(), 1e-12);
    assertEquals(10.0 / 90, s.levels().matte(), 1e-12);
    assertEquals(
        0, SafetyLimits.check("s", s, wall(s.levels(), 0, 0)).worst().modulationPercent(), 1e-9);
  }

  @Test
  void eveningFindsTheExposuresThatMakeLightsAlike(Random random) {
    // Light that saturates, as dilated and clipped light does: 500 (1 − exp(−k · 2^stops)).
    double[] k = {0.1 + random.nextDouble(), 0.1 + random.nextDouble()};
    SequenceBalance.Meter meter =
        s -> {
          double[] nits = new double[2];
          for (int i = 0; i < 2; i++) {
            double exposure = Math.pow(2, s.lights().get(i).exposureStops());
            nits[i] = 500 * (1 - Math.exp(-k[i] * exposure));
          }
          return nits;
        };
    double[] before = meter.lightNits(sequence(true, false));
    Sequence s = SequenceBalance.evened(sequence(true, false), meter);
    double[] nits = meter.lightNits(s);
    assertEquals(Math.min(before[0], before[1]), nits[0], 2e-3 * nits[0]);
    assertEquals(nits[0], nits[1], 1e-3 * nits[0]);
    List<Sequence.Light> lights = SequenceTest.LIGHTS;
    for (int i = 0; i < 2; i++) {
      // The exponents agree: k0 · 2^stops0 = k1 · 2^stops1, the dimmer light as it was.
      double least = Math.min(k[0], k[1] / 2);
      double wanted = Math.log(least / k[i]) / Math.log(2);
      assertEquals(wanted, s.lights().get(i).exposureStops(), 0.02);
      assertEquals(lights.get(i).map(), s.lights().get(i).map());
    }
  }

  @Test
  void pairsThatVaryMustVarySmoothly() {
    Sequence s =
        Sequence.interleaved(1, 180, SequenceTest.LIGHTS, false, false, 2, SafetyLimits.DEFAULT);
    // A pair above flicker fusion, 90 Hz apart, that swells within two seconds.
    SafetyLimits.check("s", s, (label, t) -> (label.index() == 0 ? 300 : 100) * (1 + t / 2));
    // Six per cent from cycle to cycle.
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                SafetyLimits.check(
                    "s", s, (label, t) -> 100 * Math.pow(1.06, Math.floor(t * 90 + 1e-9) % 20)));
    assertTrue(
        error.getMessage().contains("changes by 6 % from one cycle to the next"),
        error.getMessage());
  }
}
