package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class PrefilteredMapTest {
  private static final double[] ROUGHNESS = {0.2, 0.35, 0.5, 0.7, 1};

  /** Σ L·c·D(h)·Ω / Σ c·D(h)·Ω over every pixel. */
  private static double brute(EnvironmentMap map, double roughness, Vector3 r) {
    double a2 = Math.pow(roughness, 4);
    double sum = 0;
    double total = 0;
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        double c = r.dot(map.pixelDirection(x, y));
        if (c > 0) {
          double q = (1 + c) / 2 * (a2 - 1) + 1;
          double weight = c * a2 / (q * q) * map.solidAngle(y);
          sum += weight * map.image().at(1, y, x);
          total += weight;
        }
      }
    }
    return sum / total;
  }

  @Test
  void uniformLightStaysItself(Random random) {
    PrefilteredMap map =
        PrefilteredMap.of(EnvironmentMap.uniform(256, 128, new Rgb(1, 2, 3)), ROUGHNESS);
    for (int i = 0; i < ROUGHNESS.length; i++) {
      Rgb l = map.at(i, TestMaps.direction(random));
      assertEquals(1, l.red(), 1e-4);
      assertEquals(3, l.blue(), 3e-4);
    }
  }

  @Test
  void tableEqualsTheSumOverPixels(Random random) {
    Vector3 to = TestMaps.direction(random);
    EnvironmentMap map =
        TestMaps.disc(512, to, 0.06, 300).blended(TestMaps.smooth(512, random), 0.5);
    PrefilteredMap table = PrefilteredMap.of(map, ROUGHNESS);
    for (int i = 0; i < ROUGHNESS.length; i++) {
      double largest = brute(map, ROUGHNESS[i], to);
      for (int k = 0; k < 12; k++) {
        // Half of the directions near the light, where the table is steepest.
        Vector3 d = TestMaps.direction(random);
        if (k % 2 == 0) {
          d = to.plus(d.times(0.15)).normalized();
        }
        assertEquals(
            brute(map, ROUGHNESS[i], d),
            table.at(i, d).green(),
            0.06 * largest,
            "roughness " + ROUGHNESS[i]);
      }
    }
  }

  @Test
  void energyOverTheSphereIsKept(Random random) {
    EnvironmentMap map = TestMaps.smooth(256, random);
    PrefilteredMap table = PrefilteredMap.of(map, ROUGHNESS);
    for (int i = 0; i < ROUGHNESS.length; i++) {
      double sum = 0;
      EnvironmentMap grid = EnvironmentMap.uniform(64, 32, Rgb.BLACK);
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 64; x++) {
          sum += grid.solidAngle(y) * table.at(i, grid.pixelDirection(x, y)).red();
        }
      }
      double energy = map.energy().red();
      assertEquals(energy, sum, 0.005 * energy);
    }
  }

  @Test
  void turningTheLookUpIsTurningTheMap(Random random) {
    EnvironmentMap map = TestMaps.smooth(128, random);
    Rotation r = TestMaps.rotation(random);
    Vector3 d = TestMaps.direction(random);
    PrefilteredMap table = PrefilteredMap.of(map, 0.35);
    float[] out = new float[3];
    table.sample(
        0,
        r,
        new float[] {(float) d.x()},
        new float[] {(float) d.y()},
        new float[] {(float) d.z()},
        out);
    assertEquals(table.at(0, r.inverse().apply(d)).red(), out[0], 1e-4);
  }

  @Test
  void refusesMirrors() {
    EnvironmentMap map = EnvironmentMap.uniform(8, 4, Rgb.grey(1));
    assertThrows(IllegalArgumentException.class, () -> PrefilteredMap.of(map, 0.01));
    assertThrows(IllegalArgumentException.class, () -> PrefilteredMap.of(map, Double.NaN));
  }
}
