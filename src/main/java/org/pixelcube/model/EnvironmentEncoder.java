package org.pixelcube.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pixelcube.model.Layers.Conv2d;
import org.pixelcube.model.Layers.GroupNorm;
import org.pixelcube.model.Layers.LayerNorm;
import org.pixelcube.model.Layers.Linear;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * Environment maps as tokens of context: one for each patch of the sphere.
 *
 * <pre>
 *   map ─ conv 3×3 ─ [norm ─ silu ─ conv 3×3, ½] × levels ─ norm ─ silu ─ one token per pixel ─ linear ─ norm ─►
 * </pre>
 *
 * The map closes on itself to the left and right. Where a patch lies is told by the direction
 * channels, so tokens need no positions.
 */
public final class EnvironmentEncoder {
  /** Reinhard, log and direction images, three channels each. */
  public static final int CHANNELS = 9;

  /**
   * What the network is built of.
   *
   * @param height of a map, pixels; the width is twice as much
   * @param blockChannels channels before the first halving and after each
   * @param size of a token
   * @param groups of the group norms
   */
  public record Config(int height, List<Integer> blockChannels, int size, int groups) {
    public Config {
      blockChannels = List.copyOf(blockChannels);
      int halvings = blockChannels.size() - 1;
      if (height % (1 << halvings) != 0) {
        throw new IllegalArgumentException(height + " rows halved " + halvings + " times");
      }
    }

    /** How many tokens a map gives. */
    public int tokens() {
      int side = height >> (blockChannels.size() - 1);
      return 2 * side * side;
    }
  }

  private final Config config;
  private final Parameters parameters;
  private final Conv2d convIn;
  private final List<GroupNorm> norms = new ArrayList<>();
  private final List<Conv2d> convs = new ArrayList<>();
  private final Linear project;
  private final LayerNorm normOut;

  /** Builds the network over parameters, which the caller closes. */
  public EnvironmentEncoder(Config config, Branch root) {
    this.config = config;
    parameters = root.parameters();
    List<Integer> channels = config.blockChannels;
    convIn = Conv2d.of(root.in("conv_in"), CHANNELS, channels.getFirst(), 3, 1, 0);
    for (int i = 0; i < channels.size(); i++) {
      norms.add(GroupNorm.of(root.in("norms", i), channels.get(i), config.groups, 1e-5));
      if (i + 1 < channels.size()) {
        convs.add(Conv2d.of(root.in("convs", i), channels.get(i), channels.get(i + 1), 3, 2, 0));
      }
    }
    project = Linear.of(root.in("proj"), channels.getLast(), config.size);
    normOut = LayerNorm.of(root.in("norm_out"), config.size);
  }

  /**
   * Encodes the maps of clips.
   *
   * @param maps (n, t, 9, height, 2 · height), equirectangular, as the class says
   * @return (n, t, tokens, size)
   */
  public Tensor forward(Tensor maps) {
    long[] s = maps.shape();
    if (s.length != 5 || s[2] != CHANNELS || s[3] != config.height || s[4] != 2L * config.height) {
      throw new IllegalArgumentException("maps of shape " + Arrays.toString(s));
    }
    return TorchScope.in(() -> {
      Tensor h = maps.flatten(0, 1).to(parameters.dtype()).laidOut(MemoryLayout.CHANNELS_LAST);
      h = convIn.forward(around(h));
      for (int i = 0; i < norms.size(); i++) {
        h = norms.get(i).forwardSilu(h);
        if (i < convs.size()) {
          h = convs.get(i).forward(around(h));
        }
      }
      Tensor tokens = normOut.forward(project.forward(Clips.tokens(h)));
      return tokens.reshape(s[0], s[1], tokens.size(1), tokens.size(2));
    });
  }

  /** One more pixel on each side: the other end to the left and right, the edge above and below. */
  private static Tensor around(Tensor x) {
    return Ops.padEdge(Ops.padCircular(x, 1, 1, 0, 0), 0, 0, 1, 1);
  }
}
