package org.pixelcube.model;

import org.pixelcube.model.Layers.Linear;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/** Two linear layers with a gated activation between (GEGLU; Shazeer 2020), four times as wide. */
final class FeedForward {
  private final Linear in;
  private final int wide;
  private final Linear out;

  FeedForward(Branch branch, int size) {
    wide = 4 * size;
    in = Linear.of(branch.in("net", 0).in("proj"), size, 8 * size);
    out = Linear.of(branch.in("net", 2), 4 * size, size);
  }

  /** (n, tokens, c) to the same. */
  Tensor forward(Tensor x) {
    // The two halves of the first layer apart: each lies without gaps in memory.
    Tensor value = half(x, 0);
    Tensor gate = half(x, wide);
    return out.forward(Ops.geluOver(gate).mulOver(value));
  }

  private Tensor half(Tensor x, int from) {
    return Ops.linear(x, in.weight().narrow(0, from, wide), in.bias().narrow(0, from, wide));
  }
}
