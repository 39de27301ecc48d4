package org.pixelcube.render;

import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Whole numbers, one for each pixel and pattern, laid out so that weighted sums over the patterns
 * read memory once from end to end.
 *
 * <p>A number is written in signed digits to the base 256, as many for each pattern as its largest
 * number needs: nearly always one. Pixels come in blocks of {@link #BLOCK}; a block holds its first
 * digits' plane, then the next, pattern by pattern.
 */
final class LevelBlocks {
  /** Pixels of a block. */
  private static final int BLOCK = 32;

  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_64;
  private static final int STEP = LANES.length();

  /** Blocks that a thread takes at once. */
  private static final int SHARE = 16;

  private final int count;

  /** Of each plane of digits: its pattern, and what a one of it counts. */
  private final int[] pattern;

  private final float[] unit;
  private final byte[] digits;

  private LevelBlocks(int count, int[] pattern, float[] unit, byte[] digits) {
    this.count = count;
    this.pattern = pattern;
    this.unit = unit;
    this.digits = digits;
  }

  /**
   * Lays numbers out.
   *
   * @param levels for each pattern the numbers of all pixels
   * @param count pixels
   */
  static LevelBlocks of(int[][] levels, int count) {
    int rank = levels.length;
    int[] planes = new int[rank];
    IntStream.range(0, rank).parallel().forEach(m -> planes[m] = planes(levels[m]));
    int[] first = new int[rank];
    int all = 0;
    for (int m = 0; m < rank; m++) {
      first[m] = all;
      all += planes[m];
    }
    int[] pattern = new int[all];
    float[] unit = new float[all];
    byte[] digits = new byte[Math.multiplyExact((count + BLOCK - 1) / BLOCK * BLOCK, all)];
    int stride = all * BLOCK;
    IntStream.range(0, rank)
        .parallel()
        .forEach(m -> {
          for (int k = 0; k < planes[m]; k++) {
            pattern[first[m] + k] = m;
            unit[first[m] + k] = 1L << (8 * k);
          }
          for (int p = 0; p < count; p++) {
            long v = levels[m][p];
            int at = p / BLOCK * stride + first[m] * BLOCK + p % BLOCK;
            for (int k = 0; k < planes[m]; k++) {
              digits[at + k * BLOCK] = (byte) v;
              v = (v - (byte) v) >> 8;
            }
          }
        });
    return new LevelBlocks(count, pattern, unit, digits);
  }

  /** Digits that the largest number takes. */
  private static int planes(int[] levels) {
    long least = 0;
    long greatest = 0;
    for (int v : levels) {
      least = Math.min(least, v);
      greatest = Math.max(greatest, v);
    }
    int planes = 1;
    while (least != (byte) least || greatest != (byte) greatest) {
      least = (least - (byte) least) >> 8;
      greatest = (greatest - (byte) greatest) >> 8;
      planes++;
    }
    return planes;
  }

  /** A pixel's number for each pattern. */
  void read(int pixel, float[] out) {
    Arrays.fill(out, 0);
    int at = pixel / BLOCK * pattern.length * BLOCK + pixel % BLOCK;
    for (int k = 0; k < pattern.length; k++) {
      out[pattern[k]] += unit[k] * digits[at + k * BLOCK];
    }
  }

  /**
   * Sums of each pixel's numbers, weighted, in three colours, on all processors.
   *
   * @param weights {@code (rank, 3)}
   * @param pixels where in a plane of {@code out} each sum goes
   * @param out planar, three planes
   */
  void weigh(float[] weights, int[] pixels, float[] out) {
    float[] rgb = new float[3 * pattern.length];
    for (int k = 0; k < pattern.length; k++) {
      for (int c = 0; c < 3; c++) {
        rgb[3 * k + c] = unit[k] * weights[3 * pattern[k] + c];
      }
    }
    int plane = out.length / 3;
    int blocks = (count + BLOCK - 1) / BLOCK;
    IntStream.range(0, (blocks + SHARE - 1) / SHARE)
        .parallel()
        .forEach(share -> {
          float[] sums = new float[3 * BLOCK];
          int end = Math.min(blocks, SHARE * share + SHARE);
          for (int block = SHARE * share; block < end; block++) {
            weigh(digits, block * pattern.length * BLOCK, rgb, sums);
            int first = block * BLOCK;
            int last = Math.min(count, first + BLOCK);
            for (int p = first; p < last; p++) {
              out[pixels[p]] = sums[p - first];
              out[plane + pixels[p]] = sums[BLOCK + p - first];
              out[2 * plane + pixels[p]] = sums[2 * BLOCK + p - first];
            }
          }
        });
  }

  /** One block: four vectors of pixels in three colours, all in registers. */
  private static void weigh(byte[] digits, int from, float[] rgb, float[] sums) {
    FloatVector r0 = FloatVector.zero(LANES);
    FloatVector r1 = r0;
    FloatVector r2 = r0;
    FloatVector r3 = r0;
    FloatVector g0 = r0;
    FloatVector g1 = r0;
    FloatVector g2 = r0;
    FloatVector g3 = r0;
    FloatVector b0 = r0;
    FloatVector b1 = r0;
    FloatVector b2 = r0;
    FloatVector b3 = r0;
    int at = from;
    for (int k = 0; k < rgb.length; k += 3) {
      FloatVector r = FloatVector.broadcast(LANES, rgb[k]);
      FloatVector g = FloatVector.broadcast(LANES, rgb[k + 1]);
      FloatVector b = FloatVector.broadcast(LANES, rgb[k + 2]);
      FloatVector v = floats(digits, at);
      r0 = v.fma(r, r0);
      g0 = v.fma(g, g0);
      b0 = v.fma(b, b0);
      v = floats(digits, at + STEP);
      r1 = v.fma(r, r1);
      g1 = v.fma(g, g1);
      b1 = v.fma(b, b1);
      v = floats(digits, at + 2 * STEP);
      r2 = v.fma(r, r2);
      g2 = v.fma(g, g2);
      b2 = v.fma(b, b2);
      v = floats(digits, at + 3 * STEP);
      r3 = v.fma(r, r3);
      g3 = v.fma(g, g3);
      b3 = v.fma(b, b3);
      at += BLOCK;
    }
    r0.intoArray(sums, 0);
    r1.intoArray(sums, STEP);
    r2.intoArray(sums, 2 * STEP);
    r3.intoArray(sums, 3 * STEP);
    g0.intoArray(sums, BLOCK);
    g1.intoArray(sums, BLOCK + STEP);
    g2.intoArray(sums, BLOCK + 2 * STEP);
    g3.intoArray(sums, BLOCK + 3 * STEP);
    b0.intoArray(sums, 2 * BLOCK);
    b1.intoArray(sums, 2 * BLOCK + STEP);
    b2.intoArray(sums, 2 * BLOCK + 2 * STEP);
    b3.intoArray(sums, 2 * BLOCK + 3 * STEP);
  }

  private static FloatVector floats(byte[] digits, int at) {
    return (FloatVector)
        ByteVector.fromArray(BYTES, digits, at).convertShape(VectorOperators.B2F, LANES, 0);
  }
}
