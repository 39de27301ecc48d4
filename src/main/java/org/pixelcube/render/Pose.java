package org.pixelcube.render;

import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/** Where a rigid body stands: {@code world = rotation · local + translation}, metres. */
public record Pose(Rotation rotation, Vector3 translation) {
  public static final Pose IDENTITY = new Pose(Rotation.IDENTITY, Vector3.ZERO);

  /** A local point in world space. */
  public Vector3 point(Vector3 local) {
    return rotation.apply(local).plus(translation);
  }

  /** A world point in local space. */
  public Vector3 local(Vector3 world) {
    return rotation.inverse().apply(world.minus(translation));
  }

  /** This pose applied after {@code first}. */
  public Pose after(Pose first) {
    return new Pose(rotation.after(first.rotation), point(first.translation));
  }

  public Pose inverse() {
    Rotation back = rotation.inverse();
    return new Pose(back, back.apply(translation).times(-1));
  }
}
