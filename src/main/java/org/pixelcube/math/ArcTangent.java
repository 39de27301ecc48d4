package org.pixelcube.math;

/**
 * The angle of a point, some times faster than {@link Math#atan2} and within 1e-14 of it: a table
 * over [0, 1], and the difference of two arc tangents by their addition formula.
 */
public final class ArcTangent {
  private static final int STEPS = 1024;
  private static final double[] TABLE = new double[STEPS + 1];

  static {
    for (int i = 0; i <= STEPS; i++) {
      TABLE[i] = Math.atan((double) i / STEPS);
    }
  }

  private ArcTangent() {}

  /** The angle of (x, y) from +x in (−π, π], for finite numbers; 0 for (0, 0). */
  public static double atan2(double y, double x) {
    double ax = Math.abs(x);
    double ay = Math.abs(y);
    double large = Math.max(ax, ay);
    if (!(large > 0)) {
      return 0;
    }
    double q = Math.min(ax, ay) / large;
    int i = (int) (q * STEPS + 0.5);
    double near = (double) i / STEPS;
    // atan q − atan near = atan((q − near)/(1 + q·near)), small enough for two terms of its series.
    double d = (q - near) / (1 + q * near);
    double angle = TABLE[i] + (d - d * d * d * (1.0 / 3));
    if (ay > ax) {
      angle = Math.PI / 2 - angle;
    }
    if (x < 0) {
      angle = Math.PI - angle;
    }
    return y < 0 ? -angle : angle;
  }
}
