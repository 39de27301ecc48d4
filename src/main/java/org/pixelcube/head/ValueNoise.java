package org.pixelcube.head;

/** Smooth random values in space: random numbers on a unit lattice, blended in between. */
final class ValueNoise {
  private ValueNoise() {}

  /** The value at a point, −1 to 1. */
  static double at(long seed, double x, double y, double z) {
    double fx = Math.floor(x);
    double fy = Math.floor(y);
    double fz = Math.floor(z);
    int ix = (int) fx;
    int iy = (int) fy;
    int iz = (int) fz;
    double tx = fade(x - fx);
    double ty = fade(y - fy);
    double tz = fade(z - fz);
    double low =
        blend(
            blend(corner(seed, ix, iy, iz), corner(seed, ix + 1, iy, iz), tx),
            blend(corner(seed, ix, iy + 1, iz), corner(seed, ix + 1, iy + 1, iz), tx),
            ty);
    double high =
        blend(
            blend(corner(seed, ix, iy, iz + 1), corner(seed, ix + 1, iy, iz + 1), tx),
            blend(corner(seed, ix, iy + 1, iz + 1), corner(seed, ix + 1, iy + 1, iz + 1), tx),
            ty);
    return blend(low, high, tz);
  }

  private static double fade(double t) {
    return t * t * (3 - 2 * t);
  }

  private static double blend(double a, double b, double t) {
    return a + t * (b - a);
  }

  private static double corner(long seed, int x, int y, int z) {
    long h = seed + x * 0x9E3779B97F4A7C15L + y * 0xC2B2AE3D27D4EB4FL + z * 0x165667B19E3779F9L;
    h = (h ^ (h >>> 32)) * 0xD6E8FEB86659FD93L;
    h = (h ^ (h >>> 32)) * 0xD6E8FEB86659FD93L;
    h ^= h >>> 32;
    return (h >> 11) * 0x1p-52;
  }
}
