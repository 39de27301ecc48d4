package org.pixelcube.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.diffusion.PictureCode;
import org.pixelcube.diffusion.SvdFolder;
import org.pixelcube.diffusion.VideoPrior;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.Torch;
import org.pixelcube.torch.TorchScope;

/**
 * Physics, made to look like a clip by Stable Video Diffusion, which was not taught to relight: the
 * subject as physics relights it, over the background, goes through {@link VideoPrior}.
 */
final class PriorRelighter implements WindowRelighter {
  private final VideoPrior prior;
  private final VideoPrior.Look look;
  private final FrameWindows.Span span;
  private final int divisor;
  private final int size;
  private final long seed;

  private PriorRelighter(
      VideoPrior prior, VideoPrior.Look look, SvdFolder folder, RelightSettings settings) {
    this.prior = prior;
    this.look = look;
    this.span = FrameWindows.Span.of(folder.unet().frames());
    this.divisor = folder.divisor();
    this.size = settings.size();
    this.seed = settings.seed();
  }

  /**
   * Loads the networks.
   *
   * @param framesPerSecond of the clip
   * @throws org.pixelcube.config.UserError if weights are missing or damaged
   */
  static PriorRelighter load(SvdFolder folder, RelightSettings settings, double framesPerSecond) {
    Torch.setThreads(settings.workers());
    VideoPrior.Look look =
        new VideoPrior.Look(
            settings.svd().noise(),
            settings.steps().orElse(RelightSettings.SVD_STEPS),
            settings.svd().guidance(),
            framesPerSecond);
    return new PriorRelighter(
        VideoPrior.load(
            folder, settings.svd().precision().dtype(), Device.named(settings.device())),
        look,
        folder,
        settings);
  }

  @Override
  public FrameWindows.Span span() {
    return span;
  }

  @Override
  public int pictureSize() {
    return size;
  }

  @Override
  public boolean needsShape() {
    return false;
  }

  @Override
  public boolean needsPhysics() {
    return true;
  }

  @Override
  public List<NetworkResult> relight(List<NetworkFrame> frames) {
    NetworkGrid grid = NetworkGrid.of(frames.getFirst(), divisor);
    int each = 3 * grid.pixels();
    float[] codes = new float[frames.size() * each];
    for (int i = 0; i < frames.size(); i++) {
      float[] relit = grid.padded(frames.get(i).physics().orElseThrow().relit());
      PictureCode.encode(relit, 0, codes, i * each, each);
    }
    float[] found;
    try (TorchScope _ = TorchScope.open()) {
      Tensor clip = Tensor.of(codes, frames.size(), 3, grid.paddedHeight(), grid.paddedWidth());
      found = prior.steadied(clip, look, seed).toFloatArray();
    }
    List<NetworkResult> results = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      NetworkFrame.Physics physics = frames.get(i).physics().orElseThrow();
      float[] relit = new float[each];
      PictureCode.decode(found, i * each, relit, 0, each);
      results.add(
          new NetworkResult(
              physics.flatLit(), physics.normals(), physics.relit(), grid.cropped(relit)));
    }
    return results;
  }

  @Override
  public void close() {
    prior.close();
  }
}
