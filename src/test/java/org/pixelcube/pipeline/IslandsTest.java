package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;

class IslandsTest {
  private static final int W = 120;
  private static final int H = 80;

  /** A disc of full cover with a soft rim three pixels wide. */
  private static void disc(float[] a, double cx, double cy, double radius) {
    for (int i = 0; i < a.length; i++) {
      int row = i / W;
      double r = Math.hypot(i % W - cx, row - cy);
      a[i] = Math.max(a[i], (float) Math.clamp((radius + 3 - r) / 3, 0, 1));
    }
  }

  @Test
  void onePersonIsLeftAsItIs() {
    float[] a = new float[W * H];
    disc(a, 50, 40, 25);
    Image alpha = Image.data(W, H, 1, a);
    assertSame(alpha, Islands.removed(alpha));
    Image nobody = Image.data(W, H, 1, new float[W * H]);
    assertSame(nobody, Islands.removed(nobody));
  }

  @Test
  void aSpeckGoesWithItsRimAndThePersonKeepsTheirs() {
    float[] person = new float[W * H];
    disc(person, 40, 40, 25);
    float[] both = person.clone();
    disc(both, 100, 20, 1);
    Image out = Islands.removed(Image.data(W, H, 1, both));
    for (int i = 0; i < person.length; i++) {
      assertEquals(person[i], out.samples()[i], 0, "pixel " + i);
    }
  }

  @Test
  void twoPeopleStay() {
    float[] a = new float[W * H];
    disc(a, 30, 40, 20);
    disc(a, 90, 40, 14);
    Image out = Islands.removed(Image.data(W, H, 1, a));
    for (int i = 0; i < a.length; i++) {
      assertEquals(a[i], out.samples()[i], 0);
    }
  }

  @Test
  void manySpecksAreAllFound() {
    float[] a = new float[W * H];
    disc(a, 30, 40, 25);
    int person = 0;
    for (float v : a) {
      person += v > 0 ? 1 : 0;
    }
    for (int k = 0; k < 40; k++) {
      a[(2 + 4 * (k / 5)) * W + 80 + 4 * (k % 5)] = 1;
    }
    int left = 0;
    for (float v : Islands.removed(Image.data(W, H, 1, a)).samples()) {
      left += v > 0 ? 1 : 0;
    }
    assertEquals(person, left);
    assertTrue(person > 2000);
  }
}
