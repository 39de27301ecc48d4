package org.pixelcube.render;

/**
 * A point of a surface, ready to be shaded, in world space. Mutable, one per thread.
 *
 * <p>The normals face the side the ray came from.
 */
public final class SurfacePoint {
  public Shape shape;
  public int instance;
  public int triangle;

  /** Barycentric coordinates as in {@link Hit}. */
  public float baryU;

  public float baryV;

  /** Position, metres. */
  public float px;

  public float py;
  public float pz;

  /** Unit geometric normal. */
  public float gx;

  public float gy;
  public float gz;

  /** Unit shading normal, normal map applied, on the geometric normal's side of the surface. */
  public float nx;

  public float ny;
  public float nz;

  /**
   * Unit tangent: along growing u, or for hair along growing v (root to tip); at right angles to
   * the shading normal.
   */
  public float tx;

  public float ty;
  public float tz;

  /** Texture coordinates. */
  public float u;

  public float v;

  /** Whether the ray came from the inside, against the mesh's own normal. */
  public boolean inside;

  /** Albedo at the point, linear Rec.709. */
  public final float[] albedo = new float[3];

  /** Perceptual roughness at the point. */
  public float roughness;

  /** Works out everything at a hit. */
  public void set(SceneTracer tracer, Ray ray, Hit hit) {}

  /**
   * Starts a ray at this point in a unit direction, moved off the surface to the side the direction
   * points to, so that it does not meet its own triangle.
   */
  public void spawn(float dx, float dy, float dz, Ray out) {}
}
