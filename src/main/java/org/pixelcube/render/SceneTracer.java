package org.pixelcube.render;

import java.util.List;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * Traces rays through a scene: every instance in its pose, holes by opacity decided at random. Safe
 * to share between threads; rays, hits and random numbers are the caller's own.
 */
public final class SceneTracer {
  private final Scene scene;
  private final Placed[] placed;

  /** An instance made ready: the rotation by rows, world from local. */
  static final class Placed {
    final Shape shape;
    final Bvh bvh;
    final boolean moved;
    final boolean clear;

    /** Null if the shape has no holes. */
    final CutOut cutOut;

    final float m00;
    final float m01;
    final float m02;
    final float m10;
    final float m11;
    final float m12;
    final float m20;
    final float m21;
    final float m22;
    final float x;
    final float y;
    final float z;

    Placed(Instance instance) {
      shape = instance.shape();
      bvh = shape.bvh();
      moved = !instance.pose().equals(Pose.IDENTITY);
      cutOut =
          shape.material().isOpaque() ? null : new CutOut(shape.mesh(), shape.material().opacity());
      clear = shape.material() instanceof Material.Clear;
      Rotation r = instance.pose().rotation();
      Vector3 t = instance.pose().translation();
      m00 = (float) r.m00();
      m01 = (float) r.m01();
      m02 = (float) r.m02();
      m10 = (float) r.m10();
      m11 = (float) r.m11();
      m12 = (float) r.m12();
      m20 = (float) r.m20();
      m21 = (float) r.m21();
      m22 = (float) r.m22();
      x = (float) t.x();
      y = (float) t.y();
      z = (float) t.z();
    }

    /** Sets a ray in the shape's own space. */
    void local(Ray ray, Ray out) {
      float ox = ray.ox - x;
      float oy = ray.oy - y;
      float oz = ray.oz - z;
      out.ox = m00 * ox + m10 * oy + m20 * oz;
      out.oy = m01 * ox + m11 * oy + m21 * oz;
      out.oz = m02 * ox + m12 * oy + m22 * oz;
      out.dx = m00 * ray.dx + m10 * ray.dy + m20 * ray.dz;
      out.dy = m01 * ray.dx + m11 * ray.dy + m21 * ray.dz;
      out.dz = m02 * ray.dx + m12 * ray.dy + m22 * ray.dz;
      out.tMin = ray.tMin;
      out.tMax = ray.tMax;
    }
  }

  public SceneTracer(Scene scene) {
    this.scene = scene;
    List<Instance> instances = scene.instances();
    placed = instances.stream().map(Placed::new).toArray(Placed[]::new);
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
    Traversal room = ray.traversal();
    Ray local = room.local;
    Hit candidate = room.candidate;
    float tMax = ray.tMax;
    for (int i = 0; i < placed.length; i++) {
      Placed p = placed[i];
      p.local(ray, local);
      local.tMax = tMax;
      if (p.bvh.nearest(local, room, candidate, p.cutOut, random)) {
        tMax = candidate.t;
        hit.t = candidate.t;
        hit.u = candidate.u;
        hit.v = candidate.v;
        hit.instance = i;
        hit.triangle = candidate.triangle;
      }
    }
    return hit.found();
  }

  /**
   * Whether anything stands in the ray's way. {@link Material.Clear} shells do not: light passes
   * them straight (their tint and Fresnel loss are left out).
   */
  public boolean occluded(Ray ray, RandomStream random) {
    Traversal room = ray.traversal();
    Ray local = room.local;
    for (Placed p : placed) {
      if (p.clear) {
        continue;
      }
      p.local(ray, local);
      if (p.bvh.any(local, room, p.cutOut, random)) {
        return true;
      }
    }
    return false;
  }

  /**
   * As {@link #intersect}, among the triangles of one instance, opacity not asked; {@code hit} is
   * cleared if nothing is met.
   */
  public boolean intersectInstance(int instance, Ray ray, Hit hit) {
    Traversal room = ray.traversal();
    placed[instance].local(ray, room.local);
    if (placed[instance].bvh.nearest(room.local, room, hit, null, null)) {
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
