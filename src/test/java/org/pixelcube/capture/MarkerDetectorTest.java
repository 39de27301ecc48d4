package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.image.Image;
import org.pixelcube.stage.FrameMarker;
import org.pixelcube.video.DecodedPicture;
import org.pixelcube.video.Frame;

@Randomized
class MarkerDetectorTest {
  private static final int WIDTH = 200;
  private static final int HEIGHT = 160;

  /** Side of the marker, blur and noise, exposure, perspective; how far a corner may be off. */
  @ParameterizedTest
  @CsvSource({
    "60, 0, 0, 1, 0, 0.3",
    "48, 0.8, 0.02, 1, 0.1, 0.5",
    "72, 1.8, 0.03, 1, 0.2, 0.5",
    "96, 2.4, 0.05, 1, 0.35, 1",
    "72, 1, 0.03, 0.06, 0.2, 1",
    "72, 1, 0.03, 6, 0.2, 2",
    "36, 0.5, 0.01, 1, 0.1, 0.5"
  })
  void markersAreReadAndPlaced(
      double size, double blur, double noise, double exposure, double bend, double mostOff) {
    Random random = new Random(Double.hashCode(size * 31 + blur * 7 + exposure));
    int read = 0;
    int rounds = 12;
    for (int round = 0; round < rounds; round++) {
      FrameMarker.Content content =
          new FrameMarker.Content(random.nextInt(1 << 24), random.nextInt(256));
      Corners corners =
          MarkerPictures.corners(
              90 + random.nextInt(20), 75 + random.nextInt(10), size, bend, random);
      Image picture =
          MarkerPictures.filmed(
              MarkerPictures.drawn(
                  MarkerPictures.background(WIDTH, HEIGHT, random),
                  FrameMarker.pattern(content),
                  corners,
                  0.5),
              exposure,
              blur,
              noise,
              random);
      List<MarkerDetector.Sighting> found = MarkerDetector.findAll(picture);
      assertTrue(found.size() <= 1);
      for (MarkerDetector.Sighting sighting : found) {
        read++;
        assertEquals(content, sighting.content());
        for (int k = 0; k < 4; k++) {
          double off =
              Math.hypot(
                  sighting.corners().x()[k] - corners.x()[k],
                  sighting.corners().y()[k] - corners.y()[k]);
          assertTrue(off < mostOff, "a corner is %.2f pixels off".formatted(off));
        }
        if (exposure * 0.5 < 0.9) {
          // Blur takes from a ring of one cell.
          double share = sighting.contrast() / (0.5 * exposure);
          assertTrue(share > 0.65 && share < 1.1, "contrast " + share);
        }
      }
    }
    assertTrue(read >= rounds - 1, "read %d of %d".formatted(read, rounds));
  }

  @Test
  void nothingIsInvented(Random random) {
    for (int round = 0; round < 60; round++) {
      Image light = MarkerPictures.background(WIDTH, HEIGHT, random);
      if (round % 3 != 0) {
        // Rings, but cells of no frame: any, or those of one with a few exchanged.
        float[] pattern =
            FrameMarker.pattern(
                new FrameMarker.Content(random.nextInt(1 << 24), random.nextInt(256)));
        int wrong = round % 3 == 1 ? 64 : 1 + random.nextInt(4);
        for (int k = 0; k < wrong; k++) {
          int i = (2 + random.nextInt(8)) * 12 + 2 + random.nextInt(8);
          pattern[i] = wrong == 64 ? random.nextInt(2) : 1 - pattern[i];
        }
        Corners corners = MarkerPictures.corners(100, 80, 72, 0.2, random);
        FrameMarker.Content same = content(pattern);
        if (same != null) {
          continue;
        }
        light = MarkerPictures.drawn(light, pattern, corners, 0.5);
      }
      Image picture = MarkerPictures.filmed(light, 1, 0.7, round % 2 == 0 ? 0.02 : 0.2, random);
      assertEquals(List.of(), MarkerDetector.findAll(picture));
    }
  }

  private static FrameMarker.Content content(float[] pattern) {
    boolean[] cells = new boolean[64];
    for (int i = 0; i < 64; i++) {
      cells[i] = pattern[(2 + i / 8) * 12 + 2 + i % 8] > 0.5;
    }
    return FrameMarker.content(cells).orElse(null);
  }

  @Test
  void aReaderFollowsACameraThatMoves(Random random) {
    MarkerReader reader =
        new MarkerReader(1, WIDTH, HEIGHT, java.util.function.UnaryOperator.identity());
    Corners corners = MarkerPictures.corners(90, 80, 72, 0.2, random);
    Image background = MarkerPictures.background(WIDTH, HEIGHT, random);
    for (int i = 0; i < 12; i++) {
      FrameMarker.Content content = new FrameMarker.Content(1000 + i, 3);
      Image picture =
          MarkerPictures.filmed(
              MarkerPictures.drawn(
                  background, FrameMarker.pattern(content), corners.moved(1.5 * i, -0.8 * i), 0.4),
              1,
              1,
              0.02,
              random);
      List<MarkerCells> cells = reader.read(DecodedPicture.of(new Frame(picture, i, i, 1)));
      assertEquals(1, cells.size());
      assertEquals(content, cells.getFirst().content().orElseThrow());
    }
  }

  @Test
  void mixturesOfTwoFramesAreMeasured(Random random) {
    for (int round = 0; round < 200; round++) {
      FrameMarker.Content a = new FrameMarker.Content(random.nextInt(1 << 20), 5);
      FrameMarker.Content b = new FrameMarker.Content(a.counter() + 1, 5);
      double share = random.nextDouble();
      MarkerCells cells =
          CellSimulation.seen(a, b, y -> share, 0.4, random.nextDouble() * 0.3, 0.01, random);
      MarkerCells.Blend blend = cells.blend(a, b);
      assertEquals(share, blend.share(), 0.05);
      assertTrue(blend.residual() < 0.06, "residual " + blend.residual());
    }
  }
}
