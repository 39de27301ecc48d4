package org.pixelcube.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.pixelcube.config.UserError;
import org.pixelcube.model.Layers.Conv2d;
import org.pixelcube.model.Layers.GroupNorm;
import org.pixelcube.model.Layers.LayerNorm;
import org.pixelcube.model.Layers.Linear;
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
 * Environment maps as tokens of context: one for each patch of the sphere.
 *
 * <pre>
 *   map ─ conv 3×3 ─ [norm ─ silu ─ conv 3×3, ½] × levels ─ norm ─ silu ─ one token per pixel ─ linear ─ norm ─►
 * </pre>
 *
 * The map closes on itself to the left and right. Where a patch lies is told by the direction
 * channels, so tokens need no positions.
 */
public final class EnvironmentEncoder implements AutoCloseable {
  /** Reinhard, log and direction images, three channels each. */
  public static final int CHANNELS = 9;

  private static final String CLASS_NAME = "PixelCubeEnvironmentEncoder";

  /**
   * What the network is built of.
   *
   * @param height of a map, pixels; the width is twice as much
   * @param blockChannels channels before the first halving and after each
   * @param size of a token
   * @param groups of the group norms
   */
  public record Config(int height, List<Integer> blockChannels, int size, int groups) {
    /** How many tokens a map gives. */
    public int tokens() {
      int side = height >> (blockChannels.size() - 1);
      return 2 * side * side;
    }

    /**
     * Reads {@code config.json} in a folder.
     *
     * @throws UserError with file and key if it does not fit
     */
    public static Config read(Path folder) {
      return of(ModelConfig.in(folder));
    }

    /** The same from values, as of a parsed JSON object. */
    public static Config of(Map<String, Object> values) {
      return of(new ModelConfig("environment encoder configuration", values));
    }

    private static Config of(ModelConfig config) {
      config.requireClass(CLASS_NAME);
      Config result =
          new Config(
              config.integer("height", 32, 1),
              config.integers("block_out_channels", List.of(32, 64, 128, 128)),
              config.integer("token_size", 128, 1),
              config.integer("norm_num_groups", 8, 1));
      int halvings = result.blockChannels.size() - 1;
      if (result.height % (1 << halvings) != 0) {
        throw config.fault(
            "height",
            "is %d, must be a multiple of %d".formatted(result.height, 1 << halvings),
            "one halving for each of block_out_channels but the first");
      }
      for (int channels : result.blockChannels) {
        if (channels % result.groups != 0) {
          throw config.fault(
              "norm_num_groups",
              "is %d, which does not divide %d".formatted(result.groups, channels),
              "give a divisor of block_out_channels");
        }
      }
      config.complete();
      return result;
    }

    /** The keys and values of {@code config.json}. */
    public Map<String, Object> values() {
      return Map.of(
          "_class_name", CLASS_NAME,
          "height", height,
          "block_out_channels", blockChannels,
          "token_size", size,
          "norm_num_groups", groups);
    }
  }

  private final Config config;
  private final Parameters parameters;
  private final Conv2d convIn;
  private final List<GroupNorm> norms = new ArrayList<>();
  private final List<Conv2d> convs = new ArrayList<>();
  private final Linear project;
  private final LayerNorm normOut;

  /** Builds the network as a part of a larger one, whose parameters the caller closes. */
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
   * Builds the network over parameters, which it then owns.
   *
   * @throws UserError if they come from files that do not fit
   */
  public static EnvironmentEncoder of(Config config, Parameters parameters) {
    return parameters.build(() -> new EnvironmentEncoder(config, parameters.root()));
  }

  /**
   * Loads {@code config.json} and the weights beside it.
   *
   * @throws UserError if something is missing or does not fit
   */
  public static EnvironmentEncoder load(Path folder, DType dtype, Device device) {
    Config config = Config.read(folder);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      return of(config, Parameters.loaded(weights, dtype, device, MemoryLayout.CHANNELS_LAST));
    }
  }

  public Config config() {
    return config;
  }

  public Parameters parameters() {
    return parameters;
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

  /** Frees the parameters. */
  @Override
  public void close() {
    parameters.close();
  }
}
