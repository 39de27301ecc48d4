package org.pixelcube.render;

import org.pixelcube.image.Image;

/**
 * A value that varies over a surface: a picture read bilinearly, clamped at its edges, or a
 * constant. Samples are interleaved, so that a look-up touches one place in memory. Colours are
 * linear Rec.709.
 */
public final class Texture {
  private final int width;
  private final int height;
  private final int channels;
  private final float[] texels;

  private Texture(int width, int height, int channels, float[] texels) {
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.texels = texels;
  }

  /** The same values everywhere. */
  public static Texture constant(float... values) {
    return new Texture(1, 1, values.length, values.clone());
  }

  /**
   * The samples of a picture as they are: convert to linear Rec.709 first where they are colours.
   */
  public static Texture of(Image image) {
    int plane = image.planeSize();
    int c = image.channels();
    float[] texels = new float[plane * c];
    for (int k = 0; k < c; k++) {
      for (int i = 0; i < plane; i++) {
        texels[i * c + k] = image.samples()[k * plane + i];
      }
    }
    return new Texture(image.width(), image.height(), c, texels);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  public int channels() {
    return channels;
  }

  /** Whether the value is the same everywhere. */
  public boolean isConstant() {
    return width == 1 && height == 1;
  }

  /**
   * Reads the value at texture coordinates, v up.
   *
   * @param out receives {@link #channels()} values
   */
  public void at(float u, float v, float[] out) {
    if (isConstant()) {
      System.arraycopy(texels, 0, out, 0, channels);
      return;
    }
    float x = Math.clamp(u * width - 0.5f, 0, width - 1);
    float y = Math.clamp((1 - v) * height - 0.5f, 0, height - 1);
    int x0 = (int) x;
    int y0 = (int) y;
    int x1 = Math.min(x0 + 1, width - 1);
    int y1 = Math.min(y0 + 1, height - 1);
    float fx = x - x0;
    float fy = y - y0;
    int a = (y0 * width + x0) * channels;
    int b = (y0 * width + x1) * channels;
    int c = (y1 * width + x0) * channels;
    int d = (y1 * width + x1) * channels;
    for (int k = 0; k < channels; k++) {
      float top = texels[a + k] + fx * (texels[b + k] - texels[a + k]);
      float bottom = texels[c + k] + fx * (texels[d + k] - texels[c + k]);
      out[k] = top + fy * (bottom - top);
    }
  }

  /** The first channel alone. */
  public float at(float u, float v) {
    if (isConstant()) {
      return texels[0];
    }
    float x = Math.clamp(u * width - 0.5f, 0, width - 1);
    float y = Math.clamp((1 - v) * height - 0.5f, 0, height - 1);
    int x0 = (int) x;
    int y0 = (int) y;
    int x1 = Math.min(x0 + 1, width - 1);
    int y1 = Math.min(y0 + 1, height - 1);
    float fx = x - x0;
    float fy = y - y0;
    float a = texels[(y0 * width + x0) * channels];
    float b = texels[(y0 * width + x1) * channels];
    float c = texels[(y1 * width + x0) * channels];
    float d = texels[(y1 * width + x1) * channels];
    float top = a + fx * (b - a);
    float bottom = c + fx * (d - c);
    return top + fy * (bottom - top);
  }
}
