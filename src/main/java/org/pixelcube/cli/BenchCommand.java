package org.pixelcube.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.pixelcube.config.UserError;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.RelightBenchmark;
import org.pixelcube.pipeline.RelightSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube bench relight}: how fast this machine relights, and with how much memory. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures relighting from file to file on this machine.")
final class BenchCommand implements Callable<Integer> {
  private static final int SHORT_FRAMES = 60;
  private static final int LONG_FRAMES = 300;

  private final Console console;
  private final FrameProcessor.Factory processors;

  enum Subject {
    RELIGHT
  }

  enum Picture {
    P512(512, 512),
    P1080(1920, 1080);

    final int width;
    final int height;

    Picture(int width, int height) {
      this.width = width;
      this.height = height;
    }

    static Picture of(String size) {
      return switch (size) {
        case "512" -> P512;
        case "1080" -> P1080;
        default ->
            throw new UserError("--picture", "is '" + size + "', must be 512 or 1080", "mend it");
      };
    }
  }

  @Parameters(paramLabel = "relight", description = "What to measure.")
  private Subject subject;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "A clip or picture of a person; brought to the size and length measured.")
  private Path input;

  @Option(
      names = "--picture",
      paramLabel = "512|1080",
      defaultValue = "512",
      description = "512 for 512×512, 1080 for 1920×1080. Default 512.")
  private String picture;

  @Mixin private LightOptions light;

  BenchCommand(Console console, FrameProcessor.Factory processors) {
    this.console = console;
    this.processors = processors;
  }

  @Override
  public Integer call() {
    switch (subject) {
      case RELIGHT -> relight();
    }
    return 0;
  }

  private void relight() {
    Picture size = Picture.of(picture);
    RelightSettings settings = light.settings(Map.of());
    if (settings.env().isEmpty()) {
      throw new UserError("--env", "is missing", "name a map (pixelcube probe --list)");
    }
    try {
      Path folder = Files.createTempDirectory("pixelcube-bench");
      try {
        RelightBenchmark.Run brief = run(size, SHORT_FRAMES, settings, folder);
        RelightBenchmark.Run full = run(size, LONG_FRAMES, settings, folder);
        print(size, brief, full);
      } finally {
        deleteTree(folder);
      }
    } catch (IOException e) {
      throw UserError.of(input, e);
    }
  }

  private RelightBenchmark.Run run(
      Picture size, int frames, RelightSettings settings, Path folder) {
    return RelightBenchmark.measure(
        RelightBenchmark.prepare(input, size.width, size.height, frames, folder),
        settings,
        processors,
        console.progress(false),
        console.warnings(),
        console.interruption());
  }

  private void print(Picture size, RelightBenchmark.Run brief, RelightBenchmark.Run full) {
    console
        .out()
        .printf(
            Locale.ROOT,
            "%s at %d×%d, %d processors%n",
            input,
            size.width,
            size.height,
            Runtime.getRuntime().availableProcessors());
    for (RelightBenchmark.Run run : List.of(brief, full)) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%4d frames  %6.2f fps  peak memory %s%n",
              run.frames(),
              run.framesPerSecond(),
              run.peakBytes() < 0 ? "unknown" : (run.peakBytes() >> 20) + " MiB");
    }
    double sum = full.stages().stream().mapToDouble(RelightBenchmark.Stage::millisPerFrame).sum();
    console.out().printf(Locale.ROOT, "%-12s %12s %8s%n", "stage", "ms per frame", "share");
    for (RelightBenchmark.Stage stage : full.stages()) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%-12s %12.1f %7.1f%%%n",
              stage.name(),
              stage.millisPerFrame(),
              100 * stage.millisPerFrame() / sum);
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
