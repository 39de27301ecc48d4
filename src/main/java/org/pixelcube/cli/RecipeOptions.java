package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.ClipRenderer;
import org.pixelcube.dataset.DatasetRecipe;
import org.pixelcube.dataset.DatasetWriter;
import org.pixelcube.head.Actor;
import org.pixelcube.head.Casting;
import org.pixelcube.head.HeadAssets;
import org.pixelcube.head.Traits;
import picocli.CommandLine.Option;

/** What {@code render} and {@code dataset build} ask for, and the rendering they both do. */
final class RecipeOptions {
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
      names = "--denoise",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Filter out the noise of few rays (default), or leave it in.")
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

  /** Seed of people that are kept for evaluation: no weights are trained on them. */
  private static final long KEPT_SEED = 0x5EED_0E7A;

  /** People for an evaluation, 128 pixels a side, a clip each. */
  static RecipeOptions people(Path heads, int count, int frames, boolean quiet) {
    RecipeOptions options = new RecipeOptions();
    options.heads = heads;
    options.clips = count;
    options.clipsPerSubject = 1;
    options.clipsPerShard = 8;
    options.frames = frames;
    options.framesPerSecond = 25;
    options.size = 128;
    options.samples = 4;
    options.denoise = true;
    options.cells = 12;
    options.suns = 16;
    options.tolerance = 0.02;
    options.seed = KEPT_SEED;
    options.quiet = quiet;
    return options;
  }

  /** Renders what is still missing of the dataset. */
  void render(Path folder, Console console) {
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
    write(folder, recipe, casting::cast, console);
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
      throw new UserError(option(e.key()), e.reason(), e.remedy());
    }
  }

  private void write(
      Path folder, DatasetRecipe recipe, Function<Traits, Actor> casting, Console console) {
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

  /** What the user calls a setting of the recipe. */
  private static String option(String key) {
    return switch (key) {
      case "framesPerSecond" -> "--fps";
      case "samplesPerPixel" -> "--samples";
      default -> "--" + key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    };
  }
}
