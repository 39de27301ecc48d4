package org.pixelcube.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pixelcube.capture.CaptureSettings;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.ClipRenderer;
import org.pixelcube.eval.RehearsalSubject;
import org.pixelcube.eval.StageRehearsal;
import org.pixelcube.head.Actor;
import org.pixelcube.head.Casting;
import org.pixelcube.head.HeadAssets;
import org.pixelcube.head.Performance;
import org.pixelcube.head.Traits;
import org.pixelcube.stage.Rig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pixelcube stage rehearse}. */
@Command(
    name = "rehearse",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes a whole take without a stage: maps to drive frames, shown in turn by a virtual cube"
          + " to a rendered head that turns and sways, filmed, captured into a dataset, and"
          + " compared with the truth.",
      "Writes sequence.json, footage, plate.png, dataset, and pictures: cube.png (the wall), balls"
          + ".png (light at the head: of the map, of the panels), aligned.png (pairs)."
    })
final class RehearseCommand implements Callable<Integer> {
  /** Rows of the maps that go with the clips. */
  private static final int MAP_HEIGHT = 32;

  private static final int MOST_LIGHTS = 4;

  /** A performance is this long; the liveliest part of it is filmed. */
  private static final double PERFORMANCE_SECONDS = 8;

  private final Console console;

  @Mixin private StageOptions stage;

  @Option(
      names = "--env",
      required = true,
      split = ",",
      paramLabel = "MAP",
      description =
          "One to four maps, still or moving: a map's name (pixelcube probe --list), a map file, a"
              + " lighting file (.json), a folder, %%04d pattern or video of maps. One alone is"
              + " shown turned half round too.")
  private List<String> maps;

  @Option(
      names = "--heads",
      paramLabel = "FOLDER",
      description = "The folder with the head data; without it a painted ball is filmed.")
  private Path heads;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write.")
  private Path output;

  @Option(
      names = "--size",
      defaultValue = "192",
      paramLabel = "PIXELS",
      description = "Of the footage, a side. Default ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--samples",
      defaultValue = "36",
      paramLabel = "N",
      description = "Rays a pixel. Default ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--cycles",
      defaultValue = "5",
      paramLabel = "N",
      description = "Of the lights, a flat and a matte frame. Default ${DEFAULT-VALUE}.")
  private int cycles;

  @Option(names = "--no-matte", description = "Leave the matte frame out.")
  private boolean noMatte;

  @Option(
      names = "--sway",
      defaultValue = "0.08",
      paramLabel = "METRES",
      description =
          "How far the subject goes to each side, 0.7 times a second. Default ${DEFAULT-VALUE}.")
  private double sway;

  @Option(
      names = "--faults",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Frames dropped, doubled, held, mis-exposed and torn; with any, some LEDs are dead and a"
              + " panel drifts. Default ${DEFAULT-VALUE}.")
  private int faults;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Of person, performance, noise and faults. Default ${DEFAULT-VALUE}.")
  private long seed;

  RehearseCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    StageRehearsal.Settings settings;
    try {
      settings = new StageRehearsal.Settings(size, samples, cycles, !noMatte, faults, seed);
    } catch (InvalidSetting e) {
      throw new UserError("--" + e.key(), e.reason(), e.remedy(), e);
    }
    if (!(sway >= 0 && sway <= 0.3)) {
      throw new UserError("--sway", "is %s, must be 0 to 0.3".formatted(sway), "mend it");
    }
    Outputs.folder(output);
    stage.checkFree(output.resolve("sequence.json"));
    Rig rig = stage.rig();
    List<StageRehearsal.Light> lights = lights();
    StageRehearsal.Outcome outcome =
        new StageRehearsal(
                rig,
                performer(),
                take(),
                settings,
                output,
                console.warnings(),
                stage.progress(console),
                console.interruption())
            .run(lights);
    console.out().print(outcome.table());
    return 0;
  }

  private StageRehearsal.Performer performer() {
    if (heads == null) {
      return seconds -> RehearsalSubject.ball(seed, seconds, sway);
    }
    if (!Files.isDirectory(heads)) {
      throw new UserError(heads.toString(), "is no folder", "give the folder with the head data");
    }
    Actor actor =
        Casting.of(HeadAssets.open(heads, line -> console.err().println("pixelcube: " + line)))
            .cast(Traits.of(seed));
    Performance performance = Performance.of(seed, Performance.Kind.TURNING, PERFORMANCE_SECONDS);
    return seconds -> RehearsalSubject.head(actor, performance, seconds, sway);
  }

  private CaptureSettings take() {
    return heads == null
        ? new CaptureSettings("ball", "rolling", "CC0-1.0", MAP_HEIGHT)
        : new CaptureSettings(
            "rehearsal",
            Performance.Kind.TURNING.name().toLowerCase(Locale.ROOT),
            ClipRenderer.licence(Traits.of(seed).family()),
            MAP_HEIGHT);
  }

  private List<StageRehearsal.Light> lights() {
    if (maps.size() > MOST_LIGHTS) {
      throw new UserError(
          "--env", "names %d maps, at most %d".formatted(maps.size(), MOST_LIGHTS), "give fewer");
    }
    List<StageRehearsal.Light> lights = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      lights.add(
          new StageRehearsal.Light((char) ('a' + i) + "-" + stem(maps.get(i)), maps.get(i), 0));
    }
    if (lights.size() == 1) {
      lights.add(new StageRehearsal.Light("b-turned", maps.getFirst(), 180));
    }
    return lights;
  }

  private static String stem(String map) {
    String name = Path.of(map).getFileName().toString().replaceFirst("\\.[^.]*$", "");
    String plain = name.replaceAll("[^A-Za-z0-9_-]", "-");
    return plain.substring(0, Math.min(30, plain.length()));
  }
}
