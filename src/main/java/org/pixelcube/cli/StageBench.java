package org.pixelcube.cli;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import java.util.List;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.stage.PlaybackBenchmark;
import org.pixelcube.stage.PlaybackReport;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.StageBenchmark;

/** {@code pixelcube bench stage}: measures and prints a table. */
final class StageBench {
  private static final double AIM = 120;
  private static final String MAP = "golden-hour";

  private final Console console;
  private final boolean quick;

  StageBench(Console console, boolean quick) {
    this.console = console;
    this.quick = quick;
  }

  void run(Rig rig) {
    for (int width : quick ? List.of(1024) : List.of(1024, 2048)) {
      EnvironmentMap map = MapLibrary.find(MAP).resampled(width, width / 2);
      one(
          StageBenchmark.run(
              rig,
              map,
              quick ? 9 : 31,
              text -> {
                console.interruption().check();
                console.err().println("pixelcube: " + text);
              }));
    }
    line("");
    for (double hertz : new double[] {60, 120}) {
      playback(hertz, PlaybackBenchmark.run(rig, hertz, quick ? 2 : 8, console.interruption()));
    }
  }

  private void playback(double hertz, PlaybackReport r) {
    line(
        "playback without a screen at %3.0f Hz: %d pictures, %d late, %d dropped; error of intervals:"
            + " standard deviation %.0f µs, 95 %% within %.0f µs, 99 %% %.0f µs, worst %.0f µs",
        hertz,
        r.shown(),
        r.late(),
        r.dropped(),
        r.deviationMicros(),
        r.percentile95Micros(),
        r.percentile99Micros(),
        r.worstMicros());
  }

  private void one(StageBenchmark.Report r) {
    int cores = Runtime.getRuntime().availableProcessors();
    line("");
    line(
        "drive frames of a map that moves, openings filled: %d×%d, %.2f million LED pixels, 16-bit codes; tables %.1f s (%.1f"
            + " core-seconds), once",
        r.mapWidth(),
        r.mapWidth() / 2,
        r.ledPixels() / 1e6,
        r.tableSeconds(),
        r.tableCoreSeconds());
    frames("clipped", r.frames(), cores);
    frames("dilated", r.dilated(), cores);
    double perPixel = r.frames().coreSeconds() / r.ledPixels();
    double theirs = r.filter().coreSeconds() / r.filterPixels();
    line(
        "  ffmpeg v360   %7.1f fps by the clock; %.2f core-ms a frame of %.2f million pixels"
            + " (mapping alone): %.2f of our time a pixel",
        r.filter().framesPerSecond(),
        1e3 * r.filter().coreSeconds(),
        r.filterPixels() / 1e6,
        theirs / perPixel);
  }

  private void frames(String name, StageBenchmark.Rate rate, int cores) {
    double free = 2 / rate.coreSeconds();
    line(
        "  %-13s %7.1f fps by the clock on %d processors; %.2f core-ms a frame: %.1f fps on two free"
            + " cores (aim %.0f)  %s",
        name,
        rate.framesPerSecond(),
        cores,
        1e3 * rate.coreSeconds(),
        free,
        AIM,
        Math.max(free, cores == 2 ? rate.framesPerSecond() : 0) >= AIM ? "PASS" : "MISS");
  }

  private void line(String format, Object... values) {
    console.out().println(format(ROOT, format, values));
    console.out().flush();
  }
}
