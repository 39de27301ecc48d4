package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class FrameMarkerTest {
  private static FrameMarker.Content random(Random random) {
    return new FrameMarker.Content(random.nextInt(1 << 24), random.nextInt(256));
  }

  @Test
  void cellsGiveTheContentBack(Random random) {
    for (int i = 0; i < 1000; i++) {
      FrameMarker.Content content = random(random);
      assertEquals(Optional.of(content), FrameMarker.content(FrameMarker.cells(content)));
    }
  }

  @Test
  void noFewWrongCellsAreRead(Random random) {
    // CRC-32 finds every error of up to five cells in a word of 64.
    for (int i = 0; i < 20_000; i++) {
      boolean[] cells = FrameMarker.cells(random(random));
      int wrong = 1 + random.nextInt(5);
      for (int at : random.ints(0, 64).distinct().limit(wrong).toArray()) {
        cells[at] = !cells[at];
      }
      assertEquals(Optional.empty(), FrameMarker.content(cells));
    }
  }

  @Test
  void neighboursDifferInEveryRow(Random random) {
    int least = 8;
    double sum = 0;
    for (int i = 0; i < 2000; i++) {
      int counter = random.nextInt((1 << 24) - 1);
      boolean[] a = FrameMarker.cells(new FrameMarker.Content(counter, 7));
      boolean[] b = FrameMarker.cells(new FrameMarker.Content(counter + 1, 7));
      int differing = 0;
      for (int k = 0; k < 64; k++) {
        differing += a[k] != b[k] ? 1 : 0;
      }
      least = Math.min(least, differing);
      sum += differing;
    }
    assertTrue(least >= 5, "least " + least);
    assertTrue(sum / 2000 > 12, "mean " + sum / 2000);
  }

  @Test
  void ringsStandRoundTheCells() {
    float[] pattern = FrameMarker.pattern(new FrameMarker.Content(123_456, 9));
    for (int i = 0; i < 12; i++) {
      assertEquals(1, pattern[i]);
      assertEquals(1, pattern[11 * 12 + i]);
      assertEquals(1, pattern[12 * i]);
      assertEquals(1, pattern[12 * i + 11]);
    }
    for (int i = 1; i < 11; i++) {
      assertEquals(0, pattern[12 + i]);
      assertEquals(0, pattern[12 * i + 10]);
    }
  }

  @Test
  void itIsDrawnWhereItBelongs(Random random) {
    FrameMarker.Content content = random(random);
    float[] picture = new float[3 * 60 * 80];
    java.util.Arrays.fill(picture, 0.5f);
    Sequence.MarkerPlace place = new Sequence.MarkerPlace(31, 11, 4, 0.25);
    FrameMarker.draw(content, place, picture, 3, 60, 80);
    float[] pattern = FrameMarker.pattern(content);
    for (int y = 0; y < 60; y++) {
      for (int x = 0; x < 80; x++) {
        int cx = Math.floorDiv(x - 31, 4);
        int cy = Math.floorDiv(y - 11, 4);
        boolean in = cx >= 0 && cy >= 0 && cx < 12 && cy < 12;
        float expected = in ? 0.25f * pattern[12 * cy + cx] : 0.5f;
        for (int c = 0; c < 3; c++) {
          assertEquals(expected, picture[(c * 60 + y) * 80 + x]);
        }
      }
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> FrameMarker.draw(content, new Sequence.MarkerPlace(33, 0, 4, 1), picture, 3, 60, 80));
  }
}
