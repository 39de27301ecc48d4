package org.pixelcube.diffusion;

/** What a {@link VideoNetwork} is: drawn up by ourselves, or made from a published one. */
public sealed interface NetworkShape permits NetworkSettings, TuningSettings {
  /** What it does. */
  Task task();

  /** Whether it is told of the {@link SubjectShape} of each frame. */
  boolean toldOfShape();

  /** Channels of what it is told. */
  default int conditions() {
    return task().conditions() + (toldOfShape() ? task().shape() : 0);
  }

  /** Root of the area of the pictures it is made for, pixels. */
  int pictureSize();
}
