package org.pixelcube.diffusion;

import org.pixelcube.config.InvalidSetting;

/**
 * Preconditioning of a denoiser (Karras et al. 2022, equation 7 and table 1): D(x; σ) = c_skip x +
 * c_out F(c_in x; c_noise), so that what the network F sees and what it has to give have unit
 * variance at every noise level.
 *
 * @param deviation standard deviation σ_data of what is denoised
 */
public record EdmScaling(double deviation) {
  public EdmScaling {
    InvalidSetting.inRange("deviation", deviation, 1e-3, 1e3);
  }

  public double skip(double sigma) {
    return deviation * deviation / (sigma * sigma + deviation * deviation);
  }

  public double out(double sigma) {
    return sigma * deviation / Math.hypot(sigma, deviation);
  }

  public double in(double sigma) {
    return 1 / Math.hypot(sigma, deviation);
  }

  /** What the network is told of the noise: ln σ / 4. */
  public double noise(double sigma) {
    return Math.log(sigma) / 4;
  }

  /** The weight λ that makes the loss of F, not of D, the same at every level: 1 / c_out². */
  public double weight(double sigma) {
    double c = out(sigma);
    return 1 / (c * c);
  }
}
