package org.pixelcube.torch;

/**
 * Counts the floating-point operations of convolutions, linear layers, matrix products and
 * attention of this thread while it is open, from their shapes: a multiplication and an addition
 * are two.
 */
public final class FlopCounter implements AutoCloseable {
  private static final ThreadLocal<FlopCounter> CURRENT = new ThreadLocal<>();

  private long flops;

  private FlopCounter() {}

  /** Starts counting. One at a time. */
  public static FlopCounter open() {
    FlopCounter counter = new FlopCounter();
    CURRENT.set(counter);
    return counter;
  }

  static boolean counting() {
    return CURRENT.get() != null;
  }

  static void add(long flops) {
    CURRENT.get().flops += flops;
  }

  /** What was counted so far. */
  public long flops() {
    return flops;
  }

  @Override
  public void close() {
    CURRENT.remove();
  }
}
