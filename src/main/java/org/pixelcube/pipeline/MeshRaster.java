package org.pixelcube.pipeline;

import java.util.Arrays;

/**
 * Rasterises a triangle mesh with per-vertex attributes onto a grid, nearest surface first.
 *
 * <p>Vertices are in grid pixels: x right, y down, z towards the camera. Pixel (column i, row j)
 * has its centre at (i + ½, j + ½).
 */
final class MeshRaster {
  private final int width;
  private final int height;
  private final float[] depth;
  private final float[][] attributes;

  /**
   * Makes an empty raster.
   *
   * @param attributes number of values interpolated per pixel
   */
  MeshRaster(int width, int height, int attributes) {
    this.width = width;
    this.height = height;
    this.depth = new float[width * height];
    Arrays.fill(depth, Float.NEGATIVE_INFINITY);
    this.attributes = new float[attributes][width * height];
  }

  /** z of the nearest surface in each pixel, −∞ where there is none. */
  float[] depth() {
    return depth;
  }

  /** Attribute {@code k}, 0 where there is no surface. */
  float[] attribute(int k) {
    return attributes[k];
  }

  /**
   * Draws triangles that face the camera or not; those seen from behind are skipped.
   *
   * @param positions x, y, z per vertex
   * @param triangles three vertex indices each; counter-clockwise seen from the camera
   * @param values one array of per-vertex values for each attribute
   */
  void draw(float[] positions, int[] triangles, float[][] values) {
    for (int t = 0; t + 2 < triangles.length; t += 3) {
      drawTriangle(positions, triangles[t], triangles[t + 1], triangles[t + 2], values);
    }
  }

  private void drawTriangle(float[] p, int a, int b, int c, float[][] values) {
    float ax = p[3 * a];
    float ay = p[3 * a + 1];
    float bx = p[3 * b];
    float by = p[3 * b + 1];
    float cx = p[3 * c];
    float cy = p[3 * c + 1];
    // With y down, a counter-clockwise triangle has negative signed area.
    float area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (!(area < -1e-9f)) {
      return;
    }
    int x0 = Math.max(0, (int) Math.floor(Math.min(ax, Math.min(bx, cx)) - 0.5f));
    int x1 = Math.min(width - 1, (int) Math.ceil(Math.max(ax, Math.max(bx, cx)) - 0.5f));
    int y0 = Math.max(0, (int) Math.floor(Math.min(ay, Math.min(by, cy)) - 0.5f));
    int y1 = Math.min(height - 1, (int) Math.ceil(Math.max(ay, Math.max(by, cy)) - 0.5f));
    float inverse = 1 / area;
    for (int y = y0; y <= y1; y++) {
      float py = y + 0.5f;
      for (int x = x0; x <= x1; x++) {
        float px = x + 0.5f;
        float wa = ((bx - px) * (cy - py) - (by - py) * (cx - px)) * inverse;
        float wb = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) * inverse;
        float wc = 1 - wa - wb;
        if (wa < 0 || wb < 0 || wc < 0) {
          continue;
        }
        float z = wa * p[3 * a + 2] + wb * p[3 * b + 2] + wc * p[3 * c + 2];
        int i = y * width + x;
        if (z > depth[i]) {
          depth[i] = z;
          for (int k = 0; k < attributes.length; k++) {
            attributes[k][i] = wa * values[k][a] + wb * values[k][b] + wc * values[k][c];
          }
        }
      }
    }
  }
}
