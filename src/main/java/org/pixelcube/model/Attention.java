package org.pixelcube.model;

import org.pixelcube.model.Layers.Linear;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/**
 * Multi-head attention ({@code Attention}; Vaswani et al. 2017, section 3.2.2): queries from one
 * list of tokens, keys and values from the same or another.
 */
final class Attention {
  private final Linear toQ;
  private final Linear toK;
  private final Linear toV;
  private final Linear toOut;
  private final int heads;

  /**
   * Makes the layer; its width is that of the queries.
   *
   * @param contextSize size of the tokens that are looked at
   * @param bias whether the three projections have one
   */
  Attention(Branch branch, int size, int contextSize, int heads, boolean bias) {
    toQ = Linear.of(branch.in("to_q"), size, size, bias);
    toK = Linear.of(branch.in("to_k"), contextSize, size, bias);
    toV = Linear.of(branch.in("to_v"), contextSize, size, bias);
    toOut = Linear.of(branch.in("to_out", 0), size, size);
    this.heads = heads;
  }

  /**
   * Looks from {@code x} at {@code context}.
   *
   * @param x (n, queries, c)
   * @param context (n, keys, contextSize)
   * @return (n, queries, c)
   */
  Tensor forward(Tensor x, Tensor context) {
    Tensor seen =
        Ops.attention(
            split(toQ.forward(x)), split(toK.forward(context)), split(toV.forward(context)));
    return toOut.forward(seen.transpose(1, 2).flatten(2, 3));
  }

  /** (n, tokens, c) to (n, heads, tokens, c / heads). */
  private Tensor split(Tensor x) {
    long[] s = x.shape();
    return x.reshape(s[0], s[1], heads, s[2] / heads).transpose(1, 2);
  }

  /**
   * Looks from every pixel of every frame at the same pixel in all frames.
   *
   * @param x (n·t, pixels, c)
   * @return (n·t, pixels, c)
   */
  Tensor alongTime(Tensor x, int frames) {
    Tensor seen =
        Ops.attention(
            splitTime(toQ.forward(x), frames),
            splitTime(toK.forward(x), frames),
            splitTime(toV.forward(x), frames));
    long[] s = x.shape();
    // (n·pixels, heads, t, d) back to (n·t, pixels, heads·d)
    Tensor back =
        seen.reshape(s[0] / frames, s[1], heads, frames, s[2] / heads)
            .permute(0, 3, 1, 2, 4)
            .reshape(s);
    return toOut.forward(back);
  }

  /** (n·t, pixels, c) to (n·pixels, heads, t, c / heads). */
  private Tensor splitTime(Tensor x, int frames) {
    long[] s = x.shape();
    return x.reshape(s[0] / frames, frames, s[1], heads, s[2] / heads)
        .permute(0, 2, 3, 1, 4)
        .flatten(0, 1);
  }
}
