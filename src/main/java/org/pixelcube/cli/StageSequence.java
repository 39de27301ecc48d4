package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceBalance;
import org.pixelcube.stage.SequenceJob;
import org.pixelcube.stage.SequenceLights;
import org.pixelcube.stage.SequenceRaster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube stage plan} and {@code stage sequence}: lights that alternate. */
final class StageSequence {
  private StageSequence() {}

  /** Measures a sequence against its limits. */
  static SequenceRaster checked(
      String name, Rig rig, Sequence sequence, SequenceRaster.Lights lights, Console console) {
    SequenceRaster raster = new SequenceRaster(name, rig, sequence, lights);
    SafetyLimits.Findings found = SafetyLimits.check(name, sequence, raster.luminance());
    console
        .out()
        .println(
            String.format(
                Locale.ROOT,
                "%d frames, %.1f s; mean %.0f cd/m² (limit %.0f); flicker below %.0f Hz: %.1f %% at"
                    + " %.1f Hz (limit %.0f %%); fades in and out over %.2f s (at least %.2f)",
                sequence.frameCount(),
                sequence.durationSeconds(),
                found.meanNits(),
                sequence.limits().meanNits(),
                sequence.limits().flickerHertz(),
                found.worst().modulationPercent(),
                found.worst().hertz(),
                sequence.limits().modulationPercent(),
                sequence.rampFrames() / sequence.framesPerSecond(),
                sequence.limits().rampSeconds()));
    return raster;
  }

  /** {@code pixelcube stage plan}. */
  @Command(
      name = "plan",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Plans a sequence of lights that alternate, or of panels one by one (docs/capture.md).",
        "Frames that are no light become as bright in the mean over the wall as the lights are. Nothing"
            + " is written if it would flicker or shine beyond the limits."
      })
  static final class Plan implements Callable<Integer> {
    private static final List<String> SETTINGS = List.of("yaw", "turn", "stops");
    private static final Pattern SETTING = Pattern.compile(",(yaw|turn|stops)=([^,=]*)$");

    private final Console console;

    @Mixin private StageOptions stage;

    @Parameters(
        arity = "0..*",
        paramLabel = "NAME=MAP[,yaw=DEG][,turn=DEG][,stops=EV]",
        description =
            "Lights that alternate, turned by yaw, turning by so much a second, exposed by so many"
                + " stops; without any, panels one by one.")
    private List<String> lights = new ArrayList<>();

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "SEQUENCE.json",
        description = "The sequence to write.")
    private Path output;

    @Option(
        names = "--even",
        description =
            "Lower the exposure of brighter lights until all are as bright as the dimmest in the mean"
                + " over the wall, so that they do not flicker.")
    private boolean even;

    @Option(names = "--flat", description = "A flat frame in each cycle.")
    private boolean flat;

    @Option(names = "--matte", description = "A matte frame in each cycle.")
    private boolean matte;

    @Option(
        names = "--tracking-every",
        defaultValue = "9",
        paramLabel = "N",
        description = "A tracking frame before each N panels. Default 9.")
    private int trackingEvery;

    @Option(
        names = "--seconds",
        defaultValue = "10",
        paramLabel = "S",
        description = "Length at full level. Default 10.")
    private double seconds;

    @Option(
        names = "--id",
        defaultValue = "1",
        paramLabel = "N",
        description = "Told by the marker, 0 to 255. Default 1.")
    private int id;

    @Option(
        names = "--marker",
        paramLabel = "U,V,CELL,LEVEL",
        description =
            "A frame counter with its upper left corner at raster column U, row V, of cells of"
                + " CELL pixels, white at LEVEL of the peak; several are allowed.")
    private List<String> markers = new ArrayList<>();

    @Option(
        names = "--flicker-hertz",
        defaultValue = "90",
        paramLabel = "HZ",
        description =
            "Below this the light may hardly change. Default 90; less only with the consent of"
                + " everyone present.")
    private double flickerHertz;

    Plan(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      stage.checkFree(output);
      if (!(seconds > 0 && seconds <= 86_400)) {
        throw new UserError("--seconds", "is %s, must be 0 to 86400".formatted(seconds), "mend it");
      }
      if (trackingEvery < 1) {
        throw new UserError("--tracking-every", "is " + trackingEvery, "give 1 or more");
      }
      Rig rig = stage.rig();
      Sequence sequence;
      try {
        sequence = plan(rig);
      } catch (IllegalArgumentException e) {
        throw new UserError("the plan", e.getMessage(), "mend that option", e);
      }
      if (even) {
        sequence = SequenceBalance.evened(sequence, s -> lightNits(rig, s));
        for (Sequence.Light light : sequence.lights()) {
          line("light %s: %+.2f stops", light.name(), light.exposureStops());
        }
      }
      try (SequenceLights maps = new SequenceLights(rig, sequence)) {
        Sequence full = SequenceBalance.full(sequence);
        sequence =
            SequenceBalance.balanced(
                sequence, new SequenceRaster("the plan", rig, full, maps).luminance());
        line("flat frames at %.4f of the peak", sequence.levels().flat());
        SequenceRaster _ = checked("the plan", rig, sequence, maps, console);
      }
      JsonSettings.write(output, sequence);
      return 0;
    }

    private void line(String text, Object... values) {
      console.out().println(String.format(Locale.ROOT, text, values));
    }

    private double[] lightNits(Rig rig, Sequence sequence) {
      console.interruption().check();
      try (SequenceLights maps = new SequenceLights(rig, sequence)) {
        return SequenceBalance.lightNits(
            sequence, new SequenceRaster("the plan", rig, sequence, maps).luminance());
      }
    }

    private Sequence plan(Rig rig) {
      SafetyLimits usual = SafetyLimits.DEFAULT;
      SafetyLimits limits =
          new SafetyLimits(
              usual.meanNits(), flickerHertz, usual.modulationPercent(), usual.rampSeconds());
      double rate = rig.raster().framesPerSecond();
      List<Sequence.Light> named = new ArrayList<>();
      for (String text : lights) {
        int at = text.indexOf('=');
        if (at < 1) {
          throw new UserError("NAME=MAP", "has '" + text + "' without =", "name each light");
        }
        named.add(light(text.substring(0, at), text.substring(at + 1)));
      }
      Sequence planned =
          named.isEmpty()
              ? Sequence.olat(id, rate, rig.panels().size(), trackingEvery, matte, seconds, limits)
              : Sequence.interleaved(id, rate, named, flat, matte, seconds, limits);
      return planned.withMarkers(markers.stream().map(Plan::marker).toList());
    }

    private static Sequence.Light light(String name, String text) {
      double[] values = new double[SETTINGS.size()];
      String map = text;
      for (Matcher m = SETTING.matcher(map); m.find(); m = SETTING.matcher(map)) {
        try {
          values[SETTINGS.indexOf(m.group(1))] = Double.parseDouble(m.group(2));
        } catch (NumberFormatException e) {
          throw new UserError("light " + name, "has '" + m.group() + "'", "give a number there", e);
        }
        map = map.substring(0, m.start());
      }
      try {
        return new Sequence.Light(name, map, values[0], values[1], values[2]);
      } catch (InvalidSetting e) {
        throw new UserError("light " + name + ": " + e.key(), e.reason(), e.remedy(), e);
      }
    }

    private static Sequence.MarkerPlace marker(String text) {
      String[] parts = text.split(",", -1);
      try {
        if (parts.length == 4) {
          return new Sequence.MarkerPlace(
              Integer.parseInt(parts[0]),
              Integer.parseInt(parts[1]),
              Integer.parseInt(parts[2]),
              Double.parseDouble(parts[3]));
        }
      } catch (NumberFormatException _) {
        // Named below.
      }
      throw new UserError("--marker", "is '" + text + "'", "give U,V,CELL,LEVEL as in 0,0,8,0.2");
    }
  }

  /** {@code pixelcube stage sequence}. */
  @Command(
      name = "sequence",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Writes the raster pictures of a sequence without loss: as a video (FFV1, 16 bits), or as"
            + " PNG of 16 bits or OpenEXR of 32 in a folder.",
        "A run that was stopped goes on where it was."
      })
  static final class Frames implements Callable<Integer> {
    private final Console console;

    @Mixin private StageOptions stage;

    @Parameters(paramLabel = "SEQUENCE.json", description = "The sequence.")
    private Path sequenceFile;

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "OUT.mkv|DIR",
        description = "The video, .mkv or .mov, or a folder for raster-000000.png and so on.")
    private Path output;

    @Option(
        names = "--format",
        paramLabel = "video|png|exr",
        description = "Default video where the output is named .mkv or .mov, else png.")
    private Optional<SequenceJob.Format> format = Optional.empty();

    Frames(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Rig rig = stage.rig();
      Sequence sequence = JsonSettings.read(sequenceFile, Sequence.class);
      boolean named = output.toString().matches("(?i).*\\.(mkv|mov)");
      SequenceJob.Format chosen =
          format.orElse(named ? SequenceJob.Format.VIDEO : SequenceJob.Format.PNG);
      if ((chosen == SequenceJob.Format.VIDEO) != named) {
        throw new UserError(
            output.toString(),
            "does not go with --format " + chosen.name().toLowerCase(Locale.ROOT),
            "name a video .mkv or .mov, and a folder without");
      }
      if (named) {
        stage.checkFree(output);
      }
      try (SequenceLights lights = new SequenceLights(rig, sequence)) {
        SequenceRaster raster = checked(sequenceFile.toString(), rig, sequence, lights, console);
        if (!named) {
          Outputs.folder(output);
        }
        new SequenceJob(raster, chosen, output, stage.progress(console), console.interruption())
            .run(stage.overwrite());
      }
      return 0;
    }
  }
}
