package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;

@Randomized
class RegionTest {
  @Test
  void squareAndPictureAreInverse(Random random) {
    for (int i = 0; i < 200; i++) {
      Region region =
          new Region(
              random.nextDouble() * 500,
              random.nextDouble() * 500,
              1 + random.nextDouble() * 300,
              random.nextDouble() * 7 - 3.5);
      double u = random.nextDouble();
      double v = random.nextDouble();
      double x = region.x(u, v);
      double y = region.y(u, v);
      assertEquals(u, region.u(x, y), 1e-9);
      assertEquals(v, region.v(x, y), 1e-9);
    }
  }

  @Test
  void anUprightSquareOfTheSameSizeCopies() {
    int side = 24;
    float[] s = new float[3 * side * side];
    for (int i = 0; i < s.length; i++) {
      s[i] = (i * 37 % 101) / 100f;
    }
    Image picture = Image.rgb(side, side, s);
    float[] sampled = Region.whole(side, side).sample(picture, side, -1, 1, true);
    for (int i = 0; i < side * side; i++) {
      for (int c = 0; c < 3; c++) {
        assertEquals(2 * NetworkInput.encode(s[c * side * side + i]) - 1, sampled[3 * i + c], 1e-5);
      }
    }
  }

  @Test
  void aQuarterTurnTurns() {
    int side = 16;
    float[] s = new float[3 * side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        s[y * side + x] = x / 15f;
      }
    }
    // The square's own x axis points down the picture: its rows run along picture columns.
    float[] sampled =
        new Region(8, 8, 16, Math.PI / 2).sample(Image.rgb(side, side, s), side, 0, 1, false);
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        assertEquals(
            NetworkInput.encode((15 - row) / 15f), sampled[3 * (row * side + column)], 1e-4);
      }
    }
  }

  @Test
  void outsideIsBlackOrTheEdge() {
    float[] s = new float[3 * 64];
    java.util.Arrays.fill(s, 1);
    Image white = Image.rgb(8, 8, s);
    Region twice = new Region(4, 4, 16, 0);
    assertEquals(0, twice.sample(white, 16, 0, 1, true)[0]);
    assertEquals(1, twice.sample(white, 16, 0, 1, false)[0]);
    assertEquals(1, twice.sample(white, 16, 0, 1, true)[3 * (8 * 16 + 8)], 1e-6);
  }

  @Test
  void shrinkingAFineCheckerboardGivesItsMean() {
    int side = 128;
    float[] s = new float[3 * side * side];
    for (int i = 0; i < side * side; i++) {
      float value = (i % side + i / side) % 2;
      s[i] = value;
      s[side * side + i] = value;
      s[2 * side * side + i] = value;
    }
    float mean = NetworkInput.encode(0.5f);
    for (float value : Region.whole(side, side).sample(Image.rgb(side, side, s), 16, 0, 1, false)) {
      assertEquals(mean, value, 0.01);
    }
  }

  @Test
  void encodingFollowsTheSrgbCurve(Random random) {
    for (int i = 0; i < 2000; i++) {
      float linear = (float) Math.pow(random.nextDouble(), 3);
      double exact =
          linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
      assertEquals(exact, NetworkInput.encode(linear), 8e-4);
    }
    assertEquals(0, NetworkInput.encode(Float.NaN));
    assertEquals(0, NetworkInput.encode(-3));
    assertEquals(1, NetworkInput.encode(Float.POSITIVE_INFINITY));
  }
}
