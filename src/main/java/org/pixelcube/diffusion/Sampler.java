package org.pixelcube.diffusion;

import java.util.Arrays;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * Ways from noise to a sample, along the probability flow dx/dσ = (x − D(x; σ)) / σ (Karras et al.
 * 2022, equation 3).
 */
public enum Sampler {
  /** One look at the network a step; the error falls with the step. With one step, D itself. */
  EULER {
    @Override
    Tensor step(Denoiser denoiser, Tensor x, double sigma, double next) {
      Tensor guess = denoiser.denoise(x, sigma);
      // x + (next − σ) · (x − D)/σ, written so that the last step gives D to the bit.
      return next == 0 ? guess : guess.lerp(x, next / sigma);
    }
  },
  /** Two looks a step but the last (algorithm 1 of the paper); the error falls with its square. */
  HEUN {
    @Override
    Tensor step(Denoiser denoiser, Tensor x, double sigma, double next) {
      Tensor guess = denoiser.denoise(x, sigma);
      if (next == 0) {
        return guess;
      }
      Tensor slope = x.sub(guess).div(sigma);
      Tensor there = x.add(slope.mul(next - sigma));
      Tensor end = there.sub(denoiser.denoise(there, next)).div(next);
      return x.add(slope.add(end).mul(0.5 * (next - sigma)));
    }
  };

  abstract Tensor step(Denoiser denoiser, Tensor x, double sigma, double next);

  /**
   * Draws a sample.
   *
   * @param start normal noise of standard deviation {@code levels[0]}
   * @param levels falling, the last 0: see {@link KarrasSchedule#levels}
   * @return of the shape of {@code start}, in the innermost scope
   */
  public Tensor sample(Denoiser denoiser, Tensor start, double[] levels) {
    Tensor x = start;
    for (int i = 0; i + 1 < levels.length; i++) {
      Tensor from = x;
      double sigma = levels[i];
      double next = levels[i + 1];
      if (!(sigma > next) || next < 0) {
        throw new IllegalArgumentException(
            "noise level %s after %s (expected falling to 0)".formatted(next, sigma));
      }
      x = TorchScope.in(() -> step(denoiser, from, sigma, next));
    }
    return x;
  }

  /**
   * What a run that is broken off would give at once: so many steps without a gradient, then a
   * guess with one.
   *
   * @param start as in {@link #sample}
   * @param levels of the whole run
   * @param steps made before the guess, fewer than the run has
   */
  public Tensor guess(Denoiser denoiser, Tensor start, double[] levels, int steps) {
    Tensor reached;
    try (NoGrad _ = NoGrad.open()) {
      reached = sample(denoiser, start, Arrays.copyOf(levels, steps + 1));
    }
    return denoiser.denoise(reached, levels[steps]);
  }
}
