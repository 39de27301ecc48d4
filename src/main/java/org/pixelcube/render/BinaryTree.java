package org.pixelcube.render;

import java.util.concurrent.RecursiveAction;

/**
 * A binary bounding volume hierarchy, split by the surface area heuristic over bins of centroids
 * (Wald, "On fast construction of SAH-based bounding volume hierarchies", 2007). The raw material
 * of {@link Bvh}.
 *
 * <p>Node 0 is the root. The nodes of a subtree over n triangles lie in 2n − 1 consecutive places,
 * so that subtrees are built in parallel and the result does not depend on it; some places stay
 * unused.
 */
final class BinaryTree {
  /** Triangles that one vector of lanes tests at the price of one. */
  static final int BLOCK = 8;

  private static final int BINS = 16;

  /** What it costs to pass a node, in tests of a block of triangles. */
  private static final float NODE_COST = 0.5f;

  private static final int PARALLEL_FROM = 4096;

  /** Triangle indices; a node holds a run of them. */
  final int[] order;

  /** Least and greatest x, y, z of each node: 6 floats. */
  final float[] bounds;

  /** Where each node's run starts. */
  final int[] from;

  /** How long it is. */
  final int[] length;

  /** Second child, the first one follows on the node itself; 0 for a leaf. */
  final int[] second;

  /** Bounds of each triangle: 6 floats. */
  private final float[] boxes;

  private final int mostInLeaf;

  private BinaryTree(int[] order, float[] boxes, int mostInLeaf) {
    this.order = order;
    this.mostInLeaf = mostInLeaf;
    this.boxes = boxes;
    int nodes = Math.max(0, 2 * order.length - 1);
    bounds = new float[6 * nodes];
    from = new int[nodes];
    length = new int[nodes];
    second = new int[nodes];
  }

  /**
   * Builds over every triangle whose corners are finite, also one that has no area now. Slivers
   * such as strands of hair are cut up first, so that a triangle may stand in several leaves.
   */
  static BinaryTree build(TriangleMesh mesh) {
    SplitTriangles pieces = SplitTriangles.of(mesh);
    int[] order = new int[pieces.count];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    BinaryTree tree = new BinaryTree(order, pieces.boxes, BLOCK).built();
    for (int i = 0; i < order.length; i++) {
      order[i] = pieces.triangles[order[i]];
    }
    return tree;
  }

  /**
   * Builds over boxes, one to a leaf.
   *
   * @param boxes least and greatest x, y, z of each: 6 floats
   */
  static BinaryTree over(float[] boxes) {
    int[] order = new int[boxes.length / 6];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    return new BinaryTree(order, boxes, 1).built();
  }

  private BinaryTree built() {
    if (order.length > 0) {
      new Split(0, 0, order.length).invoke();
    }
    return this;
  }

  /**
   * The descendants of a node that make one wide node, the largest opened first.
   *
   * @param out receives them, as many as it holds at most
   * @return how many there are
   */
  int open(int root, int[] out) {
    int count = 1;
    out[0] = root;
    while (count < out.length) {
      int widest = -1;
      for (int i = 0; i < count; i++) {
        if (!isLeaf(out[i]) && (widest < 0 || area(out[i]) > area(out[widest]))) {
          widest = i;
        }
      }
      if (widest < 0) {
        break;
      }
      int opened = out[widest];
      out[widest] = opened + 1;
      out[count++] = second[opened];
    }
    return count;
  }

  boolean isEmpty() {
    return order.length == 0;
  }

  boolean isLeaf(int node) {
    return second[node] == 0;
  }

  /** Half the surface of a node's box. */
  float area(int node) {
    float x = bounds[6 * node + 3] - bounds[6 * node];
    float y = bounds[6 * node + 4] - bounds[6 * node + 1];
    float z = bounds[6 * node + 5] - bounds[6 * node + 2];
    return x * y + y * z + z * x;
  }

  /** Builds the subtree over one run of triangles. */
  private final class Split extends RecursiveAction {
    private static final long serialVersionUID = 1;

    private final int node;
    private final int from;
    private final int to;

    Split(int node, int from, int to) {
      this.node = node;
      this.from = from;
      this.to = to;
    }

    @Override
    protected void compute() {
      int middle = split(node, from, to);
      if (middle < 0) {
        return;
      }
      Split left = new Split(node + 1, from, middle);
      Split right = new Split(second[node], middle, to);
      if (to - from >= PARALLEL_FROM) {
        invokeAll(left, right);
      } else {
        left.compute();
        right.compute();
      }
    }
  }

  /** Fills in a node; returns where its run was parted, or −1 for a leaf. */
  private int split(int node, int from, int to) {
    float x0 = Float.POSITIVE_INFINITY;
    float y0 = Float.POSITIVE_INFINITY;
    float z0 = Float.POSITIVE_INFINITY;
    float x1 = Float.NEGATIVE_INFINITY;
    float y1 = Float.NEGATIVE_INFINITY;
    float z1 = Float.NEGATIVE_INFINITY;
    // Centroids are kept doubled: the sum of a box's ends.
    float cx0 = Float.POSITIVE_INFINITY;
    float cy0 = Float.POSITIVE_INFINITY;
    float cz0 = Float.POSITIVE_INFINITY;
    float cx1 = Float.NEGATIVE_INFINITY;
    float cy1 = Float.NEGATIVE_INFINITY;
    float cz1 = Float.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      int b = 6 * order[i];
      float lx = boxes[b];
      float ly = boxes[b + 1];
      float lz = boxes[b + 2];
      float hx = boxes[b + 3];
      float hy = boxes[b + 4];
      float hz = boxes[b + 5];
      x0 = Math.min(x0, lx);
      y0 = Math.min(y0, ly);
      z0 = Math.min(z0, lz);
      x1 = Math.max(x1, hx);
      y1 = Math.max(y1, hy);
      z1 = Math.max(z1, hz);
      cx0 = Math.min(cx0, lx + hx);
      cy0 = Math.min(cy0, ly + hy);
      cz0 = Math.min(cz0, lz + hz);
      cx1 = Math.max(cx1, lx + hx);
      cy1 = Math.max(cy1, ly + hy);
      cz1 = Math.max(cz1, lz + hz);
    }
    int o = 6 * node;
    bounds[o] = x0;
    bounds[o + 1] = y0;
    bounds[o + 2] = z0;
    bounds[o + 3] = x1;
    bounds[o + 4] = y1;
    bounds[o + 5] = z1;
    int count = to - from;
    int middle = -1;
    if (count > 1) {
      middle = part(node, from, to, new float[] {cx0, cy0, cz0}, new float[] {cx1, cy1, cz1});
    }
    this.from[node] = from;
    length[node] = count;
    second[node] = middle < 0 ? 0 : node + 2 * (middle - from);
    return middle;
  }

  /** Parts a run by the cheapest plane; −1 if a leaf is cheaper. */
  private int part(int node, int from, int to, float[] low, float[] high) {
    int count = to - from;
    float[] scale = new float[3];
    for (int k = 0; k < 3; k++) {
      scale[k] = high[k] > low[k] ? BINS * 0.9999f / (high[k] - low[k]) : 0;
      if (!Float.isFinite(scale[k])) {
        scale[k] = 0;
      }
    }
    int[] counts = new int[3 * BINS];
    float[] bins = new float[3 * BINS * 6];
    for (int b = 0; b < bins.length; b += 6) {
      bins[b] = Float.POSITIVE_INFINITY;
      bins[b + 1] = Float.POSITIVE_INFINITY;
      bins[b + 2] = Float.POSITIVE_INFINITY;
      bins[b + 3] = Float.NEGATIVE_INFINITY;
      bins[b + 4] = Float.NEGATIVE_INFINITY;
      bins[b + 5] = Float.NEGATIVE_INFINITY;
    }
    for (int i = from; i < to; i++) {
      int b = 6 * order[i];
      for (int k = 0; k < 3; k++) {
        int bin = k * BINS + (int) ((boxes[b + k] + boxes[b + 3 + k] - low[k]) * scale[k]);
        counts[bin]++;
        grow(bins, 6 * bin, boxes, b);
      }
    }
    float best = Float.POSITIVE_INFINITY;
    int bestAxis = -1;
    int bestBin = 0;
    float[] rightCost = new float[BINS];
    float[] box = new float[6];
    for (int k = 0; k < 3; k++) {
      if (scale[k] == 0) {
        continue;
      }
      reset(box);
      int n = 0;
      for (int b = BINS - 1; b > 0; b--) {
        n += counts[k * BINS + b];
        grow(box, 0, bins, 6 * (k * BINS + b));
        rightCost[b] = n == 0 ? Float.POSITIVE_INFINITY : area(box) * blocks(n);
      }
      reset(box);
      n = 0;
      for (int b = 1; b < BINS; b++) {
        n += counts[k * BINS + b - 1];
        grow(box, 0, bins, 6 * (k * BINS + b - 1));
        if (n > 0 && n < count) {
          float cost = area(box) * blocks(n) + rightCost[b];
          if (cost < best) {
            best = cost;
            bestAxis = k;
            bestBin = b;
          }
        }
      }
    }
    if (count <= mostInLeaf) {
      float surface = area(node);
      if (bestAxis < 0 || best + NODE_COST * surface >= surface * blocks(count)) {
        return -1;
      }
    }
    if (bestAxis < 0) {
      // All centroids in one place: any halves are as good.
      return (from + to) >>> 1;
    }
    int i = from;
    int j = to - 1;
    while (i <= j) {
      int b = 6 * order[i];
      float centre = boxes[b + bestAxis] + boxes[b + 3 + bestAxis];
      if ((int) ((centre - low[bestAxis]) * scale[bestAxis]) < bestBin) {
        i++;
      } else {
        int swap = order[i];
        order[i] = order[j];
        order[j--] = swap;
      }
    }
    return i;
  }

  private static int blocks(int count) {
    return (count + BLOCK - 1) / BLOCK;
  }

  private static void reset(float[] box) {
    box[0] = Float.POSITIVE_INFINITY;
    box[1] = Float.POSITIVE_INFINITY;
    box[2] = Float.POSITIVE_INFINITY;
    box[3] = Float.NEGATIVE_INFINITY;
    box[4] = Float.NEGATIVE_INFINITY;
    box[5] = Float.NEGATIVE_INFINITY;
  }

  private static void grow(float[] box, int at, float[] other, int from) {
    box[at] = Math.min(box[at], other[from]);
    box[at + 1] = Math.min(box[at + 1], other[from + 1]);
    box[at + 2] = Math.min(box[at + 2], other[from + 2]);
    box[at + 3] = Math.max(box[at + 3], other[from + 3]);
    box[at + 4] = Math.max(box[at + 4], other[from + 4]);
    box[at + 5] = Math.max(box[at + 5], other[from + 5]);
  }

  private static float area(float[] box) {
    float x = box[3] - box[0];
    float y = box[4] - box[1];
    float z = box[5] - box[2];
    return x * y + y * z + z * x;
  }
}
