package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pixelcube.capture.CaptureSettings;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.ClipRenderer;
import org.pixelcube.eval.StageRehearsal;
import org.pixelcube.head.Actor;
import org.pixelcube.head.Casting;
import org.pixelcube.head.HeadAssets;
import org.pixelcube.head.Performance;
import org.pixelcube.head.Traits;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.math.Rotation;
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
          + " to a rendered head that talks, filmed, captured into a dataset, and compared with"
          + " the truth.",
      "Writes sequence.json, footage, dataset and truth.png."
    })
final class RehearseCommand implements Callable<Integer> {
  /** Rows of the maps that go with the clips. */
  private static final int MAP_HEIGHT = 32;

  private final Console console;

  @Mixin private StageOptions stage;

  @Option(
      names = "--env",
      required = true,
      split = ",",
      paramLabel = "MAP",
      description = "One to four maps by name or file; one alone is shown turned half round too.")
  private List<String> maps;

  @Option(
      names = "--heads",
      required = true,
      paramLabel = "FOLDER",
      description = "The folder with the head data.")
  private Path heads;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write.")
  private Path output;

  @Option(names = "--size", defaultValue = "192", description = "Default ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--samples",
      defaultValue = "16",
      description = "Rays a pixel. Default ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--cycles",
      defaultValue = "6",
      description = "Of the lights and a flat frame. Default ${DEFAULT-VALUE}.")
  private int cycles;

  @Option(
      names = "--faults",
      defaultValue = "0",
      description = "Faults of frames to inject. Default ${DEFAULT-VALUE}.")
  private int faults;

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  RehearseCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    StageRehearsal.Settings settings;
    try {
      settings =
          new StageRehearsal.Settings(
              size, samples, cycles, faults, StageRehearsal.Settings.DEFAULT.flatLevel(), seed);
    } catch (InvalidSetting e) {
      throw new UserError("--" + e.key(), e.reason(), e.remedy());
    }
    Outputs.folder(output);
    stage.checkFree(output.resolve("sequence.json"));
    Rig rig = stage.rig();
    List<StageRehearsal.Light> lights = lights();
    Traits traits = Traits.of(seed);
    Actor actor =
        Casting.of(HeadAssets.open(heads, line -> console.err().println("pixelcube: " + line)))
            .cast(traits);
    Performance.Kind kind = Performance.Kind.TURNING;
    Performance performance = Performance.of(seed, kind, 4);
    CaptureSettings take =
        new CaptureSettings(
            "rehearsal",
            kind.name().toLowerCase(Locale.ROOT),
            ClipRenderer.licence(traits.family()),
            MAP_HEIGHT);
    StageRehearsal.Outcome outcome =
        new StageRehearsal(
                rig,
                (now, before) -> actor.at(performance.at(now), performance.at(before)),
                take,
                settings,
                output,
                console.warnings(),
                stage.progress(console),
                console.interruption())
            .run(lights);
    console.out().print(outcome.table());
    return 0;
  }

  private List<StageRehearsal.Light> lights() {
    if (maps.size() > 4) {
      throw new UserError("--env", "names %d maps, at most 4".formatted(maps.size()), "give fewer");
    }
    List<StageRehearsal.Light> lights = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      lights.add(
          new StageRehearsal.Light(
              (char) ('a' + i) + "-" + stem(maps.get(i)), MapLibrary.find(maps.get(i))));
    }
    if (lights.size() == 1) {
      EnvironmentMap map = lights.getFirst().map();
      lights.add(
          new StageRehearsal.Light("b-turned", map.rotated(Rotation.yawPitchRoll(180, 0, 0))));
    }
    return lights;
  }

  private static String stem(String map) {
    String name = Path.of(map).getFileName().toString().replaceFirst("\\.[^.]*$", "");
    String plain = name.replaceAll("[^A-Za-z0-9_-]", "-");
    return plain.substring(0, Math.min(30, plain.length()));
  }
}
