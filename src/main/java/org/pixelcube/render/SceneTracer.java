package org.pixelcube.render;

/**
 * Traces rays through a scene: every instance in its pose, holes by opacity decided at random. Safe
 * to share between threads; rays, hits and random numbers are the caller's own.
 */
public final class SceneTracer {
  private final Scene scene;

  public SceneTracer(Scene scene) {
    this.scene = scene;
  }

  public Scene scene() {
    return scene;
  }

  /** Finds what the ray meets first; a surface of opacity a is met with probability a. */
  public boolean intersect(Ray ray, Hit hit, RandomStream random) {
    return false;
  }

  /**
   * Whether anything stands in the ray's way. {@link Material.Clear} shells do not: light passes
   * them straight (their tint and Fresnel loss are left out).
   */
  public boolean occluded(Ray ray, RandomStream random) {
    return false;
  }

  /** As {@link #intersect}, among the triangles of one instance, opacity not asked. */
  public boolean intersectInstance(int instance, Ray ray, Hit hit) {
    return false;
  }
}
