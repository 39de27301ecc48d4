package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;

class BackdropTest {
  private static Image even(float r, float g, float b) {
    float[] rgb = new float[3 * 64];
    Arrays.fill(rgb, 0, 64, r);
    Arrays.fill(rgb, 64, 128, g);
    Arrays.fill(rgb, 128, 192, b);
    return Image.rgb(8, 8, rgb);
  }

  @Test
  void middleGreyAsksForNothing() {
    float[] gain = Backdrop.matched(even(0.18f, 0.18f, 0.18f)).gain();
    assertArrayEquals(new float[] {1, 1, 1}, gain, 2e-3f);
    assertArrayEquals(new float[] {1, 1, 1}, Backdrop.plain(even(1, 0, 0), true).gain());
  }

  @Test
  void theSubjectFollowsPartOfTheWay() {
    float[] bright = Backdrop.matched(even(0.36f, 0.36f, 0.36f)).gain();
    // One stop brighter, followed with the exponent 0.35.
    assertEquals(Math.pow(2, 0.35), bright[1], 2e-3);
    float[] warm = Backdrop.matched(even(0.3f, 0.16f, 0.08f)).gain();
    assertTrue(warm[0] > warm[1] && warm[1] > warm[2]);
    float[] black = Backdrop.matched(even(0, 0, 0)).gain();
    assertEquals(Math.pow(2, -0.7), black[0], 1e-3);
  }
}
