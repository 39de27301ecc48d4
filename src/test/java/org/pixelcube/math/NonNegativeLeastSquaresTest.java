package org.pixelcube.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class NonNegativeLeastSquaresTest {
  private static double[][] matrix(Random random, int rows, int columns) {
    double[][] a = new double[rows][];
    for (int i = 0; i < rows; i++) {
      a[i] = random.doubles(columns, -1, 1).toArray();
    }
    return a;
  }

  private static double residual(double[][] a, double[] x, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double r = -b[i];
      for (int j = 0; j < x.length; j++) {
        r += a[i][j] * x[j];
      }
      sum += r * r;
    }
    return sum;
  }

  @Test
  void findsTheBestOfAllSetsOfUnknowns(Random random) {
    int n = 1 + random.nextInt(7);
    double[][] a = matrix(random, n + 3, n);
    double[] b = random.doubles(n + 3, -1, 1).toArray();
    double best = residual(a, new double[n], b);
    for (int set = 1; set < 1 << n; set++) {
      LeastSquares part = new LeastSquares(Integer.bitCount(set));
      for (int i = 0; i < a.length; i++) {
        double[] row = new double[Integer.bitCount(set)];
        for (int j = 0, k = 0; j < n; j++) {
          if ((set >> j & 1) != 0) {
            row[k++] = a[i][j];
          }
        }
        part.add(row, b[i], 1);
      }
      double[] x = new double[n];
      double[] found = part.solve(0);
      boolean allowed = true;
      for (int j = 0, k = 0; j < n; j++) {
        if ((set >> j & 1) != 0) {
          x[j] = found[k++];
          allowed &= x[j] >= 0;
        }
      }
      if (allowed) {
        best = Math.min(best, residual(a, x, b));
      }
    }
    double[] x = NonNegativeLeastSquares.solve(a, b);
    for (double v : x) {
      assertTrue(v >= 0);
    }
    assertEquals(best, residual(a, x, b), 1e-10 * (1 + best));
  }

  @Test
  void manyUnknownsMeetTheConditionsOfKarushKuhnAndTucker(Random random) {
    int n = 40 + random.nextInt(60);
    double[][] a = matrix(random, 3 * n, n);
    double[] b = random.doubles(3 * n, -1, 1).toArray();
    double[] gram = new double[n * n];
    double[] right = new double[n];
    for (int k = 0; k < a.length; k++) {
      for (int i = 0; i < n; i++) {
        right[i] += a[k][i] * b[k];
        for (int j = 0; j < n; j++) {
          gram[i * n + j] += a[k][i] * a[k][j];
        }
      }
    }
    NonNegativeLeastSquares system = new NonNegativeLeastSquares(gram, n);
    double[] x = system.solve(right, new double[n]);
    for (int i = 0; i < n; i++) {
      double gradient = right[i];
      for (int j = 0; j < n; j++) {
        gradient -= gram[i * n + j] * x[j];
      }
      assertTrue(x[i] >= 0);
      assertTrue(gradient <= 1e-9, "gradient " + gradient);
      assertEquals(0, gradient * x[i], 1e-9);
    }
    // The start changes nothing but the way.
    assertArrayEquals(x, system.solve(right, random.doubles(n, -1, 1).toArray()), 1e-9);
  }

  @Test
  void aPositiveSolutionIsThatWithoutTheConstraint() {
    double[] x =
        NonNegativeLeastSquares.solve(
            new double[][] {{1, 0}, {1, 1}, {1, 2}}, new double[] {1, 3, 4});
    assertArrayEquals(new double[] {7.0 / 6, 1.5}, x, 1e-12);
  }

  @Test
  void equalColumnsAreRefused() {
    NonNegativeLeastSquares system = new NonNegativeLeastSquares(new double[] {1, 1, 1, 1}, 2);
    assertThrows(
        ArithmeticException.class, () -> system.solve(new double[] {1, 1}, new double[] {1, 1}));
  }
}
