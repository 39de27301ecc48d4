package org.pixelcube.math;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix.
 *
 * @param values in no order
 * @param vectors of unit length, one a row, row m belonging to value m
 */
public record SymmetricEigen(double[] values, double[][] vectors) {
  private static final int ATTEMPTS = 6;

  /**
   * Decomposes a matrix. Where the iteration gets stuck, which it does at rare matrices, the
   * diagonal is moved by some 1e-12 of its mean, unevenly, and it starts again.
   *
   * @param matrix {@code n × n}, symmetric; only read
   * @throws ArithmeticException if a number is not finite, or it gets stuck again and again
   */
  public static SymmetricEigen of(double[] matrix, int n) {
    double trace = 0;
    for (int i = 0; i < n * n; i++) {
      if (!Double.isFinite(matrix[i])) {
        throw new ArithmeticException(
            "row %d, column %d of a matrix is %s (expected a finite number)"
                .formatted(i / n, i % n, matrix[i]));
      }
    }
    for (int i = 0; i < n; i++) {
      trace += Math.abs(matrix[i * n + i]);
    }
    // Unit scale: the iteration's thresholds are absolute.
    double scale = trace > 0 ? n / trace : 1;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      DMatrixRMaj scaled = new DMatrixRMaj(n, n);
      for (int i = 0; i < n * n; i++) {
        scaled.data[i] = matrix[i] * scale;
      }
      for (int i = 0; i < n; i++) {
        scaled.data[i * n + i] += attempt * 1e-12 * (1 + i % 7);
      }
      EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(n, true, true);
      if (eigen.decompose(scaled)) {
        double[] values = new double[n];
        double[][] vectors = new double[n][];
        for (int m = 0; m < n; m++) {
          values[m] = eigen.getEigenvalue(m).getReal() / scale;
          vectors[m] = eigen.getEigenVector(m).data.clone();
        }
        return new SymmetricEigen(values, vectors);
      }
    }
    throw new ArithmeticException(
        "the eigenvalues of a matrix of %d × %d do not converge".formatted(n, n));
  }
}
