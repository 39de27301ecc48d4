package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

@Randomized
class SpeechTest {
  private static double jaw(Speech speech, double t) {
    float[] w = new float[Expression.COUNT];
    speech.addTo(t, w);
    return w[Expression.JAW_OPEN.ordinal()];
  }

  @Test
  void silenceLeavesTheMouthAtRest() {
    Speech silent = Speech.of(new SplittableRandom(1), 10, 0);
    float[] w = new float[Expression.COUNT];
    silent.addTo(3, w);
    assertArrayEquals(new float[Expression.COUNT], w);
    assertEquals(0, silent.activity(3));
  }

  @Test
  void theJawBeatsAtTheRateOfSyllables(Random random) {
    Speech speech = Speech.of(new SplittableRandom(random.nextLong()), 60, 0.75);
    int beats = 0;
    double spoken = 0;
    for (Speech.Phrase p : speech.phrases()) {
      spoken += p.end() - p.start();
      for (double t = p.start() + 0.01; t < p.end(); t += 0.01) {
        double here = jaw(speech, t);
        if (here > jaw(speech, t - 0.01) && here >= jaw(speech, t + 0.01) && here > 0.05) {
          beats++;
        }
      }
    }
    // Neighbouring syllables may melt into one opening of the jaw; none are made up.
    double rate = beats / spoken;
    assertTrue(rate > 2 && rate < 6.5, rate + " openings a second");
    assertEquals(0.75, spoken / 60, 0.15);
  }

  @Test
  void theMouthRestsBetweenPhrases(Random random) {
    Speech speech = Speech.of(new SplittableRandom(random.nextLong()), 60, 0.4);
    for (int i = 1; i < speech.phrases().size(); i++) {
      double from = speech.phrases().get(i - 1).end();
      double to = speech.phrases().get(i).start();
      if (to - from > 1.1) {
        assertEquals(0, jaw(speech, (from + to) / 2), 1e-6);
        assertTrue(speech.activity((from + to) / 2) < 1e-9);
      }
    }
  }

  /** A bilabial keeps the lips together even between open vowels. */
  @Test
  void lipsMeetForBilabials() {
    for (int a = 0; a < Viseme.Articulator.COUNT; a++) {
      if (Viseme.Articulator.values()[a] == Viseme.Articulator.JAW) {
        assertTrue(Viseme.BILABIAL.dominance(a) > 1.5 * Viseme.OPEN.dominance(a));
        assertTrue(
            Viseme.BILABIAL.target(a)
                <= Viseme.BILABIAL.target(Viseme.Articulator.CLOSE.ordinal()));
      }
    }
  }
}
