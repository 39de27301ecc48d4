package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.render.TriangleMesh;

@Randomized
class RootsTest {

  /** Two triangles of different size that make the square 0..2 × 0..1, cut unevenly. */
  private static TriangleMesh sheet() {
    float[] p = {0, 0, 0, 2, 0, 0, 2, 1, 0, 0.5f, 1, 0, 0, 1, 0};
    return TriangleMesh.smooth(p, new float[10], new int[] {0, 1, 2, 0, 2, 3, 0, 3, 4, 0, 0, 1});
  }

  @Test
  void densityFollowsTheMap(Random random) {
    Roots.Density map = (x, y, z, nx, ny, nz) -> 0.1 + 0.9 * (x / 2) * y * y;
    int n = 40_000;
    Roots roots = Roots.scatter(sheet(), map, n, random);
    assertEquals(n, roots.count());
    int columns = 8;
    int rows = 6;
    double[] seen = new double[columns * rows];
    double[] at = new double[3];
    for (int i = 0; i < n; i++) {
      roots.place(i, sheet().triangles(), sheet().positions(), at);
      int c = (int) Math.min(columns - 1, at[0] / 2 * columns);
      int r = (int) Math.min(rows - 1, at[1] * rows);
      seen[r * columns + c]++;
    }
    // The map's integral over a cell, by its antiderivative.
    double total = 0.1 * 2 + 0.9 / 2 * 2 / 3;
    double chi2 = 0;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        double x0 = 2.0 * c / columns;
        double x1 = 2.0 * (c + 1) / columns;
        double y0 = (double) r / rows;
        double y1 = (r + 1.0) / rows;
        double integral =
            0.1 * (x1 - x0) * (y1 - y0)
                + 0.45 * (x1 * x1 - x0 * x0) / 2 * (y1 * y1 * y1 - y0 * y0 * y0) / 3;
        double expected = n * integral / total;
        chi2 += Math.pow(seen[r * columns + c] - expected, 2) / expected;
      }
    }
    // 47 degrees of freedom: passed with all but one chance in a million.
    assertTrue(chi2 < 110, "chi2 " + chi2);
  }

  @Test
  void nothingGrowsWhereTheMapIsZero(Random random) {
    assertEquals(0, Roots.scatter(sheet(), (x, y, z, a, b, c) -> 0, 100, random).count());
    Roots half = Roots.scatter(sheet(), (x, y, z, a, b, c) -> x < 1 ? 1 : 0, 500, random);
    double[] at = new double[3];
    for (int i = 0; i < half.count(); i++) {
      half.place(i, sheet().triangles(), sheet().positions(), at);
      assertTrue(at[0] < 1);
      assertTrue(half.triangles()[i] < 3, "the flat triangle has no area");
    }
  }

  @Test
  void theNormalGivenToTheMapIsTheSkins(Random random) {
    Roots.scatter(
        sheet(),
        (x, y, z, nx, ny, nz) -> {
          assertEquals(1, nz, 1e-6);
          return 1;
        },
        50,
        random);
  }
}
