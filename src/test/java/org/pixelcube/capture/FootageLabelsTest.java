package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;
import org.pixelcube.stage.FrameMarker;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sequence;

@Randomized
class FootageLabelsTest {
  private static final int ID = 77;

  private static Sequence sequence(int frames) {
    return Sequence.olat(ID, 240, 9, 3, false, frames / 240.0, SafetyLimits.DEFAULT);
  }

  /** A camera that looks at two markers, one near the top of its picture, one near the bottom. */
  private static final class Camera {
    private final Random random;
    private final double blur;
    private final List<List<MarkerCells>> frames = new ArrayList<>();
    private double drift = 1;

    Camera(Random random) {
      this.random = random;
      this.blur = 0.3 * random.nextDouble();
    }

    void film(int counter, double exposure) {
      film(counter, exposure, _ -> 0);
    }

    /** Shows the frame and, by a share at each height of the picture, the next. */
    void film(int counter, double exposure, DoubleUnaryOperator share) {
      drift *= 1 + 0.002 * random.nextGaussian();
      FrameMarker.Content a = new FrameMarker.Content(counter, ID);
      FrameMarker.Content b = new FrameMarker.Content(counter + 1, ID);
      double white = 0.3 * exposure * drift;
      frames.add(
          List.of(
              CellSimulation.seen(
                  a, b, y -> share.applyAsDouble(0.05 + 0.1 * y), white, blur, 0.02, random),
              CellSimulation.seen(
                  a, b, y -> share.applyAsDouble(0.85 + 0.1 * y), white, blur, 0.02, random)));
    }
  }

  private record Injected(Fault.Kind kind, int footageFrame, int counter, int count) {}

  /** Injects faults at random until so many are there. */
  private static List<Injected> film(Camera camera, Sequence sequence, int wanted, Random random) {
    List<Injected> injected = new ArrayList<>();
    int sinceFault = 0;
    for (int n = 5; n < sequence.frameCount() - 8; n++) {
      if (injected.size() >= wanted) {
        break;
      }
      if (sinceFault++ < 2 || random.nextInt(3) != 0) {
        camera.film(n, 1);
        continue;
      }
      sinceFault = 0;
      int at = camera.frames.size();
      switch (random.nextInt(5)) {
        case 0 -> {
          int count = 1 + random.nextInt(3);
          injected.add(new Injected(Fault.Kind.DROPPED, at, n, count));
          n += count;
          camera.film(n, 1);
        }
        case 1 -> {
          camera.film(n, 1);
          camera.film(n, 1);
          injected.add(new Injected(Fault.Kind.DOUBLED, at + 1, n, 1));
        }
        case 2 -> {
          // Between the middles of the markers: beyond them nothing would show it.
          double tear = 0.1 + 0.8 * random.nextDouble();
          boolean up = random.nextBoolean();
          camera.film(n, 1, y -> (y > tear) == up ? 1 : 0);
          injected.add(new Injected(Fault.Kind.TORN, at, n, 1));
        }
        case 3 -> {
          double share = 0.15 + 0.7 * random.nextDouble();
          camera.film(n, 1, _ -> share);
          injected.add(new Injected(Fault.Kind.TORN, at, n, 1));
        }
        default -> {
          double stops = (0.15 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
          camera.film(n, Math.pow(2, stops));
          injected.add(new Injected(Fault.Kind.MISEXPOSED, at, n, 1));
        }
      }
    }
    for (int n = 0; n < 3; n++) {
      camera.film(sequence.frameCount() - 5 + n, 1);
    }
    return injected;
  }

  @Test
  void tenThousandFaultsAreAllFoundAndNoneInvented(Random random) {
    int total = 0;
    for (int clip = 0; clip < 10; clip++) {
      Sequence sequence = sequence(9000);
      Camera camera = new Camera(random);
      List<Injected> injected = film(camera, sequence, 1000, random);
      total += injected.size();
      FootageLabels labels = FootageLabels.of("footage", sequence, camera.frames);
      List<Injected> found =
          new ArrayList<>(
              labels.faults().stream()
                  .map(f -> new Injected(f.kind(), f.footageFrame(), f.counter(), f.count()))
                  .toList());
      // The jump to the end of the sequence is a fault too.
      Injected end = found.removeLast();
      assertEquals(Fault.Kind.DROPPED, end.kind());
      for (int i = 0; i < Math.min(injected.size(), found.size()); i++) {
        assertEquals(injected.get(i), found.get(i), "clip %d, fault %d".formatted(clip, i));
      }
      assertEquals(injected, found);
    }
    assertEquals(10_000, total);
  }

  @Test
  void cleanFootageHasNoFaults(Random random) {
    Sequence sequence = sequence(9000);
    Camera camera = new Camera(random);
    for (int n = 0; n < 9000; n++) {
      camera.film(n, 1);
    }
    FootageLabels labels = FootageLabels.of("footage", sequence, camera.frames);
    assertEquals(List.of(), labels.faults());
    for (int n = 0; n < 9000; n++) {
      assertEquals(n, labels.counters()[n]);
    }
  }

  @Test
  void footageThatDoesNotFitIsNamed(Random random) {
    Sequence sequence = sequence(900);
    Camera twice = new Camera(random);
    Camera half = new Camera(random);
    for (int n = 0; n < 200; n++) {
      twice.film(n, 1);
      twice.film(n, 1);
      half.film(2 * n, 1);
    }
    assertMessage("several times", sequence, twice.frames);
    assertMessage("by 2.0 frames", sequence, half.frames);
    List<List<MarkerCells>> none = java.util.Collections.nCopies(20, List.of());
    assertMessage("no frame has a marker", sequence, none);
    Camera other = new Camera(random);
    for (int n = 0; n < 20; n++) {
      other.film(n, 1);
    }
    assertMessage(
        "shows sequence 77, not 3",
        Sequence.olat(3, 240, 9, 3, false, 4, SafetyLimits.DEFAULT),
        other.frames);
  }

  private static void assertMessage(
      String part, Sequence sequence, List<List<MarkerCells>> footage) {
    UserError error =
        assertThrows(UserError.class, () -> FootageLabels.of("take.mov", sequence, footage));
    assertTrue(error.getMessage().startsWith("take.mov: "), error.getMessage());
    assertTrue(error.getMessage().contains(part), error.getMessage());
  }

  @Test
  void framesBeforeAndAfterAreNoFaults(Random random) {
    Sequence sequence = sequence(900);
    Camera camera = new Camera(random);
    for (int n = 0; n < 100; n++) {
      camera.film(n, 1);
    }
    List<List<MarkerCells>> padded = new ArrayList<>();
    padded.addAll(java.util.Collections.nCopies(7, List.of()));
    padded.addAll(camera.frames);
    padded.addAll(java.util.Collections.nCopies(3, List.of()));
    FootageLabels labels = FootageLabels.of("footage", sequence, padded);
    assertEquals(List.of(), labels.faults());
    assertEquals(100, labels.usable());
    assertEquals(0, labels.counters()[7]);
  }
}
