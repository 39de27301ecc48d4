package org.pixelcube.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class LeastSquaresTest {
  private static double[] gaussian(Random random, int n) {
    return random.doubles(n, -1, 1).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double s = 0;
    for (int i = 0; i < a.length; i++) {
      s += a[i] * b[i];
    }
    return s;
  }

  @Test
  void exactEquationsGiveTheirSolution(Random random) {
    int n = 1 + random.nextInt(60);
    double[] x = gaussian(random, n);
    LeastSquares s = new LeastSquares(n);
    for (int i = 0; i < 3 * n; i++) {
      double[] row = gaussian(random, n);
      s.add(row, dot(row, x), 0.1 + random.nextDouble());
    }
    assertEquals(3L * n, s.equations());
    assertArrayEquals(x, s.solve(0), 1e-8);
  }

  @Test
  void aLineThroughThreePointsHasItsClosedForm() {
    LeastSquares s = new LeastSquares(2);
    s.add(new double[] {1, 0}, 1, 1);
    s.add(new double[] {1, 1}, 3, 1);
    s.add(new double[] {1, 2}, 4, 1);
    assertArrayEquals(new double[] {7.0 / 6, 1.5}, s.solve(0), 1e-12);
  }

  @Test
  void ridgeAndWeightsHaveTheirClosedForm() {
    // One unknown: (Σ w a b + λ p) / (Σ w a² + λ).
    LeastSquares s = new LeastSquares(1);
    s.add(new double[] {2}, 3, 0.5);
    s.add(new double[] {1}, 1, 2);
    s.add(new double[] {100}, 1e6, 0);
    assertEquals((3 + 2) / (2 + 2 + 0.7), s.solve(0.7)[0], 1e-14);
    double[] towards = s.solve(new double[] {0.7}, new double[] {4});
    assertEquals((3 + 2 + 0.7 * 4) / 4.7, towards[0], 1e-14);
  }

  @Test
  void residualIsOrthogonalToTheColumns(Random random) {
    int n = 1 + random.nextInt(8);
    int m = n + 1 + random.nextInt(30);
    double[][] rows = new double[m][];
    double[][] values = new double[m][];
    double[] weights = new double[m];
    LeastSquares s = new LeastSquares(n, 3);
    for (int i = 0; i < m; i++) {
      rows[i] = gaussian(random, n);
      values[i] = gaussian(random, 3);
      weights[i] = random.nextDouble();
      s.add(rows[i], values[i], weights[i]);
    }
    double ridge = 0.01;
    double[] x = s.solve(ridge);
    for (int side = 0; side < 3; side++) {
      for (int j = 0; j < n; j++) {
        double gradient = ridge * x[j * 3 + side];
        for (int i = 0; i < m; i++) {
          double r = -values[i][side];
          for (int k = 0; k < n; k++) {
            r += rows[i][k] * x[k * 3 + side];
          }
          gradient += weights[i] * r * rows[i][j];
        }
        assertEquals(0, gradient, 1e-10);
      }
    }
    s.clear();
    assertEquals(0, s.equations());
  }

  @Test
  void undeterminedUnknownsAreRefusedWithoutRidge(Random random) {
    LeastSquares s = new LeastSquares(3);
    for (int i = 0; i < 10; i++) {
      double[] row = gaussian(random, 3);
      row[2] = row[0] + row[1];
      s.add(row, 1, 1);
    }
    assertThrows(ArithmeticException.class, () -> s.solve(0));
    assertTrue(Double.isFinite(s.solve(1e-6)[0]));
    assertThrows(IllegalArgumentException.class, () -> s.add(new double[2], 1, 1));
    assertThrows(IllegalArgumentException.class, () -> s.add(new double[3], 1, -1));
    assertThrows(IllegalArgumentException.class, () -> s.add(new double[3], 1, Double.NaN));
  }

  @Test
  void robustRegressionPassesOverOutliers(Random random) {
    double[] x = {2, -1, 0.5};
    int m = 200;
    double[][] rows = new double[m][];
    double[] values = new double[m];
    double[] ones = new double[m];
    Arrays.fill(ones, 1);
    for (int i = 0; i < m; i++) {
      rows[i] = gaussian(random, 3);
      values[i] = dot(rows[i], x) + 0.01 * random.nextGaussian();
      if (i % 5 == 0) {
        values[i] += 20 + 5 * random.nextDouble();
      }
    }
    double[] tukey = LeastSquares.robust(rows, values, ones, LeastSquares.Loss.TUKEY, 0, 100);
    assertArrayEquals(x, tukey, 0.01);
    double[] huber = LeastSquares.robust(rows, values, ones, LeastSquares.Loss.HUBER, 0, 200);
    assertArrayEquals(x, huber, 0.05);
    LeastSquares plain = new LeastSquares(3);
    for (int i = 0; i < m; i++) {
      plain.add(rows[i], values[i], 1);
    }
    double error = 0;
    double[] l2 = plain.solve(0);
    for (int i = 0; i < 3; i++) {
      error = Math.max(error, Math.abs(l2[i] - x[i]));
    }
    assertTrue(error > 0.05, "the outliers should have moved plain least squares: " + error);
  }

  @Test
  void huberMeanOfNumbersIsTheFixedPoint() {
    // A mean: the solution balances the clipped residuals.
    double[] values = {1, 2, 3, 4, 100};
    double[][] rows = {{1}, {1}, {1}, {1}, {1}};
    double[] w = {1, 1, 1, 1, 1};
    double mu = LeastSquares.robust(rows, values, w, LeastSquares.Loss.HUBER, 0, 500)[0];
    double[] magnitude = Arrays.stream(values).map(v -> Math.abs(v - mu)).sorted().toArray();
    double k = 1.345 * 1.4826 * magnitude[2];
    double balance = Arrays.stream(values).map(v -> Math.clamp(v - mu, -k, k)).sum();
    assertEquals(0, balance, 1e-6);
  }

  @Test
  void matrixInverseUndoes(Random random) {
    double[] a = gaussian(random, 9);
    Matrix3 m = new Matrix3(3 + a[0], a[1], a[2], a[3], 3 + a[4], a[5], a[6], a[7], 3 + a[8]);
    Matrix3 i = m.times(m.inverse());
    Vector3 v = new Vector3(1, -2, 3);
    assertEquals(0, i.apply(v).minus(v).length(), 1e-12);
    assertEquals(m.determinant(), m.transpose().determinant(), 1e-12);
    assertEquals(1, m.determinant() * m.inverse().determinant(), 1e-12);
    assertThrows(ArithmeticException.class, () -> new Matrix3(1, 2, 3, 2, 4, 6, 0, 0, 1).inverse());
  }
}
