package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.train.TrainSettings;
import org.pixelcube.train.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pixelcube train}: teaches a network from rendered clips. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a network on datasets that 'render' made.",
      "The same command goes on after an interruption."
    })
final class TrainCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "What to train, on what and how: see configs/train.")
  private Path config;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Folder for snapshots, sheets and figures. Default runs/NAME of the FILE.")
  private Optional<Path> run;

  @Option(names = "--dry-run", description = "Try one step and say how long all would take.")
  private boolean dryRun;

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  TrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    TrainSettings settings = JsonSettings.read(config, TrainSettings.class);
    if (dryRun) {
      Trainer.dryRun(settings, console.out()::println);
      return 0;
    }
    String name = String.valueOf(config.getFileName()).replaceFirst("\\.[^.]*$", "");
    Trainer.run(
        settings,
        run.orElse(Path.of("runs", name)),
        console.progress(quiet),
        line -> console.err().println("pixelcube: " + line),
        console.interruption());
    return 0;
  }
}
