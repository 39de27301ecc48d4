package org.pixelcube.train;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelcube.diffusion.DelightFrame;
import org.pixelcube.diffusion.EnvironmentImages;
import org.pixelcube.diffusion.NetworkShape;
import org.pixelcube.diffusion.RelightFrame;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.diffusion.Task;

/**
 * Parts of clips as a network is taught by them: plain arrays, no tensors, so that any thread may
 * make them.
 *
 * @param clips n
 * @param frames t
 * @param size h and w, pixels
 * @param state what is to be found, {@code (n, state, t, h, w)}
 * @param conditions what is told, {@code (n, conditions, t, h, w)}
 * @param environment {@code (n, t, 9, 32, 64)}; empty where the task does not look at it
 * @param weight how much each pixel counts, of mean 1 after {@link #evenWeights}, {@code (n, 1, t,
 *     h, w)}
 * @param plain what a state of zeros means, coded, {@code (n, 3, t, h, w)}
 */
record Batch(
    int clips,
    int frames,
    int size,
    float[] state,
    float[] conditions,
    float[] environment,
    float[] weight,
    float[] plain) {

  /** What counts beside the subject: little, for it is known there. */
  private static final float BESIDE = 0.05f;

  /** What is known of the flat-lit subject in one frame, as planes: see {@link RelightFrame#of}. */
  record Flat(float[] colour, float[] normals) {
    static Flat of(Example.Part part) {
      int n = part.matte().length;
      float[] normals = part.normals().clone();
      for (int i = 0; i < normals.length; i++) {
        normals[i] *= part.matte()[i % n];
      }
      return new Flat(part.flatLit(), normals);
    }
  }

  /**
   * For a delighting network.
   *
   * @param network which one
   */
  static Batch delight(List<List<Example.Part>> parts, NetworkShape network) {
    Batch batch = empty(parts, network);
    batch.each((clip, t) -> {
      Example.Part p = parts.get(clip).get(t);
      DelightFrame frame = DelightFrame.of(p.picture(), p.matte(), told(p, network));
      batch.put(batch.state, frame.state(p.flatLit(), p.normals(), p.matte()), clip, t);
      batch.put(batch.conditions, frame.conditions(), clip, t);
      batch.put(batch.plain, frame.plain(), clip, t);
      batch.weigh(p, clip, t);
    });
    return batch;
  }

  /**
   * For the relighting network.
   *
   * @param flat what it is told of the subject in each frame
   * @param network which one
   */
  static Batch relight(
      List<List<Example.Part>> parts, List<List<Flat>> flat, NetworkShape network) {
    Batch batch = empty(parts, network);
    int env = EnvironmentImages.CHANNELS * EnvironmentImages.WIDTH * EnvironmentImages.HEIGHT;
    batch.each((clip, t) -> {
      Example.Part p = parts.get(clip).get(t);
      Flat f = flat.get(clip).get(t);
      RelightFrame frame =
          RelightFrame.of(
              f.colour(), f.normals(), p.matte(), p.background(), p.light(), told(p, network));
      batch.put(batch.state, frame.state(p.target()), clip, t);
      batch.put(batch.conditions, frame.conditions(), clip, t);
      batch.put(batch.plain, frame.plain(), clip, t);
      System.arraycopy(p.environment(), 0, batch.environment, (clip * batch.frames + t) * env, env);
      batch.weigh(p, clip, t);
    });
    return batch;
  }

  private static Optional<SubjectShape> told(Example.Part part, NetworkShape network) {
    return network.toldOfShape() ? part.shape() : Optional.empty();
  }

  private static Batch empty(List<List<Example.Part>> parts, NetworkShape network) {
    Task task = network.task();
    int n = parts.size();
    int t = parts.getFirst().size();
    int size = parts.getFirst().getFirst().width();
    int pixels = n * t * size * size;
    int env = EnvironmentImages.CHANNELS * EnvironmentImages.WIDTH * EnvironmentImages.HEIGHT;
    return new Batch(
        n,
        t,
        size,
        new float[task.state() * pixels],
        new float[network.conditions() * pixels],
        new float[task.environment() ? n * t * env : 0],
        new float[pixels],
        new float[3 * pixels]);
  }

  @FunctionalInterface
  private interface Work {
    void at(int clip, int frame);
  }

  private void each(Work work) {
    IntStream.range(0, clips * frames).parallel().forEach(i -> work.at(i / frames, i % frames));
  }

  /** Lays one frame's planes {@code (c, h, w)} into {@code (n, c, t, h, w)}. */
  private void put(float[] into, float[] planes, int clip, int t) {
    int m = size * size;
    int channels = planes.length / m;
    for (int c = 0; c < channels; c++) {
      System.arraycopy(planes, c * m, into, ((clip * channels + c) * frames + t) * m, m);
    }
  }

  private void weigh(Example.Part p, int clip, int t) {
    float[] w = new float[p.matte().length];
    for (int i = 0; i < w.length; i++) {
      w[i] = BESIDE + (1 - BESIDE) * p.matte()[i];
    }
    put(weight, w, clip, t);
  }

  /** The mean of the weights. */
  double meanWeight() {
    double sum = 0;
    for (float w : weight) {
      sum += w;
    }
    return sum / weight.length;
  }

  /** Divides the weights by their mean, which may be that of a larger batch this is a part of. */
  void evenWeights(double mean) {
    float by = (float) (1 / mean);
    for (int i = 0; i < weight.length; i++) {
      weight[i] *= by;
    }
  }

  /** What a delighting network was told of a frame. */
  DelightFrame delightFrame(int clip, int t) {
    int m = size * size;
    return new DelightFrame(
        frame(plain, 3, frames, m, clip, t),
        frame(conditions, conditions.length / (clips * frames * m), frames, m, clip, t));
  }

  /** One frame's planes out of {@code (n, c, t, h, w)}. */
  static float[] frame(float[] all, int channels, int frames, int pixels, int clip, int t) {
    float[] out = new float[channels * pixels];
    for (int c = 0; c < channels; c++) {
      System.arraycopy(all, ((clip * channels + c) * frames + t) * pixels, out, c * pixels, pixels);
    }
    return out;
  }
}
