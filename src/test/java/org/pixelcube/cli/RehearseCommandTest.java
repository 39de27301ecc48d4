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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.stage.CubeRig;

class RehearseCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path rigFile;

  @BeforeEach
  void makeRig() {
    rigFile = folder.resolve("rig.json");
    new CubeRig(2, 4, 16, 1000, 60, 10, CubeRig.PIXEL_CUBE.openings()).rig().write(rigFile);
  }

  private int run(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "stage", "rehearse", "--rig", rigFile.toString(), "-o", folder + "/o", "--quiet"));
    args.addAll(List.of(more));
    return PixelCube.run(
        Console.of(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Interruption.manual()),
        (_, _, _) -> {
          throw new IllegalStateException("nothing is relit here");
        },
        args.toArray(String[]::new));
  }

  private void assertRefused(String part, String... more) {
    err.reset();
    assertEquals(2, run(more), err());
    assertEquals(1, err().strip().lines().count(), err());
    assertTrue(err().contains(part), err());
    assertTrue(Files.notExists(folder.resolve("o/dataset")));
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatCannotBeRehearsedIsNamedInOneLine() throws Exception {
    assertRefused("--size", "--env", "softbox", "--size", "10");
    assertRefused("no panel in view has room for a marker", "--env", "softbox", "--size", "96");
    assertRefused("--samples", "--env", "softbox", "--samples", "0");
    assertRefused("--cycles", "--env", "softbox", "--cycles", "2");
    assertRefused("--faults", "--env", "softbox", "--faults", "-1");
    assertRefused("--sway", "--env", "softbox", "--sway", "0.5");
    assertRefused("names 5 maps", "--env", "softbox,ring,rim,split,loop");
    assertRefused("nowhere.hdr", "--env", folder + "/nowhere.hdr");
    assertRefused("is no folder", "--env", "softbox", "--heads", folder + "/none");
    Files.createDirectories(folder.resolve("o/footage"));
    assertRefused("has a rehearsal already", "--env", "softbox", "--size", "128");
  }
}
