package org.pixelcube.config;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish of the user that long work should stop: set by Ctrl-C or a termination signal, asked for
 * by loops between two frames.
 *
 * <p>The process ends only after the work has stopped and {@link #close()} was called, or after
 * {@value #PATIENCE_SECONDS} seconds.
 */
public final class Interruption implements AutoCloseable {
  /** How long a shutdown waits for the work to stop. */
  public static final int PATIENCE_SECONDS = 10;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean requested;

  private Interruption() {}

  /** Thrown by {@link #check()} where the work should stop. */
  public static final class Requested extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Requested() {
      super("interrupted");
    }
  }

  /** A flag that only {@link #request()} sets. */
  public static Interruption manual() {
    return new Interruption();
  }

  /** A flag that is also set when the process is told to end. */
  public static Interruption onShutdown() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("interruption").unstarted(interruption::await));
    return interruption;
  }

  private void await() {
    if (stopped.getCount() == 0) {
      return;
    }
    requested = true;
    try {
      boolean _ = stopped.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the work to stop. */
  public void request() {
    requested = true;
  }

  public boolean requested() {
    return requested;
  }

  /**
   * Goes on unless the user has asked to stop.
   *
   * @throws Requested if so
   */
  public void check() {
    if (requested) {
      throw new Requested();
    }
  }

  /** Says that the work has stopped: a waiting shutdown goes on, a later one does not wait. */
  @Override
  public void close() {
    stopped.countDown();
  }
}
