package org.pixelcube.render;

/**
 * Where a ray met a triangle: the point is {@code (1 − u − v) · a + u · b + v · c}. Nothing was met
 * if {@link #triangle} is negative.
 */
public final class Hit {
  /** Distance along the ray, metres. */
  public float t;

  public float u;
  public float v;

  /** Index into {@link Scene#instances()}; 0 when a {@link Bvh} is asked alone. */
  public int instance;

  public int triangle = -1;

  public boolean found() {
    return triangle >= 0;
  }

  public void clear() {
    triangle = -1;
    t = Float.POSITIVE_INFINITY;
  }
}
