package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.dataset.DatasetWriter;
import org.pixelcube.dataset.TestClips;
import org.pixelcube.diffusion.NetworkSettings;
import org.pixelcube.diffusion.NoiseLevels;
import org.pixelcube.diffusion.Task;
import org.pixelcube.torch.AdamW;
import org.pixelcube.train.DataSettings;
import org.pixelcube.train.Stage;
import org.pixelcube.train.TrainSettings;

/** {@code train --processes}, in processes. */
class TrainProcessesTest {
  private static final long PATIENCE_SECONDS = 300;

  @TempDir Path folder;

  private record Recipe(String name) {}

  private Path config() {
    Path data = folder.resolve("data");
    try (DatasetWriter writer = DatasetWriter.open(data, new Recipe("ball"), 1, 1)) {
      writer.put(0, TestClips.rendered("ball", "subject", 2, 1));
      writer.finish();
    }
    TrainSettings settings =
        new TrainSettings(
            Optional.of(
                new NetworkSettings(
                    Task.DELIGHT,
                    2,
                    List.of(8),
                    1,
                    List.of(false),
                    8,
                    16,
                    0.4,
                    16,
                    Optional.empty(),
                    Optional.empty())),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            new DataSettings(
                List.of(data.toString()),
                Optional.of(List.of("ball")),
                Optional.empty(),
                Optional.of(List.of("softbox")),
                2,
                2,
                100,
                2,
                1,
                Optional.empty(),
                Optional.empty()),
            List.of(
                new Stage(1_000_000, Stage.Objective.END_TO_END, 2, 2, 16, 16, 1e-3, 1e-3, 0, 0)),
            new NoiseLevels(-1, 1),
            AdamW.Settings.DEFAULT,
            1,
            0.9,
            1,
            "cpu",
            false,
            5,
            1_000_000,
            1,
            1_000_000,
            0);
    Path config = folder.resolve("config.json");
    JsonSettings.write(config, settings);
    return config;
  }

  private Process start(Path config) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            PixelCube.class.getName(),
            "train",
            "--config",
            config.toString(),
            "--run",
            folder.resolve("run").toString(),
            "--processes",
            "2",
            "--quiet"));
    return new ProcessBuilder(command)
        .redirectOutput(new File(folder.toFile(), "out.txt"))
        .redirectError(new File(folder.toFile(), "err.txt"))
        .start();
  }

  private static int end(Process process) throws InterruptedException {
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the process goes on");
    return process.exitValue();
  }

  /** What was said, but for what Java says of its Vector API. */
  private List<String> err() throws IOException {
    return Files.readAllLines(folder.resolve("err.txt")).stream()
        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
        .toList();
  }

  /** Waits until a state has been stored that is not the one before. */
  private void awaitState(Process process, Optional<Object> before)
      throws IOException, InterruptedException {
    Path state = folder.resolve("run/state.safetensors");
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < until && process.isAlive()) {
      if (Files.exists(state) && !Optional.of(fileKey(state)).equals(before)) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no state was stored: " + err());
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.getLastModifiedTime(file);
  }

  @Test
  void processesEndTogetherAndGoOn() throws IOException, InterruptedException {
    Path config = config();
    Process killed = start(config);
    awaitState(killed, Optional.empty());
    List<ProcessHandle> children =
        killed.children().sorted(Comparator.comparingLong(ProcessHandle::pid)).toList();
    assertEquals(2, children.size());
    children.getLast().destroyForcibly();
    assertEquals(Faults.USER, end(killed), err().toString());
    assertEquals(2, err().size(), err().toString());
    assertTrue(err().getFirst().matches("pixelcube: begins step 0 .*, 2 processes"));
    assertEquals(
        "pixelcube: process 2 of 2: was ended from outside, by status 137; the same command goes on"
            + " from the last stored state",
        err().getLast());
    assertTrue(children.stream().noneMatch(ProcessHandle::isAlive));

    Process stopped = start(config);
    awaitState(stopped, Optional.of(fileKey(folder.resolve("run/state.safetensors"))));
    children = stopped.children().toList();
    stopped.destroy();
    assertEquals(128 + 15, end(stopped), err().toString());
    assertEquals(2, err().size(), err().toString());
    assertTrue(err().getFirst().contains("goes on step "), err().toString());
    assertTrue(err().getLast().startsWith("pixelcube: interrupted; "), err().toString());
    assertTrue(Files.readString(folder.resolve("run/log.txt")).contains("interrupted before step"));
    assertTrue(children.stream().noneMatch(ProcessHandle::isAlive));
    assertEquals("", Files.readString(folder.resolve("out.txt")));
  }
}
