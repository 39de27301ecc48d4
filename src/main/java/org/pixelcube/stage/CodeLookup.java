package org.pixelcube.stage;

import java.util.HashMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Code values of light by a table over the square root of light, fine enough that the light of the
 * code found and that of the nearest code differ by less than 1e-5 of the light, or 1e-9 of the
 * peak.
 *
 * <p>Where vectors have 16 lanes and the EOTF is a power, rows are coded without the table: light
 * is 2ᵉ m with m from 1 to 2, its code 2ᵉᵖ white, of which 32 are held in two registers, times mᵖ,
 * a polynomial.
 */
final class CodeLookup {
  /** Largest index of the table. */
  static final int LAST = 65535;

  private static final VectorSpecies<Float> LANES = ReducedMap.LANES;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(
          short.class, VectorShape.forBitSize(Math.max(64, LANES.vectorBitSize() / 2)));

  /** Light below 2^−32 of the peak is black for the fast way. */
  private static final int OCTAVES = 32;

  private static final int LEAST = Float.floatToRawIntBits(0x1p-32f);

  private static final int MOST = Float.floatToRawIntBits(Math.nextDown(1f));

  /** A float so large that its last bits count in ones. */
  private static final float ONES = 0x1p23f;

  private static final int DEGREE = 6;

  private final short[] codes = new short[LAST + 1];

  /** White times the power of each octave's least light, by the last bits of its exponent. */
  private final float[] scales;

  /** Coefficients of m − 1.5 for mᵖ. */
  private final float[] power;

  private CodeLookup(PanelType type, int white) {
    if (type.eotf().curve() == TransferCurve.Curve.GAMMA && LANES.length() == OCTAVES / 2) {
      double p = 1 / type.eotf().gamma().orElseThrow();
      power = polynomial(p);
      scales = new float[OCTAVES];
      for (int e = -OCTAVES; e < 0; e++) {
        scales[Math.floorMod(e + 127, OCTAVES)] = (float) (white * Math.pow(2, e * p));
      }
    } else {
      power = null;
      scales = null;
    }
    for (int i = 0; i <= LAST; i++) {
      double light = (double) i / LAST * i / LAST;
      codes[i] = (short) Math.round(type.eotf().fromLinear(light, type.peakNits()) * white);
    }
  }

  /** mᵖ through its values at Chebyshev's points of [1, 2], in powers of m − 1.5. */
  private static float[] polynomial(double p) {
    double[] x = new double[DEGREE + 1];
    double[] newton = new double[DEGREE + 1];
    for (int k = 0; k <= DEGREE; k++) {
      x[k] = 0.5 * Math.cos(Math.PI * (2 * k + 1) / (2 * DEGREE + 2));
      newton[k] = Math.pow(1.5 + x[k], p);
    }
    for (int j = 1; j <= DEGREE; j++) {
      for (int k = DEGREE; k >= j; k--) {
        newton[k] = (newton[k] - newton[k - 1]) / (x[k] - x[k - j]);
      }
    }
    double[] out = new double[DEGREE + 1];
    for (int k = DEGREE; k >= 0; k--) {
      for (int i = DEGREE; i > 0; i--) {
        out[i] = out[i - 1] - x[k] * out[i];
      }
      out[0] = newton[k] - x[k] * out[0];
    }
    float[] rounded = new float[DEGREE + 1];
    for (int i = 0; i <= DEGREE; i++) {
      rounded[i] = (float) out[i];
    }
    return rounded;
  }

  /** One table for each EOTF. */
  static final class Cache {
    private final int white;
    private final Map<Curve, CodeLookup> tables = new HashMap<>();

    /** What a table depends on: the peak only matters to a curve in absolute units. */
    private record Curve(TransferCurve eotf, double peakNits) {}

    Cache(int white) {
      this.white = white;
    }

    CodeLookup of(PanelType type) {
      boolean absolute = type.eotf().curve() == TransferCurve.Curve.PQ;
      return tables.computeIfAbsent(
          new Curve(type.eotf(), absolute ? type.peakNits() : 0), _ -> new CodeLookup(type, white));
    }
  }

  /** The table: code of the light (i / {@link #LAST})², as an unsigned short. */
  short[] table() {
    return codes;
  }

  /**
   * The codes of a row of light relative to the peak, as unsigned shorts.
   *
   * @param light at least {@code count}
   * @param out receives them from {@code o} on
   */
  void codes(float[] light, int count, short[] out, int o) {
    if (power != null && count >= LANES.length()) {
      powers(light, count, out, o);
      return;
    }
    for (int x = 0; x < count; x++) {
      out[o + x] = (short) code(light[x]);
    }
  }

  private void powers(float[] light, int count, short[] out, int o) {
    IntVector low = FloatVector.fromArray(LANES, scales, 0).reinterpretAsInts();
    IntVector high = FloatVector.fromArray(LANES, scales, OCTAVES / 2).reinterpretAsInts();
    FloatVector c0 = FloatVector.broadcast(LANES, power[0]);
    FloatVector c1 = FloatVector.broadcast(LANES, power[1]);
    FloatVector c2 = FloatVector.broadcast(LANES, power[2]);
    FloatVector c3 = FloatVector.broadcast(LANES, power[3]);
    FloatVector c4 = FloatVector.broadcast(LANES, power[4]);
    FloatVector c5 = FloatVector.broadcast(LANES, power[5]);
    FloatVector c6 = FloatVector.broadcast(LANES, power[6]);
    FloatVector ones = FloatVector.broadcast(LANES, ONES);
    IntVector none = low.sub(low);
    int lanes = LANES.length();
    for (int start = 0; start < count; start += lanes) {
      int x = Math.min(start, count - lanes);
      // In the order of integers, in which floats below 0 come first too.
      IntVector bits = FloatVector.fromArray(LANES, light, x).reinterpretAsInts().min(MOST);
      FloatVector scale =
          bits.lanewise(VectorOperators.LSHR, 23)
              .and(OCTAVES - 1)
              .selectFrom(low, high)
              .reinterpretAsFloats();
      FloatVector m = bits.and(0x7FFFFF).or(0x3F800000).reinterpretAsFloats().sub(1.5f);
      FloatVector p = m.fma(c6, c5).fma(m, c4).fma(m, c3).fma(m, c2).fma(m, c1).fma(m, c0);
      VectorMask<Integer> lit = bits.compare(VectorOperators.GE, LEAST);
      // The sum's last bits are the code, rounded.
      ((ShortVector)
              none.blend(p.fma(scale, ones).reinterpretAsInts(), lit)
                  .convertShape(VectorOperators.I2S, SHORTS, 0))
          .intoArray(out, o + x);
    }
  }

  /** The code of light relative to the peak, which is clamped to [0, 1]. */
  int code(float light) {
    float l = Math.clamp(light, 0f, 1f);
    return codes[(int) ((float) Math.sqrt(l) * LAST + 0.5f)] & 0xFFFF;
  }
}
