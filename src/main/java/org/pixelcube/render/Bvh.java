package org.pixelcube.render;

/** A bounding volume hierarchy over the triangles of one mesh. */
public final class Bvh {
  private static final int STACK = 128;

  /** Directions nearer to an axis plane than this are tilted to it, so that 1 / d stays finite. */
  private static final float LEAST_COMPONENT = 1e-18f;

  private final TriangleMesh mesh;
  private final BinaryTree tree;

  private Bvh(TriangleMesh mesh, BinaryTree tree) {
    this.mesh = mesh;
    this.tree = tree;
  }

  /** Builds the hierarchy; degenerate triangles are left out, they can not be met. */
  public static Bvh build(TriangleMesh mesh) {
    return new Bvh(mesh, BinaryTree.build(mesh));
  }

  /**
   * Finds the nearest triangle that the ray meets, from either side.
   *
   * @return whether there is one; {@code hit} is written only then
   */
  public boolean intersect(Ray ray, Hit hit) {
    return trace(ray, hit, false);
  }

  /** Whether the ray meets any triangle. */
  public boolean occluded(Ray ray) {
    return trace(ray, new Hit(), true);
  }

  /** Least and greatest x, y, z; null if there is nothing to meet. */
  float[] bounds() {
    return tree.isEmpty() ? null : java.util.Arrays.copyOf(tree.bounds, 6);
  }

  private boolean trace(Ray ray, Hit hit, boolean any) {
    if (tree.isEmpty()) {
      return false;
    }
    float[] origin = {ray.ox, ray.oy, ray.oz};
    float[] d = {ray.dx, ray.dy, ray.dz};
    float[] inverse = {inverse(d[0]), inverse(d[1]), inverse(d[2])};
    // Shear that carries the ray onto +z (Woop, Benthin and Wald, "Watertight ray/triangle
    // intersection", 2013).
    float ax = Math.abs(d[0]);
    float ay = Math.abs(d[1]);
    float az = Math.abs(d[2]);
    int kz = ax > ay ? (ax > az ? 0 : 2) : (ay > az ? 1 : 2);
    int kx = (kz + 1) % 3;
    int ky = (kz + 2) % 3;
    float sx = d[kx] / d[kz];
    float sy = d[ky] / d[kz];
    float sz = 1 / d[kz];
    float[] p = mesh.positions();
    int[] triangles = mesh.triangles();
    float best = ray.tMax;
    boolean found = false;
    int[] stack = new int[STACK];
    int top = 0;
    stack[top++] = 0;
    while (top > 0) {
      int node = stack[--top];
      if (!meets(node, origin, inverse, ray.tMin, best)) {
        continue;
      }
      if (!tree.isLeaf(node)) {
        stack[top++] = tree.second[node];
        stack[top++] = tree.first[node];
        continue;
      }
      int end = tree.first[node] + tree.count(node);
      for (int i = tree.first[node]; i < end; i++) {
        int triangle = tree.order[i];
        int a = 3 * triangles[3 * triangle];
        int b = 3 * triangles[3 * triangle + 1];
        int c = 3 * triangles[3 * triangle + 2];
        float aDepth = p[a + kz] - origin[kz];
        float bDepth = p[b + kz] - origin[kz];
        float cDepth = p[c + kz] - origin[kz];
        float axs = p[a + kx] - origin[kx] - sx * aDepth;
        float ays = p[a + ky] - origin[ky] - sy * aDepth;
        float bxs = p[b + kx] - origin[kx] - sx * bDepth;
        float bys = p[b + ky] - origin[ky] - sy * bDepth;
        float cxs = p[c + kx] - origin[kx] - sx * cDepth;
        float cys = p[c + ky] - origin[ky] - sy * cDepth;
        float u = cxs * bys - cys * bxs;
        float v = axs * cys - ays * cxs;
        float w = bxs * ays - bys * axs;
        if ((u < 0 || v < 0 || w < 0) && (u > 0 || v > 0 || w > 0)) {
          continue;
        }
        float det = u + v + w;
        float t = (u * aDepth + v * bDepth + w * cDepth) * sz / det;
        if (t > ray.tMin && t < best) {
          if (any) {
            return true;
          }
          found = true;
          best = t;
          hit.t = t;
          hit.u = v / det;
          hit.v = w / det;
          hit.instance = 0;
          hit.triangle = triangle;
        }
      }
    }
    return found;
  }

  private boolean meets(int node, float[] origin, float[] inverse, float near, float far) {
    for (int k = 0; k < 3; k++) {
      float t0 = (tree.bounds[6 * node + k] - origin[k]) * inverse[k];
      float t1 = (tree.bounds[6 * node + 3 + k] - origin[k]) * inverse[k];
      near = Math.max(near, Math.min(t0, t1));
      far = Math.min(far, Math.max(t0, t1) * 1.0000004f);
    }
    return near <= far;
  }

  private static float inverse(float d) {
    return 1 / (Math.abs(d) < LEAST_COMPONENT ? Math.copySign(LEAST_COMPONENT, d) : d);
  }
}
