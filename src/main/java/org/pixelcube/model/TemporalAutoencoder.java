package org.pixelcube.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pixelcube.config.UserError;
import org.pixelcube.model.Layers.Conv2d;
import org.pixelcube.model.Layers.Downsample;
import org.pixelcube.model.Layers.GroupNorm;
import org.pixelcube.model.Layers.TemporalConv;
import org.pixelcube.model.Layers.Upsample;
import org.pixelcube.model.SpatioTemporalResnetBlock.Mix;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;
import org.pixelcube.torch.WeightFolder;

/**
 * The autoencoder of Stable Video Diffusion ({@code AutoencoderKLTemporalDecoder}; Rombach et al.
 * 2022, Blattmann et al. 2023): pictures are encoded alone, clips decoded with an eye on time.
 *
 * <pre>
 *   encoder   conv ─ [resnet ×2, ½] ×3 ─ [resnet ×2] ─ resnet ─ attention ─ resnet ─ norm ─ conv ─ quant ─► mean, log variance
 *   decoder   conv ─ mid [st-resnet, attention, st-resnet] ─ [st-resnet ×3, ×2] ×3 ─ [st-resnet ×3] ─ norm ─ conv ─ conv along time ─►
 * </pre>
 *
 * Pictures are encoded sRGB in [−1, 1]. Used by one thread at a time.
 */
public final class TemporalAutoencoder implements AutoCloseable {
  /** Groups of all group norms: the reference knows no other number. */
  static final int GROUPS = 32;

  private static final double EPSILON = 1e-6;
  private static final double TEMPORAL_EPSILON = 1e-5;

  private final AutoencoderConfig config;
  private final Parameters parameters;
  private final Encoder encoder;
  private final Conv2d quant;
  private final Decoder decoder;

  private TemporalAutoencoder(AutoencoderConfig config, Branch root) {
    this.config = config;
    parameters = root.parameters();
    encoder = new Encoder(root.in("encoder"), config);
    decoder = new Decoder(root.in("decoder"), config);
    int moments = 2 * config.latentChannels();
    quant = Conv2d.of(root.in("quant_conv"), moments, moments, 1, 1, 0);
  }

  /**
   * Builds the network over parameters, which it then owns.
   *
   * @throws UserError if they come from files that do not fit
   */
  public static TemporalAutoencoder of(AutoencoderConfig config, Parameters parameters) {
    return parameters.build(() -> new TemporalAutoencoder(config, parameters.root()));
  }

  /**
   * Loads {@code config.json} and the weights beside it.
   *
   * @throws UserError if something is missing or does not fit
   */
  public static TemporalAutoencoder load(Path folder, DType dtype, Device device) {
    AutoencoderConfig config = AutoencoderConfig.read(folder);
    return WeightFolder.load(folder, dtype, device, parameters -> of(config, parameters));
  }

  public AutoencoderConfig config() {
    return config;
  }

  public Parameters parameters() {
    return parameters;
  }

  /**
   * A normal distribution of latents for each picture.
   *
   * @param mean (n, latentChannels, h, w)
   * @param logVariance the same shape, within [−30, 20]
   */
  public record Posterior(Tensor mean, Tensor logVariance) {}

  /**
   * Encodes pictures, not yet scaled by {@link AutoencoderConfig#scalingFactor()}.
   *
   * @param pictures (n, inChannels, h, w), sides multiples of {@link AutoencoderConfig#factor()}
   */
  public Posterior encode(Tensor pictures) {
    Tensor moments =
        TorchScope.in(() ->
            quant.forward(
                encoder.forward(
                    pictures.to(parameters.dtype()).laidOut(MemoryLayout.CHANNELS_LAST))));
    List<Tensor> halves = moments.chunk(2, 1);
    return new Posterior(halves.get(0), halves.get(1).clamp(-30, 20));
  }

  /**
   * Decodes clips of latents, already divided by {@link AutoencoderConfig#scalingFactor()}.
   *
   * @param latents (n·t, latentChannels, h, w)
   * @param frames t; frames see their neighbours, so it makes a difference
   * @return (n·t, outChannels, h · factor, w · factor)
   */
  public Tensor decode(Tensor latents, int frames) {
    return TorchScope.in(() ->
        decoder.forward(
            latents.to(parameters.dtype()).laidOut(MemoryLayout.CHANNELS_LAST), frames));
  }

  /** Frees the parameters. */
  @Override
  public void close() {
    parameters.close();
  }

  /** Pictures to moments of latents, before the last 1×1 convolution. */
  private static final class Encoder {
    private record DownLevel(List<SpatioTemporalResnetBlock> resnets, Downsample downsample) {}

    private final Conv2d convIn;
    private final List<DownLevel> levels = new ArrayList<>();
    private final SpatioTemporalResnetBlock first;
    private final PictureAttention attention;
    private final SpatioTemporalResnetBlock second;
    private final GroupNorm normOut;
    private final Conv2d convOut;

    Encoder(Branch branch, AutoencoderConfig config) {
      List<Integer> channels = config.blockChannels();
      convIn = Conv2d.of(branch.in("conv_in"), config.inChannels(), channels.getFirst(), 3, 1, 1);
      for (int i = 0; i < channels.size(); i++) {
        Branch block = branch.in("down_blocks", i);
        int out = channels.get(i);
        List<SpatioTemporalResnetBlock> resnets = new ArrayList<>();
        for (int k = 0; k < config.layers(); k++) {
          int in = k > 0 ? out : channels.get(Math.max(i - 1, 0));
          resnets.add(resnet(block.in("resnets", k), in, out));
        }
        levels.add(
            new DownLevel(
                resnets,
                i == channels.size() - 1
                    ? null
                    : Downsample.of(block.in("downsamplers", 0), out, true)));
      }
      int last = channels.getLast();
      Branch middle = branch.in("mid_block");
      first = resnet(middle.in("resnets", 0), last, last);
      attention = new PictureAttention(middle.in("attentions", 0), last, GROUPS);
      second = resnet(middle.in("resnets", 1), last, last);
      normOut = GroupNorm.of(branch.in("conv_norm_out"), last, GROUPS, EPSILON);
      convOut = Conv2d.of(branch.in("conv_out"), last, 2 * config.latentChannels(), 3, 1, 1);
    }

    private static SpatioTemporalResnetBlock resnet(Branch branch, int in, int out) {
      return SpatioTemporalResnetBlock.framewise(branch, in, out, 0, GROUPS, EPSILON);
    }

    Tensor forward(Tensor pictures) {
      Tensor h = convIn.forward(pictures);
      for (DownLevel level : levels) {
        for (SpatioTemporalResnetBlock resnet : level.resnets) {
          h = resnet.forward(h, null, 1);
        }
        if (level.downsample != null) {
          h = level.downsample.forward(h);
        }
      }
      h = second.forward(attention.forward(first.forward(h, null, 1)), null, 1);
      return convOut.forward(normOut.forwardSilu(h));
    }
  }

  /** Latents to pictures. */
  private static final class Decoder {
    private record UpLevel(List<SpatioTemporalResnetBlock> resnets, Upsample upsample) {}

    private final Conv2d convIn;
    private final List<SpatioTemporalResnetBlock> middle = new ArrayList<>();
    private final PictureAttention attention;
    private final List<UpLevel> levels = new ArrayList<>();
    private final GroupNorm normOut;
    private final Conv2d convOut;
    private final TemporalConv timeConvOut;

    Decoder(Branch branch, AutoencoderConfig config) {
      List<Integer> channels = config.blockChannels().reversed();
      int first = channels.getFirst();
      convIn = Conv2d.of(branch.in("conv_in"), config.latentChannels(), first, 3, 1, 1);
      Branch mid = branch.in("mid_block");
      for (int k = 0; k < config.layers(); k++) {
        middle.add(resnet(mid.in("resnets", k), first, first));
      }
      attention = new PictureAttention(mid.in("attentions", 0), first, GROUPS);
      for (int i = 0; i < channels.size(); i++) {
        Branch block = branch.in("up_blocks", i);
        int out = channels.get(i);
        List<SpatioTemporalResnetBlock> resnets = new ArrayList<>();
        for (int k = 0; k <= config.layers(); k++) {
          int in = k > 0 ? out : channels.get(Math.max(i - 1, 0));
          resnets.add(resnet(block.in("resnets", k), in, out));
        }
        levels.add(
            new UpLevel(
                resnets,
                i == channels.size() - 1 ? null : Upsample.of(block.in("upsamplers", 0), out)));
      }
      int last = channels.getLast();
      normOut = GroupNorm.of(branch.in("conv_norm_out"), last, GROUPS, EPSILON);
      convOut = Conv2d.of(branch.in("conv_out"), last, config.outChannels(), 3, 1, 1);
      timeConvOut =
          TemporalConv.of(branch.in("time_conv_out"), config.outChannels(), config.outChannels());
    }

    private static SpatioTemporalResnetBlock resnet(Branch branch, int in, int out) {
      return new SpatioTemporalResnetBlock(
          branch, in, out, 0, GROUPS, EPSILON, TEMPORAL_EPSILON, Mix.TEMPORAL);
    }

    Tensor forward(Tensor latents, int frames) {
      Tensor h = middle.getFirst().forward(convIn.forward(latents), null, frames);
      if (middle.size() > 1) {
        // One attention, whatever the number of residual blocks, as in the reference.
        h = middle.get(1).forward(attention.forward(h), null, frames);
      }
      for (UpLevel level : levels) {
        for (SpatioTemporalResnetBlock resnet : level.resnets) {
          h = resnet.forward(h, null, frames);
        }
        if (level.upsample != null) {
          h = level.upsample.forward(h);
        }
      }
      h = convOut.forward(normOut.forwardSilu(h));
      return Clips.pictures(timeConvOut.forward(Clips.block(h, frames)));
    }
  }
}
