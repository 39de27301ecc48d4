package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

@Randomized
class LightingDilationTest {
  private static final List<Matrix3> REC709 = List.of(Matrix3.IDENTITY);

  private static float[] limits(int width, float limit) {
    float[] out = new float[width * width / 2];
    Arrays.fill(out, limit);
    return out;
  }

  /** Grey 0.1 with discs of light in it. */
  private static EnvironmentMap discs(int width, double radiusDegrees, Rgb light, Vector3... at) {
    int height = width / 2;
    float[] s = new float[3 * width * height];
    Arrays.fill(s, 0.1f);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / width, (y + 0.5) / height);
        for (Vector3 centre : at) {
          if (d.dot(centre.normalized()) >= Math.cos(Math.toRadians(radiusDegrees))) {
            s[y * width + x] = (float) light.red();
            s[width * height + y * width + x] = (float) light.green();
            s[2 * width * height + y * width + x] = (float) light.blue();
          }
        }
      }
    }
    return EnvironmentMap.of(Image.rgb(width, height, s));
  }

  private static void assertEnergyKept(LightingDilation.Result result, EnvironmentMap map) {
    Rgb before = map.energy();
    Rgb after = result.map().energy();
    assertEquals(before.red(), after.red(), 1e-6 * before.red());
    assertEquals(before.green(), after.green(), 1e-6 * before.green());
    assertEquals(before.blue(), after.blue(), 1e-6 * before.blue());
  }

  @Test
  void anySunIsSpreadWithinTheLimitAndKeepsItsEnergy(Random random) {
    Vector3 at =
        new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
            .normalized();
    EnvironmentMap map = discs(256, 2, new Rgb(3000, 2000, 1000), at);
    LightingDilation.Result result = LightingDilation.dilate(map, limits(256, 2), REC709);
    assertEnergyKept(result, map);
    float most = 0;
    for (float v : result.map().image().samples()) {
      most = Math.max(most, v);
    }
    assertTrue(most <= 2 * (1 + 2e-6), "brightest " + most);
    // A disc of the limit, red being the brightest: 1 − cos of its radius holds the energy.
    double red = map.energy().red() - 0.1 * 4 * Math.PI;
    double radius = Math.toDegrees(Math.acos(1 - red / (2 - 0.1) / (2 * Math.PI)));
    assertEquals(radius, result.widestDegrees(), 0.05 * radius + 2);
    assertEquals(1, result.regions());
  }

  @Test
  void colourIsTheSameOverAWholeRegion() {
    EnvironmentMap map = discs(128, 3, new Rgb(500, 100, 20), new Vector3(1, 0.2, 0));
    LightingDilation.Result result = LightingDilation.dilate(map, limits(128, 4), REC709);
    Image image = result.map().image();
    int changed = 0;
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 128; x++) {
        if (image.at(0, y, x) != 0.1f) {
          changed++;
          assertEquals(4, image.at(0, y, x), 0.3);
          assertEquals(0.2, image.at(1, y, x) / image.at(0, y, x), 0.05);
        } else {
          // Where red is untouched, so are the others: no fringe.
          assertEquals(0.1f, image.at(1, y, x));
          assertEquals(0.1f, image.at(2, y, x));
        }
      }
    }
    assertTrue(changed > 0);
  }

  @Test
  void regionsThatMeetBecomeOne() {
    Vector3 a = EnvironmentMap.direction(0.5, 0.5);
    Vector3 b = EnvironmentMap.direction(0.54, 0.5);
    Vector3 far = EnvironmentMap.direction(0.02, 0.5);
    EnvironmentMap map = discs(256, 2, Rgb.grey(300), a, b, far);
    LightingDilation.Result result = LightingDilation.dilate(map, limits(256, 2), REC709);
    assertEquals(2, result.regions());
    assertEnergyKept(result, map);
  }

  @Test
  void seamAndPolesAreNoEdges() {
    for (Vector3 at : List.of(new Vector3(0, 0, 1), new Vector3(0, 1, 0), new Vector3(0, -1, 0))) {
      EnvironmentMap map = discs(128, 4, Rgb.grey(400), at);
      LightingDilation.Result result = LightingDilation.dilate(map, limits(128, 2), REC709);
      assertEquals(1, result.regions());
      assertEnergyKept(result, map);
      // The light stays where it was, about its own middle.
      Vector3 sum = Vector3.ZERO;
      for (int y = 0; y < 64; y++) {
        for (int x = 0; x < 128; x++) {
          sum =
              sum.plus(
                  map.pixelDirection(x, y)
                      .times((result.map().image().at(0, y, x) - 0.1) * map.solidAngle(y)));
        }
      }
      assertTrue(sum.normalized().dot(at) > Math.cos(Math.toRadians(2)), at + " " + sum);
    }
  }

  @Test
  void limitHoldsInThePanelsPrimaries() {
    Matrix3 matrix = CubeRig.PIXEL_CUBE.rig().panelTypes().getFirst().fromRec709();
    EnvironmentMap map = discs(128, 3, new Rgb(20, 200, 900), new Vector3(-1, 0, 1));
    LightingDilation.Result result = LightingDilation.dilate(map, limits(128, 3), List.of(matrix));
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 128; x++) {
        Image i = result.map().image();
        Vector3 p = matrix.apply(new Vector3(i.at(0, y, x), i.at(1, y, x), i.at(2, y, x)));
        assertTrue(Math.max(p.x(), Math.max(p.y(), p.z())) <= 3 * (1 + 2e-6));
      }
    }
  }

  @Test
  void aMapThatFitsIsLeftAlone() {
    EnvironmentMap map = discs(64, 5, Rgb.grey(1.5), new Vector3(0, 0, 1));
    assertSame(map, LightingDilation.dilate(map, limits(64, 2), REC709).map());
  }

  @Test
  void tooBrightAsAWholeSaysByHowMuch() {
    EnvironmentMap map = discs(64, 5, Rgb.grey(10), new Vector3(0, 0, 1));
    String line =
        assertThrows(UserError.class, () -> LightingDilation.dilate(map, limits(64, 0.05f), REC709))
            .getMessage();
    double stops = Math.log(map.meanRadiance().red() / 0.05) / Math.log(2);
    assertEquals(
        String.format(
            java.util.Locale.ROOT,
            "environment: is brighter on average than the panels can show, by %.2f stops; lower the"
                + " exposure by as much",
            stops),
        line);
  }

  @Test
  void sunsOfEveryMapKeepTheirEnergy(Random random) {
    int width = 128;
    float[] s = new float[3 * width * width / 2];
    for (int i = 0; i < s.length; i++) {
      s[i] = (float) Math.exp(2 * random.nextGaussian());
    }
    EnvironmentMap map = EnvironmentMap.of(Image.rgb(width, width / 2, s));
    float[] limit = limits(width, 20);
    for (int i = 0; i < limit.length; i++) {
      limit[i] *= 1 + random.nextFloat();
    }
    LightingDilation.Result result = LightingDilation.dilate(map, limit, REC709);
    assertEnergyKept(result, map);
    float[] out = result.map().image().samples();
    for (int i = 0; i < out.length; i++) {
      assertTrue(out[i] <= limit[i % limit.length] * (1 + 2e-6));
    }
    assertArrayEquals(
        new double[] {result.before().red(), result.before().green()},
        new double[] {map.energy().red(), map.energy().green()},
        1e-12);
  }
}
