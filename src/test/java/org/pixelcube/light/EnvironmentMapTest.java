package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class EnvironmentMapTest {
  private static void assertVector(Vector3 expected, Vector3 actual, double tolerance) {
    assertEquals(0, expected.minus(actual).length(), tolerance, () -> expected + " " + actual);
  }

  private static void assertRgb(Rgb expected, Rgb actual, double relative) {
    assertEquals(expected.red(), actual.red(), relative * expected.red() + 1e-12);
    assertEquals(expected.green(), actual.green(), relative * expected.green() + 1e-12);
    assertEquals(expected.blue(), actual.blue(), relative * expected.blue() + 1e-12);
  }

  @Test
  void axesAreThoseOfTheConventions() {
    assertVector(new Vector3(0, 0, -1), EnvironmentMap.direction(0.5, 0.5), 1e-15);
    assertVector(new Vector3(0, 0, 1), EnvironmentMap.direction(0, 0.5), 1e-15);
    assertVector(new Vector3(1, 0, 0), EnvironmentMap.direction(0.75, 0.5), 1e-15);
    assertVector(new Vector3(-1, 0, 0), EnvironmentMap.direction(0.25, 0.5), 1e-15);
    assertVector(new Vector3(0, 1, 0), EnvironmentMap.direction(0.3, 0), 1e-15);
    assertVector(new Vector3(0, -1, 0), EnvironmentMap.direction(0.3, 1), 1e-15);
  }

  @Test
  void placeAndDirectionAreInverse(Random random) {
    for (int i = 0; i < 100; i++) {
      double u = random.nextDouble();
      double v = random.nextDouble(1e-6, 1);
      EnvironmentMap.Uv uv =
          EnvironmentMap.uv(EnvironmentMap.direction(u, v).times(random.nextDouble(0.1, 9)));
      assertEquals(u, uv.u(), 1e-9);
      assertEquals(v, uv.v(), 1e-12);
    }
    assertEquals(0, EnvironmentMap.uv(new Vector3(-0.0, 0, 1)).u());
    assertEquals(0, EnvironmentMap.uv(new Vector3(0.0, 0, 1)).u());
    assertEquals(0, EnvironmentMap.uv(new Vector3(0, 2, 0)).v());
    assertEquals(1, EnvironmentMap.uv(new Vector3(0, -2, 0)).v());
  }

  @Test
  void solidAnglesAreExactAndSumToTheSphere() {
    for (int h : new int[] {2, 7, 256, 1024}) {
      EnvironmentMap map = EnvironmentMap.uniform(2 * h, h, Rgb.grey(1));
      double sum = 0;
      for (int y = 0; y < h; y++) {
        sum += 2 * h * map.solidAngle(y);
        double closed = Math.PI / h * (Math.cos(Math.PI * y / h) - Math.cos(Math.PI * (y + 1) / h));
        assertEquals(closed, map.solidAngle(y), 1e-15);
      }
      assertEquals(4 * Math.PI, sum, 1e-12);
    }
  }

  @Test
  void radianceAtPixelCentresIsTheSample(Random random) {
    EnvironmentMap map = TestMaps.noise(16, random);
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 16; x++) {
        assertEquals(map.image().at(1, y, x), map.radiance(map.pixelDirection(x, y)).green(), 1e-6);
      }
    }
  }

  @Test
  void radianceIsContinuousOverSeamAndPoles(Random random) {
    EnvironmentMap map = TestMaps.noise(16, random);
    double e = 1e-7;
    for (int i = 0; i < 20; i++) {
      double y = random.nextDouble(-0.9, 0.9);
      assertRgb(map.radiance(new Vector3(e, y, 1)), map.radiance(new Vector3(-e, y, 1)), 1e-4);
      double a = random.nextDouble() * 2 * Math.PI;
      Vector3 over = new Vector3(e * Math.cos(a), 1, e * Math.sin(a));
      Vector3 beyond = new Vector3(-over.x(), 1, -over.z());
      assertRgb(map.radiance(over), map.radiance(beyond), 1e-4);
    }
  }

  @Test
  void bulkRadianceEqualsTheSingleOne(Random random) {
    EnvironmentMap map = TestMaps.noise(32, random);
    int n = 200;
    float[] x = new float[n];
    float[] y = new float[n];
    float[] z = new float[n];
    for (int i = 0; i < n; i++) {
      Vector3 d = TestMaps.direction(random);
      x[i] = (float) d.x();
      y[i] = (float) d.y();
      z[i] = (float) d.z();
    }
    float[] out = new float[3 * n];
    map.radiance(x, y, z, out);
    for (int i = 0; i < n; i++) {
      Rgb one = map.radiance(new Vector3(x[i], y[i], z[i]));
      assertRgb(one, new Rgb(out[i], out[n + i], out[2 * n + i]), 1e-5);
    }
  }

  @Test
  void badShapesAreUserErrors() {
    UserError e =
        assertThrows(UserError.class, () -> EnvironmentMap.of(Image.rgb(8, 5, new float[3 * 40])));
    assertTrue(e.getMessage().contains("8×5"), e.getMessage());
    assertTrue(e.getMessage().contains("crop or resample to 2:1"), e.getMessage());
    assertThrows(UserError.class, () -> EnvironmentMap.of(Image.rgb(2, 1, new float[6])));
    assertThrows(
        IllegalArgumentException.class,
        () -> EnvironmentMap.of(Image.data(8, 4, 3, new float[96])));
  }

  @Test
  void brokenSamplesAreMendedAndCounted() {
    float[] s = new float[3 * 8];
    s[0] = Float.NaN;
    s[1] = -2;
    s[2] = Float.POSITIVE_INFINITY;
    s[3] = Float.NEGATIVE_INFINITY;
    s[4] = 7;
    EnvironmentMap map = EnvironmentMap.of(Image.rgb(4, 2, s));
    assertEquals(4, map.repairedSamples());
    float[] fixed = map.image().samples();
    assertArrayEquals(new float[] {0, 0, 7, 0, 7}, java.util.Arrays.copyOf(fixed, 5));
    assertTrue(Float.isNaN(s[0]), "the picture handed in is left alone");
    assertTrue(EnvironmentMap.of(Image.rgb(4, 2, new float[24])).isBlack());
  }

  @Test
  void uniformLightHasTheClosedForms(Random random) {
    EnvironmentMap map = EnvironmentMap.uniform(128, 64, new Rgb(0.5, 1, 2));
    assertRgb(new Rgb(0.5, 1, 2), map.meanRadiance(), 1e-12);
    Rgb e = map.irradiance(TestMaps.direction(random));
    assertRgb(new Rgb(0.5 * Math.PI, Math.PI, 2 * Math.PI), e, 1e-3);
  }

  @Test
  void oneSmallLightLightsByItsCosine() {
    Vector3 to = new Vector3(0.6, 0.48, 0.64);
    EnvironmentMap map = TestMaps.disc(512, to, 0.05, 100);
    double energy = map.energy().luminance();
    assertEquals(2 * Math.PI * (1 - Math.cos(0.05)) * 100, energy, 0.03 * energy);
    assertEquals(energy, map.irradiance(to).green(), 0.002 * energy);
    Vector3 normal = new Vector3(1, 0, 0);
    assertEquals(0.6 * energy, map.irradiance(normal).green(), 0.002 * energy);
    assertEquals(0, map.irradiance(to.times(-1)).green());
  }

  @Test
  void yawCarriesFrontLightToTheRight() {
    EnvironmentMap map = TestMaps.disc(64, new Vector3(0, 0, 1), 0.2, 5);
    EnvironmentMap turned = map.rotated(Rotation.yawPitchRoll(90, 0, 0));
    assertEquals(5, turned.radiance(new Vector3(1, 0, 0)).red(), 1e-6);
    assertEquals(0, turned.radiance(new Vector3(0, 0, 1)).red(), 1e-6);
    EnvironmentMap up = map.rotated(Rotation.yawPitchRoll(0, -90, 0));
    assertEquals(5, up.radiance(new Vector3(0, 1, 0)).red(), 1e-4);
  }

  @Test
  void wholeColumnsTurnExactlyAndBack(Random random) {
    EnvironmentMap map = TestMaps.noise(32, random);
    int columns = random.nextInt(1, 32);
    Rotation yaw = Rotation.yawPitchRoll(columns * 360.0 / 32, 0, 0);
    EnvironmentMap turned = map.rotated(yaw);
    Vector3 d = map.pixelDirection(5, 3);
    assertRgb(map.radiance(d), turned.radiance(yaw.apply(d)), 1e-6);
    assertArrayEquals(map.image().samples(), turned.rotated(yaw.inverse()).image().samples());
    assertSame(map, map.rotated(Rotation.yawPitchRoll(360, 0, 0)));
  }

  @Test
  void anyTurnMovesRadianceAndNearlyKeepsEnergy(Random random) {
    EnvironmentMap map = TestMaps.smooth(128, random);
    Rotation r = TestMaps.rotation(random);
    EnvironmentMap turned = map.rotated(r);
    for (int i = 0; i < 30; i++) {
      Vector3 d = TestMaps.direction(random);
      assertRgb(map.radiance(d), turned.radiance(r.apply(d)), 0.01);
    }
    assertRgb(map.energy(), turned.energy(), 1e-3);
    EnvironmentMap back = turned.rotated(r.inverse());
    for (int i = 0; i < 30; i++) {
      Vector3 d = TestMaps.direction(random);
      assertRgb(map.radiance(d), back.radiance(d), 0.01);
    }
  }

  @Test
  void exposureIsInStops(Random random) {
    EnvironmentMap map = TestMaps.noise(16, random);
    assertRgb(map.meanRadiance().times(4), map.exposed(2).meanRadiance(), 1e-6);
    Rgb mean = map.meanRadiance();
    assertRgb(new Rgb(0, mean.green(), 3 * mean.blue()), map.scaled(0, 1, 3).meanRadiance(), 1e-6);
    assertThrows(IllegalArgumentException.class, () -> map.scaled(1, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> map.exposed(Double.NaN));
  }

  @Test
  void anySizeKeepsTheEnergy(Random random) {
    EnvironmentMap map = TestMaps.noise(96, random);
    for (int w : new int[] {4, 10, 32, 48, 64, 130, 192}) {
      assertRgb(map.energy(), map.resampled(w, w / 2).energy(), 1e-6);
    }
    EnvironmentMap uniform = EnvironmentMap.uniform(100, 50, Rgb.grey(1)).resampled(36, 18);
    for (float s : uniform.image().samples()) {
      assertEquals(1, s, 1e-6);
    }
  }

  @Test
  void halvingWeighsRowsBySolidAngle(Random random) {
    EnvironmentMap map = TestMaps.noise(16, random);
    EnvironmentMap half = map.downsampled(8, 4);
    for (int y = 0; y < 4; y++) {
      double a = map.solidAngle(2 * y);
      double b = map.solidAngle(2 * y + 1);
      double top = map.image().at(0, 2 * y, 6) + map.image().at(0, 2 * y, 7);
      double bottom = map.image().at(0, 2 * y + 1, 6) + map.image().at(0, 2 * y + 1, 7);
      assertEquals(
          (a * top + b * bottom) / (2 * a + 2 * b),
          half.image().at(0, y, 3),
          1e-6 * (top + bottom));
    }
  }
}
