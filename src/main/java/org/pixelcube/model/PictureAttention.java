package org.pixelcube.model;

import org.pixelcube.model.Layers.GroupNorm;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/** Group norm, self-attention of one head over all pixels of a frame, added to what came in. */
final class PictureAttention {
  private final GroupNorm norm;
  private final Attention attention;

  PictureAttention(Branch branch, int channels, int groups) {
    norm = GroupNorm.of(branch.in("group_norm"), channels, groups, 1e-6);
    attention = new Attention(branch, channels, channels, 1, true);
  }

  /** (n, c, h, w) to the same. */
  Tensor forward(Tensor x) {
    return TorchScope.in(() -> {
      Tensor tokens = Clips.tokens(norm.forward(x));
      return Clips.untokened(attention.forward(tokens, tokens), x.extent(2), x.extent(3))
          .addOver(x);
    });
  }
}
