package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class StructuredLightTest {
  @Test
  void grayCodesOfNeighboursDifferInOneBit() {
    for (int n = 0; n < 5000; n++) {
      assertEquals(n, StructuredLight.decode(StructuredLight.encode(n)));
      int both = StructuredLight.encode(n) ^ StructuredLight.encode(n + 1);
      assertEquals(1, Integer.bitCount(both));
    }
  }

  @Test
  void everyRasterPixelIsFoundAgainInNoise(Random random) {
    int w = 300;
    int h = 130;
    StructuredLight light = new StructuredLight(w, h, 4);
    List<float[]> seen = new ArrayList<>();
    for (int p = 0; p < light.pictures(); p++) {
      float[] plane = new float[w * h];
      for (int i = 0; i < plane.length; i++) {
        float value = light.lit(p, i % w, i / w) ? 0.5f : 0.01f;
        plane[i] = value + 0.03f * (float) random.nextGaussian();
      }
      seen.add(plane);
    }
    StructuredLight.Decoded decoded = light.decode(seen, w, h, 0.05f);
    for (int i = 0; i < w * h; i++) {
      assertEquals(i % w / 4, decoded.column()[i]);
      assertEquals(i / w / 4, decoded.row()[i]);
    }
  }

  @Test
  void darkAndMixedPixelsAreNotRead() {
    StructuredLight light = new StructuredLight(64, 64, 4);
    List<float[]> seen = new ArrayList<>();
    for (int p = 0; p < light.pictures(); p++) {
      // Dark; half of column 3 and half of column 4 (one bit doubtful); column 4 alone.
      float three = light.lit(p, 15, 0) ? 1 : 0;
      float four = light.lit(p, 16, 0) ? 1 : 0;
      seen.add(new float[] {0.001f * four, (three + four) / 2, four});
    }
    StructuredLight.Decoded decoded = light.decode(seen, 3, 1, 0.05f);
    assertEquals(-1, decoded.column()[0]);
    assertEquals(-1, decoded.column()[1]);
    assertEquals(4, decoded.column()[2]);
    assertTrue(light.pictures() == 16, "4 bits a side, each with its inverse");
  }
}
