package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.Lighting;
import org.pixelcube.math.Vector3;
import org.pixelcube.stage.ChartFit;
import org.pixelcube.stage.ColorChart;
import org.pixelcube.stage.CommonLut;
import org.pixelcube.stage.CubeRig;
import org.pixelcube.stage.DriveSettings;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.StageDriver;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;

class StageCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Interruption interruption = Interruption.manual();
  private Path rigFile;
  private Rig rig;

  @BeforeEach
  void makeRig() {
    rig = new CubeRig(2, 2, 16, 1000, 60, 6, List.of("front-1-1")).rig();
    rigFile = folder.resolve("rig.json");
    rig.write(rigFile);
  }

  private int run(String... args) {
    return PixelCube.run(
        Console.of(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            interruption),
        (_, _, _) -> {
          throw new IllegalStateException("nothing is relit here");
        },
        args);
  }

  private String[] drive(String... more) {
    String[] args = new String[7 + more.length];
    System.arraycopy(
        new String[] {
          "stage", "drive", "--rig", rigFile.toString(), "-o", folder + "/o", "--quiet"
        },
        0,
        args,
        0,
        7);
    System.arraycopy(more, 0, args, 7, more.length);
    return args;
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void stillAndVideoHoldTheCodes() {
    assertEquals(0, run(drive("--env", "overcast", "--nits", "100", "--range", "clip")), err());
    StageDriver driver =
        new StageDriver(
            rig,
            new DriveSettings(100, DriveSettings.Range.CLIP, 1, DriveSettings.Fill.IRRADIANCE));
    Image wanted = driver.frames(Lighting.find("overcast", 30).at(0)).getFirst().codes(rig);
    Image still = ImageFile.readData(folder.resolve("o/raster-000000.png"));
    assertCodes(wanted, still);
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("irradiance on a sphere at the head"), text);
    assertTrue(Files.exists(folder.resolve("o/report.json")));
    assertEquals(768, ImageFile.read(folder.resolve("o/balls.png")).width());
    assertEquals(
        0,
        run(
            drive(
                "--env",
                "overcast",
                "--nits",
                "100",
                "--range",
                "clip",
                "--seconds",
                "0.05",
                "--overwrite")),
        err());
    try (ClipReader reader = ClipReader.open(folder.resolve("o/raster.mkv"))) {
      assertEquals(60, reader.info().frameRate().toDouble(), 1e-9);
      Frame frame = reader.next().orElseThrow();
      assertCodes(wanted, frame.image());
      int frames = 1;
      while (reader.next().isPresent()) {
        frames++;
      }
      assertEquals(4, frames);
    }
  }

  @Test
  void anInterruptedRunGoesOnToTheSameFrames() throws Exception {
    String[] options = {
      "--env", "overcast", "--nits", "100", "--range", "clip", "--seconds", "1.2"
    };
    assertEquals(0, run(drive(options)), err());
    List<Image> whole = frames(folder.resolve("o/raster.mkv"));
    assertEquals(73, whole.size());
    for (String name : List.of("raster.mkv", "report.json", "light.png", "balls.png")) {
      Files.delete(folder.resolve("o").resolve(name));
    }
    Path part = folder.resolve("o/raster.pixelcube-job/part-00000000.json");
    Thread stop =
        new Thread(() -> {
          while (!Files.exists(part)) {
            Thread.onSpinWait();
          }
          interruption.request();
        });
    stop.start();
    assertTrue(run(drive(options)) != 0);
    stop.join();
    assertTrue(Files.exists(part));
    assertFalse(Files.exists(folder.resolve("o/raster.mkv")));
    interruption = Interruption.manual();
    // Other options are another job.
    err.reset();
    assertEquals(2, run(drive("--env", "overcast", "--nits", "90", "--seconds", "1.2")), err());
    assertTrue(err().contains("holds part of another job"), err());
    err.reset();
    assertEquals(0, run(drive(options)), err());
    assertTrue(err().contains("going on after frame"), err());
    List<Image> found = frames(folder.resolve("o/raster.mkv"));
    assertEquals(whole.size(), found.size());
    for (int i = 0; i < whole.size(); i += 12) {
      assertCodes(whole.get(i), found.get(i));
    }
    String report = Files.readString(folder.resolve("o/report.json"));
    assertTrue(report.contains("\"frames\" : 73") && report.contains("\"reported\" : 2"), report);
    assertFalse(Files.exists(part.getParent()));
  }

  private static List<Image> frames(Path video) {
    List<Image> out = new java.util.ArrayList<>();
    try (ClipReader reader = ClipReader.open(video)) {
      for (var frame = reader.next(); frame.isPresent(); frame = reader.next()) {
        out.add(frame.get().image());
      }
    }
    return out;
  }

  private static void assertCodes(Image wanted, Image found) {
    assertEquals(wanted.width(), found.width());
    for (int i = 0; i < wanted.samples().length; i++) {
      assertEquals(Math.round(wanted.samples()[i] * 65535), Math.round(found.samples()[i] * 65535));
    }
  }

  @Test
  void inspectDrawsTheStage() throws Exception {
    String[] inspect = {"stage", "inspect", "--rig", rigFile.toString(), "-o", folder + "/i"};
    assertEquals(0, run(inspect), err());
    for (String name : List.of("panels.png", "directions.png", "coverage.png")) {
      assertTrue(ImageFile.read(folder.resolve("i").resolve(name)).width() >= 1024);
    }
    List<String> table = Files.readAllLines(folder.resolve("i/panels.txt"));
    assertEquals(23, table.stream().filter(line -> line.contains(" tile ")).count());
    assertEquals(2, run(inspect));
    assertTrue(err().contains("exists already"), err());
  }

  @Test
  void faultsAreOneLineAndLeaveNothing() {
    String[][] faults = {
      {"--env", "rign"},
      {"--env", "overcast", "--nits", "-1"},
      {"--env", "overcast", "--sub-frames", "3"},
      {"--env", "overcast", "--seconds", "-1"},
      {"--env", "overcast", "--exposure", "8"},
    };
    String[] expected = {
      "ring", "--nits: is -1", "--sub-frames: is given", "--seconds: is -1", "lower the exposure by"
    };
    for (int i = 0; i < faults.length; i++) {
      err.reset();
      assertEquals(2, run(drive(faults[i])), err());
      assertTrue(err().contains(expected[i]), err());
      assertEquals(1, err().lines().count(), err());
      assertFalse(Files.exists(folder.resolve("o/raster-000000.png")));
    }
  }

  private String calibrate(String... more) {
    List<String> args = new ArrayList<>(List.of("stage", "calibrate", "--cell", "2", "--quiet"));
    args.addAll(List.of(more));
    out.reset();
    assertEquals(0, run(args.toArray(String[]::new)), err());
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Simulated pictures in a folder are solved to the same as without writing them; then driven. */
  @Test
  void picturesInAFolderCalibrateTheStage() throws Exception {
    String sim = folder + "/sim";
    calibrate("--rig", rigFile.toString(), "--size", "128", "--simulate", "-o", sim);
    String[] solve = {
      "--rig",
      sim + "/rig.json",
      "--pictures",
      sim + "/pictures",
      "--primaries",
      "aces",
      "--truth",
      sim + "/truth.json",
      "-o",
      folder + "/cal"
    };
    String found = calibrate(solve);
    String direct =
        calibrate("--rig", rigFile.toString(), "--size", "128", "-o", folder + "/direct");
    // 16 bits hold the simulated camera's 12: the tables agree to their last digit but one.
    List<Double> a = numbers(found);
    List<Double> b = numbers(direct);
    assertEquals(a.size(), b.size(), found + direct);
    for (int i = 0; i < a.size(); i++) {
      assertEquals(b.get(i), a.get(i), 0.02 + 0.02 * b.get(i), found + direct);
    }
    for (String name :
        List.of("calibration.json", "rig.json", "config.ocio", "luts/back-1-1.clf")) {
      assertTrue(Files.exists(folder.resolve("cal").resolve(name)), name);
    }
    String[] plain = drive("--env", "overcast", "--nits", "50", "--range", "clip");
    assertEquals(0, run(plain), err());
    Image before = ImageFile.readData(folder.resolve("o/raster-000000.png"));
    String[] calibrated =
        drive(
            "--env",
            "overcast",
            "--nits",
            "50",
            "--range",
            "clip",
            "--overwrite",
            "--calibration",
            folder + "/cal");
    assertEquals(0, run(calibrated), err());
    Image after = ImageFile.readData(folder.resolve("o/raster-000000.png"));
    double off = 0;
    for (int i = 0; i < before.samples().length; i++) {
      off = Math.max(off, Math.abs(after.samples()[i] - before.samples()[i]));
    }
    assertTrue(off > 0.02 && off < 0.5, "codes moved by " + off);
    Files.delete(folder.resolve("sim/pictures/calibration-2/001-black.png"));
    List<String> again =
        new ArrayList<>(List.of("stage", "calibrate", "--cell", "2", "--overwrite"));
    again.addAll(List.of(solve));
    assertEquals(2, run(again.toArray(String[]::new)));
    assertTrue(err().contains("first 001-black.png"), err());
  }

  private static List<Double> numbers(String text) {
    return java.util.regex.Pattern.compile("(?<![-\\w])\\d+\\.\\d+")
        .matcher(text)
        .results()
        .map(m -> Double.parseDouble(m.group()))
        .toList();
  }

  @Test
  void theChartGivesTheCamerasMatrix() {
    // Patches of 40 pixels, the camera's red weak.
    int w = 240;
    int h = 160;
    float[] codes = new float[3 * w * h];
    List<Vector3> chart = ColorChart.linear();
    for (int i = 0; i < w * h; i++) {
      Vector3 v = chart.get(i / w / 40 * 6 + i % w / 40);
      codes[i] = (float) TransferFunction.SRGB.fromLinear(0.5 * v.x());
      codes[w * h + i] = (float) TransferFunction.SRGB.fromLinear(0.7 * v.y() + 0.1 * v.x());
      codes[2 * w * h + i] = (float) TransferFunction.SRGB.fromLinear(0.8 * v.z());
    }
    Path picture = folder.resolve("chart.png");
    ImageFile.write(picture, Image.data(w, h, 3, codes), ImageFile.Options.sixteenBit());
    String[] args = {
      "stage",
      "chart",
      "--rig",
      rigFile.toString(),
      picture.toString(),
      "-o",
      folder + "/chart",
      "--corners",
      "20,20,220,20,220,140,20,140"
    };
    assertEquals(0, run(args), err());
    ChartFit fit = JsonSettings.read(folder.resolve("chart/chart.json"), ChartFit.class);
    assertEquals(2, fit.matrix().m00(), 1e-3);
    assertEquals(-0.1 / 0.7 / 0.5, fit.matrix().m10(), 1e-3);
    assertTrue(fit.after().worst() < 0.05 && fit.before().mean() > 5, fit.report());
    assertEquals(
        fit.matrix().m11(),
        CommonLut.read(folder.resolve("chart/chart.clf")).apply(new Vector3(0, 1, 0)).y(),
        1e-6);
    assertEquals(576, ImageFile.read(folder.resolve("chart/patches.png")).width());
    args[args.length - 1] = "220,140,20,140,20,20,220,20";
    args[6] = folder + "/upside";
    assertEquals(2, run(args));
    assertTrue(err().contains("in this order"), err());
  }
}
