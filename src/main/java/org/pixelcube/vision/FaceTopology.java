package org.pixelcube.vision;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.pixelcube.config.UserError;

/**
 * The canonical MediaPipe face mesh: 468 vertices with texture coordinates, 898 triangles, which
 * vertices mirror which, and named parts. The vertices are the first 468 landmarks of a {@link
 * Face}.
 *
 * <p>Left and right are the subject's own. Positions are in centimetres: x towards the subject's
 * left, y up, z towards the camera.
 */
public final class FaceTopology {
  /** Vertices of the mesh; the ten landmarks after them are the irises. */
  public static final int VERTICES = 468;

  /** Outer border of the lips, then the inner one. */
  public static final List<Integer> LIPS =
      List.of(
          61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
          78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80,
          191);

  /** Contour of the subject's left eye. */
  public static final List<Integer> LEFT_EYE =
      List.of(263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466);

  /** Contour of the subject's right eye. */
  public static final List<Integer> RIGHT_EYE =
      List.of(33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246);

  /** The subject's left eyebrow: lower edge, then upper edge. */
  public static final List<Integer> LEFT_BROW =
      List.of(276, 283, 282, 295, 285, 300, 293, 334, 296, 336);

  /** The subject's right eyebrow: lower edge, then upper edge. */
  public static final List<Integer> RIGHT_BROW = List.of(46, 53, 52, 65, 55, 70, 63, 105, 66, 107);

  /** Outline of the face, from the forehead's middle over the subject's left side. */
  public static final List<Integer> OVAL =
      List.of(
          10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
          152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109);

  /** Ridge, tip and wings of the nose. */
  public static final List<Integer> NOSE =
      List.of(
          168, 6, 197, 195, 5, 4, 1, 19, 94, 2, 98, 97, 326, 327, 294, 278, 344, 440, 275, 45, 220,
          115, 48, 64);

  /** Landmarks of the subject's left iris: centre, then four on its rim. */
  public static final List<Integer> LEFT_IRIS = List.of(473, 474, 475, 476, 477);

  /** Landmarks of the subject's right iris: centre, then four on its rim. */
  public static final List<Integer> RIGHT_IRIS = List.of(468, 469, 470, 471, 472);

  private final float[] positions;
  private final float[] textureCoordinates;
  private final int[] triangles;
  private final int[] mirror;
  private final List<Integer> skin;

  private FaceTopology(float[] positions, float[] textureCoordinates, int[] triangles) {
    this.positions = positions;
    this.textureCoordinates = textureCoordinates;
    this.triangles = triangles;
    this.mirror = mirror(positions);
    this.skin = skinVertices();
  }

  /**
   * Reads the mesh.
   *
   * @param bundle {@code face_landmarker.task}, see {@link Model#FACE_LANDMARKER}
   * @throws UserError if the bundle holds no such mesh
   */
  public static FaceTopology read(Path bundle) {
    try {
      return parse(FaceModels.read(bundle).geometry());
    } catch (IOException e) {
      throw new UserError(
          bundle.toString(),
          "has no usable face mesh (" + e.getMessage() + ")",
          "delete the file and fetch it again",
          e);
    }
  }

  /** Parses a {@code GeometryPipelineMetadata} message, whose field 1 is the {@code Mesh3d}. */
  static FaceTopology parse(byte[] message) throws IOException {
    ByteBuffer mesh = null;
    ProtobufReader outer = new ProtobufReader(ByteBuffer.wrap(message));
    while (outer.next()) {
      if (outer.field() == 1 && outer.isBytes()) {
        mesh = outer.bytes();
      }
    }
    if (mesh == null) {
      throw new IOException("no canonical mesh");
    }
    List<Float> vertices = new ArrayList<>();
    List<Integer> indices = new ArrayList<>();
    ProtobufReader inner = new ProtobufReader(mesh);
    while (inner.next()) {
      // Mesh3d: vertex_buffer = 3 (x, y, z, u, v each), index_buffer = 4; packed or not.
      if (inner.field() == 3) {
        inner.floats(vertices);
      } else if (inner.field() == 4) {
        inner.integers(indices);
      }
    }
    if (vertices.size() != 5 * VERTICES || indices.isEmpty() || indices.size() % 3 != 0) {
      throw new IOException(
          "%d vertex values and %d indices (expected %d and a multiple of 3)"
              .formatted(vertices.size(), indices.size(), 5 * VERTICES));
    }
    float[] positions = new float[3 * VERTICES];
    float[] textureCoordinates = new float[2 * VERTICES];
    for (int i = 0; i < VERTICES; i++) {
      for (int k = 0; k < 3; k++) {
        positions[3 * i + k] = vertices.get(5 * i + k);
      }
      for (int k = 0; k < 2; k++) {
        textureCoordinates[2 * i + k] = vertices.get(5 * i + 3 + k);
      }
    }
    int[] triangles = new int[indices.size()];
    for (int i = 0; i < triangles.length; i++) {
      triangles[i] = indices.get(i);
      if (triangles[i] < 0 || triangles[i] >= VERTICES) {
        throw new IOException("vertex index " + triangles[i] + " (expected below 468)");
      }
    }
    return new FaceTopology(positions, textureCoordinates, triangles);
  }

  private static int[] mirror(float[] positions) {
    int[] mirror = new int[VERTICES];
    for (int i = 0; i < VERTICES; i++) {
      float best = Float.POSITIVE_INFINITY;
      for (int j = 0; j < VERTICES; j++) {
        float dx = positions[3 * i] + positions[3 * j];
        float dy = positions[3 * i + 1] - positions[3 * j + 1];
        float dz = positions[3 * i + 2] - positions[3 * j + 2];
        float distance = dx * dx + dy * dy + dz * dz;
        if (distance < best) {
          best = distance;
          mirror[i] = j;
        }
      }
    }
    return mirror;
  }

  private static List<Integer> skinVertices() {
    BitSet other = new BitSet(VERTICES);
    for (List<Integer> part : List.of(LIPS, LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW)) {
      part.forEach(other::set);
    }
    other.flip(0, VERTICES);
    return other.stream().boxed().toList();
  }

  /** x, y, z of each vertex in turn in centimetres, 468 × 3; for reading only. */
  public float[] positions() {
    return positions;
  }

  /** u from the left and v from the top of each vertex in turn, 468 × 2; for reading only. */
  public float[] textureCoordinates() {
    return textureCoordinates;
  }

  /** Three vertices per triangle, anticlockwise seen from outside; for reading only. */
  public int[] triangles() {
    return triangles;
  }

  /** The vertex on the other side of the face, itself on the midline. */
  public int mirror(int vertex) {
    return mirror[vertex];
  }

  /** Vertices that are not on lips, eye contours or eyebrows. */
  public List<Integer> skin() {
    return skin;
  }

  /** Reads the wire format of Protocol Buffers, field by field. */
  private static final class ProtobufReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer in;
    private int field;
    private int wireType;
    private long number;
    private ByteBuffer bytes;

    ProtobufReader(ByteBuffer in) {
      this.in = in.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Steps to the next field; false at the end. */
    boolean next() throws IOException {
      if (!in.hasRemaining()) {
        return false;
      }
      long key = varint();
      field = (int) (key >>> 3);
      wireType = (int) (key & 7);
      bytes = null;
      switch (wireType) {
        case VARINT -> number = varint();
        case FIXED64 -> {
          require(Long.BYTES);
          number = in.getLong();
        }
        case BYTES -> {
          long length = varint();
          if (length < 0 || length > in.remaining()) {
            throw new IOException("field longer than the message");
          }
          bytes = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
          in.position(in.position() + (int) length);
        }
        case FIXED32 -> {
          require(Integer.BYTES);
          number = in.getInt();
        }
        default -> throw new IOException("wire type " + wireType);
      }
      return true;
    }

    int field() {
      return field;
    }

    boolean isBytes() {
      return wireType == BYTES;
    }

    ByteBuffer bytes() {
      return bytes;
    }

    void floats(List<Float> out) {
      if (isBytes()) {
        while (bytes.remaining() >= Float.BYTES) {
          out.add(bytes.getFloat());
        }
      } else {
        out.add(Float.intBitsToFloat((int) number));
      }
    }

    void integers(List<Integer> out) throws IOException {
      if (isBytes()) {
        ProtobufReader packed = new ProtobufReader(bytes);
        while (packed.in.hasRemaining()) {
          out.add((int) packed.varint());
        }
      } else {
        out.add((int) number);
      }
    }

    private long varint() throws IOException {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        require(1);
        byte b = in.get();
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw new IOException("number too long");
    }

    private void require(int count) throws IOException {
      if (in.remaining() < count) {
        throw new IOException("ends in the middle of a field");
      }
    }
  }
}
