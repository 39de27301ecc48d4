package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.Lighting;
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
}
