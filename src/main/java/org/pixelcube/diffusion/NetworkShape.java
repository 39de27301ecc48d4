package org.pixelcube.diffusion;

/** What a {@link VideoNetwork} is: drawn up by ourselves, or made from a published one. */
public sealed interface NetworkShape permits NetworkSettings, TuningSettings {
  /** What it does. */
  Task task();

  /** Root of the area of the pictures it is made for, pixels. */
  int pictureSize();
}
