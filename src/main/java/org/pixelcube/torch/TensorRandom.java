package org.pixelcube.torch;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Random tensors from a seed: the same numbers on every device and with any number of threads, for
 * they are drawn on the processor. Used by one thread at a time.
 */
public final class TensorRandom implements AutoCloseable {
  private final Generator generator;

  /** A generator (Mersenne Twister) from a seed. */
  public TensorRandom(long seed) {
    Torch.load();
    generator = torch.make_generator_cpu(seed);
    generator.retainReference();
  }

  /** Standard normal numbers, {@link DType#F32} on the processor. */
  public Tensor normal(long... shape) {
    return Native.call(
        "normal",
        () ->
            torch.randn(
                shape, new GeneratorOptional(generator), Tensor.options(DType.F32, Device.CPU)));
  }

  /** Numbers in [low, high), {@link DType#F32} on the processor. */
  public Tensor uniform(double low, double high, long... shape) {
    Tensor tensor = Tensor.empty(DType.F32, Device.CPU, shape);
    Native.run(
        "uniform", () -> tensor.handle().uniform_(low, high, new GeneratorOptional(generator)));
    return tensor;
  }

  /** The state, {@link DType#U8}, from which {@link #restore} goes on. */
  public Tensor state() {
    return Native.call("state", generator::get_state);
  }

  /** Goes on from a {@link #state()}. */
  public void restore(Tensor state) {
    Native.run("restore", () -> generator.set_state(state.handle()));
  }

  @Override
  public void close() {
    if (!generator.isNull()) {
      generator.deallocate();
    }
  }
}
