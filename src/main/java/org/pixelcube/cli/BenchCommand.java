package org.pixelcube.cli;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.pipeline.ClipIntegrity;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.PeakMemory;
import org.pixelcube.pipeline.RelightBenchmark;
import org.pixelcube.pipeline.RelightBenchmark.Picture;
import org.pixelcube.pipeline.RelightSettings;
import org.pixelcube.pipeline.TemporalQuality;
import org.pixelcube.stage.CubeRig;
import org.pixelcube.stage.Rig;
import org.pixelcube.vision.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code pixelcube bench relight}: how fast this machine relights, with how much memory, and how
 * steady and whole the result is; {@code pixelcube bench render}: how true and how fast fields of
 * rendered heads are; {@code pixelcube bench stage}: how fast drive frames are made; {@code
 * pixelcube bench capture}: how fast and how surely footage is read; {@code pixelcube bench model}:
 * how fast the denoiser is.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures relighting from file to file, rendering, a stage, capture, or the networks on"
            + " this machine.",
    footer = {
      "",
      "relight: every clip is relit at 512×512 and at 1920×1080. Speed, stages and integrity are",
      "measured at both, steadiness at 512×512; peak memory for the first clip, played to and fro",
      "for 10 seconds and for --long-seconds, in processes of their own.",
      "render: energy, fields against direct rendering, noise, rays next to Embree, time of a",
      "frame's field, relighting and storing.",
      "stage: drive frames of an LED stage next to FFmpeg's v360.",
      "capture: footage read and labelled next to bare decoding, faults found in simulated takes,",
      "alignment.",
      "model: the denoiser next to this machine's matrix products and to Python's PyTorch, steps"
          + " of",
      "training and their memory."
    })
final class BenchCommand implements Callable<Integer> {
  private static final String DEFAULT_MAP = "golden-hour";
  private static final String DEFAULT_SAMPLES = "../shared/data/clips";
  private static final int SHORT_SECONDS = 10;
  private static final int LARGE_FRAMES = 60;

  /** Load per processor above which other programs spoil the figures. */
  private static final double BUSY = 0.25;

  private static final double MAX_WARP_RATIO = 1.15;
  private static final double MAX_MEMORY_GROWTH = 0.05;

  private final Console console;
  private final FrameProcessor.Factory processors;
  private final ModelStore models;

  enum Subject {
    RELIGHT,
    RENDER,
    STAGE,
    CAPTURE,
    MODEL
  }

  @Parameters(paramLabel = "WHAT", description = "What to measure.")
  private Subject subject;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "A clip of a person; may be given several times.")
  private List<Path> inputs = List.of();

  @Option(
      names = "--samples",
      paramLabel = "DIR",
      description =
          "Folder of clips to measure where no --input is given. Default "
              + DEFAULT_SAMPLES
              + " beside the program.")
  private Path samples;

  @Option(
      names = "--picture",
      paramLabel = "512|1080|all",
      defaultValue = "all",
      description = "At which size. Default all.")
  private String picture;

  @Option(
      names = "--frames",
      paramLabel = "N",
      description = "Frames of each clip at most. Default all at 512, 60 at 1080.")
  private Integer frames;

  @Option(
      names = "--long-seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "Length of the long clip for memory; 0 leaves memory out. Default 60.")
  private int longSeconds;

  @Option(
      names = "--heads",
      paramLabel = "DIR",
      description =
          "render: folder of head data. Without it a ball with hair is rendered in the place of"
              + " heads.")
  private Optional<Path> heads = Optional.empty();

  @Option(
      names = "--rig",
      paramLabel = "FILE",
      description = "stage: the stage. Default the cube of configs/stage/pixel-cube.json.")
  private Optional<Path> rig = Optional.empty();

  @Option(
      names = "--quick",
      description =
          "render, stage, capture: smaller pictures and fewer samples; model: smaller, fewer"
              + " passes.")
  private boolean quick;

  @Option(
      names = "--network",
      paramLabel = "DIR",
      description =
          "model: folder with the config.json of a denoiser. Default the small one for relighting.")
  private Optional<Path> network = Optional.empty();

  @Option(
      names = "--python",
      paramLabel = "CMD",
      description = "model: a Python with torch and safetensors, to run the same network.")
  private Optional<String> python = Optional.empty();

  @Mixin private LightOptions light;

  BenchCommand(Console console, FrameProcessor.Factory processors) {
    this.console = console;
    this.processors = processors;
    this.models = new ModelStore(text -> console.err().println("pixelcube: " + text));
  }

  @Override
  public Integer call() {
    switch (subject) {
      case RELIGHT -> relight();
      case RENDER -> {
        machine("");
        new RenderBench(console, quick).run(heads);
      }
      case STAGE -> {
        machine("");
        new StageBench(console, quick).run(rig.map(Rig::read).orElseGet(CubeRig.PIXEL_CUBE::rig));
      }
      case CAPTURE -> {
        machine("");
        new CaptureBench(console, quick).run();
      }
      case MODEL -> {
        machine("");
        new ModelBench(console, quick).run(network, python);
      }
    }
    return 0;
  }

  private void relight() {
    List<Picture> pictures = pictures();
    if (frames != null && frames < 2) {
      throw new UserError("--frames", format(ROOT, "is %d, must be 2 or more", frames), "raise it");
    }
    if (longSeconds != 0 && longSeconds <= SHORT_SECONDS) {
      throw new UserError(
          "--long-seconds",
          format(ROOT, "is %d, must be 0 or above %d", longSeconds, SHORT_SECONDS),
          "raise it");
    }
    List<Path> clips = clips();
    RelightSettings given = light.settings(Map.of());
    RelightSettings settings = given.env().isPresent() ? given : given.with("env", DEFAULT_MAP);
    machine("map " + settings.env().orElseThrow() + ", ");
    try {
      Path folder = Files.createTempDirectory("pixelcube-bench");
      try {
        for (Path clip : clips) {
          for (Picture p : pictures) {
            one(clip, p, settings, Files.createTempDirectory(folder, "clip"));
          }
        }
        if (longSeconds > 0) {
          memory(clips.getFirst(), pictures.getFirst(), settings, folder);
        }
      } finally {
        deleteTree(folder);
      }
    } catch (IOException e) {
      throw UserError.of(Path.of(System.getProperty("java.io.tmpdir")), e);
    }
  }

  private List<Picture> pictures() {
    if (picture.equals("all")) {
      return List.of(Picture.values());
    }
    return Stream.of(Picture.values())
        .filter(p -> p.optionName().equals(picture))
        .findFirst()
        .map(List::of)
        .orElseThrow(() ->
            new UserError(
                "--picture", "is '" + picture + "', must be 512, 1080 or all", "mend it"));
  }

  private List<Path> clips() {
    if (!inputs.isEmpty()) {
      return inputs;
    }
    Path folder =
        samples != null
            ? samples
            : Path.of(System.getProperty("pixelcube.home", ".")).resolve(DEFAULT_SAMPLES);
    if (!Files.isDirectory(folder)) {
      throw new UserError(
          folder.normalize().toString(),
          "there is no such folder of sample clips",
          "give clips of a person with --input FILE, or their folder with --samples DIR");
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> clips =
          files
              .filter(f -> f.getFileName().toString().matches("(?i).*\\.(mp4|mov|mkv|webm)"))
              .sorted()
              .map(Path::normalize)
              .toList();
      if (clips.isEmpty()) {
        throw new UserError(
            folder.normalize().toString(),
            "holds no .mp4, .mov, .mkv or .webm file",
            "give clips of a person with --input FILE");
      }
      return clips;
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  private void machine(String what) {
    Runtime runtime = Runtime.getRuntime();
    double load = RelightBenchmark.loadAverage();
    line(
        format(
            ROOT,
            "%s%d processors, load average %s, Java heap limit %d MiB",
            what,
            runtime.availableProcessors(),
            load < 0 ? "unknown" : format(ROOT, "%.2f", load),
            runtime.maxMemory() >> 20));
    if (load > BUSY * runtime.availableProcessors()) {
      console
          .warnings()
          .add(
              format(
                  ROOT,
                  "the machine is busy (load average %.2f): rely on processor time, not on the"
                      + " clock",
                  load));
    }
  }

  private void one(Path input, Picture size, RelightSettings settings, Path folder) {
    long most = frames != null ? frames : size == Picture.P1080 ? LARGE_FRAMES : Integer.MAX_VALUE;
    Path clip = RelightBenchmark.prepare(input, size, most, folder);
    Path output = folder.resolve("relit.mp4");
    RelightBenchmark.Run run =
        RelightBenchmark.measure(
            clip,
            output,
            settings,
            processors,
            console.progress(false),
            new Warnings(text -> console.warnings().add(input.getFileName() + ": " + text)),
            console.interruption());
    line("");
    line(
        format(
            ROOT,
            "%s at %d×%d, %d frames",
            input.getFileName(),
            run.width(),
            run.height(),
            run.frames()));
    speed(run);
    integrity(ClipIntegrity.compare(clip, output));
    if (size == Picture.P512) {
      quality(RelightBenchmark.quality(clip, output, models, console.interruption()));
    }
  }

  private void speed(RelightBenchmark.Run run) {
    double cpu = run.steadyCpuSecondsPerFrame();
    line(
        format(
            ROOT,
            "  %.2f fps with start-up, %.2f fps without; first frame after %.1f s",
            run.framesPerSecond(),
            run.steadyFramesPerSecond(),
            run.firstSeconds()));
    line(
        format(
            ROOT,
            "  %.3f core-seconds per frame (%d free processors: at most %.2f fps); %.3f with"
                + " start-up",
            cpu,
            Runtime.getRuntime().availableProcessors(),
            Runtime.getRuntime().availableProcessors() / cpu,
            run.cpuSeconds() / run.frames()));
    line(
        format(
            ROOT,
            "  garbage collection %.1f ms per frame",
            run.collectorSeconds() * 1e3 / run.frames()));
    double sum = run.stages().stream().mapToDouble(RelightBenchmark.Stage::millisPerFrame).sum();
    line(format(ROOT, "  %-24s %12s %8s", "stage", "ms per frame", "share"));
    for (RelightBenchmark.Stage stage : run.stages()) {
      line(
          format(
              ROOT,
              "  %-24s %12.1f %7.1f%%",
              stage.name(),
              stage.millisPerFrame(),
              100 * stage.millisPerFrame() / sum));
    }
    line("  waits");
    for (RelightBenchmark.Stage wait : run.waits()) {
      line(format(ROOT, "  %-24s %12.1f", wait.name(), wait.millisPerFrame()));
    }
  }

  private void integrity(ClipIntegrity found) {
    line(
        format(
            ROOT,
            "  integrity %s: %d of %d frames, times %s, sound %s",
            found.whole() ? "PASS" : "FAIL",
            found.outputFrames(),
            found.inputFrames(),
            found.timesAgree() ? "identical" : "differ",
            found.soundPackets() == 0 && found.soundAgrees()
                ? "none"
                : format(
                    ROOT,
                    "%s (%d packets)",
                    found.soundAgrees() ? "identical" : "differs",
                    found.soundPackets())));
  }

  private void quality(TemporalQuality q) {
    line(
        format(
            ROOT,
            "  warp error %s: output %.3f, input %.3f, ratio %.3f (aim %.2f), by contrast alone"
                + " %.3f; rms %.3f, %.3f, ratio %.3f; over %.0f%% of the subject",
            verdict(q.warpRatio() <= MAX_WARP_RATIO),
            q.outputWarpError(),
            q.inputWarpError(),
            q.warpRatio(),
            MAX_WARP_RATIO,
            q.contrastRatio(),
            q.outputWarpRms(),
            q.inputWarpRms(),
            q.outputWarpRms() / q.inputWarpRms(),
            100 * q.compared()));
    line(
        format(
            ROOT,
            "  alpha flicker: stabilised %.3f, network alone %.3f, in steps of 1/255",
            q.steadyAlphaFlicker(),
            q.rawAlphaFlicker()));
    line(
        format(
            ROOT,
            "  mean luma: deviation over time %.3f, input's %.3f, ratio %.3f;"
                + " step per frame %.3f, input's %.3f",
            q.outputLumaDeviation(),
            q.inputLumaDeviation(),
            q.lumaRatio(),
            q.outputLumaStep(),
            q.inputLumaStep()));
  }

  private void memory(Path input, Picture size, RelightSettings settings, Path folder)
      throws IOException {
    Path base = RelightBenchmark.prepare(input, size, Integer.MAX_VALUE, folder);
    Path settingsFile = folder.resolve("settings.json");
    Files.writeString(settingsFile, JsonSettings.toJson(settings));
    PeakMemory brief = memoryRun(base, SHORT_SECONDS, settingsFile, folder);
    PeakMemory full = memoryRun(base, longSeconds, settingsFile, folder);
    line("");
    line(
        format(
            ROOT, "memory: %s at %s, played to and fro", input.getFileName(), size.optionName()));
    line(format(ROOT, "  %4d s clip: peak %s", SHORT_SECONDS, megabytes(brief)));
    line(format(ROOT, "  %4d s clip: peak %s", longSeconds, megabytes(full)));
    if (brief.bytes() > 0 && full.bytes() > 0) {
      double ratio = (double) full.bytes() / brief.bytes();
      line(
          format(
              ROOT,
              "  growth %s: ratio %.3f (aim within %.0f%%)",
              verdict(Math.abs(ratio - 1) <= MAX_MEMORY_GROWTH),
              ratio,
              100 * MAX_MEMORY_GROWTH));
    }
  }

  private PeakMemory memoryRun(Path base, int seconds, Path settingsFile, Path folder) {
    Path clip = RelightBenchmark.looped(base, seconds, folder);
    return PeakMemory.ofRun(
        PixelCube.class.getName(),
        List.of(
            "relight",
            clip.toString(),
            "--settings",
            settingsFile.toString(),
            "--quiet",
            "-o",
            folder.resolve(format(ROOT, "memory-%d.mp4", seconds)).toString()),
        folder.resolve("memory.log"),
        console.interruption());
  }

  private static String megabytes(PeakMemory peak) {
    return peak.bytes() < 0
        ? "unknown on this system"
        : format(ROOT, "%d MiB, %.1f s in all", peak.bytes() >> 20, peak.seconds());
  }

  private static String verdict(boolean met) {
    return met ? "PASS" : "FAIL";
  }

  private void line(String text) {
    PrintStream out = console.out();
    out.println(text);
    out.flush();
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
