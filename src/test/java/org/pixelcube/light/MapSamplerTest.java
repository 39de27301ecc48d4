package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Vector3;

@Randomized
class MapSamplerTest {
  @Test
  void densityIntegratesToOne(Random random) {
    EnvironmentMap map = TestMaps.noise(32, random);
    MapSampler sampler = MapSampler.of(map);
    double sum = 0;
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 32; x++) {
        sum += sampler.pdf(map.pixelDirection(x, y)) * map.solidAngle(y);
      }
    }
    assertEquals(1, sum, 1e-6);
  }

  /** χ² over bins of 2 columns by half a row each, which splits pixels by solid angle. */
  @Test
  void samplesFollowTheDensity(Random random) {
    EnvironmentMap map = TestMaps.noise(16, random);
    MapSampler sampler = MapSampler.of(map);
    int rows = 16;
    int columns = 8;
    double[] expected = new double[rows * columns];
    for (int y = 0; y < rows; y++) {
      double share = Math.cos(Math.PI * y / rows) - Math.cos(Math.PI * (y + 1) / rows);
      for (int x = 0; x < 16; x++) {
        expected[y * columns + x / 2] +=
            sampler.pdf(map.pixelDirection(x, y / 2)) * share * 2 * Math.PI / 16;
      }
    }
    int n = 200_000;
    int[] found = new int[expected.length];
    for (int i = 0; i < n; i++) {
      MapSampler.Sample s = sampler.sample(random.nextDouble(), random.nextDouble());
      assertEquals(1, s.direction().length(), 1e-12);
      assertEquals(sampler.pdf(s.direction()), s.pdf(), 1e-9);
      EnvironmentMap.Uv uv = EnvironmentMap.uv(s.direction());
      int row = (int) (uv.v() * rows);
      int column = (int) (uv.u() * columns);
      found[row * columns + column]++;
    }
    double chi2 = 0;
    for (int k = 0; k < found.length; k++) {
      double e = n * expected[k];
      chi2 += (found[k] - e) * (found[k] - e) / e;
    }
    // Wilson–Hilferty: 4.5 standard deviations of a χ² with k − 1 degrees of freedom.
    double df = found.length - 1;
    double limit = df * Math.pow(1 - 2 / (9 * df) + 4.5 * Math.sqrt(2 / (9 * df)), 3);
    assertTrue(chi2 < limit, "χ² = " + chi2 + " (limit " + limit + ")");
  }

  @Test
  void estimatesIrradianceWithoutBias(Random random) {
    EnvironmentMap map = TestMaps.smooth(64, random);
    MapSampler sampler = MapSampler.of(map);
    Vector3 normal = TestMaps.direction(random);
    double sum = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      MapSampler.Sample s = sampler.sample(random.nextDouble(), random.nextDouble());
      sum += s.radiance().green() * Math.max(0, normal.dot(s.direction())) / s.pdf();
    }
    double exact = map.irradiance(normal).green();
    assertEquals(exact, sum / n, 0.03 * exact);
  }

  @Test
  void blackPixelsAreNeverDrawnAndABlackMapIsUniform(Random random) {
    EnvironmentMap map = TestMaps.disc(32, new Vector3(0, 0, 1), 0.5, 2);
    MapSampler sampler = MapSampler.of(map);
    for (int i = 0; i < 1000; i++) {
      double u1 = i == 0 ? 0 : i == 1 ? Math.nextDown(1.0) : random.nextDouble();
      double u2 = i == 0 ? 0 : i == 1 ? Math.nextDown(1.0) : random.nextDouble();
      MapSampler.Sample s = sampler.sample(u1, u2);
      assertTrue(s.pdf() > 0);
      assertEquals(2, s.radiance().red());
    }
    MapSampler black = MapSampler.of(EnvironmentMap.uniform(32, 16, Rgb.BLACK));
    MapSampler.Sample s = black.sample(random.nextDouble(), random.nextDouble());
    assertEquals(1 / (4 * Math.PI), s.pdf(), 1e-9);
    assertEquals(0, s.radiance().red());
  }
}
