package org.pixelcube.render;

/**
 * A ray made ready for the hierarchies it passes, and the room that takes; one per thread, reused
 * from ray to ray.
 *
 * <p>Distances to the planes of boxes are {@code p · inverse + offset}, the offset moved by a bound
 * on its rounding: boxes are met a little outside, so that no triangle is lost.
 */
final class Traversal {
  /** Directions nearer to an axis plane than this are tilted to it, so that 1 / d stays finite. */
  private static final float LEAST_COMPONENT = 1e-18f;

  /** Bound on the rounding of a distance to a plane, over what enters it. */
  private static final float ROUNDING = 0x1p-22f;

  float inverseX;
  float inverseY;
  float inverseZ;
  float nearOffsetX;
  float nearOffsetY;
  float nearOffsetZ;
  float farOffsetX;
  float farOffsetY;
  float farOffsetZ;

  /** Where in a node the planes lie by which the ray enters boxes. */
  int nearX;

  int nearY;
  int nearZ;

  /** Start of the interval, not negative. */
  float tMin;

  /** For triangles: the axis nearest to the ray, and the next two, as places in a block. */
  int axisZ;

  int axisP;
  int axisQ;

  /** By axis in that order: the origin, and the steps aside that go with a step along the first. */
  float originZ;

  float originP;
  float originQ;
  float shearP;
  float shearQ;

  /** A step along the first axis in distances. */
  float toDistance;

  /** Nodes still to be visited: the bits of the distance above the code of the node. */
  long[] stack = new long[256];

  /** Distances to the boxes of a node, as bits of floats. */
  final int[] near = new int[Bvh.WIDTH];

  /** What a block of triangles gave, per lane: distance, and {@link Hit#u} and v. */
  final float[] t8 = new float[Bvh.LANES];

  final float[] v8 = new float[Bvh.LANES];
  final float[] w8 = new float[Bvh.LANES];

  /** End of the interval: the distance of the best hit so far. */
  float best;

  /** What decides for this ray where holes are. */
  int salt;

  /** The triangle of the best hit; −1 while there is none. */
  int triangle;

  float u;
  float v;

  /** The ray in an instance's own space. */
  private Ray local;

  Ray local() {
    if (local == null) {
      local = new Ray();
    }
    return local;
  }

  /**
   * Makes a ray ready.
   *
   * @param greatest coordinate of the boxes it will meet
   * @param stackSize room for so many nodes
   */
  void ready(Ray ray, float greatest, int stackSize) {
    if (stack.length < stackSize) {
      stack = new long[stackSize];
    }
    float ox = ray.ox;
    float oy = ray.oy;
    float oz = ray.oz;
    float ix = inverse(ray.dx);
    float iy = inverse(ray.dy);
    float iz = inverse(ray.dz);
    inverseX = ix;
    inverseY = iy;
    inverseZ = iz;
    float slackX = ROUNDING * (Math.abs(ox) + greatest) * Math.abs(ix);
    float slackY = ROUNDING * (Math.abs(oy) + greatest) * Math.abs(iy);
    float slackZ = ROUNDING * (Math.abs(oz) + greatest) * Math.abs(iz);
    nearOffsetX = -ox * ix - slackX;
    nearOffsetY = -oy * iy - slackY;
    nearOffsetZ = -oz * iz - slackZ;
    farOffsetX = -ox * ix + slackX;
    farOffsetY = -oy * iy + slackY;
    farOffsetZ = -oz * iz + slackZ;
    // The greatest planes follow on the least ones, three axes further.
    nearX = (Float.floatToRawIntBits(ix) >>> 31) * 3 * Bvh.WIDTH;
    nearY = (Float.floatToRawIntBits(iy) >>> 31) * 3 * Bvh.WIDTH + Bvh.WIDTH;
    nearZ = (Float.floatToRawIntBits(iz) >>> 31) * 3 * Bvh.WIDTH + 2 * Bvh.WIDTH;
    float ax = Math.abs(ray.dx);
    float ay = Math.abs(ray.dy);
    float az = Math.abs(ray.dz);
    if (ax > ay && ax > az) {
      axes(0, 1, 2, ray.dx, ray.dy, ray.dz, ox, oy, oz);
    } else if (ay > az && ax <= ay) {
      axes(1, 2, 0, ray.dy, ray.dz, ray.dx, oy, oz, ox);
    } else {
      axes(2, 0, 1, ray.dz, ray.dx, ray.dy, oz, ox, oy);
    }
    tMin = ray.tMin > 0 ? ray.tMin : 0;
    best = ray.tMax;
    triangle = -1;
  }

  private void axes(
      int z, int p, int q, float dz, float dp, float dq, float oz, float op, float oq) {
    float iz = 1 / dz;
    axisZ = Bvh.LANES * z;
    axisP = Bvh.LANES * p;
    axisQ = Bvh.LANES * q;
    toDistance = iz;
    shearP = -dp * iz;
    shearQ = -dq * iz;
    originZ = oz;
    originP = op;
    originQ = oq;
  }

  private static float inverse(float d) {
    return 1 / (Math.abs(d) < LEAST_COMPONENT ? Math.copySign(LEAST_COMPONENT, d) : d);
  }
}
