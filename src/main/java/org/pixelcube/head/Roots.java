package org.pixelcube.head;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.pixelcube.render.TriangleMesh;

/**
 * Points on a skin from which hairs grow.
 *
 * @param triangles the triangle of each point
 * @param us barycentric coordinate of the triangle's second corner
 * @param vs of its third corner
 */
record Roots(int[] triangles, float[] us, float[] vs) {

  /** How densely hair grows at a point of the skin, 0 to 1. */
  interface Density {
    /** The density at a point with a unit normal. */
    double at(double x, double y, double z, double nx, double ny, double nz);
  }

  int count() {
    return triangles.length;
  }

  /** Writes the place of a root on the skin with these vertices. */
  void place(int root, int[] meshTriangles, float[] positions, double[] out) {
    int t = 3 * triangles[root];
    int a = 3 * meshTriangles[t];
    int b = 3 * meshTriangles[t + 1];
    int c = 3 * meshTriangles[t + 2];
    double u = us[root];
    double v = vs[root];
    double w = 1 - u - v;
    for (int k = 0; k < 3; k++) {
      out[k] = w * positions[a + k] + u * positions[b + k] + v * positions[c + k];
    }
  }

  /**
   * Scatters independent points whose density over the surface is proportional to the map: a
   * triangle is drawn by its area, a point in it uniformly, and kept with the density's
   * probability. None at all where the map is zero everywhere.
   */
  static Roots scatter(TriangleMesh skin, Density density, int count, RandomGenerator random) {
    float[] p = skin.positions();
    float[] n = skin.normals();
    int[] t = skin.triangles();
    int candidates = 0;
    int[] candidate = new int[t.length / 3];
    double[] cumulative = new double[t.length / 3];
    double total = 0;
    for (int i = 0; i < t.length / 3; i++) {
      double area = area(p, t, 3 * i);
      if (area > 1e-14 && touches(p, n, t, 3 * i, density)) {
        candidate[candidates] = i;
        total += area;
        cumulative[candidates++] = total;
      }
    }
    int[] triangles = new int[count];
    float[] us = new float[count];
    float[] vs = new float[count];
    int found = 0;
    double[] at = new double[6];
    for (long tries = 0; candidates > 0 && found < count && tries < 400L * count; tries++) {
      int k = Arrays.binarySearch(cumulative, 0, candidates, random.nextDouble() * total);
      int triangle = candidate[Math.min(candidates - 1, k < 0 ? -k - 1 : k)];
      float root = (float) Math.sqrt(random.nextDouble());
      float v = (float) random.nextDouble() * root;
      float u = root - v;
      point(p, n, t, 3 * triangle, u, v, at);
      if (random.nextDouble() < density.at(at[0], at[1], at[2], at[3], at[4], at[5])) {
        triangles[found] = triangle;
        us[found] = u;
        vs[found] = v;
        found++;
      }
    }
    return new Roots(
        Arrays.copyOf(triangles, found), Arrays.copyOf(us, found), Arrays.copyOf(vs, found));
  }

  private static boolean touches(float[] p, float[] n, int[] t, int i, Density density) {
    double[] at = new double[6];
    for (int j = 0; j <= 4; j++) {
      for (int k = 0; k <= 4 - j; k++) {
        point(p, n, t, i, j / 4f, k / 4f, at);
        if (density.at(at[0], at[1], at[2], at[3], at[4], at[5]) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static void point(float[] p, float[] n, int[] t, int i, float u, float v, double[] out) {
    int a = 3 * t[i];
    int b = 3 * t[i + 1];
    int c = 3 * t[i + 2];
    double w = 1 - u - v;
    for (int k = 0; k < 3; k++) {
      out[k] = w * p[a + k] + u * p[b + k] + v * p[c + k];
      out[k + 3] = w * n[a + k] + u * n[b + k] + v * n[c + k];
    }
    double length = Math.sqrt(out[3] * out[3] + out[4] * out[4] + out[5] * out[5]);
    if (length > 1e-12) {
      out[3] /= length;
      out[4] /= length;
      out[5] /= length;
    }
  }

  static double area(float[] p, int[] t, int i) {
    int a = 3 * t[i];
    int b = 3 * t[i + 1];
    int c = 3 * t[i + 2];
    double ux = p[b] - p[a];
    double uy = p[b + 1] - p[a + 1];
    double uz = p[b + 2] - p[a + 2];
    double vx = p[c] - p[a];
    double vy = p[c + 1] - p[a + 1];
    double vz = p[c + 2] - p[a + 2];
    double nx = uy * vz - uz * vy;
    double ny = uz * vx - ux * vz;
    double nz = ux * vy - uy * vx;
    return Math.sqrt(nx * nx + ny * ny + nz * nz) / 2;
  }
}
