package org.pixelcube.head;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.pixelcube.config.UserError;

/**
 * A mesh of quadrilaterals as MakeHuman's files hold it, texture coordinates apart from the
 * vertices: what subdivision and morph targets need.
 *
 * @param positions x, y, z of each vertex, in the file's own units
 * @param uvs u and v of each texture vertex
 * @param corners four vertex indices per face; a triangle names its last one twice
 * @param uvCorners four texture vertex indices per face
 * @param groups the group of each face; "" before the first one is named
 */
record QuadMesh(float[] positions, float[] uvs, int[] corners, int[] uvCorners, String[] groups) {

  int vertexCount() {
    return positions.length / 3;
  }

  int faceCount() {
    return corners.length / 4;
  }

  /** The same vertices with only some of the faces. */
  QuadMesh keep(IntPredicate face) {
    int[] kept = java.util.stream.IntStream.range(0, faceCount()).filter(face).toArray();
    int[] c = new int[4 * kept.length];
    int[] t = new int[4 * kept.length];
    String[] g = new String[kept.length];
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(corners, 4 * kept[i], c, 4 * i, 4);
      System.arraycopy(uvCorners, 4 * kept[i], t, 4 * i, 4);
      g[i] = groups[kept[i]];
    }
    return new QuadMesh(positions, uvs, c, t, g);
  }

  /** The vertices that the faces of a group use, in order. */
  int[] verticesOf(String group) {
    boolean[] used = new boolean[vertexCount()];
    for (int f = 0; f < faceCount(); f++) {
      if (groups[f].equals(group)) {
        for (int k = 0; k < 4; k++) {
          used[corners[4 * f + k]] = true;
        }
      }
    }
    return java.util.stream.IntStream.range(0, used.length).filter(i -> used[i]).toArray();
  }

  /**
   * Reads a Wavefront OBJ file of triangles and quadrilaterals.
   *
   * @throws UserError that names the line, if the file is missing, cut short or names what it does
   *     not have
   */
  static QuadMesh read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
    Reading reading = new Reading(file);
    NumberScanner line = new NumberScanner(file, bytes);
    while (line.nextLine()) {
      reading.take(line);
    }
    return reading.finish();
  }

  /** What has been read so far. */
  private static final class Reading {
    private final Path file;
    private float[] positions = new float[1 << 14];
    private int positionCount;
    private float[] uvs = new float[1 << 14];
    private int uvCount;
    private int[] corners = new int[1 << 14];
    private int[] uvCorners = new int[1 << 14];
    private int cornerCount;
    private final List<String> groups = new ArrayList<>();
    private String group = "";

    Reading(Path file) {
      this.file = file;
    }

    void take(NumberScanner line) {
      String word = line.word();
      switch (word) {
        case "v" -> {
          positions = room(positions, positionCount + 3);
          for (int i = 0; i < 3; i++) {
            positions[positionCount++] = line.number();
          }
        }
        case "vt" -> {
          uvs = room(uvs, uvCount + 2);
          uvs[uvCount++] = line.number();
          uvs[uvCount++] = line.number();
        }
        case "g" -> group = line.word();
        case "f" -> face(line);
        default -> {}
      }
    }

    private void face(NumberScanner line) {
      if (cornerCount + 4 > corners.length) {
        corners = Arrays.copyOf(corners, 2 * corners.length);
        uvCorners = Arrays.copyOf(uvCorners, 2 * uvCorners.length);
      }
      int n = 0;
      while (line.more()) {
        if (n == 4) {
          throw line.fault("a face with more than four corners", "triangles and quadrilaterals");
        }
        corners[cornerCount + n] = index(line, line.integer(), positionCount / 3, "vertex");
        uvCorners[cornerCount + n] =
            line.skip('/') ? index(line, line.integer(), uvCount / 2, "texture vertex") : -1;
        if (line.skip('/')) {
          line.integer();
        }
        n++;
      }
      if (n < 3) {
        throw line.fault("a face with %d corners".formatted(n), "3 or 4");
      }
      if (n == 3) {
        corners[cornerCount + 3] = corners[cornerCount + 2];
        uvCorners[cornerCount + 3] = uvCorners[cornerCount + 2];
      }
      cornerCount += 4;
      groups.add(group);
    }

    private static int index(NumberScanner line, int written, int count, String what) {
      if (written < 1 || written > count) {
        throw line.fault("%s %d".formatted(what, written), "1 to %d, read so far".formatted(count));
      }
      return written - 1;
    }

    private static float[] room(float[] array, int length) {
      return length <= array.length ? array : Arrays.copyOf(array, 2 * array.length);
    }

    QuadMesh finish() {
      if (cornerCount == 0) {
        throw new UserError(
            file.toString(), "it holds no faces", "restore it from the archive of heads");
      }
      float[] texture = Arrays.copyOf(uvs, uvCount);
      int[] t = Arrays.copyOf(uvCorners, cornerCount);
      boolean bare = Arrays.stream(t).anyMatch(i -> i < 0);
      if (bare) {
        texture = new float[2];
        Arrays.fill(t, 0);
      }
      return new QuadMesh(
          Arrays.copyOf(positions, positionCount),
          texture,
          Arrays.copyOf(corners, cornerCount),
          t,
          groups.toArray(String[]::new));
    }
  }
}
