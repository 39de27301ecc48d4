package org.pixelcube.model;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.pixelcube.config.UserError;
import org.pixelcube.model.Layers.Conv2d;
import org.pixelcube.model.Layers.GroupNorm;
import org.pixelcube.model.UNetBlocks.Conditions;
import org.pixelcube.model.UNetBlocks.Down;
import org.pixelcube.model.UNetBlocks.Level;
import org.pixelcube.model.UNetBlocks.Middle;
import org.pixelcube.model.UNetBlocks.Up;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;
import org.pixelcube.torch.WeightFolder;

/**
 * The denoiser of Stable Video Diffusion ({@code UNetSpatioTemporalConditionModel}; Blattmann et
 * al. 2023), and with other configurations our own small ones.
 *
 * <pre>
 *   noise level ─ waves ─ network ─ + ──────────────► to every residual block
 *   frame rate… ─ waves ─ network ──┘
 *   context tokens ─────────────────────────────────► to every transformer
 *
 *   clip ─ fold ─ conv 3×3 ─┐                                 ┌─ norm ─ silu ─ conv 3×3 ─ unfold ─► clip
 *      320 channels, 1/1  [Down ×2] ──────── across ×3 ──── [Up ×3]
 *                            └ ½                           ×2 ┘
 *      640 channels, 1/2    [Down ×2] ────── across ×3 ── [Up ×3]
 *                              └ ½                       ×2 ┘
 *     1280 channels, 1/4      [Down ×2] ──── across ×3 ─ [Up ×3]
 *                                └ ½                   ×2 ┘
 *     1280 channels, 1/8        [Down ×2] ── across ×3 [Up ×3]
 *                                   └───── [Middle] ────┘
 * </pre>
 *
 * Each block in brackets: {@link SpatioTemporalResnetBlock}, and {@link SpatioTemporalTransformer}
 * behind it where the level's {@link BlockKind} has attention (in SVD all levels but the coarsest).
 *
 * <p>It knows nothing of noise schedules: what goes in is already scaled. Used by one thread at a
 * time.
 */
public final class SpatioTemporalUNet implements AutoCloseable {
  private final UNetConfig config;
  private final Parameters parameters;
  private final TimestepEmbedding time;
  private final TimestepEmbedding added;
  private final Conv2d convIn;
  private final List<Down> down = new ArrayList<>();
  private final Middle middle;
  private final List<Up> up = new ArrayList<>();
  private final GroupNorm normOut;
  private final Conv2d convOut;

  /** Builds the network as a part of a larger one, whose parameters the caller closes. */
  public SpatioTemporalUNet(UNetConfig config, Branch root) {
    this.config = config;
    parameters = root.parameters();
    List<Integer> channels = config.blockChannels();
    int levels = channels.size();
    int first = channels.getFirst();
    int timeSize = 4 * first;
    int fold = config.patchSize() * config.patchSize();
    convIn = Conv2d.of(root.in("conv_in"), config.inChannels() * fold, first, 3, 1, 1);
    time = new TimestepEmbedding(root.in("time_embedding"), first, timeSize, timeSize);
    added =
        config.addedTimeSize().isPresent()
            ? new TimestepEmbedding(
                root.in("add_embedding"), config.addedTimeInputs(), timeSize, timeSize)
            : null;
    for (int i = 0; i < levels; i++) {
      BlockKind kind = config.down().get(i);
      int in = i == 0 ? first : channels.get(i - 1);
      // The reference's norms differ in ε by the kind of block.
      double epsilon = kind.attention() ? 1e-6 : 1e-5;
      Level level = level(i, kind, config.layers().get(i), epsilon);
      down.add(new Down(root.in("down_blocks", i), level, in, channels.get(i), i == levels - 1));
    }
    middle =
        new Middle(
            root.in("mid_block"),
            level(levels - 1, BlockKind.ATTENTION_IN_TIME, 1, 1e-5),
            channels.getLast());
    for (int i = 0; i < levels; i++) {
      int from = levels - 1 - i;
      int below = channels.get(Math.min(from + 1, levels - 1));
      int finer = channels.get(Math.max(from - 1, 0));
      Level level = level(from, config.up().get(i), config.layers().get(from) + 1, 1e-6);
      up.add(
          new Up(
              root.in("up_blocks", i), level, below, channels.get(from), finer, i == levels - 1));
    }
    normOut = GroupNorm.of(root.in("conv_norm_out"), first, config.groups(), 1e-5);
    convOut = Conv2d.of(root.in("conv_out"), first, config.outChannels() * fold, 3, 1, 1);
  }

  private Level level(int index, BlockKind kind, int layers, double epsilon) {
    return new Level(
        kind,
        layers,
        config.transformerLayers().get(index),
        config.heads().get(index),
        config.hasContext() ? config.crossAttention().get(index) : 0,
        config.selfAttention().get(index),
        4 * config.blockChannels().getFirst(),
        config.groups(),
        epsilon);
  }

  /**
   * Builds the network over parameters, which it then owns.
   *
   * @throws UserError if they come from files that do not fit
   */
  public static SpatioTemporalUNet of(UNetConfig config, Parameters parameters) {
    return parameters.build(() -> new SpatioTemporalUNet(config, parameters.root()));
  }

  /**
   * Loads {@code config.json} and the weights beside it.
   *
   * @param dtype the kind of numbers to compute in
   * @throws UserError if something is missing or does not fit
   */
  public static SpatioTemporalUNet load(Path folder, DType dtype, Device device) {
    UNetConfig config = UNetConfig.read(folder);
    return WeightFolder.load(folder, dtype, device, parameters -> of(config, parameters));
  }

  public UNetConfig config() {
    return config;
  }

  /** The learned tensors, by diffusers' names. */
  public Parameters parameters() {
    return parameters;
  }

  /**
   * One pass.
   *
   * @param clips (n, t, inChannels, h, w)
   * @param times (n): what stands for the noise level
   * @param context (n, keys, size) for whole clips, (n, t, keys, size) for each frame, or null
   *     where the configuration has none
   * @param addedTimes (n, k) further numbers (frame rate, …), or null where the configuration has
   *     none
   * @return (n, t, outChannels, h, w)
   */
  public Tensor forward(Tensor clips, Tensor times, Tensor context, Tensor addedTimes) {
    check(clips, times, context, addedTimes);
    return TorchScope.in(() -> {
      int frames = clips.extent(1);
      DType dtype = parameters.dtype();
      Tensor embedding =
          time.forward(TimestepEmbedding.waves(times, config.blockChannels().getFirst()).to(dtype));
      if (added != null) {
        Tensor waves =
            TimestepEmbedding.waves(addedTimes.reshape(-1), config.addedTimeSize().getAsInt());
        embedding = embedding.add(added.forward(waves.reshape(clips.size(0), -1).to(dtype)));
      }
      Conditions conditions =
          new Conditions(
              Ops.silu(embedding).repeatInterleave(frames, 0),
              context == null ? null : perFrame(context, frames).to(dtype),
              frames);

      Tensor x = clips.flatten(0, 1).to(dtype);
      if (config.patchSize() > 1) {
        x = Ops.pixelUnshuffleLast(x, config.patchSize());
      }
      Tensor h = convIn.forward(x.laidOut(MemoryLayout.CHANNELS_LAST));
      Deque<Tensor> across = new ArrayDeque<>();
      across.push(h);
      for (Down block : down) {
        h = block.forward(h, conditions, across);
      }
      h = middle.forward(h, conditions);
      for (Up block : up) {
        h = block.forward(h, conditions, across);
      }
      h = convOut.forward(normOut.forwardSilu(h));
      if (config.patchSize() > 1) {
        h = Ops.pixelShuffle(h, config.patchSize());
      }
      long[] s = h.shape();
      return h.reshape(clips.size(0), frames, s[1], s[2], s[3]);
    });
  }

  /** A context for each frame, (n·t, keys, size). */
  private static Tensor perFrame(Tensor context, int frames) {
    return context.rank() == 4 ? context.flatten(0, 1) : context.repeatInterleave(frames, 0);
  }

  private void check(Tensor clips, Tensor times, Tensor context, Tensor addedTimes) {
    long[] s = clips.shape();
    require(s.length == 5 && s[2] == config.inChannels(), "clips", clips, config.inChannels());
    require(
        s[3] % config.patchSize() == 0 && s[4] % config.patchSize() == 0,
        "size of clips for patch_size",
        clips,
        config.patchSize());
    require(times.rank() == 1 && times.size(0) == s[0], "times", times, s[0]);
    if (config.hasContext()) {
      long size = config.crossAttention().getFirst();
      require(
          context != null
              && (context.rank() == 3 || (context.rank() == 4 && context.size(1) == s[1]))
              && context.size(0) == s[0]
              && context.size(-1) == size,
          "context",
          context,
          size);
    } else {
      require(context == null, "context", context, 0);
    }
    if (config.addedTimeSize().isPresent()) {
      long wanted = config.addedTimeInputs() / config.addedTimeSize().getAsInt();
      require(
          addedTimes != null
              && addedTimes.rank() == 2
              && addedTimes.size(0) == s[0]
              && addedTimes.size(1) == wanted,
          "added times",
          addedTimes,
          wanted);
    } else {
      require(addedTimes == null, "added times", addedTimes, 0);
    }
  }

  private static void require(boolean met, String what, Tensor found, long wanted) {
    if (!met) {
      throw new IllegalArgumentException(
          "%s of shape %s, the network wants %d"
              .formatted(what, found == null ? "null" : Arrays.toString(found.shape()), wanted));
    }
  }

  /** Frees the parameters. */
  @Override
  public void close() {
    parameters.close();
  }
}
