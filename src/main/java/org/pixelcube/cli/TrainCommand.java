package org.pixelcube.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.pipeline.FaceShapes;
import org.pixelcube.torch.Ranks;
import org.pixelcube.torch.Rendezvous;
import org.pixelcube.train.ShapeFinder;
import org.pixelcube.train.TrainSettings;
import org.pixelcube.train.Trainer;
import org.pixelcube.vision.ModelStore;
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
  private static final int MOST_PROCESSES = 64;

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

  @Option(
      names = "--processes",
      paramLabel = "N",
      description = {
        "Share each batch among N processes on this machine, each with a card or cores of its own.",
        "Over several machines: start it on each with the variables that torchrun sets."
      })
  private int processes = 1;

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  TrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    TrainSettings settings = JsonSettings.read(config, TrainSettings.class);
    Optional<Rendezvous> place = Rendezvous.of(System.getenv());
    if (processes != 1) {
      return start(settings, place);
    }
    if (TrainProcesses.isStarted()) {
      TrainProcesses.watchStarter(console.interruption());
    }
    try (Ranks ranks =
        place
            .map(p -> Ranks.join(p, settings.device()))
            .orElseGet(() -> Ranks.alone(settings.device()))) {
      train(settings, ranks);
      return 0;
    } catch (Ranks.Lost e) {
      if (TrainProcesses.isStarted()) {
        return TrainProcesses.LOST;
      }
      throw new UserError(
          "training",
          "has lost another process: " + e.getMessage(),
          "see what that one says; the same command goes on from the last stored state",
          e);
    }
  }

  private int start(TrainSettings settings, Optional<Rendezvous> place) {
    if (processes < 1 || processes > MOST_PROCESSES) {
      throw new UserError(
          "--processes",
          "is %d, must be 1 to %d".formatted(processes, MOST_PROCESSES),
          "give as many as there are cards");
    }
    if (place.isPresent()) {
      throw new UserError(
          "--processes",
          "is given, but the environment has RANK or WORLD_SIZE already",
          "leave one of them out");
    }
    settings.requireShares(processes);
    List<String> arguments = new ArrayList<>(List.of("train", "--config", config.toString()));
    run.ifPresent(folder -> arguments.addAll(List.of("--run", folder.toString())));
    if (dryRun) {
      arguments.add("--dry-run");
    }
    if (quiet) {
      arguments.add("--quiet");
    }
    return TrainProcesses.run(console, processes, arguments);
  }

  private void train(TrainSettings settings, Ranks ranks) {
    if (dryRun) {
      Trainer.dryRun(settings, ranks, this::shapes, said(ranks, "", console.out()));
      return;
    }
    String name = String.valueOf(config.getFileName()).replaceFirst("\\.[^.]*$", "");
    Trainer.run(
        settings,
        run.orElse(Path.of("runs", name)),
        ranks,
        this::shapes,
        console.progress(quiet || !ranks.first()),
        said(ranks, "pixelcube: ", console.err()),
        console.interruption());
  }

  private ShapeFinder shapes() {
    return FaceShapes.open(new ModelStore(text -> console.err().println("pixelcube: " + text)));
  }

  /** Where the first process's lines go; the others have none. */
  private static Consumer<String> said(Ranks ranks, String before, PrintStream stream) {
    return line -> {
      if (ranks.first()) {
        stream.println(before + line);
      }
    };
  }
}
