package org.pixelcube.model;

import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Parameters.Initial;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * A residual block on frames, then one along time, mixed by a learned weight α = σ(mix_factor)
 * ({@code SpatioTemporalResBlock} and {@code AlphaBlender}; Blattmann et al. 2023).
 *
 * <pre>
 *   x ─ spatial ─┬─────────── α ───────────┬─►      s = spatial(x)
 *                └─ temporal ─ 1 − α ──────┘        α s + (1 − α)(s + r(s)) = s + (1 − α) r(s)
 * </pre>
 *
 * In the autoencoder's decoder α and 1 − α change places. Without time it is the spatial block.
 */
final class SpatioTemporalResnetBlock {
  /** Where α multiplies: with the frames alone, or with what time adds. */
  enum Mix {
    /** The UNet's: α is the share of the frames alone. */
    SPATIAL(0.5),
    /** The decoder's: α is the share of time. */
    TEMPORAL(0);

    private final double initial;

    Mix(double initial) {
      this.initial = initial;
    }
  }

  private final ResnetBlock spatial;
  private final TemporalResnetBlock temporal;
  private final Tensor mixFactor;
  private final Mix mix;

  /** A block of both kinds. */
  SpatioTemporalResnetBlock(
      Branch branch,
      int in,
      int out,
      int timeSize,
      int groups,
      double epsilon,
      double temporalEpsilon,
      Mix mix) {
    spatial = new ResnetBlock(branch.in("spatial_res_block"), in, out, timeSize, groups, epsilon);
    temporal =
        new TemporalResnetBlock(
            branch.in("temporal_res_block"), out, timeSize, groups, temporalEpsilon);
    mixFactor = branch.in("time_mixer").tensor("mix_factor", new Initial(mix.initial, 0), 1);
    this.mix = mix;
  }

  private SpatioTemporalResnetBlock(ResnetBlock spatial) {
    this.spatial = spatial;
    temporal = null;
    mixFactor = null;
    mix = Mix.SPATIAL;
  }

  /** A block that treats every frame alone. */
  static SpatioTemporalResnetBlock framewise(
      Branch branch, int in, int out, int timeSize, int groups, double epsilon) {
    return new SpatioTemporalResnetBlock(
        new ResnetBlock(branch, in, out, timeSize, groups, epsilon));
  }

  /**
   * One pass.
   *
   * @param x (n·t, in, h, w)
   * @param embedding (n·t, timeSize) after silu, or null
   * @return (n·t, out, h, w)
   */
  Tensor forward(Tensor x, Tensor embedding, int frames) {
    return TorchScope.in(() -> {
      Tensor s = spatial.forward(x, embedding);
      if (temporal == null) {
        return s;
      }
      Tensor block = Clips.block(s, frames);
      Tensor weight = (mix == Mix.SPATIAL ? mixFactor.neg() : mixFactor).sigmoid();
      return Clips.pictures(block.addProduct(temporal.residual(block, embedding), weight));
    });
  }
}
