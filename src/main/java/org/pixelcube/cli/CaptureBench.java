package org.pixelcube.cli;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.pixelcube.capture.CaptureBenchmark;
import org.pixelcube.config.UserError;
import org.pixelcube.eval.FaultRehearsal;

/** {@code pixelcube bench capture}: measures and prints a table. */
final class CaptureBench {
  private static final double AIM = 0.9;
  private static final int FAULTS = 10_000;

  /** Faults of these that are put into whole takes with a subject. */
  private static final int FAULTS_OF_TAKES = 1000;

  private static final int FRAMES = 120;
  private static final int ROUNDS = 4;

  private final Console console;
  private final boolean quick;

  CaptureBench(Console console, boolean quick) {
    this.console = console;
    this.quick = quick;
  }

  void run() {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("pixelcube-capture");
      CaptureBenchmark bench =
          new CaptureBenchmark(
              folder, console.interruption(), text -> console.err().println("pixelcube: " + text));
      line("");
      speed(bench, "mp4", 1);
      if (!quick) {
        speed(bench, "mp4", 4);
        speed(bench, "mov", 1);
      }
      int takes = quick ? 50 : FAULTS_OF_TAKES;
      faults("takes", bench.faults(quick ? 500 : FAULTS - takes, 1));
      faults(
          "whole takes with a subject",
          new FaultRehearsal(
                  folder,
                  console.interruption(),
                  text -> console.err().println("pixelcube: " + text))
              .run(takes, 1));
      alignment(bench);
    } catch (IOException e) {
      throw new UserError("bench", "needs a folder for footage", "see that there is space", e);
    } finally {
      delete(folder);
    }
  }

  private void speed(CaptureBenchmark bench, String ending, int markers) {
    int width = quick ? 1280 : 1920;
    int height = quick ? 720 : 1080;
    int frames = quick ? 60 : FRAMES;
    CaptureBenchmark.Speed s = bench.speed(width, height, frames, markers, ending, ROUNDS);
    double ratio = s.labelled() / s.decoded();
    line(
        "footage %s, %d×%d, %d frames, %d markers",
        ending.equals("mp4") ? "H.264" : "ProRes 4444", width, height, frames, markers);
    line(
        "  bare decoding   %7.1f fps by the clock, %.2f core-ms a frame",
        s.decoded(), 1e3 * s.decodedCore());
    line(
        "  read, labelled  %7.1f fps by the clock, %.2f core-ms a frame; %d usable",
        s.labelled(), 1e3 * s.labelledCore(), s.usable());
    line(
        "  of bare decoding: %.3f by the clock, %.3f by processor time (aim %.1f)  %s",
        ratio, s.decodedCore() / s.labelledCore(), AIM, ratio >= AIM ? "PASS" : "MISS");
    line(
        "  read, labelled, all frames as linear light: %.1f fps by the clock, %.2f core-ms a frame;"
            + " of bare decoding: %.3f by the clock, %.3f by processor time",
        s.demultiplexed(),
        1e3 * s.demultiplexedCore(),
        s.demultiplexed() / s.decoded(),
        s.decodedCore() / s.demultiplexedCore());
  }

  private void faults(String takes, CaptureBenchmark.Faults f) {
    line(
        "faults: %d in %d %s, %d frames with faults and %d without",
        f.injected(), f.takes(), takes, f.frames(), f.cleanFrames());
    for (CaptureBenchmark.Found kind : f.causes()) {
      line("  %-12s injected %5d, found %5d", kind.cause(), kind.injected(), kind.found());
    }
    line(
        "  missed %d; invented beside faults %s, %d in clean footage  %s",
        f.missed(),
        f.invented().isEmpty() ? "none" : f.invented(),
        f.cleanFaults(),
        f.missed() + f.allInvented() == 0 ? "PASS" : "MISS");
    if (!f.first().isEmpty()) {
      line("  %s", f.first());
    }
  }

  private void alignment(CaptureBenchmark bench) {
    int width = quick ? 640 : 1920;
    int height = quick ? 360 : 1080;
    CaptureBenchmark.Alignment a = bench.alignment(width, height, 5);
    line(
        "alignment at %d×%d: flow there and back %.1f ms, a frame carried along %.1f ms",
        width, height, 1e3 * a.flow(), 1e3 * a.warp());
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  private void line(String format, Object... values) {
    console.out().println(format(ROOT, format, values));
    console.out().flush();
  }
}
