package org.pixelcube.train;

import org.pixelcube.config.InvalidSetting;

/**
 * A part of a training run.
 *
 * @param steps of the optimizer
 * @param objective what is learnt
 * @param clips in a batch
 * @param frames of each clip in a batch, at most those of an example
 * @param size pixels a side of the parts of frames that are looked at
 * @param smallest pixels a side that whole frames are scaled to at the least before a part is taken
 * @param learningRate at its highest
 * @param lastLearningRate at the end of the stage, approached along half a cosine
 * @param warmUp steps in which the rate rises from 0
 * @param dropout share of the clips whose conditions are hidden, so that guidance works
 */
public record Stage(
    int steps,
    Objective objective,
    int clips,
    int frames,
    int size,
    int smallest,
    double learningRate,
    double lastLearningRate,
    int warmUp,
    double dropout) {

  /** What a stage learns. */
  public enum Objective {
    /** To take off noise of any level: mean squared error, weighted as in Karras et al. 2022. */
    DENOISE,
    /**
     * To give the result in one step from no noise at all: absolute error of the picture and of its
     * differences in space and time.
     */
    END_TO_END,
    /**
     * To give the result in one step and in a few: the same error, of the guess that a run of 1 to
     * {@value #MOST_STEPS} steps has after some of them, begun as in use. The way there is walked
     * without gradient by the network as it stands, so that it learns to correct what it makes
     * itself.
     */
    FEW_STEPS;

    /** Steps of the longest run that is drawn. */
    static final int MOST_STEPS = 4;
  }

  public Stage {
    InvalidSetting.inRange("steps", steps, 1, 100_000_000);
    InvalidSetting.inRange("clips", clips, 1, 4096);
    InvalidSetting.inRange("frames", frames, 1, 256);
    InvalidSetting.inRange("size", size, 8, 4096);
    InvalidSetting.inRange("smallest", smallest, size, 4096);
    InvalidSetting.inRange("learningRate", learningRate, 0, 10);
    InvalidSetting.inRange("lastLearningRate", lastLearningRate, 0, learningRate);
    InvalidSetting.inRange("warmUp", warmUp, 0, steps);
    InvalidSetting.inRange("dropout", dropout, 0, 1);
  }

  /** The learning rate of a step of this stage, counted from 0. */
  double rate(long step) {
    if (step < warmUp) {
      return learningRate * (step + 1) / warmUp;
    }
    double along = (double) (step - warmUp) / Math.max(1, steps - warmUp);
    return lastLearningRate
        + (learningRate - lastLearningRate) * 0.5 * (1 + Math.cos(Math.PI * along));
  }
}
