package org.pixelcube.vision;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.setNumThreads;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_video.DISOpticalFlow;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;

/**
 * Dense optical flow by inverse search (Kroeger et al., "Fast Optical Flow using Dense Inverse
 * Search", ECCV 2016) in OpenCV.
 *
 * <p>One picture pair at a time; the same pair gives the same bytes every time.
 */
public final class OpticalFlow implements AutoCloseable {
  /** Shorter sides are brought up to this: the method's own patches need room. */
  private static final int MIN_SIDE = 32;

  static {
    // The search runs in as many stripes as there are threads, and the result depends on them.
    setNumThreads(1);
  }

  /** How much work to spend. */
  public enum Quality {
    ULTRAFAST(DISOpticalFlow.PRESET_ULTRAFAST),
    FAST(DISOpticalFlow.PRESET_FAST),
    MEDIUM(DISOpticalFlow.PRESET_MEDIUM),
    /** Down to single pixels: four times the work of {@link #MEDIUM}. */
    FINE(DISOpticalFlow.PRESET_MEDIUM);

    private final int preset;

    Quality(int preset) {
      this.preset = preset;
    }
  }

  private final DISOpticalFlow search;

  /** Makes a flow estimator. */
  public OpticalFlow(Quality quality) {
    search = DISOpticalFlow.create(quality.preset);
    if (quality == Quality.FINE) {
      search.setFinestScale(0);
      search.setPatchStride(4);
    }
  }

  /**
   * Where each pixel of {@code from} has gone in {@code to}: {@code from(p) ≈ to(p + flow(p))}.
   *
   * @param from encoded lightness in [0, 1], {@code (1, h, w)}
   * @param to the same size
   * @return {@code (2, h, w)}: u to the right, then v downwards, in pixels
   */
  public synchronized Image flow(Image from, Image to) {
    if (from.channels() != 1 || to.channels() != 1 || !from.sameSizeAs(to)) {
      throw new IllegalArgumentException(
          "flow from %s to %s (expected one channel of the same size)".formatted(from, to));
    }
    int width = Math.max(from.width(), MIN_SIDE);
    int height = Math.max(from.height(), MIN_SIDE);
    if (width != from.width() || height != from.height()) {
      Image flow = flow(Resize.bilinear(from, width, height), Resize.bilinear(to, width, height));
      return rescaled(flow, from.width(), from.height());
    }
    int n = width * height;
    float[] planar = new float[2 * n];
    try (Mat a = mat(from);
        Mat b = mat(to);
        Mat result = new Mat()) {
      search.calc(a, b, result);
      FloatBuffer interleaved = result.createBuffer();
      for (int i = 0; i < n; i++) {
        planar[i] = interleaved.get(2 * i);
        planar[n + i] = interleaved.get(2 * i + 1);
      }
    }
    return Image.data(width, height, 2, planar);
  }

  private static Mat mat(Image lightness) {
    float[] s = lightness.samples();
    byte[] bytes = new byte[s.length];
    for (int i = 0; i < bytes.length; i++) {
      // Not a number becomes 0 in the cast.
      bytes[i] = (byte) (int) (Math.clamp(s[i], 0f, 1f) * 255 + 0.5f);
    }
    Mat mat = new Mat(lightness.height(), lightness.width(), CV_8UC1);
    try (BytePointer data = mat.data()) {
      data.put(bytes, 0, bytes.length);
    }
    return mat;
  }

  /** The same flow for a picture of another size. */
  static Image rescaled(Image flow, int width, int height) {
    float[] s = Resize.bilinear(flow, width, height).samples().clone();
    float scaleX = width / (float) flow.width();
    float scaleY = height / (float) flow.height();
    for (int i = 0; i < width * height; i++) {
      s[i] *= scaleX;
      s[width * height + i] *= scaleY;
    }
    return Image.data(width, height, 2, s);
  }

  /**
   * Where going there and back ends near the start: 1 there, 0 at occlusions, beyond the border and
   * where the flow is wrong (Sundaram, Brox and Keutzer, ECCV 2010, equation 5).
   *
   * @param forward flow from a to b, {@code (2, h, w)}
   * @param backward flow from b to a
   * @return {@code (1, h, w)} over the pixels of a
   */
  public static Image consistency(Image forward, Image backward) {
    if (forward.channels() != 2 || backward.channels() != 2 || !forward.sameSizeAs(backward)) {
      throw new IllegalArgumentException(
          "flows %s and %s (expected two channels of the same size)".formatted(forward, backward));
    }
    int width = forward.width();
    int height = forward.height();
    int n = width * height;
    float[] f = forward.samples();
    float[] b = backward.samples();
    float[] mask = new float[n];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i++) {
        float tx = x + f[i];
        float ty = y + f[n + i];
        if (!(tx >= 0 && ty >= 0 && tx <= width - 1 && ty <= height - 1)) {
          continue;
        }
        int row = (int) (ty + 0.5f);
        int column = (int) (tx + 0.5f);
        int j = row * width + column;
        float sumX = f[i] + b[j];
        float sumY = f[n + i] + b[n + j];
        float there = f[i] * f[i] + f[n + i] * f[n + i];
        float back = b[j] * b[j] + b[n + j] * b[n + j];
        mask[i] = sumX * sumX + sumY * sumY < 0.01f * (there + back) + 0.5f ? 1 : 0;
      }
    }
    return Image.data(width, height, 1, mask);
  }

  @Override
  public synchronized void close() {
    search.close();
  }
}
