package org.pixelcube.diffusion;

/** What a network of this project does. */
public enum Task {
  /** Takes the light of the shot off: {@link DelightFrame}. */
  DELIGHT(DelightFrame.STATE, DelightFrame.CONDITIONS, DelightFrame.SHAPE, false),
  /** Puts new light on: {@link RelightFrame}. */
  RELIGHT(RelightFrame.STATE, RelightFrame.CONDITIONS, RelightFrame.SHAPE, true);

  private final int state;
  private final int conditions;
  private final int shape;
  private final boolean environment;

  Task(int state, int conditions, int shape, boolean environment) {
    this.state = state;
    this.conditions = conditions;
    this.shape = shape;
    this.environment = environment;
  }

  /** Channels of what is denoised. */
  public int state() {
    return state;
  }

  /** Channels of what a network is told that is not told of a {@link SubjectShape}. */
  public int conditions() {
    return conditions;
  }

  /** Channels that a {@link SubjectShape} adds to {@link #conditions}, last. */
  public int shape() {
    return shape;
  }

  /** Whether the network looks at the environment map too. */
  public boolean environment() {
    return environment;
  }
}
