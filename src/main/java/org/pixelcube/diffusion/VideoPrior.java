package org.pixelcube.diffusion;

import java.util.Arrays;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.UserError;
import org.pixelcube.model.SpatioTemporalUNet;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TensorRandom;
import org.pixelcube.torch.TorchScope;

/**
 * Stable Video Diffusion as it is published: it knows what clips look like and nothing of light. It
 * is told a clip's first picture, and takes noise off that was added to the whole clip, as far as
 * that noise reached (Meng et al. 2022, "SDEdit"). What moves unlike a clip goes with the noise.
 *
 * <pre>
 *   clip ─ encoder ─ · scale ─ + noise ─► [UNet] × steps ─ ÷ scale ─ decoder ─► clip
 *   first picture ─┬─ encoder ─ beside each frame ──┘ │
 *                  └─ CLIP ─ context ─────────────────┘
 * </pre>
 *
 * Used by one thread at a time.
 */
public final class VideoPrior implements AutoCloseable {
  /** What the network is told of motion where nothing is known: as in the reference. */
  static final double MOTION = 127;

  /** Frame rates that it was trained with. */
  private static final double FASTEST = 30;

  private final LatentCodec codec;
  private final SpatioTemporalUNet unet;
  private final Device device;

  private VideoPrior(LatentCodec codec, SpatioTemporalUNet unet, Device device) {
    this.codec = codec;
    this.unet = unet;
    this.device = device;
  }

  /**
   * Loads the networks of a folder.
   *
   * @param dtype the kind of numbers to compute in; the autoencoder keeps to single precision
   * @throws UserError if weights are missing or damaged
   */
  public static VideoPrior load(SvdFolder folder, DType dtype, Device device) {
    LatentCodec codec = LatentCodec.load(folder, dtype, device);
    try {
      return new VideoPrior(
          codec, SpatioTemporalUNet.load(folder.path().resolve("unet"), dtype, device), device);
    } catch (RuntimeException e) {
      codec.close();
      throw e;
    }
  }

  LatentCodec codec() {
    return codec;
  }

  /**
   * How noise is taken off.
   *
   * @param noise how much is added, from 0, none at all, to 1, so much that the clip is lost in it:
   *     the place along the folder's {@link KarrasSchedule}
   * @param steps looks at the network
   * @param guidance {@link Denoiser#guided} beyond the picture told; 1 for none, at half the cost
   * @param framesPerSecond of the clip
   */
  public record Look(double noise, int steps, double guidance, double framesPerSecond) {
    public Look {
      InvalidSetting.inRange("noise", noise, 0, 1);
      InvalidSetting.inRange("steps", steps, 1, 1000);
      InvalidSetting.inRange("guidance", guidance, 1, 100);
      InvalidSetting.inRange("framesPerSecond", framesPerSecond, 0, 1e6);
    }
  }

  /**
   * A clip with noise added and taken off again.
   *
   * @param given {@linkplain PictureCode codes}, {@code (t, 3, h, w)}, sides multiples of {@link
   *     SvdFolder#divisor}
   * @param seed of the noise, which is the same in all frames
   * @return the same shape; what was brighter than white still is
   */
  public Tensor steadied(Tensor given, Look look, long seed) {
    try (NoGrad _ = NoGrad.open();
        TensorRandom random = new TensorRandom(seed)) {
      return TorchScope.in(() -> {
        Tensor codes = given.to(device);
        Tensor shown = codes.clamp(-1, 1);
        Tensor latents = codec.encode(shown).mul(codec.scale());
        if (look.noise() > 0) {
          KarrasSchedule all = codec.folder().schedule();
          double most = Math.max(all.least(), all.at(1 - look.noise()));
          KarrasSchedule part = new KarrasSchedule(all.least(), most, all.rho());
          Tensor noise = random.normal(1, latents.size(1), latents.size(2), latents.size(3));
          Tensor first = shown.narrow(0, 0, 1);
          double[] guidance = new double[codes.extent(0)];
          Arrays.fill(guidance, look.guidance());
          latents =
              sample(
                  latents.add(noise.mul(most).to(device)),
                  codec.encode(first),
                  codec.token(first),
                  levels(part, look.steps()),
                  guidance,
                  added(look.framesPerSecond()));
        }
        return codec.decode(latents.div(codec.scale())).add(codes.sub(shown));
      });
    }
  }

  /** Levels whose last step is not spent on the least noise, where nothing is left to see. */
  private static double[] levels(KarrasSchedule schedule, int steps) {
    double[] levels = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      levels[i] = schedule.at((double) i / steps);
    }
    return levels;
  }

  /** Frame rate, motion and the noise on the picture told, none, as the network takes them. */
  static float[] added(double framesPerSecond) {
    return new float[] {
      (float) Math.clamp(Math.rint(framesPerSecond) - 1, 0, FASTEST), (float) MOTION, 0
    };
  }

  /**
   * The sampling loop of the reference's pipeline.
   *
   * @param start latents with noise of level {@code levels[0]}, {@code (t, c, h, w)}
   * @param picture latents of the picture told, not scaled, {@code (1, c, h, w)}
   * @param token its token, {@code (1, 1, size)}
   * @param guidance of each frame
   * @return latents, scaled
   */
  Tensor sample(
      Tensor start,
      Tensor picture,
      Tensor token,
      double[] levels,
      double[] guidance,
      float[] added) {
    Tensor beside = picture.expand(start.size(0), -1, -1, -1);
    Tensor times = Tensor.of(added, 1, added.length).to(device);
    Denoiser told = denoiser(beside, token, times);
    boolean guided = Arrays.stream(guidance).anyMatch(scale -> scale != 1);
    if (!guided) {
      return Sampler.EULER.sample(told, start, levels);
    }
    Denoiser free = denoiser(beside.mul(0), token.mul(0), times);
    Tensor scales = Tensor.of(guidance, guidance.length, 1, 1, 1).to(DType.F32).to(device);
    return Sampler.EULER.sample(Denoiser.guided(told, free, scales), start, levels);
  }

  private Denoiser denoiser(Tensor beside, Tensor token, Tensor times) {
    return Denoiser.ofVelocity((scaled, noise) ->
        unet.forward(
                Ops.cat(1, scaled, beside).unsqueeze(0),
                Tensor.of(new float[] {(float) noise}, 1).to(device),
                token,
                times)
            .squeeze(0)
            .to(DType.F32));
  }

  @Override
  public void close() {
    codec.close();
    unet.close();
  }
}
