package org.pixelcube.render;

/** The walk of light under skin. */
public final class SubsurfaceWalk {
  private SubsurfaceWalk() {}

  /**
   * Walks from a point of {@link Material.Skin}, entered from outside, to where the light leaves.
   *
   * @param throughput multiplied by the walk's weight per channel (the diffuse lobe's share of the
   *     light included)
   * @param exit receives the point of exit, normals facing outwards; light falls on it as on a
   *     white Lambert surface
   * @return false if the light is absorbed
   */
  public static boolean walk(
      SceneTracer tracer,
      SurfacePoint entry,
      float ox,
      float oy,
      float oz,
      RandomStream random,
      SurfacePoint exit,
      float[] throughput) {
    return false;
  }
}
