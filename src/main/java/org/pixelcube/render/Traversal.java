package org.pixelcube.render;

/** What a traversal needs room for; one per thread, reused from ray to ray. */
final class Traversal {
  /** Nodes still to be visited: the bits of the distance above the code of the node. */
  long[] stack = new long[256];

  /** Distances to the boxes of a node, as bits of floats. */
  final int[] near = new int[8];

  /** What a block of triangles gave, per lane. */
  final float[] t = new float[Bvh.LANES];

  final float[] v = new float[Bvh.LANES];
  final float[] w = new float[Bvh.LANES];

  /** The ray in an instance's own space. */
  final Ray local = new Ray();

  final Hit candidate = new Hit();
}
