package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.Split;
import org.pixelcube.eval.Validation;
import org.pixelcube.image.Montage;
import org.pixelcube.pipeline.FrameProcessor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube validate}: models next to rendered truth. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Relights rendered clips of subjects held out from training, and compares with their render",
      "under the new light: signal to noise ratio and similarity on the subject, and steadiness."
    })
final class ValidateCommand implements Callable<Integer> {
  private final Console console;
  private final FrameProcessor.Factory processors;

  @Parameters(paramLabel = "DATASET", description = "A folder that 'render' made.")
  private Path dataset;

  @Option(
      names = "--models",
      split = ",",
      defaultValue = "physics,small",
      paramLabel = "MODEL",
      description = "What to compare: see --model of 'relight'. Default ${DEFAULT-VALUE}.")
  private List<String> models;

  @Option(
      names = "--maps",
      paramLabel = "DIR",
      description = "Maps to light by. Default those built in.")
  private Optional<Path> maps;

  @Option(names = "--clips", defaultValue = "10", description = "Default ${DEFAULT-VALUE}.")
  private int clips;

  @Option(
      names = "--lights",
      defaultValue = "2",
      description = "Lights for each clip. Default ${DEFAULT-VALUE}.")
  private int lights;

  @Option(names = "--frames", defaultValue = "8", description = "Default ${DEFAULT-VALUE}.")
  private int frames;

  @Option(
      names = "--split",
      defaultValue = "validation",
      description = "validation, test or train. Default ${DEFAULT-VALUE}.")
  private Split split;

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.png",
      description = "Write a sheet: input, each model's, truth.")
  private Optional<Path> output;

  @Option(names = "--overwrite", description = "Replace an output that is there.")
  private boolean overwrite;

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  ValidateCommand(Console console, FrameProcessor.Factory processors) {
    this.console = console;
    this.processors = processors;
  }

  @Override
  public Integer call() {
    for (int value : new int[] {clips, lights, frames}) {
      if (value < 1 || value > 100_000) {
        throw new UserError(
            "--clips, --lights, --frames", "are %d, must be 1 or more".formatted(value), "mend it");
      }
    }
    output.ifPresent(path -> Outputs.checkFree(path, overwrite));
    Validation.Outcome outcome;
    try (Progress progress = console.progress(quiet).open("validate", -1, 0)) {
      outcome =
          Validation.run(
              new Validation.Request(dataset, split, maps, lights, clips, frames, models, seed),
              processors,
              console.warnings(),
              console.interruption(),
              progress::done);
    }
    console
        .out()
        .printf(
            "%-24s %-28s %-16s %7s %6s %8s%n", "clip", "map", "model", "PSNR", "SSIM", "WarpSSIM");
    for (Validation.Row r : outcome.rows()) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%-24s %-28s %-16s %7.2f %6.3f %8.3f%n",
              r.clip(),
              r.map() + (r.moving() ? " (moving)" : ""),
              r.model(),
              r.decibels(),
              r.structural(),
              r.warped());
    }
    for (Validation.Mean m : outcome.means()) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "mean of %d by %s: PSNR %.2f dB, SSIM %.3f, WarpSSIM %.3f (truth %.3f)%n",
              m.clips(),
              m.model(),
              m.decibels(),
              m.structural(),
              m.warped(),
              m.truth());
    }
    output.ifPresent(path ->
        Outputs.writePicture(path, Montage.sheet(outcome.cells(), outcome.columns()), overwrite));
    return 0;
  }
}
