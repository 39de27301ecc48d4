package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class EnvironmentViewTest {
  /** Red, green and blue tell the direction: 1 + x, 1 + y, 1 + z. */
  private static EnvironmentMap compass() {
    int h = 256;
    int w = 2 * h;
    float[] s = new float[3 * w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / w, (y + 0.5) / h);
        s[y * w + x] = (float) (1 + d.x());
        s[(h + y) * w + x] = (float) (1 + d.y());
        s[(2 * h + y) * w + x] = (float) (1 + d.z());
      }
    }
    return EnvironmentMap.of(Image.rgb(w, h, s));
  }

  @Test
  void theMiddleLooksAlongMinusZAndXRunsToTheRight() {
    Image view = EnvironmentView.render(compass(), Rotation.IDENTITY, 60, 65, 65, 0, 1);
    assertEquals(1, view.at(0, 32, 32), 1e-3);
    assertEquals(1, view.at(1, 32, 32), 1e-3);
    assertEquals(0, view.at(2, 32, 32), 1e-3);
    assertTrue(view.at(0, 32, 60) > 1.3);
    assertTrue(view.at(0, 32, 4) < 0.7);
    assertTrue(view.at(1, 4, 32) > 1.3);
    assertTrue(view.at(1, 60, 32) < 0.7);
  }

  @RepeatedTest(8)
  void everyPixelShowsItsDirection(Random random) {
    double fov = random.nextDouble(20, 140);
    int w = random.nextInt(40, 90);
    int h = random.nextInt(48, 80);
    Rotation turn =
        Rotation.yawPitchRoll(
            random.nextDouble(360), random.nextDouble(-90, 90), random.nextDouble(360));
    Image view = EnvironmentView.render(compass(), turn, fov, w, h, 0, 1);
    double edge = Math.tan(Math.toRadians(fov / 2));
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        // The half field of view is reached exactly at the outer edge of the first and last row.
        double up = edge * (1 - 2 * (y + 0.5) / h);
        double right = edge * (2 * (x + 0.5) / w - 1) * w / h;
        Vector3 d = turn.inverse().apply(new Vector3(right, up, -1).normalized());
        assertEquals(1 + d.x(), view.at(0, y, x), 0.01);
        assertEquals(1 + d.y(), view.at(1, y, x), 0.01);
        assertEquals(1 + d.z(), view.at(2, y, x), 0.01);
      }
    }
  }

  /**
   * Where in the view, as (right, up) in [−1, 1], a lamp appears that stands behind the subject.
   */
  private static double[] lamp(Vector3 at, Rotation turn) {
    int n = 101;
    Image view = EnvironmentView.render(Fixtures.disc(512, at, 3, 1), turn, 90, n, n, 0, 1);
    double sum = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i < n * n; i++) {
      float v = view.samples()[i];
      sum += v;
      x += v * (i % n);
      int row = i / n;
      y += v * row;
    }
    assertTrue(sum > 1, "the lamp is not in the view");
    return new double[] {2 * x / sum / (n - 1) - 1, 1 - 2 * y / sum / (n - 1)};
  }

  @Test
  void theEnvironmentTurnsByTheConventions() {
    Vector3 behind = new Vector3(0, 0, -1);
    double t20 = Math.tan(Math.toRadians(20));
    // Positive yaw is counter-clockwise from above: what is behind the subject goes left.
    double[] yaw = lamp(behind, Rotation.yawPitchRoll(20, 0, 0));
    assertEquals(-t20, yaw[0], 0.02);
    assertEquals(0, yaw[1], 0.02);
    // Positive pitch, right-handed about +X, lifts it.
    double[] pitch = lamp(behind, Rotation.yawPitchRoll(0, 20, 0));
    assertEquals(0, pitch[0], 0.02);
    assertEquals(t20, pitch[1], 0.02);
    // Positive roll, right-handed about +Z, turns counter-clockwise as the camera sees it.
    Vector3 right = new Vector3(Math.sin(Math.toRadians(20)), 0, -Math.cos(Math.toRadians(20)));
    double[] roll = lamp(right, Rotation.yawPitchRoll(0, 0, 90));
    assertEquals(0, roll[0], 0.02);
    assertEquals(t20, roll[1], 0.02);
    // What lights the face is seen only after half a turn.
    double[] front = lamp(new Vector3(0, 0, 1), Rotation.yawPitchRoll(180, 0, 0));
    assertEquals(0, front[0], 0.02);
  }

  @Test
  void theScaleIsAFactor() {
    EnvironmentMap map = compass();
    Image one = EnvironmentView.render(map, Rotation.IDENTITY, 35, 40, 30, 3, 1);
    Image four = EnvironmentView.render(map, Rotation.IDENTITY, 35, 40, 30, 3, 4);
    for (int i = 0; i < one.samples().length; i++) {
      assertEquals(4 * one.samples()[i], four.samples()[i], 1e-4);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "8", "25.6"})
  void aSmallLampKeepsItsLightWhateverTheBlur(double blur) {
    // One pixel of a large map, at several places between the samples of the small view.
    int mapWidth = 2048;
    int side = 256;
    double expected = 0;
    double actual = 0;
    for (int k = 0; k < 4; k++) {
      float[] s = new float[3 * mapWidth * mapWidth / 2];
      int column = mapWidth / 2 + 5 * k;
      int row = mapWidth / 4 + 3 * k;
      for (int c = 0; c < 3; c++) {
        s[(c * mapWidth / 2 + row) * mapWidth + column] = 1000;
      }
      EnvironmentMap map = EnvironmentMap.of(Image.rgb(mapWidth, mapWidth / 2, s));
      Image view = EnvironmentView.render(map, Rotation.IDENTITY, 35, side, side, blur, 1);
      double sum = 0;
      for (int i = 0; i < side * side; i++) {
        assertTrue(view.samples()[i] >= 0);
        sum += view.samples()[i];
      }
      actual += sum / 4;
      // Solid angle ÷ that of a pixel in the middle of the view, near the axis.
      double pixel = 2 * Math.tan(Math.toRadians(17.5)) / side;
      expected += 1000 * map.solidAngle(row) / (pixel * pixel) / 4;
    }
    assertEquals(1, actual / expected, blur == 0 ? 0.3 : 0.12);
  }
}
