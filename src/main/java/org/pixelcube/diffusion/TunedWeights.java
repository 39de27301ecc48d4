package org.pixelcube.diffusion;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.Weights;

/**
 * The weights of a published denoiser with those over them that were taught, and with further
 * channels at the entrance, whose weights are zeros until they are taught.
 *
 * @param taught over the others; may be empty
 * @param base as published
 * @param furtherChannels that come in
 */
record TunedWeights(Weights taught, Weights base, int furtherChannels) implements Weights {
  private static final String ENTRANCE = "conv_in.weight";

  @Override
  public Collection<String> names() {
    Set<String> names = new LinkedHashSet<>(base.names());
    names.addAll(taught.names());
    return names;
  }

  private boolean isTaught(String name) {
    return taught.names().contains(name);
  }

  private Weights of(String name) {
    return isTaught(name) ? taught : base;
  }

  private boolean isWidened(String name) {
    return name.equals(ENTRANCE) && !isTaught(name) && base.shape(name).length == 4;
  }

  @Override
  public long[] shape(String name) {
    long[] shape = of(name).shape(name);
    if (isWidened(name)) {
      shape = shape.clone();
      shape[1] += furtherChannels;
    }
    return shape;
  }

  @Override
  public DType dtype(String name) {
    return of(name).dtype(name);
  }

  @Override
  public Path file(String name) {
    return of(name).file(name);
  }

  @Override
  public Tensor read(String name) {
    Tensor tensor = of(name).read(name);
    if (!isWidened(name)) {
      return tensor;
    }
    long[] s = tensor.shape();
    Tensor further =
        Tensor.zeros(tensor.dtype(), tensor.device(), s[0], furtherChannels, s[2], s[3]);
    return Ops.cat(1, tensor, further);
  }

  @Override
  public void close() {}
}
