package org.pixelcube.pipeline;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.UserError;

/**
 * The largest resident memory of a run in a process of its own, under the options of this one.
 *
 * @param bytes VmHWM of Linux, as last seen before the end; −1 on other systems
 * @param seconds from the start of the process to its end
 */
public record PeakMemory(long bytes, double seconds) {
  private static final long LOOK_MILLIS = 100;

  /**
   * Runs a main class of this program and watches it.
   *
   * @param log takes what the process says
   * @throws UserError if it ends with another status than 0, with its last words
   */
  public static PeakMemory ofRun(
      String mainClass, List<String> arguments, Path log, Interruption interruption) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    long start = System.nanoTime();
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw UserError.of(Path.of(command.getFirst()), e);
    }
    long bytes = -1;
    try {
      do {
        interruption.check();
        bytes = Math.max(bytes, bytes(process.pid()));
      } while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    } finally {
      process.destroy();
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    if (process.exitValue() != 0) {
      throw new UserError(
          "the run whose memory is measured",
          "ended with status %d (%s)".formatted(process.exitValue(), lastLine(log)),
          "run the same relight alone");
    }
    return new PeakMemory(bytes, seconds);
  }

  private static String lastLine(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "it said nothing" : lines.getLast();
    } catch (IOException e) {
      return "its words cannot be read: " + e.getMessage();
    }
  }

  /** The peak so far of a process; −1 if it has ended or the system does not tell. */
  static long bytes(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }
}
