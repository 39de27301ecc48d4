package org.pixelcube.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;

/**
 * The lifetime of native memory: every tensor made while a scope is the innermost of its thread is
 * freed when the scope is closed, unless it was passed up or kept.
 *
 * <p>One scope per step of a loop. Scopes nest and close in the opposite order. Tensors of a scope
 * are used by its thread alone; {@link Tensor#keep kept} ones belong to whoever closes them.
 */
public final class TorchScope implements AutoCloseable {
  private static final ThreadLocal<TorchScope> INNERMOST = new ThreadLocal<>();
  static final AtomicLong LIVE = new AtomicLong();

  private final Thread thread = Thread.currentThread();
  private final TorchScope outer;
  private final PointerScope pointers;
  private final List<Tensor> tensors = new ArrayList<>();
  private boolean closed;

  private TorchScope() {
    Torch.load();
    outer = INNERMOST.get();
    pointers = new PointerScope();
    INNERMOST.set(this);
  }

  /** Opens a scope inside the innermost one of this thread. */
  public static TorchScope open() {
    return new TorchScope();
  }

  /**
   * Runs {@code work} in a scope of its own and passes its result up; the intermediate tensors are
   * freed at once (those a gradient still needs live on inside libtorch).
   */
  public static Tensor in(Supplier<Tensor> work) {
    try (TorchScope scope = open()) {
      return scope.passUp(work.get());
    }
  }

  /** Runs {@code work} in a scope of its own. */
  public static void run(Runnable work) {
    try (TorchScope _ = open()) {
      work.run();
    }
  }

  /** The innermost scope of this thread. */
  static TorchScope current(String operation) {
    TorchScope scope = INNERMOST.get();
    if (scope == null) {
      throw new IllegalStateException(
          operation + " on thread " + Thread.currentThread().getName() + ": no TorchScope is open");
    }
    return scope;
  }

  /**
   * Gives a tensor of this scope to the scope around it; one of another scope, or kept, stays where
   * it is.
   *
   * @return {@code tensor}
   */
  public Tensor passUp(Tensor tensor) {
    if (tensor.scope == this) {
      if (outer == null) {
        throw new IllegalStateException("there is no scope around this one: keep the tensor");
      }
      outer.pointers.attach(tensor.handle());
      outer.tensors.add(tensor);
      tensor.scope = outer;
    }
    return tensor;
  }

  /** The number of tensors alive in all threads, those kept too: for tests of leaks. */
  public static long liveTensors() {
    return LIVE.get();
  }

  /** Takes over a new native tensor. */
  Tensor adopt(org.bytedeco.pytorch.Tensor handle) {
    Tensor tensor = new Tensor(handle, this);
    tensors.add(tensor);
    LIVE.incrementAndGet();
    return tensor;
  }

  Thread thread() {
    return thread;
  }

  /** Frees the tensors of this scope. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (INNERMOST.get() != this) {
      throw new IllegalStateException(
          Thread.currentThread() == thread
              ? "a scope inside this one is still open"
              : "the scope of thread " + thread.getName() + " closed by another thread");
    }
    closed = true;
    if (outer == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(outer);
    }
    for (Tensor tensor : tensors) {
      if (tensor.scope == this) {
        tensor.forget();
      }
    }
    tensors.clear();
    pointers.close();
  }
}
