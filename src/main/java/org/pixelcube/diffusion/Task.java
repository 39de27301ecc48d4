package org.pixelcube.diffusion;

/** What a network of this project does. */
public enum Task {
  /** Takes the light of the shot off: {@link DelightFrame}. */
  DELIGHT(DelightFrame.STATE, DelightFrame.CONDITIONS, false),
  /** Puts new light on: {@link RelightFrame}. */
  RELIGHT(RelightFrame.STATE, RelightFrame.CONDITIONS, true);

  private final int state;
  private final int conditions;
  private final boolean environment;

  Task(int state, int conditions, boolean environment) {
    this.state = state;
    this.conditions = conditions;
    this.environment = environment;
  }

  /** Channels of what is denoised. */
  public int state() {
    return state;
  }

  /** Channels of what the network is told. */
  public int conditions() {
    return conditions;
  }

  /** Whether the network looks at the environment map too. */
  public boolean environment() {
    return environment;
  }
}
