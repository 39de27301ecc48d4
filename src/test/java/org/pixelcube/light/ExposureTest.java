package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Vector3;

@Randomized
class ExposureTest {
  @Test
  void uniformUnitLightNeedsNoScale() {
    Exposure e = Exposure.auto(EnvironmentMap.uniform(64, 32, Rgb.grey(1)));
    assertEquals(1, e.scale(), 1e-9);
    assertEquals(-3, Exposure.auto(EnvironmentMap.uniform(8, 4, Rgb.grey(8))).stops(), 1e-9);
  }

  @Test
  void closedFormIsTheMeanOverTheDiscOfABall(Random random) {
    EnvironmentMap map =
        TestMaps.smooth(64, random)
            .blended(TestMaps.disc(64, TestMaps.direction(random), 0.3, 20), 0.5);
    EnvironmentMap grid = EnvironmentMap.uniform(96, 48, Rgb.BLACK);
    double sum = 0;
    double total = 0;
    for (int y = 0; y < 48; y++) {
      for (int x = 0; x < 96; x++) {
        Vector3 n = grid.pixelDirection(x, y);
        if (n.z() > 0) {
          double seen = grid.solidAngle(y) * n.z();
          sum += seen * map.irradiance(n).luminance();
          total += seen;
        }
      }
    }
    double mean = sum / total;
    assertEquals(mean, Exposure.meanFrontIrradiance(map).luminance(), 0.005 * mean);
    assertEquals(Math.PI / mean, Exposure.auto(map).scale(), 0.005 * Math.PI / mean);
  }

  @Test
  void aMeteredMapMetersAtOne(Random random) {
    EnvironmentMap map = TestMaps.noise(32, random);
    Exposure e = Exposure.auto(map);
    assertEquals(1, Exposure.auto(e.apply(map)).scale(), 1e-5);
  }

  @Test
  void lightFromBehindAloneAndBlackAreMetered() {
    EnvironmentMap behind = TestMaps.disc(64, new Vector3(0, 0, -1), 0.2, 5);
    assertEquals(true, Exposure.auto(behind).metered());
    Exposure black = Exposure.auto(EnvironmentMap.uniform(8, 4, Rgb.BLACK));
    assertFalse(black.metered());
    assertEquals(1, black.scale());
  }
}
