package org.pixelcube.render;

import org.pixelcube.config.UserError;

/**
 * A mesh of triangles in metres, counter-clockwise seen from outside.
 *
 * @param positions x, y, z of each vertex: 3 · vertexCount floats
 * @param normals unit shading normals, 3 · vertexCount floats
 * @param uvs texture coordinates, u to the right and v up, 2 · vertexCount floats; zeros if the
 *     mesh has none
 * @param triangles three vertex indices each: 3 · triangleCount
 */
public record TriangleMesh(float[] positions, float[] normals, float[] uvs, int[] triangles) {

  public TriangleMesh {
    if (normals.length != positions.length || uvs.length / 2 != positions.length / 3) {
      throw new IllegalArgumentException(
          "%d positions, %d normals, %d texture coordinates"
              .formatted(positions.length / 3, normals.length / 3, uvs.length / 2));
    }
  }

  /** A mesh whose shading normals are the area-weighted means of its faces' normals. */
  public static TriangleMesh smooth(float[] positions, float[] uvs, int[] triangles) {
    return new TriangleMesh(positions, smoothNormals(positions, triangles), uvs, triangles);
  }

  /** The same surface with its vertices elsewhere, normals worked out anew. */
  public TriangleMesh moved(float[] newPositions) {
    return smooth(newPositions, uvs, triangles);
  }

  public int vertexCount() {
    return positions.length / 3;
  }

  public int triangleCount() {
    return triangles.length / 3;
  }

  /**
   * Checks what a file may have got wrong.
   *
   * @param subject the file, for the message
   * @throws UserError if a vertex is not finite or an index points outside the mesh
   */
  public TriangleMesh checked(String subject) {
    for (int i = 0; i < positions.length; i++) {
      if (!Float.isFinite(positions[i])) {
        throw new UserError(
            subject,
            "vertex %d has the coordinate %s, not a finite number".formatted(i / 3, positions[i]),
            "export the mesh anew");
      }
    }
    for (int i = 0; i < triangles.length; i++) {
      if (triangles[i] < 0 || triangles[i] >= vertexCount()) {
        throw new UserError(
            subject,
            "triangle %d names vertex %d, the mesh has %d"
                .formatted(i / 3, triangles[i], vertexCount()),
            "export the mesh anew");
      }
    }
    return this;
  }

  /** Area-weighted vertex normals; (0, 0, 1) where all faces around a vertex are degenerate. */
  public static float[] smoothNormals(float[] p, int[] triangles) {
    float[] n = new float[p.length];
    for (int t = 0; t < triangles.length; t += 3) {
      int a = 3 * triangles[t];
      int b = 3 * triangles[t + 1];
      int c = 3 * triangles[t + 2];
      float ux = p[b] - p[a];
      float uy = p[b + 1] - p[a + 1];
      float uz = p[b + 2] - p[a + 2];
      float vx = p[c] - p[a];
      float vy = p[c + 1] - p[a + 1];
      float vz = p[c + 2] - p[a + 2];
      float nx = uy * vz - uz * vy;
      float ny = uz * vx - ux * vz;
      float nz = ux * vy - uy * vx;
      for (int corner : new int[] {a, b, c}) {
        n[corner] += nx;
        n[corner + 1] += ny;
        n[corner + 2] += nz;
      }
    }
    for (int i = 0; i < n.length; i += 3) {
      double length = Math.sqrt((double) n[i] * n[i] + n[i + 1] * n[i + 1] + n[i + 2] * n[i + 2]);
      if (length > 1e-30) {
        n[i] /= (float) length;
        n[i + 1] /= (float) length;
        n[i + 2] /= (float) length;
      } else {
        n[i] = 0;
        n[i + 1] = 0;
        n[i + 2] = 1;
      }
    }
    return n;
  }
}
