package org.pixelcube.render;

import java.util.List;

/**
 * Traces rays through a scene: every instance in its pose, holes by opacity decided at random. Safe
 * to share between threads; rays, hits and random numbers are the caller's own.
 */
public final class SceneTracer {
  private final Scene scene;
  private final Placed[] placed;
  private final World world;

  public SceneTracer(Scene scene) {
    this.scene = scene;
    List<Instance> instances = scene.instances();
    placed = new Placed[instances.size()];
    for (int i = 0; i < placed.length; i++) {
      placed[i] = new Placed(instances.get(i), i);
    }
    world = new World(placed);
  }

  public Scene scene() {
    return scene;
  }

  /**
   * Finds what the ray meets first; a surface of opacity a is met with probability a. {@code hit}
   * is cleared if nothing is met.
   */
  public boolean intersect(Ray ray, Hit hit, RandomStream random) {
    hit.clear();
    return world.nearest(ray, hit, random);
  }

  /**
   * Whether anything stands in the ray's way. {@link Material.Clear} shells do not: light passes
   * them straight (their tint and Fresnel loss are left out).
   */
  public boolean occluded(Ray ray, RandomStream random) {
    return world.any(ray, random);
  }

  /**
   * As {@link #intersect}, among the triangles of one instance, opacity not asked; {@code hit} is
   * cleared if nothing is met.
   */
  public boolean intersectInstance(int instance, Ray ray, Hit hit) {
    Placed p = placed[instance];
    Ray local = ray;
    if (p.moved) {
      local = ray.traversal().local();
      p.local(ray, local);
    }
    if (p.bvh.intersect(local, hit)) {
      hit.instance = instance;
      return true;
    }
    hit.clear();
    return false;
  }

  Placed placed(int instance) {
    return placed[instance];
  }
}
