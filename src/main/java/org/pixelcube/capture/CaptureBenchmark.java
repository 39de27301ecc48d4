package org.pixelcube.capture;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.image.Image;
import org.pixelcube.stage.TransferCurve;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Encoding;

/** How fast and how surely footage is read, on takes that are made for it. */
public final class CaptureBenchmark {
  private static final CameraResponse SRGB = new CameraResponse(TransferCurve.SRGB);

  private final Path folder;
  private final Interruption interruption;
  private final Consumer<String> progress;

  /**
   * A benchmark.
   *
   * @param folder for footage, which stays there
   * @param progress is told what is done
   */
  public CaptureBenchmark(Path folder, Interruption interruption, Consumer<String> progress) {
    this.folder = folder;
    this.interruption = interruption;
    this.progress = progress;
  }

  /**
   * Reading and labelling next to bare decoding.
   *
   * @param decoded frames a second of FFmpeg's decoder, in this process, with as many threads, its
   *     pictures left as they are; best of the rounds
   * @param labelled frames a second of the pass that finds the markers, reads them in every frame
   *     and names faults; best of the rounds
   * @param decodedCore processor time of a frame, seconds, best
   * @param labelledCore the same of that pass
   * @param usable frames that it could use, of all
   */
  public record Speed(
      double decoded, double labelled, double decodedCore, double labelledCore, int usable) {}

  /**
   * Measures on footage without faults.
   *
   * @param markers 1 or 4
   * @param rounds of both, in turn
   */
  public Speed speed(int width, int height, int frames, int markers, String ending, int rounds) {
    SplittableRandom random = new SplittableRandom(5);
    progress.accept("filming %d frames of %d×%d, %s".formatted(frames, width, height, ending));
    TakeSimulation take =
        new TakeSimulation(
            TakeSimulation.View.random(width, height, markers, height / 180.0, 1, random),
            9,
            frames + 20,
            random);
    Path file = folder.resolve("speed-%d.%s".formatted(markers, ending));
    take.writeClean(file, Encoding.forPath(file), frames);
    double decoded = Double.POSITIVE_INFINITY;
    double labelled = Double.POSITIVE_INFINITY;
    double decodedCore = Double.POSITIVE_INFINITY;
    double labelledCore = Double.POSITIVE_INFINITY;
    int usable = 0;
    for (int round = 0; round < rounds; round++) {
      interruption.check();
      progress.accept("reading, round %d of %d".formatted(round + 1, rounds));
      long clock = System.nanoTime();
      long core = processorNanos();
      try (ClipReader clip = ClipReader.open(file, FootagePass.READING)) {
        while (clip.read(picture -> picture.index()).isPresent()) {
          // Decoded, and left as it is.
        }
      }
      decoded = Math.min(decoded, (System.nanoTime() - clock) * 1e-9);
      decodedCore = Math.min(decodedCore, (processorNanos() - core) * 1e-9);
      clock = System.nanoTime();
      core = processorNanos();
      usable = labels(file, take).usable();
      labelled = Math.min(labelled, (System.nanoTime() - clock) * 1e-9);
      labelledCore = Math.min(labelledCore, (processorNanos() - core) * 1e-9);
    }
    return new Speed(
        frames / decoded, frames / labelled, decodedCore / frames, labelledCore / frames, usable);
  }

  private FootageLabels labels(Path file, TakeSimulation take) {
    FootagePass pass =
        FootagePass.read(
            file, take.sequence(), SRGB, false, (_, _, _) -> Progress.silent(), interruption);
    return FootageLabels.of(file.toString(), take.sequence(), pass.markers());
  }

  /**
   * What was found of faults that were put into takes.
   *
   * @param takes with faults
   * @param frames of these
   * @param injected faults
   * @param missed those that are not named with their kind, frame of the footage, frame of the wall
   *     and number
   * @param invented those that are named but are not there
   * @param cleanFrames frames of takes without faults
   * @param cleanFaults faults named in these
   * @param first of what is wrong, empty if nothing
   */
  public record Faults(
      int takes,
      int frames,
      int injected,
      int missed,
      int invented,
      int cleanFrames,
      int cleanFaults,
      String first) {}

  /** Counts faults found in small takes of 1 and of 4 markers, through three codecs in turn. */
  public Faults faults(int wanted, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String[] endings = {"mp4", "mov", "mkv", "mp4"};
    int takes = 0;
    int frames = 0;
    int injected = 0;
    int missed = 0;
    int invented = 0;
    int cleanFrames = 0;
    int cleanFaults = 0;
    String first = "";
    while (injected < wanted) {
      interruption.check();
      int markers = takes % 2 == 0 ? 1 : 4;
      String ending = endings[takes % endings.length];
      double cell = 2.6 + 1.2 * random.nextDouble();
      int width = (int) (markers == 1 ? 36 * cell : 40 * cell) / 2 * 2;
      int height = (int) (markers == 1 ? 30 * cell : 34 * cell) / 2 * 2;
      TakeSimulation take =
          new TakeSimulation(
              TakeSimulation.View.random(width, height, markers, cell, 1, random),
              random.nextInt(256),
              3000,
              random);
      Path file = folder.resolve("faults." + ending);
      boolean clean = takes % 5 == 4;
      List<TakeSimulation.Injected> expected = new ArrayList<>();
      if (clean) {
        take.writeClean(file, Encoding.forPath(file), 500);
      } else {
        expected.addAll(
            take.writeFaulty(file, Encoding.forPath(file), Math.min(250, wanted - injected)));
      }
      FootageLabels labels = labels(file, take);
      List<TakeSimulation.Injected> found =
          new ArrayList<>(
              labels.faults().stream()
                  .map(f ->
                      new TakeSimulation.Injected(
                          f.kind(), f.footageFrame(), f.counter(), f.count()))
                  .toList());
      takes++;
      if (clean) {
        cleanFrames += labels.counters().length;
        cleanFaults += found.size();
      } else {
        frames += labels.counters().length;
        injected += expected.size();
      }
      List<TakeSimulation.Injected> lost = new ArrayList<>(expected);
      lost.removeAll(found);
      found.removeAll(expected);
      missed += lost.size();
      invented += clean ? 0 : found.size();
      if (first.isEmpty() && !(lost.isEmpty() && found.isEmpty())) {
        first =
            "take %d, %s: missed %s, invented %s, %s"
                .formatted(takes - 1, ending, lost, found, take.view());
      }
      progress.accept("%d of %d faults".formatted(injected, wanted));
    }
    return new Faults(takes, frames, injected, missed, invented, cleanFrames, cleanFaults, first);
  }

  /**
   * What alignment takes.
   *
   * @param flow two flows between frames and their check
   * @param warp a frame carried along
   */
  public record Alignment(double flow, double warp) {}

  /** Seconds, best of the rounds, for a scene that moves. */
  public Alignment alignment(int width, int height, int rounds) {
    progress.accept("alignment at %d×%d".formatted(width, height));
    float[] a = new float[3 * width * height];
    float[] b = new float[3 * width * height];
    for (int i = 0; i < a.length; i++) {
      int x = i % width;
      int y = i / width % height;
      a[i] = (float) (0.4 + 0.2 * Math.sin(0.2 * x) + 0.2 * Math.sin(0.15 * y + 0.05 * x));
      b[i] =
          (float) (0.4 + 0.2 * Math.sin(0.2 * x - 0.4) + 0.2 * Math.sin(0.15 * y + 0.05 * x + 0.2));
    }
    Image from = Image.rgb(width, height, a);
    Image to = Image.rgb(width, height, b);
    double flow = Double.POSITIVE_INFINITY;
    double warp = Double.POSITIVE_INFINITY;
    try (FrameAlignment alignment = new FrameAlignment()) {
      for (int round = 0; round < rounds; round++) {
        interruption.check();
        long clock = System.nanoTime();
        FrameAlignment.Motion[] motion = alignment.between(from, to);
        flow = Math.min(flow, (System.nanoTime() - clock) * 1e-9);
        clock = System.nanoTime();
        FrameAlignment.along(to, motion[0]);
        warp = Math.min(warp, (System.nanoTime() - clock) * 1e-9);
      }
    }
    return new Alignment(flow, warp);
  }

  private static long processorNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
