package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.TransferCurve;

class CaptureCommandTest {
  private static final String RIG = "configs/stage/pixel-cube.json";

  @TempDir Path folder;
  private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

  private int run(String... args) {
    errBytes.reset();
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(errBytes, true, StandardCharsets.UTF_8);
    return PixelCube.run(
        Console.of(out, err, Interruption.manual()),
        (_, _, _) -> {
          throw new AssertionError("nothing is relit");
        },
        args);
  }

  private void oneLine(String part, String... args) {
    assertEquals(2, run(args));
    String err = errBytes.toString(StandardCharsets.UTF_8);
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.contains(part), err);
  }

  @Test
  void whatIsWrongIsNamedAndNothingIsWritten() {
    Path sequence = folder.resolve("sequence.json");
    JsonSettings.write(
        sequence, Sequence.olat(1, 60, 90, 9, false, 1, new SafetyLimits(600, 0, 5, 0.5)));
    Path still = folder.resolve("take.png");
    ImageFile.write(still, Image.rgb(64, 48, new float[3 * 64 * 48]));
    String to = folder.resolve("clips").toString();
    String[] good = {
      "capture",
      "--rig",
      RIG,
      "--sequence",
      sequence.toString(),
      still.toString(),
      "-o",
      to,
      "--quiet"
    };
    oneLine("take.png: no frame has a marker that can be read", good);
    assertTrue(Files.notExists(Path.of(to)));
    List<String> bad = new ArrayList<>(List.of(good));
    bad.add("--subject=Anna Bell");
    oneLine("--subject: is 'Anna Bell'", bad.toArray(String[]::new));
    good[2] = folder.resolve("none.json").toString();
    oneLine("none.json: there is no such file", good);
  }

  @Test
  void aResponseIsMadeOfGreyPatches() {
    Path curve = folder.resolve("curve.json");
    String patches = "0.2=0.04,0.447=0.2,0.894=0.8";
    assertEquals(0, run("response", "--patches", patches, "-o", curve.toString()));
    TransferCurve read = JsonSettings.read(curve, TransferCurve.class);
    assertEquals(0.25, read.toLinear(0.5, 1), 0.003);
    oneLine("exists already", "response", "--patches", patches, "-o", curve.toString());
    oneLine(
        "is saturated",
        "response",
        "--patches",
        "0.2=0.04,0.5=0.2,1=0.8",
        "-o",
        folder.resolve("b.json").toString());
    oneLine("PICTURE=SECONDS: is missing", "response", "-o", curve.toString());
  }

  @Test
  void panelsOneByOneArePlannedForTheRig() {
    Path to = folder.resolve("plan.json");
    oneLine(
        "sunset-that-is-not-there",
        "stage",
        "plan",
        "--rig",
        RIG,
        "a=softbox",
        "b=sunset-that-is-not-there",
        "-o",
        to.toString());
    assertTrue(Files.notExists(to));
    assertEquals(0, run("stage", "plan", "--rig", RIG, "--seconds=1", "-o", to.toString()));
    Sequence planned = JsonSettings.read(to, Sequence.class);
    assertEquals(100, planned.cycle().size());
  }
}
