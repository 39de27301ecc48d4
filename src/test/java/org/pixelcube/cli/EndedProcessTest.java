package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.image.Image;
import org.pixelcube.pipeline.JobFolder;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;

/** Runs that end by a signal, in processes of their own. */
class EndedProcessTest {
  private static final int FRAMES = 200;
  private static final long PATIENCE_SECONDS = 60;

  @TempDir Path folder;

  @BeforeEach
  void makeClip() {
    Path clip = folder.resolve("clip.mp4");
    ClipInfo info = ClipInfo.synthetic(16, 16, new Rational(25, 1), false);
    try (ClipWriter writer = ClipWriter.open(clip, Encoding.forPath(clip), info)) {
      for (int i = 0; i < FRAMES; i++) {
        float[] samples = new float[3 * 256];
        for (int k = 0; k < samples.length; k++) {
          samples[k] = (k * 7 + i * 13) % 101 / 101f;
        }
        writer.write(new Frame(Image.rgb(16, 16, samples), i, i, 1));
      }
      writer.finish();
    }
  }

  private Process start(String output, int millis) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Dslow.millis=" + millis,
                "-cp",
                System.getProperty("java.class.path"),
                SlowRelight.class.getName(),
                "relight",
                "--quiet",
                folder.resolve("clip.mp4").toString(),
                "--env",
                "ring",
                "-o",
                folder.resolve(output).toString()));
    return new ProcessBuilder(command)
        .redirectOutput(new File(folder.toFile(), "out.txt"))
        .redirectError(new File(folder.toFile(), "err.txt"))
        .start();
  }

  private static int end(Process process) throws InterruptedException {
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the process goes on");
    return process.exitValue();
  }

  private String err() throws IOException {
    return Files.readString(folder.resolve("err.txt"), StandardCharsets.UTF_8);
  }

  /** The number of the last finished segment, −1 for none. */
  private static int lastSegment(Path job) {
    for (int index = FRAMES; index >= 0; index--) {
      if (Files.exists(job.resolve("state-%06d.bin".formatted(index)))) {
        return index;
      }
    }
    return -1;
  }

  /** Waits until a segment from this number on is finished. */
  private static void awaitSegment(Path job, int index, Process process)
      throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < until && process.isAlive()) {
      if (lastSegment(job) >= index) {
        return;
      }
      Thread.sleep(5);
    }
    throw new AssertionError("segment " + index + " was not finished");
  }

  @Test
  void runsEndedBySignalsGoOnToTheSameBytes() throws IOException, InterruptedException {
    assertEquals(0, end(start("whole.mp4", 0)), err());
    Path output = folder.resolve("o.mp4");
    Path job = JobFolder.of(output);

    Process killed = start("o.mp4", 10);
    awaitSegment(job, 0, killed);
    killed.destroyForcibly();
    assertTrue(end(killed) != 0);
    assertFalse(Files.exists(output));

    // A polite signal: the run says what to do, and the process ends by that signal's status.
    int before = lastSegment(job);
    Process stopped = start("o.mp4", 10);
    awaitSegment(job, before + 1, stopped);
    stopped.destroy();
    assertEquals(128 + 15, end(stopped), err());
    assertEquals(
        "pixelcube: interrupted; the same command goes on from the last saved segment\n", err());
    assertFalse(Files.exists(output));

    assertEquals(0, end(start("o.mp4", 0)), err());
    assertEquals("", err());
    assertEquals(-1, Files.mismatch(folder.resolve("whole.mp4"), output));
    assertFalse(Files.exists(job));
  }
}
