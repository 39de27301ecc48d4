package org.pixelcube.image;

import java.util.stream.IntStream;

/** Splits the rows, columns or planes of a filter over the cores of the machine. */
final class Bands {
  /** Samples below which threads cost more than they bring. */
  private static final int SMALL = 1 << 14;

  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** Work on the units {@code from} to {@code to − 1}. */
  @FunctionalInterface
  interface Task {
    void run(int from, int to);
  }

  private Bands() {}

  /**
   * Runs the task over all of {@code 0 … units − 1}, in parallel where it pays.
   *
   * @param units how many independent rows, columns or planes there are
   * @param unitSize samples in one unit
   */
  static void run(int units, int unitSize, Task task) {
    int bands = (int) Math.min(Math.min(units, CORES), (long) units * unitSize / SMALL);
    if (bands <= 1) {
      task.run(0, units);
      return;
    }
    IntStream.range(0, bands)
        .parallel()
        .forEach(b ->
            task.run((int) ((long) units * b / bands), (int) ((long) units * (b + 1) / bands)));
  }
}
