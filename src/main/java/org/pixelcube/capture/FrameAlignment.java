package org.pixelcube.capture;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.image.Warp;
import org.pixelcube.vision.OpticalFlow;

/**
 * Brings frames that were filmed one after the other to one moment, by optical flow between frames
 * under the same light, whose brightness is constant. Between these frames, points move along
 * parabolas.
 *
 * <p>Holds native memory; one thread at a time.
 */
public final class FrameAlignment implements AutoCloseable {
  /** Rounds in which the flow of a moment between two frames is found. */
  private static final int ROUNDS = 5;

  /** Pictures of more pixels have their flow from every other one. */
  private static final int FINE_PIXELS = 1 << 19;

  /** Standard deviation of the blur before flow, pixels: against noise. */
  private static final double BLUR = 0.7;

  private OpticalFlow forwardFlow;
  private OpticalFlow backwardFlow;

  /**
   * A picture at another moment.
   *
   * @param picture linear
   * @param valid 1 where it can be trusted, 0 where what is seen there was hidden or the flow is
   *     wrong, {@code (1, h, w)}
   */
  public record Aligned(Image picture, Image valid) {}

  /**
   * Motion from one frame to another.
   *
   * @param flow {@code (2, h, w)} in pixels, over the pixels of the first
   * @param valid 1 where going there and back ends where it began
   */
  public record Motion(Image flow, Image valid) {
    /** No motion. */
    static Motion none(int width, int height) {
      float[] ones = new float[width * height];
      Arrays.fill(ones, 1);
      return new Motion(
          Image.data(width, height, 2, new float[2 * width * height]),
          Image.data(width, height, 1, ones));
    }

    /**
     * Motion to a moment among three, along a parabola; along a straight line where the third is
     * not valid.
     *
     * @param near motion at a moment on one side of {@code at}
     * @param far at one on the other side
     * @param beyond at one past {@code near}, or null
     */
    static Motion through(Knot near, Knot far, Knot beyond, double at) {
      double share = (at - near.time) / (far.time - near.time);
      float[] a = near.motion.flow.samples();
      float[] b = far.motion.flow.samples();
      int n = a.length / 2;
      float[] out = new float[a.length];
      float[] trusted = new float[n];
      float[] atNear = near.motion.valid.samples();
      float[] atFar = far.motion.valid.samples();
      float[] c = beyond == null ? a : beyond.motion.flow.samples();
      float[] atBeyond = beyond == null ? null : beyond.motion.valid.samples();
      double wNear = 1 - share;
      double wFar = share;
      double wBeyond = 0;
      if (beyond != null) {
        double tn = near.time;
        double tf = far.time;
        double tb = beyond.time;
        wNear = (at - tf) * (at - tb) / ((tn - tf) * (tn - tb));
        wFar = (at - tn) * (at - tb) / ((tf - tn) * (tf - tb));
        wBeyond = (at - tn) * (at - tf) / ((tb - tn) * (tb - tf));
      }
      for (int i = 0; i < n; i++) {
        boolean bent = atBeyond != null && atBeyond[i] > 0.5f;
        for (int j = i; j < 2 * n; j += n) {
          out[j] =
              (float)
                  (bent
                      ? wNear * a[j] + wFar * b[j] + wBeyond * c[j]
                      : a[j] + share * (b[j] - a[j]));
        }
        // At an end only that end is asked for.
        trusted[i] = share == 0 ? atNear[i] : share == 1 ? atFar[i] : atNear[i] * atFar[i];
      }
      Image like = near.motion.flow;
      return new Motion(
          Image.data(like.width(), like.height(), 2, out),
          Image.data(like.width(), like.height(), 1, trusted));
    }
  }

  /**
   * Where pixels are at a moment.
   *
   * @param time in any unit
   */
  record Knot(double time, Motion motion) {}

  /** Motion from {@code a} to {@code b} and back, both under the same light. */
  public Motion[] between(Image a, Image b) {
    float white = Math.max(white(a), white(b));
    Image from = lightness(a, white);
    Image to = lightness(b, white);
    if (forwardFlow == null) {
      OpticalFlow.Quality quality =
          from.planeSize() > FINE_PIXELS ? OpticalFlow.Quality.MEDIUM : OpticalFlow.Quality.FINE;
      forwardFlow = new OpticalFlow(quality);
      backwardFlow = new OpticalFlow(quality);
    }
    CompletableFuture<Image> back =
        CompletableFuture.supplyAsync(() -> backwardFlow.flow(to, from));
    Image forward = forwardFlow.flow(from, to);
    Image backward = back.join();
    return new Motion[] {
      new Motion(forward, OpticalFlow.consistency(forward, backward)),
      new Motion(backward, OpticalFlow.consistency(backward, forward))
    };
  }

  /**
   * Motion over a longer way, by what is known of its beginning: from {@code a} to {@code b}, from
   * there to {@code c}, and what then still differs between {@code a} and {@code c}. All under the
   * same light.
   *
   * @param known motion from {@code a} to {@code b}
   */
  public Motion extended(Image a, Motion known, Image b, Image c) {
    Motion chained = chained(known, between(b, c)[0]);
    Aligned back = along(c, chained);
    Motion[] rest = between(a, back.picture());
    return chained(rest[0], chained);
  }

  /** One motion after the other. */
  private static Motion chained(Motion first, Motion then) {
    float[] sum = Warp.backward(then.flow(), first.flow()).samples().clone();
    float[] a = first.flow().samples();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += a[i];
    }
    Image valid = Warp.backward(then.valid(), first.flow());
    return new Motion(
        Image.data(first.flow().width(), first.flow().height(), 2, sum),
        product(product(first.valid(), valid), Warp.inside(first.flow())));
  }

  /** A frame brought to the moment over whose pixels {@code motion} is given. */
  public static Aligned along(Image picture, Motion motion) {
    return new Aligned(
        Warp.backwardCubic(picture, motion.flow()),
        product(motion.valid(), Warp.inside(motion.flow())));
  }

  /**
   * The picture between two frames under the same light (the frames of both warped there and mixed,
   * each only where it was seen).
   *
   * @param share 0 is the moment of {@code a}, 1 that of {@code b}
   */
  public Aligned halfway(Image a, Image b, double share) {
    Motion[] motion = between(a, b);
    Motion toA = arriving(motion[0], share);
    Motion toB = arriving(motion[1], 1 - share);
    Aligned fromA = along(a, toA);
    Aligned fromB = along(b, toB);
    return mixed(List.of(fromA, fromB), new double[] {1 - share, share});
  }

  /**
   * Motion over the pixels of the moment that {@code motion} reaches after a share of its way, back
   * to where it begins: p with p + share · flow(p) = x, by fixed-point iteration.
   */
  private static Motion arriving(Motion motion, double share) {
    Image back = scaled(motion.flow(), -share);
    Image full = back;
    for (int round = 0; round < ROUNDS; round++) {
      back = Warp.backward(full, back);
    }
    return new Motion(back, Warp.backward(motion.valid(), back));
  }

  private static Image scaled(Image flow, double by) {
    float[] out = flow.samples().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= (float) by;
    }
    return Image.data(flow.width(), flow.height(), 2, out);
  }

  /**
   * Pictures of one moment mixed by weight, each where it is valid; where none is, all of them.
   *
   * @param weights not negative, not all 0
   */
  static Aligned mixed(List<Aligned> parts, double[] weights) {
    Image first = parts.getFirst().picture();
    int n = first.planeSize();
    float[] out = new float[first.samples().length];
    float[] valid = new float[n];
    double[] w = new double[weights.length];
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int k = 0; k < w.length; k++) {
        w[k] = weights[k] * (parts.get(k).valid().samples()[i] > 0.5f ? 1 : 0);
        sum += w[k];
      }
      valid[i] = sum > 0 ? 1 : 0;
      if (sum <= 0) {
        for (int k = 0; k < w.length; k++) {
          w[k] = weights[k];
          sum += w[k];
        }
      }
      for (int c = 0; c < first.channels(); c++) {
        double v = 0;
        for (int k = 0; k < w.length; k++) {
          v += w[k] * parts.get(k).picture().samples()[c * n + i];
        }
        out[c * n + i] = (float) (v / sum);
      }
    }
    return new Aligned(
        Image.of(first.width(), first.height(), first.channels(), first.space(), out),
        Image.data(first.width(), first.height(), 1, valid));
  }

  private static Image product(Image a, Image b) {
    float[] out = a.samples().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= b.samples()[i];
    }
    return Image.data(a.width(), a.height(), 1, out);
  }

  /** The 99th percentile of luminance. */
  private static float white(Image picture) {
    float[] s = (picture.channels() >= 3 ? picture.luminance() : picture).samples();
    int step = Math.max(1, s.length / 10_000);
    float[] some = new float[(s.length + step - 1) / step];
    for (int i = 0, k = 0; i < s.length; i += step, k++) {
      some[k] = s[i] > 0 ? s[i] : 0;
    }
    Arrays.sort(some);
    return Math.max(1e-6f, some[(int) (0.99 * (some.length - 1))]);
  }

  private static Image lightness(Image picture, float white) {
    Image y = picture.channels() >= 3 ? picture.luminance() : picture;
    float[] out = new float[y.planeSize()];
    for (int i = 0; i < out.length; i++) {
      float v = y.samples()[i] / white;
      out[i] = v > 0 ? (float) Math.sqrt(Math.min(1, v)) : 0;
    }
    return GaussianBlur.blur(Image.data(y.width(), y.height(), 1, out), BLUR);
  }

  @Override
  public void close() {
    if (forwardFlow != null) {
      forwardFlow.close();
      backwardFlow.close();
    }
  }
}
