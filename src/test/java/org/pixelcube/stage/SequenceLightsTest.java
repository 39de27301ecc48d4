package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;

class SequenceLightsTest {
  private static final Rig RIG = SequenceRasterTest.RIG;

  private static Sequence of(Sequence.Light... lights) {
    return Sequence.interleaved(
        1, 60, List.of(lights), false, false, 0.1, new SafetyLimits(600, 0, 5, 0.5));
  }

  private static double sum(float[] samples) {
    double sum = 0;
    for (float v : samples) {
      sum += v;
    }
    return sum;
  }

  @Test
  void stopsAndTurnsAreTheLightsOwn() {
    Sequence sequence =
        of(
            new Sequence.Light("plain", "softbox", 0, 0, 0),
            new Sequence.Light("dark", "softbox", 0, 0, -2),
            new Sequence.Light("turns", "softbox", 0, 90, 0),
            new Sequence.Light("turned", "softbox", 90, 0, 0));
    try (SequenceLights lights = new SequenceLights(RIG, sequence)) {
      float[] plain = lights.at(0, 0);
      assertSame(plain, lights.at(0, 3));
      assertArrayEquals(plain, lights.at(2, 0), 1e-6f);
      assertArrayEquals(lights.at(3, 0), lights.at(2, 1), 1e-6f);
      assertTrue(sum(plain) > 0);
      // A factor of four, but for what is spread over more pixels when it is brighter.
      double share = sum(lights.at(1, 0)) / sum(plain);
      assertTrue(share > 0.2 && share < 0.35, "share " + share);
    }
  }

  @Test
  void aMapThatIsNotThereIsNamed() {
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                new SequenceLights(RIG, of(new Sequence.Light("a", "no-such-map", 0, 0, 0)))
                    .close());
    assertTrue(error.getMessage().contains("no-such-map"), error.getMessage());
  }
}
