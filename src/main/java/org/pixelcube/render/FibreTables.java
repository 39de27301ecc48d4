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

  /** Inclinations, −90° to 90°, of ways out and of ways in. */
  static final int NODES = 65;

  private static final int MOST_KEPT = 32;
  private static final int HALF = NODES / 2;

  private record Key(float longitudinal, float azimuthal, float tiltDegrees, float footprint) {}

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

  /** Blurred by the footprint; null if there is none. */
  final AzimuthalTable wide;

  /** Share, way out, way in: the distribution along the fibre, blurred by the footprint. */
  private final float[] alongWide;

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
    sharp = new AzimuthalTable(spread, divisor, 0);
    boolean blurred = key.footprint > 0;
    wide = blurred ? new AzimuthalTable(spread, divisor, key.footprint) : null;
    alongWide = new float[blurred ? SHARES * NODES * NODES : 0];
    for (int p = 0; p < SHARES && blurred; p++) {
      fillAlong(p, variance[p] + key.footprint * key.footprint);
    }
  }

  private void fillAlong(int p, double variance) {
    float k = (float) (1 / variance);
    float factor = (float) (1 / (variance * -Math.expm1(-2 / variance)));
    for (int i = 0; i < NODES; i++) {
      double theta = Math.PI * (i - HALF) / (NODES - 1);
      float sin = (float) Math.sin(theta);
      float cos = (float) Math.cos(theta);
      float sinO = sin * tiltCosine[p] - cos * tiltSine[p];
      float cosO = Math.abs(cos * tiltCosine[p] + sin * tiltSine[p]);
      int row = (p * NODES + i) * NODES;
      double sum = 0;
      for (int j = 0; j < NODES; j++) {
        double t = (double) (j - HALF) / HALF;
        double rest = 1 - Math.abs(t);
        float s = (float) Math.copySign(1 - rest * rest, t);
        float c = (float) Math.sqrt(Math.max(0, 1 - s * s));
        float value = HairFibre.along(k, factor, sinO, cosO, s, c);
        alongWide[row + j] = value;
        sum += value * hatIntegral(j);
      }
      for (int j = 0; j < NODES; j++) {
        alongWide[row + j] /= (float) sum;
      }
    }
  }

  /** Integral over the sine of what is 1 at a node and falls linearly to 0 at its neighbours. */
  private static double hatIntegral(int node) {
    double d = 1.0 / HALF;
    if (node == HALF) {
      return 2 * d - 2 * d * d / 3;
    }
    double t = Math.abs(node - HALF) * d;
    return node == 0 || node == NODES - 1 ? d * d / 3 : 2 * (1 - t) * d;
  }

  /**
   * Where a way in lies among the nodes: evenly in sign(s) (1 − √(1 − |s|)), which is nearly even
   * in the angle.
   */
  static float position(float sine) {
    float t = 1 - (float) Math.sqrt(Math.max(0, 1 - Math.abs(sine)));
    return (1 + Math.copySign(t, sine)) * HALF;
  }

  /** Writes the blurred distributions over ways in, a row for each share, for a way out. */
  void alongWide(float inclination, float[] out) {
    float x = Math.clamp(inclination * (float) ((NODES - 1) / Math.PI) + HALF, 0, NODES - 1.001f);
    int i = (int) x;
    float f = x - i;
    for (int p = 0; p < SHARES; p++) {
      int from = (p * NODES + i) * NODES;
      int to = p * NODES;
      for (int j = 0; j < NODES; j++) {
        out[to + j] = alongWide[from + j] * (1 - f) + alongWide[from + NODES + j] * f;
      }
    }
  }

  boolean fits(Material.Hair hair, float footprint) {
    return key.longitudinal == hair.longitudinalRoughness()
        && key.azimuthal == hair.azimuthalRoughness()
        && key.tiltDegrees == hair.tiltDegrees()
        && key.footprint == footprint;
  }

  /**
   * The tables of a material; made when first asked for.
   *
   * @param footprint standard deviation, radians, of the part of the sphere that the wide tables
   *     average over; 0 for no wide tables
   */
  static FibreTables of(Material.Hair hair, float footprint) {
    Key key =
        new Key(
            hair.longitudinalRoughness(), hair.azimuthalRoughness(), hair.tiltDegrees(), footprint);
    synchronized (KEPT) {
      return KEPT.computeIfAbsent(key, FibreTables::new);
    }
  }
}
