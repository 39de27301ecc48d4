package org.pixelcube.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.Split;
import org.pixelcube.eval.Evaluation;
import org.pixelcube.eval.EvaluationReport;
import org.pixelcube.eval.RealClips;
import org.pixelcube.pipeline.FaceShapes;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.vision.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube evaluate}: one report of how good relighting is. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Relights rendered people by several ways, compares each with the truth in many measures, and",
      "writes a page with intervals, worst cases and pictures; real clips beside, where given.",
      "The same command goes on after an interruption."
    })
final class EvaluateCommand implements Callable<Integer> {
  private final Console console;
  private final FrameProcessor.Factory processors;

  @Parameters(
      arity = "0..*",
      paramLabel = "DATASET",
      description = {
        "Folders that 'render' made. Where none is given, people that no weights were trained on",
        "are rendered into the report's folder from --heads."
      })
  private List<Path> datasets = List.of();

  @Option(
      names = "--report",
      required = true,
      paramLabel = "DIR",
      description = "Where to write index.html with its pictures and videos.")
  private Path report;

  @Option(
      names = "--heads",
      paramLabel = "FOLDER",
      description = "The folder with the head data, to render people from.")
  private Optional<Path> heads;

  @Option(
      names = "--people",
      defaultValue = "16",
      paramLabel = "N",
      description = "How many to render. Default ${DEFAULT-VALUE}.")
  private int people;

  @Option(
      names = "--models",
      split = ",",
      defaultValue = "copy,quotient,physics,small+alone,small",
      paramLabel = "WAY",
      description = {
        "copy: the input. quotient: ratio of spherical harmonics. Else a --model of 'relight', with",
        "+alone for frames without their neighbours, +steps=N for more looks. The last one is",
        "compared with the others. Default ${DEFAULT-VALUE}."
      })
  private List<String> models;

  @Option(
      names = "--maps",
      paramLabel = "DIR",
      description = "Maps to light by. Default those built in.")
  private Optional<Path> maps;

  @Option(
      names = "--split",
      split = ",",
      defaultValue = "validation,test",
      description = "Of the datasets given. Default ${DEFAULT-VALUE}.")
  private List<Split> splits;

  @Option(
      names = "--clips",
      defaultValue = "20",
      description = "Of each dataset at most. Default ${DEFAULT-VALUE}.")
  private int clips;

  @Option(
      names = "--lights",
      defaultValue = "3",
      description = "Lights for each clip. Default ${DEFAULT-VALUE}.")
  private int lights;

  @Option(names = "--frames", defaultValue = "3", description = "Default ${DEFAULT-VALUE}.")
  private int frames;

  @Option(
      names = "--real",
      split = ",",
      paramLabel = "CLIP",
      description = "Real clips to relight by each model as well.")
  private List<Path> real = new ArrayList<>();

  @Option(
      names = "--env",
      split = ",",
      defaultValue = "rembrandt,golden-hour",
      paramLabel = "MAP",
      description = "Maps for the real clips. Default ${DEFAULT-VALUE}.")
  private List<String> env;

  @Option(
      names = "--real-frames",
      defaultValue = "75",
      paramLabel = "N",
      description = "Of each real clip at most. Default ${DEFAULT-VALUE}.")
  private int realFrames;

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  EvaluateCommand(Console console, FrameProcessor.Factory processors) {
    this.console = console;
    this.processors = processors;
  }

  @Override
  public Integer call() {
    for (int value : new int[] {clips, lights, frames, people, realFrames}) {
      if (value < 1 || value > 100_000) {
        throw new UserError(
            "--clips, --lights, --frames, --people, --real-frames",
            "are %d, must be 1 or more".formatted(value),
            "mend it");
      }
    }
    for (Path clip : real) {
      if (!Files.exists(clip)) {
        throw new UserError(clip.toString(), "is not there", "mend --real");
      }
    }
    List<Path> data = datasets;
    List<Split> wanted = splits;
    if (data.isEmpty()) {
      data = List.of(rendered());
      wanted = List.of(Split.values());
    }
    Evaluation.Request request =
        new Evaluation.Request(
            data.stream().map(Path::toString).toList(),
            wanted,
            maps.map(Path::toString),
            lights,
            clips,
            frames,
            models,
            seed);
    ModelStore store = new ModelStore(text -> console.err().println("pixelcube: " + text));
    List<Evaluation.Result> results;
    try (FaceShapes shapes = FaceShapes.open(store)) {
      results =
          Evaluation.run(
              request,
              report,
              processors,
              shapes,
              console.progress(quiet),
              console.warnings(),
              console.interruption());
    }
    List<RealClips.Row> rows =
        RealClips.run(
            real,
            env,
            models.stream()
                .filter(m -> !List.of("copy", "quotient").contains(m) && !m.contains("+"))
                .toList(),
            realFrames,
            report,
            processors,
            store,
            console.progress(quiet),
            console.warnings(),
            console.interruption());
    EvaluationReport page = new EvaluationReport(request, results, rows);
    page.write(report);
    page.lines().forEach(console.out()::println);
    console.out().println(report.resolve("index.html"));
    return 0;
  }

  /** People of a seed of their own. */
  private Path rendered() {
    Path folder = report.resolve("people");
    RecipeOptions.people(
            heads.orElseThrow(() ->
                new UserError(
                    "DATASET",
                    "is missing",
                    "name folders that 'render' made, or give --heads to render people")),
            people,
            frames,
            quiet)
        .render(folder, console);
    return folder;
  }
}
