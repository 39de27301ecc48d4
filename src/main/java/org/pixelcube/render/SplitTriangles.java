package org.pixelcube.render;

import java.util.Arrays;

/**
 * The boxes of a mesh's triangles, those of slivers cut into pieces: a long thin triangle that lies
 * askew fills little of its box (early split clipping: Ernst and Greiner, 2007; the shares of
 * triangles after Karras and Aila, "Fast parallel construction of high-quality bounding volume
 * hierarchies", 2013).
 */
final class SplitTriangles {
  /** Pieces over triangles, at most. */
  private static final float BUDGET = 2;

  private static final int MOST_PIECES = 16;

  /** Triangles whose box has less than this times their own area are left whole. */
  private static final float SLIVER = 6;

  /** Least and greatest x, y, z of each piece: 6 floats. */
  float[] boxes;

  /** The triangle that a piece belongs to. */
  int[] triangles;

  int count;

  private SplitTriangles(int capacity) {
    boxes = new float[6 * capacity];
    triangles = new int[capacity];
  }

  static SplitTriangles of(TriangleMesh mesh) {
    int n = mesh.triangleCount();
    float[] roots = new float[n];
    float[] box = new float[6];
    double sum = 0;
    int finite = 0;
    for (int i = 0; i < n; i++) {
      if (!box(mesh.positions(), mesh.triangles(), i, box, 0)) {
        roots[i] = -1;
        continue;
      }
      finite++;
      float excess = excess(mesh, i, box);
      roots[i] = (float) Math.sqrt(excess);
      sum += roots[i];
    }
    float scale = sum > 0 ? (float) ((BUDGET - 1) * finite / sum) : 0;
    SplitTriangles out = new SplitTriangles(finite);
    double[] polygon = new double[3 * 12];
    for (int i = 0; i < n; i++) {
      if (roots[i] < 0) {
        continue;
      }
      int pieces = 1 + (int) Math.min(MOST_PIECES - 1, roots[i] * scale);
      if (pieces == 1) {
        box(mesh.positions(), mesh.triangles(), i, box, 0);
        out.add(i, box);
      } else {
        for (int corner = 0; corner < 3; corner++) {
          int v = 3 * mesh.triangles()[3 * i + corner];
          for (int k = 0; k < 3; k++) {
            polygon[3 * corner + k] = mesh.positions()[v + k];
          }
        }
        out.cut(i, polygon, 3, pieces);
      }
    }
    return out;
  }

  /** How much of its box's half surface a sliver wastes; 0 for other triangles. */
  private static float excess(TriangleMesh mesh, int triangle, float[] box) {
    float[] p = mesh.positions();
    int a = 3 * mesh.triangles()[3 * triangle];
    int b = 3 * mesh.triangles()[3 * triangle + 1];
    int c = 3 * mesh.triangles()[3 * triangle + 2];
    float ux = p[b] - p[a];
    float uy = p[b + 1] - p[a + 1];
    float uz = p[b + 2] - p[a + 2];
    float vx = p[c] - p[a];
    float vy = p[c + 1] - p[a + 1];
    float vz = p[c + 2] - p[a + 2];
    float area =
        Math.abs(uy * vz - uz * vy) + Math.abs(uz * vx - ux * vz) + Math.abs(ux * vy - uy * vx);
    float x = box[3] - box[0];
    float y = box[4] - box[1];
    float z = box[5] - box[2];
    float half = x * y + y * z + z * x;
    return half > SLIVER * area ? half - area : 0;
  }

  /** Cuts a convex polygon across the longest side of its box, until there are enough pieces. */
  private void cut(int triangle, double[] polygon, int corners, int pieces) {
    float[] box = new float[6];
    int axis = 0;
    for (int k = 0; k < 3; k++) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < corners; i++) {
        low = Math.min(low, polygon[3 * i + k]);
        high = Math.max(high, polygon[3 * i + k]);
      }
      // Rounded outwards: the pieces of a triangle must not leave gaps.
      box[k] = (float) low > low ? Math.nextDown((float) low) : (float) low;
      box[3 + k] = (float) high < high ? Math.nextUp((float) high) : (float) high;
      if (box[3 + k] - box[k] > box[3 + axis] - box[axis]) {
        axis = k;
      }
    }
    double plane = 0.5 * ((double) box[axis] + box[3 + axis]);
    if (pieces < 2 || !(plane > box[axis] && plane < box[3 + axis])) {
      add(triangle, box);
      return;
    }
    double[] below = new double[3 * (corners + 2)];
    double[] above = new double[3 * (corners + 2)];
    int belows = 0;
    int aboves = 0;
    for (int i = 0; i < corners; i++) {
      int from = 3 * i;
      int to = 3 * ((i + 1) % corners);
      double a = polygon[from + axis] - plane;
      double b = polygon[to + axis] - plane;
      if (a <= 0) {
        System.arraycopy(polygon, from, below, 3 * belows++, 3);
      }
      if (a >= 0) {
        System.arraycopy(polygon, from, above, 3 * aboves++, 3);
      }
      if ((a < 0 && b > 0) || (a > 0 && b < 0)) {
        double t = a / (a - b);
        for (int k = 0; k < 3; k++) {
          double x = polygon[from + k] + t * (polygon[to + k] - polygon[from + k]);
          below[3 * belows + k] = x;
          above[3 * aboves + k] = x;
        }
        belows++;
        aboves++;
      }
    }
    cut(triangle, below, belows, pieces / 2);
    cut(triangle, above, aboves, pieces - pieces / 2);
  }

  private void add(int triangle, float[] box) {
    if (count == triangles.length) {
      triangles = Arrays.copyOf(triangles, count + count / 2 + 16);
      boxes = Arrays.copyOf(boxes, 6 * triangles.length);
    }
    triangles[count] = triangle;
    System.arraycopy(box, 0, boxes, 6 * count++, 6);
  }

  /** Writes a triangle's box; false if a corner is not finite. */
  static boolean box(float[] p, int[] triangles, int triangle, float[] out, int at) {
    int a = 3 * triangles[3 * triangle];
    int b = 3 * triangles[3 * triangle + 1];
    int c = 3 * triangles[3 * triangle + 2];
    boolean finite = true;
    for (int k = 0; k < 3; k++) {
      float low = Math.min(p[a + k], Math.min(p[b + k], p[c + k]));
      float high = Math.max(p[a + k], Math.max(p[b + k], p[c + k]));
      out[at + k] = low;
      out[at + 3 + k] = high;
      finite &= Float.isFinite(low) && Float.isFinite(high);
    }
    return finite;
  }
}
