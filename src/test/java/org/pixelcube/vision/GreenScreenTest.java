package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.image.Image;

class GreenScreenTest {
  private static final int W = 200;
  private static final int H = 150;

  private static float disk(int x, int y) {
    double distance = Math.hypot(x - 100.0, y - 90.0);
    return (float) Math.clamp((50 - distance) / 8, 0.0, 1.0);
  }

  /** A grey disk with a soft rim over a screen that darkens to the right. */
  private static Image scene(int channel, boolean noise) {
    Random random = new Random(3);
    float[] s = new float[3 * W * H];
    for (int y = 0; y < H; y++) {
      for (int x = 0; x < W; x++) {
        float a = disk(x, y);
        float light = 1 - 0.3f * x / W;
        for (int c = 0; c < 3; c++) {
          float screen = light * (c == channel ? 0.5f : 0.12f);
          float value = a * 0.3f + (1 - a) * screen;
          s[(c * H + y) * W + x] = noise ? value + (float) (0.004 * random.nextGaussian()) : value;
        }
      }
    }
    return Image.rgb(W, H, s);
  }

  private static Image matte() {
    float[] s = new float[W * H];
    for (int i = 0; i < s.length; i++) {
      s[i] = disk(i % W, Math.floorDiv(i, W));
    }
    return Image.data(W, H, 1, s);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void findsAndKeysAScreenWithAGradient(int channel) {
    Image frame = scene(channel, true);
    GreenScreen screen = GreenScreen.detect(frame).orElseThrow();
    assertEquals(channel == 2, screen.isBlue());
    assertTrue(screen.coverage() > 0.95, "coverage " + screen.coverage());
    assertEquals(0.85 * 0.5, screen.color()[channel], 0.01);
    assertEquals(0.85 * 0.12, screen.color()[0], 0.01);
    Image alpha = screen.key(frame, matte());
    double error = 0;
    for (int y = 0; y < H; y++) {
      for (int x = 0; x < W; x++) {
        float expected = disk(x, y);
        error += Math.abs(alpha.at(0, y, x) - expected);
        if (expected == 0) {
          assertEquals(0, alpha.at(0, y, x), 0.02, x + ", " + y);
        } else if (expected == 1) {
          assertEquals(1, alpha.at(0, y, x), 0.02, x + ", " + y);
        }
      }
    }
    assertTrue(error / (W * H) < 0.01, "mean error " + error / (W * H));
  }

  @Test
  void greenInsideTheSubjectStaysSolid() {
    Image frame = scene(1, false);
    float[] s = frame.samples().clone();
    for (int y = 85; y < 95; y++) {
      for (int x = 95; x < 105; x++) {
        s[y * W + x] = 0.1f;
        s[(H + y) * W + x] = 0.45f;
        s[(2 * H + y) * W + x] = 0.1f;
      }
    }
    Image shirt = Image.rgb(W, H, s);
    Image alpha = GreenScreen.detect(shirt).orElseThrow().key(shirt, matte());
    assertEquals(1, alpha.at(0, 90, 100));
  }

  @Test
  void greyAndTwoColouredBordersAreNoScreen() {
    float[] grey = new float[3 * W * H];
    java.util.Arrays.fill(grey, 0.4f);
    assertTrue(GreenScreen.detect(Image.rgb(W, H, grey)).isEmpty());
    float[] half = scene(1, false).samples().clone();
    for (int i = 0; i < half.length; i++) {
      if (i % W > W * 2 / 5) {
        half[i] = 0.4f;
      }
    }
    assertTrue(GreenScreen.detect(Image.rgb(W, H, half)).isEmpty());
  }

  @Test
  void despillKeepsLuminanceAndNeutralColours() {
    float[] s = {0.3f, 0.2f, 0.1f, 0.3f, 0.6f, 0.1f, 0.3f, 0.1f, 0.1f};
    Image frame = Image.rgb(3, 1, s);
    Image clean = GreenScreen.despill(frame, new float[] {0.1f, 0.5f, 0.1f});
    float[] weights = {0.2126f, 0.7152f, 0.0722f};
    for (int x = 0; x < 3; x++) {
      double before = 0;
      double after = 0;
      for (int c = 0; c < 3; c++) {
        before += weights[c] * frame.at(c, 0, x);
        after += weights[c] * clean.at(c, 0, x);
      }
      assertEquals(before, after, 1e-6);
    }
    // Grey and red stay; in the green pixel green is no more than the larger of the other two.
    for (int c = 0; c < 3; c++) {
      assertEquals(frame.at(c, 0, 0), clean.at(c, 0, 0));
      assertEquals(frame.at(c, 0, 2), clean.at(c, 0, 2));
    }
    assertTrue(clean.at(1, 0, 1) <= Math.max(clean.at(0, 0, 1), clean.at(2, 0, 1)) + 1e-6);
  }
}
