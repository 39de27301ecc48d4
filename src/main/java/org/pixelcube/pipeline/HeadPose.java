package org.pixelcube.pipeline;

import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * Where the head is: the similarity that carries the canonical face mesh (centimetres, x right, y
 * up, z out of the face) onto the landmarks of a frame (grid pixels, x right, y up, z towards the
 * camera).
 *
 * @param rotation canonical axes to camera axes
 * @param scale grid pixels per centimetre
 * @param origin where the canonical origin lies, in grid pixels with y up
 */
record HeadPose(Rotation rotation, double scale, Vector3 origin) {

  /**
   * The least-squares similarity between two point sets (Horn, "Closed-form solution of absolute
   * orientation using unit quaternions", 1987).
   *
   * @param canonical x, y, z per point
   * @param observed x, y, z per point, y up; at least as many points
   * @param points how many points to use
   */
  static HeadPose fit(float[] canonical, float[] observed, int points) {
    double[] cm = mean(canonical, points);
    double[] om = mean(observed, points);
    double[][] s = new double[3][3];
    double canonicalSpread = 0;
    double observedSpread = 0;
    for (int v = 0; v < points; v++) {
      for (int a = 0; a < 3; a++) {
        double ca = canonical[3 * v + a] - cm[a];
        double oa = observed[3 * v + a] - om[a];
        canonicalSpread += ca * ca;
        observedSpread += oa * oa;
        for (int b = 0; b < 3; b++) {
          s[a][b] += ca * (observed[3 * v + b] - om[b]);
        }
      }
    }
    double[][] n = {
      {s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]},
      {s[1][2] - s[2][1], s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]},
      {s[2][0] - s[0][2], s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]},
      {s[0][1] - s[1][0], s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1]}
    };
    double[] q = largestEigenvector(n);
    double w = q[0];
    double x = q[1];
    double y = q[2];
    double z = q[3];
    Rotation rotation =
        new Rotation(
            w * w + x * x - y * y - z * z,
            2 * (x * y - w * z),
            2 * (x * z + w * y),
            2 * (x * y + w * z),
            w * w - x * x + y * y - z * z,
            2 * (y * z - w * x),
            2 * (x * z - w * y),
            2 * (y * z + w * x),
            w * w - x * x - y * y + z * z);
    double scale = Math.sqrt(observedSpread / Math.max(1e-12, canonicalSpread));
    Vector3 origin =
        new Vector3(om[0], om[1], om[2])
            .minus(rotation.apply(new Vector3(cm[0], cm[1], cm[2])).times(scale));
    return new HeadPose(rotation, scale, origin);
  }

  private static double[] mean(float[] p, int points) {
    double[] m = new double[3];
    for (int v = 0; v < points; v++) {
      for (int a = 0; a < 3; a++) {
        m[a] += p[3 * v + a] / points;
      }
    }
    return m;
  }

  /** Power iteration on the matrix shifted until its largest eigenvalue is largest in modulus. */
  private static double[] largestEigenvector(double[][] n) {
    double shift = 0;
    for (double[] row : n) {
      double sum = 0;
      for (double value : row) {
        sum += Math.abs(value);
      }
      shift = Math.max(shift, sum);
    }
    double[] best = {1, 0, 0, 0};
    double bestValue = Double.NEGATIVE_INFINITY;
    // Four starts: one of the unit quaternions is never orthogonal to the answer.
    for (int start = 0; start < 4; start++) {
      double[] q = new double[4];
      q[start] = 1;
      for (int i = 0; i < 200; i++) {
        double[] next = multiply(n, q);
        double length = 0;
        for (int k = 0; k < 4; k++) {
          next[k] += shift * q[k];
          length += next[k] * next[k];
        }
        length = Math.sqrt(length);
        if (length == 0) {
          break;
        }
        for (int k = 0; k < 4; k++) {
          q[k] = next[k] / length;
        }
      }
      double[] nq = multiply(n, q);
      double value = 0;
      for (int k = 0; k < 4; k++) {
        value += q[k] * nq[k];
      }
      if (value > bestValue) {
        bestValue = value;
        best = q;
      }
    }
    return best;
  }

  private static double[] multiply(double[][] n, double[] q) {
    double[] r = new double[4];
    for (int i = 0; i < 4; i++) {
      for (int k = 0; k < 4; k++) {
        r[i] += n[i][k] * q[k];
      }
    }
    return r;
  }

  /** A camera-space point (grid pixels, y up) in canonical centimetres. */
  Vector3 toCanonical(Vector3 p) {
    return rotation.inverse().apply(p.minus(origin)).times(1 / scale);
  }

  /** A camera-space direction in canonical axes. */
  Vector3 directionToCanonical(Vector3 d) {
    return rotation.inverse().apply(d);
  }

  /** A canonical direction in camera axes. */
  Vector3 directionToCamera(Vector3 d) {
    return rotation.apply(d);
  }

  /** The width of the face in grid pixels: 14 cm, the breadth of an adult face. */
  double faceWidthPixels() {
    return 14 * scale;
  }
}
