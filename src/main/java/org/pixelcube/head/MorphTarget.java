package org.pixelcube.head;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.pixelcube.config.UserError;

/**
 * Offsets of some vertices of a mesh: the contents of a MakeHuman {@code .target} file.
 *
 * @param vertices which vertices move
 * @param offsets x, y, z of each, in the mesh's units
 */
record MorphTarget(int[] vertices, float[] offsets) {
  static final MorphTarget NONE = new MorphTarget(new int[0], new float[0]);

  /** How much of an offset is kept at a vertex. */
  interface Mask {
    float at(int vertex);
  }

  /** Adds the offsets, times a weight, to x, y, z of every vertex of the mesh. */
  void addTo(float[] positions, float weight) {
    for (int i = 0; i < vertices.length; i++) {
      int p = 3 * vertices[i];
      positions[p] += weight * offsets[3 * i];
      positions[p + 1] += weight * offsets[3 * i + 1];
      positions[p + 2] += weight * offsets[3 * i + 2];
    }
  }

  /** This target with its offsets multiplied, vertex by vertex; unmoved vertices are dropped. */
  MorphTarget masked(Mask mask) {
    int[] v = new int[vertices.length];
    float[] o = new float[offsets.length];
    int n = 0;
    for (int i = 0; i < vertices.length; i++) {
      float m = mask.at(vertices[i]);
      if (m != 0) {
        v[n] = vertices[i];
        for (int k = 0; k < 3; k++) {
          o[3 * n + k] = m * offsets[3 * i + k];
        }
        n++;
      }
    }
    return new MorphTarget(Arrays.copyOf(v, n), Arrays.copyOf(o, 3 * n));
  }

  /** The offsets between two states of a mesh, as a target. */
  static MorphTarget between(float[] from, float[] to) {
    int[] v = new int[from.length / 3];
    float[] o = new float[from.length];
    int n = 0;
    for (int i = 0; i < v.length; i++) {
      float x = to[3 * i] - from[3 * i];
      float y = to[3 * i + 1] - from[3 * i + 1];
      float z = to[3 * i + 2] - from[3 * i + 2];
      if (x != 0 || y != 0 || z != 0) {
        v[n] = i;
        o[3 * n] = x;
        o[3 * n + 1] = y;
        o[3 * n + 2] = z;
        n++;
      }
    }
    return new MorphTarget(Arrays.copyOf(v, n), Arrays.copyOf(o, 3 * n));
  }

  /**
   * Reads a {@code .target} file: a line {@code vertex dx dy dz} for each vertex that moves.
   *
   * @param vertexCount of the mesh it belongs to
   * @throws UserError that names the line, if a number is missing, not finite or out of range
   */
  static MorphTarget read(Path file, int vertexCount) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
    NumberScanner line = new NumberScanner(file, bytes);
    int[] v = new int[256];
    float[] o = new float[3 * 256];
    int n = 0;
    while (line.nextLine()) {
      if (n == v.length) {
        v = Arrays.copyOf(v, 2 * n);
        o = Arrays.copyOf(o, 6 * n);
      }
      int vertex = line.integer();
      if (vertex < 0 || vertex >= vertexCount) {
        throw line.fault("vertex " + vertex, "0 to " + (vertexCount - 1));
      }
      v[n] = vertex;
      for (int k = 0; k < 3; k++) {
        o[3 * n + k] = line.number();
      }
      n++;
    }
    return new MorphTarget(Arrays.copyOf(v, n), Arrays.copyOf(o, 3 * n));
  }
}
