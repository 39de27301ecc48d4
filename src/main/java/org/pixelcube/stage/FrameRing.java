package org.pixelcube.stage;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Pictures made ahead by threads of their own, at most so many as fit: picture i lies in slot i
 * modulo the capacity, which is used again after its release. One thread takes them.
 */
final class FrameRing implements AutoCloseable {
  private final PlaybackSource source;
  private final int[][] pictures;
  private final double[] nits;
  private final boolean[] ready;
  private final Thread[] threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long claimed;
  private long released;
  private long unwanted;
  private long end = Long.MAX_VALUE;
  private Throwable fault;
  private boolean closed;

  /**
   * Starts making pictures.
   *
   * @param capacity pictures at most, 3 or more
   */
  FrameRing(PlaybackSource source, int capacity) {
    this.source = source;
    int pixels = source.pixels().width() * source.pixels().height();
    pictures = new int[capacity][pixels];
    nits = new double[capacity];
    ready = new boolean[capacity];
    threads = new Thread[Math.max(1, source.threads())];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = Thread.ofPlatform().daemon().name("playback-" + i).start(this::work);
    }
  }

  private void work() {
    try {
      while (true) {
        long index;
        boolean needed;
        lock.lockInterruptibly();
        try {
          while (claimed >= released + pictures.length && !closed) {
            changed.await();
          }
          if (closed || fault != null || claimed >= end) {
            return;
          }
          index = claimed++;
          needed = index >= unwanted || threads.length == 1;
        } finally {
          lock.unlock();
        }
        int slot = slot(index);
        double light = needed ? source.fill(index, pictures[slot]) : 0;
        lock.lock();
        try {
          if (Double.isNaN(light)) {
            end = Math.min(end, index);
          }
          nits[slot] = light;
          ready[slot] = true;
          advance();
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (Throwable t) {
      lock.lock();
      try {
        if (fault == null) {
          fault = t;
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private int slot(long index) {
    return (int) (index % pictures.length);
  }

  /** Gives slots free up to the first that is still wanted or being made. */
  private void advance() {
    while (released < unwanted && released < claimed && ready[slot(released)]) {
      ready[slot(released)] = false;
      released++;
    }
  }

  /** What waiting for a picture came to. */
  enum State {
    READY,
    /** There is no such picture: all were taken. */
    END,
    /** It was not ready in time. */
    MISSING
  }

  /**
   * Waits for a picture.
   *
   * @param patienceNanos how long at most
   * @throws RuntimeException what the source threw, once no more pictures before it are left
   */
  State await(long index, long patienceNanos) {
    lock.lock();
    try {
      long left = patienceNanos;
      while (!(index < end && isReady(index))) {
        if (index >= end) {
          return State.END;
        }
        if (fault != null) {
          throw thrown();
        }
        if (left <= 0) {
          return State.MISSING;
        }
        left = changed.awaitNanos(left);
      }
      return State.READY;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a picture", e);
    } finally {
      lock.unlock();
    }
  }

  private boolean isReady(long index) {
    return index < claimed && index >= released && ready[slot(index)];
  }

  private RuntimeException thrown() {
    return switch (fault) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(fault);
    };
  }

  /**
   * Takes a picture that {@link #await} found ready.
   *
   * @param spare put in its place, for another
   */
  int[] take(long index, int[] spare) {
    lock.lock();
    try {
      int[] picture = pictures[slot(index)];
      pictures[slot(index)] = spare;
      return picture;
    } finally {
      lock.unlock();
    }
  }

  /** The wall's mean luminance in a picture that is ready, cd/m². */
  double nits(long index) {
    return nits[slot(index)];
  }

  /** Gives back all pictures before this one, also those that are still being made. */
  void release(long before) {
    lock.lock();
    try {
      unwanted = Math.max(unwanted, before);
      advance();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many pictures there are, once {@link #await} has come to the end. */
  long end() {
    lock.lock();
    try {
      return end;
    } finally {
      lock.unlock();
    }
  }

  int capacity() {
    return pictures.length;
  }

  /** Ends the threads; pictures stay as they are. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    for (Thread thread : threads) {
      try {
        // A picture that is being made is finished: readers hold native memory.
        thread.join(TimeUnit.SECONDS.toMillis(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
