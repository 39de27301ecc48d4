package org.pixelcube.head;

import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.TriangleMesh;

/**
 * The pose whose hierarchy a deforming skin or cloth is refitted from. (Hairs are built in every
 * frame: a build clips their long triangles to boxes, which a refit can not, and rays then take a
 * sixth longer.) Faces that speak keep the boxes of a hierarchy tight, a head that turns does not:
 * beyond {@link #MOST_DEGREES} it is built anew.
 */
final class Anchor {
  /** Boxes around parts of a head turned by so much are about a tenth larger. */
  static final double MOST_DEGREES = 12;

  private Shape shape;
  private Pose head;

  /** The part as a shape in a pose. */
  synchronized Shape at(String name, TriangleMesh mesh, Material material, Pose newHead) {
    if (shape == null || degreesBetween(head, newHead) > MOST_DEGREES) {
      shape = new Shape(name, mesh, material);
      head = newHead;
      return shape;
    }
    return shape.moved(mesh, material);
  }

  /** By how much one rotation differs from another, degrees. */
  static double degreesBetween(Pose a, Pose b) {
    var r = a.rotation().inverse().after(b.rotation());
    double x = r.m21() - r.m12();
    double y = r.m02() - r.m20();
    double z = r.m10() - r.m01();
    return Math.toDegrees(
        Math.atan2(Math.sqrt(x * x + y * y + z * z), r.m00() + r.m11() + r.m22() - 1));
  }
}
