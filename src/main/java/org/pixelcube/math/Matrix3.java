package org.pixelcube.math;

/**
 * A 3×3 matrix of doubles, row-major; applied to column vectors.
 *
 * @param m00 row 0, column 0, and so on in reading order
 */
public record Matrix3(
    double m00,
    double m01,
    double m02,
    double m10,
    double m11,
    double m12,
    double m20,
    double m21,
    double m22) {

  public static final Matrix3 IDENTITY = new Matrix3(1, 0, 0, 0, 1, 0, 0, 0, 1);

  /** The matrix with these values on its diagonal and zeros elsewhere. */
  public static Matrix3 diagonal(double a, double b, double c) {
    return new Matrix3(a, 0, 0, 0, b, 0, 0, 0, c);
  }

  /** The matrix whose columns are these vectors. */
  public static Matrix3 columns(Vector3 a, Vector3 b, Vector3 c) {
    return new Matrix3(a.x(), b.x(), c.x(), a.y(), b.y(), c.y(), a.z(), b.z(), c.z());
  }

  /** The product {@code this · v}. */
  public Vector3 apply(Vector3 v) {
    return new Vector3(
        m00 * v.x() + m01 * v.y() + m02 * v.z(),
        m10 * v.x() + m11 * v.y() + m12 * v.z(),
        m20 * v.x() + m21 * v.y() + m22 * v.z());
  }

  /** The product {@code this · o}: {@code o} is applied first. */
  public Matrix3 times(Matrix3 o) {
    return columns(
        apply(new Vector3(o.m00, o.m10, o.m20)),
        apply(new Vector3(o.m01, o.m11, o.m21)),
        apply(new Vector3(o.m02, o.m12, o.m22)));
  }

  public Matrix3 transpose() {
    return new Matrix3(m00, m10, m20, m01, m11, m21, m02, m12, m22);
  }

  public double determinant() {
    return m00 * (m11 * m22 - m12 * m21)
        - m01 * (m10 * m22 - m12 * m20)
        + m02 * (m10 * m21 - m11 * m20);
  }

  /**
   * The inverse, by cofactors.
   *
   * @throws ArithmeticException if the determinant is zero or not finite
   */
  public Matrix3 inverse() {
    double d = determinant();
    if (d == 0 || !Double.isFinite(d)) {
      throw new ArithmeticException("matrix without inverse, determinant " + d);
    }
    return new Matrix3(
        (m11 * m22 - m12 * m21) / d,
        (m02 * m21 - m01 * m22) / d,
        (m01 * m12 - m02 * m11) / d,
        (m12 * m20 - m10 * m22) / d,
        (m00 * m22 - m02 * m20) / d,
        (m02 * m10 - m00 * m12) / d,
        (m10 * m21 - m11 * m20) / d,
        (m01 * m20 - m00 * m21) / d,
        (m00 * m11 - m01 * m10) / d);
  }
}
