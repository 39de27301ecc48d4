package org.pixelcube.vision;

import org.pixelcube.image.Image;

/**
 * A square cut from a picture, turned about its centre.
 *
 * @param centreX pixels from the left edge
 * @param centreY pixels from the top edge
 * @param size side in pixels
 * @param angleRadians clockwise on the screen: the direction of the square's own x axis
 */
record Region(double centreX, double centreY, double size, double angleRadians) {
  /** Samples per side and output pixel at most, when a region is made smaller. */
  private static final int MAX_SAMPLES = 8;

  /** A square that holds the whole picture, its surplus outside. */
  static Region whole(int width, int height) {
    return new Region(width / 2.0, height / 2.0, Math.max(width, height), 0);
  }

  /** x in the picture of the point (u, v) in the square, both in [0, 1]. */
  double x(double u, double v) {
    return centreX
        + size * (Math.cos(angleRadians) * (u - 0.5) - Math.sin(angleRadians) * (v - 0.5));
  }

  /** y in the picture of the point (u, v) in the square, both in [0, 1]. */
  double y(double u, double v) {
    return centreY
        + size * (Math.sin(angleRadians) * (u - 0.5) + Math.cos(angleRadians) * (v - 0.5));
  }

  /** u in the square of the point (x, y) in the picture. */
  double u(double x, double y) {
    return 0.5
        + (Math.cos(angleRadians) * (x - centreX) + Math.sin(angleRadians) * (y - centreY)) / size;
  }

  /** v in the square of the point (x, y) in the picture. */
  double v(double x, double y) {
    return 0.5
        + (-Math.sin(angleRadians) * (x - centreX) + Math.cos(angleRadians) * (y - centreY)) / size;
  }

  /**
   * The square as network input: sRGB-encoded, rescaled from [0, 1] to [low, high], interleaved
   * {@code (side, side, 3)}.
   *
   * @param blackOutside black outside the picture; otherwise its edge is repeated
   */
  float[] sample(Image linear, int side, float low, float high, boolean blackOutside) {
    int width = linear.width();
    int height = linear.height();
    int plane = linear.planeSize();
    float[] source = linear.samples();
    int lastChannel = linear.channels() - 1;
    int green = Math.min(1, lastChannel) * plane;
    int blue = Math.min(2, lastChannel) * plane;
    float[] target = new float[side * side * 3];
    // Several samples per pixel where the square shrinks, at most two source pixels apart: each
    // bilinear sample covers that much, so nothing aliases.
    int k = Math.clamp((int) Math.ceil(size / side / 2), 1, MAX_SAMPLES);
    float weight = 1f / (k * k);
    double step = 1.0 / (side * k);
    double stepXu = size * Math.cos(angleRadians) * step;
    double stepYu = size * Math.sin(angleRadians) * step;
    for (int row = 0; row < side; row++) {
      for (int sub = 0; sub < k; sub++) {
        double v = (row * k + sub + 0.5) * step;
        double x = x(0.5 * step, v) - 0.5;
        double y = y(0.5 * step, v) - 0.5;
        for (int column = 0; column < side; column++) {
          int to = (row * side + column) * 3;
          for (int i = 0; i < k; i++, x += stepXu, y += stepYu) {
            if (blackOutside && (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5)) {
              continue;
            }
            double cx = Math.clamp(x, 0, width - 1);
            double cy = Math.clamp(y, 0, height - 1);
            int x0 = (int) cx;
            int y0 = (int) cy;
            int x1 = Math.min(x0 + 1, width - 1);
            int y1 = Math.min(y0 + 1, height - 1);
            float fx = (float) (cx - x0);
            float fy = (float) (cy - y0);
            float w00 = weight * (1 - fx) * (1 - fy);
            float w01 = weight * fx * (1 - fy);
            float w10 = weight * (1 - fx) * fy;
            float w11 = weight * fx * fy;
            int a = y0 * width + x0;
            int b = y0 * width + x1;
            int c = y1 * width + x0;
            int d = y1 * width + x1;
            target[to] += w00 * source[a] + w01 * source[b] + w10 * source[c] + w11 * source[d];
            target[to + 1] +=
                w00 * source[green + a]
                    + w01 * source[green + b]
                    + w10 * source[green + c]
                    + w11 * source[green + d];
            target[to + 2] +=
                w00 * source[blue + a]
                    + w01 * source[blue + b]
                    + w10 * source[blue + c]
                    + w11 * source[blue + d];
          }
        }
      }
    }
    for (int i = 0; i < target.length; i++) {
      target[i] = low + (high - low) * NetworkInput.encode(target[i]);
    }
    return target;
  }
}
