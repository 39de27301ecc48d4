package org.pixelcube.stage;

import java.util.HashMap;
import java.util.Map;

/**
 * Code values of light by a table over the square root of light, fine enough that the light of the
 * code found and that of the nearest code differ by less than 1e-5 of the light, or 1e-9 of the
 * peak.
 */
final class CodeLookup {
  /** Largest index of the table. */
  static final int LAST = 65535;

  private final short[] codes = new short[LAST + 1];

  private CodeLookup(PanelType type, int white) {
    for (int i = 0; i <= LAST; i++) {
      double light = (double) i / LAST * i / LAST;
      codes[i] = (short) Math.round(type.eotf().fromLinear(light, type.peakNits()) * white);
    }
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

  /** The code of light relative to the peak, which is clamped to [0, 1]. */
  int code(float light) {
    float l = Math.clamp(light, 0f, 1f);
    return codes[(int) ((float) Math.sqrt(l) * LAST + 0.5f)] & 0xFFFF;
  }
}
