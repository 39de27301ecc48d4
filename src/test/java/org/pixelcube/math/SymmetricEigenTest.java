package org.pixelcube.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
  @Test
  void theVectorsAreEigenvectorsAndOrthonormal() {
    int n = 40;
    Random random = new Random(4);
    double[] m = new double[n * n];
    // Of low rank, with rows of zeros, and small: as a covariance of dark pictures is.
    for (int k = 0; k < 9; k++) {
      double[] v = new double[n];
      for (int i = 0; i < n - 5; i++) {
        v[i] = 1e-6 * random.nextGaussian();
      }
      for (int i = 0; i < n * n; i++) {
        m[i] += v[i / n] * v[i % n];
      }
    }
    SymmetricEigen eigen = SymmetricEigen.of(m, n);
    for (int a = 0; a < n; a++) {
      double[] v = eigen.vectors()[a];
      for (int i = 0; i < n; i++) {
        double product = 0;
        for (int j = 0; j < n; j++) {
          product += m[i * n + j] * v[j];
        }
        assertEquals(eigen.values()[a] * v[i], product, 1e-12 * 1e-12 * 1e3);
      }
      for (int b = 0; b <= a; b++) {
        double dot = 0;
        for (int i = 0; i < n; i++) {
          dot += v[i] * eigen.vectors()[b][i];
        }
        assertEquals(a == b ? 1 : 0, dot, 1e-10);
      }
    }
  }

  @Test
  void aNumberThatIsNotFiniteIsNamed() {
    double[] m = {1, 0, 0, Double.NaN};
    ArithmeticException e = assertThrows(ArithmeticException.class, () -> SymmetricEigen.of(m, 2));
    assertEquals("row 1, column 1 of a matrix is NaN (expected a finite number)", e.getMessage());
  }
}
