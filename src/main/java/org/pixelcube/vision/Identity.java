package org.pixelcube.vision;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.pixelcube.image.Image;

/**
 * Whether two pictures show the same person: cosine of SFace embeddings (Zhong et al., 2021) of
 * aligned faces.
 */
public final class Identity implements AutoCloseable {
  private static final int SIDE = 112;

  /** Where the eyes, nose tip and mouth corners go in the aligned face, x and y in turn. */
  private static final double[] TEMPLATE = {
    38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041
  };

  private final OrtSession session;
  private final String inputName;

  private Identity(OrtSession session) {
    this.session = session;
    this.inputName = session.getInputNames().iterator().next();
  }

  /**
   * Loads the network.
   *
   * @param file the ONNX file, see {@link Model#SFACE}
   * @param threads threads of the network's own pool
   */
  public static Identity open(Path file, int threads) {
    return new Identity(OnnxSessions.open(file, threads));
  }

  /**
   * The embedding of a face: 128 values of length 1.
   *
   * @param frame linear light, 3 channels or more
   * @param face tracked in that frame
   */
  public synchronized float[] embedding(Image frame, Face face) {
    Region region = align(face);
    float[] interleaved = region.sample(frame, SIDE, 0, 255, true);
    int n = SIDE * SIDE;
    float[] planar = new float[3 * n];
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < 3; c++) {
        planar[c * n + i] = interleaved[3 * i + c];
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      FloatBuffer buffer =
          arena
              .allocate(ValueLayout.JAVA_FLOAT, planar.length)
              .asByteBuffer()
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      buffer.put(planar).flip();
      try (OnnxTensor tensor =
              OnnxTensor.createTensor(
                  OnnxSessions.environment(), buffer, new long[] {1, 3, SIDE, SIDE});
          OrtSession.Result result = session.run(Map.of(inputName, tensor))) {
        FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] embedding = new float[output.remaining()];
        output.get(embedding);
        return normalised(embedding);
      }
    } catch (OrtException e) {
      throw new IllegalStateException("SFace failed to run", e);
    }
  }

  private static float[] normalised(float[] v) {
    double square = 0;
    for (float x : v) {
      square += x * x;
    }
    float scale = (float) (1 / Math.max(1e-12, Math.sqrt(square)));
    for (int i = 0; i < v.length; i++) {
      v[i] *= scale;
    }
    return v;
  }

  /** Cosine of the angle between two embeddings, in [−1, 1]; above about 0.36 the same person. */
  public static double similarity(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The least-squares similarity transform onto the template (Umeyama 1991), as a square. */
  static Region align(Face face) {
    double[] points = {
      (face.x(33) + face.x(133)) / 2,
      (face.y(33) + face.y(133)) / 2,
      (face.x(263) + face.x(362)) / 2,
      (face.y(263) + face.y(362)) / 2,
      face.x(1),
      face.y(1),
      face.x(61),
      face.y(61),
      face.x(291),
      face.y(291)
    };
    double meanX = 0;
    double meanY = 0;
    double templateX = 0;
    double templateY = 0;
    for (int i = 0; i < 5; i++) {
      meanX += points[2 * i] / 5;
      meanY += points[2 * i + 1] / 5;
      templateX += TEMPLATE[2 * i] / 5;
      templateY += TEMPLATE[2 * i + 1] / 5;
    }
    // In complex numbers: picture = a · template + b, a = Σ conj(template) picture / Σ |template|².
    double real = 0;
    double imaginary = 0;
    double square = 0;
    for (int i = 0; i < 5; i++) {
      double px = points[2 * i] - meanX;
      double py = points[2 * i + 1] - meanY;
      double tx = TEMPLATE[2 * i] - templateX;
      double ty = TEMPLATE[2 * i + 1] - templateY;
      real += tx * px + ty * py;
      imaginary += tx * py - ty * px;
      square += tx * tx + ty * ty;
    }
    real /= square;
    imaginary /= square;
    double cx = SIDE / 2.0 - templateX;
    double cy = SIDE / 2.0 - templateY;
    return new Region(
        meanX + real * cx - imaginary * cy,
        meanY + imaginary * cx + real * cy,
        Math.max(1, SIDE * Math.hypot(real, imaginary)),
        Math.atan2(imaginary, real));
  }

  @Override
  public synchronized void close() {
    OnnxSessions.close(session);
  }
}
