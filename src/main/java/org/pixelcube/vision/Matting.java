package org.pixelcube.vision;

import org.pixelcube.image.Image;

/** A matte from a single picture. */
public interface Matting {
  /** The width and height at which a picture of the given size is worked on. */
  int[] workingSize(int width, int height);

  /**
   * The coverage of the people in the picture.
   *
   * @param frame linear light, 3 channels or more (alpha is ignored), any size
   * @return alpha in [0, 1], {@code (1, h, w)} at {@link #workingSize}
   */
  Image matte(Image frame);
}
