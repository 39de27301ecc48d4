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

  private static final VectorSpecies<Float> BOXES = FloatVector.SPECIES_256;
  private static final VectorSpecies<Float> BLOCK =
      LANES == 8 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;

  /** Floats of a node: least x, y, z, then greatest x, y, z, of eight children each. */
  private static final int NODE = 6 * WIDTH;

  /** Floats of a block: x, y, z of the first corners, then of the second and third. */
  private static final int STRIDE = 9 * LANES;

  /** The code of a child that is not there; its box is inside out, so that no ray meets it. */
  private static final int NONE = Integer.MIN_VALUE;

  /** A leaf's code is −1 − (8 · first block + blocks − 1). */
  private static final int MOST_BLOCKS = 8;

  /** Directions nearer to an axis plane than this are tilted to it, so that 1 / d stays finite. */
  private static final float LEAST_COMPONENT = 1e-18f;

  /**
   * Bound on the rounding of a distance to a plane, over what enters it: boxes are met a little
   * outside, so that no triangle is lost.
   */
  private static final float ROUNDING = 0x1p-22f;

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
    bvh.fit(moved);
    return bvh;
  }

  /** Turns a binary tree into the shape of a wide one. */
  private static final class Collapse {
    private final BinaryTree tree;
    private int[] children;
    private int[] triangles;
    private int nodeCount;
    private int blockCount;
    private int depth;

    Collapse(BinaryTree tree) {
      this.tree = tree;
      children = new int[WIDTH * Math.max(1, tree.order.length / 8)];
      triangles = new int[LANES * Math.max(1, tree.order.length / 2)];
    }

    Bvh over(TriangleMesh mesh) {
      node(0, 1);
      Bvh bvh =
          new Bvh(
              new float[NODE * nodeCount],
              Arrays.copyOf(children, WIDTH * nodeCount),
              new float[STRIDE * blockCount],
              Arrays.copyOf(triangles, LANES * blockCount),
              new float[6],
              (WIDTH - 1) * depth + 1);
      bvh.fit(mesh);
      return bvh;
    }

    /** Makes a wide node out of a binary one, its largest descendants opened first. */
    private int node(int root, int level) {
      depth = Math.max(depth, level);
      int index = nodeCount++;
      if (children.length < WIDTH * nodeCount) {
        children = Arrays.copyOf(children, 2 * children.length);
      }
      int[] taken = new int[WIDTH];
      int count = 1;
      taken[0] = root;
      while (count < WIDTH) {
        int widest = -1;
        for (int i = 0; i < count; i++) {
          if (!tree.isLeaf(taken[i])
              && (widest < 0 || tree.area(taken[i]) > tree.area(taken[widest]))) {
            widest = i;
          }
        }
        if (widest < 0) {
          break;
        }
        int opened = taken[widest];
        taken[widest] = tree.first[opened];
        taken[count++] = tree.second[opened];
      }
      for (int i = 0; i < WIDTH; i++) {
        int code = NONE;
        if (i < count) {
          code = tree.isLeaf(taken[i]) ? leaf(taken[i]) : node(taken[i], level + 1);
        }
        children[WIDTH * index + i] = code;
      }
      return index;
    }

    private int leaf(int node) {
      int first = blockCount;
      int count = tree.count(node);
      blockCount += (count + LANES - 1) / LANES;
      if (triangles.length < LANES * blockCount) {
        triangles = Arrays.copyOf(triangles, Math.max(LANES * blockCount, 2 * triangles.length));
      }
      for (int i = 0; i < LANES * (blockCount - first); i++) {
        triangles[LANES * first + i] = i < count ? tree.order[tree.first[node] + i] : -1;
      }
      return -1 - (MOST_BLOCKS * first + blockCount - first - 1);
    }
  }

  /** Copies the triangles into their blocks and works out all boxes, from the leaves up. */
  private void fit(TriangleMesh mesh) {
    float[] blockBounds = new float[6 * (triangles.length / LANES)];
    float[] box = new float[6];
    float[] p = mesh.positions();
    for (int block = 0; block < triangles.length / LANES; block++) {
      reset(blockBounds, 6 * block);
      for (int lane = 0; lane < LANES; lane++) {
        int triangle = triangles[LANES * block + lane];
        int at = STRIDE * block + lane;
        if (triangle < 0 || !BinaryTree.box(p, mesh.triangles(), triangle, box)) {
          for (int k = 0; k < 9; k++) {
            blocks[at + LANES * k] = Float.NaN;
          }
          continue;
        }
        grow(blockBounds, 6 * block, box, 0);
        for (int corner = 0; corner < 3; corner++) {
          int vertex = 3 * mesh.triangles()[3 * triangle + corner];
          for (int k = 0; k < 3; k++) {
            blocks[at + LANES * (3 * corner + k)] = p[vertex + k];
          }
        }
      }
    }
    int nodeCount = children.length / WIDTH;
    float[] nodeBounds = new float[6 * nodeCount];
    for (int node = nodeCount - 1; node >= 0; node--) {
      reset(nodeBounds, 6 * node);
      for (int i = 0; i < WIDTH; i++) {
        int code = children[WIDTH * node + i];
        reset(box, 0);
        if (code >= 0) {
          grow(box, 0, nodeBounds, 6 * code);
        } else if (code != NONE) {
          int first = (-1 - code) / MOST_BLOCKS;
          int last = first + (-1 - code) % MOST_BLOCKS;
          for (int block = first; block <= last; block++) {
            grow(box, 0, blockBounds, 6 * block);
          }
        }
        grow(nodeBounds, 6 * node, box, 0);
        for (int k = 0; k < 6; k++) {
          nodes[NODE * node + WIDTH * k + i] = box[k];
        }
      }
    }
    System.arraycopy(nodeBounds, 0, bounds, 0, 6);
    for (int k = 0; k < 6; k++) {
      greatest = Math.max(greatest, Math.abs(bounds[k]));
    }
  }

  private static void reset(float[] box, int at) {
    for (int k = 0; k < 3; k++) {
      box[at + k] = Float.POSITIVE_INFINITY;
      box[at + 3 + k] = Float.NEGATIVE_INFINITY;
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

  /**
   * Finds the nearest triangle that the ray meets, from either side.
   *
   * @return whether there is one; {@code hit} is written only then
   */
  public boolean intersect(Ray ray, Hit hit) {
    return trace(ray, ray.traversal(), hit, null, null);
  }

  /** Whether the ray meets any triangle. */
  public boolean occluded(Ray ray) {
    return trace(ray, ray.traversal(), null, null, null);
  }

  /**
   * Walks the hierarchy.
   *
   * @param hit receives the nearest hit; null if any hit will do
   * @param cutOut decides which hits count; null if all do
   */
  boolean trace(Ray ray, Traversal room, Hit hit, CutOut cutOut, RandomStream random) {
    if (bounds == null) {
      return false;
    }
    if (room.stack.length < stackSize) {
      room.stack = new long[stackSize];
    }
    final float[] nodes = this.nodes;
    final int[] children = this.children;
    final float[] blocks = this.blocks;
    final long[] stack = room.stack;
    final int[] nears = room.near;
    final boolean any = hit == null;

    final float dx = ray.dx;
    final float dy = ray.dy;
    final float dz = ray.dz;
    final float rx = inverse(dx);
    final float ry = inverse(dy);
    final float rz = inverse(dz);
    // Which side of a box the ray enters by.
    final int nearX = rx < 0 ? 3 * WIDTH : 0;
    final int nearY = ry < 0 ? 4 * WIDTH : WIDTH;
    final int nearZ = rz < 0 ? 5 * WIDTH : 2 * WIDTH;
    final int farX = 3 * WIDTH - nearX;
    final int farY = 5 * WIDTH - nearY;
    final int farZ = 7 * WIDTH - nearZ;
    final FloatVector ix = FloatVector.broadcast(BOXES, rx);
    final FloatVector iy = FloatVector.broadcast(BOXES, ry);
    final FloatVector iz = FloatVector.broadcast(BOXES, rz);
    // Distances to planes are p · i − o · i, each moved outwards by a bound on its rounding.
    final float slackX = ROUNDING * (Math.abs(ray.ox) + greatest) * Math.abs(rx);
    final float slackY = ROUNDING * (Math.abs(ray.oy) + greatest) * Math.abs(ry);
    final float slackZ = ROUNDING * (Math.abs(ray.oz) + greatest) * Math.abs(rz);
    final FloatVector nx = FloatVector.broadcast(BOXES, -ray.ox * rx - slackX);
    final FloatVector ny = FloatVector.broadcast(BOXES, -ray.oy * ry - slackY);
    final FloatVector nz = FloatVector.broadcast(BOXES, -ray.oz * rz - slackZ);
    final FloatVector fx = FloatVector.broadcast(BOXES, -ray.ox * rx + slackX);
    final FloatVector fy = FloatVector.broadcast(BOXES, -ray.oy * ry + slackY);
    final FloatVector fz = FloatVector.broadcast(BOXES, -ray.oz * rz + slackZ);
    // Positive floats are in the order of their bits, and comparing bits is cheap.
    final float tMin = Math.max(ray.tMin, 0f);
    final IntVector start =
        IntVector.broadcast(IntVector.SPECIES_256, Float.floatToRawIntBits(tMin));

    // The shear that carries the ray onto its longest axis.
    final float ax = Math.abs(dx);
    final float ay = Math.abs(dy);
    final float az = Math.abs(dz);
    final int kz = ax > ay ? (ax > az ? 0 : 2) : (ay > az ? 1 : 2);
    final float dk = kz == 0 ? dx : kz == 1 ? dy : dz;
    final float dp = kz == 0 ? dy : kz == 1 ? dz : dx;
    final float dq = kz == 0 ? dz : kz == 1 ? dx : dy;
    final float ok = kz == 0 ? ray.ox : kz == 1 ? ray.oy : ray.oz;
    final float op = kz == 0 ? ray.oy : kz == 1 ? ray.oz : ray.ox;
    final float oq = kz == 0 ? ray.oz : kz == 1 ? ray.ox : ray.oy;
    final int atK = LANES * kz;
    final int atP = LANES * (kz == 2 ? 0 : kz + 1);
    final int atQ = LANES * (kz == 0 ? 2 : kz - 1);
    final float toDistance = 1 / dk;
    final float shearP = -dp * toDistance;
    final float shearQ = -dq * toDistance;

    float best = ray.tMax;
    int bestTriangle = -1;
    float bestV = 0;
    float bestW = 0;
    int top = 0;
    int code = 0;
    while (true) {
      if (code >= 0) {
        int at = NODE * code;
        IntVector near =
            FloatVector.fromArray(BOXES, nodes, at + nearX)
                .fma(ix, nx)
                .reinterpretAsInts()
                .max(
                    FloatVector.fromArray(BOXES, nodes, at + nearY).fma(iy, ny).reinterpretAsInts())
                .max(
                    FloatVector.fromArray(BOXES, nodes, at + nearZ)
                        .fma(iz, nz)
                        .reinterpretAsInts()
                        .max(start));
        IntVector far =
            FloatVector.fromArray(BOXES, nodes, at + farX)
                .fma(ix, fx)
                .reinterpretAsInts()
                .min(FloatVector.fromArray(BOXES, nodes, at + farY).fma(iy, fy).reinterpretAsInts())
                .min(
                    FloatVector.fromArray(BOXES, nodes, at + farZ)
                        .fma(iz, fz)
                        .reinterpretAsInts()
                        .min(Float.floatToRawIntBits(best)));
        int bits = (int) near.compare(VectorOperators.LE, far).toLong();
        if (bits != 0) {
          int child = WIDTH * code;
          int lane = Integer.numberOfTrailingZeros(bits);
          bits &= bits - 1;
          if (bits == 0) {
            code = children[child + lane];
            continue;
          }
          near.intoArray(nears, 0);
          long nearest = ((long) nears[lane] << 32) | (children[child + lane] & 0xFFFFFFFFL);
          int floor = top;
          do {
            lane = Integer.numberOfTrailingZeros(bits);
            bits &= bits - 1;
            long next = ((long) nears[lane] << 32) | (children[child + lane] & 0xFFFFFFFFL);
            if (next < nearest) {
              long swap = next;
              next = nearest;
              nearest = swap;
            }
            // The farthest lies deepest.
            int i = top++;
            if (!any) {
              while (i > floor && stack[i - 1] < next) {
                stack[i] = stack[i - 1];
                i--;
              }
            }
            stack[i] = next;
          } while (bits != 0);
          code = (int) nearest;
          continue;
        }
      } else {
        int leaf = -1 - code;
        int block = leaf / MOST_BLOCKS;
        int last = block + leaf % MOST_BLOCKS;
        for (; block <= last; block++) {
          int a = STRIDE * block;
          int b = a + 3 * LANES;
          int c = b + 3 * LANES;
          FloatVector ak = FloatVector.fromArray(BLOCK, blocks, a + atK).sub(ok);
          FloatVector bk = FloatVector.fromArray(BLOCK, blocks, b + atK).sub(ok);
          FloatVector ck = FloatVector.fromArray(BLOCK, blocks, c + atK).sub(ok);
          FloatVector sp = FloatVector.broadcast(BLOCK, shearP);
          FloatVector sq = FloatVector.broadcast(BLOCK, shearQ);
          FloatVector ap = ak.fma(sp, FloatVector.fromArray(BLOCK, blocks, a + atP).sub(op));
          FloatVector bp = bk.fma(sp, FloatVector.fromArray(BLOCK, blocks, b + atP).sub(op));
          FloatVector cp = ck.fma(sp, FloatVector.fromArray(BLOCK, blocks, c + atP).sub(op));
          FloatVector aq = ak.fma(sq, FloatVector.fromArray(BLOCK, blocks, a + atQ).sub(oq));
          FloatVector bq = bk.fma(sq, FloatVector.fromArray(BLOCK, blocks, b + atQ).sub(oq));
          FloatVector cq = ck.fma(sq, FloatVector.fromArray(BLOCK, blocks, c + atQ).sub(oq));
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
            continue;
          }
          FloatVector t = u.mul(ak).add(v.mul(bk)).add(w.mul(ck)).mul(toDistance).div(det);
          int bits =
              (int)
                  met.and(t.compare(VectorOperators.GT, tMin))
                      .and(t.compare(VectorOperators.LT, best))
                      .toLong();
          if (bits == 0) {
            continue;
          }
          if (any && cutOut == null) {
            return true;
          }
          t.intoArray(room.t, 0);
          v.div(det).intoArray(room.v, 0);
          w.div(det).intoArray(room.w, 0);
          do {
            int lane = Integer.numberOfTrailingZeros(bits);
            bits &= bits - 1;
            if (room.t[lane] < best) {
              int triangle = triangles[LANES * block + lane];
              if (cutOut == null || cutOut.isThere(triangle, room.v[lane], room.w[lane], random)) {
                if (any) {
                  return true;
                }
                best = room.t[lane];
                bestTriangle = triangle;
                bestV = room.v[lane];
                bestW = room.w[lane];
              }
            }
          } while (bits != 0);
        }
      }
      // Next from the stack, if it is still near enough.
      long next;
      do {
        if (top == 0) {
          if (bestTriangle < 0) {
            return false;
          }
          hit.t = best;
          hit.u = bestV;
          hit.v = bestW;
          hit.instance = 0;
          hit.triangle = bestTriangle;
          return true;
        }
        next = stack[--top];
      } while (Float.intBitsToFloat((int) (next >>> 32)) > best);
      code = (int) next;
    }
  }

  private static float inverse(float d) {
    return 1 / (Math.abs(d) < LEAST_COMPONENT ? Math.copySign(LEAST_COMPONENT, d) : d);
  }
}
