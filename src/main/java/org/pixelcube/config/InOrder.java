package org.pixelcube.config;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Numbered pieces of work that are done side by side, one on each core, and taken in their order.
 * Closing leaves out what has not begun and waits for the rest.
 */
public final class InOrder<T> implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final Queue<Future<T>> results = new ArrayDeque<>();

  private InOrder() {}

  /**
   * Begins.
   *
   * @param count of pieces
   * @param work on the piece of a number, from 0
   */
  public static <T> InOrder<T> of(int count, IntFunction<T> work) {
    InOrder<T> pieces = new InOrder<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      Callable<T> piece = () -> work.apply(number);
      pieces.results.add(pieces.threads.submit(piece));
    }
    return pieces;
  }

  /**
   * What the next piece gave.
   *
   * @throws RuntimeException that the work threw
   * @throws Interruption.Requested if this thread is interrupted
   * @throws java.util.NoSuchElementException after the last
   */
  public T next() {
    try {
      return results.remove().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interruption.Requested();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  @Override
  public void close() {
    results.forEach(piece -> piece.cancel(false));
    threads.close();
  }
}
