package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FrontLightTest {
  @Test
  void radianceComesFromTheCamerasSide() {
    assertEquals(1, FrontLight.radiance(0.5));
    assertEquals(0.5, FrontLight.radiance(0.2), 1e-12);
    assertEquals(0, FrontLight.radiance(-0.1));
  }

  @Test
  void binsKeepTheMean() {
    float[] weights = FrontLight.weights(new DirectionBins(12));
    double mean = 0;
    for (float w : weights) {
      mean += w / weights.length;
    }
    // Equal strips of z have equal areas: (1 − 0.5) / 2 full, and half of (0.5 + 0.1) / 2.
    assertEquals(0.4, mean, 2e-3);
  }

  @Test
  void shareOfMattSurfaces() {
    // Towards the camera: 2 ∫ radiance(z) z dz, by parts of the smooth step.
    double sum = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      double z = (i + 0.5) / n;
      sum += 2 * FrontLight.radiance(z) * z / n;
    }
    assertEquals(sum, FrontLight.share(1), 1e-3);
    // Half of what is seen from the side: the light is even about the axis.
    double side = 0;
    for (int i = 0; i < n; i++) {
      double z = -1 + 2 * (i + 0.5) / n;
      side += 2 * Math.sqrt(1 - z * z) * FrontLight.radiance(z) * 2 / n / Math.PI;
    }
    assertEquals(side, FrontLight.share(0), 1e-3);
    assertTrue(FrontLight.share(-1) < 0.02);
    assertTrue(FrontLight.share(0.8) < FrontLight.share(0.9));
  }
}
