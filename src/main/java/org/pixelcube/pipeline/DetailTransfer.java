package org.pixelcube.pipeline;

import org.pixelcube.image.Image;

/**
 * Carries light worked out on the small geometry grid to the full picture, so that pores, wrinkles,
 * beard and hair stay as sharp as they were shot.
 *
 * <p>On the grid the change of light is a ratio per channel, after ÷ before, in stops; a guided
 * filter explains it window by window as {@code a · log₂ luminance + b} (He and Sun, "Fast guided
 * filter", 2015), and at full resolution a and b are interpolated and applied to the picture's own
 * luminance: where the ratio steps at an edge of the picture, as at the rim of a shadow that was
 * taken off, it steps at that same edge. What is added, the specular light, is interpolated and
 * takes its texture from the picture: strands and pores that are brighter than their surroundings
 * shine more.
 */
final class DetailTransfer {
  /** Variance of log₂ luminance within a window that still counts as flat. */
  private static final float EPSILON = 0.04f;

  /** A ratio that follows the picture more than this would take its texture with it. */
  private static final float STEEPEST = 0.7f;

  private static final float LARGEST_STOPS = 3;

  /** Added to luminance before the logarithm. */
  private static final float OFFSET = Delighter.EPSILON;

  private final int width;
  private final int height;
  private final float[][] slope = new float[3][];
  private final float[][] stops = new float[3][];
  private final float[][] added;
  private final float[] surroundings;

  /**
   * Fits the transfer on the grid.
   *
   * @param before the picture, three linear planes
   * @param after the same under new light, without what is added
   * @param added light to add, three linear planes
   * @param weight how much each pixel counts: the matte
   */
  DetailTransfer(
      float[][] before, float[][] after, float[][] added, float[] weight, int width, int height) {
    this.width = width;
    this.height = height;
    int size = width * height;
    float[] guide = new float[size];
    float[] solid = new float[size];
    for (int i = 0; i < size; i++) {
      guide[i] = FastLog.log2(luminance(before[0][i], before[1][i], before[2][i]) + OFFSET);
      // The mixed pixels of the silhouette know least about either side.
      solid[i] = weight[i] * weight[i] * weight[i];
    }
    int radius = Math.max(2, Math.round(Math.min(width, height) / 100f));
    MaskedGuidedFilter filter =
        new MaskedGuidedFilter(guide, solid, width, height, radius, EPSILON);
    float[] ratio = new float[size];
    MaskedBlur beyond = new MaskedBlur(solid, width, height, 0.06 * width);
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < size; i++) {
        float r =
            FastLog.log2(
                (Math.max(0, after[c][i]) + OFFSET) / (Math.max(0, before[c][i]) + OFFSET));
        ratio[i] = Math.clamp(r, -LARGEST_STOPS - 4, LARGEST_STOPS);
      }
      float[] known = beyond.apply(ratio, 0);
      for (int i = 0; i < size; i++) {
        // Beyond the silhouette the ratio goes on as it was near it.
        ratio[i] = known[i] + Math.min(1, 4 * solid[i]) * (ratio[i] - known[i]);
      }
      float[][] ab = filter.coefficients(ratio);
      for (int i = 0; i < size; i++) {
        float a = Math.clamp(ab[0][i], -STEEPEST, STEEPEST);
        // The value at the grid's own luminance is kept where the slope is limited.
        ab[1][i] += (ab[0][i] - a) * guide[i];
        ab[0][i] = a;
      }
      slope[c] = ab[0];
      stops[c] = ab[1];
    }
    this.added = added;
    this.surroundings = Planes.smooth(guide, solid, width, height, 2.5, 0);
  }

  static float luminance(float r, float g, float b) {
    return 0.2126f * Math.max(0, r) + 0.7152f * Math.max(0, g) + 0.0722f * Math.max(0, b);
  }

  /**
   * One row of the picture under the new light.
   *
   * @param picture the full-resolution foreground, three linear planes
   * @param cover coverage of the picture, {@code (h, w)}; nothing is worked out where it is 0
   * @param y the row
   * @param rows scratch of this transfer: see {@link #rows}
   * @param out three rows of the picture's width
   */
  void row(Image picture, float[] cover, int y, Rows rows, float[][] out) {
    rows.at((y + 0.5f) * height / picture.height() - 0.5f);
    float[] p = picture.samples();
    int plane = picture.planeSize();
    int base = y * picture.width();
    for (int x = 0; x < picture.width(); x++) {
      if (cover[base + x] <= 0) {
        continue;
      }
      float r = p[base + x];
      float g = p[plane + base + x];
      float b = p[2 * plane + base + x];
      float guide = FastLog.log2(luminance(r, g, b) + OFFSET);
      int x0 = rows.column[x];
      float f = rows.fraction[x];
      float[] around = rows.buffer[9];
      float relief = guide - (around[x0] + f * (around[x0 + 1] - around[x0]));
      float gloss = FastLog.exp2(Math.clamp(relief, -2f, 1f));
      out[0][x] = lit(r, rows, 0, x0, f, guide, gloss);
      out[1][x] = lit(g, rows, 1, x0, f, guide, gloss);
      out[2][x] = lit(b, rows, 2, x0, f, guide, gloss);
    }
  }

  private static float lit(
      float value, Rows rows, int c, int x0, float f, float guide, float gloss) {
    float[] a = rows.buffer[c];
    float[] b = rows.buffer[3 + c];
    float[] s = rows.buffer[6 + c];
    float slope = a[x0] + f * (a[x0 + 1] - a[x0]);
    float stops = b[x0] + f * (b[x0 + 1] - b[x0]);
    float add = s[x0] + f * (s[x0 + 1] - s[x0]);
    float gain = FastLog.exp2(slope * guide + stops);
    return value * gain + add * gloss;
  }

  /** Scratch for rows of a picture of this width; one per thread. */
  Rows rows(int pictureWidth) {
    return new Rows(pictureWidth);
  }

  /** The ten planes interpolated down to one row of the picture, and where its columns lie. */
  final class Rows {
    private final int[] column;
    private final float[] fraction;
    private final float[][] buffer = new float[10][width + 1];

    private Rows(int pictureWidth) {
      column = new int[pictureWidth];
      fraction = new float[pictureWidth];
      for (int x = 0; x < pictureWidth; x++) {
        float sx = Math.clamp((x + 0.5f) * width / pictureWidth - 0.5f, 0, width - 1);
        column[x] = (int) sx;
        fraction[x] = sx - column[x];
      }
    }

    private void at(float gridRow) {
      float sy = Math.clamp(gridRow, 0, height - 1);
      int y0 = (int) sy;
      int y1 = Math.min(height - 1, y0 + 1);
      float f = sy - y0;
      for (int k = 0; k < 10; k++) {
        float[] source =
            k < 3 ? slope[k] : k < 6 ? stops[k - 3] : k < 9 ? added[k - 6] : surroundings;
        float[] target = buffer[k];
        int top = y0 * width;
        int bottom = y1 * width;
        for (int x = 0; x < width; x++) {
          target[x] = source[top + x] + f * (source[bottom + x] - source[top + x]);
        }
        target[width] = target[width - 1];
      }
    }
  }
}
