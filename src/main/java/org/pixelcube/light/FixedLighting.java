package org.pixelcube.light;

/** Light that never changes. */
record FixedLighting(LightingState state) implements Lighting {
  @Override
  public LightingState state(double timeSeconds) {
    return state;
  }

  @Override
  public double durationSeconds() {
    return 0;
  }
}
