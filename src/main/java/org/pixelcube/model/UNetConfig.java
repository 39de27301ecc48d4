package org.pixelcube.model;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.pixelcube.config.InvalidSetting;

/**
 * What a {@link SpatioTemporalUNet} is built of: {@code UNetSpatioTemporalConditionModel} of
 * diffusers, and some keys of our own for small networks ({@code patch_size}, {@code
 * norm_num_groups}, {@code spatial_self_attention}; null for {@code addition_time_embed_dim} and
 * {@code cross_attention_dim}; blocks without time).
 *
 * @param inChannels channels of a frame that comes in: the noisy picture and its conditions
 * @param outChannels channels of a frame that goes out
 * @param patchSize side of the square of pixels that is folded into channels at the entrance and
 *     unfolded at the exit; 1 for none
 * @param down kinds of blocks, finest level first
 * @param up kinds of blocks, coarsest level first
 * @param blockChannels channels of each level, finest first
 * @param layers residual blocks of each level
 * @param transformerLayers transformer layers behind each residual block, per level
 * @param heads attention heads of each level
 * @param crossAttention size of the context's tokens at each level; empty for no context
 * @param selfAttention whether a level's pixels look at each other
 * @param addedTimeSize size of the embedding of each added number (frame rate, …); empty for none
 * @param addedTimeInputs size of all those embeddings together
 * @param groups groups of the group norms
 * @param frames frames that the network was made for; any number works
 * @param sampleSize side of the pictures it was made for, 0 if not said
 */
public record UNetConfig(
    int inChannels,
    int outChannels,
    int patchSize,
    List<BlockKind> down,
    List<BlockKind> up,
    List<Integer> blockChannels,
    List<Integer> layers,
    List<Integer> transformerLayers,
    List<Integer> heads,
    List<Integer> crossAttention,
    List<Boolean> selfAttention,
    OptionalInt addedTimeSize,
    int addedTimeInputs,
    int groups,
    int frames,
    int sampleSize) {

  /** Name of the class in {@code _class_name}. */
  static final String CLASS_NAME = "UNetSpatioTemporalConditionModel";

  public UNetConfig {
    blockChannels = List.copyOf(blockChannels);
    down = List.copyOf(down);
    up = List.copyOf(up);
    int levels = blockChannels.size();
    same("down_block_types", down.size(), levels);
    same("up_block_types", up.size(), levels);
    for (int i = 0; i < levels; i++) {
      divides("norm_num_groups", groups, blockChannels.get(i));
      divides("num_attention_heads", heads.get(i), blockChannels.get(i));
      BlockKind mirror = up.get(levels - 1 - i);
      if (mirror.temporal() != down.get(i).temporal()) {
        throw new InvalidSetting(
            "up_block_types",
            "%s stands across from %s".formatted(mirror.typeName(true), down.get(i)),
            "give both the same treatment of time");
      }
    }
    InvalidSetting.inRange("patch_size", patchSize, 1, 16);
  }

  private static void same(String key, int size, int levels) {
    if (size != levels) {
      throw new InvalidSetting(
          key,
          "has %d entries, block_out_channels has %d".formatted(size, levels),
          "give one for each level");
    }
  }

  private static void divides(String key, int divisor, int number) {
    if (number % divisor != 0) {
      throw new InvalidSetting(
          key,
          "is %d, which does not divide %d channels".formatted(divisor, number),
          "give a divisor of block_out_channels");
    }
  }

  /**
   * A small network without added numbers: every level sees time, and those with attention look at
   * their pixels, along time and at the context.
   *
   * @param in channels of a frame that comes in
   * @param out channels of a frame that goes out
   * @param patch side of the square of pixels that is folded into channels
   * @param channels of each level, finest first
   * @param layers residual blocks of each level on the way down
   * @param attention whether a level has attention
   * @param headChannels channels of each head, a divisor of the channels of levels with attention
   *     and of the coarsest
   * @param contextSize size of the context's tokens, 0 for no context
   */
  public static UNetConfig small(
      int in,
      int out,
      int patch,
      List<Integer> channels,
      int layers,
      List<Boolean> attention,
      int headChannels,
      int contextSize,
      int groups) {
    int levels = channels.size();
    List<BlockKind> down =
        attention.stream()
            .map(has -> has ? BlockKind.ATTENTION_IN_TIME : BlockKind.CONVOLUTION_IN_TIME)
            .toList();
    return new UNetConfig(
        in,
        out,
        patch,
        down,
        down.reversed(),
        channels,
        Collections.nCopies(levels, layers),
        Collections.nCopies(levels, 1),
        channels.stream().map(c -> c % headChannels == 0 ? c / headChannels : 1).toList(),
        contextSize == 0 ? List.of() : Collections.nCopies(levels, contextSize),
        Collections.nCopies(levels, true),
        OptionalInt.empty(),
        0,
        groups,
        8,
        0);
  }

  /** The keys and values of {@code config.json}. */
  public Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("_class_name", CLASS_NAME);
    values.put("in_channels", inChannels);
    values.put("out_channels", outChannels);
    values.put("patch_size", patchSize);
    values.put("down_block_types", down.stream().map(kind -> kind.typeName(false)).toList());
    values.put("up_block_types", up.stream().map(kind -> kind.typeName(true)).toList());
    values.put("block_out_channels", blockChannels);
    values.put("layers_per_block", layers);
    values.put("transformer_layers_per_block", transformerLayers);
    values.put("num_attention_heads", heads);
    values.put("cross_attention_dim", hasContext() ? crossAttention : null);
    values.put("spatial_self_attention", selfAttention);
    values.put(
        "addition_time_embed_dim", addedTimeSize.isPresent() ? addedTimeSize.getAsInt() : null);
    values.put("projection_class_embeddings_input_dim", addedTimeInputs);
    values.put("norm_num_groups", groups);
    values.put("num_frames", frames);
    values.put("sample_size", sampleSize);
    return values;
  }

  /** The same with further channels coming in. */
  public UNetConfig widened(int furtherChannels) {
    return new UNetConfig(
        inChannels + furtherChannels,
        outChannels,
        patchSize,
        down,
        up,
        blockChannels,
        layers,
        transformerLayers,
        heads,
        crossAttention,
        selfAttention,
        addedTimeSize,
        addedTimeInputs,
        groups,
        frames,
        sampleSize);
  }

  /** How many times a level halves the picture, all levels together. */
  public int downsamplings() {
    return blockChannels.size() - 1;
  }

  /** Whether there is a context to look at. */
  public boolean hasContext() {
    return !crossAttention.isEmpty();
  }

  /**
   * Reads {@code config.json} in a folder.
   *
   * @throws org.pixelcube.config.UserError with file and key if it does not fit
   */
  public static UNetConfig read(Path folder) {
    return of(ModelConfig.in(folder));
  }

  /** The same from values, as of a parsed JSON object. */
  public static UNetConfig of(Map<String, Object> values) {
    return of(new ModelConfig("UNet configuration", values));
  }

  static UNetConfig of(ModelConfig config) {
    config.requireClass(CLASS_NAME);
    List<Integer> channels = config.integers("block_out_channels", List.of(320, 640, 1280, 1280));
    int levels = channels.size();
    List<BlockKind> down = kinds(config, "down_block_types", levels, false);
    List<BlockKind> up = kinds(config, "up_block_types", levels, true);
    boolean added = !config.isNull("addition_time_embed_dim");
    UNetConfig result;
    try {
      result =
          new UNetConfig(
              config.integer("in_channels", 8, 1),
              config.integer("out_channels", 4, 1),
              config.integer("patch_size", 1, 1),
              down,
              up,
              channels,
              config.perLevel("layers_per_block", 2, levels),
              config.perLevel("transformer_layers_per_block", 1, levels),
              heads(config, levels),
              config.isNull("cross_attention_dim")
                  ? List.of()
                  : config.perLevel("cross_attention_dim", 1024, levels),
              config.flagPerLevel("spatial_self_attention", true, levels),
              added
                  ? OptionalInt.of(config.integer("addition_time_embed_dim", 256, 1))
                  : OptionalInt.empty(),
              config.integer("projection_class_embeddings_input_dim", 768, 0),
              config.integer("norm_num_groups", 32, 1),
              config.integer("num_frames", 25, 1),
              config.integer("sample_size", 0, 0));
    } catch (InvalidSetting e) {
      throw config.fault(e.key(), e.reason(), e.remedy());
    }
    config.complete();
    return result;
  }

  private static List<Integer> heads(ModelConfig config, int levels) {
    return config.has("num_attention_heads") || levels != 4
        ? config.perLevel("num_attention_heads", 1, levels)
        : List.of(5, 10, 20, 20);
  }

  private static List<BlockKind> kinds(ModelConfig config, String key, int levels, boolean up) {
    List<String> fallback =
        new java.util.ArrayList<>(
            Collections.nCopies(levels, BlockKind.ATTENTION_IN_TIME.typeName(up)));
    fallback.set(up ? 0 : levels - 1, BlockKind.CONVOLUTION_IN_TIME.typeName(up));
    return config.names(key, fallback).stream()
        .map(name ->
            BlockKind.of(name, up)
                .orElseThrow(() ->
                    config.fault(
                        key,
                        "has '%s', supported are %s".formatted(name, BlockKind.typeNames(up)),
                        "use another model")))
        .toList();
  }
}
