package org.pixelcube.color;

import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * The chromaticities of an RGB colour space: CIE 1931 x, y of red, green, blue and white.
 *
 * <p>All matrices are computed from these numbers; none is rounded.
 */
public record Primaries(
    double redX,
    double redY,
    double greenX,
    double greenY,
    double blueX,
    double blueY,
    double whiteX,
    double whiteY) {

  /** ITU-R BT.709-6 and IEC 61966-2-1 (sRGB), white D65. */
  public static final Primaries BT709 =
      new Primaries(0.640, 0.330, 0.300, 0.600, 0.150, 0.060, 0.3127, 0.3290);

  /** SMPTE RP 431-2 primaries with white D65: Display P3, SMPTE EG 432-1. */
  public static final Primaries P3_D65 =
      new Primaries(0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290);

  /** ITU-R BT.2020-2 and BT.2100, white D65. */
  public static final Primaries BT2020 =
      new Primaries(0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290);

  /** ACES AP1 with the ACES white point, close to D60: ACEScg, Academy S-2014-004. */
  public static final Primaries ACES_AP1 =
      new Primaries(0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767);

  /**
   * ACES AP0 with the ACES white point, around all visible colours: ACES2065-1, SMPTE ST 2065-1.
   */
  public static final Primaries ACES_AP0 =
      new Primaries(0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.0770, 0.32168, 0.33767);

  /** ITU-R BT.601-7 for 525 lines, SMPTE 170M, white D65. */
  public static final Primaries BT601_525 =
      new Primaries(0.630, 0.340, 0.310, 0.595, 0.155, 0.070, 0.3127, 0.3290);

  /** ITU-R BT.601-7 for 625 lines, white D65. */
  public static final Primaries BT601_625 =
      new Primaries(0.640, 0.330, 0.290, 0.600, 0.150, 0.060, 0.3127, 0.3290);

  /**
   * The matrix from linear RGB to CIE XYZ with Y = 1 for RGB = (1, 1, 1): SMPTE RP 177.
   *
   * @throws ArithmeticException if the primaries lie on a line or a y is zero
   */
  public Matrix3 toXyz() {
    Matrix3 p = Matrix3.columns(xyz(redX, redY), xyz(greenX, greenY), xyz(blueX, blueY));
    Vector3 s = p.inverse().apply(white());
    return p.times(Matrix3.diagonal(s.x(), s.y(), s.z()));
  }

  /** CIE XYZ of the white point, Y = 1. */
  public Vector3 white() {
    return xyz(whiteX, whiteY);
  }

  /** The weights (R, G, B) that make luminance of linear RGB; their sum is 1. */
  public Vector3 luminanceWeights() {
    Matrix3 m = toXyz();
    return new Vector3(m.m10(), m.m11(), m.m12());
  }

  /** CIE XYZ at Y = 1 of the chromaticity (x, y). */
  static Vector3 xyz(double x, double y) {
    if (y == 0) {
      throw new ArithmeticException("chromaticity with y = 0");
    }
    return new Vector3(x / y, 1, (1 - x - y) / y);
  }
}
