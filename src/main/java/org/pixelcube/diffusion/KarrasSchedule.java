package org.pixelcube.diffusion;

import org.pixelcube.config.InvalidSetting;

/**
 * Noise levels from most to least (Karras et al. 2022, "Elucidating the Design Space of
 * Diffusion-Based Generative Models", equation 5): σ_i = (σ_max^{1/ρ} + i/(n − 1) · (σ_min^{1/ρ} −
 * σ_max^{1/ρ}))^ρ, then 0.
 *
 * @param least the last level above 0
 * @param most the first
 * @param rho how much shorter the steps near the end are; 7 in the paper
 */
public record KarrasSchedule(double least, double most, double rho) {
  public KarrasSchedule {
    InvalidSetting.inRange("least", least, 1e-6, 1e6);
    InvalidSetting.inRange("most", most, least, 1e6);
    InvalidSetting.inRange("rho", rho, 1, 100);
  }

  /**
   * The levels of a run.
   *
   * @param steps at least 1; one step goes from the most noise to none
   * @return {@code steps + 1} levels, falling, the last 0
   */
  public double[] levels(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("%d steps (expected at least 1)".formatted(steps));
    }
    double[] levels = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      double along = steps == 1 ? 0 : (double) i / (steps - 1);
      levels[i] = at(along);
    }
    return levels;
  }

  /** The level at a share of the way, from 0, the most, to 1, the least above 0. */
  public double at(double share) {
    double first = Math.pow(most, 1 / rho);
    double last = Math.pow(least, 1 / rho);
    return Math.pow(first + share * (last - first), rho);
  }
}
