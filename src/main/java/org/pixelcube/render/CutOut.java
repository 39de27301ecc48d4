package org.pixelcube.render;

/**
 * Holes in a mesh: a triangle is there with the probability of its opacity at the point.
 *
 * @param seed sets the decisions of one mesh apart from those of another
 */
record CutOut(TriangleMesh mesh, Texture opacity, int seed) {

  /**
   * Decides whether a ray meets a triangle, or a hole in it; u and v as in {@link Hit}. A triangle
   * may be asked about more than once, and a ray gets the same answer every time.
   *
   * @param salt random bits that belong to the ray
   */
  boolean isThere(int triangle, float u, float v, int salt) {
    float[] uvs = mesh.uvs();
    int a = 2 * mesh.triangles()[3 * triangle];
    int b = 2 * mesh.triangles()[3 * triangle + 1];
    int c = 2 * mesh.triangles()[3 * triangle + 2];
    float w = 1 - u - v;
    float share =
        opacity.at(
            w * uvs[a] + u * uvs[b] + v * uvs[c], w * uvs[a + 1] + u * uvs[b + 1] + v * uvs[c + 1]);
    return (mix(salt ^ mix(triangle + 0x9E3779B9 * (seed + 1))) >>> 8) * 0x1p-24f < share;
  }

  /** A permutation of integers that leaves no pattern: the finaliser of MurmurHash3 (Appleby). */
  private static int mix(int x) {
    x = (x ^ (x >>> 16)) * 0x85EBCA6B;
    x = (x ^ (x >>> 13)) * 0xC2B2AE35;
    return x ^ (x >>> 16);
  }
}
