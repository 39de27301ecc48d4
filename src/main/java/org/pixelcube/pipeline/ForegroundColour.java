package org.pixelcube.pipeline;

import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;

/**
 * The subject's own colour where hair and background mix in one pixel, by blur fusion (Forte,
 * "Approximate Fast Foreground Colour Estimation", 2021): F = F̂ + α(I − αF̂ − (1 − α)B̂), with F̂
 * and B̂ the blurred colours of either side.
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
    double sigma = Math.max(1.2, 0.012 * Math.max(gridWidth, gridHeight));
    float[] inverse = new float[gridAlpha.length];
    float[] solid = new float[gridAlpha.length];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = (1 - gridAlpha[i]) * (1 - gridAlpha[i]);
      solid[i] = gridAlpha[i] * gridAlpha[i] * gridAlpha[i];
    }
    float[] both = new float[6 * gridAlpha.length];
    for (int c = 0; c < 3; c++) {
      float[] f = Planes.smooth(rgb[c], solid, gridWidth, gridHeight, sigma, 0);
      float[] b = Planes.smooth(rgb[c], inverse, gridWidth, gridHeight, sigma, 0);
      System.arraycopy(f, 0, both, c * f.length, f.length);
      System.arraycopy(b, 0, both, (3 + c) * b.length, b.length);
    }
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
