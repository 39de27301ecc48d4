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

  /** A raster seen turned and enlarged by a camera whose pixels average over their squares. */
  @Test
  void bordersAreFoundToAFractionOfAPixel(Random random) {
    StructuredLight light = new StructuredLight(96, 64, 4);
    double scale = 1.05 + 0.5 * random.nextDouble();
    double turn = 0.2 * random.nextGaussian();
    int w = 120;
    int h = 100;
    List<float[]> seen = new ArrayList<>();
    for (int p = 0; p < light.pictures(); p++) {
      float[] plane = new float[w * h];
      for (int i = 0; i < w * h; i++) {
        int subs = 12;
        for (int s = 0; s < subs * subs; s++) {
          double[] at =
              raster(i % w + (s % subs + 0.5) / subs, i / w + (s / subs + 0.5) / subs, scale, turn);
          boolean on = at[0] >= 0 && at[0] < 96 && at[1] >= 0 && at[1] < 64;
          if (on) {
            plane[i] += (light.lit(p, (int) at[0], (int) at[1]) ? 0.5f : 0.002f) / (subs * subs);
          }
        }
      }
      seen.add(plane);
    }
    StructuredLight.Decoded decoded = light.decode(seen, w, h, 0.02f);
    List<StructuredLight.Border> borders = light.borders(seen, decoded);
    assertTrue(borders.size() > 300, borders.size() + " borders");
    for (StructuredLight.Border b : borders) {
      double[] at = raster(b.x(), b.y(), scale, turn);
      boolean columns = b.other() == b.cell() + 1;
      assertTrue(columns || b.other() == b.cell() + light.cellColumns());
      int cell = columns ? b.other() % light.cellColumns() : b.other() / light.cellColumns();
      assertEquals(4.0 * cell, at[columns ? 0 : 1], 0.12, b.toString());
    }
    double off =
        borders.stream()
            .mapToDouble(b -> {
              double[] at = raster(b.x(), b.y(), scale, turn);
              double d = b.other() == b.cell() + 1 ? at[0] : at[1];
              return Math.abs(d / 4 - Math.rint(d / 4)) * 4;
            })
            .average()
            .orElseThrow();
    assertEquals(0, off, 0.03);
  }

  private static double[] raster(double x, double y, double scale, double turn) {
    double u = (x - 30) * Math.cos(turn) - (y - 20) * Math.sin(turn);
    double v = (x - 30) * Math.sin(turn) + (y - 20) * Math.cos(turn);
    return new double[] {10 + u / scale, 8 + v / scale};
  }
}
