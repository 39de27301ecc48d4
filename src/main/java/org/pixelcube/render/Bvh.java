package org.pixelcube.render;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * A bounding volume hierarchy over the triangles of one mesh, eight children to a node, so that one
 * vector instruction tests a ray against all of them (Wald, Benthin and Boulos, "Getting rid of
 * packets", 2008); triangles lie in blocks that are tested together.
 *
 * <p>The test of triangles is watertight: a ray through a shared edge or vertex meets one of the
 * triangles around it (Woop, Benthin and Wald, "Watertight ray/triangle intersection", 2013).
 */
public final class Bvh {
  /** Children of a node. */
  static final int WIDTH = 8;

  /** Triangles of a block. */
  static final int LANES = BinaryTree.BLOCK;

  private static final VectorSpecies<Float> LANE8 = FloatVector.SPECIES_256;

  /**
   * Floats of a node: least x, y, z, then greatest x, y, z, of eight children each, then the bits
   * of the children's codes.
   */
  static final int NODE = 7 * WIDTH;

  static final int CHILDREN = 6 * WIDTH;

  /** Floats of a block: x, y, z of the first corners, then of the second and third. */
  private static final int STRIDE = 9 * LANES;

  /** The code of a child that is not there; its box is inside out, so that no ray meets it. */
  static final int NONE = Integer.MIN_VALUE;

  /** A leaf's code is −1 − (8 · first block + blocks − 1). */
  private static final int LOG_BLOCKS = 3;

  private static final int MOST_BLOCKS = 1 << LOG_BLOCKS;

  /** A few blocks in a leaf are cheaper to pass than another node with few children. */
  private static final int LARGEST_LEAF = 3 * LANES;

  /** A box around nothing: no ray meets it. */
  static final float[] EMPTY_BOX = {
    Float.POSITIVE_INFINITY,
    Float.POSITIVE_INFINITY,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  private final float[] nodes;
  private final int[] children;
  private final float[] blocks;

  /** The triangle in each lane of each block; −1 where there is none. */
  private final int[] triangles;

  /** Least and greatest x, y, z of all; null if there is nothing to meet. */
  private final float[] bounds;

  /** The greatest coordinate. */
  private float greatest;

  private final int stackSize;

  private Bvh(
      float[] nodes,
      int[] children,
      float[] blocks,
      int[] triangles,
      float[] bounds,
      int stackSize) {
    this.nodes = nodes;
    this.children = children;
    this.blocks = blocks;
    this.triangles = triangles;
    this.bounds = bounds;
    this.stackSize = stackSize;
  }

  /** Builds the hierarchy; degenerate triangles are left out, they can not be met. */
  public static Bvh build(TriangleMesh mesh) {
    BinaryTree tree = BinaryTree.build(mesh);
    if (tree.isEmpty()) {
      return new Bvh(new float[0], new int[0], new float[0], new int[0], null, 0);
    }
    return new Collapse(tree).over(mesh);
  }

  /**
   * The hierarchy of the same triangles with their vertices elsewhere: as good as a new one while
   * the mesh keeps its rough shape, as a face does that speaks, and several times faster.
   */
  public Bvh refit(TriangleMesh moved) {
    if (bounds == null) {
      return this;
    }
    Bvh bvh =
        new Bvh(
            new float[nodes.length],
            children,
            new float[blocks.length],
            triangles,
            new float[6],
            stackSize);
    bvh.copyTriangles(moved);
    bvh.fitBoxes(moved);
    return bvh;
  }

  /** Turns a binary tree into the shape of a wide one. */
  private static final class Collapse {
    private final BinaryTree tree;
    private float[] nodes;
    private int[] children;
    private int[] triangles;
    private int nodeCount;
    private int blockCount;
    private int depth;

    Collapse(BinaryTree tree) {
      this.tree = tree;
      int some = Math.max(1, tree.order.length / 16);
      nodes = new float[NODE * some];
      children = new int[WIDTH * some];
      triangles = new int[LANES * Math.max(1, tree.order.length / 4)];
    }

    Bvh over(TriangleMesh mesh) {
      node(0, 1);
      Bvh bvh =
          new Bvh(
              Arrays.copyOf(nodes, NODE * nodeCount),
              Arrays.copyOf(children, WIDTH * nodeCount),
              new float[STRIDE * blockCount],
              Arrays.copyOf(triangles, LANES * blockCount),
              Arrays.copyOf(tree.bounds, 6),
              (WIDTH - 1) * depth + 1);
      bvh.copyTriangles(mesh);
      return bvh;
    }

    /** Makes a wide node out of a binary one, its largest descendants opened first. */
    private int node(int root, int level) {
      depth = Math.max(depth, level);
      int index = nodeCount++;
      if (children.length < WIDTH * nodeCount) {
        children = Arrays.copyOf(children, 2 * children.length);
        nodes = Arrays.copyOf(nodes, 2 * nodes.length);
      }
      int[] taken = new int[WIDTH];
      int count = tree.open(root, taken);
      for (int i = 0; i < WIDTH; i++) {
        int code = NONE;
        if (i < count) {
          code =
              tree.isLeaf(taken[i]) || tree.length[taken[i]] <= LARGEST_LEAF
                  ? leaf(taken[i])
                  : node(taken[i], level + 1);
        }
        children[WIDTH * index + i] = code;
        nodes[NODE * index + CHILDREN + i] = Float.intBitsToFloat(code);
        for (int k = 0; k < 6; k++) {
          nodes[NODE * index + WIDTH * k + i] =
              i < count ? tree.bounds[6 * taken[i] + k] : EMPTY_BOX[k];
        }
      }
      return index;
    }

    private int leaf(int node) {
      int first = blockCount;
      int end = LANES * first;
      int[] run =
          Arrays.copyOfRange(tree.order, tree.from[node], tree.from[node] + tree.length[node]);
      // Pieces of one triangle come together in a leaf.
      Arrays.sort(run);
      for (int i = 0; i < run.length; i++) {
        if (i == 0 || run[i] != run[i - 1]) {
          if (end == triangles.length) {
            triangles = Arrays.copyOf(triangles, 2 * triangles.length);
          }
          triangles[end++] = run[i];
        }
      }
      while (end % LANES != 0) {
        triangles[end++] = -1;
      }
      blockCount = end / LANES;
      return -1 - (MOST_BLOCKS * first + blockCount - first - 1);
    }
  }

  /** Copies the triangles into their blocks; those without area become such as no ray meets. */
  private void copyTriangles(TriangleMesh mesh) {
    float[] p = mesh.positions();
    int[] corners = mesh.triangles();
    for (int block = 0; block < triangles.length / LANES; block++) {
      for (int lane = 0; lane < LANES; lane++) {
        int triangle = triangles[LANES * block + lane];
        int at = STRIDE * block + lane;
        boolean there = triangle >= 0 && hasArea(p, corners, triangle);
        for (int corner = 0; corner < 3; corner++) {
          for (int k = 0; k < 3; k++) {
            blocks[at + LANES * (3 * corner + k)] =
                there ? p[3 * corners[3 * triangle + corner] + k] : Float.NaN;
          }
        }
      }
    }
    for (int k = 0; k < 6; k++) {
      greatest = Math.max(greatest, Math.abs(bounds[k]));
    }
  }

  /** Whether a triangle has an area, in doubles: small ones must not underflow. */
  private static boolean hasArea(float[] p, int[] corners, int triangle) {
    int a = 3 * corners[3 * triangle];
    int b = 3 * corners[3 * triangle + 1];
    int c = 3 * corners[3 * triangle + 2];
    double ux = (double) p[b] - p[a];
    double uy = (double) p[b + 1] - p[a + 1];
    double uz = (double) p[b + 2] - p[a + 2];
    double vx = (double) p[c] - p[a];
    double vy = (double) p[c + 1] - p[a + 1];
    double vz = (double) p[c + 2] - p[a + 2];
    double nx = uy * vz - uz * vy;
    double ny = uz * vx - ux * vz;
    double nz = ux * vy - uy * vx;
    return nx * nx + ny * ny + nz * nz > 0;
  }

  /** Works out all boxes from the whole triangles, from the leaves up. */
  private void fitBoxes(TriangleMesh mesh) {
    int nodeCount = children.length / WIDTH;
    float[] nodeBounds = new float[6 * nodeCount];
    float[] box = new float[6];
    float[] part = new float[6];
    for (int node = nodeCount - 1; node >= 0; node--) {
      System.arraycopy(EMPTY_BOX, 0, nodeBounds, 6 * node, 6);
      for (int i = 0; i < WIDTH; i++) {
        int code = children[WIDTH * node + i];
        System.arraycopy(EMPTY_BOX, 0, box, 0, 6);
        if (code >= 0) {
          grow(box, 0, nodeBounds, 6 * code);
        } else if (code != NONE) {
          int leaf = -1 - code;
          int last = (leaf >> LOG_BLOCKS) + (leaf & (MOST_BLOCKS - 1));
          for (int at = LANES * (leaf >> LOG_BLOCKS); at < LANES * (last + 1); at++) {
            if (triangles[at] >= 0
                && SplitTriangles.box(mesh.positions(), mesh.triangles(), triangles[at], part, 0)) {
              grow(box, 0, part, 0);
            }
          }
        }
        grow(nodeBounds, 6 * node, box, 0);
        for (int k = 0; k < 6; k++) {
          nodes[NODE * node + WIDTH * k + i] = box[k];
        }
        nodes[NODE * node + CHILDREN + i] = Float.intBitsToFloat(code);
      }
    }
    System.arraycopy(nodeBounds, 0, bounds, 0, 6);
    for (int k = 0; k < 6; k++) {
      greatest = Math.max(greatest, Math.abs(bounds[k]));
    }
  }

  private static void grow(float[] box, int at, float[] other, int from) {
    for (int k = 0; k < 3; k++) {
      box[at + k] = Math.min(box[at + k], other[from + k]);
      box[at + 3 + k] = Math.max(box[at + 3 + k], other[from + 3 + k]);
    }
  }

  /** Least and greatest x, y, z; null if there is nothing to meet. */
  float[] bounds() {
    return bounds;
  }

  /** The greatest coordinate. */
  float greatest() {
    return greatest;
  }

  /** Room that a walk needs on the stack. */
  int stackSize() {
    return stackSize;
  }

  /** The code of a node's child, itself a node if not negative; {@link #NONE} if not there. */
  int child(int node, int i) {
    return children[WIDTH * node + i];
  }

  /** Writes the box of a node's child: least and greatest x, y, z. */
  void childBox(int node, int i, float[] out) {
    for (int k = 0; k < 6; k++) {
      out[k] = nodes[NODE * node + WIDTH * k + i];
    }
  }

  /**
   * Finds the nearest triangle that the ray meets, from either side.
   *
   * @return whether there is one; {@code hit} is written only then
   */
  public boolean intersect(Ray ray, Hit hit) {
    return nearest(ray, ray.traversal(), hit);
  }

  /** Whether the ray meets any triangle. */
  public boolean occluded(Ray ray) {
    if (bounds == null) {
      return false;
    }
    Traversal room = ray.traversal();
    room.ready(ray, greatest, stackSize);
    return any(0, room, 0, null);
  }

  /** Finds the nearest hit of a ray that is a traversal of its own. */
  private boolean nearest(Ray ray, Traversal room, Hit hit) {
    if (bounds == null) {
      return false;
    }
    room.ready(ray, greatest, stackSize);
    nearest(0, room, 0, null);
    if (room.triangle < 0) {
      return false;
    }
    hit.t = room.best;
    hit.u = room.u;
    hit.v = room.v;
    hit.instance = 0;
    hit.triangle = room.triangle;
    return true;
  }

  /**
   * Finds the nearest hit below a node, nearer than the best so far; it becomes the best.
   *
   * @param code of the node
   * @param room of a ray made ready
   * @param floor of the stack; what lies below is left alone
   * @param cutOut decides which hits count; null if all do
   */
  void nearest(int code, Traversal room, int floor, CutOut cutOut) {
    final float[] nodes = this.nodes;
    final long[] stack = room.stack;
    final int[] nears = room.near;
    float best = room.best;
    int top = floor;
    while (true) {
      if (code >= 0) {
        int at = NODE * code;
        IntVector near = entries(nodes, at, room);
        int bits = (int) near.compare(VectorOperators.LE, exits(nodes, at, room, best)).toLong();
        if (bits != 0) {
          int child = at + CHILDREN;
          int lane = Integer.numberOfTrailingZeros(bits);
          bits &= bits - 1;
          if (bits == 0) {
            code = Float.floatToRawIntBits(nodes[child + lane]);
            continue;
          }
          near.intoArray(nears, 0);
          long nearest = entry(nears[lane], nodes[child + lane]);
          do {
            lane = Integer.numberOfTrailingZeros(bits);
            bits &= bits - 1;
            long next = entry(nears[lane], nodes[child + lane]);
            stack[top++] = Math.max(next, nearest);
            nearest = Math.min(next, nearest);
          } while (bits != 0);
          code = (int) nearest;
          continue;
        }
      } else {
        int leaf = -1 - code;
        int last = (leaf >> LOG_BLOCKS) + (leaf & (MOST_BLOCKS - 1));
        for (int block = leaf >> LOG_BLOCKS; block <= last; block++) {
          int bits = meet(blocks, STRIDE * block, room, best);
          while (bits != 0) {
            int lane = Integer.numberOfTrailingZeros(bits);
            bits &= bits - 1;
            if (room.t8[lane] < best) {
              int triangle = triangles[LANES * block + lane];
              if (cutOut == null
                  || cutOut.isThere(triangle, room.v8[lane], room.w8[lane], room.salt)) {
                best = room.t8[lane];
                room.best = best;
                room.triangle = triangle;
                room.u = room.v8[lane];
                room.v = room.w8[lane];
              }
            }
          }
        }
      }
      // Next from the stack, if it is still near enough.
      long next;
      do {
        if (top == floor) {
          return;
        }
        next = stack[--top];
      } while ((int) (next >>> 32) > Float.floatToRawIntBits(best));
      code = (int) next;
    }
  }

  /** As {@link #nearest}, whether there is any hit. */
  boolean any(int code, Traversal room, int floor, CutOut cutOut) {
    final float[] nodes = this.nodes;
    final long[] stack = room.stack;
    final float tMax = room.best;
    int top = floor;
    while (true) {
      if (code >= 0) {
        int at = NODE * code;
        int bits =
            (int)
                entries(nodes, at, room)
                    .compare(VectorOperators.LE, exits(nodes, at, room, tMax))
                    .toLong();
        if (bits != 0) {
          int child = at + CHILDREN;
          int lane = Integer.numberOfTrailingZeros(bits);
          code = Float.floatToRawIntBits(nodes[child + lane]);
          bits &= bits - 1;
          while (bits != 0) {
            lane = Integer.numberOfTrailingZeros(bits);
            stack[top++] = Float.floatToRawIntBits(nodes[child + lane]);
            bits &= bits - 1;
          }
          continue;
        }
      } else {
        int leaf = -1 - code;
        int last = (leaf >> LOG_BLOCKS) + (leaf & (MOST_BLOCKS - 1));
        for (int block = leaf >> LOG_BLOCKS; block <= last; block++) {
          int bits = meet(blocks, STRIDE * block, room, tMax);
          if (bits != 0 && cutOut == null) {
            return true;
          }
          while (bits != 0) {
            int lane = Integer.numberOfTrailingZeros(bits);
            bits &= bits - 1;
            if (cutOut.isThere(
                triangles[LANES * block + lane], room.v8[lane], room.w8[lane], room.salt)) {
              return true;
            }
          }
        }
      }
      if (top == floor) {
        return false;
      }
      code = (int) stack[--top];
    }
  }

  /** A place on the stack: nearer ones are less. */
  static long entry(int nearBits, float codeBits) {
    return ((long) nearBits << 32) | (Float.floatToRawIntBits(codeBits) & 0xFFFFFFFFL);
  }

  /**
   * Where a ray enters the boxes of a node, the bits of distances. Positive floats are in the order
   * of their bits, and comparing bits is cheap.
   */
  static IntVector entries(float[] nodes, int at, Traversal r) {
    IntVector x =
        FloatVector.fromArray(LANE8, nodes, at + r.nearX)
            .fma(
                FloatVector.broadcast(LANE8, r.inverseX),
                FloatVector.broadcast(LANE8, r.nearOffsetX))
            .reinterpretAsInts();
    IntVector y =
        FloatVector.fromArray(LANE8, nodes, at + r.nearY)
            .fma(
                FloatVector.broadcast(LANE8, r.inverseY),
                FloatVector.broadcast(LANE8, r.nearOffsetY))
            .reinterpretAsInts();
    IntVector z =
        FloatVector.fromArray(LANE8, nodes, at + r.nearZ)
            .fma(
                FloatVector.broadcast(LANE8, r.inverseZ),
                FloatVector.broadcast(LANE8, r.nearOffsetZ))
            .reinterpretAsInts();
    return x.max(y).max(z.max(Float.floatToRawIntBits(r.tMin)));
  }

  /** Where it leaves them, or the greatest distance if that is less. */
  static IntVector exits(float[] nodes, int at, Traversal r, float tMax) {
    IntVector x =
        FloatVector.fromArray(LANE8, nodes, at + 3 * WIDTH - r.nearX)
            .fma(
                FloatVector.broadcast(LANE8, r.inverseX),
                FloatVector.broadcast(LANE8, r.farOffsetX))
            .reinterpretAsInts();
    IntVector y =
        FloatVector.fromArray(LANE8, nodes, at + 5 * WIDTH - r.nearY)
            .fma(
                FloatVector.broadcast(LANE8, r.inverseY),
                FloatVector.broadcast(LANE8, r.farOffsetY))
            .reinterpretAsInts();
    IntVector z =
        FloatVector.fromArray(LANE8, nodes, at + 7 * WIDTH - r.nearZ)
            .fma(
                FloatVector.broadcast(LANE8, r.inverseZ),
                FloatVector.broadcast(LANE8, r.farOffsetZ))
            .reinterpretAsInts();
    return x.min(y).min(z.min(Float.floatToRawIntBits(tMax)));
  }

  /**
   * Tests a block of triangles, in the axes in which the ray is +z.
   *
   * @return the lanes that are met between tMin and tMax, as bits; what is known of the hits is in
   *     the room
   */
  private static int meet(float[] blocks, int a, Traversal r, float tMax) {
    int kz = r.axisZ;
    int kp = r.axisP;
    int kq = r.axisQ;
    FloatVector shearP = FloatVector.broadcast(LANE8, r.shearP);
    FloatVector shearQ = FloatVector.broadcast(LANE8, r.shearQ);
    int b = a + 3 * LANES;
    int c = b + 3 * LANES;
    float ok = r.originZ;
    FloatVector ak = FloatVector.fromArray(LANE8, blocks, a + kz).sub(ok);
    FloatVector bk = FloatVector.fromArray(LANE8, blocks, b + kz).sub(ok);
    FloatVector ck = FloatVector.fromArray(LANE8, blocks, c + kz).sub(ok);
    float op = r.originP;
    FloatVector ap = ak.fma(shearP, FloatVector.fromArray(LANE8, blocks, a + kp).sub(op));
    FloatVector bp = bk.fma(shearP, FloatVector.fromArray(LANE8, blocks, b + kp).sub(op));
    FloatVector cp = ck.fma(shearP, FloatVector.fromArray(LANE8, blocks, c + kp).sub(op));
    float oq = r.originQ;
    FloatVector aq = ak.fma(shearQ, FloatVector.fromArray(LANE8, blocks, a + kq).sub(oq));
    FloatVector bq = bk.fma(shearQ, FloatVector.fromArray(LANE8, blocks, b + kq).sub(oq));
    FloatVector cq = ck.fma(shearQ, FloatVector.fromArray(LANE8, blocks, c + kq).sub(oq));
    // No fused operation here: the edge from the other side must give the exact opposite.
    FloatVector u = cp.mul(bq).sub(cq.mul(bp));
    FloatVector v = ap.mul(cq).sub(aq.mul(cp));
    FloatVector w = bp.mul(aq).sub(bq.mul(ap));
    FloatVector det = u.add(v).add(w);
    VectorMask<Float> met =
        u.mul(det)
            .compare(VectorOperators.GE, 0)
            .and(v.mul(det).compare(VectorOperators.GE, 0))
            .and(w.mul(det).compare(VectorOperators.GE, 0));
    if (!met.anyTrue()) {
      return 0;
    }
    FloatVector t = u.mul(ak).add(v.mul(bk)).add(w.mul(ck)).mul(r.toDistance).div(det);
    int bits =
        (int)
            met.and(t.compare(VectorOperators.GT, r.tMin))
                .and(t.compare(VectorOperators.LT, tMax))
                .toLong();
    if (bits != 0) {
      t.intoArray(r.t8, 0);
      v.div(det).intoArray(r.v8, 0);
      w.div(det).intoArray(r.w8, 0);
    }
    return bits;
  }
}
