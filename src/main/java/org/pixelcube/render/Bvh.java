package org.pixelcube.render;

/** A bounding volume hierarchy over the triangles of one mesh. */
public final class Bvh {
  private Bvh() {}

  /** Builds the hierarchy; degenerate triangles are left out, they can not be met. */
  public static Bvh build(TriangleMesh mesh) {
    return new Bvh();
  }

  /**
   * Finds the nearest triangle that the ray meets, from either side.
   *
   * @return whether there is one; {@code hit} is written only then
   */
  public boolean intersect(Ray ray, Hit hit) {
    return false;
  }

  /** Whether the ray meets any triangle. */
  public boolean occluded(Ray ray) {
    return false;
  }
}
