package org.pixelcube.render;

/** A mesh, what it is made of, and the hierarchy over it, built once and shared by every pose. */
public final class Shape {
  private final String name;
  private final TriangleMesh mesh;
  private final Material material;
  private final Shape origin;
  private Bvh bvh;

  /**
   * @param name what the part is, for messages and masks: "skin", "hair", "left cornea"
   */
  public Shape(String name, TriangleMesh mesh, Material material) {
    this(name, mesh, material, null);
  }

  private Shape(String name, TriangleMesh mesh, Material material, Shape origin) {
    this.name = name;
    this.mesh = mesh;
    this.material = material;
    this.origin = origin;
  }

  /**
   * The shape with its vertices elsewhere: the hierarchy is {@linkplain Bvh#refit refitted}, not
   * built, which pays while the mesh keeps its rough shape.
   *
   * @param moved of the same triangles
   * @throws IllegalArgumentException if it is another mesh
   */
  public Shape moved(TriangleMesh moved, Material newMaterial) {
    if (moved.vertexCount() != mesh.vertexCount()
        || moved.triangleCount() != mesh.triangleCount()) {
      throw new IllegalArgumentException(
          "%s: %d vertices and %d triangles, %d and %d were expected"
              .formatted(
                  name,
                  moved.vertexCount(),
                  moved.triangleCount(),
                  mesh.vertexCount(),
                  mesh.triangleCount()));
    }
    return new Shape(name, moved, newMaterial, this);
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
      bvh = origin == null ? Bvh.build(mesh) : origin.bvh().refit(mesh);
    }
    return bvh;
  }
}
