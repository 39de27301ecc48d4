package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.IrradianceMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class LightMapsTest {
  private static final LightMaps.Options FULL = new LightMaps.Options(1, 1);
  private static final LightMaps.Options OPEN = new LightMaps.Options(0, 0);

  private static LightMaps shade(Geometry g, Illumination light, LightMaps.Options options) {
    return LightMaps.of(g, new float[g.size()], HorizonMap.of(g), light, options);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "40,0", "-60,0", "0,55", "0,-70", "30,30"})
  void aWhiteRoomLightsEveryPlaneToOne(double yaw, double pitch) {
    Illumination light =
        Fixtures.illumination(EnvironmentMap.uniform(256, 128, Rgb.grey(1)), Rotation.IDENTITY, 1);
    Vector3 normal = Rotation.yawPitchRoll(yaw, pitch, 0).apply(new Vector3(0, 0, 1));
    Geometry g = Fixtures.plane(24, 20, normal);
    LightMaps maps = shade(g, light, FULL);
    for (int c = 0; c < 3; c++) {
      for (float v : maps.diffuse()[c]) {
        assertEquals(1, v, 0.02);
      }
    }
    for (float v : maps.visibility()) {
      assertEquals(1, v, 1e-5);
    }
  }

  @RepeatedTest(6)
  void diffuseLightIsTheIrradianceOfTheMap(Random random) {
    Vector3 a = direction(random);
    Vector3 b = direction(random);
    EnvironmentMap map =
        Fixtures.map(
            128, d -> 0.3 + 3 * Math.exp(8 * (a.dot(d) - 1)) + Math.pow(Math.max(0, b.dot(d)), 4));
    IrradianceMap exact = IrradianceMap.of(map);
    Rotation turn = Rotation.yawPitchRoll(random.nextDouble(360), random.nextDouble(-40, 40), 10);
    Geometry g = Fixtures.sphere(40, 40, 18);
    LightMaps maps = shade(g, Fixtures.illumination(map, turn, 1), OPEN);
    for (int i = 0; i < g.size(); i++) {
      if (g.alpha()[i] > 0) {
        Vector3 n = turn.inverse().apply(new Vector3(g.nx()[i], g.ny()[i], g.nz()[i]));
        double expected = exact.at(n).green() / Math.PI;
        assertEquals(expected, maps.diffuse()[1][i], 0.03 * expected + 0.02, "pixel " + i);
      }
    }
  }

  private static Vector3 direction(Random random) {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
        .normalized();
  }

  @ParameterizedTest
  @CsvSource({"0,0,1", "1,0,0.2", "0.3,1,0.4", "-1,-0.5,-0.3"})
  void oneSmallLightFollowsTheCosineLaw(double x, double y, double z) {
    Vector3 to = new Vector3(x, y, z).normalized();
    EnvironmentMap map = Fixtures.disc(512, to, 2.5, 100);
    double irradiance = map.energy().green();
    Geometry g = Fixtures.sphere(64, 64, 30);
    LightMaps maps = shade(g, Fixtures.illumination(map, Rotation.IDENTITY, 1), OPEN);
    for (int i = 0; i < g.size(); i++) {
      if (g.alpha()[i] > 0) {
        double cos = g.nx()[i] * to.x() + g.ny()[i] * to.y() + g.nz()[i] * to.z();
        double law = irradiance / Math.PI * Math.max(0, cos);
        // The disc's own size softens the terminator by some per cent of its full light.
        double wrap = Math.abs(cos) < 0.1 ? 0.02 : 0.003;
        assertEquals(law, maps.diffuse()[1][i], irradiance / Math.PI * wrap);
      }
    }
  }

  @Test
  void theLightIsLinearInItsScale() {
    EnvironmentMap map = Fixtures.map(64, d -> 1 + d.x() + 0.5 * d.y() * d.y());
    Geometry g = Fixtures.sphere(48, 48, 20);
    LightMaps one = shade(g, Fixtures.illumination(map, Rotation.IDENTITY, 1), FULL);
    LightMaps eight = shade(g, Fixtures.illumination(map, Rotation.IDENTITY, 8), FULL);
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < g.size(); i++) {
        assertEquals(8 * one.diffuse()[c][i], eight.diffuse()[c][i], 1e-5);
        assertEquals(8 * one.specular()[c][i], eight.specular()[c][i], 1e-5);
      }
    }
    for (int i = 0; i < g.size(); i++) {
      assertEquals(one.visibility()[i], eight.visibility()[i], 1e-6);
    }
  }

  /** Random bumps: plenty of occluders. */
  private static Geometry bumps(int side, Random random) {
    Geometry g = Fixtures.flat(side, side);
    for (int i = 0; i < g.size(); i++) {
      g.depth()[i] = 12 * random.nextFloat();
      Vector3 n =
          new Vector3(random.nextGaussian(), random.nextGaussian(), 0.1 + random.nextDouble())
              .normalized();
      g.nx()[i] = (float) n.x();
      g.ny()[i] = (float) n.y();
      g.nz()[i] = (float) n.z();
      g.alpha()[i] = random.nextFloat();
    }
    return g;
  }

  @RepeatedTest(4)
  void shadowsOnlyTakeLightAway(Random random) {
    Vector3 a = direction(random);
    EnvironmentMap map = Fixtures.map(64, d -> 0.1 + Math.exp(20 * (a.dot(d) - 1)));
    Illumination light = Fixtures.illumination(map, Rotation.IDENTITY, 1);
    Geometry g = bumps(40, random);
    LightMaps open = shade(g, light, OPEN);
    LightMaps full = shade(g, light, FULL);
    boolean some = false;
    for (int i = 0; i < g.size(); i++) {
      assertEquals(1, open.visibility()[i], 1e-5);
      float v = full.visibility()[i];
      assertTrue(v >= 0 && v <= 1 + 1e-5f, "visibility " + v);
      some |= v < 0.8f;
      for (int c = 0; c < 3; c++) {
        assertTrue(full.diffuse()[c][i] <= open.diffuse()[c][i] + 1e-4f);
        assertTrue(full.diffuse()[c][i] >= 0);
      }
    }
    assertTrue(some);
  }

  @Test
  void theShadowPassIsTheShareOfTheLightThatArrivesWhateverItsColour() {
    // A blue light behind a wall, none of any other colour.
    EnvironmentMap grey = Fixtures.disc(128, new Vector3(1, 0, 0.25), 8, 10);
    EnvironmentMap blue = grey.scaled(0, 0, 1);
    Geometry g = Fixtures.flat(64, 64);
    for (int i = 0; i < g.size(); i++) {
      g.depth()[i] = i % 64 >= 40 ? 14 : 0;
    }
    LightMaps one = shade(g, Fixtures.illumination(grey, Rotation.IDENTITY, 1), FULL);
    LightMaps other = shade(g, Fixtures.illumination(blue, Rotation.IDENTITY, 1), FULL);
    int shaded = 32 * 64 + 34;
    assertTrue(one.visibility()[shaded] < 0.3f, "visibility " + one.visibility()[shaded]);
    for (int i = 0; i < g.size(); i++) {
      assertEquals(one.visibility()[i], other.visibility()[i], 0.02);
    }
  }

  @RepeatedTest(4)
  void reflectionsAreBoundedAndVanishWithTheirGain(Random random) {
    Vector3 a = direction(random);
    EnvironmentMap map = Fixtures.map(64, d -> 0.2 + 5 * Math.exp(30 * (a.dot(d) - 1)));
    Illumination light = Fixtures.illumination(map, Rotation.IDENTITY, 2);
    Geometry g = Fixtures.sphere(40, 40, 18);
    float[] skin = new float[g.size()];
    for (int i = 0; i < skin.length; i++) {
      skin[i] = random.nextFloat();
    }
    HorizonMap horizon = HorizonMap.of(g);
    LightMaps maps = LightMaps.of(g, skin, horizon, light, new LightMaps.Options(1, 2));
    boolean some = false;
    for (float[] plane : maps.specular()) {
      for (float v : plane) {
        // Gain 2, scale 2, Fresnel at most 0.35, radiance at most 5.2.
        assertTrue(v >= 0 && v <= 2 * 2 * 0.35 * 5.2, "specular " + v);
        some |= v > 0;
      }
    }
    assertTrue(some);
    LightMaps none = LightMaps.of(g, skin, horizon, light, new LightMaps.Options(1, 0));
    for (float[] plane : none.specular()) {
      for (float v : plane) {
        assertEquals(0, v, 0);
      }
    }
  }

  @Test
  void theMirrorShowsTheLightWhereTheNormalHalvesTheAngle() {
    Vector3 to = new Vector3(1, 0, 1).normalized();
    EnvironmentMap map = Fixtures.disc(256, to, 4, 50);
    Geometry g = Fixtures.sphere(80, 80, 38);
    LightMaps maps = shade(g, Fixtures.illumination(map, Rotation.IDENTITY, 1), FULL);
    int best = 0;
    for (int i = 0; i < g.size(); i++) {
      if (maps.specular()[0][i] > maps.specular()[0][best]) {
        best = i;
      }
    }
    double half = Math.toRadians(22.5);
    assertEquals(Math.sin(half), g.nx()[best], 0.08);
    assertEquals(0, g.ny()[best], 0.08);
  }
}
