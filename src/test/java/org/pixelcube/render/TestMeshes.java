package org.pixelcube.render;

import java.util.Random;

/** Meshes for the tests of this room. */
final class TestMeshes {
  private TestMeshes() {}

  /** Triangles that have nothing to do with one another, in a cube of a given size. */
  static TriangleMesh soup(Random random, int count, float size, float edge) {
    float[] p = new float[9 * count];
    int[] triangles = new int[3 * count];
    for (int i = 0; i < count; i++) {
      float x = size * random.nextFloat();
      float y = size * random.nextFloat();
      float z = size * random.nextFloat();
      for (int k = 0; k < 3; k++) {
        p[9 * i + 3 * k] = x + edge * (float) random.nextGaussian();
        p[9 * i + 3 * k + 1] = y + edge * (float) random.nextGaussian();
        p[9 * i + 3 * k + 2] = z + edge * (float) random.nextGaussian();
        triangles[3 * i + k] = 3 * i + k;
      }
    }
    return TriangleMesh.smooth(p, new float[6 * count], triangles);
  }

  /** A closed sphere about the origin, u around +Y, v from the south pole to the north pole. */
  static TriangleMesh sphere(float radius, int around, int rows) {
    int columns = around + 1;
    int vertices = columns * (rows + 1);
    float[] p = new float[3 * vertices];
    float[] n = new float[3 * vertices];
    float[] uv = new float[2 * vertices];
    for (int j = 0; j <= rows; j++) {
      for (int i = 0; i <= around; i++) {
        int k = j * columns + i;
        // The seam closes exactly: the last column repeats the first.
        double phi = 2 * Math.PI * (i % around) / around;
        double theta = Math.PI * j / rows;
        double s = j == 0 || j == rows ? 0 : Math.sin(theta);
        n[3 * k] = (float) (s * Math.sin(phi));
        n[3 * k + 1] = (float) -Math.cos(theta);
        n[3 * k + 2] = (float) (s * Math.cos(phi));
        for (int c = 0; c < 3; c++) {
          p[3 * k + c] = radius * n[3 * k + c];
        }
        uv[2 * k] = (float) i / around;
        uv[2 * k + 1] = (float) j / rows;
      }
    }
    int[] triangles = new int[6 * around * rows];
    int t = 0;
    for (int j = 0; j < rows; j++) {
      for (int i = 0; i < around; i++) {
        int a = j * columns + i;
        for (int corner : new int[] {a, a + 1, a + columns + 1, a, a + columns + 1, a + columns}) {
          triangles[t++] = corner;
        }
      }
    }
    return new TriangleMesh(p, n, uv, triangles);
  }

  /** A square of side 1 about the origin that faces +Z, cut into cells, uv from 0 to 1. */
  static TriangleMesh square(int cells) {
    int columns = cells + 1;
    float[] p = new float[3 * columns * columns];
    float[] uv = new float[2 * columns * columns];
    for (int j = 0; j <= cells; j++) {
      for (int i = 0; i <= cells; i++) {
        int k = j * columns + i;
        uv[2 * k] = (float) i / cells;
        uv[2 * k + 1] = (float) j / cells;
        p[3 * k] = uv[2 * k] - 0.5f;
        p[3 * k + 1] = uv[2 * k + 1] - 0.5f;
      }
    }
    int[] triangles = new int[6 * cells * cells];
    int t = 0;
    for (int j = 0; j < cells; j++) {
      for (int i = 0; i < cells; i++) {
        int a = j * columns + i;
        for (int corner : new int[] {a, a + 1, a + columns + 1, a, a + columns + 1, a + columns}) {
          triangles[t++] = corner;
        }
      }
    }
    return TriangleMesh.smooth(p, uv, triangles);
  }

  /** A uniformly distributed unit direction. */
  static float[] direction(Random random) {
    double z = random.nextDouble(-1, 1);
    double phi = random.nextDouble(2 * Math.PI);
    double s = Math.sqrt(1 - z * z);
    return new float[] {(float) (s * Math.cos(phi)), (float) (s * Math.sin(phi)), (float) z};
  }
}
