package org.pixelcube.capture;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.pixelcube.config.InOrder;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.stage.TransferCurve;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.DecodedPicture;
import org.pixelcube.video.Encoding;

/** How fast and how surely footage is read, on takes that are made for it. */
public final class CaptureBenchmark {
  /** Kinds of files, drawn from: ProRes and FFV1 take long to write. */
  private static final List<String> ENDINGS = List.of("mov", "mkv", "mp4", "mp4", "mp4", "mp4");

  private static final int FAULTS_OF_TAKE = 250;
  private static final int CLEAN_FRAMES = 500;
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
   * @param demultiplexed frames a second of that pass with all usable frames made linear light;
   *     best of the rounds
   * @param demultiplexedCore processor time of a frame, seconds, best
   */
  public record Speed(
      double decoded,
      double labelled,
      double decodedCore,
      double labelledCore,
      int usable,
      double demultiplexed,
      double demultiplexedCore) {}

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
    double whole = Double.POSITIVE_INFINITY;
    double wholeCore = Double.POSITIVE_INFINITY;
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
      usable = labels(file, FootagePass.READING, take).usable();
      labelled = Math.min(labelled, (System.nanoTime() - clock) * 1e-9);
      labelledCore = Math.min(labelledCore, (processorNanos() - core) * 1e-9);
      clock = System.nanoTime();
      core = processorNanos();
      demultiplex(file, take);
      whole = Math.min(whole, (System.nanoTime() - clock) * 1e-9);
      wholeCore = Math.min(wholeCore, (processorNanos() - core) * 1e-9);
    }
    return new Speed(
        frames / decoded,
        frames / labelled,
        decodedCore / frames,
        labelledCore / frames,
        usable,
        frames / whole,
        wholeCore / frames);
  }

  /** Labels footage and makes its usable frames linear, decoded anew where a capture does so. */
  private void demultiplex(Path file, TakeSimulation take) {
    try (FootagePass pass =
        FootagePass.read(
            file,
            FootagePass.READING,
            take.sequence(),
            SRGB,
            false,
            CaptureJob.keptBytes(),
            (_, _, _) -> Progress.silent(),
            interruption)) {
      FootageLabels labels = FootageLabels.of(file.toString(), take.sequence(), pass.markers());
      Predicate<DecodedPicture> use =
          picture -> {
            if (labels.counters()[(int) picture.index()] >= 0) {
              SRGB.linear(picture);
            }
            return true;
          };
      if (pass.kept().isPresent()) {
        pass.kept().get().all(use);
        return;
      }
      try (ClipReader clip = ClipReader.open(file, FootagePass.READING)) {
        while (clip.read(use::test).isPresent()) {
          // To the end.
        }
      }
    }
  }

  private FootageLabels labels(Path file, ClipReader.Options reading, TakeSimulation take) {
    try (FootagePass pass =
        FootagePass.read(
            file,
            reading,
            take.sequence(),
            SRGB,
            false,
            0,
            (_, _, _) -> Progress.silent(),
            interruption)) {
      return FootageLabels.of(file.toString(), take.sequence(), pass.markers());
    }
  }

  /**
   * What was found of faults of one cause.
   *
   * @param cause in a word or two
   * @param injected how many
   * @param found those of which all is named with kind, frame of the footage, frame of the wall and
   *     number
   */
  public record Found(String cause, int injected, int found) {}

  /**
   * What was found of faults that were put into takes.
   *
   * @param takes with faults, and without
   * @param frames of those with faults
   * @param causes of faults
   * @param invented what is named in takes with faults but is not there, by kind
   * @param cleanFrames frames of takes without faults
   * @param cleanFaults faults named in these
   * @param first of what is wrong, empty if nothing
   */
  public record Faults(
      int takes,
      int frames,
      List<Found> causes,
      Map<String, Integer> invented,
      int cleanFrames,
      int cleanFaults,
      String first) {
    /** How many were put in. */
    public int injected() {
      return causes.stream().mapToInt(Found::injected).sum();
    }

    /** How many were not found. */
    public int missed() {
      return causes.stream().mapToInt(f -> f.injected() - f.found()).sum();
    }

    /** How many are named that are not there, in all takes. */
    public int allInvented() {
      return cleanFaults + invented.values().stream().mapToInt(n -> n).sum();
    }
  }

  /** One take, read. */
  private record Take(
      int frames, List<TakeSimulation.Event> injected, List<TakeSimulation.Injected> found) {}

  /**
   * Counts faults found in small takes of 1 and of 4 markers, through three codecs. Takes are made
   * and read side by side, each on one core.
   */
  public Faults faults(int wanted, long seed) {
    List<Integer> sizes = new ArrayList<>();
    for (int left = wanted; left > 0; ) {
      // Every fifth take has none.
      int faults = sizes.size() % 5 == 4 ? 0 : Math.min(FAULTS_OF_TAKE, left);
      sizes.add(faults);
      left -= faults;
    }
    List<String> first = new ArrayList<>();
    EnumMap<TakeSimulation.Cause, int[]> causes = new EnumMap<>(TakeSimulation.Cause.class);
    Map<String, Integer> invented = new TreeMap<>();
    int frames = 0;
    int cleanFrames = 0;
    int cleanFaults = 0;
    int done = 0;
    try (InOrder<Take> takes =
        InOrder.of(sizes.size(), number -> take(number, sizes.get(number), seed))) {
      for (int i = 0; i < sizes.size(); i++) {
        Take take = takes.next();
        List<TakeSimulation.Injected> left = new ArrayList<>(take.found);
        List<TakeSimulation.Event> lost = new ArrayList<>();
        for (TakeSimulation.Event event : take.injected) {
          int[] n = causes.computeIfAbsent(event.cause(), _ -> new int[2]);
          n[0]++;
          if (left.containsAll(event.named())) {
            n[1]++;
          } else {
            lost.add(event);
          }
          left.removeAll(event.named());
        }
        if (take.injected.isEmpty()) {
          cleanFrames += take.frames;
          cleanFaults += left.size();
        } else {
          frames += take.frames;
          left.forEach(
              f -> invented.merge(f.kind().name().toLowerCase(Locale.ROOT), 1, Integer::sum));
        }
        if (!(lost.isEmpty() && left.isEmpty())) {
          first.add("take %d: missed %s, invented %s".formatted(i, lost, left));
        }
        done += take.injected.size();
        progress.accept("%d of %d faults".formatted(done, wanted));
      }
    }
    return new Faults(
        sizes.size(),
        frames,
        causes.entrySet().stream()
            .map(e ->
                new Found(
                    e.getKey().name().toLowerCase(Locale.ROOT), e.getValue()[0], e.getValue()[1]))
            .toList(),
        invented,
        cleanFrames,
        cleanFaults,
        first.isEmpty() ? "" : first.getFirst());
  }

  /** Films a take and reads it. */
  private Take take(int number, int faults, long seed) {
    interruption.check();
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    int markers = number % 2 == 0 ? 1 : 4;
    String ending = ENDINGS.get(random.nextInt(ENDINGS.size()));
    double cell = 2.6 + 1.2 * random.nextDouble();
    int width = (int) (markers == 1 ? 36 * cell : 40 * cell) / 2 * 2;
    int height = (int) (markers == 1 ? 30 * cell : 34 * cell) / 2 * 2;
    TakeSimulation take =
        new TakeSimulation(
            TakeSimulation.View.random(width, height, markers, cell, 1, random),
            random.nextInt(256),
            3000,
            random);
    Path file = folder.resolve("faults-%d.%s".formatted(number, ending));
    List<TakeSimulation.Event> injected = List.of();
    if (faults == 0) {
      take.writeClean(file, Encoding.forPath(file), CLEAN_FRAMES);
    } else {
      injected = take.writeFaulty(file, Encoding.forPath(file), faults);
    }
    FootageLabels labels = labels(file, ClipReader.Options.DEFAULT, take);
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
    return new Take(
        labels.counters().length,
        injected,
        labels.faults().stream().map(TakeSimulation.Injected::of).toList());
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
