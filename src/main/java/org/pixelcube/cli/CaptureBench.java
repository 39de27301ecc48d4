package org.pixelcube.cli;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.pixelcube.capture.CaptureBenchmark;
import org.pixelcube.config.UserError;

/** {@code pixelcube bench capture}: measures and prints a table. */
final class CaptureBench {
  private static final double AIM = 0.9;
  private static final int FAULTS = 10_000;
  private static final int FRAMES = 240;

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
      for (String ending : quick ? List.of("mp4") : List.of("mp4", "mov")) {
        for (int markers : quick ? List.of(1) : List.of(1, 4)) {
          speed(bench, ending, markers);
        }
      }
      faults(bench.faults(quick ? 500 : FAULTS, 1));
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
    CaptureBenchmark.Speed s = bench.speed(width, height, frames, markers, ending, 5);
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
  }

  private void faults(CaptureBenchmark.Faults f) {
    line(
        "faults: %d in %d takes of %d frames: %d missed, %d invented; %d in %d clean frames  %s",
        f.injected(),
        f.takes(),
        f.frames(),
        f.missed(),
        f.invented(),
        f.cleanFaults(),
        f.cleanFrames(),
        f.missed() + f.invented() + f.cleanFaults() == 0 ? "PASS" : "MISS");
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
