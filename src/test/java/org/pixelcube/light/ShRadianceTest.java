package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.SphericalHarmonics;
import org.pixelcube.math.Vector3;

@Randomized
class ShRadianceTest {
  @Test
  void uniformLightIsDegreeZeroAlone() {
    double[][] c =
        ShRadiance.project(EnvironmentMap.uniform(32, 16, Rgb.grey(2)), 8).coefficients();
    double[] expected = new double[81];
    expected[0] = 2 * Math.sqrt(4 * Math.PI);
    assertArrayEquals(expected, c[1], 1e-9);
  }

  @Test
  void projectionEqualsTheSumOverPixels(Random random) {
    EnvironmentMap map = TestMaps.noise(256, random);
    double[] brute = new double[81];
    double[] y = new double[81];
    for (int row = 0; row < 128; row++) {
      for (int x = 0; x < 256; x++) {
        SphericalHarmonics.evaluate(map.pixelDirection(x, row), 8, y);
        for (int i = 0; i < 81; i++) {
          brute[i] += map.image().at(2, row, x) * map.solidAngle(row) * y[i];
        }
      }
    }
    assertArrayEquals(brute, ShRadiance.project(map, 8).coefficients()[2], 5e-3);
  }

  @Test
  void irradianceOfUniformLightIsPiTimesRadiance(Random random) {
    ShRadiance sh = ShRadiance.project(EnvironmentMap.uniform(16, 8, Rgb.grey(3)), 2);
    assertEquals(3 * Math.PI, sh.irradiance(TestMaps.direction(random)).blue(), 1e-9);
  }

  /** Worst error over normals, as a part of the largest irradiance: falls with the degree. */
  @Test
  void irradianceComesNearTheSumAsTheDegreeGrows(Random random) {
    EnvironmentMap map = TestMaps.smooth(128, random);
    double[] limit = {1, 1, 0.03, 0.03, 0.006, 0.006, 0.003, 0.003, 0.002};
    for (int degree = 2; degree <= 8; degree += 2) {
      ShRadiance sh = ShRadiance.project(map, degree);
      double largest = 0;
      double error = 0;
      for (int i = 0; i < 100; i++) {
        Vector3 n = TestMaps.direction(random);
        double exact = map.irradiance(n).green();
        largest = Math.max(largest, exact);
        error = Math.max(error, Math.abs(exact - sh.irradiance(n).green()));
      }
      assertTrue(error < limit[degree] * largest, "degree " + degree + ": " + error / largest);
    }
  }

  @Test
  void turningTheCoefficientsIsTurningTheMap(Random random) {
    EnvironmentMap map = TestMaps.smooth(128, random);
    Rotation yaw = Rotation.yawPitchRoll(random.nextInt(128) * 360.0 / 128, 0, 0);
    ShRadiance exact = ShRadiance.project(map.rotated(yaw), 8);
    ShRadiance turned = ShRadiance.project(map, 8).rotated(yaw);
    for (int c = 0; c < 3; c++) {
      assertArrayEquals(exact.coefficients()[c], turned.coefficients()[c], 1e-9);
    }
    Rotation any = TestMaps.rotation(random);
    Vector3 n = TestMaps.direction(random);
    ShRadiance sh = ShRadiance.project(map, 8);
    assertEquals(sh.irradiance(n).red(), sh.rotated(any).irradiance(any.apply(n)).red(), 1e-9);
  }
}
