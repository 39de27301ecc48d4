package org.pixelcube.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.UserError;
import org.pixelcube.torch.Rendezvous;

/**
 * Starts this program several times on this machine to train one network together. The first
 * process speaks for all; if one ends by a fault all do, with one line that says why.
 */
final class TrainProcesses {
  /** Name of the variable that tells a process which one started it. */
  private static final String STARTED_BY = "PIXELCUBE_STARTED_BY";

  /** Status of a process that ends because another one has. */
  static final int LOST = 3;

  /** How long the others have to end by themselves once one has. */
  private static final long GRACE_SECONDS = 5;

  private static final String NAME = "pixelcube: ";

  private final Console console;
  private final List<Process> processes = new ArrayList<>();
  private final List<Optional<String>> lastLines = new ArrayList<>();

  private TrainProcesses(Console console) {
    this.console = console;
  }

  /** Whether this process was started by another one of this program. */
  static boolean isStarted() {
    return System.getenv(STARTED_BY) != null;
  }

  /** Asks for an interruption when the process that started this one has ended. */
  static void watchStarter(Interruption interruption) {
    long starter = Long.parseLong(System.getenv(STARTED_BY));
    Thread.ofVirtual()
        .start(() -> {
          ProcessHandle.of(starter).ifPresent(handle -> handle.onExit().join());
          interruption.request();
        });
  }

  /**
   * Runs the processes to their end.
   *
   * @param arguments of each
   * @return the exit status for all
   */
  static int run(Console console, int count, List<String> arguments) {
    return new TrainProcesses(console).run(count, arguments);
  }

  private int run(int count, List<String> arguments) {
    try {
      int port = freePort();
      for (int rank = 0; rank < count; rank++) {
        start(new Rendezvous(rank, count, rank, count, "127.0.0.1", port), arguments);
      }
      return await();
    } catch (IOException e) {
      throw new UserError(
          "--processes", "cannot be started: " + e.getMessage(), "give a smaller number", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("nobody interrupts this thread", e);
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Starts one, under the same settings of Java as this one. */
  private void start(Rendezvous place, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add(PixelCube.class.getName());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(place.environment());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put(STARTED_BY, Long.toString(ProcessHandle.current().pid()));
    boolean speaks = place.rank() == 0;
    if (speaks) {
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    } else {
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }
    Process process = builder.start();
    int index = processes.size();
    processes.add(process);
    lastLines.add(Optional.empty());
    Thread.ofVirtual()
        .start(() -> {
          if (speaks) {
            passOn(process);
          } else {
            remember(process, index);
          }
        });
  }

  /** Prints what a process prints, without what libtorch has to say. */
  private void passOn(Process process) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("[Gloo]")) {
          console.out().println(line);
        }
      }
    } catch (IOException _) {
      // The process was ended by force.
    }
  }

  private void remember(Process process, int index) {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(NAME)) {
          synchronized (lastLines) {
            lastLines.set(index, Optional.of(line.substring(NAME.length())));
          }
        }
      }
    } catch (IOException _) {
      // The process was ended by force.
    }
  }

  private int await() throws InterruptedException {
    int failed = -1;
    long until = Long.MAX_VALUE;
    boolean told = false;
    while (processes.stream().anyMatch(Process::isAlive)) {
      boolean _ = processes.getFirst().waitFor(50, TimeUnit.MILLISECONDS);
      if (!processes.getFirst().isAlive()) {
        Thread.sleep(50);
      }
      boolean stopping = console.interruption().requested();
      if (stopping && !told) {
        told = true;
        // Not Process.destroy, which closes what they may still have to say.
        for (Process process : processes) {
          boolean _ = process.toHandle().destroy();
        }
        until = after(Interruption.PATIENCE_SECONDS - 1);
      }
      for (int i = 0; i < processes.size() && failed < 0; i++) {
        if (fault(processes.get(i))) {
          failed = i;
          until = Math.min(until, after(GRACE_SECONDS));
        }
      }
      if (System.nanoTime() > until) {
        processes.forEach(Process::destroyForcibly);
      }
    }
    if (console.interruption().requested()) {
      // The first process has said so.
      return Faults.INTERRUPTED;
    }
    for (int i = 0; i < processes.size() && failed < 0; i++) {
      failed = fault(processes.get(i)) ? i : -1;
    }
    if (failed >= 0) {
      return report(failed);
    }
    return processes.stream().mapToInt(Process::exitValue).max().orElseThrow();
  }

  private static long after(long seconds) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  /** Whether it has ended by a fault of its own. */
  private static boolean fault(Process process) {
    return !process.isAlive() && process.exitValue() != 0 && process.exitValue() != LOST;
  }

  /** Says why one has ended, unless the first process has. */
  private int report(int failed) throws InterruptedException {
    int status = processes.getFirst().exitValue();
    if (status == Faults.USER || status == Faults.BUG || status == Faults.INTERRUPTED) {
      return status;
    }
    // Its last words may still be on their way.
    Thread.sleep(100);
    int its = processes.get(failed).exitValue();
    Optional<String> line;
    synchronized (lastLines) {
      line = lastLines.get(failed);
    }
    String who = "process %d of %d".formatted(failed + 1, processes.size());
    if (its == Faults.BUG || its == Faults.USER) {
      console.err().println(NAME + who + ": " + line.orElse("ended with status " + its));
      return its;
    }
    throw new UserError(
        who,
        "was ended from outside, by status " + its,
        "the same command goes on from the last stored state");
  }
}
