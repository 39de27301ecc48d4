package org.pixelcube.pipeline;

import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;

/**
 * The face mesh of one frame laid over the geometry grid.
 *
 * @param face the tracked face it was made from
 * @param positions x, y, z per vertex in grid pixels, y down, z towards the camera
 * @param normals unit normals per vertex, camera space (y up)
 * @param pose the head's pose
 */
record FaceSurface(Face face, float[] positions, float[] normals, HeadPose pose) {

  /**
   * Lays a face over a grid.
   *
   * @param scale grid pixels per pixel of the picture the face was tracked in
   */
  static FaceSurface of(Face face, FaceTopology topology, double scale) {
    int n = FaceTopology.VERTICES;
    float[] p = new float[3 * n];
    float[] up = new float[3 * n];
    float[] landmarks = face.landmarks();
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) (landmarks[i] * scale);
      up[i] = i % 3 == 1 ? -p[i] : p[i];
    }
    HeadPose pose = HeadPose.fit(topology.positions(), up, n);
    return new FaceSurface(face, p, vertexNormals(up, topology.triangles(), n), pose);
  }

  /** Area-weighted means of the triangles' normals, smoothed once over the mesh. */
  private static float[] vertexNormals(float[] up, int[] triangles, int vertices) {
    float[] normals = new float[3 * vertices];
    for (int t = 0; t + 2 < triangles.length; t += 3) {
      int a = 3 * triangles[t];
      int b = 3 * triangles[t + 1];
      int c = 3 * triangles[t + 2];
      float ux = up[b] - up[a];
      float uy = up[b + 1] - up[a + 1];
      float uz = up[b + 2] - up[a + 2];
      float vx = up[c] - up[a];
      float vy = up[c + 1] - up[a + 1];
      float vz = up[c + 2] - up[a + 2];
      float nx = uy * vz - uz * vy;
      float ny = uz * vx - ux * vz;
      float nz = ux * vy - uy * vx;
      for (int v : new int[] {a, b, c}) {
        normals[v] += nx;
        normals[v + 1] += ny;
        normals[v + 2] += nz;
      }
    }
    normalise(normals);
    float[] smooth = normals.clone();
    for (int t = 0; t + 2 < triangles.length; t += 3) {
      for (int k = 0; k < 3; k++) {
        int a = 3 * triangles[t + k];
        int b = 3 * triangles[t + (k + 1) % 3];
        for (int axis = 0; axis < 3; axis++) {
          smooth[a + axis] += 0.12f * normals[b + axis];
          smooth[b + axis] += 0.12f * normals[a + axis];
        }
      }
    }
    normalise(smooth);
    return smooth;
  }

  private static void normalise(float[] n) {
    for (int i = 0; i < n.length; i += 3) {
      double length = Math.sqrt(n[i] * n[i] + n[i + 1] * n[i + 1] + n[i + 2] * n[i + 2]);
      if (length > 1e-12) {
        n[i] /= (float) length;
        n[i + 1] /= (float) length;
        n[i + 2] /= (float) length;
      } else {
        n[i + 2] = 1;
      }
    }
  }

  /** One axis of the normals as an array of its own, for the rasteriser. */
  float[] normalAxis(int axis) {
    float[] values = new float[normals.length / 3];
    for (int v = 0; v < values.length; v++) {
      values[v] = normals[3 * v + axis];
    }
    return values;
  }
}
