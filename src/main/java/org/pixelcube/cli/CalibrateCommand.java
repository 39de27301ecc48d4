package org.pixelcube.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.image.ImageFile;
import org.pixelcube.stage.Calibration;
import org.pixelcube.stage.CalibrationFolder;
import org.pixelcube.stage.CalibrationPattern;
import org.pixelcube.stage.CalibrationRehearsal;
import org.pixelcube.stage.CalibrationSolver;
import org.pixelcube.stage.OcioConfig;
import org.pixelcube.stage.PanelExports;
import org.pixelcube.stage.PanelGeometry;
import org.pixelcube.stage.PanelResponse;
import org.pixelcube.stage.PanelType;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.StageCamera;
import org.pixelcube.stage.StructuredLight;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pixelcube stage calibrate}. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the panels of a stage from camera pictures of patterns.",
      "--patterns writes the patterns to show. --pictures solves from what the cameras saw of them.",
      "With neither, rehearses on a simulated wall whose panels are off by known amounts."
    })
final class CalibrateCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private StageOptions stage;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write; made if it is not there.")
  private Path output;

  @Option(names = "--patterns", description = "Write the patterns, as 16-bit PNG of code values.")
  private boolean patterns;

  @Option(
      names = "--pictures",
      paramLabel = "FOLDER",
      description = {
        "What the rig's cameras saw: CAMERA/NUMBER-NAME.exr, .hdr or .png, named as the patterns."
      })
  private Optional<Path> pictures;

  @Option(
      names = "--cell",
      defaultValue = "4",
      paramLabel = "PIXELS",
      description = "Side of a cell of structured light, raster pixels. Default ${DEFAULT-VALUE}.")
  private int cell;

  @Option(
      names = "--size",
      defaultValue = "1024",
      paramLabel = "PIXELS",
      description = "Rehearsal: side of the six cameras' pictures. Default ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Rehearsal: of all that is random. Default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--lut-size",
      defaultValue = "17",
      description = "Samples a side of the .cube tables. Default ${DEFAULT-VALUE}.")
  private int lutSize;

  CalibrateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Rig rig = stage.rig();
    inRange("--cell", cell, 1, 256);
    inRange("--size", size, 64, 8192);
    inRange("--lut-size", lutSize, 2, 129);
    StructuredLight geometry =
        new StructuredLight(rig.raster().width(), rig.raster().height(), cell);
    Outputs.folder(output);
    if (patterns) {
      stage.checkFree(output.resolve(CalibrationPattern.all(geometry).getFirst().fileName("png")));
      writePatterns(rig, geometry);
      return 0;
    }
    stage.checkFree(output.resolve("calibration.json"));
    Calibration calibration;
    if (pictures.isPresent()) {
      CalibrationFolder folder = new CalibrationFolder(pictures.get(), rig.cameras());
      try (Progress progress = open(geometry, rig.cameras().size())) {
        calibration = CalibrationSolver.solve(rig, geometry, folder, watcher(progress));
      }
    } else {
      List<StageCamera> cameras = CalibrationRehearsal.around(rig, size);
      CalibrationRehearsal.Settings settings =
          CalibrationRehearsal.Settings.DEFAULT.withPictureSize(size).withSeed(seed);
      try (Progress progress = open(geometry, cameras.size())) {
        CalibrationRehearsal.Outcome outcome =
            CalibrationRehearsal.run(rig, cameras, geometry, settings, watcher(progress));
        calibration = outcome.calibration();
        console.out().print(outcome.report());
      }
    }
    console.out().print(calibration.report());
    export(rig, calibration);
    return 0;
  }

  private static void inRange(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw new UserError(
          option, "is %d, must be %d to %d".formatted(value, low, high), "give such a number");
    }
  }

  private Progress open(StructuredLight geometry, int cameras) {
    long total =
        CalibrationPattern.all(geometry).stream()
            .filter(p -> p.kind() != CalibrationPattern.Kind.SLATE)
            .count();
    return stage.progress(console).open("pictures", total * cameras, 0);
  }

  private CalibrationSolver.Watcher watcher(Progress progress) {
    return done -> {
      console.interruption().check();
      progress.done(done);
    };
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  private void writePatterns(Rig rig, StructuredLight geometry) {
    List<CalibrationPattern> all = CalibrationPattern.all(geometry);
    try (Progress progress = stage.progress(console).open("patterns", all.size(), 0)) {
      for (CalibrationPattern pattern : all) {
        console.interruption().check();
        ImageFile.write(
            output.resolve(pattern.fileName("png")),
            pattern.raster(rig, geometry),
            ImageFile.Options.sixteenBit());
        progress.done(pattern.number() + 1);
      }
    }
  }

  private void export(Rig rig, Calibration calibration) {
    calibration.write(output.resolve("calibration.json"));
    calibration.applyTo(rig).write(output.resolve("rig.json"));
    Path luts = output.resolve("luts");
    makeFolder(luts);
    var responses = calibration.responses();
    List<OcioConfig.PanelSpace> spaces = new ArrayList<>();
    for (PanelGeometry g : rig.geometry()) {
      String name = g.panel().name();
      PanelResponse response = responses.get(name);
      if (response == null) {
        continue;
      }
      console.interruption().check();
      String file = name.replaceAll("[^A-Za-z0-9_-]", "_");
      PanelType type = g.type();
      PanelExports.commonLut(name, response, calibration.commonWhite())
          .write(luts.resolve(file + ".clf"));
      PanelExports.cubeLut(
              name,
              response,
              calibration.commonWhite(),
              code -> type.eotf().toLinear(code, type.peakNits()),
              lutSize)
          .write(luts.resolve(file + ".cube"));
      spaces.add(new OcioConfig.PanelSpace(name, file + ".clf"));
    }
    new OcioConfig(rig.name(), spaces).write(output.resolve("config.ocio"));
  }
}
