package org.pixelcube.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;

/**
 * The folder of one training run:
 *
 * <pre>
 * config.json             what was asked for
 * log.txt                 what happened, for people
 * stats.jsonl             losses and rates, a line each few steps, for programs
 * sheets/00001000.png     what the network makes of some examples
 * snapshots/*.safetensors averaged weights, for use
 * state.safetensors       everything needed to go on, replaced each time
 * </pre>
 */
final class RunDirectory {
  static final String CONFIG = "config.json";
  private static final String STATS = "stats.jsonl";
  private static final String LOG = "log.txt";

  private final Path folder;

  private RunDirectory(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens the folder of a run, new or begun before.
   *
   * @throws UserError if it cannot be made, or holds a run of another configuration
   */
  static RunDirectory open(Path folder, TrainSettings settings) {
    try {
      Files.createDirectories(folder.resolve("sheets"));
      Files.createDirectories(folder.resolve("snapshots"));
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
    Path config = folder.resolve(CONFIG);
    if (Files.exists(config)) {
      TrainSettings before = JsonSettings.read(config, TrainSettings.class);
      if (!JsonSettings.toJson(before).equals(JsonSettings.toJson(settings))) {
        throw new UserError(
            folder.toString(),
            "holds a run of another configuration",
            "give another --run, or its own " + config);
      }
    } else {
      JsonSettings.write(config, settings);
    }
    return new RunDirectory(folder);
  }

  Path folder() {
    return folder;
  }

  /** The state to go on from, if the run has begun. */
  Optional<Path> state() {
    Path file = statePath();
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  Path statePath() {
    return folder.resolve("state.safetensors");
  }

  Path snapshotPath(long step) {
    return folder.resolve("snapshots").resolve("%08d.safetensors".formatted(step));
  }

  Path sheetPath(long step) {
    return folder.resolve("sheets").resolve("%08d.png".formatted(step));
  }

  /** Removes all snapshots but the last few. */
  void keepSnapshots(int count) {
    try (Stream<Path> files = Files.list(folder.resolve("snapshots"))) {
      List<Path> old =
          files
              .filter(p -> p.toString().endsWith(".safetensors"))
              .sorted(Comparator.reverseOrder())
              .skip(count)
              .toList();
      for (Path p : old) {
        Files.deleteIfExists(p);
      }
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  /** Forgets the lines of steps that will be taken again. */
  void rewindStats(long step) {
    Path file = folder.resolve(STATS);
    if (!Files.exists(file)) {
      return;
    }
    try {
      List<String> kept =
          Files.readAllLines(file).stream()
              .filter(line -> stepOf(line).map(s -> s <= step).orElse(false))
              .toList();
      Files.write(file, kept);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
  }

  private static Optional<Long> stepOf(String line) {
    String start = "{\"step\":";
    int end = line.indexOf(',');
    if (!line.startsWith(start) || end < 0 || !line.endsWith("}")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(line.substring(start.length(), end)));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** Adds a line of numbers. */
  void stats(long step, Map<String, Double> values) {
    StringBuilder line = new StringBuilder("{\"step\":" + step);
    values.forEach((key, value) -> {
      line.append(",\"").append(key).append("\":");
      line.append(Double.isFinite(value) ? String.format(Locale.ROOT, "%.6g", value) : "null");
    });
    append(folder.resolve(STATS), line.append("}").toString());
  }

  /** Adds a line for people, with the time. */
  void log(String text) {
    append(folder.resolve(LOG), Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + text);
  }

  private static void append(Path file, String line) {
    try {
      Files.writeString(
          file,
          line + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
  }
}
