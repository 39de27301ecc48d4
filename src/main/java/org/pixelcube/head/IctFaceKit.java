package org.pixelcube.head;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.UserError;

/**
 * The linear face model of ICT-FaceKit (Li et al., "Learning Formation of Physically-Based Face
 * Attributes", CVPR 2020): a neutral mesh, 100 modes of identity and the expression shapes, as
 * differences from the neutral mesh. Lengths are the files' centimetres; +X is to the person's
 * left, +Y up, +Z forwards.
 *
 * <p>Reading the 155 OBJ files takes seconds, so the differences are kept in one binary file in the
 * cache folder.
 */
public final class IctFaceKit {
  public static final int VERTEX_COUNT = 26_719;
  public static final int IDENTITY_COUNT = 100;

  /** The 68 points of Multi-PIE, as the model's README lists them. */
  private static final int[] LANDMARKS = {
    1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966, 3661, 4390, 3927, 3924, 2608, 3272, 4088,
    3443, 268, 493, 1914, 2044, 1401, 3615, 4240, 4114, 2734, 2509, 978, 4527, 4942, 4857, 1140,
    2075, 1147, 4269, 3360, 1507, 1542, 1537, 1528, 1518, 1511, 3742, 3751, 3756, 3721, 3725, 3732,
    5708, 5695, 2081, 0, 4275, 6200, 6213, 6346, 6461, 5518, 5957, 5841, 5702, 5711, 5533, 6216,
    6207, 6470, 5517, 5966
  };

  private static final int MAGIC = 0x1C7FACE1;

  private final ObjFile neutral;
  private final float[][] identities;
  private final Map<Expression, Sparse> expressions = new EnumMap<>(Expression.class);

  /** A difference that moves few vertices. */
  private record Sparse(int[] vertices, float[] deltas) {
    static Sparse of(float[] dense) {
      int n = 0;
      int[] vertices = new int[dense.length / 3];
      float[] deltas = new float[dense.length];
      for (int v = 0; v < dense.length / 3; v++) {
        float x = dense[3 * v];
        float y = dense[3 * v + 1];
        float z = dense[3 * v + 2];
        if (x * x + y * y + z * z > 0) {
          vertices[n] = v;
          deltas[3 * n] = x;
          deltas[3 * n + 1] = y;
          deltas[3 * n++ + 2] = z;
        }
      }
      return new Sparse(Arrays.copyOf(vertices, n), Arrays.copyOf(deltas, 3 * n));
    }
  }

  private IctFaceKit(ObjFile neutral, float[][] modes) {
    this.neutral = neutral;
    this.identities = Arrays.copyOf(modes, IDENTITY_COUNT);
    int at = IDENTITY_COUNT;
    for (Expression e : Expression.values()) {
      expressions.put(e, Sparse.of(modes[at++]));
    }
  }

  /**
   * Reads the model, from the cache if it is there.
   *
   * @throws UserError if a file is missing or malformed
   */
  public static IctFaceKit load(HeadAssets assets) {
    Path folder = assets.ictFaceKit();
    Path neutralFile = folder.resolve("generic_neutral_mesh.obj");
    ObjFile neutral = ObjFile.read(neutralFile);
    checkCount(neutral);
    Path cache = assets.cache().resolve(cacheName(folder));
    float[][] modes = readCache(cache);
    if (modes == null) {
      assets.notice("reading ICT-FaceKit's shapes, once");
      modes = readFiles(folder, neutral);
      writeCache(cache, modes);
    }
    return new IctFaceKit(neutral, modes);
  }

  /** Reads the model from its OBJ files, without the cache. */
  static IctFaceKit loadDirectly(Path folder) {
    ObjFile neutral = ObjFile.read(folder.resolve("generic_neutral_mesh.obj"));
    checkCount(neutral);
    return new IctFaceKit(neutral, readFiles(folder, neutral));
  }

  private static void checkCount(ObjFile neutral) {
    if (neutral.vertexCount() != VERTEX_COUNT) {
      throw new UserError(
          neutral.file().toString(),
          "holds %d vertices, expected %d".formatted(neutral.vertexCount(), VERTEX_COUNT),
          "fetch ICT-FaceKit anew");
    }
  }

  private static List<String> fileNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < IDENTITY_COUNT; i++) {
      names.add(String.format(Locale.ROOT, "identity%03d.obj", i));
    }
    for (Expression e : Expression.values()) {
      names.add(e.fileName() + ".obj");
    }
    return names;
  }

  private static float[][] readFiles(Path folder, ObjFile neutral) {
    return fileNames().parallelStream()
        .map(name -> {
          float[] delta = ObjFile.readPositions(folder.resolve(name), VERTEX_COUNT);
          for (int i = 0; i < delta.length; i++) {
            delta[i] -= neutral.positions()[i];
          }
          return delta;
        })
        .toArray(float[][]::new);
  }

  /** A name that changes when any file does. */
  private static String cacheName(Path folder) {
    long hash = VERTEX_COUNT;
    try {
      for (String name : fileNames()) {
        Path file = folder.resolve(name);
        hash = 31 * hash + Files.size(file);
        hash = 31 * hash + Files.getLastModifiedTime(file).toMillis();
      }
      Path neutral = folder.resolve("generic_neutral_mesh.obj");
      hash = 31 * hash + Files.getLastModifiedTime(neutral).toMillis();
    } catch (IOException e) {
      throw new UserError(
          folder.toString(),
          "lacks a file of ICT-FaceKit (%s)".formatted(e.getMessage()),
          "unpack the archive anew",
          e);
    }
    return String.format(Locale.ROOT, "ict-facekit-%016x.shapes", hash);
  }

  private static float[][] readCache(Path cache) {
    int count = IDENTITY_COUNT + Expression.COUNT;
    long expected = 8 + 12L * VERTEX_COUNT * count;
    try {
      if (!Files.isRegularFile(cache) || Files.size(cache) != expected) {
        return null;
      }
      float[][] modes = new float[count][3 * VERTEX_COUNT];
      byte[] bytes = new byte[12 * VERTEX_COUNT];
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(cache), 1 << 16))) {
        if (in.readInt() != MAGIC || in.readInt() != count) {
          return null;
        }
        for (float[] mode : modes) {
          in.readFully(bytes);
          ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(mode);
        }
      }
      return modes;
    } catch (IOException e) {
      throw UserError.of(cache, e);
    }
  }

  private static void writeCache(Path cache, float[][] modes) {
    AtomicFile.write(
        cache,
        out -> {
          out.write(ByteBuffer.allocate(8).putInt(MAGIC).putInt(modes.length).array());
          ByteBuffer bytes = ByteBuffer.allocate(12 * VERTEX_COUNT).order(ByteOrder.LITTLE_ENDIAN);
          for (float[] mode : modes) {
            bytes.asFloatBuffer().put(mode);
            out.write(bytes.array());
          }
        });
  }

  /** The neutral mesh as its file has it. */
  public ObjFile neutral() {
    return neutral;
  }

  /** The vertices of the 68 points of Multi-PIE, in its order. */
  public static int[] landmarks() {
    return LANDMARKS.clone();
  }

  /**
   * A person's neutral face: neutral + Σ wᵢ · modeᵢ.
   *
   * @param weights up to 100 weights; a population has about N(0, 1)
   * @return x, y, z of each vertex, centimetres
   */
  public float[] shape(double[] weights) {
    float[] out = neutral.positions().clone();
    for (int m = 0; m < weights.length; m++) {
      float w = (float) weights[m];
      float[] mode = identities[m];
      for (int i = 0; w != 0 && i < out.length; i++) {
        out[i] += w * mode[i];
      }
    }
    return out;
  }

  /** How far one mode of identity moves one coordinate of one vertex, centimetres. */
  float identityDelta(int mode, int vertex, int axis) {
    return identities[mode][3 * vertex + axis];
  }

  /** Adds an expression to vertices: v += w · difference. */
  public void express(Expression expression, float weight, float[] vertices) {
    Sparse s = Objects.requireNonNull(expressions.get(expression));
    for (int i = 0; weight != 0 && i < s.vertices.length; i++) {
      int v = 3 * s.vertices[i];
      vertices[v] += weight * s.deltas[3 * i];
      vertices[v + 1] += weight * s.deltas[3 * i + 1];
      vertices[v + 2] += weight * s.deltas[3 * i + 2];
    }
  }

  /** Adds every expression: one weight each, in the order of {@link Expression}. */
  public void express(float[] weights, float[] vertices) {
    int at = 0;
    for (Expression e : Expression.values()) {
      express(e, weights[at++], vertices);
    }
  }
}
