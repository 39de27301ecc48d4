package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BounceFilterTest {
  private static final int SIZE = 64;
  private static final int PLANE = SIZE * SIZE;
  private static final Camera CAMERA = Camera.portrait(SIZE, SIZE, 1, 0.3);

  /** A wall that faces the camera on the left, and to the side on the right half. */
  private static ReflectanceField.Aovs wall() {
    ReflectanceField.Aovs aovs = ReflectanceField.Aovs.of(PLANE);
    Arrays.fill(aovs.alpha(), 1);
    Arrays.fill(aovs.depth(), 1);
    for (int i = 0; i < PLANE; i++) {
      boolean left = i % SIZE < SIZE / 2;
      aovs.normal()[(left ? 2 : 0) * PLANE + i] = 1;
      for (int c = 0; c < 3; c++) {
        aovs.albedo()[c * PLANE + i] = (i / SIZE) % 2 == 0 ? 0.2f : 0.6f;
      }
    }
    return aovs;
  }

  private static float[][] filtered(float[][] bounced, ReflectanceField.Aovs aovs, int samples) {
    float[][] out = new float[PLANE][bounced[0].length];
    new BounceFilter(CAMERA, aovs, new float[PLANE], samples).addFiltered(bounced, out);
    return out;
  }

  @Test
  void evenLightOnTextureStaysAsItIs() {
    ReflectanceField.Aovs aovs = wall();
    float[][] bounced = new float[PLANE][3];
    for (int i = 0; i < PLANE; i++) {
      for (int c = 0; c < 3; c++) {
        bounced[i][c] = (c + 1) * aovs.albedo()[c * PLANE + i];
      }
    }
    float[][] out = filtered(bounced, aovs, 4);
    for (int i = 0; i < PLANE; i++) {
      for (int c = 0; c < 3; c++) {
        assertEquals(bounced[i][c], out[i][c], 1e-5);
      }
    }
  }

  @Test
  void aBrightPathIsSharedOutAndLosesNothing() {
    ReflectanceField.Aovs aovs = wall();
    Arrays.fill(aovs.albedo(), 0.5f);
    float[][] bounced = new float[PLANE][3];
    int x = SIZE / 4;
    int at = SIZE / 2 * SIZE + x;
    bounced[at][1] = 100;
    float[][] out = filtered(bounced, aovs, 1);
    double sum = 0;
    for (float[] pixel : out) {
      sum += pixel[1];
    }
    assertEquals(100, sum, 0.5);
    assertTrue(out[at][1] < 20, "the pixel keeps " + out[at][1]);
  }

  @Test
  void surfacesThatFaceElsewhereDoNotMix() {
    ReflectanceField.Aovs aovs = wall();
    float[][] bounced = new float[PLANE][3];
    for (int i = 0; i < PLANE; i++) {
      bounced[i][0] = i % SIZE < SIZE / 2 ? aovs.albedo()[i] : 0;
    }
    float[][] out = filtered(bounced, aovs, 1);
    for (int i = 0; i < PLANE; i++) {
      assertEquals(bounced[i][0], out[i][0], 0.01 * aovs.albedo()[i]);
    }
  }

  /**
   * The mean of noisy neighbours is nearer to the truth, and with many rays nothing is averaged.
   */
  @Test
  void noiseFallsAndTheReachWithIt() {
    ReflectanceField.Aovs aovs = wall();
    Random random = new Random(2);
    float[][] bounced = new float[PLANE][3];
    for (int i = 0; i < PLANE; i++) {
      bounced[i][2] = (float) (aovs.albedo()[2 * PLANE + i] * (1 + 0.5 * random.nextGaussian()));
    }
    assertTrue(deviation(filtered(bounced, aovs, 1), aovs) < 0.35 * deviation(bounced, aovs));
    assertEquals(deviation(bounced, aovs), deviation(filtered(bounced, aovs, 4096), aovs), 1e-3);
  }

  private static double deviation(float[][] pixels, ReflectanceField.Aovs aovs) {
    double sum = 0;
    for (int i = 0; i < PLANE; i++) {
      double e = pixels[i][2] / aovs.albedo()[2 * PLANE + i] - 1;
      sum += e * e;
    }
    return Math.sqrt(sum / PLANE);
  }
}
