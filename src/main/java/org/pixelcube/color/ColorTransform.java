package org.pixelcube.color;

import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * A change of linear RGB space: one 3×3 matrix. White is carried to white by the Bradford
 * adaptation (Lam 1985; ICC.1:2022 annex E). Nothing is clipped; colours outside the target's gamut
 * come out with a negative component.
 */
public record ColorTransform(Matrix3 matrix) {

  /** Leaves colours as they are. */
  public static final ColorTransform IDENTITY = new ColorTransform(Matrix3.IDENTITY);

  private static final Matrix3 BRADFORD =
      new Matrix3(0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296);

  /**
   * From one working space to another.
   *
   * @throws IllegalStateException if one is {@link ColorSpace#DATA} and the other is not
   */
  public static ColorTransform between(ColorSpace from, ColorSpace to) {
    return from == to ? IDENTITY : between(from.primaries(), to.primaries());
  }

  /** From linear RGB with one set of primaries to linear RGB with another. */
  public static ColorTransform between(Primaries from, Primaries to) {
    if (from.equals(to)) {
      return IDENTITY;
    }
    Matrix3 adapt = adaptation(from.white(), to.white());
    return new ColorTransform(to.toXyz().inverse().times(adapt).times(from.toXyz()));
  }

  /** The Bradford matrix on CIE XYZ that carries the white {@code from} to the white {@code to}. */
  public static Matrix3 adaptation(Vector3 from, Vector3 to) {
    if (from.equals(to)) {
      return Matrix3.IDENTITY;
    }
    Vector3 a = BRADFORD.apply(from);
    Vector3 b = BRADFORD.apply(to);
    return BRADFORD
        .inverse()
        .times(Matrix3.diagonal(b.x() / a.x(), b.y() / a.y(), b.z() / a.z()))
        .times(BRADFORD);
  }

  /** Transforms one colour. */
  public Vector3 apply(Vector3 rgb) {
    return matrix.apply(rgb);
  }

  /**
   * Transforms three planes, {@code (3, planeSize)}, into {@code out}, which may be {@code in}
   * itself. Samples after the third plane are left alone.
   */
  public void apply(float[] in, float[] out, int planeSize) {
    float m00 = (float) matrix.m00();
    float m01 = (float) matrix.m01();
    float m02 = (float) matrix.m02();
    float m10 = (float) matrix.m10();
    float m11 = (float) matrix.m11();
    float m12 = (float) matrix.m12();
    float m20 = (float) matrix.m20();
    float m21 = (float) matrix.m21();
    float m22 = (float) matrix.m22();
    for (int i = 0, j = planeSize, k = 2 * planeSize; i < planeSize; i++, j++, k++) {
      float r = in[i];
      float g = in[j];
      float b = in[k];
      out[i] = m00 * r + m01 * g + m02 * b;
      out[j] = m10 * r + m11 * g + m12 * b;
      out[k] = m20 * r + m21 * g + m22 * b;
    }
  }
}
