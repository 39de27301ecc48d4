package org.pixelcube.render;

/** Simple meshes for tests. */
final class Shapes {
  private Shapes() {}

  /** A sphere of {@code rings × 2·rings} quads. */
  static TriangleMesh sphere(double x, double y, double z, double radius, int rings) {
    int columns = 2 * rings;
    float[] p = new float[(rings + 1) * (columns + 1) * 3];
    float[] n = new float[p.length];
    float[] uv = new float[(rings + 1) * (columns + 1) * 2];
    for (int i = 0; i <= rings; i++) {
      double theta = Math.PI * i / rings;
      for (int j = 0; j <= columns; j++) {
        double phi = 2 * Math.PI * j / columns;
        int k = i * (columns + 1) + j;
        double nx = Math.sin(theta) * Math.sin(phi);
        double ny = Math.cos(theta);
        double nz = Math.sin(theta) * Math.cos(phi);
        n[3 * k] = (float) nx;
        n[3 * k + 1] = (float) ny;
        n[3 * k + 2] = (float) nz;
        p[3 * k] = (float) (x + radius * nx);
        p[3 * k + 1] = (float) (y + radius * ny);
        p[3 * k + 2] = (float) (z + radius * nz);
        uv[2 * k] = (float) j / columns;
        uv[2 * k + 1] = 1 - (float) i / rings;
      }
    }
    int[] t = new int[rings * columns * 6];
    int at = 0;
    for (int i = 0; i < rings; i++) {
      for (int j = 0; j < columns; j++) {
        int a = i * (columns + 1) + j;
        int b = a + columns + 1;
        for (int index : new int[] {a, b, a + 1, a + 1, b, b + 1}) {
          t[at++] = index;
        }
      }
    }
    return new TriangleMesh(p, n, uv, t);
  }

  /** A horizontal square at height y, facing up. */
  static TriangleMesh floor(double y, double half) {
    float h = (float) half;
    float v = (float) y;
    return TriangleMesh.smooth(
        new float[] {-h, v, -h, h, v, -h, h, v, h, -h, v, h},
        new float[] {0, 1, 1, 1, 1, 0, 0, 0},
        new int[] {0, 2, 1, 0, 3, 2});
  }
}
