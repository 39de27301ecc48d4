package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.dataset.ClipPreview;
import org.pixelcube.dataset.DatasetIndex;
import org.pixelcube.dataset.Split;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Montage;
import org.pixelcube.image.Resize;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      @Option(
              names = "--beside",
              split = ",",
              paramLabel = "PICTURE",
              description = "Photographs to put below a sheet of clips, to compare with.")
          List<Path> beside,
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
    for (Path picture : beside == null ? List.<Path>of() : beside) {
      Image read = ImageFile.read(picture).color();
      int height = cells.getFirst().image().height();
      int width = Math.max(1, Math.round((float) read.width() * height / read.height()));
      cells.add(
          new Montage.Cell(
              Resize.to(read.to(ColorSpace.LINEAR_REC709), width, height),
              picture.getFileName().toString()));
    }
    Outputs.writePicture(output, Montage.sheet(cells, columns), overwrite);
    return 0;
  }

  /** {@code pixelcube dataset build}. */
  @Command(
      name = "build",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "As 'render': the same command goes on after an interruption.")
  static final class Build implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FOLDER", description = "Where to write it.")
    private Path folder;

    @Mixin private RecipeOptions recipe = new RecipeOptions();

    Build(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      recipe.render(folder, console);
      return 0;
    }
  }
}
