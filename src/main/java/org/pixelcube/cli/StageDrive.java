package org.pixelcube.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Lighting;
import org.pixelcube.math.Rotation;
import org.pixelcube.stage.Calibration;
import org.pixelcube.stage.CodeCorrection;
import org.pixelcube.stage.DriveFrame;
import org.pixelcube.stage.DriveReport;
import org.pixelcube.stage.DriveSettings;
import org.pixelcube.stage.DriveSummary;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.StageDriver;
import org.pixelcube.stage.StagePictures;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.ColorTags;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;
import org.pixelcube.video.Segments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pixelcube stage drive}: drive frames of an environment. */
@Command(
    name = "drive",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes the raster pictures that show an environment on a stage.",
    footer = {
      "",
      "Writes raster-000000.png and so on (16 bits) or raster.mkv (FFV1, lossless), light.png (the",
      "unfolded cube), balls.png (mirror and grey ball under the map, above, and under the panels) of",
      "the first frame, and report.json, which tells how near the light comes: of every frame what is cut",
      "off and spread, once a second of the wall irradiance and mirror. An interrupted run goes on."
    })
final class StageDrive implements Callable<Integer> {
  private static final String JOB = "job.json";

  /** Pixels of a ball in balls.png. */
  private static final int BALL = 384;

  enum Format {
    PNG,
    VIDEO
  }

  private final Console console;

  @Mixin private StageOptions stage;

  @Option(
      names = "--env",
      required = true,
      paramLabel = "MAP",
      description =
          "The light: a map's name (pixelcube probe --list), a map file (.hdr .exr), a lighting"
              + " file (.json), a folder, %%04d pattern or video of maps.")
  private String env;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "Folder to write to.")
  private Path output;

  @Option(
      names = "--calibration",
      paramLabel = "FOLDER",
      description = "What stage calibrate wrote: panels are driven as they were measured.")
  private Path calibrationFolder;

  private CodeCorrection correction;

  /** What the calibration says, to know a job by. */
  private String measured = "";

  @Option(
      names = "--range",
      paramLabel = "clip|exposure|dilation|subframes",
      defaultValue = "dilation",
      description =
          "Light beyond the panels' peak: cut off; all shown darker; bright regions widened until"
              + " they fit; spread over frames within one exposure. Default dilation.")
  private DriveSettings.Range range;

  @Option(
      names = "--sub-frames",
      paramLabel = "K",
      description = "For --range subframes: frames of the wall in one exposure. Default 4.")
  private Integer subFrames;

  @Option(
      names = "--nits",
      paramLabel = "N",
      description =
          "Luminance of the map's radiance 1. Default: the first map's mean at a tenth of the"
              + " peak.")
  private Double nits;

  @Option(
      names = "--exposure",
      paramLabel = "EV",
      defaultValue = "0",
      description = "Exposure in stops on top of that. Default 0.")
  private double exposure;

  @Option(
      names = "--yaw",
      paramLabel = "DEG",
      defaultValue = "0",
      description = "Turn of the environment about the vertical. Default 0.")
  private double yaw;

  @Option(names = "--pitch", paramLabel = "DEG", defaultValue = "0", description = "About X.")
  private double pitch;

  @Option(names = "--roll", paramLabel = "DEG", defaultValue = "0", description = "About Z.")
  private double roll;

  @Option(
      names = "--fill",
      paramLabel = "irradiance|mirror|none",
      defaultValue = "irradiance",
      description =
          "Light that openings miss: panels show as much of it as irradiance at the head needs, or"
              + " as much as leaves a mirror's picture within 35 dB, or none. Default irradiance.")
  private DriveSettings.Fill fill;

  @Option(
      names = "--map-fps",
      paramLabel = "N",
      defaultValue = "30",
      description = "Rate of a folder or pattern of maps. Default 30.")
  private double mapRate;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Length. Default that of the environment; a still gives one frame.")
  private Double seconds;

  @Option(
      names = "--format",
      paramLabel = "png|video",
      description = "Default png for one frame, video for several.")
  private Format format;

  StageDrive(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Rig rig = calibrated(stage.rig());
    check();
    try (Lighting lighting = Lighting.find(env, mapRate)) {
      drive(rig, lighting);
    }
    return 0;
  }

  private Rig calibrated(Rig told) {
    if (calibrationFolder == null) {
      return told;
    }
    Calibration calibration = Calibration.read(calibrationFolder.resolve("calibration.json"));
    measured = JsonSettings.toJson(calibration);
    Rig placed = calibration.placedIn(told);
    correction = new CodeCorrection(placed, calibration);
    return placed;
  }

  private void check() {
    if (!(Math.abs(exposure) <= 40)) {
      throw new UserError("--exposure", "is %s, must be -40 to 40".formatted(exposure), "mend it");
    }
    if (nits != null && !(nits > 0 && nits < 1e9)) {
      throw new UserError("--nits", "is %s, must be above 0".formatted(nits), "mend it");
    }
    if (seconds != null && !(seconds >= 0 && seconds <= 86_400)) {
      throw new UserError("--seconds", "is %s, must be 0 to 86400".formatted(seconds), "mend it");
    }
    if (!(mapRate > 0 && mapRate <= 1000)) {
      throw new UserError("--map-fps", "is %s, must be 0 to 1000".formatted(mapRate), "mend it");
    }
    if (subFrames != null && range != DriveSettings.Range.SUBFRAMES) {
      throw new UserError(
          "--sub-frames", "is given for --range " + name(range), "add --range subframes");
    }
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** The map of one frame, turned. */
  private EnvironmentMap map(Lighting lighting, double time) {
    EnvironmentMap map = lighting.at(time);
    return yaw == 0 && pitch == 0 && roll == 0
        ? map
        : map.rotated(Rotation.yawPitchRoll(yaw, pitch, roll));
  }

  private void drive(Rig rig, Lighting lighting) {
    int parts = range == DriveSettings.Range.SUBFRAMES ? subFrames == null ? 4 : subFrames : 1;
    double rate = rig.raster().framesPerSecond() / parts;
    double length = seconds != null ? seconds : lighting.durationSeconds();
    long count = Math.max(1, (long) Math.floor(length * rate + 1e-6) + (length > 0 ? 1 : 0));
    boolean video = format == null ? count * parts > 1 : format == Format.VIDEO;
    Path raster = output.resolve("raster.mkv");
    Path report = output.resolve("report.json");
    Path light = output.resolve("light.png");
    Path balls = output.resolve("balls.png");
    Path partFolder = output.resolve("raster.pixelcube-job");
    Outputs.folder(output);
    if (!Files.exists(partFolder.resolve(JOB))) {
      for (Path file : List.of(video ? raster : still(0), report, light, balls)) {
        stage.checkFree(file);
      }
    }
    EnvironmentMap first = map(lighting, 0);
    DriveSettings settings = settings(rig, lighting, first, parts, count, rate);
    StageDriver driver = new StageDriver(rig, settings);
    takeUp(partFolder, job(rig, settings, count, video));
    long size = Math.max(1, Math.round(rate));
    long done = 0;
    while (done < count && Files.exists(numbers(partFolder, done))) {
      done = Math.min(count, done + size);
    }
    if (done > 0) {
      console.err().println("pixelcube: going on after frame " + done);
    }
    try (Progress progress = stage.progress(console).open("drive", count, done)) {
      for (long from = done; from < count; from += size) {
        Part part = new Part(new ArrayList<>(), new ArrayList<>());
        try (ClipWriter writer = video ? writer(rig, segment(partFolder, from)) : null) {
          for (long k = from; k < Math.min(count, from + size); k++) {
            console.interruption().check();
            EnvironmentMap map = k == 0 ? first : map(lighting, k / rate);
            StageDriver.Prepared prepared = driver.prepare(map);
            List<DriveFrame> frames = driver.frames(prepared);
            for (int i = 0; i < frames.size(); i++) {
              long number = k * parts + i;
              Image codes = frames.get(i).codes(rig);
              if (correction != null) {
                codes = correction.apply(codes);
              }
              if (writer != null) {
                long inPart = (k - from) * parts + i;
                writer.write(new Frame(tagged(codes), inPart, inPart, 1));
              } else {
                ImageFile.write(still(number), codes, ImageFile.Options.sixteenBit());
              }
            }
            part.frames().add(DriveSummary.Frame.of(driver, prepared));
            if (k == from) {
              DriveReport found = DriveReport.of(driver, map, prepared, frames);
              part.reports().add(new DriveSummary.Reported(k, found));
            }
            if (k == 0) {
              ImageFile.write(light, StagePictures.light(rig, frames));
              EnvironmentMap shown =
                  StagePictures.reproduced(rig, frames, driver.settings().nitsPerUnit());
              ImageFile.write(balls, StagePictures.balls(map, shown, BALL));
            }
            progress.done(k + 1);
          }
          if (writer != null) {
            writer.finish();
          }
        }
        JsonSettings.write(numbers(partFolder, from), part);
      }
    }
    DriveSummary summary = finish(partFolder, count, size, video ? raster : null);
    JsonSettings.write(report, summary);
    print(summary);
    remove(partFolder);
  }

  /** What must be the same for an interrupted run to go on. */
  private record Job(String rig, String environment, String options) {}

  /** What is known of the frames of one part. */
  private record Part(List<DriveSummary.Frame> frames, List<DriveSummary.Reported> reports) {}

  private Job job(Rig rig, DriveSettings settings, long count, boolean video) {
    return new Job(
        Integer.toHexString((rig.toJson() + measured).hashCode()),
        env,
        "%s; %d frames; turned %s, %s, %s; maps at %s; %s"
            .formatted(settings, count, yaw, pitch, roll, mapRate, video ? "video" : "png"));
  }

  /** Goes on with what is in the folder if it is the same job, else begins anew. */
  private void takeUp(Path folder, Job job) {
    Path file = folder.resolve(JOB);
    if (Files.exists(file)) {
      if (JsonSettings.read(file, Job.class).equals(job)) {
        return;
      }
      if (!stage.overwrite()) {
        throw new UserError(
            folder.toString(),
            "holds part of another job",
            "give the options of before, another folder, or --overwrite");
      }
      remove(folder);
    }
    Outputs.folder(folder);
    JsonSettings.write(file, job);
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  private static Path segment(Path folder, long from) {
    return folder.resolve(String.format(Locale.ROOT, "part-%08d.mkv", from));
  }

  private static Path numbers(Path folder, long from) {
    return folder.resolve(String.format(Locale.ROOT, "part-%08d.json", from));
  }

  /** Joins the parts; {@code raster} is null for pictures. */
  private static DriveSummary finish(Path folder, long count, long size, Path raster) {
    List<DriveSummary.Frame> frames = new ArrayList<>();
    List<DriveSummary.Reported> reports = new ArrayList<>();
    List<Path> segments = new ArrayList<>();
    for (long from = 0; from < count; from += size) {
      Part part = JsonSettings.read(numbers(folder, from), Part.class);
      frames.addAll(part.frames());
      reports.addAll(part.reports());
      segments.add(segment(folder, from));
    }
    if (raster != null) {
      Segments.join(segments, (Path) null, raster);
    }
    return DriveSummary.of(frames, reports);
  }

  private Path still(long number) {
    return output.resolve(String.format(Locale.ROOT, "raster-%06d.png", number));
  }

  private static ClipWriter writer(Rig rig, Path file) {
    // Codes are carried as they are: tagged linear, full range, so that nothing is curved.
    Encoding encoding =
        new Encoding(
            Encoding.Codec.FFV1,
            Encoding.Container.MKV,
            16,
            100,
            new ColorTags(
                ColorTags.Primaries.BT709,
                ColorTags.Transfer.LINEAR,
                ColorTags.Matrix.RGB,
                ColorTags.Range.FULL,
                false));
    Rational rate = new Rational(Math.round(rig.raster().framesPerSecond() * 1000), 1000);
    return ClipWriter.open(
        file,
        encoding,
        ClipInfo.synthetic(rig.raster().width(), rig.raster().height(), rate, false),
        ClipWriter.Options.DEFAULT.withThreads(Runtime.getRuntime().availableProcessors()));
  }

  /** The same samples, called colour, which the writer asks for. */
  private static Image tagged(Image codes) {
    return Image.rgb(codes.width(), codes.height(), codes.samples());
  }

  private DriveSettings settings(
      Rig rig, Lighting lighting, EnvironmentMap first, int parts, long count, double rate) {
    double base = nits != null ? nits : DriveSettings.autoNits(rig, first);
    double unit = base * Math.pow(2, exposure);
    try {
      DriveSettings settings = new DriveSettings(unit, range, parts, fill);
      if (range != DriveSettings.Range.EXPOSURE) {
        return settings;
      }
      // One exposure for all frames: the brightest of them decides.
      StageDriver meter = new StageDriver(rig, settings);
      double brightest = 0;
      try (Progress progress = stage.progress(console).open("metering", count, 0)) {
        for (long k = 0; k < count; k++) {
          console.interruption().check();
          EnvironmentMap map = k == 0 ? first : map(lighting, k / rate);
          brightest = Math.max(brightest, meter.brightest(meter.prepare(map)));
          progress.done(k + 1);
        }
      }
      return brightest > 1 ? settings.withNits(unit / brightest) : settings;
    } catch (InvalidSetting e) {
      throw new UserError("--nits", "and --exposure make " + e.reason(), "mend them", e);
    }
  }

  private void print(DriveSummary s) {
    print(s.first());
    if (s.frames() > 1) {
      line(
          "over %d frames, mean and worst (frame): beyond the peak %.3f, %.3f %% (%d); spread %.1f, %.1f°"
              + " (%d)",
          s.frames(),
          100 * s.clippedFraction().mean(),
          100 * s.clippedFraction().worst(),
          s.clippedFraction().frame(),
          s.widestSpreadDegrees().mean(),
          s.widestSpreadDegrees().worst(),
          s.widestSpreadDegrees().frame());
      line(
          "over %d of them: irradiance %.2f, %.2f %% (%d); chrome ball %.1f, %.1f dB (%d); energy emitted"
              + " %.4f %.4f %.4f of the map's",
          s.reported(),
          100 * s.irradianceWorst().mean(),
          100 * s.irradianceWorst().worst(),
          s.irradianceWorst().frame(),
          s.chromeBallPsnr().mean(),
          s.chromeBallPsnr().worst(),
          s.chromeBallPsnr().frame(),
          s.emittedEnergy().red(),
          s.emittedEnergy().green(),
          s.emittedEnergy().blue());
    }
  }

  private void print(DriveReport r) {
    line("radiance 1 of the map: %.4g nits", r.nitsPerUnit());
    line(
        "energy, red green blue: map %.4g %.4g %.4g; after dilation %.4g %.4g %.4g; emitted %.4g"
            + " %.4g %.4g",
        r.mapEnergy().red(),
        r.mapEnergy().green(),
        r.mapEnergy().blue(),
        r.dilatedEnergy().red(),
        r.dilatedEnergy().green(),
        r.dilatedEnergy().blue(),
        r.emittedEnergy().red(),
        r.emittedEnergy().green(),
        r.emittedEnergy().blue());
    if (r.dilatedRegions() > 0) {
      line(
          "dilation: %d regions, %.1f %% of the light moved, widest spread %.1f°",
          r.dilatedRegions(), 100 * r.spreadFraction(), r.widestSpreadDegrees());
    }
    line(
        "beyond the peak: %.3f %% of LED channels; openings: %.1f %% of the sphere",
        100 * r.clippedFraction(), 100 * r.openFraction());
    line(
        "irradiance on a sphere at the head: worst error %.2f %% of the largest, rms %.2f %%",
        100 * r.irradianceWorst(), 100 * r.irradianceMean());
    line(
        "chrome ball, where it mirrors panels: %.1f dB; %.1f dB without the light shown for openings",
        r.chromeBallPsnr(), r.chromeBallPsnrUnfilled());
    if (r.clippedFraction() > 0) {
      console
          .warnings()
          .add(
              String.format(
                  Locale.ROOT,
                  "%.2f %% of LED channels are cut off at the peak: lower --exposure",
                  100 * r.clippedFraction()));
    }
  }

  private void line(String text, Object... values) {
    console.out().println(String.format(Locale.ROOT, text, values));
  }
}
