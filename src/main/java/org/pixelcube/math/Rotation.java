package org.pixelcube.math;

/**
 * A rotation of three-dimensional space, as a row-major 3×3 orthonormal matrix.
 *
 * @param m00 row 0, column 0, and so on in reading order
 */
public record Rotation(
    double m00,
    double m01,
    double m02,
    double m10,
    double m11,
    double m12,
    double m20,
    double m21,
    double m22) {

  public static final Rotation IDENTITY = new Rotation(1, 0, 0, 0, 1, 0, 0, 0, 1);

  /**
   * Roll about +Z first, then pitch about +X, then yaw about +Y; each angle right-handed, in
   * degrees. Yaw 90° carries +Z (towards the camera) to +X (right of the picture).
   */
  public static Rotation yawPitchRoll(double yawDegrees, double pitchDegrees, double rollDegrees) {
    double y = Math.toRadians(yawDegrees);
    double p = Math.toRadians(pitchDegrees);
    double r = Math.toRadians(rollDegrees);
    Rotation yaw = new Rotation(Math.cos(y), 0, Math.sin(y), 0, 1, 0, -Math.sin(y), 0, Math.cos(y));
    Rotation pitch =
        new Rotation(1, 0, 0, 0, Math.cos(p), -Math.sin(p), 0, Math.sin(p), Math.cos(p));
    Rotation roll =
        new Rotation(Math.cos(r), -Math.sin(r), 0, Math.sin(r), Math.cos(r), 0, 0, 0, 1);
    return yaw.after(pitch).after(roll);
  }

  /** The turn about a vector, right-handed, by its length in radians (Rodrigues' formula). */
  public static Rotation aboutVector(Vector3 v) {
    double angle = v.length();
    Vector3 n = v.normalized();
    double c = Math.cos(angle);
    double s = Math.sin(angle);
    double d = 1 - c;
    return new Rotation(
        c + d * n.x() * n.x(),
        d * n.x() * n.y() - s * n.z(),
        d * n.x() * n.z() + s * n.y(),
        d * n.y() * n.x() + s * n.z(),
        c + d * n.y() * n.y(),
        d * n.y() * n.z() - s * n.x(),
        d * n.z() * n.x() - s * n.y(),
        d * n.z() * n.y() + s * n.x(),
        c + d * n.z() * n.z());
  }

  /** The turn that carries +X, +Y and +Z to these orthonormal axes, which are right-handed. */
  public static Rotation ofAxes(Vector3 x, Vector3 y, Vector3 z) {
    return new Rotation(x.x(), y.x(), z.x(), x.y(), y.y(), z.y(), x.z(), y.z(), z.z());
  }

  /** The angle of this turn, 0 to π radians. */
  public double angle() {
    // By both sine and cosine: the cosine alone is blind below 1e-8.
    double sine = Math.hypot(Math.hypot(m21 - m12, m02 - m20), m10 - m01);
    return Math.atan2(sine, m00 + m11 + m22 - 1);
  }

  /** This rotation applied after {@code first}: the matrix product {@code this · first}. */
  public Rotation after(Rotation first) {
    Vector3 c0 = apply(new Vector3(first.m00, first.m10, first.m20));
    Vector3 c1 = apply(new Vector3(first.m01, first.m11, first.m21));
    Vector3 c2 = apply(new Vector3(first.m02, first.m12, first.m22));
    return ofAxes(c0, c1, c2);
  }

  public Vector3 apply(Vector3 v) {
    return new Vector3(
        m00 * v.x() + m01 * v.y() + m02 * v.z(),
        m10 * v.x() + m11 * v.y() + m12 * v.z(),
        m20 * v.x() + m21 * v.y() + m22 * v.z());
  }

  /** The rotation that undoes this one: the transpose. */
  public Rotation inverse() {
    return new Rotation(m00, m10, m20, m01, m11, m21, m02, m12, m22);
  }
}
