package org.pixelcube.render;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * The sphere of directions in n × n cells of equal solid angle: the equal-area octahedral map of
 * Clarberg (2008, "Fast equal-area mapping of the (hemi)sphere using SIMD"). The middle of the
 * square is +Z, its corners −Z; the first axis grows with +X, the second with +Y. Cell {@code row ·
 * n + column}.
 */
public record DirectionBins(int side) {
  /** The cells of a map's samples, which cost more to find than to use; few sizes are in use. */
  private static final Map<Grid, int[]> CELLS = new ConcurrentHashMap<>();

  private record Grid(int side, int width, int height) {
    int[] cells() {
      DirectionBins bins = new DirectionBins(side);
      float[] scratch = new float[2];
      int[] cells = new int[width * height];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          Vector3 d = EnvironmentMap.direction((x + 0.5) / width, (y + 0.5) / height);
          cells[y * width + x] = bins.bin((float) d.x(), (float) d.y(), (float) d.z(), scratch);
        }
      }
      return cells;
    }
  }

  public DirectionBins {
    if (side < 1 || side > 256) {
      throw new IllegalArgumentException("%d cells a side, 1 to 256 can be used".formatted(side));
    }
  }

  public int count() {
    return side * side;
  }

  /** Solid angle of every cell, steradians. */
  public double solidAngle() {
    return 4 * Math.PI / count();
  }

  /**
   * The direction of a point of the square.
   *
   * @param a from 0 to 1 along the first axis
   * @param b from 0 to 1 along the second
   * @param out receives x, y, z of the unit direction
   */
  public static void direction(float a, float b, float[] out) {
    float u = 2 * a - 1;
    float v = 2 * b - 1;
    float au = Math.abs(u);
    float av = Math.abs(v);
    float d = 1 - (au + av);
    float r = 1 - Math.abs(d);
    double phi = (r == 0 ? 1 : (av - au) / r + 1) * (Math.PI / 4);
    float f = r * (float) Math.sqrt(Math.max(0, 2 - r * r));
    out[0] = Math.copySign((float) Math.cos(phi) * f, u);
    out[1] = Math.copySign((float) Math.sin(phi) * f, v);
    out[2] = Math.copySign(1 - r * r, d);
  }

  /** Where a unit direction lies in the square: writes two numbers from 0 to 1. */
  public static void square(float x, float y, float z, float[] out) {
    float r = (float) Math.sqrt(Math.max(0, 1 - Math.abs(z)));
    float ax = Math.abs(x);
    float ay = Math.abs(y);
    float phi = ax == 0 && ay == 0 ? 0 : (float) (Math.atan2(ay, ax) * (2 / Math.PI));
    float v = phi * r;
    float u = r - v;
    if (z < 0) {
      float swap = 1 - v;
      v = 1 - u;
      u = swap;
    }
    out[0] = 0.5f + 0.5f * Math.copySign(u, x);
    out[1] = 0.5f + 0.5f * Math.copySign(v, y);
  }

  /** The cell of a unit direction. */
  public int bin(float x, float y, float z, float[] scratch) {
    square(x, y, z, scratch);
    int column = Math.clamp((int) (scratch[0] * side), 0, side - 1);
    int row = Math.clamp((int) (scratch[1] * side), 0, side - 1);
    return row * side + column;
  }

  /** The direction in the middle of a cell. */
  public Vector3 centre(int bin) {
    float[] d = new float[3];
    int row = bin / side;
    direction((bin % side + 0.5f) / side, (row + 0.5f) / side, d);
    return new Vector3(d[0], d[1], d[2]);
  }

  /**
   * The mean radiance of a map over each cell.
   *
   * @return red, green, blue of each cell in turn
   */
  public float[] mean(EnvironmentMap map) {
    int w = map.width();
    int h = map.height();
    // A cell must hold many samples, and each sample must know its own cell.
    int split = Math.max(1, (int) Math.ceil(12.0 * side / h));
    float[] samples = map.image().samples();
    int plane = w * h;
    double[] sum = new double[3 * count()];
    double[] weight = new double[count()];
    int[] cells = CELLS.computeIfAbsent(new Grid(side, w * split, h * split), Grid::cells);
    for (int y = 0; y < h * split; y++) {
      double v = (y + 0.5) / (h * split);
      double solid = Math.sin(Math.PI * v);
      for (int x = 0; x < w * split; x++) {
        int bin = cells[y * w * split + x];
        int i = (y / split) * w + x / split;
        weight[bin] += solid;
        for (int c = 0; c < 3; c++) {
          sum[3 * bin + c] += solid * samples[c * plane + i];
        }
      }
    }
    float[] mean = new float[3 * count()];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sum[i] / weight[i / 3]);
    }
    return mean;
  }
}
