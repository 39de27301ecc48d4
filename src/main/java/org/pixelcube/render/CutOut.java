package org.pixelcube.render;

/** Holes in a mesh: a triangle is there with the probability of its opacity at the point. */
record CutOut(TriangleMesh mesh, Texture opacity) {

  /** Decides whether a ray meets a triangle, or a hole in it; u and v as in {@link Hit}. */
  boolean isThere(int triangle, float u, float v, RandomStream random) {
    float[] uvs = mesh.uvs();
    int a = 2 * mesh.triangles()[3 * triangle];
    int b = 2 * mesh.triangles()[3 * triangle + 1];
    int c = 2 * mesh.triangles()[3 * triangle + 2];
    float w = 1 - u - v;
    return random.nextFloat()
        < opacity.at(
            w * uvs[a] + u * uvs[b] + v * uvs[c], w * uvs[a + 1] + u * uvs[b + 1] + v * uvs[c + 1]);
  }
}
