package org.pixelcube.image;

import java.util.Optional;

/**
 * A picture whose samples are all finite and not negative, and how many had to be changed for that.
 *
 * @param image the picture; the one given if nothing had to be changed
 * @param notANumber samples that were NaN, now 0
 * @param negative samples below zero (with −∞), now 0
 * @param infinite samples that were +∞, now the largest finite sample of the picture, at most 65504
 */
public record Repaired(Image image, long notANumber, long negative, long infinite) {

  /** The largest finite half float, above which half-float files overflow to infinity. */
  public static final float LARGEST_HALF = 65504;

  /** Repairs light read from a file: negative light and numbers that are none. */
  public static Repaired of(Image image) {
    float[] in = image.samples();
    long nan = 0;
    long negative = 0;
    long infinite = 0;
    float largest = 0;
    for (float v : in) {
      if (v >= 0 && v <= Float.MAX_VALUE) {
        largest = Math.max(largest, v);
      } else if (Float.isNaN(v)) {
        nan++;
      } else if (v < 0) {
        negative++;
      } else {
        infinite++;
      }
    }
    if (nan + negative + infinite == 0) {
      return new Repaired(image, 0, 0, 0);
    }
    float cap = largest > 0 ? Math.min(largest, LARGEST_HALF) : LARGEST_HALF;
    float[] out = new float[in.length];
    for (int i = 0; i < in.length; i++) {
      float v = in[i];
      out[i] = v >= 0 ? (v <= Float.MAX_VALUE ? v : cap) : 0;
    }
    return new Repaired(image.like(out), nan, negative, infinite);
  }

  /** Whether anything had to be changed. */
  public boolean changed() {
    return notANumber + negative + infinite > 0;
  }

  /** One line for the user that says what was changed in {@code subject}; empty if nothing was. */
  public Optional<String> warning(String subject) {
    return changed()
        ? Optional.of(
            "%s: %d samples are NaN and %d negative, set to 0; %d are infinite, set to the largest finite"
                .formatted(subject, notANumber, negative, infinite))
        : Optional.empty();
  }
}
