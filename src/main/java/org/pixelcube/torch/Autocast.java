package org.pixelcube.torch;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Mixed precision: while it is open, convolutions and matrix products of this thread run in a short
 * type and what needs precision (norms, softmax, losses) in {@link DType#F32}; parameters keep
 * theirs. Backward runs outside of it.
 */
public final class Autocast implements AutoCloseable {
  private static final ThreadLocal<Boolean> ACTIVE = ThreadLocal.withInitial(() -> false);

  private final DeviceType type;
  private final boolean wasEnabled;
  private boolean closed;

  private Autocast(Device device, DType dtype) {
    Torch.load();
    type = device.cuda() ? DeviceType.CUDA : DeviceType.CPU;
    wasEnabled = torch.is_autocast_enabled(type);
    torch.set_autocast_dtype(type, dtype.scalarType());
    torch.set_autocast_enabled(type, true);
    torch.increment_nesting();
    ACTIVE.set(true);
  }

  /**
   * Starts mixed precision.
   *
   * @param dtype {@link DType#BF16}; on a card {@link DType#F16} too
   */
  public static Autocast open(Device device, DType dtype) {
    if (dtype != DType.BF16 && !(device.cuda() && dtype == DType.F16)) {
      throw new IllegalArgumentException("mixed precision with " + dtype + " on " + device);
    }
    return new Autocast(device, dtype);
  }

  /** Whether mixed precision is on in this thread. */
  static boolean active() {
    return ACTIVE.get();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    // Copies of parameters in the short type are dropped where the outermost one ends.
    if (torch.decrement_nesting() == 0) {
      torch.clear_cache();
    }
    torch.set_autocast_enabled(type, wasEnabled);
    ACTIVE.set(wasEnabled);
  }
}
