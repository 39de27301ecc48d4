package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;

class ForegroundColourTest {
  private static final float[] FRONT = {0.5f, 0.3f, 0.1f};
  private static final float[] BACK = {0.05f, 0.6f, 0.9f};
  private static final int SIDE = 128;

  private static Image alpha(double softness) {
    float[] a = new float[SIDE * SIDE];
    for (int i = 0; i < a.length; i++) {
      int row = i / SIDE;
      double r = Math.hypot(i % SIDE - 64, row - 60);
      a[i] = (float) Math.clamp(0.5 + (40 - r) / softness, 0, 1);
    }
    return Image.data(SIDE, SIDE, 1, a);
  }

  private static Image mixed(Image alpha) {
    float[] s = new float[3 * SIDE * SIDE];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < SIDE * SIDE; i++) {
        float a = alpha.samples()[i];
        s[c * SIDE * SIDE + i] = a * FRONT[c] + (1 - a) * BACK[c];
      }
    }
    return Image.rgb(SIDE, SIDE, s);
  }

  @ParameterizedTest
  @CsvSource({"2, 0.15", "6, 0.25", "10, 0.4"})
  void takesTheBackgroundOutOfASoftEdge(double softness, double share) {
    Image alpha = alpha(softness);
    Image picture = mixed(alpha);
    int g = SIDE / 2;
    Image estimate =
        ForegroundColour.estimate(
            picture,
            alpha,
            ForegroundColour.planes(picture, g, g),
            Resize.to(alpha, g, g).samples(),
            g,
            g);
    int edge = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
      float a = alpha.samples()[i];
      for (int c = 0; c < 3; c++) {
        float f = estimate.samples()[c * SIDE * SIDE + i];
        double contrast = Math.abs(FRONT[c] - BACK[c]);
        if (a >= 0.3f && a < 0.995f) {
          // No more than this share of the background that was mixed in is left, and the wider
          // the edge the more: it outgrows the blur.
          assertEquals(FRONT[c], f, share * (1 - a) * contrast + 0.02 * contrast, "alpha " + a);
          edge++;
        }
      }
    }
    assertTrue(edge > 100);
  }

  @Test
  void leavesWhatIsAllSubjectOrAllBackground() {
    Image alpha = alpha(4);
    Image picture = mixed(alpha);
    Image estimate =
        ForegroundColour.estimate(
            picture,
            alpha,
            ForegroundColour.planes(picture, SIDE, SIDE),
            alpha.samples(),
            SIDE,
            SIDE);
    for (int i = 0; i < SIDE * SIDE; i++) {
      float a = alpha.samples()[i];
      if (a == 0 || a == 1) {
        for (int c = 0; c < 3; c++) {
          int k = c * SIDE * SIDE + i;
          assertEquals(picture.samples()[k], estimate.samples()[k], 0);
        }
      }
    }
  }
}
