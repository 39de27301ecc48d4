package org.pixelcube.torch;

import java.nio.file.Path;
import java.util.Collection;

/** Named tensors in files. */
public interface Weights extends AutoCloseable {
  /** All names, in the order of the files. */
  Collection<String> names();

  /** The shape of a tensor, which must be there. */
  long[] shape(String name);

  /** The kind of a tensor's numbers. */
  DType dtype(String name);

  /** The file that holds a tensor; for one that is in none, the file or folder it should be in. */
  Path file(String name);

  /** A copy of a tensor on the processor, in the innermost scope. */
  Tensor read(String name);

  @Override
  void close();
}
