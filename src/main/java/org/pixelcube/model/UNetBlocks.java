package org.pixelcube.model;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.pixelcube.model.Layers.Downsample;
import org.pixelcube.model.Layers.Upsample;
import org.pixelcube.model.SpatioTemporalResnetBlock.Mix;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/** The levels of a {@link SpatioTemporalUNet}: going down, at the bottom, coming up. */
final class UNetBlocks {
  private UNetBlocks() {}

  /**
   * What all blocks of a network are called with.
   *
   * @param embedding time, (n·t, size) after silu
   * @param context (n·t, keys, contextSize), or null
   * @param frames t
   */
  record Conditions(Tensor embedding, Tensor context, int frames) {}

  /**
   * What a level is built with.
   *
   * @param timeSize size of the embedding of time
   * @param epsilon of the residual blocks' norms
   */
  record Level(
      BlockKind kind,
      int layers,
      int transformerLayers,
      int heads,
      int contextSize,
      boolean selfAttention,
      int timeSize,
      int groups,
      double epsilon) {

    SpatioTemporalResnetBlock resnet(Branch branch, int in, int out) {
      return kind.temporal()
          ? new SpatioTemporalResnetBlock(
              branch, in, out, timeSize, groups, epsilon, epsilon, Mix.SPATIAL)
          : SpatioTemporalResnetBlock.framewise(branch, in, out, timeSize, groups, epsilon);
    }

    SpatioTemporalTransformer transformer(Branch branch, int channels) {
      return new SpatioTemporalTransformer(
          branch,
          channels,
          heads,
          transformerLayers,
          contextSize,
          selfAttention,
          kind.temporal(),
          groups);
    }
  }

  /**
   * Residual blocks, each with a transformer behind it where the kind has one, then half the size.
   * Every result also goes across to the level that comes up.
   */
  static final class Down {
    private final List<SpatioTemporalResnetBlock> resnets = new ArrayList<>();
    private final List<SpatioTemporalTransformer> attentions = new ArrayList<>();
    private final Downsample downsample;

    Down(Branch branch, Level level, int in, int out, boolean last) {
      for (int i = 0; i < level.layers; i++) {
        resnets.add(level.resnet(branch.in("resnets", i), i == 0 ? in : out, out));
        if (level.kind.attention()) {
          attentions.add(level.transformer(branch.in("attentions", i), out));
        }
      }
      downsample = last ? null : Downsample.of(branch.in("downsamplers", 0), out, false);
    }

    /**
     * One pass.
     *
     * @param across receives what the way up needs
     */
    Tensor forward(Tensor x, Conditions conditions, Deque<Tensor> across) {
      Tensor h = x;
      for (int i = 0; i < resnets.size(); i++) {
        h = resnets.get(i).forward(h, conditions.embedding, conditions.frames);
        if (!attentions.isEmpty()) {
          h = attentions.get(i).forward(h, conditions.context, conditions.frames);
        }
        across.push(h);
      }
      if (downsample != null) {
        h = downsample.forward(h);
        across.push(h);
      }
      return h;
    }
  }

  /** Residual block, transformer, residual block. */
  static final class Middle {
    private final SpatioTemporalResnetBlock first;
    private final SpatioTemporalTransformer attention;
    private final SpatioTemporalResnetBlock second;

    Middle(Branch branch, Level level, int channels) {
      first = level.resnet(branch.in("resnets", 0), channels, channels);
      attention = level.transformer(branch.in("attentions", 0), channels);
      second = level.resnet(branch.in("resnets", 1), channels, channels);
    }

    Tensor forward(Tensor x, Conditions conditions) {
      Tensor h = first.forward(x, conditions.embedding, conditions.frames);
      h = attention.forward(h, conditions.context, conditions.frames);
      return second.forward(h, conditions.embedding, conditions.frames);
    }
  }

  /** As {@link Down}, with what came across joined to each block's input, then twice the size. */
  static final class Up {
    private final List<SpatioTemporalResnetBlock> resnets = new ArrayList<>();
    private final List<SpatioTemporalTransformer> attentions = new ArrayList<>();
    private final Upsample upsample;

    /**
     * Makes the level.
     *
     * @param below channels that come up from the level below
     * @param out channels of this level
     * @param finer channels of the next finer level, which come across last
     */
    Up(Branch branch, Level level, int below, int out, int finer, boolean last) {
      for (int i = 0; i < level.layers; i++) {
        int across = i == level.layers - 1 ? finer : out;
        int from = i == 0 ? below : out;
        resnets.add(level.resnet(branch.in("resnets", i), from + across, out));
        if (level.kind.attention()) {
          attentions.add(level.transformer(branch.in("attentions", i), out));
        }
      }
      upsample = last ? null : Upsample.of(branch.in("upsamplers", 0), out);
    }

    Tensor forward(Tensor x, Conditions conditions, Deque<Tensor> across) {
      Tensor h = x;
      for (int i = 0; i < resnets.size(); i++) {
        h = Ops.cat(1, h, across.pop());
        h = resnets.get(i).forward(h, conditions.embedding, conditions.frames);
        if (!attentions.isEmpty()) {
          h = attentions.get(i).forward(h, conditions.context, conditions.frames);
        }
      }
      if (upsample == null) {
        return h;
      }
      // Odd sizes: up to the size that the level had on the way down.
      Tensor next = across.peek();
      return upsample.forward(h, next.extent(2), next.extent(3));
    }
  }
}
