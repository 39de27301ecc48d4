package org.pixelcube.model;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What a {@link TemporalAutoencoder} is built of: {@code AutoencoderKLTemporalDecoder} of
 * diffusers.
 *
 * @param inChannels channels of a picture that is encoded
 * @param outChannels channels of a picture that is decoded
 * @param latentChannels channels of a latent
 * @param blockChannels channels of each level, finest first
 * @param layers residual blocks of each level of the encoder; the decoder has one more
 * @param scalingFactor latents times this have a variance near 1
 * @param forceUpcast whether it overflows in 16-bit floats
 */
public record AutoencoderConfig(
    int inChannels,
    int outChannels,
    int latentChannels,
    List<Integer> blockChannels,
    int layers,
    double scalingFactor,
    boolean forceUpcast) {

  static final String CLASS_NAME = "AutoencoderKLTemporalDecoder";

  /** Pixels of a picture along each pixel of a latent. */
  public int factor() {
    return 1 << (blockChannels.size() - 1);
  }

  /**
   * Reads {@code config.json} in a folder.
   *
   * @throws org.pixelcube.config.UserError with file and key if it does not fit
   */
  public static AutoencoderConfig read(Path folder) {
    return of(ModelConfig.in(folder));
  }

  /** The same from values, as of a parsed JSON object. */
  public static AutoencoderConfig of(Map<String, Object> values) {
    return of(new ModelConfig("autoencoder configuration", values));
  }

  static AutoencoderConfig of(ModelConfig config) {
    config.requireClass(CLASS_NAME);
    List<Integer> channels = config.integers("block_out_channels", List.of(64));
    config.require("down_block_types", Collections.nCopies(channels.size(), "DownEncoderBlock2D"));
    config.integer("sample_size", 32, 1);
    for (int c : channels) {
      if (c % TemporalAutoencoder.GROUPS != 0) {
        throw config.fault(
            "block_out_channels",
            "has %d, must be multiples of %d".formatted(c, TemporalAutoencoder.GROUPS),
            "mend the value");
      }
    }
    AutoencoderConfig result =
        new AutoencoderConfig(
            config.integer("in_channels", 3, 1),
            config.integer("out_channels", 3, 1),
            config.integer("latent_channels", 4, 1),
            channels,
            config.integer("layers_per_block", 1, 1),
            config.number("scaling_factor", 0.18215),
            config.flag("force_upcast", true));
    config.complete();
    return result;
  }
}
