package org.pixelcube.stage;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Rotation;
import org.pixelcube.video.CubeFilter;

/** How fast drive frames are made, next to FFmpeg's v360 on the same map. */
public final class StageBenchmark {
  /** Different maps. */
  private static final int MOVING = 8;

  private StageBenchmark() {}

  /** Frames of a round, over which the processors' coarse clock is read. */
  private static final int FRAMES = 16;

  /**
   * A measured rate.
   *
   * @param framesPerSecond by the clock, median of rounds of several frames
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
   * @param frames a map that moves, to codes of all panels, as many frames at once as there are
   *     processors: resampled where that is due, openings filled, gathered, encoded; light beyond
   *     the peak cut off
   * @param dilated the same with dilation, which is the default of {@code stage drive}
   * @param filter v360, equirectangular to six faces
   * @param filterPixels pixels of the six faces
   */
  public record Report(
      int mapWidth,
      int ledPixels,
      double tableSeconds,
      double tableCoreSeconds,
      Rate frames,
      Rate dilated,
      Rate filter,
      int filterPixels) {}

  /**
   * Measures.
   *
   * @param rounds how often each is done; the median counts
   */
  public static Report run(Rig rig, EnvironmentMap map, int rounds, Consumer<String> progress) {
    progress.accept("tables for a map of %d columns".formatted(map.width()));
    // Turned by whole columns: other maps of the same light.
    List<EnvironmentMap> moving = new ArrayList<>();
    for (int i = 0; i < MOVING; i++) {
      double yaw = 360.0 / map.width() * (map.width() / 64 * i);
      moving.add(map.rotated(Rotation.yawPitchRoll(yaw, 0, 0)));
    }
    long clock = System.nanoTime();
    long cpu = processorNanos();
    StageDriver driver = new StageDriver(rig, settings(rig, map, DriveSettings.Range.CLIP));
    driver.prepare(map);
    double tableSeconds = (System.nanoTime() - clock) * 1e-9;
    double tableCore = (processorNanos() - cpu) * 1e-9;
    progress.accept("drive frames");
    Rate frames = rate(driver, moving, rounds);
    progress.accept("drive frames with dilation");
    StageDriver dilating = new StageDriver(rig, settings(rig, map, DriveSettings.Range.DILATION));
    dilating.prepare(map);
    Rate dilated = rate(dilating, moving, rounds);
    int face = (int) Math.round(Math.sqrt(rig.ledPixels() / 6.0) / 16) * 16;
    progress.accept("v360");
    Rate filter;
    try (CubeFilter v360 =
        new CubeFilter(map.image(), face, Runtime.getRuntime().availableProcessors())) {
      filter =
          rate(
              rounds,
              FRAMES,
              _ -> {
                for (int i = 0; i < FRAMES; i++) {
                  v360.run();
                }
              });
    }
    return new Report(
        map.width(),
        rig.ledPixels(),
        tableSeconds,
        tableCore,
        frames,
        dilated,
        filter,
        6 * face * face);
  }

  private static DriveSettings settings(Rig rig, EnvironmentMap map, DriveSettings.Range range) {
    return new DriveSettings(
        DriveSettings.autoNits(rig, map), range, 1, DriveSettings.Fill.IRRADIANCE);
  }

  /** Frames of maps in turn, as many at once as there are processors. */
  private static Rate rate(StageDriver driver, List<EnvironmentMap> maps, int rounds) {
    int threads = Runtime.getRuntime().availableProcessors();
    Rig.Raster raster = driver.rig().raster();
    List<StageDriver> drivers = new ArrayList<>();
    List<short[]> codes = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      drivers.add(driver.forOneThread());
      codes.add(new short[3 * raster.width() * raster.height()]);
    }
    int frames = Math.max(FRAMES, 2 * threads);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      return rate(
          rounds,
          frames,
          round -> {
            AtomicInteger next = new AtomicInteger(round * frames);
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
              StageDriver one = drivers.get(t);
              short[] out = codes.get(t);
              all.add(
                  CompletableFuture.runAsync(
                      () -> {
                        int i;
                        while ((i = next.getAndIncrement()) < (round + 1) * frames) {
                          one.codes(one.prepare(maps.get(i % maps.size())), out);
                        }
                      },
                      pool));
            }
            all.forEach(CompletableFuture::join);
          });
    }
  }

  private static Rate rate(int rounds, int frames, IntConsumer work) {
    for (int i = 0; i < rounds; i++) {
      work.accept(i); // compiled and warm
    }
    double[] seconds = new double[rounds];
    double[] core = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long clock = System.nanoTime();
      long cpu = processorNanos();
      work.accept(i);
      seconds[i] = (System.nanoTime() - clock) * 1e-9 / frames;
      core[i] = (processorNanos() - cpu) * 1e-9 / frames;
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
