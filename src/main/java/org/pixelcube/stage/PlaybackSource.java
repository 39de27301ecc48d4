package org.pixelcube.stage;

/**
 * Pictures to be played on a wall, made one after another ahead of their time; the last is black.
 */
public interface PlaybackSource extends AutoCloseable {
  /** What their pixels are. */
  WallPixels pixels();

  /** How many there are, as far as is known; −1 if only the end tells, with one thread. */
  long frameCount();

  /**
   * How many threads may make pictures at once; with 1, {@link #fill} is called for every picture
   * in order.
   */
  int threads();

  /**
   * Makes a picture.
   *
   * @param index from 0
   * @param out receives it, as {@link WallPixels} has them
   * @return the wall's mean luminance, cd/m²; not a number if the last picture came before
   * @throws RuntimeException if it cannot be made
   */
  double fill(long index, int[] out);

  @Override
  void close();
}
