package org.pixelcube.pipeline;

import java.util.Arrays;

/** The frames' size and the one that networks take, which may be a little larger. */
record NetworkGrid(int width, int height, int paddedWidth, int paddedHeight) {
  /**
   * The grid of frames.
   *
   * @param divisor what both sides must be multiples of
   */
  static NetworkGrid of(NetworkFrame frame, int divisor) {
    int w = frame.width();
    int h = frame.height();
    return new NetworkGrid(
        w, h, Math.ceilDiv(w, divisor) * divisor, Math.ceilDiv(h, divisor) * divisor);
  }

  /** Pixels of a padded plane. */
  int pixels() {
    return paddedWidth * paddedHeight;
  }

  /** Planes with their last column and row repeated. */
  float[] padded(float[] planes) {
    if (width == paddedWidth && height == paddedHeight) {
      return planes;
    }
    int channels = planes.length / (width * height);
    float[] out = new float[channels * pixels()];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < paddedHeight; y++) {
        int from = (c * height + Math.min(y, height - 1)) * width;
        int to = (c * paddedHeight + y) * paddedWidth;
        System.arraycopy(planes, from, out, to, width);
        Arrays.fill(out, to + width, to + paddedWidth, planes[from + width - 1]);
      }
    }
    return out;
  }

  /** Padded planes without what was added. */
  float[] cropped(float[] planes) {
    if (width == paddedWidth && height == paddedHeight) {
      return planes;
    }
    int channels = planes.length / pixels();
    float[] out = new float[channels * width * height];
    for (int row = 0; row < channels * height; row++) {
      int from = (row / height * paddedHeight + row % height) * paddedWidth;
      System.arraycopy(planes, from, out, row * width, width);
    }
    return out;
  }

  /** One frame's padded planes out of {@code (1, c, t, h, w)}. */
  float[] frame(float[] all, int channels, int t, int i) {
    int m = pixels();
    float[] out = new float[channels * m];
    for (int c = 0; c < channels; c++) {
      System.arraycopy(all, (c * t + i) * m, out, c * m, m);
    }
    return out;
  }
}
