package org.pixelcube.head;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.pixelcube.config.UserError;

/**
 * A mesh that rides on MakeHuman's base mesh: hair, clothes, teeth, brows. Each of its vertices is
 * bound to three of the base, with an offset that grows with the body (the {@code .mhclo} format).
 *
 * @param mesh faces and texture coordinates; its own positions are not used
 * @param bound three base vertices for each vertex
 * @param weights of those three
 * @param offsets x, y, z in units of the scales
 * @param scales for x, y, z: base vertex, base vertex and the distance between them, along that
 *     axis, at which the offsets hold as written
 * @param hidden whether a base vertex lies under this mesh, so that faces around it are left out
 */
record Mhclo(
    QuadMesh mesh,
    int[] bound,
    float[] weights,
    float[] offsets,
    Scale[] scales,
    boolean[] hidden) {

  /** A length of the body to which the offsets along one axis are proportional. */
  record Scale(int from, int to, float length) {}

  private static final Scale NONE = new Scale(0, 0, 0);

  /**
   * Where the vertices lie on a body.
   *
   * @param base positions of all vertices of the base mesh
   */
  float[] fit(float[] base) {
    float[] size = new float[3];
    for (int k = 0; k < 3; k++) {
      Scale s = scales[k];
      size[k] = s.length == 0 ? 1 : Math.abs(base[3 * s.from + k] - base[3 * s.to + k]) / s.length;
    }
    float[] out = new float[bound.length];
    for (int i = 0; i < bound.length; i += 3) {
      int a = 3 * bound[i];
      int b = 3 * bound[i + 1];
      int c = 3 * bound[i + 2];
      for (int k = 0; k < 3; k++) {
        out[i + k] =
            weights[i] * base[a + k]
                + weights[i + 1] * base[b + k]
                + weights[i + 2] * base[c + k]
                + size[k] * offsets[i + k];
      }
    }
    return out;
  }

  /**
   * Reads a {@code .mhclo} file and the OBJ file that it names.
   *
   * @param baseVertices number of vertices of the base mesh
   * @throws UserError if either is missing or broken, or if they do not belong together
   */
  static Mhclo read(Path file, int baseVertices) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
    NumberScanner line = new NumberScanner(file, bytes);
    Scale[] scales = {NONE, NONE, NONE};
    boolean[] hidden = new boolean[baseVertices];
    int[] bound = new int[3 * 4096];
    float[] weights = new float[3 * 4096];
    float[] offsets = new float[3 * 4096];
    int n = 0;
    String obj = null;
    String section = "";
    while (line.nextLine()) {
      if (!line.numeric()) {
        String key = line.word().toLowerCase(Locale.ROOT);
        switch (key) {
          case "obj_file" -> obj = line.word();
          case "x_scale" -> scales[0] = scale(line, baseVertices);
          case "y_scale" -> scales[1] = scale(line, baseVertices);
          case "z_scale" -> scales[2] = scale(line, baseVertices);
          case "verts", "delete_verts", "weights" -> section = key;
          default -> {}
        }
        continue;
      }
      switch (section) {
        case "verts" -> {
          if (3 * n == bound.length) {
            bound = Arrays.copyOf(bound, 6 * n);
            weights = Arrays.copyOf(weights, 6 * n);
            offsets = Arrays.copyOf(offsets, 6 * n);
          }
          bound[3 * n] = vertex(line, baseVertices);
          if (line.more()) {
            bound[3 * n + 1] = vertex(line, baseVertices);
            bound[3 * n + 2] = vertex(line, baseVertices);
            for (int k = 0; k < 3; k++) {
              weights[3 * n + k] = line.number();
            }
            for (int k = 0; k < 3; k++) {
              offsets[3 * n + k] = line.number();
            }
          } else {
            Arrays.fill(bound, 3 * n, 3 * n + 3, bound[3 * n]);
            weights[3 * n] = 1;
          }
          n++;
        }
        case "delete_verts" -> hide(line, hidden);
        default -> {}
      }
    }
    if (obj == null) {
      throw new UserError(
          file.toString(), "it names no obj_file", "restore it from the archive of heads");
    }
    Path meshFile = file.resolveSibling(obj);
    QuadMesh mesh = QuadMesh.read(meshFile);
    if (mesh.vertexCount() != n) {
      throw new UserError(
          file.toString(),
          "it binds %d vertices, %s has %d".formatted(n, obj, mesh.vertexCount()),
          "restore both from the archive of heads");
    }
    return new Mhclo(
        mesh,
        Arrays.copyOf(bound, 3 * n),
        Arrays.copyOf(weights, 3 * n),
        Arrays.copyOf(offsets, 3 * n),
        scales,
        hidden);
  }

  private static int vertex(NumberScanner line, int count) {
    int v = line.integer();
    if (v < 0 || v >= count) {
      throw line.fault("vertex " + v, "0 to " + (count - 1));
    }
    return v;
  }

  private static Scale scale(NumberScanner line, int count) {
    int from = vertex(line, count);
    int to = vertex(line, count);
    float length = line.number();
    if (!(length > 0)) {
      throw line.fault("the length " + length, "one above 0");
    }
    return new Scale(from, to, length);
  }

  /** Single vertices and ranges "a - b". */
  private static void hide(NumberScanner line, boolean[] hidden) {
    int last = -1;
    while (line.more()) {
      if (line.skip('-')) {
        int to = vertex(line, hidden.length);
        if (last < 0) {
          throw line.fault("a range without its start", "two vertices");
        }
        for (int v = last; v <= to; v++) {
          hidden[v] = true;
        }
      } else {
        last = vertex(line, hidden.length);
        hidden[last] = true;
      }
    }
  }
}
