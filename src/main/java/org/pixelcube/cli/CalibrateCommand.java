package org.pixelcube.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.stage.CalibratedLight;
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
import org.pixelcube.stage.WallTruth;
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
      "--simulate writes pictures of a simulated wall whose panels are off by known amounts.",
      "With none of these, rehearses on such a wall without writing its pictures."
    },
    footer = {
      "",
      "Writes calibration.json, which stage drive takes by --calibration; rig.json, the rig as",
      "measured; config.ocio with luts/PANEL.clf; luts/PANEL.cube. See docs/calibration.md."
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
      names = "--primaries",
      paramLabel = "rec709|p3|rec2020|acescg|aces",
      defaultValue = "REC709",
      description = "Of the pictures. Default rec709.")
  private PictureSpace space;

  @Option(
      names = "--truth",
      paramLabel = "truth.json",
      description = "With --pictures: how the simulated wall really is, to compare with.")
  private Optional<Path> truth;

  @Option(
      names = "--simulate",
      description = {
        "Write the rehearsal's pictures, for --pictures: pictures/CAMERA, rig.json, truth.json;"
            + " primaries aces."
      })
  private boolean simulate;

  @Option(
      names = "--env",
      paramLabel = "MAP",
      defaultValue = "overcast",
      description =
          "Rehearsal: the map whose light is compared before and after. Default ${DEFAULT-VALUE}.")
  private String env;

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
    if (simulate) {
      stage.checkFree(output.resolve("truth.json"));
      writePictures(rig, geometry);
      return 0;
    }
    stage.checkFree(output.resolve("calibration.json"));
    Calibration calibration;
    if (pictures.isPresent()) {
      CalibrationFolder folder =
          new CalibrationFolder(pictures.get(), rig.cameras(), space.primaries())
              .checkComplete(CalibrationPattern.all(geometry));
      try (Progress progress = open(geometry, rig.cameras().size())) {
        calibration = CalibrationSolver.solve(rig, geometry, folder, watcher(progress));
      }
      truth.ifPresent(file -> compare(rig, WallTruth.read(file), calibration));
    } else {
      CalibrationRehearsal wall = wall(rig, geometry);
      try (Progress progress = open(geometry, wall.cameras().size())) {
        calibration = CalibrationSolver.solve(rig, geometry, wall, watcher(progress));
      }
      compare(rig, wall.truth(), calibration);
    }
    console.out().print(calibration.report());
    export(rig, calibration);
    return 0;
  }

  private CalibrationRehearsal wall(Rig rig, StructuredLight geometry) {
    return new CalibrationRehearsal(
        rig,
        CalibrationRehearsal.around(rig, size),
        geometry,
        CalibrationRehearsal.Settings.DEFAULT.withPictureSize(size).withSeed(seed));
  }

  private void compare(Rig rig, WallTruth wall, Calibration calibration) {
    console.out().print(CalibrationRehearsal.compare(rig, wall, calibration).report());
    EnvironmentMap map = MapLibrary.find(env);
    console.out().print(CalibratedLight.of(rig, wall, calibration, map).report());
  }

  private void writePictures(Rig rig, StructuredLight geometry) {
    CalibrationRehearsal wall = wall(rig, geometry);
    List<CalibrationPattern> patterns =
        CalibrationPattern.all(geometry).stream()
            .filter(p -> p.kind() != CalibrationPattern.Kind.SLATE)
            .toList();
    Rig filmed =
        new Rig(
            rig.name(),
            rig.head(),
            rig.panelTypes(),
            rig.panels(),
            rig.raster(),
            rig.processors(),
            wall.cameras());
    filmed.write(output.resolve("rig.json"));
    long done = 0;
    try (Progress progress = open(geometry, wall.cameras().size())) {
      for (int c = 0; c < wall.cameras().size(); c++) {
        StageCamera camera = wall.cameras().get(c);
        Path folder = output.resolve("pictures").resolve(camera.name());
        makeFolder(folder);
        for (CalibrationPattern pattern : patterns) {
          console.interruption().check();
          ImageFile.write(
              folder.resolve(pattern.fileName("png")),
              Image.data(camera.width(), camera.height(), 3, wall.codes(c, pattern)),
              ImageFile.Options.sixteenBit());
          progress.done(++done);
        }
      }
    }
    wall.truth().write(output.resolve("truth.json"));
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
    double byClf = 0;
    double byCube = 0;
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
      PanelExports.Accuracy one =
          PanelExports.check(
              luts.resolve(file + ".clf"),
              luts.resolve(file + ".cube"),
              response,
              calibration.commonWhite(),
              type.eotf(),
              type.peakNits());
      byClf = Math.max(byClf, one.commonLut());
      byCube = Math.max(byCube, one.cubeLut());
    }
    console
        .out()
        .print(
            String.format(
                Locale.ROOT,
                "tables read back: ΔE2000 in the mean at most %.3f (.clf), %.3f (.cube, %d samples a"
                    + " side)%n",
                byClf,
                byCube,
                lutSize));
    new OcioConfig(rig.name(), spaces).write(output.resolve("config.ocio"));
  }
}
