package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

@Randomized
class FlashWatchTest {
  private static final SafetyLimits LIMITS = new SafetyLimits(600, 90, 5, 0.5);

  /** The first frame that is refused, or −1. */
  private static int refused(FlashWatch watch, int frames, IntToDoubleFunction nits) {
    for (int i = 0; i < frames; i++) {
      Optional<String> reason = watch.next(nits.applyAsDouble(i));
      if (reason.isPresent()) {
        return i;
      }
    }
    return -1;
  }

  private static FlashWatch watch() {
    return FlashWatch.ofFrames(LIMITS, 60);
  }

  /** A square wave of so many flashes a second at 60 frames. */
  private static IntToDoubleFunction flashes(double perSecond, double dark, double bright) {
    return i -> i * perSecond / 60 % 1 < 0.5 ? dark : bright;
  }

  @Test
  void threeFlashesASecondAreTheMost() {
    assertEquals(-1, refused(watch(), 600, flashes(3, 20, 60)));
    // Each goes up at its middle; the fourth comes down again after four whole ones.
    assertEquals(60, refused(watch(), 600, flashes(4, 0, 40)));
    assertEquals(16, refused(watch(), 600, flashes(15, 0, 40)));
  }

  @Test
  void onlyHarmfulStepsCount(Random random) {
    double dark = 159 * random.nextDouble();
    assertEquals(-1, refused(watch(), 600, flashes(10, dark, dark + 19.9)));
    assertEquals(true, refused(watch(), 600, flashes(10, dark, dark + 20.1)) > 0);
    // (b − d) / (b + d) = 1/17 where b = 9/8 d.
    double bright = 160 + 300 * random.nextDouble();
    assertEquals(-1, refused(watch(), 600, flashes(10, bright, bright * 1.124)));
    assertEquals(true, refused(watch(), 600, flashes(10, bright, bright * 1.126)) > 0);
  }

  @Test
  void slowChangesAndRampsAreNone() {
    assertEquals(-1, refused(watch(), 6000, i -> 250 - 250 * Math.cos(i * 2 * Math.PI * 2 / 60)));
    assertEquals(-1, refused(watch(), 600, i -> i < 300 ? i : 600 - i));
    assertEquals(-1, refused(watch(), 600, _ -> 600));
  }

  @Test
  void aCycleFasterThanTheEyeIsSteady() {
    // Three lights of a cycle: their mean is what counts, in whichever frame one looks.
    IntToDoubleFunction cycle = i -> 100 + 100 * (i % 3);
    assertEquals(-1, refused(new FlashWatch(LIMITS, 300, 3), 3000, cycle));
    assertEquals(true, refused(new FlashWatch(LIMITS, 300, 1), 3000, cycle) > 0);
    assertEquals(
        -1, refused(new FlashWatch(new SafetyLimits(600, 0, 5, 0.5), 300, 1), 3000, cycle));
  }

  @Test
  void theMeanOverASecondIsLimited() {
    // 900 for k of 60 frames, else 300: beyond 600 when more than half are bright.
    assertEquals(-1, refused(watch(), 600, i -> i < 300 ? 300 : i < 330 ? 900 : 300));
    assertEquals(330, refused(watch(), 600, i -> i < 300 ? 300 : 900));
  }
}
