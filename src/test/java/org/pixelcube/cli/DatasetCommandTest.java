package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;

class DatasetCommandTest {
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
  void aFolderWithoutADatasetIsNamed() {
    String none = folder.toString();
    oneLine(none + ": holds no finished dataset", "dataset", "verify", none);
    oneLine(none + ": holds no finished dataset", "dataset", "inspect", none);
    oneLine(
        none + ": holds no finished dataset",
        "dataset",
        "preview",
        none,
        "-o",
        folder.resolve("a.png").toString());
    assertTrue(Files.notExists(folder.resolve("a.png")));
  }

  @Test
  void settingsOutOfRangeAreRefusedBeforeAnythingIsWritten() {
    Path to = folder.resolve("new");
    String[] bad = {"--size=4", "--frames=0", "--cells=99", "--tolerance=0", "--fps=0"};
    for (String option : bad) {
      String key = option.substring(2, 4);
      oneLine(key, "dataset", "build", to.toString(), "--heads", folder.toString(), option);
      assertTrue(Files.notExists(to));
    }
    oneLine(
        "there is no such folder",
        "dataset",
        "build",
        to.toString(),
        "--heads",
        folder.resolve("nowhere").toString());
    assertTrue(Files.notExists(to));
  }
}
