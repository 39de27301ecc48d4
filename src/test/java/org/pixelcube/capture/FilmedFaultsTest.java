package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.stage.TransferCurve;
import org.pixelcube.video.Encoding;

/** Faults in pictures: rendered, through a codec, read again. */
class FilmedFaultsTest {
  @TempDir Path folder;

  static FootageLabels labelled(Path footage, TakeSimulation take) {
    FootagePass pass =
        FootagePass.read(
            footage,
            take.sequence(),
            new CameraResponse(TransferCurve.SRGB),
            false,
            (_, _, _) -> Progress.silent(),
            Interruption.manual());
    TakeSimulation.View view = take.view();
    FootageRate rate = new FootageRate(view.ratio(), view.shutter(), view.readout());
    return FootageLabels.of("footage", take.sequence(), rate, pass.markers());
  }

  @ParameterizedTest
  @CsvSource({"1, mp4, 3", "4, mp4, 3", "1, mov, 2.6", "4, mkv, 2.8"})
  void allAreFoundAndNoneInvented(int markers, String ending, double cell) {
    SplittableRandom random = new SplittableRandom(markers * 31L + ending.hashCode());
    for (int round = 0; round < 1; round++) {
      int width = markers == 1 ? 96 : 144;
      TakeSimulation take =
          new TakeSimulation(
              TakeSimulation.View.random(width, 96, markers, cell, 1, random), 9, 400, random);
      Path file = folder.resolve("take-%d.%s".formatted(round, ending));
      List<TakeSimulation.Injected> injected =
          take.writeFaulty(file, Encoding.forPath(file), 60).stream()
              .flatMap(event -> event.named().stream())
              .toList();
      FootageLabels labels = labelled(file, take);
      List<TakeSimulation.Injected> found =
          labels.faults().stream().map(TakeSimulation.Injected::of).toList();
      assertEquals(
          String.join("\n", injected.stream().map(Object::toString).toList()),
          String.join("\n", found.stream().map(Object::toString).toList()),
          take.view() + "\n" + labels.faults());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, mp4", "4, mp4"})
  void cleanFootageHasNone(int markers, String ending) {
    SplittableRandom random = new SplittableRandom(markers);
    TakeSimulation take =
        new TakeSimulation(
            TakeSimulation.View.random(144, 96, markers, 3, 1, random), 9, 300, random);
    Path file = folder.resolve("take." + ending);
    take.writeClean(file, Encoding.forPath(file), 200);
    FootageLabels labels = labelled(file, take);
    assertEquals(List.of(), labels.faults());
    assertEquals(200, labels.usable());
  }

  /**
   * The wall's frames that an exposure sees on the first marker: first, last, share of the last.
   */
  private static double[] seen(TakeSimulation take, int exposure) {
    TakeSimulation.View view = take.view();
    double y = Arrays.stream(view.markers().getFirst().y()).average().orElseThrow();
    double from = take.start(exposure) + view.readout() * y / view.height();
    double to = from + view.shutter();
    double late = Math.max(0, to - Math.floor(to)) / view.shutter();
    return new double[] {
      Math.floor(from), Math.floor(to), Math.floor(to) > Math.floor(from) ? late : 0
    };
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 3, 2.5, 1.7, 4.2})
  void aFasterCameraIsFollowed(double ratio) {
    SplittableRandom random = new SplittableRandom((long) (100 * ratio));
    TakeSimulation take =
        new TakeSimulation(TakeSimulation.View.random(96, 96, 1, 3, ratio, random), 9, 200, random);
    Path file = folder.resolve("fast.mp4");
    take.writeClean(file, Encoding.forPath(file), 150);
    FootageLabels labels = labelled(file, take);
    assertEquals(List.of(), labels.faults());
    Set<Integer> chosen = new HashSet<>();
    Set<Integer> pure = new HashSet<>();
    for (int i = 0; i < 150; i++) {
      double[] seen = seen(take, i);
      int counter = labels.counters()[i];
      if (seen[2] < 0.02 || seen[2] > 0.98) {
        pure.add((int) (seen[2] > 0.5 ? seen[1] : seen[0]));
      }
      if (counter < 0) {
        assertTrue(!labels.reasons().get(i).isEmpty());
        continue;
      }
      assertTrue(chosen.add(counter), "frame %d twice".formatted(counter));
      double share = counter == seen[0] ? 1 - seen[2] : counter == seen[1] ? seen[2] : 0;
      assertTrue(share > 0.88, "exposure %d shows %.2f of %d".formatted(i, share, counter));
      double middle = take.start(i) + take.view().shutter() / 2 + take.view().readout() / 2;
      assertEquals(middle, labels.moments()[i], 0.3);
    }
    pure.removeAll(chosen);
    assertTrue(pure.size() <= 1, "not labelled: " + pure);
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 3, 2.5})
  void aFasterCameraThatLosesAndRepeatsFrames(double ratio) {
    SplittableRandom random = new SplittableRandom((long) (100 * ratio) + 1);
    TakeSimulation take =
        new TakeSimulation(TakeSimulation.View.random(96, 96, 1, 3, ratio, random), 9, 300, random);
    Path file = folder.resolve("fast.mp4");
    List<Integer> exposures = new ArrayList<>();
    List<Fault.Kind> kinds = new ArrayList<>();
    List<Integer> at = new ArrayList<>();
    for (int i = 0; i < 260; i++) {
      if (i % 26 == 20) {
        boolean lost = i % 52 == 20;
        kinds.add(lost ? Fault.Kind.DROPPED : Fault.Kind.DOUBLED);
        at.add(exposures.size());
        if (lost) {
          continue;
        }
        exposures.add(i - 1);
      }
      exposures.add(i);
    }
    take.writeExposures(
        file, Encoding.forPath(file), exposures.stream().mapToInt(i -> i).toArray());
    List<Fault> faults = labelled(file, take).faults();
    assertEquals(kinds, faults.stream().map(Fault::kind).toList(), faults.toString());
    for (int k = 0; k < faults.size(); k++) {
      int late = faults.get(k).footageFrame() - at.get(k);
      assertTrue(late >= 0 && late <= Math.ceil(2 * ratio), faults.get(k) + ", " + at.get(k));
    }
  }

  @Test
  void aCameraOfAnotherRateIsNamed() {
    SplittableRandom random = new SplittableRandom(4);
    TakeSimulation take =
        new TakeSimulation(TakeSimulation.View.random(96, 96, 1, 3, 2, random), 9, 100, random);
    Path file = folder.resolve("rate.mp4");
    take.writeClean(file, Encoding.forPath(file), 60);
    FootagePass pass =
        FootagePass.read(
            file,
            take.sequence(),
            new CameraResponse(TransferCurve.SRGB),
            false,
            (_, _, _) -> Progress.silent(),
            Interruption.manual());
    for (double ratio : new double[] {1, 3, 2.3}) {
      UserError error =
          assertThrows(
              UserError.class,
              () ->
                  FootageLabels.of(
                      "take.mp4", take.sequence(), new FootageRate(ratio, 0.2, 0), pass.markers()));
      assertTrue(error.getMessage().contains("about 12"), error.getMessage());
    }
  }
}
