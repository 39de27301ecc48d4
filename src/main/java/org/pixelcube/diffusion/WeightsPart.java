package org.pixelcube.diffusion;

import java.nio.file.Path;
import java.util.Collection;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.Weights;

/** The tensors of a file whose names begin alike, without that beginning. */
record WeightsPart(Weights whole, String prefix) implements Weights {
  @Override
  public Collection<String> names() {
    return whole.names().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  @Override
  public long[] shape(String name) {
    return whole.shape(prefix + name);
  }

  @Override
  public DType dtype(String name) {
    return whole.dtype(prefix + name);
  }

  @Override
  public Path file(String name) {
    return whole.file(prefix + name);
  }

  @Override
  public Tensor read(String name) {
    return whole.read(prefix + name);
  }

  @Override
  public void close() {}
}
