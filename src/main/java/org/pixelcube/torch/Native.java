package org.pixelcube.torch;

import java.util.Locale;
import java.util.function.Supplier;
import org.bytedeco.pytorch.TensorOptional;
import org.pixelcube.config.UserError;

/** The passage into libtorch that every operation takes: scope, and errors in our own words. */
final class Native {
  private Native() {}

  /** Runs one operation; its result belongs to the innermost scope. */
  static Tensor call(String name, Supplier<org.bytedeco.pytorch.Tensor> operation) {
    TorchScope scope = TorchScope.current(name);
    try {
      return scope.adopt(operation.get());
    } catch (RuntimeException e) {
      throw translate(name, e);
    }
  }

  /** Runs something that makes no tensor. */
  static void run(String name, Runnable operation) {
    try {
      operation.run();
    } catch (RuntimeException e) {
      throw translate(name, e);
    }
  }

  /** What the binding throws for a C++ exception, in our words; our own exceptions pass. */
  private static RuntimeException translate(String name, RuntimeException e) {
    if (e.getClass() != RuntimeException.class) {
      return e;
    }
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown fault");
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("out of memory")
        || lower.contains("can't allocate memory")
        || lower.contains("not enough memory")
        || lower.contains("bad_alloc")) {
      return new UserError(
          "memory",
          "is not enough for " + name + " (" + message + ")",
          "use smaller pictures, shorter windows or smaller batches",
          e);
    }
    return new TorchException(name + ": " + message, e);
  }

  /** A bias or weight that may be absent. */
  static TensorOptional optional(Tensor tensor) {
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor.handle());
  }
}
