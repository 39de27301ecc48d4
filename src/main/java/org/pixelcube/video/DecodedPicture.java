package org.pixelcube.video;

import java.util.function.DoubleUnaryOperator;
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
   * {@link #image} with every sample of a colour passed through a function, which costs no more
   * than the picture does where light comes from a table.
   *
   * @param response from linear light to linear light; the same object for all pictures of a clip
   */
  default Image image(DoubleUnaryOperator response) {
    return through(image(), response);
  }

  /** A picture with its colours passed through a function; alpha stays. */
  static Image through(Image picture, DoubleUnaryOperator response) {
    float[] out = picture.samples().clone();
    int colours = Math.min(3, picture.channels()) * picture.planeSize();
    for (int i = 0; i < colours; i++) {
      out[i] = (float) response.applyAsDouble(out[i]);
    }
    return Image.of(picture.width(), picture.height(), picture.channels(), picture.space(), out);
  }

  /** The same picture to hold on to. */
  KeptPicture kept();

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
