package org.pixelcube.light;

import java.util.Arrays;
import org.pixelcube.math.Vector3;

/**
 * Draws directions in proportion to a map's luminance, its pixels taken as constant: a row by its
 * share of luminance times solid angle, then a column within the row (Pharr, Jakob and Humphreys,
 * "Physically Based Rendering", 4th ed., 12.5). Within a pixel the directions are uniform over
 * solid angle, so the density is exact. A black map is drawn from uniformly.
 */
public final class MapSampler {
  private final EnvironmentMap map;
  private final int width;
  private final int height;
  private final double[] rows;
  private final double[] columns;
  private final float[] luminance;
  private final double total;

  private MapSampler(EnvironmentMap map, float[] luminance) {
    this.map = map;
    this.width = map.width();
    this.height = map.height();
    this.luminance = luminance;
    this.rows = new double[height + 1];
    this.columns = new double[height * (width + 1)];
    for (int y = 0; y < height; y++) {
      int o = y * (width + 1);
      for (int x = 0; x < width; x++) {
        columns[o + x + 1] = columns[o + x] + luminance[y * width + x];
      }
      rows[y + 1] = rows[y] + columns[o + width] * map.solidAngle(y);
    }
    this.total = rows[height];
  }

  /** A direction drawn, its density per steradian, and the radiance of the pixel it hit. */
  public record Sample(Vector3 direction, double pdf, Rgb radiance) {}

  public static MapSampler of(EnvironmentMap map) {
    float[] luminance = map.luminance();
    if (map.isBlack()) {
      Arrays.fill(luminance, 1);
    }
    return new MapSampler(map, luminance);
  }

  /** The direction for two numbers in [0, 1): the first chooses the row, the second the column. */
  public Sample sample(double u1, double u2) {
    double row = u1 * total;
    int y = find(rows, 0, height, row);
    double inRow = (row - rows[y]) / (rows[y + 1] - rows[y]);
    int o = y * (width + 1);
    double column = u2 * columns[o + width];
    int x = find(columns, o, width, column);
    double inColumn = (column - columns[o + x]) / (columns[o + x + 1] - columns[o + x]);
    // Uniform over solid angle: uniform in cos θ.
    double c0 = Math.cos(Math.PI * y / height);
    double c1 = Math.cos(Math.PI * (y + 1) / height);
    double cos = c0 + Math.clamp(inRow, 0, 1) * (c1 - c0);
    double sin = Math.sqrt(Math.max(0, 1 - cos * cos));
    double phi = Math.PI * (2 * (x + Math.clamp(inColumn, 0, 1)) / width - 1);
    Vector3 d = new Vector3(sin * Math.sin(phi), cos, -sin * Math.cos(phi));
    return new Sample(d, luminance[y * width + x] / total, pixel(y * width + x));
  }

  /** The last i in [0, n) with a cumulative value ≤ {@code value} and a share that is not empty. */
  private static int find(double[] cumulative, int from, int n, double value) {
    int low = 0;
    int high = n;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (cumulative[from + middle] <= value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    while (low > 0 && cumulative[from + low + 1] <= cumulative[from + low]) {
      low--;
    }
    return low;
  }

  /** Density per steradian with which {@link #sample} draws this direction. */
  public double pdf(Vector3 direction) {
    return luminance[index(direction)] / total;
  }

  /** Radiance of the pixel this direction hits, not interpolated: what goes with {@link #pdf}. */
  public Rgb radiance(Vector3 direction) {
    return pixel(index(direction));
  }

  private int index(Vector3 direction) {
    EnvironmentMap.Uv uv = EnvironmentMap.uv(direction);
    int x = Math.min(width - 1, (int) (uv.u() * width));
    int y = Math.min(height - 1, (int) (uv.v() * height));
    return y * width + x;
  }

  private Rgb pixel(int k) {
    float[] s = map.image().samples();
    int plane = width * height;
    return new Rgb(s[k], s[plane + k], s[2 * plane + k]);
  }
}
