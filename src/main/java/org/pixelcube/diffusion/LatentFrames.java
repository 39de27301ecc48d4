package org.pixelcube.diffusion;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * Frames for Stable Video Diffusion taught further. Denoised are the scaled latents of the picture
 * sought. Told are, in this order,
 *
 * <ul>
 *   <li>in the channels that the published network has for the picture it is told: latents of the
 *       picture as shot, or of the plain picture;
 *   <li>the matte, shrunk (1 channel);
 *   <li>for relighting, scaled latents of the flat-lit picture, the normals, shrunk (3), scaled
 *       latents of diffuse light and of the background.
 * </ul>
 *
 * The token of context is that of the picture told, for each frame. Latents hold no normals: a
 * delighter's state has zeros there.
 */
final class LatentFrames implements FrameCodec {
  private final Task task;
  private final LatentCodec codec;

  LatentFrames(Task task, LatentCodec codec) {
    this.task = task;
    this.codec = codec;
  }

  /** Channels told beyond those that the published network has. */
  static int furtherChannels(Task task, int latentChannels) {
    return task == Task.DELIGHT ? 1 : 4 + 3 * latentChannels;
  }

  @Override
  public Told told(Tensor conditions) {
    try (NoGrad _ = NoGrad.open()) {
      Tensor picture = conditions.narrow(1, 0, 3);
      List<Tensor> planes = new ArrayList<>();
      planes.add(latents(picture));
      if (task == Task.DELIGHT) {
        planes.add(shrunk(conditions.narrow(1, 3, 1)));
      } else {
        planes.add(shrunk(conditions.narrow(1, 6, 1)));
        planes.add(latents(conditions.narrow(1, 3, 3)).mul(codec.scale()));
        planes.add(shrunk(conditions.narrow(1, 7, 3)));
        planes.add(latents(conditions.narrow(1, 10, 3)).mul(codec.scale()));
        planes.add(latents(conditions.narrow(1, 19, 3)).mul(codec.scale()));
      }
      Tensor tokens = codec.token(frames(picture));
      return new Told(
          Ops.cat(1, planes), tokens.reshape(picture.size(0), picture.size(2), 1, tokens.size(2)));
    }
  }

  @Override
  public Tensor encoded(Tensor state, Tensor conditions) {
    try (NoGrad _ = NoGrad.open()) {
      return latents(plain(conditions).add(state.narrow(1, 0, 3))).mul(codec.scale());
    }
  }

  @Override
  public Tensor decoded(Tensor denoised, Tensor conditions) {
    try (NoGrad _ = NoGrad.open()) {
      return TorchScope.in(() -> {
        List<Tensor> clips = new ArrayList<>();
        for (int i = 0; i < denoised.extent(0); i++) {
          Tensor latents = frames(denoised.narrow(0, i, 1)).div(codec.scale());
          clips.add(codec.decode(latents).transpose(0, 1).unsqueeze(0));
        }
        // What is brighter than white was cut off on the way in, and stays in the plain picture.
        Tensor change = Ops.cat(0, clips).sub(plain(conditions).clamp(-1, 1));
        return task == Task.DELIGHT ? Ops.cat(1, change, change.mul(0)) : change;
      });
    }
  }

  @Override
  public Tensor shrunk(Tensor planes) {
    return clips(Ops.averagePool(frames(planes), codec.factor()), planes);
  }

  /** The code of the picture that a state of zeros stands for. */
  private Tensor plain(Tensor conditions) {
    Tensor picture = conditions.narrow(1, 0, 3);
    return task == Task.RELIGHT
        ? picture
        : PictureCode.dimmed(picture, conditions.narrow(1, 3, 1).add(1).div(2));
  }

  private Tensor latents(Tensor clips) {
    return clips(codec.encode(frames(clips)), clips);
  }

  /** {@code (n, c, t, h, w)} to {@code (n·t, c, h, w)}. */
  private static Tensor frames(Tensor clips) {
    return clips.transpose(1, 2).flatten(0, 1);
  }

  /** Back, to as many clips as these are. */
  private static Tensor clips(Tensor frames, Tensor like) {
    long[] s = frames.shape();
    return frames.reshape(like.size(0), like.size(2), s[1], s[2], s[3]).transpose(1, 2);
  }

  @Override
  public void close() {
    codec.close();
  }
}
