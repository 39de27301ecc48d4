package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class IrradianceMapTest {
  @Test
  void uniformLightIsPiTimesRadiance(Random random) {
    IrradianceMap map = IrradianceMap.of(EnvironmentMap.uniform(256, 128, new Rgb(1, 2, 3)));
    Rgb e = map.at(TestMaps.direction(random));
    assertEquals(Math.PI, e.red(), 0.005 * Math.PI);
    assertEquals(3 * Math.PI, e.blue(), 0.015 * Math.PI);
  }

  @Test
  void tableEqualsTheSumOverPixels(Random random) {
    EnvironmentMap sun = TestMaps.disc(256, TestMaps.direction(random), 0.05, 1000);
    EnvironmentMap smooth = TestMaps.smooth(256, random);
    for (EnvironmentMap map : new EnvironmentMap[] {sun, smooth, sun.blended(smooth, 0.5)}) {
      IrradianceMap table = IrradianceMap.of(map);
      double largest = 0;
      double worst = 0;
      for (int i = 0; i < 200; i++) {
        Vector3 n = TestMaps.direction(random);
        double exact = map.irradiance(n).red();
        largest = Math.max(largest, exact);
        worst = Math.max(worst, Math.abs(exact - table.at(n).red()));
      }
      assertEquals(0, worst / largest, 0.01);
    }
  }

  @Test
  void turningTheLookUpIsTurningTheMap(Random random) {
    EnvironmentMap map = TestMaps.noise(64, random);
    Rotation yaw = Rotation.yawPitchRoll(random.nextInt(64) * 360.0 / 64, 0, 0);
    IrradianceMap turned = IrradianceMap.of(map.rotated(yaw));
    IrradianceMap still = IrradianceMap.of(map);
    Vector3 n = TestMaps.direction(random);
    float[] out = new float[3];
    still.sample(
        yaw,
        new float[] {(float) n.x()},
        new float[] {(float) n.y()},
        new float[] {(float) n.z()},
        out);
    double expected = turned.at(n).green();
    assertEquals(expected, out[1], 0.003 * expected);
  }

  @Test
  void nodesOfTheTableAreReadBackAndSharedEdgesAgree(Random random) {
    int cells = 8;
    float[][] nodes = DirectionTable.nodes(cells);
    float[] rgb = new float[3 * 81];
    Vector3 a = TestMaps.direction(random);
    for (int i = 0; i < 81; i++) {
      // Any function of direction: equal at the nodes the fold makes the same.
      rgb[3 * i + 1] =
          (float) (2 + nodes[0][i] * a.x() + nodes[1][i] * a.y() + nodes[2][i] * a.z());
    }
    DirectionTable table = new DirectionTable(cells, rgb);
    for (int i = 0; i < 81; i++) {
      assertEquals(
          rgb[3 * i + 1],
          table.at(new Vector3(nodes[0][i], nodes[1][i], nodes[2][i])).green(),
          1e-5);
      assertEquals(1, new Vector3(nodes[0][i], nodes[1][i], nodes[2][i]).length(), 1e-6);
    }
    // Across the folded half's outer edges the interpolant is continuous.
    double e = 1e-6;
    for (int i = 0; i < 20; i++) {
      double t = random.nextDouble(-1, 1);
      assertEquals(
          table.at(new Vector3(e, t, -1)).green(), table.at(new Vector3(-e, t, -1)).green(), 1e-4);
    }
  }
}
