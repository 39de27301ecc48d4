package org.pixelcube.vision;

import org.pixelcube.image.Image;

/** Encoded samples for the networks, which were all trained on 8-bit sRGB pictures. */
final class NetworkInput {
  private static final int STEPS = 4096;
  private static final float[] ENCODED = new float[STEPS + 2];

  static {
    for (int i = 0; i < ENCODED.length; i++) {
      double linear = Math.min(1.0, i / (double) STEPS);
      ENCODED[i] =
          (float)
              (linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055);
    }
  }

  private NetworkInput() {}

  /**
   * The sRGB encoding (IEC 61966-2-1) of a linear value, clamped to [0, 1]; not a number is 0.
   * Within 0.0008 of the exact curve.
   */
  static float encode(float linear) {
    if (!(linear > 0)) {
      return 0;
    }
    if (linear >= 1) {
      return 1;
    }
    float position = linear * STEPS;
    int i = (int) position;
    return ENCODED[i] + (position - i) * (ENCODED[i + 1] - ENCODED[i]);
  }

  /**
   * The sRGB-encoded luminance (Rec.709 weights on linear values), {@code (1, h, w)} in [0, 1]:
   * what edges and motion are judged on. One channel is taken as luminance.
   */
  static Image lightness(Image linear) {
    int n = linear.planeSize();
    float[] s = linear.samples();
    float[] lightness = new float[n];
    if (linear.channels() < 3) {
      for (int i = 0; i < n; i++) {
        lightness[i] = encode(s[i]);
      }
    } else {
      for (int i = 0; i < n; i++) {
        lightness[i] = encode(0.2126f * s[i] + 0.7152f * s[n + i] + 0.0722f * s[2 * n + i]);
      }
    }
    return Image.data(linear.width(), linear.height(), 1, lightness);
  }

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
}
