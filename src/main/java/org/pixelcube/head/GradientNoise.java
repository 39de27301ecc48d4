package org.pixelcube.head;

/**
 * Smooth noise in space: gradient noise (Perlin, "Improving Noise", SIGGRAPH 2002) over a hashed
 * lattice, and cellular noise (Worley, "A Cellular Texture Basis Function", SIGGRAPH 1996). Both
 * are functions of the place alone, so that patterns run on across texture seams.
 */
final class GradientNoise {
  private final long seed;

  GradientNoise(long seed) {
    this.seed = seed;
  }

  private int hash(int x, int y, int z) {
    long h = seed + x * 0x9E3779B97F4A7C15L + y * 0xC2B2AE3D27D4EB4FL + z * 0x165667B19E3779F9L;
    h = (h ^ (h >>> 32)) * 0xD6E8FEB86659FD93L;
    h = (h ^ (h >>> 32)) * 0xD6E8FEB86659FD93L;
    return (int) (h >>> 32);
  }

  private static double fade(double t) {
    return t * t * t * (t * (t * 6 - 15) + 10);
  }

  private static double gradient(int h, double x, double y, double z) {
    int g = h & 15;
    double u = g < 8 ? x : y;
    double v = g < 4 ? y : g == 12 || g == 14 ? x : z;
    return ((g & 1) == 0 ? u : -u) + ((g & 2) == 0 ? v : -v);
  }

  /** Gradient noise, about −1 to 1, mean 0; features are one unit wide. */
  double at(double x, double y, double z) {
    int ix = (int) Math.floor(x);
    int iy = (int) Math.floor(y);
    int iz = (int) Math.floor(z);
    double fx = x - ix;
    double fy = y - iy;
    double fz = z - iz;
    double u = fade(fx);
    double v = fade(fy);
    double w = fade(fz);
    double a = gradient(hash(ix, iy, iz), fx, fy, fz);
    double b = gradient(hash(ix + 1, iy, iz), fx - 1, fy, fz);
    double c = gradient(hash(ix, iy + 1, iz), fx, fy - 1, fz);
    double d = gradient(hash(ix + 1, iy + 1, iz), fx - 1, fy - 1, fz);
    double e = gradient(hash(ix, iy, iz + 1), fx, fy, fz - 1);
    double f = gradient(hash(ix + 1, iy, iz + 1), fx - 1, fy, fz - 1);
    double g = gradient(hash(ix, iy + 1, iz + 1), fx, fy - 1, fz - 1);
    double h = gradient(hash(ix + 1, iy + 1, iz + 1), fx - 1, fy - 1, fz - 1);
    double near = a + u * (b - a) + v * (c + u * (d - c) - a - u * (b - a));
    double far = e + u * (f - e) + v * (g + u * (h - g) - e - u * (f - e));
    return near + w * (far - near);
  }

  /** Octaves of gradient noise, each half as strong and twice as fine. */
  double octaves(double x, double y, double z, int count) {
    double sum = 0;
    double gain = 1;
    double scale = 1;
    for (int i = 0; i < count; i++) {
      sum += gain * at(scale * x + 17 * i, scale * y, scale * z);
      gain *= 0.5;
      scale *= 2;
    }
    return sum;
  }

  /** The nearest of one random point per unit cell. Mutable, one per thread. */
  static final class Cell {
    /** Distance to the point, in cells. */
    double distance;

    /** A number of the point's own, uniform in [0, 1). */
    double value;

    /** Another. */
    double other;
  }

  /**
   * Finds the nearest point among the eight cells around a place; it is the nearest of all if it is
   * less than 0.75 away.
   */
  void cell(double x, double y, double z, Cell out) {
    int ix = (int) Math.floor(x - 0.5);
    int iy = (int) Math.floor(y - 0.5);
    int iz = (int) Math.floor(z - 0.5);
    double best = Double.MAX_VALUE;
    int which = 0;
    for (int k = 0; k < 8; k++) {
      int cx = ix + (k & 1);
      int cy = iy + ((k >> 1) & 1);
      int cz = iz + (k >> 2);
      int h = hash(cx, cy, cz);
      // Points keep to the middle of their cells, so that eight cells are enough.
      double dx = cx + 0.25 + 0.5 * (h & 1023) / 1023.0 - x;
      double dy = cy + 0.25 + 0.5 * ((h >> 10) & 1023) / 1023.0 - y;
      double dz = cz + 0.25 + 0.5 * ((h >> 20) & 1023) / 1023.0 - z;
      double d = dx * dx + dy * dy + dz * dz;
      if (d < best) {
        best = d;
        which = h;
      }
    }
    out.distance = Math.sqrt(best);
    int mixed = which * 0x9E3779B1;
    out.value = (mixed >>> 16) / 65536.0;
    out.other = (mixed & 0xFFFF) / 65536.0;
  }
}
