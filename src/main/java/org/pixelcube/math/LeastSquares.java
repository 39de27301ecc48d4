package org.pixelcube.math;

import java.util.Arrays;

/**
 * Linear least squares with weights and ridge, for few unknowns (up to about a hundred) and any
 * number of equations: minimises
 *
 * <pre>Σ w (a · x − b)² + Σ ridge_j (x_j − prior_j)²</pre>
 *
 * <p>Equations are summed into the normal equations as they come, so that memory does not grow with
 * their number, and solved by Cholesky decomposition in double precision. Several right-hand sides
 * (for instance the three channels of a colour) share the left side.
 */
public final class LeastSquares {
  private final int unknowns;
  private final int sides;
  private final double[] normal;
  private final double[] right;
  private long equations;

  /**
   * A system without equations yet.
   *
   * @param unknowns number of unknowns, at least 1
   * @param rightHandSides number of right-hand sides, at least 1
   */
  public LeastSquares(int unknowns, int rightHandSides) {
    if (unknowns < 1 || rightHandSides < 1) {
      throw new IllegalArgumentException(
          "%d unknowns, %d right-hand sides (expected at least 1)"
              .formatted(unknowns, rightHandSides));
    }
    this.unknowns = unknowns;
    this.sides = rightHandSides;
    this.normal = new double[unknowns * unknowns];
    this.right = new double[unknowns * rightHandSides];
  }

  /** A system with one right-hand side. */
  public LeastSquares(int unknowns) {
    this(unknowns, 1);
  }

  /** Adds the equation {@code row · x = value} with a weight ≥ 0; weight 0 adds nothing. */
  public void add(double[] row, double value, double weight) {
    if (sides != 1) {
      throw new IllegalStateException("one value for %d right-hand sides".formatted(sides));
    }
    addRow(row, weight);
    for (int i = 0; i < unknowns; i++) {
      right[i] += weight * row[i] * value;
    }
  }

  /** Adds the equations {@code row · x_s = values[s]}, one for each right-hand side. */
  public void add(double[] row, double[] values, double weight) {
    if (values.length != sides) {
      throw new IllegalArgumentException(
          "%d values for %d right-hand sides".formatted(values.length, sides));
    }
    addRow(row, weight);
    for (int i = 0; i < unknowns; i++) {
      double a = weight * row[i];
      for (int s = 0; s < sides; s++) {
        right[i * sides + s] += a * values[s];
      }
    }
  }

  private void addRow(double[] row, double weight) {
    if (row.length != unknowns) {
      throw new IllegalArgumentException(
          "row of %d for %d unknowns".formatted(row.length, unknowns));
    }
    if (!(weight >= 0)) {
      throw new IllegalArgumentException("weight " + weight + " (expected 0 or more)");
    }
    for (int i = 0; i < unknowns; i++) {
      double a = weight * row[i];
      for (int j = 0; j <= i; j++) {
        normal[i * unknowns + j] += a * row[j];
      }
    }
    equations++;
  }

  /** How many equations have been added. */
  public long equations() {
    return equations;
  }

  /** Forgets all equations, keeps the arrays. */
  public void clear() {
    Arrays.fill(normal, 0);
    Arrays.fill(right, 0);
    equations = 0;
  }

  /**
   * The solution with the same ridge for every unknown, drawn towards zero.
   *
   * @return {@code [unknowns · sides]}, unknown after unknown
   * @throws ArithmeticException if the equations do not determine the unknowns and ridge is 0
   */
  public double[] solve(double ridge) {
    double[] r = new double[unknowns];
    Arrays.fill(r, ridge);
    return solve(r, new double[unknowns * sides]);
  }

  /**
   * The solution with a ridge for each unknown, drawn towards {@code prior}.
   *
   * @param ridge {@code [unknowns]}, each ≥ 0
   * @param prior {@code [unknowns · sides]}, unknown after unknown
   * @return {@code [unknowns · sides]}, unknown after unknown
   * @throws ArithmeticException if the equations and ridges do not determine the unknowns
   */
  public double[] solve(double[] ridge, double[] prior) {
    if (ridge.length != unknowns || prior.length != unknowns * sides) {
      throw new IllegalArgumentException(
          "ridge of %d, prior of %d for %d unknowns, %d right-hand sides"
              .formatted(ridge.length, prior.length, unknowns, sides));
    }
    double[] l = normal.clone();
    double[] x = right.clone();
    for (int i = 0; i < unknowns; i++) {
      l[i * unknowns + i] += ridge[i];
      for (int s = 0; s < sides; s++) {
        x[i * sides + s] += ridge[i] * prior[i * sides + s];
      }
    }
    cholesky(l, unknowns);
    // Forward, then backward substitution: L y = b, Lᵀ x = y.
    for (int i = 0; i < unknowns; i++) {
      for (int s = 0; s < sides; s++) {
        double v = x[i * sides + s];
        for (int k = 0; k < i; k++) {
          v -= l[i * unknowns + k] * x[k * sides + s];
        }
        x[i * sides + s] = v / l[i * unknowns + i];
      }
    }
    for (int i = unknowns - 1; i >= 0; i--) {
      for (int s = 0; s < sides; s++) {
        double v = x[i * sides + s];
        for (int k = i + 1; k < unknowns; k++) {
          v -= l[k * unknowns + i] * x[k * sides + s];
        }
        x[i * sides + s] = v / l[i * unknowns + i];
      }
    }
    return x;
  }

  /** Replaces the lower triangle of a symmetric matrix by its Cholesky factor. */
  private static void cholesky(double[] a, int n) {
    double[] diagonal = new double[n];
    for (int i = 0; i < n; i++) {
      diagonal[i] = a[i * n + i];
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double v = a[i * n + j];
        for (int k = 0; k < j; k++) {
          v -= a[i * n + k] * a[j * n + k];
        }
        if (i == j) {
          // What is left of a pivot after cancellation to rounding error is no information.
          if (!(v > diagonal[i] * n * 0x1p-52) || v == Double.POSITIVE_INFINITY) {
            throw new ArithmeticException(
                "unknown %d is not determined by the equations".formatted(i));
          }
          a[i * n + i] = Math.sqrt(v);
        } else {
          a[i * n + j] = v / a[j * n + j];
        }
      }
    }
  }

  /** How the weight of an equation falls with its residual, measured in units of the scale. */
  public enum Loss {
    /** Huber 1964: quadratic up to 1.345, linear beyond; 95 % efficient for normal errors. */
    HUBER {
      @Override
      double weight(double r) {
        double a = Math.abs(r);
        return a <= 1.345 ? 1 : 1.345 / a;
      }
    },
    /** Tukey's biweight: no weight at all beyond 4.685; 95 % efficient for normal errors. */
    TUKEY {
      @Override
      double weight(double r) {
        double u = r / 4.685;
        double v = 1 - u * u;
        return v > 0 ? v * v : 0;
      }
    };

    abstract double weight(double r);
  }

  /**
   * Robust regression by iteratively reweighted least squares (Holland and Welsch 1977). The scale
   * is 1.4826 times the median absolute residual, found anew in each round; Tukey's loss starts
   * from the solution by Huber's, as it may have several minima.
   *
   * @param rows the left sides, {@code [equations][unknowns]}
   * @param values the right side, {@code [equations]}
   * @param weights prior weights ≥ 0, {@code [equations]}
   * @param ridge pulls every unknown towards zero
   * @param iterations rounds at most; ends early once nothing moves by more than 1e-9 relative
   * @return the unknowns
   * @throws ArithmeticException if the equations do not determine the unknowns and ridge is 0
   */
  public static double[] robust(
      double[][] rows, double[] values, double[] weights, Loss loss, double ridge, int iterations) {
    if (rows.length == 0 || values.length != rows.length || weights.length != rows.length) {
      throw new IllegalArgumentException(
          "%d rows, %d values, %d weights (expected the same number, at least 1)"
              .formatted(rows.length, values.length, weights.length));
    }
    LeastSquares system = new LeastSquares(rows[0].length);
    for (int i = 0; i < rows.length; i++) {
      system.add(rows[i], values[i], weights[i]);
    }
    double[] x = system.solve(ridge);
    if (loss == Loss.TUKEY) {
      x = reweight(system, x, rows, values, weights, Loss.HUBER, ridge, iterations);
    }
    return reweight(system, x, rows, values, weights, loss, ridge, iterations);
  }

  private static double[] reweight(
      LeastSquares system,
      double[] start,
      double[][] rows,
      double[] values,
      double[] weights,
      Loss loss,
      double ridge,
      int iterations) {
    double[] x = start;
    double[] residual = new double[rows.length];
    for (int round = 0; round < iterations; round++) {
      for (int i = 0; i < rows.length; i++) {
        double r = -values[i];
        for (int j = 0; j < x.length; j++) {
          r += rows[i][j] * x[j];
        }
        residual[i] = r;
      }
      double scale = 1.4826 * medianMagnitude(residual, weights);
      if (!(scale > 0)) {
        return x;
      }
      system.clear();
      for (int i = 0; i < rows.length; i++) {
        system.add(rows[i], values[i], weights[i] * loss.weight(residual[i] / scale));
      }
      double[] next = system.solve(ridge);
      double moved = 0;
      double size = 0;
      for (int j = 0; j < x.length; j++) {
        moved = Math.max(moved, Math.abs(next[j] - x[j]));
        size = Math.max(size, Math.abs(next[j]));
      }
      x = next;
      if (moved <= 1e-9 * size) {
        break;
      }
    }
    return x;
  }

  /** Median of |residual| among the equations that count. */
  private static double medianMagnitude(double[] residual, double[] weights) {
    double[] magnitude = new double[residual.length];
    int n = 0;
    for (int i = 0; i < residual.length; i++) {
      if (weights[i] > 0) {
        magnitude[n++] = Math.abs(residual[i]);
      }
    }
    if (n == 0) {
      return 0;
    }
    Arrays.sort(magnitude, 0, n);
    return (magnitude[(n - 1) / 2] + magnitude[n / 2]) / 2;
  }
}
