package org.pixelcube.vision;

import org.pixelcube.image.Image;

/** Separable resizing with a triangle filter as wide as the coarser of the two pixel grids. */
final class Resampling {
  private Resampling() {}

  /** The first three channels, or the picture itself where it has no more. */
  static Image rgb(Image image) {
    if (image.channels() == 3) {
      return image;
    }
    int n = image.planeSize();
    float[] rgb = new float[3 * n];
    for (int c = 0; c < 3; c++) {
      System.arraycopy(image.samples(), Math.min(c, image.channels() - 1) * n, rgb, c * n, n);
    }
    return Image.of(image.width(), image.height(), 3, image.space(), rgb);
  }

  static Image resize(Image image, int width, int height) {
    if (image.width() == width && image.height() == height) {
      return image;
    }
    int channels = image.channels();
    int sourceWidth = image.width();
    int sourceHeight = image.height();
    Taps rows = new Taps(sourceHeight, height);
    Taps columns = new Taps(sourceWidth, width);
    float[] source = image.samples();
    float[] target = new float[channels * width * height];
    float[] line = new float[sourceWidth];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        java.util.Arrays.fill(line, 0);
        for (int k = 0; k < rows.count[y]; k++) {
          float weight = rows.weights[y * rows.stride + k];
          int from = (c * sourceHeight + rows.first[y] + k) * sourceWidth;
          for (int x = 0; x < sourceWidth; x++) {
            line[x] += weight * source[from + x];
          }
        }
        int to = (c * height + y) * width;
        for (int x = 0; x < width; x++) {
          float sum = 0;
          for (int k = 0, at = x * columns.stride, i = columns.first[x];
              k < columns.count[x];
              k++) {
            sum += columns.weights[at + k] * line[i + k];
          }
          target[to + x] = sum;
        }
      }
    }
    return Image.of(width, height, channels, image.space(), target);
  }

  private static final class Taps {
    final int[] first;
    final int[] count;
    final int stride;
    final float[] weights;

    Taps(int source, int target) {
      double scale = source / (double) target;
      double radius = Math.max(1, scale);
      stride = 2 * (int) Math.ceil(radius) + 1;
      first = new int[target];
      count = new int[target];
      weights = new float[target * stride];
      for (int i = 0; i < target; i++) {
        double centre = (i + 0.5) * scale - 0.5;
        int low = Math.max(0, (int) Math.ceil(centre - radius));
        int high = Math.min(source - 1, (int) Math.floor(centre + radius));
        first[i] = low;
        count[i] = high - low + 1;
        double sum = 0;
        for (int j = low; j <= high; j++) {
          sum += 1 - Math.abs(j - centre) / radius;
        }
        for (int j = low; j <= high; j++) {
          weights[i * stride + j - low] = (float) ((1 - Math.abs(j - centre) / radius) / sum);
        }
      }
    }
  }
}
