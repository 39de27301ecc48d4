package org.pixelcube.model;

import org.pixelcube.model.Layers.Conv2d;
import org.pixelcube.model.Layers.GroupNorm;
import org.pixelcube.model.Layers.Linear;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/**
 * A residual block on single frames ({@code ResnetBlock2D}; He et al. 2016, Ho et al. 2020).
 *
 * <pre>
 *   x ─┬─ norm ─ silu ─ conv 3×3 ─ + ─ norm ─ silu ─ conv 3×3 ─ + ─►
 *      │                 time ─────┘                            │
 *      └──────────── conv 1×1, where channels change ───────────┘
 * </pre>
 */
final class ResnetBlock {
  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Linear time;
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final Conv2d shortcut;

  /**
   * Makes the block.
   *
   * @param timeSize size of the embedding of time, 0 for none
   */
  ResnetBlock(Branch branch, int in, int out, int timeSize, int groups, double epsilon) {
    norm1 = GroupNorm.of(branch.in("norm1"), in, groups, epsilon);
    conv1 = Conv2d.of(branch.in("conv1"), in, out, 3, 1, 1);
    time = timeSize == 0 ? null : Linear.of(branch.in("time_emb_proj"), timeSize, out);
    norm2 = GroupNorm.of(branch.in("norm2"), out, groups, epsilon);
    conv2 = Conv2d.of(branch.in("conv2"), out, out, 3, 1, 1);
    shortcut = in == out ? null : Conv2d.of(branch.in("conv_shortcut"), in, out, 1, 1, 0);
  }

  /**
   * One pass.
   *
   * @param x (n·t, in, h, w)
   * @param embedding (n·t, timeSize) after silu, or null
   * @return (n·t, out, h, w)
   */
  Tensor forward(Tensor x, Tensor embedding) {
    Tensor h = conv1.forward(norm1.forwardSilu(x));
    if (time != null) {
      h = h.addOver(time.forward(embedding).unsqueeze(2).unsqueeze(3));
    }
    h = conv2.forward(norm2.forwardSilu(h));
    return h.addOver(shortcut == null ? x : shortcut.forward(x));
  }
}
