package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Vector3;

@Randomized
class CubeMapTest {
  @Test
  void texelSolidAnglesSumToTheSphere() {
    for (int n : new int[] {1, 5, 64}) {
      double sum = 0;
      for (int y = 0; y < n; y++) {
        for (int x = 0; x < n; x++) {
          sum += CubeMap.texelSolidAngle(x, y, n);
        }
      }
      assertEquals(4 * Math.PI, 6 * sum, 1e-12);
    }
  }

  @Test
  void facesLieWhereTheLayoutSays(Random random) {
    for (CubeMap.Face face : CubeMap.Face.values()) {
      double s = random.nextDouble(-0.99, 0.99);
      assertEquals(face, CubeMap.Face.of(face.direction(s, random.nextDouble(-0.99, 0.99))));
    }
    // On every wall up is up; the right of the −Z wall is the right of the picture.
    assertEquals(1, CubeMap.Face.POSITIVE_X.direction(0, -1e9).y(), 1e-6);
    assertEquals(1, CubeMap.Face.NEGATIVE_Z.direction(1e9, 0).x(), 1e-6);
    // Ceiling's bottom edge and floor's top edge touch the −Z wall.
    Vector3 ceiling = CubeMap.Face.POSITIVE_Y.direction(0.3, 1);
    Vector3 wall = CubeMap.Face.NEGATIVE_Z.direction(0.3, -1);
    assertEquals(0, ceiling.minus(wall).length(), 1e-12);
    Vector3 floor = CubeMap.Face.NEGATIVE_Y.direction(0.3, -1);
    assertEquals(0, floor.minus(CubeMap.Face.NEGATIVE_Z.direction(0.3, 1)).length(), 1e-12);
    // Neighbouring walls touch: right edge of −Z is the left edge of +X.
    assertEquals(
        0,
        CubeMap.Face.NEGATIVE_Z
            .direction(1, 0.2)
            .minus(CubeMap.Face.POSITIVE_X.direction(-1, 0.2))
            .length(),
        1e-12);
  }

  @Test
  void energyIsKeptThereAndBack(Random random) {
    EnvironmentMap map = TestMaps.noise(64, random);
    CubeMap cube = CubeMap.of(map, 16);
    double energy = map.energy().red();
    assertEquals(energy, cube.energy().red(), 1e-5 * energy);
    assertEquals(energy, cube.toMap(48, 24).energy().red(), 1e-5 * energy);
    assertEquals(energy, CubeMap.of(map, 3).energy().red(), 1e-5 * energy);
  }

  @Test
  void smoothLightSurvivesTheRoundTrip(Random random) {
    EnvironmentMap map = TestMaps.smooth(128, random);
    CubeMap cube = CubeMap.of(map, 64);
    EnvironmentMap back = cube.toMap(128, 64);
    for (int i = 0; i < 50; i++) {
      Vector3 d = TestMaps.direction(random);
      double expected = map.radiance(d).blue();
      assertEquals(expected, cube.radiance(d).blue(), 0.02 * expected);
      assertEquals(expected, back.radiance(d).blue(), 0.02 * expected);
    }
    EnvironmentMap uniform = EnvironmentMap.uniform(40, 20, Rgb.grey(2));
    assertEquals(2, CubeMap.of(uniform, 7).radiance(TestMaps.direction(random)).red(), 1e-5);
  }
}
