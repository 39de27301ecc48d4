package org.pixelcube.render;

import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * The sphere of directions in n × n cells of equal solid angle: the equal-area octahedral map of
 * Clarberg (2008, "Fast equal-area mapping of the (hemi)sphere using SIMD"). The middle of the
 * square is +Z, its corners −Z; the first axis grows with +X, the second with +Y. Cell {@code row ·
 * n + column}.
 */
public record DirectionBins(int side) {
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
   * How strongly each cell shines under a map, so that a response that is smooth between cells is
   * met exactly: the response is taken for the piecewise bilinear function of the square whose
   * means over the cells are the responses of the cells, and the map is integrated against it.
   * Light that is smooth itself gives its means over the cells; a lamp between two cells lights
   * through both. No cell shines less than nothing, so that no pixel does: a lamp in the middle of
   * a cell is met as by its mean.
   *
   * @return red, green, blue of each cell in turn, radiance
   */
  public float[] weights(EnvironmentMap map) {
    int w = map.width();
    int h = map.height();
    // A cell must hold many samples, and each sample must know its own place.
    int split = Math.max(1, (int) Math.ceil(12.0 * side / h));
    float[] samples = map.image().samples();
    int plane = w * h;
    double[] light = new double[3 * count()];
    double[] solidAngles = new double[count()];
    Tents tents = new Tents();
    for (int y = 0; y < h * split; y++) {
      double v = (y + 0.5) / (h * split);
      double solid = Math.sin(Math.PI * v);
      for (int x = 0; x < w * split; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / (w * split), v);
        tents.at((float) d.x(), (float) d.y(), (float) d.z());
        int i = (y / split) * w + x / split;
        for (int k = 0; k < 4; k++) {
          double share = solid * tents.weight[k];
          int bin = tents.bin[k];
          solidAngles[bin] += share;
          for (int c = 0; c < 3; c++) {
            light[3 * bin + c] += share * samples[c * plane + i];
          }
        }
      }
    }
    for (int i = 0; i < light.length; i++) {
      light[i] /= solidAngles[i / 3];
    }
    return sharpened(light);
  }

  /**
   * Adds a lamp that is small against a cell to weights, as {@link #weights} does.
   *
   * @param direction unit vector to it
   * @param irradiance red, green, blue on a plane that faces it
   */
  public void addLamp(Vector3 direction, float[] irradiance, float[] weights) {
    double[] light = new double[3 * count()];
    Tents tents = new Tents();
    tents.at((float) direction.x(), (float) direction.y(), (float) direction.z());
    for (int k = 0; k < 4; k++) {
      for (int c = 0; c < 3; c++) {
        light[3 * tents.bin[k] + c] += tents.weight[k] * irradiance[c] / solidAngle();
      }
    }
    float[] sharp = sharpened(light);
    for (int i = 0; i < sharp.length; i++) {
      weights[i] += sharp[i];
    }
  }

  /**
   * Undoes the averaging over cells as far as no cell becomes negative: w with A w near {@code
   * light}, where A takes the heights of tents to their means over the cells. The iteration of
   * Richardson (1972) and Lucy (1974), which keeps the sum.
   */
  private float[] sharpened(double[] light) {
    double[] w = light.clone();
    for (int step = 0; step < 30; step++) {
      double[] ratio = averaged(w);
      for (int i = 0; i < w.length; i++) {
        ratio[i] = ratio[i] > 0 ? light[i] / ratio[i] : 0;
      }
      double[] factor = averaged(ratio);
      for (int i = 0; i < w.length; i++) {
        w[i] *= factor[i];
      }
    }
    float[] out = new float[w.length];
    for (int i = 0; i < w.length; i++) {
      out[i] = (float) w[i];
    }
    return out;
  }

  /** A times the heights of tents: symmetric, each row sums to 1. */
  private double[] averaged(double[] heights) {
    double[] out = new double[heights.length];
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        int to = 3 * (row * side + column);
        for (int dy = -1; dy <= 1; dy++) {
          for (int dx = -1; dx <= 1; dx++) {
            // The mean of a tent over its own cell is 3/4 along each axis, over the next 1/8.
            double a = (dx == 0 ? 0.75 : 0.125) * (dy == 0 ? 0.75 : 0.125);
            int from = 3 * folded(row + dy, column + dx);
            for (int c = 0; c < 3; c++) {
              out[to + c] += a * heights[from + c];
            }
          }
        }
      }
    }
    return out;
  }

  /** The cell at a place up to one row or column outside the square, whose edges are folded. */
  private int folded(int row, int column) {
    int y = row;
    int x = column;
    if (y < 0 || y >= side) {
      y = Math.clamp(y, 0, side - 1);
      x = side - 1 - x;
    }
    if (x < 0 || x >= side) {
      x = Math.clamp(x, 0, side - 1);
      y = side - 1 - y;
    }
    return y * side + x;
  }

  /** The four cells whose tents reach a direction, and the heights there, which sum to 1. */
  private final class Tents {
    private final int[] bin = new int[4];
    private final float[] weight = new float[4];
    private final float[] place = new float[2];

    void at(float x, float y, float z) {
      square(x, y, z, place);
      float a = place[0] * side - 0.5f;
      float b = place[1] * side - 0.5f;
      int column = (int) Math.floor(a);
      int row = (int) Math.floor(b);
      float u = a - column;
      float v = b - row;
      for (int k = 0; k < 4; k++) {
        int dx = k & 1;
        int dy = k >> 1;
        bin[k] = folded(row + dy, column + dx);
        weight[k] = (dx == 0 ? 1 - u : u) * (dy == 0 ? 1 - v : v);
      }
    }
  }
}
