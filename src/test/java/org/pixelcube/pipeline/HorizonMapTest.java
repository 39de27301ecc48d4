package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HorizonMapTest {
  private static final int SIDE = 128;
  private static final float SOFT = 0.1f;

  /** Azimuths in units of the ring. */
  private static final float RIGHT = 0;

  private static final float UP = HorizonMap.AZIMUTHS / 4f;
  private static final float LEFT = HorizonMap.AZIMUTHS / 2f;
  private static final float DOWN = 3 * HorizonMap.AZIMUTHS / 4f;

  @Test
  void azimuthRunsCounterClockwiseFromTheRight() {
    assertEquals(RIGHT, HorizonMap.azimuth(1, 0), 1e-6);
    assertEquals(UP, HorizonMap.azimuth(0, 1), 1e-6);
    assertEquals(LEFT, HorizonMap.azimuth(-1, 0), 1e-6);
    assertEquals(DOWN, HorizonMap.azimuth(0, -1), 1e-6);
  }

  /** The picture's half on this side stands {@code step} grid pixels nearer to the camera. */
  private static Geometry wall(int dx, int dy, float step) {
    Geometry g = Fixtures.flat(SIDE, SIDE);
    for (int i = 0; i < g.size(); i++) {
      int x = i % SIDE - SIDE / 2;
      int y = SIDE / 2 - 1 - i / SIDE;
      g.depth()[i] = x * dx + y * dy >= 0 ? step : 0;
    }
    return g;
  }

  @ParameterizedTest
  @CsvSource({"1,0,0", "0,1,4", "-1,0,8", "0,-1,12"})
  void aWallShadesTheGroundFromLowLightBehindIt(int dx, int dy, float towards) {
    HorizonMap map = HorizonMap.of(wall(dx, dy, 16));
    // Eight half-grid pixels before a wall that is eight high: its top stands at 45°.
    int x = SIDE / 4 - 8 * dx;
    int y = SIDE / 4 + 8 * dy;
    int i = y * map.width() + x;
    float away = (towards + 8) % 16;
    assertEquals(0, map.visibility(i, towards, 0.2f, SOFT), 0);
    assertEquals(1, map.visibility(i, towards, 1.2f, SOFT), 0);
    assertEquals(1, map.visibility(i, away, 0.1f, SOFT), 0);
    // The horizon itself, found by bisection: the nearest step of the search is within 25 %.
    float low = 0;
    float high = 1.5f;
    for (int k = 0; k < 20; k++) {
      float middle = (low + high) / 2;
      if (map.visibility(i, towards, middle, SOFT) < 0.5f) {
        low = middle;
      } else {
        high = middle;
      }
    }
    assertEquals(1, Math.tan(low), 0.25);
    // On top of the wall nothing is in the way, nor far from it.
    int top = (SIDE / 4 - 8 * dy) * map.width() + SIDE / 4 + 8 * dx;
    int far = (SIDE / 4 + 30 * dy) * map.width() + SIDE / 4 - 30 * dx;
    for (int a = 0; a < HorizonMap.AZIMUTHS; a++) {
      assertEquals(1, map.visibility(top, a, 0.1f, SOFT), 0);
      assertEquals(1, map.visibility(far, a, 0.1f, SOFT), 0);
    }
  }

  @Test
  void lightThatGrazesTheWallAlongItsFootIsSeen() {
    HorizonMap map = HorizonMap.of(wall(1, 0, 16));
    int i = SIDE / 4 * map.width() + SIDE / 4 - 8;
    assertEquals(1, map.visibility(i, UP, 0.2f, SOFT), 0);
    assertEquals(1, map.visibility(i, DOWN, 0.2f, SOFT), 0);
  }

  @ParameterizedTest
  @CsvSource({"20", "41.3", "60"})
  void aSphereDoesNotShadeItself(double radius) {
    Geometry g = Fixtures.sphere(SIDE, SIDE, radius);
    HorizonMap map = HorizonMap.of(g);
    int n = 0;
    for (int i = 0; i < map.width() * map.height(); i++) {
      if (!map.inside(i)) {
        continue;
      }
      n++;
      for (int a = 0; a < HorizonMap.AZIMUTHS; a++) {
        assertEquals(
            1, map.visibility(i, a, -1.5f, SOFT), 0, i % 64 + ", " + i / 64 + " azimuth " + a);
      }
    }
    assertTrue(n > 0.7 * radius * radius);
  }

  @Test
  void aTiltedPlaneDoesNotShadeItself() {
    for (double tilt : new double[] {-70, -40, 25, 60, 75}) {
      double t = Math.toRadians(tilt);
      Geometry g =
          Fixtures.plane(
              60, 50, new org.pixelcube.math.Vector3(Math.sin(t), 0, Math.cos(t)).normalized());
      HorizonMap map = HorizonMap.of(g);
      for (int i = 0; i < map.width() * map.height(); i++) {
        for (int a = 0; a < HorizonMap.AZIMUTHS; a++) {
          assertEquals(1, map.visibility(i, a, -1.5f, SOFT), 0);
        }
      }
    }
  }
}
