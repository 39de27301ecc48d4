package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class InflationTest {
  @Test
  void aDiscBecomesAHemisphere() {
    int n = 96;
    double radius = 34;
    float[] alpha = new float[n * n];
    for (int y = 0; y < n; y++) {
      for (int x = 0; x < n; x++) {
        alpha[y * n + x] = Math.hypot(x - 47.5, y - 47.5) < radius ? 1 : 0;
      }
    }
    float[] z = Inflation.height(alpha, n, n);
    for (int y = 0; y < n; y++) {
      for (int x = 0; x < n; x++) {
        double r = Math.hypot(x - 47.5, y - 47.5);
        if (r < 0.85 * radius) {
          assertEquals(
              Math.sqrt(radius * radius - r * r), z[y * n + x], 0.05 * radius, x + ", " + y);
        } else if (r > radius + 1) {
          assertEquals(0, z[y * n + x]);
        }
      }
    }
  }

  @Test
  void theSurfaceRunsOnAcrossThePictureBorder() {
    int w = 40;
    int h = 64;
    float[] alpha = new float[w * h];
    for (int y = 20; y < h; y++) {
      for (int x = 10; x < 30; x++) {
        alpha[y * w + x] = 1;
      }
    }
    float[] z = Inflation.height(alpha, w, h);
    // At the bottom, cut by the border, a long bar is the parabola's cylinder: no closing curve.
    assertEquals(z[(h - 4) * w + 20], z[(h - 1) * w + 20], 0.02 * z[(h - 1) * w + 20]);
    assertTrue(z[20 * w + 20] < 0.5 * z[(h - 1) * w + 20]);
  }

  @Test
  void anEmptyOrFullMatteIsFinite() {
    float[] none = new float[30 * 17];
    for (float z : Inflation.height(none, 30, 17)) {
      assertEquals(0, z);
    }
    float[] all = new float[30 * 17];
    java.util.Arrays.fill(all, 1);
    for (float z : Inflation.height(all, 30, 17)) {
      assertTrue(Float.isFinite(z));
    }
    assertEquals(1, Inflation.height(new float[1], 1, 1).length);
  }
}
