package org.pixelcube.model;

import java.util.List;
import org.pixelcube.model.Layers.Linear;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/** Two linear layers with a gated activation between (GEGLU; Shazeer 2020), four times as wide. */
final class FeedForward {
  private final Linear in;
  private final Linear out;

  FeedForward(Branch branch, int size) {
    in = Linear.of(branch.in("net", 0).in("proj"), size, 8 * size);
    out = Linear.of(branch.in("net", 2), 4 * size, size);
  }

  /** (n, tokens, c) to the same. */
  Tensor forward(Tensor x) {
    List<Tensor> halves = in.forward(x).chunk(2, -1);
    return out.forward(halves.get(0).mul(Ops.gelu(halves.get(1))));
  }
}
