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
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;

/**
 * Portrait matting of single pictures by MODNet (Ke et al., AAAI 2022) on ONNX Runtime.
 *
 * <p>The network has no memory across frames; {@link MatteTracker} adds that. One run at a time;
 * the same picture gives the same bytes every time with the same number of threads.
 */
public final class Modnet implements Matting, AutoCloseable {
  private static final int MULTIPLE = 32;

  private final OrtSession session;
  private final String inputName;
  private final int shortSide;

  private Modnet(OrtSession session, int shortSide) {
    this.session = session;
    this.shortSide = shortSide;
    this.inputName = session.getInputNames().iterator().next();
  }

  /**
   * Loads the network.
   *
   * @param file the ONNX file, see {@link Model#MODNET}
   * @param shortSide what the short side of a picture is resized to, in pixels: 128 to 1024, a
   *     multiple of 32; 512 is what the network was trained at
   * @param threads threads of the network's own pool, 1 or more
   * @throws UserError if the file is not the expected network
   */
  public static Modnet open(Path file, int shortSide, int threads) {
    if (shortSide < 128 || shortSide > 1024 || shortSide % MULTIPLE != 0) {
      throw new UserError(
          "matte size",
          "%d found, a multiple of 32 from 128 to 1024 expected".formatted(shortSide),
          "choose for example 384");
    }
    OrtSession session = OnnxSessions.open(file, threads);
    if (session.getNumInputs() != 1 || session.getNumOutputs() != 1) {
      OnnxSessions.close(session);
      throw OnnxSessions.unusable(file, "is not MODNet (one input and one output expected)", null);
    }
    return new Modnet(session, shortSide);
  }

  @Override
  public int[] workingSize(int width, int height) {
    double scale = shortSide / (double) Math.min(width, height);
    return new int[] {side(width * scale), side(height * scale)};
  }

  private int side(double length) {
    // A very long strip is squeezed: beyond 4:1 the network sees nothing useful anyway.
    double limited = Math.min(length, 4.0 * shortSide);
    return Math.max(1, (int) Math.round(limited / MULTIPLE)) * MULTIPLE;
  }

  @Override
  public synchronized Image matte(Image frame) {
    int[] size = workingSize(frame.width(), frame.height());
    int width = size[0];
    int height = size[1];
    Image small = Resize.to(NetworkInput.rgb(frame), width, height);
    float[] samples = small.samples();
    float[] input = new float[samples.length];
    for (int i = 0; i < input.length; i++) {
      input[i] = 2 * NetworkInput.encode(samples[i]) - 1;
    }
    float[] alpha = new float[width * height];
    try (Arena arena = Arena.ofConfined()) {
      FloatBuffer buffer =
          arena
              .allocate(ValueLayout.JAVA_FLOAT, input.length)
              .asByteBuffer()
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      buffer.put(input).flip();
      try (OnnxTensor tensor =
              OnnxTensor.createTensor(
                  OnnxSessions.environment(), buffer, new long[] {1, 3, height, width});
          OrtSession.Result result = session.run(Map.of(inputName, tensor))) {
        FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
        if (output.remaining() != alpha.length) {
          throw new IllegalStateException(
              "MODNet gave %d values (expected %d)".formatted(output.remaining(), alpha.length));
        }
        output.get(alpha);
      }
    } catch (OrtException e) {
      throw new IllegalStateException("MODNet failed to run", e);
    }
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = Math.clamp(alpha[i], 0f, 1f);
    }
    return Image.data(width, height, 1, alpha);
  }

  @Override
  public synchronized void close() {
    OnnxSessions.close(session);
  }
}
