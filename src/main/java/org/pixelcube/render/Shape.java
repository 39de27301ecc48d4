package org.pixelcube.render;

/** A mesh, what it is made of, and the hierarchy over it, built once and shared by every pose. */
public final class Shape {
  private final String name;
  private final TriangleMesh mesh;
  private final Material material;
  private Bvh bvh;

  /**
   * @param name what the part is, for messages and masks: "skin", "hair", "left cornea"
   */
  public Shape(String name, TriangleMesh mesh, Material material) {
    this.name = name;
    this.mesh = mesh;
    this.material = material;
  }

  public String name() {
    return name;
  }

  public TriangleMesh mesh() {
    return mesh;
  }

  public Material material() {
    return material;
  }

  /** The hierarchy, in the mesh's own space. */
  public synchronized Bvh bvh() {
    if (bvh == null) {
      bvh = Bvh.build(mesh);
    }
    return bvh;
  }
}
