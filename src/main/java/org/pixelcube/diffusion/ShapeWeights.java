package org.pixelcube.diffusion;

import java.nio.file.Path;
import java.util.Collection;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.Weights;

/**
 * The weights of a denoiser that is told more than it was taught with: zeros for the further
 * channels at the entrance, and zeros for the last channels of the exit, which mean something else
 * from now on.
 *
 * @param taught without those channels
 * @param furtherChannels that come in, last
 * @param forgottenChannels that go out, last
 */
record ShapeWeights(Weights taught, int furtherChannels, int forgottenChannels) implements Weights {
  private static final String ENTRANCE = "conv_in.weight";
  private static final String EXIT = "conv_out.";

  @Override
  public Collection<String> names() {
    return taught.names();
  }

  @Override
  public long[] shape(String name) {
    long[] shape = taught.shape(name).clone();
    if (name.equals(ENTRANCE)) {
      shape[1] += furtherChannels;
    }
    return shape;
  }

  @Override
  public DType dtype(String name) {
    return taught.dtype(name);
  }

  @Override
  public Path file(String name) {
    return taught.file(name);
  }

  @Override
  public Tensor read(String name) {
    Tensor tensor = taught.read(name);
    long[] s = tensor.shape();
    if (name.equals(ENTRANCE)) {
      s[1] = furtherChannels;
      return Ops.cat(1, tensor, Tensor.zeros(tensor.dtype(), tensor.device(), s));
    }
    if (name.startsWith(EXIT) && forgottenChannels > 0) {
      long kept = s[0] - forgottenChannels;
      s[0] = forgottenChannels;
      return Ops.cat(
          0, tensor.narrow(0, 0, kept), Tensor.zeros(tensor.dtype(), tensor.device(), s));
    }
    return tensor;
  }

  @Override
  public void close() {}
}
