package org.pixelcube.torch;

import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GradMode;

/**
 * While it is open, operations of this thread record nothing for gradients: for inference, and for
 * changing parameters in place.
 */
public final class NoGrad implements AutoCloseable {
  private final AutoGradMode mode;

  private NoGrad(boolean enabled) {
    Torch.load();
    mode = new AutoGradMode(enabled);
    // The mode must go back when this closes, not when a scope does.
    mode.retainReference();
  }

  /** Stops recording until closed. */
  public static NoGrad open() {
    return new NoGrad(false);
  }

  /** Records again inside a part that does not, until closed. */
  public static NoGrad undone() {
    return new NoGrad(true);
  }

  /** Whether operations of this thread are recorded. */
  static boolean recording() {
    return GradMode.is_enabled();
  }

  @Override
  public void close() {
    if (!mode.isNull()) {
      mode.deallocate();
    }
  }
}
