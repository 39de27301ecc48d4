package org.pixelcube.light;

import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * A smooth RGB function of direction, held at the nodes of an octahedral grid and interpolated
 * bilinearly: a few additions a look-up, no trigonometry, no seam.
 *
 * <p>The grid spans [−1, 1]² with (cells + 1)² nodes; a direction falls on (x, y)/(|x| + |y| +
 * |z|), and the half away from the camera (z &lt; 0) is folded outwards over the diagonals. Source:
 * Cigolle et al., "A Survey of Efficient Representations for Independent Unit Vectors", JCGT 3(2),
 * 2014.
 */
public final class DirectionTable {
  private final int cells;
  private final float[] rgb;

  /**
   * Wraps a table.
   *
   * @param cells cells along one side, ≥ 1
   * @param rgb the nodes row by row, red, green and blue side by side: 3(cells + 1)² numbers
   */
  DirectionTable(int cells, float[] rgb) {
    if (rgb.length != 3 * (cells + 1) * (cells + 1)) {
      throw new IllegalArgumentException("%d numbers for %d cells".formatted(rgb.length, cells));
    }
    this.cells = cells;
    this.rgb = rgb;
  }

  /** Unit directions of all nodes of such a grid, {@code [3][(cells + 1)²]}. */
  static float[][] nodes(int cells) {
    int side = cells + 1;
    float[][] out = new float[3][side * side];
    for (int j = 0, i = 0; j < side; j++) {
      for (int k = 0; k < side; k++, i++) {
        double x = 2.0 * k / cells - 1;
        double y = 2.0 * j / cells - 1;
        double z = 1 - Math.abs(x) - Math.abs(y);
        if (z < 0) {
          double fold = x;
          x = Math.copySign(1 - Math.abs(y), x);
          y = Math.copySign(1 - Math.abs(fold), y);
        }
        double l = Math.sqrt(x * x + y * y + z * z);
        out[0][i] = (float) (x / l);
        out[1][i] = (float) (y / l);
        out[2][i] = (float) (z / l);
      }
    }
    return out;
  }

  /** Cells along one side. */
  public int cells() {
    return cells;
  }

  /** The value for one direction of any length but 0. */
  public Rgb at(Vector3 d) {
    float[] out = new float[3];
    sample(
        Rotation.IDENTITY,
        new float[] {(float) d.x()},
        new float[] {(float) d.y()},
        new float[] {(float) d.z()},
        0,
        1,
        out);
    return new Rgb(out[0], out[1], out[2]);
  }

  /**
   * Values for many directions.
   *
   * @param dx x of each direction (any length but 0; 0 gives some value, no error), likewise {@code
   *     dy}, {@code dz}
   * @param out receives {@code (3, n)} with n = {@code dx.length}
   */
  public void sample(float[] dx, float[] dy, float[] dz, float[] out) {
    sample(Rotation.IDENTITY, dx, dy, dz, 0, dx.length, out);
  }

  /**
   * Values under the light turned by {@code rotation}, for the directions {@code from} to {@code
   * to} − 1: the directions are turned back, the table stays as it is.
   *
   * @param out receives {@code (3, n)} with n = {@code dx.length}, at the same places
   */
  public void sample(
      Rotation rotation, float[] dx, float[] dy, float[] dz, int from, int to, float[] out) {
    int n = dx.length;
    float half = 0.5f * cells;
    int last = cells - 1;
    int stride = 3 * (cells + 1);
    // The inverse is the transpose.
    float a00 = (float) rotation.m00();
    float a01 = (float) rotation.m10();
    float a02 = (float) rotation.m20();
    float a10 = (float) rotation.m01();
    float a11 = (float) rotation.m11();
    float a12 = (float) rotation.m21();
    float a20 = (float) rotation.m02();
    float a21 = (float) rotation.m12();
    float a22 = (float) rotation.m22();
    for (int i = from; i < to; i++) {
      float x = a00 * dx[i] + a01 * dy[i] + a02 * dz[i];
      float y = a10 * dx[i] + a11 * dy[i] + a12 * dz[i];
      float z = a20 * dx[i] + a21 * dy[i] + a22 * dz[i];
      float scale = 1 / (Math.abs(x) + Math.abs(y) + Math.abs(z) + Float.MIN_NORMAL);
      float px = x * scale;
      float py = y * scale;
      if (z < 0) {
        float fold = px;
        px = Math.copySign(1 - Math.abs(py), px);
        py = Math.copySign(1 - Math.abs(fold), py);
      }
      float fx = (px + 1) * half;
      float fy = (py + 1) * half;
      int ix = Math.min((int) fx, last);
      int iy = Math.min((int) fy, last);
      float wx = fx - ix;
      float wy = fy - iy;
      int o = iy * stride + 3 * ix;
      for (int c = 0; c < 3; c++, o++) {
        float top = rgb[o] + wx * (rgb[o + 3] - rgb[o]);
        float bottom = rgb[o + stride] + wx * (rgb[o + stride + 3] - rgb[o + stride]);
        out[c * n + i] = top + wy * (bottom - top);
      }
    }
  }
}
