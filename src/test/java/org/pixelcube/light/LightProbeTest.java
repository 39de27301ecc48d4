package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;

@Randomized
class LightProbeTest {
  private static final int SIZE = 64;

  @Test
  void ballsUnderUniformLightHaveTheirReflectance() {
    EnvironmentMap map = EnvironmentMap.uniform(128, 64, Rgb.grey(2));
    int middle = SIZE / 2;
    assertEquals(2, LightProbe.mirrorBall(map, SIZE).at(0, middle, 3), 1e-5);
    assertEquals(0.36, LightProbe.diffuseBall(map, SIZE, 0.18).at(1, 9, middle), 0.002);
    assertEquals(0.36, LightProbe.harmonicBall(map, SIZE, 0.18).at(2, 50, middle), 1e-4);
  }

  @Test
  void coverageIsThatOfADisc() {
    EnvironmentMap map = EnvironmentMap.uniform(8, 4, Rgb.grey(1));
    for (Image ball :
        new Image[] {LightProbe.mirrorBall(map, SIZE), LightProbe.diffuseBall(map, SIZE, 1)}) {
      assertEquals(4, ball.channels());
      double area = 0;
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          area += ball.at(3, y, x);
        }
      }
      assertEquals(Math.PI / 4, area / (SIZE * SIZE), 0.01);
      assertEquals(0, ball.at(3, 0, 0));
    }
  }

  /** The mirror pixel whose normal is half way between a light and the camera shows the light. */
  @Test
  void mirrorShowsALightAtTheHalfVector(Random random) {
    Vector3 to = TestMaps.direction(random);
    while (to.z() < -0.7) {
      to = TestMaps.direction(random);
    }
    EnvironmentMap map = TestMaps.disc(512, to, 0.15, 9);
    Image ball = LightProbe.mirrorBall(map, 128);
    Vector3 n = to.plus(new Vector3(0, 0, 1)).normalized();
    int x = (int) Math.floor((n.x() + 1) / 2 * 128);
    int y = (int) Math.floor((1 - n.y()) / 2 * 128);
    assertEquals(9, ball.at(0, y, x), 0.5);
  }

  @Test
  void lightFromTheRightLightsTheRightOfTheBall() {
    EnvironmentMap map = TestMaps.disc(128, new Vector3(1, 0, 0), 0.3, 5);
    Image ball = LightProbe.diffuseBall(map, SIZE, 1);
    assertTrue(ball.at(0, SIZE / 2, SIZE - 4) > 0.3);
    assertEquals(0, ball.at(0, SIZE / 2, 3), 1e-3);
    EnvironmentMap above = TestMaps.disc(128, new Vector3(0, 1, 0), 0.3, 5);
    Image lit = LightProbe.diffuseBall(above, SIZE, 1);
    assertTrue(lit.at(0, 4, SIZE / 2) > 10 * lit.at(0, SIZE - 4, SIZE / 2));
  }

  @Test
  void mainLightIsTheKey() {
    AreaLight key = LightProbe.mainLight(MapLibrary.find("rembrandt")).orElseThrow();
    assertEquals(0, key.direction().minus(MapPainter.direction(48, 42)).length(), 0.03);
    AreaLight ring = LightProbe.mainLight(MapLibrary.find("ring")).orElseThrow();
    assertEquals(1, ring.direction().z(), 0.01);
    assertTrue(LightProbe.mainLight(EnvironmentMap.uniform(8, 4, Rgb.BLACK)).isEmpty());
  }

  @Test
  void sheetAndSelfTestAreDrawn() {
    EnvironmentMap test = LightProbe.selfTest();
    assertEquals(1024, test.width());
    // The grid's white axes: u = ¾ is +X.
    assertTrue(test.radiance(EnvironmentMap.direction(0.75 + 0.5 / 1024, 0.3)).green() > 0.8);
    Image sheet = LightProbe.probeSheet(MapLibrary.find("three-point"));
    assertEquals(1024, sheet.width());
    // Text at the bottom: some pixels white.
    float brightest = 0;
    for (int y = 780; y < sheet.height(); y++) {
      for (int x = 0; x < 1024; x++) {
        brightest = Math.max(brightest, sheet.at(0, y, x));
      }
    }
    assertTrue(brightest > 0.8);
    LightProbe.probeSheet(EnvironmentMap.uniform(4, 2, Rgb.BLACK));
  }
}
