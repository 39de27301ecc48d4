package org.pixelcube.diffusion;

import org.pixelcube.torch.Tensor;

/** The best guess D(x; σ) of what was before noise of a known level was added to it. */
@FunctionalInterface
public interface Denoiser {
  /**
   * Takes the noise off.
   *
   * @param noisy any shape, what is sought plus normal noise of standard deviation {@code sigma}
   * @param sigma above 0
   * @return the same shape
   */
  Tensor denoise(Tensor noisy, double sigma);

  /**
   * Guidance without a classifier (Ho and Salimans 2022, equation 6): goes beyond what the
   * condition says by as much as it changes the guess.
   *
   * @param conditioned knows the condition
   * @param free does not
   * @param scale 1 for the conditioned guess itself, more for more of it
   */
  static Denoiser guided(Denoiser conditioned, Denoiser free, double scale) {
    if (scale == 1) {
      return conditioned;
    }
    return (noisy, sigma) -> {
      Tensor without = free.denoise(noisy, sigma);
      return without.lerp(conditioned.denoise(noisy, sigma), scale);
    };
  }

  /** The same with a scale of its own for each part, a tensor that spreads over what is sought. */
  static Denoiser guided(Denoiser conditioned, Denoiser free, Tensor scale) {
    return (noisy, sigma) -> {
      Tensor without = free.denoise(noisy, sigma);
      return without.lerp(conditioned.denoise(noisy, sigma), scale);
    };
  }

  /** What a network says of scaled noise, such as the velocity; see {@link #ofVelocity}. */
  @FunctionalInterface
  interface Network {
    /**
     * Asks the network.
     *
     * @param scaled of unit variance
     * @param noise what it is told of the noise level
     */
    Tensor apply(Tensor scaled, double noise);
  }

  /** The denoiser of a network that was trained under {@link EdmScaling}. */
  static Denoiser of(Network network, EdmScaling scaling) {
    return (noisy, sigma) ->
        noisy
            .mul(scaling.skip(sigma))
            .add(
                network
                    .apply(noisy.mul(scaling.in(sigma)), scaling.noise(sigma))
                    .mul(scaling.out(sigma)));
  }

  /**
   * The denoiser of a network that tells the velocity (Salimans and Ho 2022, appendix D), as Stable
   * Video Diffusion does. In levels of this package, with data of unit variance, c_skip = 1/(σ² +
   * 1), c_out = −σ/√(σ² + 1), c_in = 1/√(σ² + 1), and the network is told ln σ / 4 (Blattmann et
   * al. 2023, appendix D).
   */
  static Denoiser ofVelocity(Network network) {
    EdmScaling unit = new EdmScaling(1);
    return (noisy, sigma) ->
        noisy
            .mul(unit.skip(sigma))
            .sub(network.apply(noisy.mul(unit.in(sigma)), unit.noise(sigma)).mul(unit.out(sigma)));
  }
}
