package org.pixelcube.video;

import org.pixelcube.image.Image;

/**
 * A decoded frame that becomes light only as far as it is asked for. Valid until the function that
 * it was handed to returns.
 */
public interface DecodedPicture {
  /** A frame that is light already. */
  static DecodedPicture of(Frame frame) {
    return new StillSequence.Whole(frame);
  }

  /** The frame's number in the clip in order of presentation, from 0. */
  long index();

  /** All of it, as {@link Frame#image}. */
  Image image();

  /**
   * A part of {@link #image}, the same to within what chroma takes from its neighbours.
   *
   * @param x left edge in the upright picture, pixels
   * @param y top edge
   * @throws IllegalArgumentException if it does not lie in the picture
   */
  Image region(int x, int y, int width, int height);

  /**
   * Luma, or green, as coded, relative to its largest code, {@code (1, h / step, w / step)}: means
   * of squares of {@code step} pixels, those at the right and lower border that are not whole left
   * out.
   *
   * @param step at least 1, at most the shorter side
   */
  Image codes(int step);
}
