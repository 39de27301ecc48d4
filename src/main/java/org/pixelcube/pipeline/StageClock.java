package org.pixelcube.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Adds up how long named stages of the work took, over all threads. Safe for many threads. */
public final class StageClock {
  private final Map<String, Long> nanos = new LinkedHashMap<>();

  /** Does the work and adds its time to the stage. */
  public <T> T time(String stage, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      add(stage, System.nanoTime() - start);
    }
  }

  /** Does the work and adds its time to the stage. */
  public void time(String stage, Runnable work) {
    time(
        stage,
        () -> {
          work.run();
          return null;
        });
  }

  /** Adds time to a stage. */
  public synchronized void add(String stage, long addedNanos) {
    nanos.merge(stage, addedNanos, Long::sum);
  }

  /** Seconds by stage, in order of their first mention. */
  public synchronized Map<String, Double> seconds() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    nanos.forEach((stage, n) -> seconds.put(stage, n * 1e-9));
    return seconds;
  }
}
