package org.pixelcube.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The hierarchy over the hierarchies of a scene. Parts of a head lie within one another, so whole
 * instances would be poor leaves: the largest are opened, and subtrees of many instances hang side
 * by side (Benthin, Woop, Wald and Áfra, "Improved two-level BVHs using partial re-braiding",
 * 2017).
 */
final class World {
  /** How many subtrees to hang up, for each instance in the mean. */
  private static final int SUBTREES = 24;

  private final Placed[] placed;
  private final float[] nodes;

  /** Instance and node of each subtree. */
  private final int[] instances;

  private final int[] codes;
  private final float greatest;
  private final int stackSize;
  private final int floorOfParts;

  /** Whether anything has holes. */
  private final boolean cutOut;

  /** A subtree of an instance. */
  private record Subtree(int instance, int code, float[] box) {
    double area() {
      double x = box[3] - box[0];
      double y = box[4] - box[1];
      double z = box[5] - box[2];
      return x * y + y * z + z * x;
    }
  }

  World(Placed[] placed) {
    this.placed = placed;
    cutOut = Arrays.stream(placed).anyMatch(p -> p.cutOut != null);
    List<Subtree> subtrees = subtrees();
    instances = new int[subtrees.size()];
    codes = new int[subtrees.size()];
    float[] boxes = new float[6 * subtrees.size()];
    for (int i = 0; i < instances.length; i++) {
      instances[i] = subtrees.get(i).instance;
      codes[i] = subtrees.get(i).code;
      System.arraycopy(subtrees.get(i).box, 0, boxes, 6 * i, 6);
    }
    float reach = 0;
    for (float x : boxes) {
      reach = Math.max(reach, Math.abs(x));
    }
    greatest = reach;
    Nodes built = new Nodes(BinaryTree.over(boxes));
    nodes = built.array();
    floorOfParts = (Bvh.WIDTH - 1) * built.depth + 1;
    int deepest = 0;
    for (Placed p : placed) {
      deepest = Math.max(deepest, p.bvh.stackSize());
    }
    stackSize = floorOfParts + deepest;
  }

  /** Opens the largest nodes of all instances until there are enough. */
  private List<Subtree> subtrees() {
    PriorityQueue<Subtree> inner =
        new PriorityQueue<>(Comparator.comparingDouble(Subtree::area).reversed());
    List<Subtree> done = new ArrayList<>();
    for (int i = 0; i < placed.length; i++) {
      if (placed[i].box != null) {
        inner.add(new Subtree(i, 0, placed[i].box));
      }
    }
    int wanted = inner.size() == 1 ? 1 : SUBTREES * inner.size();
    float[] box = new float[6];
    while (!inner.isEmpty() && inner.size() + done.size() < wanted) {
      Subtree opened = inner.remove();
      Placed p = placed[opened.instance];
      for (int i = 0; i < Bvh.WIDTH; i++) {
        int code = p.bvh.child(opened.code, i);
        if (code != Bvh.NONE) {
          p.bvh.childBox(opened.code, i, box);
          Subtree part = new Subtree(opened.instance, code, p.worldBox(box));
          if (code >= 0) {
            inner.add(part);
          } else {
            done.add(part);
          }
        }
      }
    }
    done.addAll(inner);
    return done;
  }

  /** Makes the wide nodes out of a binary tree; the code of a subtree is −1 − its index. */
  private static final class Nodes {
    private final BinaryTree tree;
    private final List<float[]> made = new ArrayList<>();
    private int depth;

    Nodes(BinaryTree tree) {
      this.tree = tree;
      if (!tree.isEmpty()) {
        node(0, 1);
      }
    }

    private int node(int root, int level) {
      depth = Math.max(depth, level);
      int index = made.size();
      float[] node = new float[Bvh.NODE];
      made.add(node);
      int[] taken = new int[Bvh.WIDTH];
      int count = tree.open(root, taken);
      for (int i = 0; i < Bvh.WIDTH; i++) {
        int code = Bvh.NONE;
        if (i < count) {
          int child = taken[i];
          code = tree.isLeaf(child) ? -1 - tree.order[tree.from[child]] : node(child, level + 1);
        }
        for (int k = 0; k < 6; k++) {
          node[Bvh.WIDTH * k + i] = i < count ? tree.bounds[6 * taken[i] + k] : Bvh.EMPTY_BOX[k];
        }
        node[Bvh.CHILDREN + i] = Float.intBitsToFloat(code);
      }
      return index;
    }

    float[] array() {
      float[] all = new float[Bvh.NODE * made.size()];
      for (int i = 0; i < made.size(); i++) {
        System.arraycopy(made.get(i), 0, all, Bvh.NODE * i, Bvh.NODE);
      }
      return all;
    }
  }

  /** Finds the nearest hit; {@code hit} is written only if there is one. */
  boolean nearest(Ray ray, Hit hit, RandomStream random) {
    if (nodes.length == 0) {
      return false;
    }
    Traversal room = ray.traversal();
    room.ready(ray, greatest, stackSize);
    room.salt = cutOut ? random.nextInt() : 0;
    final long[] stack = room.stack;
    final int[] nears = room.near;
    int instance = -1;
    int top = 0;
    int code = 0;
    while (true) {
      if (code >= 0) {
        int at = Bvh.NODE * code;
        IntVector near = Bvh.entries(nodes, at, room);
        int bits =
            (int) near.compare(VectorOperators.LE, Bvh.exits(nodes, at, room, room.best)).toLong();
        if (bits != 0) {
          near.intoArray(nears, 0);
          int child = at + Bvh.CHILDREN;
          int lane = Integer.numberOfTrailingZeros(bits);
          long nearest = Bvh.entry(nears[lane], nodes[child + lane]);
          bits &= bits - 1;
          while (bits != 0) {
            lane = Integer.numberOfTrailingZeros(bits);
            bits &= bits - 1;
            long next = Bvh.entry(nears[lane], nodes[child + lane]);
            stack[top++] = Math.max(next, nearest);
            nearest = Math.min(next, nearest);
          }
          code = (int) nearest;
          continue;
        }
      } else {
        int subtree = -1 - code;
        Placed p = placed[instances[subtree]];
        float before = room.best;
        if (p.moved) {
          Ray local = room.local();
          p.local(ray, local);
          local.tMax = before;
          Traversal inner = local.traversal();
          inner.ready(local, p.bvh.greatest(), p.bvh.stackSize());
          inner.salt = room.salt;
          p.bvh.nearest(codes[subtree], inner, 0, p.cutOut);
          if (inner.triangle >= 0) {
            room.best = inner.best;
            room.triangle = inner.triangle;
            room.u = inner.u;
            room.v = inner.v;
          }
        } else {
          p.bvh.nearest(codes[subtree], room, floorOfParts, p.cutOut);
        }
        if (room.best < before) {
          instance = instances[subtree];
        }
      }
      long next;
      do {
        if (top == 0) {
          if (instance < 0) {
            return false;
          }
          hit.t = room.best;
          hit.u = room.u;
          hit.v = room.v;
          hit.instance = instance;
          hit.triangle = room.triangle;
          return true;
        }
        next = stack[--top];
      } while ((int) (next >>> 32) > Float.floatToRawIntBits(room.best));
      code = (int) next;
    }
  }

  /** Whether there is any hit, {@link Material.Clear} shells apart. */
  boolean any(Ray ray, RandomStream random) {
    if (nodes.length == 0) {
      return false;
    }
    Traversal room = ray.traversal();
    room.ready(ray, greatest, stackSize);
    room.salt = cutOut ? random.nextInt() : 0;
    final long[] stack = room.stack;
    int top = 0;
    int code = 0;
    while (true) {
      if (code >= 0) {
        int at = Bvh.NODE * code;
        int bits =
            (int)
                Bvh.entries(nodes, at, room)
                    .compare(VectorOperators.LE, Bvh.exits(nodes, at, room, room.best))
                    .toLong();
        if (bits != 0) {
          int child = at + Bvh.CHILDREN;
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
        int subtree = -1 - code;
        Placed p = placed[instances[subtree]];
        if (!p.clear) {
          boolean met;
          if (p.moved) {
            Ray local = room.local();
            p.local(ray, local);
            Traversal inner = local.traversal();
            inner.ready(local, p.bvh.greatest(), p.bvh.stackSize());
            inner.salt = room.salt;
            met = p.bvh.any(codes[subtree], inner, 0, p.cutOut);
          } else {
            met = p.bvh.any(codes[subtree], room, floorOfParts, p.cutOut);
          }
          if (met) {
            return true;
          }
        }
      }
      if (top == 0) {
        return false;
      }
      code = (int) stack[--top];
    }
  }
}
