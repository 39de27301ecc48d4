package org.pixelcube.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.pixelcube.config.UserError;
import org.pixelcube.model.ClipVisionEncoder;
import org.pixelcube.model.TemporalAutoencoder;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * Pictures as Stable Video Diffusion sees them: its autoencoder, in single precision, and its
 * encoder of context, both as they are. Pictures are {@linkplain PictureCode codes}, which between
 * black and white are nearly sRGB in [−1, 1]; what is brighter than white is cut off.
 *
 * <p>A few frames are worked on at a time, which bounds memory. Used by one thread at a time.
 */
final class LatentCodec implements AutoCloseable {
  /** Frames that are encoded or decoded together; decoded frames see these neighbours. */
  private static final int GROUP = 4;

  private final SvdFolder folder;
  private final Device device;
  private final TemporalAutoencoder autoencoder;
  private final ClipVisionEncoder encoder;

  private LatentCodec(
      SvdFolder folder, Device device, TemporalAutoencoder autoencoder, ClipVisionEncoder encoder) {
    this.folder = folder;
    this.device = device;
    this.autoencoder = autoencoder;
    this.encoder = encoder;
  }

  /**
   * Loads both networks.
   *
   * @param dtype the kind of numbers that the encoder of context computes in
   * @throws UserError if weights are missing or damaged
   */
  static LatentCodec load(SvdFolder folder, DType dtype, Device device) {
    TemporalAutoencoder autoencoder =
        TemporalAutoencoder.load(folder.path().resolve("vae"), DType.F32, device);
    try {
      return new LatentCodec(
          folder,
          device,
          autoencoder,
          ClipVisionEncoder.load(folder.path().resolve("image_encoder"), dtype, device));
    } catch (RuntimeException e) {
      autoencoder.close();
      throw e;
    }
  }

  SvdFolder folder() {
    return folder;
  }

  /** What latents are multiplied by to have unit variance: then they are what is denoised. */
  double scale() {
    return autoencoder.config().scalingFactor();
  }

  /** Pixels of a picture along each pixel of a latent. */
  int factor() {
    return autoencoder.config().factor();
  }

  /** Channels of a latent. */
  int channels() {
    return autoencoder.config().latentChannels();
  }

  /**
   * The likeliest latents of pictures, not scaled.
   *
   * @param codes {@code (n, 3, h, w)}
   * @return {@code (n, channels, h / factor, w / factor)}
   */
  Tensor encode(Tensor codes) {
    return inGroups(codes, group -> autoencoder.encode(group.clamp(-1, 1)).mean());
  }

  /**
   * The pictures of latents of a clip, not scaled.
   *
   * @param latents {@code (t, channels, h, w)}
   * @return codes, {@code (t, 3, h · factor, w · factor)}
   */
  Tensor decode(Tensor latents) {
    return inGroups(latents, group -> autoencoder.decode(group, group.extent(0)));
  }

  private static Tensor inGroups(Tensor all, UnaryOperator<Tensor> work) {
    return TorchScope.in(() -> {
      List<Tensor> parts = new ArrayList<>();
      int n = all.extent(0);
      for (int i = 0; i < n; i += GROUP) {
        Tensor group = all.narrow(0, i, Math.min(GROUP, n - i));
        parts.add(TorchScope.in(() -> work.apply(group)));
      }
      return Ops.cat(0, parts);
    });
  }

  /**
   * The tokens of context of pictures.
   *
   * @param codes {@code (n, 3, h, w)}
   * @return {@code (n, 1, size)}
   */
  Tensor token(Tensor codes) {
    int side = folder.encoder().imageSize();
    return TorchScope.in(() -> {
      Tensor small = smaller(codes.clamp(-1, 1), side).add(1).div(2);
      Tensor normal = small.sub(perChannel(folder.mean())).div(perChannel(folder.deviation()));
      return encoder.forward(normal).unsqueeze(1).to(DType.F32);
    });
  }

  private Tensor perChannel(List<Double> values) {
    return Tensor.of(values.stream().mapToDouble(v -> v).toArray(), 1, 3, 1, 1)
        .to(DType.F32)
        .to(device);
  }

  /**
   * Pictures made square as the reference makes them: blurred by a Gaussian of half the shrinkage,
   * cut at two deviations, then cubic.
   */
  private Tensor smaller(Tensor pictures, int side) {
    Tensor blurred = blurred(pictures, pictures.extent(3) / (double) side, true);
    blurred = blurred(blurred, pictures.extent(2) / (double) side, false);
    return Ops.resizeBicubic(blurred, side, side);
  }

  private Tensor blurred(Tensor pictures, double shrinkage, boolean across) {
    double sigma = Math.max((shrinkage - 1) / 2, 0.001);
    int length = (int) Math.max(4 * sigma, 3) | 1;
    int reach = length / 2;
    double[] kernel = new double[length];
    double sum = 0;
    for (int i = 0; i < length; i++) {
      kernel[i] = Math.exp(-Math.pow(i - reach, 2) / (2 * sigma * sigma));
      sum += kernel[i];
    }
    float[] all = new float[3 * length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (kernel[i % length] / sum);
    }
    Tensor weight =
        (across ? Tensor.of(all, 3, 1, 1, length) : Tensor.of(all, 3, 1, length, 1)).to(device);
    Tensor padded =
        across
            ? Ops.padReflect(pictures, reach, reach, 0, 0)
            : Ops.padReflect(pictures, 0, 0, reach, reach);
    return Ops.conv2d(padded, weight, null, 1, 0, 3);
  }

  @Override
  public void close() {
    autoencoder.close();
    encoder.close();
  }
}
