package org.pixelcube.math;

/**
 * A point or direction in three dimensions.
 *
 * <p>Camera space everywhere: right-handed, +X to the right of the picture, +Y up, +Z from the
 * subject towards the camera, which looks along -Z.
 */
public record Vector3(double x, double y, double z) {
  public static final Vector3 ZERO = new Vector3(0, 0, 0);

  public Vector3 plus(Vector3 o) {
    return new Vector3(x + o.x, y + o.y, z + o.z);
  }

  public Vector3 minus(Vector3 o) {
    return new Vector3(x - o.x, y - o.y, z - o.z);
  }

  public Vector3 times(double s) {
    return new Vector3(x * s, y * s, z * s);
  }

  public double dot(Vector3 o) {
    return x * o.x + y * o.y + z * o.z;
  }

  public Vector3 cross(Vector3 o) {
    return new Vector3(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x);
  }

  public double length() {
    return Math.sqrt(dot(this));
  }

  /** This direction at length 1; the zero vector stays zero. */
  public Vector3 normalized() {
    double l = length();
    return l > 0 ? times(1 / l) : this;
  }

  /**
   * A unit vector at a right angle to this unit vector, horizontal unless this is within 26° of the
   * vertical; with {@code d.cross(d.perpendicular())} it makes an orthonormal frame about d.
   */
  public Vector3 perpendicular() {
    Vector3 helper = Math.abs(y) < 0.9 ? new Vector3(0, 1, 0) : new Vector3(1, 0, 0);
    return cross(helper).normalized();
  }
}
