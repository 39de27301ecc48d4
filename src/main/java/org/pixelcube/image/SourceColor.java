package org.pixelcube.image;

import java.awt.color.ICC_Profile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.Primaries;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * How the codes of a picture file become linear Rec.709: a table for each channel, then a matrix.
 *
 * @param tables linear light of each code, for R, G and B; three times the same for grey
 * @param transform to Rec.709, for colour
 */
record SourceColor(List<float[]> tables, ColorTransform transform) {
  private static final double[] ICC_WHITE = {0.9642, 1.0, 0.8249};

  /** One curve for all channels, Rec.709 primaries. */
  static SourceColor of(TransferFunction curve, int bits) {
    return of(curve, bits, Primaries.BT709);
  }

  static SourceColor of(TransferFunction curve, int bits, Primaries primaries) {
    float[] table = curve.decodeTable(bits);
    return new SourceColor(
        List.of(table, table, table), ColorTransform.between(primaries, Primaries.BT709));
  }

  /** A power of the signal, Rec.709 primaries. */
  static SourceColor power(double gamma, int bits) {
    float[] table = new float[1 << bits];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) Math.pow(i / (table.length - 1.0), gamma);
    }
    return new SourceColor(List.of(table, table, table), ColorTransform.IDENTITY);
  }

  /**
   * From the curves and the matrix of an ICC profile (ICC.1:2022, 8.3 and 8.4). The matrix leads to
   * XYZ under D50, from where Bradford adaptation leads to D65.
   *
   * <p>A profile that describes sRGB but for its own rounding is taken as sRGB itself.
   *
   * @param channels colour channels of the picture, 1 or 3
   * @return empty if the profile has tables instead, or is for another kind of picture
   */
  static Optional<SourceColor> of(ICC_Profile profile, int channels, int bits) {
    try {
      if (channels == 1) {
        float[] grey = curve(profile.getData(ICC_Profile.icSigGrayTRCTag), bits);
        return Optional.of(new SourceColor(List.of(grey, grey, grey), ColorTransform.IDENTITY));
      }
      if (profile.getData(ICC_Profile.icSigAToB0Tag) != null) {
        return Optional.empty();
      }
      Matrix3 toXyz =
          Matrix3.columns(
              xyz(profile.getData(ICC_Profile.icSigRedColorantTag)),
              xyz(profile.getData(ICC_Profile.icSigGreenColorantTag)),
              xyz(profile.getData(ICC_Profile.icSigBlueColorantTag)));
      Matrix3 adapt =
          ColorTransform.adaptation(
              new Vector3(ICC_WHITE[0], ICC_WHITE[1], ICC_WHITE[2]), Primaries.BT709.white());
      List<float[]> tables =
          List.of(
              curve(profile.getData(ICC_Profile.icSigRedTRCTag), bits),
              curve(profile.getData(ICC_Profile.icSigGreenTRCTag), bits),
              curve(profile.getData(ICC_Profile.icSigBlueTRCTag), bits));
      Matrix3 m = Primaries.BT709.toXyz().inverse().times(adapt).times(toXyz);
      return Optional.of(
          describesSrgb(tables, m, bits)
              ? of(TransferFunction.SRGB, bits)
              : new SourceColor(tables, new ColorTransform(m)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static boolean describesSrgb(List<float[]> tables, Matrix3 m, int bits) {
    final double rounding = 2e-3;
    float[] exact = TransferFunction.SRGB.decodeTable(bits);
    double off = 0;
    for (float[] table : tables) {
      for (int i = 0; i < exact.length; i++) {
        off = Math.max(off, Math.abs(table[i] - exact[i]));
      }
    }
    double[] fromIdentity = {
      m.m00() - 1, m.m01(), m.m02(), m.m10(), m.m11() - 1, m.m12(), m.m20(), m.m21(), m.m22() - 1
    };
    for (double d : fromIdentity) {
      off = Math.max(off, Math.abs(d));
    }
    return off < rounding;
  }

  /** An XYZType tag: signature, four reserved bytes, three s15Fixed16 numbers. */
  private static Vector3 xyz(byte[] tag) {
    ByteBuffer b = tag(tag);
    return new Vector3(fixed(b, 8), fixed(b, 12), fixed(b, 16));
  }

  private static ByteBuffer tag(byte[] tag) {
    if (tag == null) {
      throw new IllegalArgumentException("profile without a tag that is needed");
    }
    return ByteBuffer.wrap(tag);
  }

  private static double fixed(ByteBuffer b, int at) {
    return b.getInt(at) / 65536.0;
  }

  /** A curveType or parametricCurveType tag as a table of linear light. */
  private static float[] curve(byte[] tag, int bits) {
    ByteBuffer b = tag(tag);
    float[] table = new float[1 << bits];
    double max = table.length - 1.0;
    switch (b.getInt(0)) {
      case 0x63757276 -> { // curv
        int n = b.getInt(8);
        for (int i = 0; i < table.length; i++) {
          table[i] = (float) sampledCurve(b, n, i / max);
        }
      }
      case 0x70617261 -> { // para
        int type = b.getShort(8);
        if (type < 0 || type > 4) {
          throw new IllegalArgumentException("parametric curve of type " + type);
        }
        double[] p = new double[new int[] {1, 3, 4, 5, 7}[type]];
        for (int i = 0; i < p.length; i++) {
          p[i] = fixed(b, 12 + 4 * i);
        }
        for (int i = 0; i < table.length; i++) {
          table[i] = (float) parametricCurve(type, p, i / max);
        }
      }
      default -> throw new IllegalArgumentException("curve of an unknown type");
    }
    return table;
  }

  /** No entries: identity; one: a power in u8Fixed8; more: samples to interpolate. */
  private static double sampledCurve(ByteBuffer b, int n, double x) {
    if (n == 0) {
      return x;
    }
    if (n == 1) {
      return Math.pow(x, (b.getShort(12) & 0xFFFF) / 256.0);
    }
    double at = x * (n - 1);
    int i = Math.min((int) at, n - 2);
    double a = (b.getShort(12 + 2 * i) & 0xFFFF) / 65535.0;
    double c = (b.getShort(14 + 2 * i) & 0xFFFF) / 65535.0;
    return a + (at - i) * (c - a);
  }

  /** ICC.1:2022 table 68; the parameters are g, a, b, c, d, e, f. */
  private static double parametricCurve(int type, double[] p, double x) {
    return switch (type) {
      case 0 -> Math.pow(x, p[0]);
      case 1 -> x >= -p[2] / p[1] ? Math.pow(p[1] * x + p[2], p[0]) : 0;
      case 2 -> x >= -p[2] / p[1] ? Math.pow(p[1] * x + p[2], p[0]) + p[3] : p[3];
      case 3 -> x >= p[4] ? Math.pow(p[1] * x + p[2], p[0]) : p[3] * x;
      default -> x >= p[4] ? Math.pow(p[1] * x + p[2], p[0]) + p[5] : p[3] * x + p[6];
    };
  }
}
