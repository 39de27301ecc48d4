package org.pixelcube.model;

import org.pixelcube.model.Layers.GroupNorm;
import org.pixelcube.model.Layers.Linear;
import org.pixelcube.model.Layers.TemporalConv;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/**
 * A residual block along time ({@code TemporalResnetBlock}; Blattmann et al. 2023): as {@link
 * ResnetBlock}, its convolutions over three frames of one pixel, its norms over all frames.
 */
final class TemporalResnetBlock {
  private final GroupNorm norm1;
  private final TemporalConv conv1;
  private final Linear time;
  private final GroupNorm norm2;
  private final TemporalConv conv2;

  TemporalResnetBlock(Branch branch, int channels, int timeSize, int groups, double epsilon) {
    norm1 = GroupNorm.of(branch.in("norm1"), channels, groups, epsilon);
    conv1 = TemporalConv.of(branch.in("conv1"), channels, channels);
    time = timeSize == 0 ? null : Linear.of(branch.in("time_emb_proj"), timeSize, channels);
    norm2 = GroupNorm.of(branch.in("norm2"), channels, groups, epsilon);
    conv2 = TemporalConv.of(branch.in("conv2"), channels, channels);
  }

  /**
   * What the block adds to its input.
   *
   * @param x (n, c, t, h, w)
   * @param embedding (n·t, timeSize) after silu, or null
   * @return (n, c, t, h, w)
   */
  Tensor residual(Tensor x, Tensor embedding) {
    Tensor h = conv1.forward(norm1.forwardSilu(x));
    if (time != null) {
      long[] s = x.shape();
      h =
          h.addOver(
              time.forward(embedding)
                  .reshape(s[0], s[2], s[1])
                  .permute(0, 2, 1)
                  .unsqueeze(3)
                  .unsqueeze(4));
    }
    return conv2.forward(norm2.forwardSilu(h));
  }
}
