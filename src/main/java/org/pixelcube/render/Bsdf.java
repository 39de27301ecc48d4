package org.pixelcube.render;

/**
 * Scattering at a surface point: names of the lobes and single questions. Where many directions are
 * asked at one point, prepare {@link Lobes} once.
 *
 * <p>Directions are unit vectors in world space that point away from the surface: {@code wo} to
 * where the light goes, {@code wi} to where it comes from. All values are the scattering function
 * times |cos θi| (for hair, times the cosine to the fibre's normal plane).
 *
 * <p>Lobes are asked for by mask. The diffuse lobe of {@link Material.Skin} is what a Lambert
 * surface of the same albedo would give, for where the walk under the surface is not worth its
 * time; {@link SubsurfaceWalk} does it properly.
 */
public final class Bsdf {
  /** The diffuse base; all of a hair fibre counts as diffuse. */
  public static final int DIFFUSE = 1;

  /** GGX lobes. */
  public static final int SPECULAR = 2;

  /** The mirror and the straight passage of a {@link Material.Clear} shell. */
  public static final int DELTA = 4;

  public static final int ALL = DIFFUSE | SPECULAR | DELTA;

  /** A direction drawn from a lobe. Mutable, one per thread. */
  public static final class Sample {
    public float wx;
    public float wy;
    public float wz;

    /** Probability density per steradian over all lobes asked for; 0 for a delta lobe. */
    public float pdf;

    /** Value, summed over the lobes asked for, over density. */
    public final float[] weight = new float[3];

    /** The lobe the direction was drawn from: one of the masks. */
    public int lobe;
  }

  private Bsdf() {}

  /** Which lobes the point has. */
  public static int lobes(SurfacePoint point) {
    return switch (point.shape.material()) {
      case Material.Lambert _, Material.Hair _ -> DIFFUSE;
      case Material.Glossy _, Material.Skin _ -> DIFFUSE | SPECULAR;
      case Material.Clear _ -> DELTA;
    };
  }

  /** The value for a pair of directions, summed over the lobes; delta lobes give nothing. */
  public static void eval(
      SurfacePoint point,
      float ox,
      float oy,
      float oz,
      float ix,
      float iy,
      float iz,
      int lobes,
      float[] out) {
    new Lobes().prepare(point, ox, oy, oz).eval(ix, iy, iz, lobes, out);
  }

  /** The density with which {@link #sample} draws a direction. */
  public static float pdf(
      SurfacePoint point, float ox, float oy, float oz, float ix, float iy, float iz, int lobes) {
    return new Lobes().prepare(point, ox, oy, oz).pdf(ix, iy, iz, lobes);
  }

  /** Draws a direction; false if the light is absorbed. */
  public static boolean sample(
      SurfacePoint point,
      float ox,
      float oy,
      float oz,
      int lobes,
      RandomStream random,
      Sample out) {
    return new Lobes().prepare(point, ox, oy, oz).sample(lobes, random, out);
  }
}
