package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;

@Randomized
class AreaLightsTest {
  private static Rgb total(List<AreaLight> lights) {
    return lights.stream().map(AreaLight::energy).reduce(Rgb.BLACK, Rgb::plus);
  }

  @Test
  void energiesAddUpToTheMap(Random random) {
    EnvironmentMap map = TestMaps.noise(300, random);
    for (int n : new int[] {1, 2, 7, 64}) {
      List<AreaLight> lights = AreaLights.medianCut(map, n);
      assertEquals(n, lights.size());
      Rgb sum = total(lights);
      assertEquals(map.energy().red(), sum.red(), 1e-6 * sum.red());
      assertEquals(map.energy().green(), sum.green(), 1e-6 * sum.green());
      assertEquals(map.energy().blue(), sum.blue(), 1e-6 * sum.blue());
      for (AreaLight light : lights) {
        assertEquals(1, light.direction().length(), 1e-9);
      }
    }
  }

  @Test
  void oneDiscIsOneLightOfItsRadius(Random random) {
    Vector3 to = TestMaps.direction(random);
    EnvironmentMap map = TestMaps.disc(1024, to, 0.1, 10);
    AreaLight light = AreaLights.medianCut(map, 1).getFirst();
    assertEquals(0, light.direction().minus(to).length(), 0.002);
    assertEquals(0.1, light.angularRadiusRadians(), 0.004);
  }

  @Test
  void aSunOfFourPixelsGetsItsOwnLight(Random random) {
    int w = 1024;
    int h = 512;
    float[] s = TestMaps.smooth(w, random).image().samples().clone();
    int x = random.nextInt(w - 1);
    int y = random.nextInt(100, 400);
    for (int c = 0; c < 3; c++) {
      for (int k : new int[] {0, 1, w, w + 1}) {
        s[(c * h + y) * w + x + k] = 60_000;
      }
    }
    EnvironmentMap map = EnvironmentMap.of(Image.rgb(w, h, s));
    List<AreaLight> lights = AreaLights.medianCut(map, 64);
    Vector3 sun = EnvironmentMap.direction((x + 1.0) / w, (y + 1.0) / h);
    double energy = 60_000 * 2 * (map.solidAngle(y) + map.solidAngle(y + 1));
    List<AreaLight> near =
        lights.stream().filter(l -> l.direction().dot(sun) > Math.cos(0.005)).toList();
    assertEquals(1, near.size());
    assertEquals(energy, near.getFirst().green(), 0.01 * energy);
    assertTrue(near.getFirst().angularRadiusRadians() < 0.012, near::toString);
  }

  @Test
  void lightsGiveTheIrradianceOfTheMap(Random random) {
    EnvironmentMap map = TestMaps.smooth(256, random);
    List<AreaLight> lights = AreaLights.medianCut(map, 64);
    for (int i = 0; i < 20; i++) {
      Vector3 n = TestMaps.direction(random);
      double sum =
          lights.stream().mapToDouble(l -> l.green() * Math.max(0, n.dot(l.direction()))).sum();
      double exact = map.irradiance(n).green();
      assertEquals(exact, sum, 0.04 * exact);
    }
  }

  @Test
  void discOnTheSeamStaysWhole() {
    EnvironmentMap map = TestMaps.disc(256, new Vector3(0, 0, 1), 0.3, 1);
    AreaLight light = AreaLights.medianCut(map, 1).getFirst();
    assertEquals(1, light.direction().z(), 1e-6);
    EnvironmentMap two = map.blended(TestMaps.disc(256, new Vector3(1, 0, 0), 0.05, 1000), 0.5);
    List<AreaLight> lights = AreaLights.medianCut(two, 2);
    assertTrue(lights.stream().anyMatch(l -> l.direction().z() > 0.999), lights::toString);
    assertTrue(lights.stream().anyMatch(l -> l.direction().x() > 0.999), lights::toString);
  }

  @Test
  void blackMapHasNoLights() {
    assertTrue(AreaLights.medianCut(EnvironmentMap.uniform(8, 4, Rgb.BLACK), 8).isEmpty());
    EnvironmentMap single = TestMaps.disc(16, TestMaps.direction(new Random(1)), 0.01, 1);
    assertTrue(AreaLights.medianCut(single, 64).size() <= 1);
  }
}
