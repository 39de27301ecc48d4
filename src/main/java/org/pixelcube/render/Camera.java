package org.pixelcube.render;

import org.pixelcube.math.Vector3;

/**
 * A pinhole camera that looks along −Z of its own axes, +X to the right of the picture, +Y up.
 *
 * @param pose where it stands in the world
 * @param width picture width, pixels
 * @param height picture height, pixels
 * @param focalLengthPixels focal length in pixels (square pixels, axis through the middle)
 */
public record Camera(Pose pose, int width, int height, double focalLengthPixels) {

  /**
   * A camera on the +Z axis at a distance from the origin, framing {@code heightMetres} of the
   * world there.
   */
  public static Camera portrait(int width, int height, double distance, double heightMetres) {
    return new Camera(
        new Pose(org.pixelcube.math.Rotation.IDENTITY, new Vector3(0, 0, distance)),
        width,
        height,
        height * distance / heightMetres);
  }

  /** Sets the ray through a point of the picture, in pixels from the top left corner. */
  public void ray(double x, double y, Ray out) {
    Vector3 d =
        pose.rotation()
            .apply(
                new Vector3(
                        (x - width / 2.0) / focalLengthPixels,
                        (height / 2.0 - y) / focalLengthPixels,
                        -1)
                    .normalized());
    Vector3 o = pose.translation();
    out.set(
        (float) o.x(), (float) o.y(), (float) o.z(), (float) d.x(), (float) d.y(), (float) d.z());
  }

  /**
   * Where a world point falls: x and y in pixels from the top left corner, and its depth along the
   * view axis in metres (not positive behind the camera).
   */
  public Vector3 project(Vector3 world) {
    Vector3 local = pose.local(world);
    double depth = -local.z();
    return new Vector3(
        width / 2.0 + focalLengthPixels * local.x() / depth,
        height / 2.0 - focalLengthPixels * local.y() / depth,
        depth);
  }
}
