package org.pixelcube.color;

/**
 * Rounds linear light to the nearest whole code of a signal without evaluating the curve.
 *
 * <p>{@code threshold[k]} is the light of the signal half-way between the codes k and k + 1: the
 * code of a sample is the number of thresholds not above it. A table over the leading bits of the
 * float gives a line through the codes in that interval as a first guess, which the thresholds then
 * correct; the result does not depend on the guess.
 */
final class CodeTable {
  /** Bits of the float left below the index: 8 bits of the fraction remain, 256 cells an octave. */
  private static final int SHIFT = 15;

  private static final int CELL_MASK = (1 << SHIFT) - 1;

  private final float[] threshold;
  private final int firstCell;
  private final float[] guess;

  CodeTable(TransferFunction curve, int bits) {
    int max = (1 << bits) - 1;
    threshold = new float[max];
    for (int k = 0; k < max; k++) {
      double t = curve.toLinear((k + 0.5) / max);
      float f = (float) t;
      threshold[k] = f < t ? Math.nextUp(f) : f;
    }
    firstCell = Float.floatToRawIntBits(threshold[0]) >>> SHIFT;
    int cells = (Float.floatToRawIntBits(threshold[max - 1]) >>> SHIFT) - firstCell + 1;
    guess = new float[cells + 1];
    for (int i = 0; i <= cells; i++) {
      double light = Float.intBitsToFloat((firstCell + i) << SHIFT);
      guess[i] = (float) (curve.fromLinear(light) * max);
    }
  }

  /** The code of the signal nearest to this light, clamped; 0 for NaN. */
  int code(float linear) {
    float[] t = threshold;
    int max = t.length;
    if (!(linear >= t[0])) {
      return 0;
    }
    if (linear >= t[max - 1]) {
      return max;
    }
    int bits = Float.floatToRawIntBits(linear);
    int cell = (bits >>> SHIFT) - firstCell;
    float at = guess[cell];
    float x = at + (guess[cell + 1] - at) * ((bits & CELL_MASK) * (1f / (1 << SHIFT)));
    int k = Math.clamp((int) (x + 0.5f), 1, max - 1);
    while (linear < t[k - 1]) {
      k--;
    }
    while (linear >= t[k]) {
      k++;
    }
    return k;
  }
}
