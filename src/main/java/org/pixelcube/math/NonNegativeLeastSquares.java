package org.pixelcube.math;

import java.util.Arrays;

/**
 * Least squares whose unknowns may not be negative: the active set method of Lawson and Hanson
 * ("Solving Least Squares Problems", 1974, chapter 23) on the normal equations, which are kept so
 * that many right sides can be solved for: minimises ½ xᵀG x − hᵀx, x ≥ 0.
 */
public final class NonNegativeLeastSquares {
  /** Gradients this small, relative to the right side's largest entry, count as zero. */
  private static final double TOLERANCE = 1e-12;

  private final int n;
  private final double[] gram;

  /**
   * A system.
   *
   * @param gram G = AᵀA, positive definite, {@code [n · n]}, row after row
   */
  public NonNegativeLeastSquares(double[] gram, int n) {
    if (n < 1 || gram.length != n * n) {
      throw new IllegalArgumentException(
          "%d numbers for %d unknowns (expected their square)".formatted(gram.length, n));
    }
    this.n = n;
    this.gram = gram.clone();
  }

  /**
   * Minimises |A x − b|², x ≥ 0.
   *
   * @param rows A, its columns independent
   * @param values b
   */
  public static double[] solve(double[][] rows, double[] values) {
    int n = rows[0].length;
    double[] gram = new double[n * n];
    double[] right = new double[n];
    for (int k = 0; k < rows.length; k++) {
      for (int i = 0; i < n; i++) {
        right[i] += rows[k][i] * values[k];
        for (int j = 0; j < n; j++) {
          gram[i * n + j] += rows[k][i] * rows[k][j];
        }
      }
    }
    return new NonNegativeLeastSquares(gram, n).solve(right, new double[n]);
  }

  /**
   * Solves for one right side.
   *
   * @param right h = Aᵀb
   * @param start a guess; its positive entries are the first to be free. It changes how long the
   *     solution takes and not what it is
   * @return x ≥ 0
   * @throws ArithmeticException if G is not positive definite
   */
  public double[] solve(double[] right, double[] start) {
    double scale = 0;
    for (double h : right) {
      scale = Math.max(scale, Math.abs(h));
    }
    double[] x = new double[n];
    boolean[] free = new boolean[n];
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(0, start[i]);
      free[i] = x[i] > 0;
    }
    solveFree(right, x, free);
    // Every round lowers the residual, so no set of free unknowns comes twice; the bound is for
    // rounding errors.
    for (int round = 0; round < 10 * n; round++) {
      int best = -1;
      double steepest = TOLERANCE * scale;
      for (int i = 0; i < n; i++) {
        if (!free[i]) {
          double gradient = right[i];
          for (int j = 0; j < n; j++) {
            gradient -= gram[i * n + j] * x[j];
          }
          if (gradient > steepest) {
            steepest = gradient;
            best = i;
          }
        }
      }
      if (best < 0) {
        break;
      }
      free[best] = true;
      solveFree(right, x, free);
    }
    return x;
  }

  /**
   * Moves x to the least residual of the free unknowns; those that would turn negative stop at 0.
   */
  private void solveFree(double[] right, double[] x, boolean[] free) {
    while (true) {
      int[] index = new int[n];
      int m = 0;
      for (int i = 0; i < n; i++) {
        if (free[i]) {
          index[m++] = i;
        }
      }
      if (m == 0) {
        return;
      }
      double[] z = solveSubset(right, Arrays.copyOf(index, m));
      double step = 1;
      for (int k = 0; k < m; k++) {
        double from = x[index[k]];
        if (z[k] <= 0 && from - z[k] > 0) {
          step = Math.min(step, from / (from - z[k]));
        } else if (z[k] <= 0) {
          step = 0;
        }
      }
      boolean stopped = false;
      for (int k = 0; k < m; k++) {
        int i = index[k];
        double moved = x[i] + step * (z[k] - x[i]);
        if (z[k] <= 0 && moved <= 1e-14 * Math.abs(z[k]) + Double.MIN_NORMAL) {
          x[i] = 0;
          free[i] = false;
          stopped = true;
        } else {
          x[i] = Math.max(0, moved);
        }
      }
      if (!stopped) {
        return;
      }
    }
  }

  private double[] solveSubset(double[] right, int[] index) {
    int m = index.length;
    double[] l = new double[m * m];
    double[] z = new double[m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j <= i; j++) {
        double v = gram[index[i] * n + index[j]];
        for (int k = 0; k < j; k++) {
          v -= l[i * m + k] * l[j * m + k];
        }
        if (i == j) {
          if (!(v > 0)) {
            throw new ArithmeticException("unknown %d is not determined".formatted(index[i]));
          }
          l[i * m + i] = Math.sqrt(v);
        } else {
          l[i * m + j] = v / l[j * m + j];
        }
      }
      double v = right[index[i]];
      for (int k = 0; k < i; k++) {
        v -= l[i * m + k] * z[k];
      }
      z[i] = v / l[i * m + i];
    }
    for (int i = m - 1; i >= 0; i--) {
      double v = z[i];
      for (int k = i + 1; k < m; k++) {
        v -= l[k * m + i] * z[k];
      }
      z[i] = v / l[i * m + i];
    }
    return z;
  }
}
