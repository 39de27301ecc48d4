package org.pixelcube.head;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.pixelcube.render.TriangleMesh;

/**
 * The smooth surface of a mesh of quadrilaterals, by the rules of Catmull and Clark 1978, worked
 * out once as weights so that each new pose of the control vertices costs one sparse product.
 * Texture coordinates are interpolated linearly; borders of the mesh stay borders, and edges where
 * more than two faces meet are treated as such.
 */
final class SubdivisionSurface {
  /** One sparse matrix: row r sums vertices[start[r]..start[r+1]) times weights. */
  private record Step(int[] start, int[] vertices, float[] weights) {
    float[] apply(float[] in) {
      int rows = start.length - 1;
      float[] out = new float[3 * rows];
      for (int r = 0; r < rows; r++) {
        float x = 0;
        float y = 0;
        float z = 0;
        for (int k = start[r]; k < start[r + 1]; k++) {
          int p = 3 * vertices[k];
          float w = weights[k];
          x += w * in[p];
          y += w * in[p + 1];
          z += w * in[p + 2];
        }
        out[3 * r] = x;
        out[3 * r + 1] = y;
        out[3 * r + 2] = z;
      }
      return out;
    }
  }

  private final Step[] steps;

  /** Smooth vertex of each vertex of the triangle mesh, which is split where textures part. */
  private final int[] split;

  private final int[] smoothTriangles;
  private final int[] triangles;
  private final float[] uvs;

  private SubdivisionSurface(
      Step[] steps, int[] split, int[] smoothTriangles, int[] triangles, float[] uvs) {
    this.steps = steps;
    this.split = split;
    this.smoothTriangles = smoothTriangles;
    this.triangles = triangles;
    this.uvs = uvs;
  }

  /**
   * Works out the weights.
   *
   * @param levels how often each face is divided into four; 0 keeps the faces as they are
   */
  static SubdivisionSurface of(QuadMesh mesh, int levels) {
    Faces faces = new Faces(mesh.corners(), mesh.uvCorners(), mesh.uvs(), mesh.vertexCount());
    Step[] steps = new Step[levels];
    for (int i = 0; i < levels; i++) {
      steps[i] = faces.divide();
    }
    return finish(steps, faces);
  }

  private static SubdivisionSurface finish(Step[] steps, Faces faces) {
    int quads = faces.corners.length / 4;
    Map<Long, Integer> known = new HashMap<>();
    int[] split = new int[faces.corners.length];
    float[] uvs = new float[2 * faces.corners.length];
    int[] ids = new int[faces.corners.length];
    for (int i = 0; i < faces.corners.length; i++) {
      long key = ((long) faces.corners[i] << 32) | faces.uvCorners[i];
      Integer id = known.get(key);
      if (id == null) {
        id = known.size();
        known.put(key, id);
        split[id] = faces.corners[i];
        uvs[2 * id] = faces.uvs[2 * faces.uvCorners[i]];
        uvs[2 * id + 1] = faces.uvs[2 * faces.uvCorners[i] + 1];
      }
      ids[i] = id;
    }
    int[] triangles = new int[6 * quads];
    int[] smooth = new int[6 * quads];
    int n = 0;
    for (int f = 0; f < quads; f++) {
      for (int[] half : new int[][] {{0, 1, 2}, {0, 2, 3}}) {
        int a = 4 * f + half[0];
        int b = 4 * f + half[1];
        int c = 4 * f + half[2];
        if (faces.corners[a] == faces.corners[b]
            || faces.corners[b] == faces.corners[c]
            || faces.corners[c] == faces.corners[a]) {
          continue;
        }
        triangles[n] = ids[a];
        triangles[n + 1] = ids[b];
        triangles[n + 2] = ids[c];
        smooth[n] = faces.corners[a];
        smooth[n + 1] = faces.corners[b];
        smooth[n + 2] = faces.corners[c];
        n += 3;
      }
    }
    return new SubdivisionSurface(
        steps,
        Arrays.copyOf(split, known.size()),
        Arrays.copyOf(smooth, n),
        Arrays.copyOf(triangles, n),
        Arrays.copyOf(uvs, 2 * known.size()));
  }

  float[] uvs() {
    return uvs;
  }

  int[] triangles() {
    return triangles;
  }

  /** Positions of the vertices of the triangle mesh for a pose of the control vertices. */
  float[] positions(float[] control) {
    return spread(smoothPositions(control));
  }

  private float[] smoothPositions(float[] control) {
    float[] p = control;
    for (Step step : steps) {
      p = step.apply(p);
    }
    return p;
  }

  /** The triangle mesh for a pose; its normals know no seams between textures. */
  TriangleMesh mesh(float[] control) {
    float[] p = smoothPositions(control);
    return new TriangleMesh(
        spread(p), spread(TriangleMesh.smoothNormals(p, smoothTriangles)), uvs, triangles);
  }

  private float[] spread(float[] values) {
    float[] out = new float[3 * split.length];
    for (int i = 0; i < split.length; i++) {
      out[3 * i] = values[3 * split[i]];
      out[3 * i + 1] = values[3 * split[i] + 1];
      out[3 * i + 2] = values[3 * split[i] + 2];
    }
    return out;
  }

  /** The faces at one level, replaced by those of the next. */
  private static final class Faces {
    private int[] corners;
    private int[] uvCorners;
    private float[] uvs;
    private int vertexCount;

    Faces(int[] corners, int[] uvCorners, float[] uvs, int vertexCount) {
      this.corners = corners;
      this.uvCorners = uvCorners;
      this.uvs = uvs;
      this.vertexCount = vertexCount;
    }

    private static long key(int a, int b) {
      return a < b ? ((long) a << 32) | b : ((long) b << 32) | a;
    }

    /** Corner k of face f, its last edge closing the ring; a triangle has a doubled corner. */
    Step divide() {
      int quads = corners.length / 4;
      // Vertices are kept in order of first use, then edges, then faces.
      int[] vertexId = new int[vertexCount];
      Arrays.fill(vertexId, -1);
      int used = 0;
      Map<Long, Integer> edgeIds = new HashMap<>();
      int[] edgeOf = new int[corners.length];
      int[] edgeA = new int[corners.length];
      int[] edgeB = new int[corners.length];
      int[] edgeFaces = new int[corners.length];
      int[][] edgeFace = new int[corners.length][2];
      for (int i = 0; i < corners.length; i++) {
        if (vertexId[corners[i]] < 0) {
          vertexId[corners[i]] = used++;
        }
        int a = corners[i];
        int b = corners[(i & ~3) | ((i + 1) & 3)];
        if (a == b) {
          edgeOf[i] = -1;
          continue;
        }
        Integer id = edgeIds.get(key(a, b));
        if (id == null) {
          id = edgeIds.size();
          edgeIds.put(key(a, b), id);
          edgeA[id] = a;
          edgeB[id] = b;
        }
        if (edgeFaces[id] < 2) {
          edgeFace[id][edgeFaces[id]] = i / 4;
        }
        edgeFaces[id]++;
        edgeOf[i] = id;
      }
      int edges = edgeIds.size();
      Rows rows = new Rows(used + edges + quads, 10 * (used + edges) + 4 * quads);
      vertexRows(rows, vertexId, used, edges, edgeA, edgeB, edgeFaces);
      // Edge points.
      for (int e = 0; e < edges; e++) {
        if (edgeFaces[e] == 2) {
          rows.add(edgeA[e], 0.25f);
          rows.add(edgeB[e], 0.25f);
          face(rows, edgeFace[e][0], 0.25f);
          face(rows, edgeFace[e][1], 0.25f);
        } else {
          rows.add(edgeA[e], 0.5f);
          rows.add(edgeB[e], 0.5f);
        }
        rows.end();
      }
      // Face points.
      for (int f = 0; f < quads; f++) {
        face(rows, f, 1);
        rows.end();
      }
      rebuild(vertexId, used, edges, edgeOf);
      vertexCount = used + edges + quads;
      return rows.step();
    }

    private int sides(int f) {
      return corners[4 * f + 2] == corners[4 * f + 3] ? 3 : 4;
    }

    /** Adds the middle of a face. */
    private void face(Rows rows, int f, float weight) {
      int n = sides(f);
      for (int k = 0; k < n; k++) {
        rows.add(corners[4 * f + k], weight / n);
      }
    }

    private void vertexRows(
        Rows rows, int[] vertexId, int used, int edges, int[] edgeA, int[] edgeB, int[] edgeFaces) {
      int[] vertexOf = new int[used];
      for (int v = 0; v < vertexId.length; v++) {
        if (vertexId[v] >= 0) {
          vertexOf[vertexId[v]] = v;
        }
      }
      int[][] facesAround = around(used, corners.length, i -> vertexId[corners[i]]);
      int[][] edgesAround =
          around(used, 2 * edges, i -> vertexId[(i & 1) == 0 ? edgeA[i >> 1] : edgeB[i >> 1]]);
      for (int u = 0; u < used; u++) {
        int v = vertexOf[u];
        int border = 0;
        for (int i : edgesAround[u]) {
          border += edgeFaces[i >> 1] == 2 ? 0 : 1;
        }
        if (border == 0) {
          int n = edgesAround[u].length;
          float around = 1f / (n * n);
          // (F + 2 R + (n - 3) P) / n, F the mean of face points, R of edge middles.
          int faces = 0;
          int last = -1;
          for (int i : facesAround[u]) {
            faces += i / 4 == last ? 0 : 1;
            last = i / 4;
          }
          last = -1;
          for (int i : facesAround[u]) {
            if (i / 4 != last) {
              face(rows, i / 4, 1f / (n * faces));
            }
            last = i / 4;
          }
          for (int i : edgesAround[u]) {
            rows.add(edgeA[i >> 1], around);
            rows.add(edgeB[i >> 1], around);
          }
          rows.add(v, (n - 3f) / n);
        } else if (border == 2) {
          rows.add(v, 0.75f);
          for (int i : edgesAround[u]) {
            if (edgeFaces[i >> 1] != 2) {
              rows.add(edgeA[i >> 1] == v ? edgeB[i >> 1] : edgeA[i >> 1], 0.125f);
            }
          }
        } else {
          rows.add(v, 1);
        }
        rows.end();
      }
    }

    /** For each of some things, the items that belong to it, in order. */
    private static int[][] around(int things, int items, java.util.function.IntUnaryOperator of) {
      int[] count = new int[things];
      for (int i = 0; i < items; i++) {
        count[of.applyAsInt(i)]++;
      }
      int[][] out = new int[things][];
      for (int t = 0; t < things; t++) {
        out[t] = new int[count[t]];
      }
      Arrays.fill(count, 0);
      for (int i = 0; i < items; i++) {
        int t = of.applyAsInt(i);
        out[t][count[t]++] = i;
      }
      return out;
    }

    private void rebuild(int[] vertexId, int used, int edges, int[] edgeOf) {
      int quads = corners.length / 4;
      int uvCount = uvs.length / 2;
      Map<Long, Integer> uvEdges = new HashMap<>();
      int total = 0;
      for (int f = 0; f < quads; f++) {
        total += sides(f);
      }
      float[] newUvs = Arrays.copyOf(uvs, 2 * (uvCount + corners.length + quads));
      int[] nextCorners = new int[4 * total];
      int[] nextUvCorners = new int[4 * total];
      int uvNext = uvCount;
      int n = 0;
      int[] uvEdge = new int[4];
      for (int f = 0; f < quads; f++) {
        int sides = sides(f);
        float mu = 0;
        float mv = 0;
        for (int k = 0; k < sides; k++) {
          int a = uvCorners[4 * f + k];
          int b = uvCorners[4 * f + (k + 1) % sides];
          mu += uvs[2 * a] / sides;
          mv += uvs[2 * a + 1] / sides;
          Integer id = uvEdges.get(key(a, b));
          if (id == null) {
            id = uvNext++;
            uvEdges.put(key(a, b), id);
            newUvs[2 * id] = 0.5f * (uvs[2 * a] + uvs[2 * b]);
            newUvs[2 * id + 1] = 0.5f * (uvs[2 * a + 1] + uvs[2 * b + 1]);
          }
          uvEdge[k] = id;
        }
        int middle = uvNext++;
        newUvs[2 * middle] = mu;
        newUvs[2 * middle + 1] = mv;
        for (int k = 0; k < sides; k++) {
          int before = (k + sides - 1) % sides;
          // The edge that leaves corner k; that of a triangle's last corner is the fourth slot's.
          int leaving = edgeOf[4 * f + (sides == 3 && k == 2 ? 3 : k)];
          int coming = edgeOf[4 * f + (sides == 3 && before == 2 ? 3 : before)];
          nextCorners[n] = vertexId[corners[4 * f + k]];
          nextCorners[n + 1] = used + leaving;
          nextCorners[n + 2] = used + edges + f;
          nextCorners[n + 3] = used + coming;
          nextUvCorners[n] = uvCorners[4 * f + k];
          nextUvCorners[n + 1] = uvEdge[k];
          nextUvCorners[n + 2] = middle;
          nextUvCorners[n + 3] = uvEdge[before];
          n += 4;
        }
      }
      corners = nextCorners;
      uvCorners = nextUvCorners;
      uvs = Arrays.copyOf(newUvs, 2 * uvNext);
    }
  }

  /** A sparse matrix in the making. */
  private static final class Rows {
    private final int[] start;
    private int row;
    private int[] vertices;
    private float[] weights;
    private int n;

    Rows(int rows, int entries) {
      start = new int[rows + 1];
      vertices = new int[entries];
      weights = new float[entries];
    }

    /** Adds to the weight of a vertex in this row. */
    void add(int vertex, float weight) {
      for (int k = start[row]; k < n; k++) {
        if (vertices[k] == vertex) {
          weights[k] += weight;
          return;
        }
      }
      if (n == vertices.length) {
        vertices = Arrays.copyOf(vertices, 2 * n);
        weights = Arrays.copyOf(weights, 2 * n);
      }
      vertices[n] = vertex;
      weights[n++] = weight;
    }

    void end() {
      start[++row] = n;
    }

    Step step() {
      return new Step(start, Arrays.copyOf(vertices, n), Arrays.copyOf(weights, n));
    }
  }
}
