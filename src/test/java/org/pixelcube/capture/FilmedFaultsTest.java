package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
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
    return FootageLabels.of("footage", take.sequence(), pass.markers());
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
      List<TakeSimulation.Injected> injected = take.writeFaulty(file, Encoding.forPath(file), 60);
      FootageLabels labels = labelled(file, take);
      List<TakeSimulation.Injected> found =
          labels.faults().stream()
              .map(f ->
                  new TakeSimulation.Injected(f.kind(), f.footageFrame(), f.counter(), f.count()))
              .toList();
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
}
