package org.pixelcube.head;

/** A curve through given points (Catmull-Rom), cut into short straight pieces. */
final class SmoothCurve {
  private static final int PIECES = 8;

  /** What {@link #nearest} found. Mutable. */
  static final class Place {
    /** Share of the curve's length, 0 to 1. */
    double along;

    /** Distance in the x-y plane, positive to the left of the curve's direction. */
    double offset;

    /** Depth of the curve there. */
    double z;

    /** Unit direction of the curve. */
    double tx;

    double ty;
    double tz;
  }

  private final double[] x;
  private final double[] y;
  private final double[] z;
  private final double[] arc;

  /**
   * @param points x, y, z of each
   */
  SmoothCurve(double[] points) {
    int n = points.length / 3;
    int m = (n - 1) * PIECES + 1;
    x = new double[m];
    y = new double[m];
    z = new double[m];
    arc = new double[m];
    for (int i = 0; i < m; i++) {
      int k = Math.min(n - 2, i / PIECES);
      double t = (double) (i - k * PIECES) / PIECES;
      x[i] = at(points, k, t, 0, n);
      y[i] = at(points, k, t, 1, n);
      z[i] = at(points, k, t, 2, n);
      if (i > 0) {
        arc[i] =
            arc[i - 1]
                + Math.sqrt(
                    (x[i] - x[i - 1]) * (x[i] - x[i - 1])
                        + (y[i] - y[i - 1]) * (y[i] - y[i - 1])
                        + (z[i] - z[i - 1]) * (z[i] - z[i - 1]));
      }
    }
  }

  private static double at(double[] p, int k, double t, int axis, int n) {
    double b = p[3 * k + axis];
    double c = p[3 * (k + 1) + axis];
    double a = k > 0 ? p[3 * (k - 1) + axis] : 2 * b - c;
    double d = k + 2 < n ? p[3 * (k + 2) + axis] : 2 * c - b;
    return 0.5
        * (2 * b + t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))));
  }

  double length() {
    return arc[arc.length - 1];
  }

  /** Finds the curve's point that is nearest as seen from the front. */
  void nearest(double px, double py, Place out) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i + 1 < x.length; i++) {
      double ex = x[i + 1] - x[i];
      double ey = y[i + 1] - y[i];
      double square = Math.max(1e-18, ex * ex + ey * ey);
      double t = Math.clamp(((px - x[i]) * ex + (py - y[i]) * ey) / square, 0, 1);
      double dx = px - x[i] - t * ex;
      double dy = py - y[i] - t * ey;
      double d = dx * dx + dy * dy;
      if (d < best) {
        best = d;
        out.along = (arc[i] + t * (arc[i + 1] - arc[i])) / length();
        out.offset = Math.copySign(Math.sqrt(d), ex * dy - ey * dx);
        double ez = z[i + 1] - z[i];
        out.z = z[i] + t * ez;
        double l = 1 / Math.sqrt(square + ez * ez);
        out.tx = ex * l;
        out.ty = ey * l;
        out.tz = ez * l;
      }
    }
  }
}
