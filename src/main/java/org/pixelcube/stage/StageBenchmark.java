package org.pixelcube.stage;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Consumer;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.video.CubeFilter;

/** How fast drive frames are made, next to FFmpeg's v360 on the same map. */
public final class StageBenchmark {
  private StageBenchmark() {}

  /**
   * A measured rate.
   *
   * @param framesPerSecond by the clock, median
   * @param coreSeconds processor time a frame, median
   */
  public record Rate(double framesPerSecond, double coreSeconds) {}

  /**
   * What was measured.
   *
   * @param mapWidth columns of the map
   * @param ledPixels LED pixels of the rig
   * @param tableSeconds to work out the tables, once
   * @param tableCoreSeconds processor time of that
   * @param frames map to codes, all panels
   * @param filter v360, equirectangular to six faces
   * @param filterPixels pixels of the six faces
   */
  public record Report(
      int mapWidth,
      int ledPixels,
      double tableSeconds,
      double tableCoreSeconds,
      Rate frames,
      Rate filter,
      int filterPixels) {}

  /**
   * Measures.
   *
   * @param rounds how often each is done; the median counts
   */
  public static Report run(Rig rig, EnvironmentMap map, int rounds, Consumer<String> progress) {
    progress.accept("tables for a map of %d columns".formatted(map.width()));
    DriveSettings settings =
        new DriveSettings(
            DriveSettings.autoNits(rig, map),
            DriveSettings.Range.CLIP,
            1,
            DriveSettings.Fill.IRRADIANCE);
    long clock = System.nanoTime();
    long cpu = processorNanos();
    StageDriver driver = new StageDriver(rig, settings);
    driver.prepare(map);
    double tableSeconds = (System.nanoTime() - clock) * 1e-9;
    double tableCore = (processorNanos() - cpu) * 1e-9;
    short[] codes = new short[3 * rig.raster().width() * rig.raster().height()];
    progress.accept("drive frames");
    Rate frames = rate(rounds, () -> driver.codes(driver.prepare(map), codes));
    int face = (int) Math.round(Math.sqrt(rig.ledPixels() / 6.0) / 16) * 16;
    progress.accept("v360");
    Rate filter;
    try (CubeFilter v360 =
        new CubeFilter(map.image(), face, Runtime.getRuntime().availableProcessors())) {
      filter = rate(rounds, v360::run);
    }
    return new Report(
        map.width(), rig.ledPixels(), tableSeconds, tableCore, frames, filter, 6 * face * face);
  }

  private static Rate rate(int rounds, Runnable work) {
    for (int i = 0; i < rounds; i++) {
      work.run(); // compiled and warm
    }
    double[] seconds = new double[rounds];
    double[] core = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long clock = System.nanoTime();
      long cpu = processorNanos();
      work.run();
      seconds[i] = (System.nanoTime() - clock) * 1e-9;
      core[i] = (processorNanos() - cpu) * 1e-9;
    }
    Arrays.sort(seconds);
    Arrays.sort(core);
    return new Rate(1 / seconds[rounds / 2], core[rounds / 2]);
  }

  private static long processorNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
