package org.pixelcube.model;

import org.pixelcube.model.Layers.LayerNorm;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/**
 * One layer of a transformer along time, for every pixel alone ({@code
 * TemporalBasicTransformerBlock}): feed-forward, self-attention, attention to the context,
 * feed-forward, each behind a norm and added to what came in.
 *
 * <p>Only attention needs the tokens ordered by pixel; the rest runs in the order they come in.
 */
final class TemporalTransformerBlock {
  private final LayerNorm normIn;
  private final FeedForward feedForwardIn;
  private final LayerNorm norm1;
  private final Attention self;
  private final LayerNorm norm2;
  private final Attention cross;
  private final LayerNorm norm3;
  private final FeedForward feedForward;

  TemporalTransformerBlock(Branch branch, int size, int heads, int contextSize) {
    normIn = LayerNorm.of(branch.in("norm_in"), size);
    feedForwardIn = new FeedForward(branch.in("ff_in"), size);
    norm1 = LayerNorm.of(branch.in("norm1"), size);
    self = new Attention(branch.in("attn1"), size, size, heads, false);
    norm2 = contextSize > 0 ? LayerNorm.of(branch.in("norm2"), size) : null;
    cross =
        contextSize > 0 ? new Attention(branch.in("attn2"), size, contextSize, heads, false) : null;
    norm3 = LayerNorm.of(branch.in("norm3"), size);
    feedForward = new FeedForward(branch.in("ff"), size);
  }

  /**
   * One pass.
   *
   * @param x (n·t, pixels, c)
   * @param context (n·t, keys, contextSize): each frame's own, unused without one
   */
  Tensor forward(Tensor x, Tensor context, int frames) {
    Tensor h = feedForwardIn.forward(normIn.forward(x)).addOver(x);
    h = self.alongTime(norm1.forward(h), frames).addOver(h);
    if (cross != null) {
      h = cross.forward(norm2.forward(h), context).addOver(h);
    }
    return feedForward.forward(norm3.forward(h)).addOver(h);
  }
}
