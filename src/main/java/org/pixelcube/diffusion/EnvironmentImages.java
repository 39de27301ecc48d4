package org.pixelcube.diffusion;

import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * An environment map as networks look at it: nine planes, three images of three channels. The first
 * is Reinhard's curve with white {@value #WHITE} (x · (1 + x/256) / (1 + x), Reinhard et al. 2002,
 * equation 4), which tells about the room; the second ln(1 + x) / ln(1 + {@value #LOG_TOP}), which
 * tells about lamps and the sun; the third the direction of each pixel in camera space.
 */
public final class EnvironmentImages {
  /** Channels of the images: curve, logarithm, direction. */
  public static final int CHANNELS = 9;

  /** Columns; there are half as many rows. */
  public static final int WIDTH = 64;

  public static final int HEIGHT = WIDTH / 2;

  private static final double WHITE = 16;
  private static final double LOG_TOP = 10_000;

  private static final float[] DIRECTIONS = directions();

  private EnvironmentImages() {}

  /** Reinhard's curve: 1 at the white. */
  static double curve(double radiance) {
    return radiance * (1 + radiance / (WHITE * WHITE)) / (1 + radiance);
  }

  /** The logarithm: 1 at {@value #LOG_TOP}. */
  static double logarithm(double radiance) {
    return Math.log1p(radiance) / Math.log1p(LOG_TOP);
  }

  /**
   * The nine planes of a map, {@code (9, 32, 64)}.
   *
   * @param map in camera space, exposed as the picture
   */
  public static float[] of(EnvironmentMap map) {
    float[] s = map.downsampled(WIDTH, HEIGHT).image().samples();
    int plane = WIDTH * HEIGHT;
    float[] out = new float[CHANNELS * plane];
    for (int i = 0; i < 3 * plane; i++) {
      double x = Math.max(0, s[i]);
      out[i] = (float) Math.min(2, curve(x));
      out[3 * plane + i] = (float) Math.min(2, logarithm(x));
    }
    System.arraycopy(DIRECTIONS, 0, out, 6 * plane, 3 * plane);
    return out;
  }

  private static float[] directions() {
    int plane = WIDTH * HEIGHT;
    float[] out = new float[3 * plane];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / WIDTH, (y + 0.5) / HEIGHT);
        out[y * WIDTH + x] = (float) d.x();
        out[plane + y * WIDTH + x] = (float) d.y();
        out[2 * plane + y * WIDTH + x] = (float) d.z();
      }
    }
    return out;
  }
}
