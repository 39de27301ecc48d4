package org.pixelcube.pipeline;

/** Logarithm and exponential to base 2 for whole pictures: relative error below 1e-4. */
final class FastLog {
  private static final int BITS = 11;
  private static final int SIZE = 1 << BITS;
  private static final float[] LOG = new float[SIZE + 1];
  private static final float[] EXP = new float[SIZE + 1];

  static {
    for (int i = 0; i <= SIZE; i++) {
      LOG[i] = (float) (Math.log(1 + i / (double) SIZE) / Math.log(2));
      EXP[i] = (float) Math.pow(2, i / (double) SIZE);
    }
  }

  private FastLog() {}

  /** log₂ x for normal positive x. */
  static float log2(float x) {
    int bits = Float.floatToRawIntBits(x);
    int exponent = (bits >>> 23) - 127;
    int index = (bits & 0x7fffff) >>> (23 - BITS);
    float fraction = (bits & ((1 << (23 - BITS)) - 1)) * (1f / (1 << (23 - BITS)));
    return exponent + LOG[index] + fraction * (LOG[index + 1] - LOG[index]);
  }

  /** 2 to the power x, for x in [−120, 120]; clamped outside. */
  static float exp2(float x) {
    float c = Math.clamp(x, -120f, 120f);
    int whole = (int) Math.floor(c);
    float t = (c - whole) * SIZE;
    int i = Math.min(SIZE - 1, (int) t);
    float mantissa = EXP[i] + (t - i) * (EXP[i + 1] - EXP[i]);
    return mantissa * Float.intBitsToFloat((whole + 127) << 23);
  }
}
