package org.pixelcube.render;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Averages light that bounced between surfaces over pixels that show the same surface. Few paths
 * find it, each carries much, and it varies little from pixel to pixel: what lights the point comes
 * from whole surfaces, so no edge of a shadow is in it that is sharper than those surfaces are wide
 * (irradiance caching rests on the same: Ward, Rubinstein and Clear 1988). Light straight from a
 * source does not pass through here.
 *
 * <p>What is averaged is the bounced light over the surface's colour and coverage (a ratio of
 * means), so texture and the edge of the subject stay. The area of the reach shrinks with the
 * number of rays a pixel, so the mean tends to the truth as the noise tends to nothing.
 */
final class BounceFilter {
  /** Standard deviation of the reach at one ray a pixel, in heights of a picture. */
  private static final double REACH = 6.0 / 256;

  private static final float DEPTH_METRES = 0.012f;
  private static final float NORMAL_SQUARED = 0.15f;
  private static final float FIBRE_SQUARED = 0.05f;

  /** Below this a colour no longer tells what its light is. */
  private static final float DARKEST = 0.05f;

  private final int width;
  private final int height;
  private final ReflectanceField.Aovs aovs;
  private final float[] fibres;
  private final int radius;
  private final float fall;

  /**
   * A filter for one frame.
   *
   * @param fibres share of each pixel's covered part that is hair, whose normals tell nothing
   * @param samplesPerPixel camera rays
   */
  BounceFilter(Camera camera, ReflectanceField.Aovs aovs, float[] fibres, int samplesPerPixel) {
    this.width = camera.width();
    this.height = camera.height();
    this.aovs = aovs;
    this.fibres = fibres;
    double sigma = REACH * height / Math.sqrt(samplesPerPixel);
    this.radius = (int) Math.ceil(2 * sigma);
    this.fall = (float) (1 / (2 * sigma * sigma));
  }

  /**
   * Adds the averages.
   *
   * @param bounced of each pixel, red, green, blue of each column, premultiplied; null where
   *     nothing is covered
   * @param responses what they are added to
   */
  void addFiltered(float[][] bounced, float[][] responses) {
    IntStream.range(0, height)
        .parallel()
        .forEach(y -> {
          float[] sum = null;
          for (int x = 0; x < width; x++) {
            int i = y * width + x;
            if (bounced[i] != null) {
              sum = sum == null ? new float[bounced[i].length] : sum;
              add(i, bounced, sum, responses[i]);
            }
          }
        });
  }

  private void add(int i, float[][] bounced, float[] sum, float[] out) {
    Arrays.fill(sum, 0);
    int plane = width * height;
    int x = i % width;
    int y = i / width;
    float red = 0;
    float green = 0;
    float blue = 0;
    for (int v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (int u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
        int j = v * width + u;
        if (bounced[j] == null) {
          continue;
        }
        float exponent = ((u - x) * (u - x) + (v - y) * (v - y)) * fall + unlike(i, j);
        if (exponent > 6) {
          continue;
        }
        float weight = (float) Math.exp(-exponent);
        float[] from = bounced[j];
        for (int k = 0; k < sum.length; k++) {
          sum[k] += weight * from[k];
        }
        red += weight * colour(j, 0);
        green += weight * colour(j, plane);
        blue += weight * colour(j, 2 * plane);
      }
    }
    red = colour(i, 0) / red;
    green = colour(i, plane) / green;
    blue = colour(i, 2 * plane) / blue;
    for (int k = 0; k < sum.length; k += 3) {
      out[k] += red * sum[k];
      out[k + 1] += green * sum[k + 1];
      out[k + 2] += blue * sum[k + 2];
    }
  }

  /** Colour and coverage of a pixel. */
  private float colour(int i, int plane) {
    return aovs.alpha()[i] * Math.max(DARKEST, aovs.albedo()[plane + i]);
  }

  /** How unlikely it is that two pixels show one surface: 0 for the same. */
  private float unlike(int i, int j) {
    int plane = width * height;
    float depth = (aovs.depth()[i] - aovs.depth()[j]) / DEPTH_METRES;
    float fibre = fibres[i] - fibres[j];
    float solid = 1 - Math.max(fibres[i], fibres[j]);
    float bend = 0;
    for (int c = 0; c < 3 * plane; c += plane) {
      float e = aovs.normal()[c + i] - aovs.normal()[c + j];
      bend += e * e;
    }
    return depth * depth * (0.2f + 0.8f * solid)
        + fibre * fibre / (2 * FIBRE_SQUARED)
        + solid * bend / (2 * NORMAL_SQUARED);
  }
}
