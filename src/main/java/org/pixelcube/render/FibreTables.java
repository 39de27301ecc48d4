package org.pixelcube.render;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What follows from a hair's roughness and scales alone, worked out once and shared by all strands
 * and threads. Immutable.
 *
 * <p>Roughness is turned into variance along the fibre, spread around it and absorption by the fits
 * of Chiang et al. 2016.
 */
final class FibreTables {
  /** R, TT, TRT; what is mirrored inside more often goes with TRT. */
  static final int SHARES = 3;

  private static final int MOST_KEPT = 32;

  private record Key(float longitudinal, float azimuthal, float tiltDegrees) {}

  private static final Map<Key, FibreTables> KEPT =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, FibreTables> eldest) {
          return size() > MOST_KEPT;
        }
      };

  private final Key key;

  /** Per share: one over the variance along the fibre, and the distribution's constants. */
  final float[] inverseVariance = new float[SHARES];

  final float[] scale = new float[SHARES];
  final float[] lowest = new float[SHARES];

  /** How far the scales turn each share along the fibre. */
  final float[] tiltSine = new float[SHARES];

  final float[] tiltCosine = new float[SHARES];

  final AzimuthalTable sharp;

  private FibreTables(Key key) {
    this.key = key;
    double m = Math.clamp(key.longitudinal, 0.02, 1);
    double n = Math.clamp(key.azimuthal, 0.02, 1);
    double base = 0.726 * m + 0.812 * m * m + 3.7 * Math.pow(m, 20);
    double[] variance = {base * base, base * base / 4, base * base * 4};
    // R leans by twice the tilt towards the root, TT by one and TRT by four towards the tip.
    double[] lean = {2, -1, -4};
    for (int p = 0; p < SHARES; p++) {
      double v = variance[p];
      inverseVariance[p] = (float) (1 / v);
      scale[p] = (float) (1 / (v * -Math.expm1(-2 / v)));
      lowest[p] = (float) Math.exp(-2 / v);
      double angle = Math.toRadians(key.tiltDegrees) * lean[p];
      tiltSine[p] = (float) Math.sin(angle);
      tiltCosine[p] = (float) Math.cos(angle);
    }
    double spread = Math.sqrt(Math.PI / 8) * (0.265 * n + 1.194 * n * n + 5.372 * Math.pow(n, 22));
    double divisor =
        5.969
            - 0.215 * n
            + 2.532 * n * n
            - 10.73 * n * n * n
            + 5.574 * Math.pow(n, 4)
            + 0.245 * Math.pow(n, 5);
    sharp = new AzimuthalTable(spread, divisor);
  }

  boolean fits(Material.Hair hair) {
    return key.longitudinal == hair.longitudinalRoughness()
        && key.azimuthal == hair.azimuthalRoughness()
        && key.tiltDegrees == hair.tiltDegrees();
  }

  /** The tables of a material; made when first asked for. */
  static FibreTables of(Material.Hair hair) {
    Key key = new Key(hair.longitudinalRoughness(), hair.azimuthalRoughness(), hair.tiltDegrees());
    synchronized (KEPT) {
      return KEPT.computeIfAbsent(key, FibreTables::new);
    }
  }
}
