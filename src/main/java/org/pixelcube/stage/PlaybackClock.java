package org.pixelcube.stage;

import java.util.concurrent.locks.LockSupport;

/** Time for a player. */
public interface PlaybackClock {
  /** Now, nanoseconds from some moment on. */
  long nanos();

  /** Waits for a moment; returns at once if it has passed. */
  void until(long nanos);

  /**
   * The machine's clock. Waiting sleeps until a millisecond before the moment, as long as a
   * sleeping thread may take to be woken, and spins for the rest.
   */
  static PlaybackClock system() {
    return new PlaybackClock() {
      private static final long SPIN_NANOS = 1_000_000;

      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void until(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
          if (left > SPIN_NANOS) {
            LockSupport.parkNanos(left - SPIN_NANOS);
          } else {
            Thread.onSpinWait();
          }
        }
      }
    };
  }
}
