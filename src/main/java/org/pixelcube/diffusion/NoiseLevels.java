package org.pixelcube.diffusion;

import java.util.random.RandomGenerator;
import org.pixelcube.config.InvalidSetting;

/**
 * Noise levels that training draws: ln σ is normal (Karras et al. 2022, table 1).
 *
 * @param mean of ln σ; −1.2 in the paper
 * @param deviation of ln σ; 1.2 in the paper
 */
public record NoiseLevels(double mean, double deviation) {
  public NoiseLevels {
    InvalidSetting.inRange("mean", mean, -20, 20);
    InvalidSetting.inRange("deviation", deviation, 0, 20);
  }

  public double draw(RandomGenerator random) {
    return Math.exp(mean + deviation * random.nextGaussian());
  }
}
