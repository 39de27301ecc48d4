package org.pixelcube.head;

/** Shapes of the short hairs of the face: arcs that leave the skin and lie down or curl. */
final class FaceStrand {
  private FaceStrand() {}

  /**
   * Writes an arc of {@code n} points.
   *
   * @param root where it starts
   * @param start direction at the root; its length is the arc's, metres
   * @param bend added over the arc, growing with the square of the way, metres
   */
  static void arc(float[] points, int offset, int n, double[] root, double[] start, double[] bend) {
    for (int i = 0; i < n; i++) {
      double t = (double) i / (n - 1);
      for (int k = 0; k < 3; k++) {
        points[offset + 3 * i + k] = (float) (root[k] + t * start[k] + t * t * bend[k]);
      }
    }
  }

  /** Lifts what of an arc lies under the plane of the skin at its root. */
  static void aboveSkin(float[] points, int offset, int n, double[] root, double[] normal) {
    for (int i = 1; i < n; i++) {
      int p = offset + 3 * i;
      double h = 0;
      for (int k = 0; k < 3; k++) {
        h += (points[p + k] - root[k]) * normal[k];
      }
      double lift = 0.00025 * i / (n - 1) - h;
      if (lift > 0) {
        for (int k = 0; k < 3; k++) {
          points[p + k] += (float) (lift * normal[k]);
        }
      }
    }
  }

  /** Writes half widths that taper towards the tip. */
  static void taper(float[] radii, int offset, int n, double halfWidth, double tip) {
    for (int i = 0; i < n; i++) {
      double t = (double) i / (n - 1);
      radii[offset + i] = (float) (halfWidth * (1 - (1 - tip) * t * t));
    }
  }

  /** Writes the unit normal of a root's triangle. */
  static void normal(float[] p, int[] triangles, int triangle, double[] out) {
    int a = 3 * triangles[3 * triangle];
    int b = 3 * triangles[3 * triangle + 1];
    int c = 3 * triangles[3 * triangle + 2];
    double ux = p[b] - p[a];
    double uy = p[b + 1] - p[a + 1];
    double uz = p[b + 2] - p[a + 2];
    double vx = p[c] - p[a];
    double vy = p[c + 1] - p[a + 1];
    double vz = p[c + 2] - p[a + 2];
    out[0] = uy * vz - uz * vy;
    out[1] = uz * vx - ux * vz;
    out[2] = ux * vy - uy * vx;
    unit(out);
  }

  static void unit(double[] v) {
    double l = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    if (l > 1e-30) {
      v[0] /= l;
      v[1] /= l;
      v[2] /= l;
    }
  }

  /** Takes out of a vector what points along a unit normal, and makes it a unit vector. */
  static void along(double[] v, double[] normal) {
    double d = v[0] * normal[0] + v[1] * normal[1] + v[2] * normal[2];
    for (int k = 0; k < 3; k++) {
      v[k] -= d * normal[k];
    }
    unit(v);
  }
}
