package org.pixelcube.stage;

import org.pixelcube.math.Vector3;
import org.pixelcube.render.LightBasis;

/**
 * A panel in space.
 *
 * @param panel the panel
 * @param type its type
 * @param corner lower left corner seen from in front, metres
 * @param right lower edge, its length the width
 * @param up left edge, its length the height
 * @param normal unit vector out of the lit side
 */
public record PanelGeometry(
    Rig.Panel panel, PanelType type, Vector3 corner, Vector3 right, Vector3 up, Vector3 normal) {

  static PanelGeometry of(Rig.Panel panel, PanelType type) {
    return new PanelGeometry(
        panel,
        type,
        panel.corner(),
        panel.right().normalized().times(type.widthMetres()),
        panel.up().normalized().times(type.heightMetres()),
        panel.normal());
  }

  public int pixelsWide() {
    return type.pixelsWide();
  }

  public int pixelsHigh() {
    return type.pixelsHigh();
  }

  public Vector3 centre() {
    return at(0.5, 0.5);
  }

  /** The place (s, t) of the lit area, both in [0, 1]: s from the left, t from the top. */
  public Vector3 at(double s, double t) {
    return corner.plus(right.times(s)).plus(up.times(1 - t));
  }

  /** The four corners, counter-clockwise seen from in front, beginning at the lower left. */
  public Vector3[] corners() {
    return new Vector3[] {at(0, 1), at(1, 1), at(1, 0), at(0, 0)};
  }

  /** The middle of the LED pixel in column {@code x}, row {@code y} from the top. */
  public Vector3 pixel(int x, int y) {
    return at((x + 0.5) / pixelsWide(), (y + 0.5) / pixelsHigh());
  }

  /** Index of a pixel in a raster of {@code rasterWidth} columns. */
  public int rasterIndex(int x, int y, int rasterWidth) {
    return panel.raster().index(x, y, pixelsWide(), pixelsHigh(), rasterWidth);
  }

  /** The panel as an emitter of a reflectance field. */
  public LightBasis.Panel emitter() {
    return new LightBasis.Panel(corner, right, up);
  }

  /**
   * Where a ray meets the lit side.
   *
   * @param from where it starts
   * @param direction any length but 0
   * @return s, t as in {@link #at} and the distance in lengths of {@code direction}; null if it
   *     misses or comes from behind
   */
  public double[] hit(Vector3 from, Vector3 direction) {
    double along = direction.dot(normal);
    if (!(along < 0)) {
      return null;
    }
    double distance = corner.minus(from).dot(normal) / along;
    if (!(distance > 0)) {
      return null;
    }
    Vector3 p = from.plus(direction.times(distance)).minus(corner);
    double s = p.dot(right) / right.dot(right);
    double t = 1 - p.dot(up) / up.dot(up);
    return s >= 0 && s < 1 && t >= 0 && t < 1 ? new double[] {s, t, distance} : null;
  }

  /**
   * Solid angle of the lit area seen from a point in front of it, in steradians: two triangles by
   * Van Oosterom and Strackee 1983, eq. 8.
   */
  public double solidAngle(Vector3 from) {
    Vector3[] c = corners();
    return solidAngle(c[0].minus(from), c[1].minus(from), c[2].minus(from))
        + solidAngle(c[0].minus(from), c[2].minus(from), c[3].minus(from));
  }

  static double solidAngle(Vector3 a, Vector3 b, Vector3 c) {
    double la = a.length();
    double lb = b.length();
    double lc = c.length();
    return Math.abs(
        2
            * Math.atan2(
                a.dot(b.cross(c)), la * lb * lc + a.dot(b) * lc + a.dot(c) * lb + b.dot(c) * la));
  }
}
