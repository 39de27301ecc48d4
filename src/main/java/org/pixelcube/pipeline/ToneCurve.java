package org.pixelcube.pipeline;

/**
 * The roll-off of highlights for a display of peak 1: linear light in, linear display light out.
 *
 * <p>The identity up to {@link #KNEE}, then an exponential shoulder with the same slope that tends
 * to 1; applied to each channel, so that very bright colours run to white as on film.
 */
final class ToneCurve {
  static final float KNEE = 0.7f;

  private static final int STEPS = 4096;

  /** Values above this are 1 to within half an 8-bit step. */
  private static final float END = KNEE + 8 * (1 - KNEE);

  private static final float[] TABLE = new float[STEPS + 2];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      double x = KNEE + (END - KNEE) * i / (double) STEPS;
      TABLE[i] = (float) (KNEE + (1 - KNEE) * (1 - Math.exp(-(x - KNEE) / (1 - KNEE))));
    }
  }

  private ToneCurve() {}

  /** The display light for scene light {@code x}; never negative, at most 1. */
  static float apply(float x) {
    if (!(x > KNEE)) {
      return x > 0 ? x : 0;
    }
    float t = (x - KNEE) * (STEPS / (END - KNEE));
    if (!(t < STEPS)) {
      return 1;
    }
    int i = (int) t;
    return TABLE[i] + (t - i) * (TABLE[i + 1] - TABLE[i]);
  }
}
