package org.pixelcube.light;

import java.util.Arrays;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * Irradiance E(n) = ∫ L(d) max(0, n·d) dω of a map as a table over normals, for bulk look-up.
 *
 * <p>The map is gathered to at most 64×32 cells, each kept as its energy-weighted mean direction
 * per channel, so that a cell wholly before or behind the surface contributes exactly; no ringing
 * with small suns, unlike {@link ShRadiance#irradiance}. Error against the sum over all pixels:
 * below 1 % of the largest irradiance.
 */
public final class IrradianceMap {
  /** Cells of the default table: 65² nodes. */
  public static final int DEFAULT_CELLS = 64;

  private static final int SOURCE_WIDTH = 64;

  private final DirectionTable table;

  private IrradianceMap(DirectionTable table) {
    this.table = table;
  }

  public static IrradianceMap of(EnvironmentMap map) {
    return of(map, DEFAULT_CELLS);
  }

  /** Makes the table with (cells + 1)² nodes. */
  public static IrradianceMap of(EnvironmentMap map, int cells) {
    int columns = Math.min(SOURCE_WIDTH, map.width());
    double[][] moments = moments(map, columns);
    float[][] nodes = DirectionTable.nodes(cells);
    float[] nx = nodes[0];
    float[] ny = nodes[1];
    float[] nz = nodes[2];
    float[] rgb = new float[3 * nx.length];
    float[] sum = new float[nx.length];
    for (int c = 0; c < 3; c++) {
      Arrays.fill(sum, 0);
      double[] m = moments[c];
      for (int k = 0; k < m.length; k += 3) {
        float x = (float) m[k];
        float y = (float) m[k + 1];
        float z = (float) m[k + 2];
        if (x != 0 || y != 0 || z != 0) {
          for (int i = 0; i < sum.length; i++) {
            sum[i] += Math.max(0f, x * nx[i] + y * ny[i] + z * nz[i]);
          }
        }
      }
      for (int i = 0; i < sum.length; i++) {
        rgb[3 * i + c] = sum[i];
      }
    }
    return new IrradianceMap(new DirectionTable(cells, rgb));
  }

  /** Σ L·Ω·d over the pixels of each cell, {@code [channel][cell · 3 + axis]}. */
  private static double[][] moments(EnvironmentMap map, int columns) {
    int w = map.width();
    int h = map.height();
    int rows = columns / 2;
    float[] s = map.image().samples();
    double[] sin = new double[w];
    double[] cos = new double[w];
    int[] cell = new int[w];
    for (int x = 0; x < w; x++) {
      double phi = Math.PI * (2 * (x + 0.5) / w - 1);
      sin[x] = Math.sin(phi);
      cos[x] = Math.cos(phi);
      cell[x] = (int) ((long) x * columns / w);
    }
    double[][] moments = new double[3][3 * columns * rows];
    double[] total = new double[columns];
    double[] right = new double[columns];
    double[] away = new double[columns];
    for (int y = 0; y < h; y++) {
      double theta = Math.PI * (y + 0.5) / h;
      double omega = map.solidAngle(y);
      double horizontal = Math.sin(theta) * omega;
      double vertical = Math.cos(theta) * omega;
      int base = 3 * columns * (int) ((long) y * rows / h);
      for (int c = 0; c < 3; c++) {
        Arrays.fill(total, 0);
        Arrays.fill(right, 0);
        Arrays.fill(away, 0);
        int o = (c * h + y) * w;
        for (int x = 0; x < w; x++) {
          double l = s[o + x];
          int k = cell[x];
          total[k] += l;
          right[k] += l * sin[x];
          away[k] += l * cos[x];
        }
        double[] m = moments[c];
        for (int k = 0, i = base; k < columns; k++, i += 3) {
          m[i] += horizontal * right[k];
          m[i + 1] += vertical * total[k];
          m[i + 2] -= horizontal * away[k];
        }
      }
    }
    return moments;
  }

  /** Irradiance on one unit normal. */
  public Rgb at(Vector3 normal) {
    return table.at(normal);
  }

  /** The table itself, for {@link DirectionTable#sample} with a turned light or in parts. */
  public DirectionTable table() {
    return table;
  }

  /**
   * Irradiance on many normals.
   *
   * @param out receives {@code (3, n)}
   */
  public void sample(float[] nx, float[] ny, float[] nz, float[] out) {
    table.sample(nx, ny, nz, out);
  }

  /**
   * As {@link #sample(float[], float[], float[], float[])}, the light turned by {@code rotation}.
   */
  public void sample(Rotation rotation, float[] nx, float[] ny, float[] nz, float[] out) {
    table.sample(rotation, nx, ny, nz, 0, nx.length, out);
  }
}
