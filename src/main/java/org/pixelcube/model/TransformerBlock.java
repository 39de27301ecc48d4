package org.pixelcube.model;

import org.pixelcube.model.Layers.LayerNorm;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/**
 * One layer of a transformer over the pixels of single frames ({@code BasicTransformerBlock}).
 *
 * <pre>
 *   x ─┬─ norm ─ self-attention ─ + ─┬─ norm ─ attention to the context ─ + ─┬─ norm ─ feed-forward ─ + ─►
 *      └──────────────────────────┘  └────────────────────────────────────┘  └────────────────────────┘
 * </pre>
 *
 * Self-attention and the context can each be absent.
 */
final class TransformerBlock {
  private final LayerNorm norm1;
  private final Attention self;
  private final LayerNorm norm2;
  private final Attention cross;
  private final LayerNorm norm3;
  private final FeedForward feedForward;

  /**
   * Makes the layer.
   *
   * @param contextSize size of the context's tokens, 0 for no context
   */
  TransformerBlock(Branch branch, int size, int heads, int contextSize, boolean selfAttention) {
    norm1 = selfAttention ? LayerNorm.of(branch.in("norm1"), size) : null;
    self = selfAttention ? new Attention(branch.in("attn1"), size, size, heads, false) : null;
    norm2 = contextSize > 0 ? LayerNorm.of(branch.in("norm2"), size) : null;
    cross =
        contextSize > 0 ? new Attention(branch.in("attn2"), size, contextSize, heads, false) : null;
    norm3 = LayerNorm.of(branch.in("norm3"), size);
    feedForward = new FeedForward(branch.in("ff"), size);
  }

  /**
   * One pass.
   *
   * @param x (n, tokens, c)
   * @param context (n, keys, contextSize), unused without one
   */
  Tensor forward(Tensor x, Tensor context) {
    Tensor h = x;
    if (self != null) {
      Tensor normed = norm1.forward(h);
      h = self.forward(normed, normed).addOver(h);
    }
    if (cross != null) {
      h = cross.forward(norm2.forward(h), context).addOver(h);
    }
    return feedForward.forward(norm3.forward(h)).addOver(h);
  }
}
