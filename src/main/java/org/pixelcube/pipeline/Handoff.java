package org.pixelcube.pipeline;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A short queue between two threads, with an end and with failure: after {@link #fail} both sides
 * are told, whichever waits.
 */
final class Handoff<T> {
  private final int capacity;
  private final ArrayDeque<T> items = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean ended;
  private boolean failed;

  /** The other side has failed; its own failure is the one to report. */
  static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("the other side has failed", null, false, false);
    }
  }

  Handoff(int capacity) {
    this.capacity = capacity;
  }

  /** Adds an item, waiting for room. */
  void put(T item) {
    lock.lock();
    try {
      while (items.size() >= capacity && !failed) {
        changed.awaitUninterruptibly();
      }
      if (failed) {
        throw new Abandoned();
      }
      items.add(item);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes the next item, waiting for it; empty after the last. */
  Optional<T> take() {
    lock.lock();
    try {
      while (items.isEmpty() && !ended && !failed) {
        changed.awaitUninterruptibly();
      }
      if (failed) {
        throw new Abandoned();
      }
      Optional<T> item = Optional.ofNullable(items.poll());
      changed.signalAll();
      return item;
    } finally {
      lock.unlock();
    }
  }

  /** Says that no item will come after those put. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Drops all items and wakes both sides with {@link Abandoned}. */
  void fail() {
    lock.lock();
    try {
      failed = true;
      items.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
