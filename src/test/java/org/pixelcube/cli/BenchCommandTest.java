package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.Interruption;
import org.pixelcube.pipeline.RelightProcessor;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;

class BenchCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return PixelCube.run(
        Console.of(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Interruption.manual()),
        RelightProcessor.factory(new ModelStore(_ -> {})),
        args);
  }

  @Test
  void measuresASampleClip() {
    Path clip =
        Path.of(System.getProperty("pixelcube.samples", "../shared/data"), "clips", "lp_d9.mp4");
    assumeTrue(Files.isRegularFile(clip), clip + " is absent");
    ModelStore store = new ModelStore(_ -> {});
    for (Model model : new Model[] {Model.MODNET, Model.FACE_LANDMARKER}) {
      assumeTrue(store.has(model), model.title() + " has not been fetched");
    }
    int status =
        run(
            "bench",
            "relight",
            "--input",
            clip.toString(),
            "--picture",
            "512",
            "--frames",
            "3",
            "--long-seconds",
            "0");
    String text = out.toString(StandardCharsets.UTF_8);
    assertEquals(0, status, () -> err.toString(StandardCharsets.UTF_8));
    assertTrue(text.contains("lp_d9.mp4 at 512×512, 3 frames"), text);
    assertTrue(text.contains("integrity PASS: 3 of 3 frames"), text);
    assertTrue(text.matches("(?s).*matte +\\d+\\.\\d +\\d+\\.\\d%.*"), text);
    assertTrue(text.matches("(?s).*warp error \\w+: output 0\\.[1-9].*"), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --samples T/none        | there is no such folder of sample clips
          --samples T/            | holds no .mp4
          --picture 720           | is '720', must be 512, 1080 or all
          --frames 1              | must be 2 or more
          --long-seconds 5        | must be 0 or above 10
          --input T/none.mp4      | T/none.mp4: no such file
          """)
  void faultsAreOneLine(String options, String expected) {
    String[] words = ("bench relight " + options).replace("T/", folder + "/").split(" ");
    assertEquals(Faults.USER, run(words));
    String text = err.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains(expected.replace("T/", folder + "/")), text);
  }
}
