package org.pixelcube.capture;

import java.util.Arrays;

/**
 * A quadrilateral in a picture, in pixels from the top left edge: the outer edge of a marker's
 * black ring.
 *
 * @param x of the corner that is the marker's own top left, then clockwise
 * @param y downwards
 */
public record Corners(double[] x, double[] y) {
  /** The same beginning one corner later: the square seen turned by a quarter. */
  Corners turned() {
    return new Corners(
        new double[] {x[1], x[2], x[3], x[0]}, new double[] {y[1], y[2], y[3], y[0]});
  }

  Corners moved(double dx, double dy) {
    double[] toX = new double[4];
    double[] toY = new double[4];
    for (int k = 0; k < 4; k++) {
      toX[k] = x[k] + dx;
      toY[k] = y[k] + dy;
    }
    return new Corners(toX, toY);
  }

  /** In a picture that is so many times as large. */
  Corners times(double factor) {
    return new Corners(
        Arrays.stream(x).map(v -> v * factor).toArray(),
        Arrays.stream(y).map(v -> v * factor).toArray());
  }

  double shortestSide() {
    double shortest = Double.POSITIVE_INFINITY;
    for (int k = 0; k < 4; k++) {
      int next = (k + 1) % 4;
      shortest = Math.min(shortest, Math.hypot(x[next] - x[k], y[next] - y[k]));
    }
    return shortest;
  }

  boolean isConvex() {
    for (int k = 0; k < 4; k++) {
      int b = (k + 1) % 4;
      int c = (k + 2) % 4;
      double cross = (x[b] - x[k]) * (y[c] - y[b]) - (y[b] - y[k]) * (x[c] - x[b]);
      if (!(cross > 0)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a point lies in the upright rectangle around the marker with its white ring, and a rim.
   *
   * @param rim pixels
   */
  boolean near(double px, double py, double rim) {
    // Eight cells of data and two of the black ring lie within these corners.
    double beyond = 0.1 * longestSide() + rim;
    double left = Math.min(Math.min(x[0], x[1]), Math.min(x[2], x[3])) - beyond;
    double right = Math.max(Math.max(x[0], x[1]), Math.max(x[2], x[3])) + beyond;
    double top = Math.min(Math.min(y[0], y[1]), Math.min(y[2], y[3])) - beyond;
    double bottom = Math.max(Math.max(y[0], y[1]), Math.max(y[2], y[3])) + beyond;
    return px >= left && px <= right && py >= top && py <= bottom;
  }

  private double longestSide() {
    double longest = 0;
    for (int k = 0; k < 4; k++) {
      int next = (k + 1) % 4;
      longest = Math.max(longest, Math.hypot(x[next] - x[k], y[next] - y[k]));
    }
    return longest;
  }

  /** The map of the unit square to these corners (Heckbert 1989), (0, 0) to the first. */
  Homography fromUnitSquare() {
    double sx = x[0] - x[1] + x[2] - x[3];
    double sy = y[0] - y[1] + y[2] - y[3];
    double dx1 = x[1] - x[2];
    double dy1 = y[1] - y[2];
    double dx2 = x[3] - x[2];
    double dy2 = y[3] - y[2];
    double d = dx1 * dy2 - dx2 * dy1;
    double g = (sx * dy2 - dx2 * sy) / d;
    double h = (dx1 * sy - sx * dy1) / d;
    return new Homography(
        x[1] - x[0] + g * x[1],
        x[3] - x[0] + h * x[3],
        x[0],
        y[1] - y[0] + g * y[1],
        y[3] - y[0] + h * y[3],
        y[0],
        g,
        h);
  }

  /** (u, v) to ((a u + b v + c) / w, (d u + e v + f) / w), w = g u + h v + 1. */
  record Homography(
      double a, double b, double c, double d, double e, double f, double g, double h) {
    double x(double u, double v) {
      return (a * u + b * v + c) / (g * u + h * v + 1);
    }

    double y(double u, double v) {
      return (d * u + e * v + f) / (g * u + h * v + 1);
    }

    /** The (u, v) of a place in the picture. */
    double[] inverse(double x, double y) {
      double p = a - g * x;
      double q = b - h * x;
      double r = d - g * y;
      double s = e - h * y;
      double det = p * s - q * r;
      return new double[] {((x - c) * s - q * (y - f)) / det, (p * (y - f) - r * (x - c)) / det};
    }
  }
}
