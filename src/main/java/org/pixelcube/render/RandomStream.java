package org.pixelcube.render;

/**
 * Uniform random numbers for one path: the xoroshiro64** generator of Blackman and Vigna, seeded by
 * hashing, so that a pixel's numbers do not depend on the thread or the order of the work.
 */
public final class RandomStream {
  private int s0;
  private int s1;

  public RandomStream(long seed) {
    seed(seed, 0, 0);
  }

  /** Starts the stream that belongs to these three numbers. */
  public void seed(long seed, int pixel, int sample) {
    long z = mix(seed + 0x9E3779B97F4A7C15L * (pixel + 1L));
    z = mix(z + 0xD1B54A32D192ED03L * (sample + 1L));
    s0 = (int) z;
    s1 = (int) (z >>> 32) | 1;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  public int nextInt() {
    int result = Integer.rotateLeft(s0 * 0x9E3779BB, 5) * 5;
    int t = s1 ^ s0;
    s0 = Integer.rotateLeft(s0, 26) ^ t ^ (t << 9);
    s1 = Integer.rotateLeft(t, 13);
    return result;
  }

  /** Uniform in [0, 1). */
  public float nextFloat() {
    return (nextInt() >>> 8) * 0x1p-24f;
  }
}
