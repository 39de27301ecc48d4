package org.pixelcube.pipeline;

import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;

/**
 * The subject's own colour where hair and background mix in one pixel, by blur fusion (Forte,
 * "Approximate Fast Foreground Colour Estimation", 2021): F = F̂ + α(I − αF̂ − (1 − α)B̂), with F̂
 * and B̂ the blurred colours of either side, found by a wide pass and then a narrow one.
 */
final class ForegroundColour {
  private ForegroundColour() {}

  /**
   * Estimates the foreground.
   *
   * @param picture linear, {@code (3, h, w)}
   * @param alpha coverage of the same size
   * @param rgb the picture on the geometry grid
   * @param gridAlpha coverage on the grid
   * @return linear, {@code (3, h, w)}: the picture itself where coverage is full
   */
  static Image estimate(
      Image picture, Image alpha, float[][] rgb, float[] gridAlpha, int gridWidth, int gridHeight) {
    int n = gridAlpha.length;
    float[] both = new float[6 * n];
    for (int c = 0; c < 3; c++) {
      System.arraycopy(rgb[c], 0, both, c * n, n);
      System.arraycopy(rgb[c], 0, both, (3 + c) * n, n);
    }
    double side = Math.max(gridWidth, gridHeight);
    fuse(rgb, gridAlpha, gridWidth, gridHeight, Math.max(3, 0.04 * side), 3, both);
    fuse(rgb, gridAlpha, gridWidth, gridHeight, Math.max(1.2, 0.012 * side), 1, both);
    Image sides = Image.data(gridWidth, gridHeight, 6, both);
    int size = picture.planeSize();
    float[] out = new float[3 * size];
    float[] p = picture.samples();
    float[] a = alpha.samples();
    Sampler sampler = new Sampler(sides, picture.width(), picture.height());
    float[] mixed = new float[6];
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        int i = y * picture.width() + x;
        float cover = a[i];
        if (cover >= 0.995f || cover <= 0.005f) {
          out[i] = p[i];
          out[size + i] = p[size + i];
          out[2 * size + i] = p[2 * size + i];
          continue;
        }
        sampler.at(x, y, mixed);
        for (int c = 0; c < 3; c++) {
          float f = mixed[c];
          float b = mixed[3 + c];
          float residual = p[c * size + i] - cover * f - (1 - cover) * b;
          out[c * size + i] = Math.max(0, f + cover * residual);
        }
      }
    }
    return Image.of(picture.width(), picture.height(), 3, picture.space(), out);
  }

  /**
   * One pass of blur fusion: blurs either side's estimate with its own coverage, and explains the
   * picture by the two.
   *
   * @param power how strongly full coverage is preferred over partial
   * @param sides foreground and background, three planes each; read and replaced
   */
  private static void fuse(
      float[][] rgb, float[] alpha, int w, int h, double sigma, int power, float[] sides) {
    int n = alpha.length;
    float[] front = new float[n];
    float[] back = new float[n];
    for (int i = 0; i < n; i++) {
      front[i] = (float) Math.pow(alpha[i], power);
      back[i] = (float) Math.pow(1 - alpha[i], power);
    }
    MaskedBlur frontBlur = new MaskedBlur(front, w, h, sigma);
    MaskedBlur backBlur = new MaskedBlur(back, w, h, sigma);
    float[] plane = new float[n];
    for (int c = 0; c < 3; c++) {
      System.arraycopy(sides, c * n, plane, 0, n);
      float[] f = frontBlur.apply(plane, 0);
      System.arraycopy(sides, (3 + c) * n, plane, 0, n);
      float[] b = backBlur.apply(plane, 0);
      for (int i = 0; i < n; i++) {
        float a = alpha[i];
        float unexplained = rgb[c][i] - a * f[i] - (1 - a) * b[i];
        sides[c * n + i] = Math.max(0, f[i] + a * unexplained);
        sides[(3 + c) * n + i] = Math.max(0, b[i] + (1 - a) * unexplained);
      }
    }
  }

  /** Bilinear lookups into a small picture laid over a large one. */
  private static final class Sampler {
    private final Image small;
    private final float scaleX;
    private final float scaleY;

    Sampler(Image small, int width, int height) {
      this.small = small;
      this.scaleX = (float) small.width() / width;
      this.scaleY = (float) small.height() / height;
    }

    void at(int x, int y, float[] out) {
      int w = small.width();
      float sx = Math.clamp((x + 0.5f) * scaleX - 0.5f, 0, w - 1);
      float sy = Math.clamp((y + 0.5f) * scaleY - 0.5f, 0, small.height() - 1);
      int x0 = (int) sx;
      int y0 = (int) sy;
      int x1 = Math.min(w - 1, x0 + 1);
      int y1 = Math.min(small.height() - 1, y0 + 1);
      float fx = sx - x0;
      float fy = sy - y0;
      float[] s = small.samples();
      for (int c = 0; c < out.length; c++) {
        int base = c * small.planeSize();
        float top = s[base + y0 * w + x0] * (1 - fx) + s[base + y0 * w + x1] * fx;
        float bottom = s[base + y1 * w + x0] * (1 - fx) + s[base + y1 * w + x1] * fx;
        out[c] = top * (1 - fy) + bottom * fy;
      }
    }
  }

  /** The planes of a picture as separate arrays, at another size. */
  static float[][] planes(Image image, int width, int height) {
    Image small =
        image.width() == width && image.height() == height
            ? image
            : Resize.area(image, width, height);
    float[][] planes = new float[3][width * height];
    for (int c = 0; c < 3; c++) {
      System.arraycopy(small.samples(), c * planes[c].length, planes[c], 0, planes[c].length);
    }
    return planes;
  }
}
