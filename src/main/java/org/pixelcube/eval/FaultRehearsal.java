package org.pixelcube.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pixelcube.capture.CameraResponse;
import org.pixelcube.capture.CaptureBenchmark;
import org.pixelcube.capture.CaptureJob;
import org.pixelcube.capture.CaptureSettings;
import org.pixelcube.capture.Fault;
import org.pixelcube.capture.FootageLabels;
import org.pixelcube.config.InOrder;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.stage.CubeRig;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceLights;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.stage.StageFault;
import org.pixelcube.stage.VirtualCube;

/**
 * Faults in whole takes: a ball that rolls under two lights in a small cube is rendered once and
 * filmed many times, each time with other faults of frames and other noise, and the footage is
 * read. Some LEDs are dead and a panel drifts in all of them.
 */
public final class FaultRehearsal {
  /** A cube whose panels have some more LEDs than a marker. */
  private static final Rig RIG =
      new CubeRig(2, 4, 18, 1900, 60, 10, CubeRig.PIXEL_CUBE.openings()).rig();

  private static final StageRehearsal.Settings SETTINGS =
      new StageRehearsal.Settings(160, 4, 16, true, 0, 3);

  private static final double SWAY_METRES = 0.06;

  /** The most faults of a take: about as many as find room. */
  private static final int FAULTS_OF_TAKE = 12;

  /** One take in so many has no fault of frames. */
  private static final int CLEAN_EVERY = 5;

  private final Path folder;
  private final Interruption interruption;
  private final Consumer<String> progress;

  /**
   * A rehearsal.
   *
   * @param folder for footage, which does not stay there
   * @param progress is told what is done
   */
  public FaultRehearsal(Path folder, Interruption interruption, Consumer<String> progress) {
    this.folder = folder;
    this.interruption = interruption;
    this.progress = progress;
  }

  private record Take(List<StageFault> injected, FootageLabels labels) {}

  /** Films until so many faults have been injected, or some more. */
  public CaptureBenchmark.Faults run(int wanted, long seed) {
    progress.accept("rendering a take with a subject");
    StageRehearsal stage =
        new StageRehearsal(
            RIG,
            seconds -> RehearsalSubject.ball(seed, seconds, SWAY_METRES),
            new CaptureSettings("ball", "rolling", "CC0-1.0", 16),
            SETTINGS,
            folder,
            Warnings.silent(),
            (_, _, _) -> Progress.silent(),
            interruption);
    Sequence planned =
        stage.planned(
            List.of(
                new StageRehearsal.Light("a", "softbox", 0),
                new StageRehearsal.Light("b", "softbox", 180)));
    try (SequenceLights wall = new SequenceLights(RIG, planned)) {
      double exposure = stage.metered(planned, wall);
      Sequence sequence = stage.levelled(planned, stage.marker(planned), exposure);
      SequenceRaster raster = new SequenceRaster("sequence", RIG, sequence, wall);
      VirtualCube cube =
          stage.cube(sequence, raster, exposure, RehearsalFaults.standing(seed, RIG));
      for (int e = sequence.firstFullFrame(); e < sequence.endOfFullFrames(); e++) {
        interruption.check();
        cube.keep(e);
      }
      return retaken(cube, sequence, wanted, seed);
    }
  }

  private CaptureBenchmark.Faults retaken(
      VirtualCube cube, Sequence sequence, int wanted, long seed) {
    List<List<StageFault>> plans = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    int planned = 0;
    while (planned < wanted) {
      boolean clean = plans.size() % CLEAN_EVERY == CLEAN_EVERY - 1;
      List<StageFault> faults =
          clean
              ? List.of()
              : RehearsalFaults.ofFrames(random.nextLong(), RIG, sequence, FAULTS_OF_TAKE);
      plans.add(faults);
      planned += counted(faults);
    }
    Map<StageFault.Kind, int[]> kinds = new EnumMap<>(StageFault.Kind.class);
    Map<String, Integer> invented = new TreeMap<>();
    int frames = 0;
    int cleanFrames = 0;
    int cleanFaults = 0;
    int done = 0;
    String first = "";
    try (InOrder<Take> takes =
        InOrder.of(plans.size(), i -> take(cube, sequence, plans.get(i), i, seed + 1 + i))) {
      for (int i = 0; i < plans.size(); i++) {
        Take take = takes.next();
        RehearsalFaults.Outcome found =
            RehearsalFaults.matched(take.injected, take.labels.faults());
        if (first.isEmpty() && !found.whole()) {
          first = "take %d: %s, invented %s".formatted(i, found.rows(), found.invented());
        }
        if (take.injected.isEmpty()) {
          cleanFrames += take.labels.counters().length;
          cleanFaults += found.invented().size();
          continue;
        }
        frames += take.labels.counters().length;
        for (RehearsalFaults.Row row : found.rows()) {
          int[] n = kinds.computeIfAbsent(row.kind(), _ -> new int[2]);
          n[0] += row.injected();
          n[1] += row.found();
        }
        for (Fault f : found.invented()) {
          invented.merge(f.kind().name().toLowerCase(Locale.ROOT), 1, Integer::sum);
        }
        done += counted(take.injected);
        progress.accept("%d of %d faults in takes with a subject".formatted(done, planned));
      }
    }
    return new CaptureBenchmark.Faults(
        plans.size(),
        frames,
        kinds.entrySet().stream()
            .map(e ->
                new CaptureBenchmark.Found(
                    e.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    e.getValue()[0],
                    e.getValue()[1]))
            .toList(),
        invented,
        cleanFrames,
        cleanFaults,
        first);
  }

  /** A slip and its end count once. */
  private static int counted(List<StageFault> faults) {
    return (int)
        faults.stream()
            .filter(f -> f.kind() != StageFault.Kind.GENLOCK_SLIP || f.amount() > 0)
            .count();
  }

  private Take take(
      VirtualCube rendered, Sequence sequence, List<StageFault> faults, int number, long seed) {
    VirtualCube cube = rendered.retaken(faults, seed);
    Path footage = folder.resolve("take-" + number);
    try {
      Files.createDirectories(footage);
      List<Integer> recorded =
          cube.recorded(sequence.endOfFullFrames()).stream()
              .filter(e -> e >= sequence.firstFullFrame())
              .toList();
      int size = SETTINGS.size();
      for (int i = 0; i < recorded.size(); i++) {
        interruption.check();
        ImageFile.write(
            footage.resolve(String.format(Locale.ROOT, "%06d.png", i)),
            Image.data(size, size, 3, cube.expose(recorded.get(i)).codes()),
            ImageFile.Options.sixteenBit());
      }
      FootageLabels labels =
          new CaptureJob(
                  RIG,
                  sequence,
                  Optional.empty(),
                  new CaptureSettings("ball", "rolling", "CC0-1.0", 16),
                  new CameraResponse(RIG.mainCamera().response()),
                  Optional.empty(),
                  Warnings.silent(),
                  (_, _, _) -> Progress.silent(),
                  interruption)
              .labels(footage);
      try (Stream<Path> files = Files.list(footage)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(footage);
      return new Take(faults, labels);
    } catch (IOException e) {
      throw UserError.of(footage, e);
    }
  }
}
