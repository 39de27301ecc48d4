package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class LevelBlocksTest {
  /** Numbers of one to five digits, the extremes of each among them. */
  private static int[][] levels(int rank, int count, Random random) {
    int[] edges = {
      0,
      127,
      128,
      -128,
      -129,
      32_639,
      32_640,
      -32_896,
      -32_897,
      Integer.MAX_VALUE,
      Integer.MIN_VALUE
    };
    int[][] levels = new int[rank][count];
    for (int m = 0; m < rank; m++) {
      int reach = 1 + 6 * (m % 5);
      for (int p = 0; p < count; p++) {
        levels[m][p] = random.nextInt() >> (32 - reach);
      }
      if (count > 0 && random.nextBoolean()) {
        levels[m][random.nextInt(count)] = edges[random.nextInt(edges.length)];
      }
    }
    return levels;
  }

  @Test
  void numbersComeBack(Random random) {
    for (int count : new int[] {0, 1, 31, 32, 33, 700}) {
      int[][] levels = levels(23, count, random);
      LevelBlocks blocks = LevelBlocks.of(levels, count);
      float[] row = new float[23];
      for (int p = 0; p < count; p++) {
        blocks.read(p, row);
        for (int m = 0; m < row.length; m++) {
          assertEquals(levels[m][p], row[m], 0x1p-22 * Math.abs((double) levels[m][p]) + 1e-3);
        }
      }
    }
  }

  @Test
  void weightedSumsAreThoseOfTheNumbers(Random random) {
    for (int count : new int[] {1, 32, 61, 1500}) {
      int rank = 40;
      int[][] levels = levels(rank, count, random);
      float[] weights = new float[3 * rank];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) random.nextGaussian();
      }
      int[] pixels = new int[count];
      for (int p = 0; p < count; p++) {
        pixels[p] = 2 * p + 1;
      }
      int plane = 2 * count + 1;
      float[] out = new float[3 * plane];
      LevelBlocks.of(levels, count).weigh(weights, pixels, out);
      for (int p = 0; p < count; p++) {
        for (int c = 0; c < 3; c++) {
          double sum = 0;
          double size = 0;
          for (int m = 0; m < rank; m++) {
            double term = (double) levels[m][p] * weights[3 * m + c];
            sum += term;
            size += Math.abs(term);
          }
          // Digits of opposite sign may be twice as large as the number.
          assertEquals(sum, out[c * plane + pixels[p]], 1e-5 * size + 1e-6);
          assertEquals(0, out[c * plane + 2 * p]);
        }
      }
    }
  }
}
