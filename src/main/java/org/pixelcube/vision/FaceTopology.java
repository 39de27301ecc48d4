package org.pixelcube.vision;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pixelcube.config.UserError;

/**
 * How the points of a {@link Face} hang together: the canonical face mesh of MediaPipe, 468
 * vertices and 898 triangles, as it ships with the landmark network. The irises (points 468 to 477)
 * are not part of the mesh.
 */
public final class FaceTopology {
  /** Vertices of the mesh: the first 468 landmarks. */
  public static final int VERTICES = 468;

  private static final int FLOATS_PER_VERTEX = 5;

  /** Rings of landmarks around features that are not bare skin. */
  private static final int[] LIPS = {
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78,
    95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77,
    90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89,
    179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407
  };

  private static final int[] EYES = {
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 263, 249, 390, 373,
    374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 130, 25, 110, 24, 23, 22, 26, 112,
    243, 247, 30, 29, 27, 28, 56, 190, 359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259,
    257, 258, 286, 414
  };

  private static final int[] BROWS = {
    46, 53, 52, 65, 55, 70, 63, 105, 66, 107, 276, 283, 282, 295, 285, 300, 293, 334, 296, 336
  };

  private static final int[] NOSTRILS = {
    2, 97, 98, 326, 327, 94, 19, 1, 20, 250, 60, 290, 99, 328, 240, 460, 75, 305, 59, 289, 166, 392,
    79, 309, 238, 458, 239, 459, 241, 461, 242, 462, 141, 370, 125, 354, 44, 274
  };

  private final float[] canonical;
  private final int[] triangles;
  private final int[] mirror;
  private final boolean[] skin;

  private FaceTopology(float[] canonical, int[] triangles) {
    this.canonical = canonical;
    this.triangles = triangles;
    this.mirror = mirrored(canonical);
    this.skin = bareSkin();
  }

  /**
   * Reads the mesh from the landmark bundle.
   *
   * @param bundle {@code face_landmarker.task}, see {@link Model#FACE_LANDMARKER}
   * @throws UserError if the bundle is damaged
   */
  public static FaceTopology read(Path bundle) {
    byte[] message = FaceModels.read(bundle).geometry();
    try {
      return parse(message);
    } catch (RuntimeException e) {
      throw new UserError(
          bundle.toString(),
          "its face mesh cannot be read (" + e.getMessage() + ")",
          "delete the file and fetch it again",
          e);
    }
  }

  /** Field 1 of the metadata is the mesh: repeated floats in field 3, vertex indices in field 4. */
  static FaceTopology parse(byte[] message) {
    Wire wire = new Wire(ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN));
    List<Float> vertices = new ArrayList<>();
    List<Integer> indices = new ArrayList<>();
    while (wire.next()) {
      if (wire.field == 1 && wire.bytes != null) {
        Wire mesh = new Wire(wire.bytes);
        while (mesh.next()) {
          if (mesh.field == 3) {
            vertices.add(Float.intBitsToFloat((int) mesh.value));
          } else if (mesh.field == 4) {
            indices.add((int) mesh.value);
          }
        }
      }
    }
    if (vertices.size() != FLOATS_PER_VERTEX * VERTICES || indices.size() % 3 != 0) {
      throw new IllegalArgumentException(
          "%d vertex values and %d indices (expected %d, and a multiple of 3)"
              .formatted(vertices.size(), indices.size(), FLOATS_PER_VERTEX * VERTICES));
    }
    float[] canonical = new float[3 * VERTICES];
    for (int v = 0; v < VERTICES; v++) {
      for (int axis = 0; axis < 3; axis++) {
        canonical[3 * v + axis] = vertices.get(FLOATS_PER_VERTEX * v + axis);
      }
    }
    int[] triangles = indices.stream().mapToInt(Integer::intValue).toArray();
    for (int index : triangles) {
      if (index < 0 || index >= VERTICES) {
        throw new IllegalArgumentException(
            "vertex index %d (expected 0 to %d)".formatted(index, VERTICES - 1));
      }
    }
    return new FaceTopology(canonical, triangles);
  }

  private static int[] mirrored(float[] p) {
    int[] mirror = new int[VERTICES];
    for (int v = 0; v < VERTICES; v++) {
      double best = Double.POSITIVE_INFINITY;
      for (int u = 0; u < VERTICES; u++) {
        double dx = p[3 * u] + p[3 * v];
        double dy = p[3 * u + 1] - p[3 * v + 1];
        double dz = p[3 * u + 2] - p[3 * v + 2];
        double distance = dx * dx + dy * dy + dz * dz;
        if (distance < best) {
          best = distance;
          mirror[v] = u;
        }
      }
    }
    return mirror;
  }

  private static boolean[] bareSkin() {
    boolean[] skin = new boolean[VERTICES];
    java.util.Arrays.fill(skin, true);
    for (int[] feature : new int[][] {LIPS, EYES, BROWS, NOSTRILS}) {
      for (int v : feature) {
        skin[v] = false;
      }
    }
    return skin;
  }

  public int vertexCount() {
    return VERTICES;
  }

  /**
   * The mean face, x, y, z per vertex in centimetres: x to the right of the picture, y up, z out of
   * the face; for reading only.
   */
  public float[] canonical() {
    return canonical;
  }

  /** Three vertices per triangle, counter-clockwise seen from outside; for reading only. */
  public int[] triangles() {
    return triangles;
  }

  /** The vertex on the other half of the face, itself on the midline; for reading only. */
  public int[] mirror() {
    return mirror;
  }

  /** Whether a vertex is bare skin: no lip, eye, brow or nostril; for reading only. */
  public boolean[] skin() {
    return skin;
  }

  /** The fields of one protobuf message, in order. */
  private static final class Wire {
    private final ByteBuffer in;
    private int field;
    private long value;
    private ByteBuffer bytes;

    Wire(ByteBuffer in) {
      this.in = in;
    }

    boolean next() {
      if (!in.hasRemaining()) {
        return false;
      }
      long tag = varint();
      field = (int) (tag >>> 3);
      bytes = null;
      switch ((int) (tag & 7)) {
        case 0 -> value = varint();
        case 1 -> value = in.getLong();
        case 5 -> value = in.getInt();
        case 2 -> {
          int length = (int) varint();
          bytes = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
          in.position(in.position() + length);
        }
        default -> throw new IllegalArgumentException("wire type " + (tag & 7));
      }
      return true;
    }

    private long varint() {
      long result = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        byte b = in.get();
        result |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return result;
        }
      }
      throw new IllegalArgumentException("number of more than ten bytes");
    }
  }
}
