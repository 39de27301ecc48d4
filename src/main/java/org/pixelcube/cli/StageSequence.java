package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.stage.DriveFrame;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceLights;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.ColorTags;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;
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
                "%d frames, %.1f s; mean %.0f cd/m²; flicker below %.0f Hz: %.1f %% at %.1f Hz",
                sequence.frameCount(),
                sequence.durationSeconds(),
                found.meanNits(),
                sequence.limits().flickerHertz(),
                found.worst().modulationPercent(),
                found.worst().hertz()));
    return raster;
  }

  /** {@code pixelcube stage plan}. */
  @Command(
      name = "plan",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Plans a sequence of lights that alternate, or of panels one by one (docs/capture.md).",
        "Nothing is written if it would flicker or shine beyond the limits."
      })
  static final class Plan implements Callable<Integer> {
    private final Console console;

    @Mixin private StageOptions stage;

    @Parameters(
        arity = "0..*",
        paramLabel = "NAME=MAP",
        description = "Lights that alternate; without any, panels one by one.")
    private List<String> lights = new ArrayList<>();

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "SEQUENCE.json",
        description = "The sequence to write.")
    private Path output;

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
      try (SequenceLights maps = new SequenceLights(rig, sequence)) {
        SequenceRaster _ = checked("the plan", rig, sequence, maps, console);
      }
      JsonSettings.write(output, sequence);
      return 0;
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
        named.add(new Sequence.Light(text.substring(0, at), text.substring(at + 1), 0, 0, 0));
      }
      Sequence planned =
          named.isEmpty()
              ? Sequence.olat(id, rate, rig.panels().size(), trackingEvery, matte, seconds, limits)
              : Sequence.interleaved(id, rate, named, flat, matte, seconds, limits);
      return planned.withMarkers(markers.stream().map(Plan::marker).toList());
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
      description = "Writes the raster pictures of a sequence as lossless video (FFV1, 16 bits).")
  static final class Frames implements Callable<Integer> {
    private final Console console;

    @Mixin private StageOptions stage;

    @Parameters(paramLabel = "SEQUENCE.json", description = "The sequence.")
    private Path sequenceFile;

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "OUT.mkv",
        description = "The video, .mkv or .mov.")
    private Path output;

    Frames(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Rig rig = stage.rig();
      Sequence sequence = JsonSettings.read(sequenceFile, Sequence.class);
      stage.checkFree(output);
      Encoding named = Encoding.forPath(output);
      // Codes are carried as they are: tagged linear, full range, so that nothing is curved.
      Encoding encoding =
          new Encoding(
              Encoding.Codec.FFV1,
              named.container(),
              16,
              100,
              new ColorTags(
                  ColorTags.Primaries.BT709,
                  ColorTags.Transfer.LINEAR,
                  ColorTags.Matrix.RGB,
                  ColorTags.Range.FULL,
                  false));
      int width = rig.raster().width();
      int height = rig.raster().height();
      Rational rate = new Rational(Math.round(sequence.framesPerSecond() * 1000), 1000);
      try (SequenceLights lights = new SequenceLights(rig, sequence)) {
        SequenceRaster raster = checked(sequenceFile.toString(), rig, sequence, lights, console);
        try (Progress progress =
                stage.progress(console).open("sequence", sequence.frameCount(), 0);
            ClipWriter writer =
                ClipWriter.open(output, encoding, ClipInfo.synthetic(width, height, rate, false))) {
          for (int i = 0; i < sequence.frameCount(); i++) {
            console.interruption().check();
            Image codes = new DriveFrame(width, height, raster.frame(i)).codes(rig);
            writer.write(new Frame(Image.rgb(width, height, codes.samples()), i, i, 1));
            progress.done(i + 1L);
          }
          writer.finish();
        }
      }
      return 0;
    }
  }
}
