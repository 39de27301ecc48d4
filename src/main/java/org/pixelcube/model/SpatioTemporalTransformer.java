package org.pixelcube.model;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.model.Layers.GroupNorm;
import org.pixelcube.model.Layers.Linear;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Parameters.Initial;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * Attention over pixels, along time and to the context, around a shortcut ({@code
 * TransformerSpatioTemporalModel}; Blattmann et al. 2023).
 *
 * <pre>
 *   x ─┬─ norm ─ linear ─ [ spatial ─┬──────────── α ─────────┬ ] × layers ─ linear ─ + ─►
 *      │                             └─ + ─ temporal ─ 1 − α ─┘                       │
 *      │              position in time ─┘                                             │
 *      └──────────────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * Without time the temporal branch is absent.
 */
final class SpatioTemporalTransformer {
  private final GroupNorm norm;
  private final Linear projectIn;
  private final List<TransformerBlock> spatial = new ArrayList<>();
  private final List<TemporalTransformerBlock> temporal = new ArrayList<>();
  private final TimestepEmbedding position;
  private final Tensor mixFactor;
  private final Linear projectOut;
  private final int channels;

  /**
   * Makes the module.
   *
   * @param contextSize size of the context's tokens, 0 for no context
   */
  SpatioTemporalTransformer(
      Branch branch,
      int channels,
      int heads,
      int layers,
      int contextSize,
      boolean selfAttention,
      boolean inTime,
      int groups) {
    this.channels = channels;
    norm = GroupNorm.of(branch.in("norm"), channels, groups, 1e-6);
    projectIn = Linear.of(branch.in("proj_in"), channels, channels);
    for (int i = 0; i < layers; i++) {
      spatial.add(
          new TransformerBlock(
              branch.in("transformer_blocks", i), channels, heads, contextSize, selfAttention));
    }
    if (inTime) {
      for (int i = 0; i < layers; i++) {
        temporal.add(
            new TemporalTransformerBlock(
                branch.in("temporal_transformer_blocks", i), channels, heads, contextSize));
      }
      position =
          new TimestepEmbedding(branch.in("time_pos_embed"), channels, 4 * channels, channels);
      mixFactor = branch.in("time_mixer").tensor("mix_factor", new Initial(0.5, 0), 1);
    } else {
      position = null;
      mixFactor = null;
    }
    projectOut = Linear.of(branch.in("proj_out"), channels, channels);
  }

  /**
   * One pass.
   *
   * @param x (n·t, c, h, w)
   * @param context (n·t, keys, contextSize), unused without one
   * @return (n·t, c, h, w)
   */
  Tensor forward(Tensor x, Tensor context, int frames) {
    return TorchScope.in(() -> {
      Tensor h = projectIn.forward(Clips.tokens(norm.forward(x)));
      Tensor when = temporal.isEmpty() ? null : positions(h, frames);
      for (int i = 0; i < spatial.size(); i++) {
        h = spatial.get(i).forward(h, context);
        if (when != null) {
          Tensor mixed = temporal.get(i).forward(h.add(when), context, frames);
          h = mixed.lerp(h, mixFactor.sigmoid().to(h.dtype()));
        }
      }
      h = projectOut.forward(h);
      return Clips.untokened(h, x.extent(2), x.extent(3)).addOver(x);
    });
  }

  /** The number of each frame as a vector, (n·t, 1, c). */
  private Tensor positions(Tensor tokens, int frames) {
    DType kind = mixFactor.dtype();
    Tensor one =
        position.forward(
            TimestepEmbedding.waves(Tensor.range(frames).to(tokens.device()), channels).to(kind));
    return one.repeat(tokens.size(0) / frames, 1).unsqueeze(1).to(tokens.dtype());
  }
}
