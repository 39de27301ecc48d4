package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Vector3;

@Randomized
class MapPyramidTest {
  /** Σ L·G·Ω / Σ G·Ω, G a Gaussian of the angle. */
  private static double brute(EnvironmentMap map, Vector3 to, double sigma) {
    double sum = 0;
    double total = 0;
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        double angle = Math.acos(Math.clamp(to.dot(map.pixelDirection(x, y)), -1, 1));
        double weight = Math.exp(-angle * angle / (2 * sigma * sigma)) * map.solidAngle(y);
        sum += weight * map.image().at(1, y, x);
        total += weight;
      }
    }
    return sum / total;
  }

  @Test
  void withoutSpreadItIsTheMap(Random random) {
    EnvironmentMap map = TestMaps.smooth(256, random);
    MapPyramid pyramid = MapPyramid.of(map);
    for (int k = 0; k < 20; k++) {
      Vector3 d = TestMaps.direction(random);
      assertEquals(map.radiance(d), pyramid.radiance(d, 0));
      assertEquals(map.radiance(d).green(), pyramid.radiance(d.times(0.3), 1e-3).green(), 1e-9);
    }
  }

  @Test
  void uniformLightStaysItself(Random random) {
    MapPyramid pyramid = MapPyramid.of(EnvironmentMap.uniform(512, 256, new Rgb(1, 2, 3)));
    for (double sigma : new double[] {0.01, 0.05, 0.2, 0.6}) {
      Rgb l = pyramid.radiance(TestMaps.direction(random), sigma);
      assertEquals(1, l.red(), 1e-4);
      assertEquals(3, l.blue(), 3e-4);
    }
  }

  /**
   * A lamp smaller than the distance of samples is neither missed nor counted whole. Where it is
   * within a pixel of up to 0.7 σ is not known: half a pixel off, at the steepest slope of 0.6, is
   * 0.21, and the pattern of the samples adds a little.
   */
  @Test
  void aSmallLampGivesAboutAGaussian(Random random) {
    double off = 0;
    int count = 0;
    for (int k = 0; k < 8; k++) {
      // Away from the poles, where pixels are about square.
      double y = random.nextDouble() - 0.5;
      double phi = 2 * Math.PI * random.nextDouble();
      double r = Math.sqrt(1 - y * y);
      Vector3 to = new Vector3(r * Math.sin(phi), y, r * Math.cos(phi));
      EnvironmentMap map = TestMaps.disc(512, to, 0.01, 5000);
      MapPyramid pyramid = MapPyramid.of(map);
      for (double sigma : new double[] {0.06, 0.1, 0.2}) {
        double peak = brute(map, to, sigma);
        for (double away : new double[] {0, 0.5, 1, 1.5, 2.5}) {
          double angle = 2 * Math.PI * random.nextDouble();
          Vector3 side = to.cross(new Vector3(0, 1, 0)).normalized();
          Vector3 across = side.times(Math.cos(angle)).plus(to.cross(side).times(Math.sin(angle)));
          Vector3 d = to.plus(across.times(Math.tan(away * sigma))).normalized();
          double truth = brute(map, d, sigma) / peak;
          double found = pyramid.radiance(d, sigma).green() / peak;
          assertEquals(truth, found, 0.3, "sigma %.2f, %.1f away".formatted(sigma, away));
          off += Math.abs(truth - found);
          count++;
        }
      }
    }
    assertEquals(0, off / count, 0.1);
  }
}
