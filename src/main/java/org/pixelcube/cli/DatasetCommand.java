package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.dataset.ClipPreview;
import org.pixelcube.dataset.ClipRenderer;
import org.pixelcube.dataset.DatasetIndex;
import org.pixelcube.dataset.DatasetRecipe;
import org.pixelcube.dataset.DatasetWriter;
import org.pixelcube.dataset.Split;
import org.pixelcube.head.Actor;
import org.pixelcube.head.Casting;
import org.pixelcube.head.HeadAssets;
import org.pixelcube.head.Traits;
import org.pixelcube.image.Montage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pixelcube dataset}: makes, checks and shows clips for training. */
@Command(
    name = "dataset",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes, checks and shows datasets of clips (docs/formats.md).",
    synopsisSubcommandLabel = "COMMAND")
final class DatasetCommand implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec;

  DatasetCommand(Console console) {
    this.console = console;
  }

  /** The command with all that stand under it. */
  static CommandLine line(Console console) {
    return new CommandLine(new DatasetCommand(console)).addSubcommand(new Build(console));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "COMMAND: is missing");
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Checks every checksum, shape, range and split of a dataset.")
  int verify(
      @Parameters(paramLabel = "FOLDER", description = "A finished dataset.") Path folder,
      @Option(names = "--quiet", description = "No progress.") boolean quiet) {
    ClipDataset dataset = ClipDataset.open(folder);
    int clips = dataset.index().clips().size();
    List<String> faults;
    try (Progress progress = console.progress(quiet).open("clips", clips, 0)) {
      faults =
          dataset.verify(done -> {
            console.interruption().check();
            progress.done(done);
          });
    }
    if (faults.isEmpty()) {
      console.out().printf("%s: %d clips, no fault%n", folder, clips);
      return 0;
    }
    faults.subList(1, faults.size()).forEach(fault -> console.err().println("pixelcube: " + fault));
    throw new UserError(
        folder.toString(),
        "%d faults, the first: %s".formatted(faults.size(), faults.getFirst()),
        "make or fetch what is damaged again");
  }

  @Command(
      name = "inspect",
      mixinStandardHelpOptions = true,
      description = "Tells what a dataset holds.")
  int inspect(@Parameters(paramLabel = "FOLDER", description = "A finished dataset.") Path folder) {
    DatasetIndex index = ClipDataset.open(folder).index();
    long bytes = index.shards().stream().mapToLong(DatasetIndex.Shard::bytes).sum();
    int frames = index.clips().stream().mapToInt(DatasetIndex.Entry::frames).sum();
    console.out().printf("clips: %d, frames: %d%n", index.clips().size(), frames);
    console
        .out()
        .printf(
            Locale.ROOT,
            "shards: %d, %.1f MB, %.0f kB a frame%n",
            index.shards().size(),
            bytes / 1e6,
            bytes / 1e3 / frames);
    for (Split split : Split.values()) {
      List<DatasetIndex.Entry> of =
          index.clips().stream().filter(clip -> clip.split() == split).toList();
      long subjects = of.stream().map(DatasetIndex.Entry::subject).distinct().count();
      console
          .out()
          .printf(
              "%s: %d clips of %d subjects%n",
              split.name().toLowerCase(Locale.ROOT), of.size(), subjects);
    }
    index.clips().stream()
        .collect(Collectors.groupingBy(DatasetIndex.Entry::action, Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(e -> console.out().printf("%s: %d clips%n", e.getKey(), e.getValue()));
    return 0;
  }

  @Command(
      name = "preview",
      mixinStandardHelpOptions = true,
      description = "Writes a sheet of clips, or with --clip one clip's frames in a row of time.")
  int preview(
      @Parameters(paramLabel = "FOLDER", description = "A finished dataset.") Path folder,
      @Option(
              names = {"-o", "--output"},
              required = true,
              paramLabel = "OUT.png",
              description = "The picture to write.")
          Path output,
      @Option(names = "--clip", paramLabel = "NAME", description = "Show this clip's motion.")
          Optional<String> clip,
      @Option(
              names = "--count",
              paramLabel = "N",
              defaultValue = "8",
              description = "Clips, or frames, at most. Default 8.")
          int count,
      @Option(
              names = "--env",
              split = ",",
              paramLabel = "MAP",
              defaultValue = "softbox,golden-hour",
              description = "Maps to light by; motion takes the first.")
          List<String> maps,
      @Option(names = "--overwrite", description = "Replace an output that is there.")
          boolean overwrite) {
    if (count < 1 || count > 1000) {
      throw new UserError("--count", "is %d, must be 1 to 1000".formatted(count), "mend it");
    }
    Outputs.checkFree(output, overwrite);
    ClipDataset dataset = ClipDataset.open(folder);
    List<DatasetIndex.Entry> entries = dataset.index().clips();
    List<Montage.Cell> cells = new ArrayList<>();
    if (clip.isPresent()) {
      DatasetIndex.Entry entry =
          entries.stream()
              .filter(e -> e.name().equals(clip.get()))
              .findFirst()
              .orElseThrow(() ->
                  new UserError(
                      "--clip",
                      "is '%s', which is not in the dataset".formatted(clip.get()),
                      "see " + folder.resolve(DatasetIndex.FILE)));
      cells.addAll(ClipPreview.strip(dataset.read(entry), count, maps.getFirst()));
      Outputs.writePicture(output, Montage.sheet(cells, Math.min(8, cells.size())), overwrite);
      return 0;
    }
    int shown = Math.min(count, entries.size());
    int columns = 1;
    for (int k = 0; k < shown; k++) {
      console.interruption().check();
      Clip read = dataset.read(entries.get(k * entries.size() / shown));
      List<Montage.Cell> row = ClipPreview.cells(read, read.meta().frames().size() / 2, maps);
      columns = Math.max(columns, row.size());
      cells.addAll(row);
    }
    Outputs.writePicture(output, Montage.sheet(cells, columns), overwrite);
    return 0;
  }

  /** {@code pixelcube dataset build}. */
  @Command(
      name = "build",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Renders a dataset; the same command goes on after an interruption.")
  static final class Build implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FOLDER", description = "Where to write it.")
    private Path folder;

    @Option(
        names = "--heads",
        required = true,
        paramLabel = "FOLDER",
        description = "The folder with the head data.")
    private Path heads;

    @Option(names = "--clips", defaultValue = "8", description = "Default ${DEFAULT-VALUE}.")
    private int clips;

    @Option(
        names = "--clips-per-subject",
        defaultValue = "2",
        description = "Default ${DEFAULT-VALUE}.")
    private int clipsPerSubject;

    @Option(
        names = "--clips-per-shard",
        defaultValue = "8",
        description = "Default ${DEFAULT-VALUE}.")
    private int clipsPerShard;

    @Option(names = "--frames", defaultValue = "16", description = "Default ${DEFAULT-VALUE}.")
    private int frames;

    @Option(names = "--fps", defaultValue = "25", description = "Default ${DEFAULT-VALUE}.")
    private double framesPerSecond;

    @Option(
        names = "--size",
        defaultValue = "256",
        description = "Pixels a side. Default ${DEFAULT-VALUE}.")
    private int size;

    @Option(
        names = "--samples",
        defaultValue = "4",
        description = "Rays a pixel. Default ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
        names = "--no-denoise",
        negatable = true,
        defaultValue = "true",
        fallbackValue = "true",
        description = "Leave the noise of few rays in.")
    private boolean denoise;

    @Option(
        names = "--cells",
        defaultValue = "12",
        description = "Directions a side: 12 for 144. Default ${DEFAULT-VALUE}.")
    private int cells;

    @Option(names = "--suns", defaultValue = "16", description = "Default ${DEFAULT-VALUE}.")
    private int suns;

    @Option(
        names = "--tolerance",
        defaultValue = "0.02",
        description = "Relative error of stored light. Default ${DEFAULT-VALUE}.")
    private double tolerance;

    @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    Build(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      DatasetRecipe recipe = recipe();
      Casting casting =
          Casting.of(
              HeadAssets.open(
                  heads,
                  line -> {
                    if (!quiet) {
                      console.err().println("pixelcube: " + line);
                    }
                  }));
      write(recipe, casting::cast);
      return 0;
    }

    private DatasetRecipe recipe() {
      try {
        return new DatasetRecipe(
            seed,
            clips,
            clipsPerSubject,
            clipsPerShard,
            frames,
            framesPerSecond,
            size,
            samples,
            denoise,
            cells,
            suns,
            tolerance);
      } catch (InvalidSetting e) {
        throw new UserError(e.key(), e.reason(), e.remedy());
      }
    }

    private void write(DatasetRecipe recipe, Function<Traits, Actor> casting) {
      ClipRenderer renderer = ClipRenderer.of(recipe, casting);
      try (DatasetWriter writer =
          DatasetWriter.open(folder, recipe, recipe.clips(), recipe.clipsPerShard())) {
        if (writer.complete()) {
          console.out().println(folder + ": is finished already");
          return;
        }
        long all = (long) recipe.clips() * recipe.frames();
        long before = 0;
        while (before < recipe.clips() && writer.has((int) before)) {
          before++;
        }
        try (Progress progress =
            console.progress(quiet).open("dataset", all, before * recipe.frames())) {
          for (int i = 0; i < recipe.clips(); i++) {
            if (!writer.has(i)) {
              long base = (long) i * recipe.frames();
              writer.put(
                  i,
                  renderer.render(
                      i,
                      done -> {
                        console.interruption().check();
                        progress.done(base + done);
                      }));
            }
          }
        }
        writer.finish();
      }
    }
  }
}
