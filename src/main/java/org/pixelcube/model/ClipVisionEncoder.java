package org.pixelcube.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pixelcube.config.UserError;
import org.pixelcube.model.Layers.Conv2d;
import org.pixelcube.model.Layers.LayerNorm;
import org.pixelcube.model.Layers.Linear;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Parameters.Initial;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;
import org.pixelcube.torch.WeightFolder;

/**
 * CLIP's picture encoder ({@code CLIPVisionModelWithProjection}; Radford et al. 2021), whose vector
 * is the only token of context that Stable Video Diffusion knows.
 *
 * <pre>
 *   picture ─ patches ─ + position ─ norm ─ [norm ─ attention ─ + ─ norm ─ mlp ─ +] × layers ─ first token ─ norm ─ linear ─►
 * </pre>
 */
public final class ClipVisionEncoder implements AutoCloseable {
  /**
   * What the network is built of; its file holds many more keys, which do not matter here.
   *
   * @param hidden size of a token
   * @param intermediate size within the two layers of a block
   * @param layers blocks
   * @param heads attention heads
   * @param imageSize side of the picture, pixels
   * @param patchSize side of a patch, pixels
   * @param projection size of the result
   * @param quick whether the activation is x · σ(1.702 x) in the place of GELU
   */
  public record Config(
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int imageSize,
      int patchSize,
      int projection,
      boolean quick) {

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
      return of(new ModelConfig("picture encoder configuration", values));
    }

    private static Config of(ModelConfig config) {
      config.require("num_channels", 3);
      String activation = config.text("hidden_act", "quick_gelu");
      if (!activation.equals("gelu") && !activation.equals("quick_gelu")) {
        throw config.fault(
            "hidden_act",
            "is %s, supported are gelu and quick_gelu".formatted(activation),
            "use another model");
      }
      Config result =
          new Config(
              config.integer("hidden_size", 768, 1),
              config.integer("intermediate_size", 3072, 1),
              config.integer("num_hidden_layers", 12, 1),
              config.integer("num_attention_heads", 12, 1),
              config.integer("image_size", 224, 1),
              config.integer("patch_size", 32, 1),
              config.integer("projection_dim", 512, 1),
              activation.equals("quick_gelu"));
      if (result.hidden % result.heads != 0 || result.imageSize % result.patchSize != 0) {
        throw config.fault(
            "hidden_size",
            "is not a multiple of num_attention_heads, or image_size not of patch_size",
            "use another model");
      }
      return result;
    }
  }

  private record Block(
      LayerNorm norm1,
      Linear q,
      Linear k,
      Linear v,
      Linear out,
      LayerNorm norm2,
      Linear fc1,
      Linear fc2) {}

  private final Config config;
  private final Parameters parameters;
  private final Tensor classToken;
  private final Conv2d patches;
  private final Tensor positions;
  private final LayerNorm normIn;
  private final List<Block> blocks = new ArrayList<>();
  private final LayerNorm normOut;
  private final Linear projection;

  private ClipVisionEncoder(Config config, Branch root) {
    this.config = config;
    parameters = root.parameters();
    int size = config.hidden;
    int side = config.imageSize / config.patchSize;
    Branch vision = root.in("vision_model");
    Branch embeddings = vision.in("embeddings");
    embeddings.ignore("position_ids");
    classToken = embeddings.tensor("class_embedding", Initial.uniform(size), size);
    patches =
        Conv2d.of(
            embeddings.in("patch_embedding"),
            3,
            size,
            config.patchSize,
            config.patchSize,
            0,
            false);
    positions =
        embeddings
            .in("position_embedding")
            .tensor("weight", Initial.uniform(size), side * side + 1, size);
    // The misspelling is in every file of this network.
    normIn = LayerNorm.of(vision.in("pre_layrnorm"), size);
    for (int i = 0; i < config.layers; i++) {
      Branch layer = vision.in("encoder").in("layers", i);
      Branch attention = layer.in("self_attn");
      blocks.add(
          new Block(
              LayerNorm.of(layer.in("layer_norm1"), size),
              Linear.of(attention.in("q_proj"), size, size),
              Linear.of(attention.in("k_proj"), size, size),
              Linear.of(attention.in("v_proj"), size, size),
              Linear.of(attention.in("out_proj"), size, size),
              LayerNorm.of(layer.in("layer_norm2"), size),
              Linear.of(layer.in("mlp").in("fc1"), size, config.intermediate),
              Linear.of(layer.in("mlp").in("fc2"), config.intermediate, size)));
    }
    normOut = LayerNorm.of(vision.in("post_layernorm"), size);
    projection = Linear.of(root.in("visual_projection"), size, config.projection, false);
  }

  /**
   * Builds the network over parameters, which it then owns.
   *
   * @throws UserError if they come from files that do not fit
   */
  public static ClipVisionEncoder of(Config config, Parameters parameters) {
    return parameters.build(() -> new ClipVisionEncoder(config, parameters.root()));
  }

  /**
   * Loads {@code config.json} and the weights beside it.
   *
   * @throws UserError if something is missing or does not fit
   */
  public static ClipVisionEncoder load(Path folder, DType dtype, Device device) {
    Config config = Config.read(folder);
    return WeightFolder.load(folder, dtype, device, parameters -> of(config, parameters));
  }

  public Config config() {
    return config;
  }

  public Parameters parameters() {
    return parameters;
  }

  /**
   * Encodes pictures.
   *
   * @param pictures (n, 3, imageSize, imageSize), normalised as the network was trained with
   * @return (n, projection)
   */
  public Tensor forward(Tensor pictures) {
    return TorchScope.in(() -> {
      Tensor x = pictures.to(parameters.dtype()).laidOut(MemoryLayout.CHANNELS_LAST);
      Tensor tokens = Clips.tokens(patches.forward(x));
      Tensor first = classToken.reshape(1, 1, -1).expand(x.size(0), 1, -1);
      Tensor h = normIn.forward(Ops.cat(1, first, tokens).add(positions));
      for (Block block : blocks) {
        h = h.add(attend(block, block.norm1.forward(h)));
        Tensor wide = block.fc1.forward(block.norm2.forward(h));
        h = h.add(block.fc2.forward(config.quick ? quickGelu(wide) : Ops.gelu(wide)));
      }
      return projection.forward(normOut.forward(h.select(1, 0)));
    });
  }

  private static Tensor quickGelu(Tensor x) {
    return x.mul(x.mul(1.702).sigmoid());
  }

  private Tensor attend(Block block, Tensor x) {
    Tensor seen =
        Ops.attention(
            split(block.q.forward(x)), split(block.k.forward(x)), split(block.v.forward(x)));
    return block.out.forward(seen.transpose(1, 2).flatten(2, 3));
  }

  private Tensor split(Tensor x) {
    long[] s = x.shape();
    return x.reshape(s[0], s[1], config.heads, s[2] / config.heads).transpose(1, 2);
  }

  /** Frees the parameters. */
  @Override
  public void close() {
    parameters.close();
  }
}
