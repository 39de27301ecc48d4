package org.pixelcube.video;

import java.util.Objects;
import org.pixelcube.image.Image;

/**
 * One picture of a clip.
 *
 * @param image linear light, Rec.709 primaries, 3 channels, or 4 with straight alpha; upright: the
 *     rotation tag of the file is already applied
 * @param index the frame's number in the clip in order of presentation, from 0
 * @param pts when it is shown, in units of the clip's time base
 * @param duration how long it is shown, in the same units
 */
public record Frame(Image image, long index, long pts, long duration) {
  /** Checks that there is an image. */
  public Frame {
    Objects.requireNonNull(image, "image");
  }

  /** The same moment with another picture. */
  public Frame withImage(Image other) {
    return new Frame(other, index, pts, duration);
  }
}
