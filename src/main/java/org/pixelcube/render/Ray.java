package org.pixelcube.render;

/** A ray: origin, unit direction, and the open interval of distances in which it may hit. */
public final class Ray {
  public float ox;
  public float oy;
  public float oz;
  public float dx;
  public float dy;
  public float dz;
  public float tMin;
  public float tMax = Float.POSITIVE_INFINITY;

  private Traversal traversal;

  /** A ray to be reused: it holds the room that its traversals need. */
  public Ray() {}

  /** The room for traversals, made when first asked for. */
  Traversal traversal() {
    if (traversal == null) {
      traversal = new Traversal();
    }
    return traversal;
  }

  /** Starts anew from a point in a unit direction, from 0 to infinity. */
  public Ray set(float ox, float oy, float oz, float dx, float dy, float dz) {
    this.ox = ox;
    this.oy = oy;
    this.oz = oz;
    this.dx = dx;
    this.dy = dy;
    this.dz = dz;
    tMin = 0;
    tMax = Float.POSITIVE_INFINITY;
    return this;
  }

  /** Becomes the same ray as another. */
  public Ray set(Ray other) {
    set(other.ox, other.oy, other.oz, other.dx, other.dy, other.dz);
    tMin = other.tMin;
    tMax = other.tMax;
    return this;
  }
}
