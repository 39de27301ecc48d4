package org.pixelcube.video;

/**
 * One of the eight ways to set a stored picture upright: optionally exchange rows and columns, then
 * mirror.
 *
 * @param transpose upright column comes from the stored row
 * @param flipX upright columns run from the right
 * @param flipY upright rows run from the bottom
 */
record Orientation(boolean transpose, boolean flipX, boolean flipY) {
  static final Orientation UPRIGHT = new Orientation(false, false, false);

  /**
   * From the upper left of a container's display matrix, which takes the stored (x, y), y down, to
   * the upright (a·x + c·y, b·x + d·y); turns that are no multiple of 90° go to the nearest.
   */
  static Orientation ofDisplayMatrix(int a, int b, int c, int d) {
    if (a == 0 && b == 0 && c == 0 && d == 0) {
      return UPRIGHT;
    }
    return Math.abs((long) a) + Math.abs((long) d) >= Math.abs((long) b) + Math.abs((long) c)
        ? new Orientation(false, a < 0, d < 0)
        : new Orientation(true, c < 0, b < 0);
  }

  /** The clockwise turn, apart from a mirroring. */
  int degreesClockwise() {
    if (transpose) {
      return flipX ? 90 : 270;
    }
    return flipY ? 180 : 0;
  }

  int width(int storedWidth, int storedHeight) {
    return transpose ? storedHeight : storedWidth;
  }

  int height(int storedWidth, int storedHeight) {
    return transpose ? storedWidth : storedHeight;
  }

  /** Index of the upright sample for the stored (0, 0). */
  int start(int storedWidth, int storedHeight) {
    int w = width(storedWidth, storedHeight);
    int h = height(storedWidth, storedHeight);
    return (flipX ? w - 1 : 0) + (flipY ? h - 1 : 0) * w;
  }

  /** Step of the upright index for one stored column. */
  int stepX(int storedWidth, int storedHeight) {
    int w = width(storedWidth, storedHeight);
    return transpose ? (flipY ? -w : w) : (flipX ? -1 : 1);
  }

  /** Step of the upright index for one stored row. */
  int stepY(int storedWidth, int storedHeight) {
    int w = width(storedWidth, storedHeight);
    return transpose ? (flipX ? -1 : 1) : (flipY ? -w : w);
  }
}
