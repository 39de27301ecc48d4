package org.pixelcube.color;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How linear light is coded as a signal in [0, 1].
 *
 * <p>Linear 1.0 is diffuse (reference) white in every curve. The curves for standard range are
 * continued below 0 by odd symmetry and above 1 by their formula, so that a float round trip loses
 * nothing; codes of whole numbers are clamped.
 */
public enum TransferFunction {
  /** No coding: the signal is the light. */
  LINEAR {
    @Override
    public double toLinear(double encoded) {
      return encoded;
    }

    @Override
    public double fromLinear(double linear) {
      return linear;
    }
  },

  /** IEC 61966-2-1:1999, the piecewise sRGB curve. */
  SRGB {
    @Override
    public double toLinear(double encoded) {
      double v = Math.abs(encoded);
      double l = v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
      return Math.copySign(l, encoded);
    }

    @Override
    public double fromLinear(double linear) {
      double l = Math.abs(linear);
      double v = l <= 0.0031308 ? 12.92 * l : 1.055 * Math.pow(l, 1 / 2.4) - 0.055;
      return Math.copySign(v, linear);
    }
  },

  /**
   * ITU-R BT.1886 with zero black: display gamma 2.4, by which BT.601, BT.709 and 8-bit BT.2020
   * video is shown.
   */
  BT1886 {
    @Override
    public double toLinear(double encoded) {
      return oddPower(encoded, 2.4);
    }

    @Override
    public double fromLinear(double linear) {
      return oddPower(linear, 1 / 2.4);
    }
  },

  /** A pure power of 2.2, assumed display gamma of BT.470 system M. */
  GAMMA22 {
    @Override
    public double toLinear(double encoded) {
      return oddPower(encoded, 2.2);
    }

    @Override
    public double fromLinear(double linear) {
      return oddPower(linear, 1 / 2.2);
    }
  },

  /** A pure power of 2.8, assumed display gamma of BT.470 systems B and G. */
  GAMMA28 {
    @Override
    public double toLinear(double encoded) {
      return oddPower(encoded, 2.8);
    }

    @Override
    public double fromLinear(double linear) {
      return oddPower(linear, 1 / 2.8);
    }
  },

  /**
   * SMPTE ST 2084:2014, perceptual quantiser. The curve is absolute; linear 1.0 is 203 cd/m², the
   * reference white of ITU-R BT.2408, so signal 1.0 (10000 cd/m²) is linear 49.26. Signals outside
   * [0, 1] are clamped.
   */
  PQ {
    @Override
    public double toLinear(double encoded) {
      double p = Math.pow(Math.clamp(encoded, 0, 1), 1 / PQ_M2);
      double y = Math.pow(Math.max(p - PQ_C1, 0) / (PQ_C2 - PQ_C3 * p), 1 / PQ_M1);
      return y * (10000 / REFERENCE_WHITE_NITS);
    }

    @Override
    public double fromLinear(double linear) {
      double y = Math.clamp(linear * (REFERENCE_WHITE_NITS / 10000), 0, 1);
      if (y == 0) {
        return 0;
      }
      double p = Math.pow(y, PQ_M1);
      return Math.pow((PQ_C1 + PQ_C2 * p) / (1 + PQ_C3 * p), PQ_M2);
    }
  },

  /**
   * ITU-R BT.2100 hybrid log-gamma, the curve alone: signal to and from <em>scene</em> light,
   * scaled so that the signal 0.75 (reference white of BT.2408) is linear 1.0; signal 1.0 is then
   * 3.774. The light a display shows follows from {@link HlgOotf}, which needs all three channels;
   * {@link #decodeRgb} and {@link #encodeRgb} apply it.
   */
  HLG {
    @Override
    public double toLinear(double encoded) {
      double v = Math.abs(encoded);
      double e = v <= 0.5 ? v * v / 3 : (Math.exp((v - HLG_C) / HLG_A) + HLG_B) / 12;
      return Math.copySign(e / HLG_SCENE_WHITE, encoded);
    }

    @Override
    public double fromLinear(double linear) {
      double e = Math.abs(linear) * HLG_SCENE_WHITE;
      double v = e <= 1.0 / 12 ? Math.sqrt(3 * e) : HLG_A * Math.log(12 * e - HLG_B) + HLG_C;
      return Math.copySign(v, linear);
    }
  };

  /** Luminance of linear 1.0 on a display for HDR signals, cd/m²: ITU-R BT.2408-7, table 1. */
  public static final double REFERENCE_WHITE_NITS = 203;

  private static final double PQ_M1 = 2610.0 / 16384;
  private static final double PQ_M2 = 2523.0 / 4096 * 128;
  private static final double PQ_C1 = 3424.0 / 4096;
  private static final double PQ_C2 = 2413.0 / 4096 * 32;
  private static final double PQ_C3 = 2392.0 / 4096 * 32;

  private static final double HLG_A = 0.17883277;
  private static final double HLG_B = 1 - 4 * HLG_A;
  private static final double HLG_C = 0.5 - HLG_A * Math.log(4 * HLG_A);

  /** Scene light E of the HLG signal 0.75, in the scale of BT.2100 where the signal 1.0 has 1. */
  private static final double HLG_SCENE_WHITE = (Math.exp((0.75 - HLG_C) / HLG_A) + HLG_B) / 12;

  private static final ConcurrentMap<TableKey, float[]> DECODE_TABLES = new ConcurrentHashMap<>();
  private static final ConcurrentMap<TableKey, CodeTable> CODE_TABLES = new ConcurrentHashMap<>();

  private record TableKey(TransferFunction curve, int bits) {}

  /** Linear light of a signal. */
  public abstract double toLinear(double encoded);

  /** Signal of linear light: the inverse of {@link #toLinear}. */
  public abstract double fromLinear(double linear);

  /**
   * Linear light of every full-range code of {@code bits} bits: {@code 2^bits} entries, the last
   * one for the signal 1.0. The array is shared; for reading only.
   *
   * @throws IllegalArgumentException if {@code bits} is not in 1…16
   */
  public float[] decodeTable(int bits) {
    checkBits(bits);
    return DECODE_TABLES.computeIfAbsent(
        new TableKey(this, bits),
        key -> {
          float[] table = new float[1 << bits];
          for (int i = 0; i < table.length; i++) {
            table[i] = (float) toLinear(i / (double) (table.length - 1));
          }
          return table;
        });
  }

  /** Decodes {@code count} 8-bit full-range codes. */
  public void decode(byte[] codes, int from, float[] linear, int to, int count) {
    float[] table = decodeTable(8);
    for (int i = 0; i < count; i++) {
      linear[to + i] = table[codes[from + i] & 0xFF];
    }
  }

  /**
   * Decodes {@code count} full-range codes of {@code bits} bits, held as unsigned shorts; bits
   * above are ignored.
   */
  public void decode(short[] codes, int from, int bits, float[] linear, int to, int count) {
    float[] table = decodeTable(bits);
    int mask = table.length - 1;
    for (int i = 0; i < count; i++) {
      linear[to + i] = table[codes[from + i] & mask];
    }
  }

  /**
   * Decodes {@code count} full-range codes of {@code bits} bits; codes out of range are clamped.
   */
  public void decode(int[] codes, int from, int bits, float[] linear, int to, int count) {
    float[] table = decodeTable(bits);
    int max = table.length - 1;
    for (int i = 0; i < count; i++) {
      linear[to + i] = table[Math.clamp(codes[from + i], 0, max)];
    }
  }

  /**
   * Encodes {@code count} samples to 8-bit full-range codes, rounded to the nearest signal and
   * clamped; NaN becomes 0.
   */
  public void encode(float[] linear, int from, byte[] codes, int to, int count) {
    CodeTable table = codeTable(8);
    for (int i = 0; i < count; i++) {
      codes[to + i] = (byte) table.code(linear[from + i]);
    }
  }

  /**
   * Encodes {@code count} samples to full-range codes of {@code bits} bits, held as unsigned
   * shorts, rounded to the nearest signal and clamped; NaN becomes 0.
   */
  public void encode(float[] linear, int from, int bits, short[] codes, int to, int count) {
    CodeTable table = codeTable(bits);
    for (int i = 0; i < count; i++) {
      codes[to + i] = (short) table.code(linear[from + i]);
    }
  }

  /** As {@link #encode(float[], int, int, short[], int, int)}, into ints. */
  public void encode(float[] linear, int from, int bits, int[] codes, int to, int count) {
    CodeTable table = codeTable(bits);
    for (int i = 0; i < count; i++) {
      codes[to + i] = table.code(linear[from + i]);
    }
  }

  /**
   * Decodes three planes of codes, {@code (3, planeSize)}, to display light; for {@link #HLG} with
   * the opto-optical transfer at 1000 cd/m².
   *
   * @param primaries of the signal, whose luminance HLG's transfer follows (BT.2020 by the
   *     standard)
   */
  public void decodeRgb(
      short[] codes, int bits, float[] linear, int planeSize, Primaries primaries) {
    decode(codes, 0, bits, linear, 0, 3 * planeSize);
    if (this == HLG) {
      HlgOotf.toDisplay(linear, planeSize, primaries);
    }
  }

  /**
   * Encodes three planes of display light, {@code (3, planeSize)}: the inverse of {@link
   * #decodeRgb}.
   */
  public void encodeRgb(
      float[] linear, int bits, short[] codes, int planeSize, Primaries primaries) {
    float[] light = linear;
    if (this == HLG) {
      light = new float[3 * planeSize];
      System.arraycopy(linear, 0, light, 0, light.length);
      HlgOotf.toScene(light, planeSize, primaries);
    }
    encode(light, 0, bits, codes, 0, 3 * planeSize);
  }

  private CodeTable codeTable(int bits) {
    checkBits(bits);
    return CODE_TABLES.computeIfAbsent(
        new TableKey(this, bits), key -> new CodeTable(key.curve(), key.bits()));
  }

  private static void checkBits(int bits) {
    if (bits < 1 || bits > 16) {
      throw new IllegalArgumentException(bits + " bits (expected 1 to 16)");
    }
  }

  private static double oddPower(double value, double exponent) {
    return Math.copySign(Math.pow(Math.abs(value), exponent), value);
  }
}
