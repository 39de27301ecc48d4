package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MeshRasterTest {
  // A square of two triangles over pixels 1..6, counter-clockwise as seen (y down), at depth z.
  private static float[] square(float z, float slope) {
    return new float[] {1, 7, z, 7, 7, z + 6 * slope, 7, 1, z + 6 * slope, 1, 1, z};
  }

  private static final int[] TRIANGLES = {0, 1, 2, 0, 2, 3};

  @Test
  void interpolatesDepthAndAttributesAtPixelCentres() {
    MeshRaster raster = new MeshRaster(8, 8, 1);
    raster.draw(square(2, 0.5f), TRIANGLES, new float[][] {{0, 6, 6, 0}});
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        boolean inside = x >= 1 && x < 7 && y >= 1 && y < 7;
        float depth = raster.depth()[y * 8 + x];
        if (inside) {
          assertEquals(2 + 0.5 * (x - 0.5), depth, 1e-4);
          assertEquals(x - 0.5, raster.attribute(0)[y * 8 + x], 1e-4);
        } else {
          assertEquals(Float.NEGATIVE_INFINITY, depth);
        }
      }
    }
  }

  @Test
  void nearestWinsAndBacksAreSkipped() {
    MeshRaster raster = new MeshRaster(8, 8, 1);
    raster.draw(square(5, 0), TRIANGLES, new float[][] {{1, 1, 1, 1}});
    raster.draw(square(3, 0), TRIANGLES, new float[][] {{2, 2, 2, 2}});
    raster.draw(square(9, 0), new int[] {0, 2, 1, 0, 3, 2}, new float[][] {{3, 3, 3, 3}});
    assertEquals(5, raster.depth()[4 * 8 + 4]);
    assertEquals(1, raster.attribute(0)[4 * 8 + 4]);
  }
}
