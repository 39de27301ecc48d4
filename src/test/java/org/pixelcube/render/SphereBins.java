package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * χ² test of directions against a density on the sphere. Bins are equal areas of a grid in (z, φ);
 * the density is integrated over each by cells halved where it varies, and bins that expect little
 * are pooled.
 */
final class SphereBins {
  /** A density per steradian. */
  interface Density {
    double at(double x, double y, double z);
  }

  private static final int ROWS = 24;
  private static final int COLUMNS = 48;

  /** Least number of directions expected in a pooled bin. */
  private static final double LEAST = 8;

  private final double[] expected = new double[ROWS * COLUMNS];
  private final int[] found = new int[ROWS * COLUMNS];
  private final Density density;
  private double total;

  SphereBins(Density density) {
    this.density = density;
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < COLUMNS; c++) {
        double z0 = -1 + 2.0 * r / ROWS;
        double z1 = -1 + 2.0 * (r + 1) / ROWS;
        double p0 = 2 * Math.PI * c / COLUMNS;
        double p1 = 2 * Math.PI * (c + 1) / COLUMNS;
        double whole = cell(z0, z1, p0, p1);
        expected[r * COLUMNS + c] = refine(z0, z1, p0, p1, whole, 0);
        total += expected[r * COLUMNS + c];
      }
    }
  }

  /** Gauss quadrature with 3 × 3 points in (z, φ). */
  private double cell(double z0, double z1, double p0, double p1) {
    double sum = 0;
    for (int i = -1; i <= 1; i++) {
      double z = (z0 + z1) / 2 + i * Math.sqrt(0.6) * (z1 - z0) / 2;
      double r = Math.sqrt(Math.max(0, 1 - z * z));
      for (int j = -1; j <= 1; j++) {
        double p = (p0 + p1) / 2 + j * Math.sqrt(0.6) * (p1 - p0) / 2;
        double weight = (i == 0 ? 8 : 5) * (j == 0 ? 8 : 5) / 324.0;
        sum += weight * density.at(r * Math.cos(p), r * Math.sin(p), z);
      }
    }
    return sum * (z1 - z0) * (p1 - p0);
  }

  private double refine(double z0, double z1, double p0, double p1, double whole, int depth) {
    double z = (z0 + z1) / 2;
    double p = (p0 + p1) / 2;
    double a = cell(z0, z, p0, p);
    double b = cell(z, z1, p0, p);
    double c = cell(z0, z, p, p1);
    double d = cell(z, z1, p, p1);
    double sum = a + b + c + d;
    if (depth >= 7 || (depth >= 1 && Math.abs(sum - whole) < 4e-6)) {
      return sum;
    }
    return refine(z0, z, p0, p, a, depth + 1)
        + refine(z, z1, p0, p, b, depth + 1)
        + refine(z0, z, p, p1, c, depth + 1)
        + refine(z, z1, p, p1, d, depth + 1);
  }

  /** What the density integrates to. */
  double total() {
    return total;
  }

  void count(double x, double y, double z) {
    double phi = Math.atan2(y, x);
    if (phi < 0) {
      phi += 2 * Math.PI;
    }
    int row = Math.clamp((long) ((z + 1) / 2 * ROWS), 0, ROWS - 1);
    int column = Math.clamp((long) (phi / (2 * Math.PI) * COLUMNS), 0, COLUMNS - 1);
    found[row * COLUMNS + column]++;
  }

  /**
   * Fails if the counts do not fit the density; directions not drawn (absorbed) are a bin of their
   * own.
   *
   * @param n how many draws there were
   */
  void check(int n, String what) {
    double chi2 = 0;
    int bins = 0;
    double pooledExpected = 0;
    int pooledFound = 0;
    int drawn = 0;
    for (int i = 0; i < found.length; i++) {
      drawn += found[i];
      double e = n * expected[i];
      if (e < LEAST) {
        pooledExpected += e;
        pooledFound += found[i];
      } else {
        chi2 += (found[i] - e) * (found[i] - e) / e;
        bins++;
      }
    }
    double absorbed = n * (1 - total);
    if (absorbed >= LEAST) {
      chi2 += (n - drawn - absorbed) * (n - drawn - absorbed) / absorbed;
      bins++;
    } else {
      pooledExpected += Math.max(absorbed, 0);
      pooledFound += n - drawn;
    }
    if (pooledExpected >= LEAST) {
      chi2 += (pooledFound - pooledExpected) * (pooledFound - pooledExpected) / pooledExpected;
      bins++;
    } else {
      assertTrue(
          pooledFound < 40, "%s: %d directions where none belong".formatted(what, pooledFound));
    }
    // Wilson–Hilferty: 5 standard deviations, 3e-7, so that some hundred tests stay far from it.
    double df = Math.max(bins - 1, 1);
    double limit = df * Math.pow(1 - 2 / (9 * df) + 5 * Math.sqrt(2 / (9 * df)), 3);
    assertTrue(
        chi2 < limit, "%s: χ² = %.1f, limit %.1f with %d bins".formatted(what, chi2, limit, bins));
  }
}
