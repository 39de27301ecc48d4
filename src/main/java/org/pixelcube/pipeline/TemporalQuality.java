package org.pixelcube.pipeline;

import java.nio.file.Path;
import java.util.Optional;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.image.Warp;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.AlphaFlicker;
import org.pixelcube.vision.CutDetector;
import org.pixelcube.vision.MatteTracker;
import org.pixelcube.vision.Matting;
import org.pixelcube.vision.OpticalFlow;

/**
 * How steady a relit clip is beside its input, on the subject alone (stabilised matte above 0.9).
 * All figures are of sRGB-encoded values, in steps of 1/255.
 *
 * <p>The warp error is that of Lai et al. (Learning Blind Video Temporal Consistency, ECCV 2018,
 * section 4.2), as a mean of absolute differences: each frame less the frame before, carried along
 * the optical flow of the <em>input</em>, where going there and back agrees. The input's own error
 * is its noise, the flow's faults and what truly changes; light that is fixed adds nothing to it
 * but contrast. How much that is, is estimated in blocks of {@value #BLOCK} pixels: the input's
 * error in the block, times the output's mean gradient over the input's.
 *
 * @param pairs consecutive frames compared, cuts left out
 * @param compared share of the subject's pixels at which the flow was believed
 * @param inputWarpError mean absolute difference of the input
 * @param outputWarpError the same of the output along the same flow
 * @param contrastWarpError what the input's error becomes by the output's contrast alone
 * @param inputWarpRms root of the mean square of the same differences
 * @param outputWarpRms the same of the output
 * @param rawAlphaFlicker see {@link AlphaFlicker}; of the network's mattes as they come
 * @param steadyAlphaFlicker of the stabilised mattes
 * @param inputLumaDeviation standard deviation over time of the subject's mean luma
 * @param outputLumaDeviation the same of the output
 * @param inputLumaStep root mean square of the change of that mean from frame to frame
 * @param outputLumaStep the same of the output
 */
public record TemporalQuality(
    long pairs,
    double compared,
    double inputWarpError,
    double outputWarpError,
    double contrastWarpError,
    double inputWarpRms,
    double outputWarpRms,
    double rawAlphaFlicker,
    double steadyAlphaFlicker,
    double inputLumaDeviation,
    double outputLumaDeviation,
    double inputLumaStep,
    double outputLumaStep) {
  private static final float INSIDE = 0.9f;
  private static final int BLOCK = 16;

  /** The output's warp error over the input's: 1 is as steady. */
  public double warpRatio() {
    return outputWarpError / inputWarpError;
  }

  /** The part of {@link #warpRatio} that contrast explains. */
  public double contrastRatio() {
    return contrastWarpError / inputWarpError;
  }

  /** The output's deviation of mean luma over the input's. */
  public double lumaRatio() {
    return outputLumaDeviation / inputLumaDeviation;
  }

  /**
   * Compares two clips frame by frame, up to the end of the shorter.
   *
   * @param network finds the subject in the input
   * @param everyFrames how often the network is used where the matte is stabilised
   * @throws UserError if the sizes differ, or there is nobody to compare on
   */
  public static TemporalQuality measure(
      Path input, Path output, Matting network, int everyFrames, Interruption interruption) {
    Latest latest = new Latest(network);
    try (ClipReader before = ClipReader.open(input);
        ClipReader after = ClipReader.open(output);
        OpticalFlow flow = new OpticalFlow(OpticalFlow.Quality.MEDIUM);
        MatteTracker tracker = new MatteTracker(latest, everyFrames)) {
      Sums sums = new Sums();
      Seen last = null;
      while (true) {
        interruption.check();
        Optional<Frame> in = before.next();
        Optional<Frame> out = after.next();
        if (in.isEmpty() || out.isEmpty()) {
          return sums.result(input);
        }
        Seen now = see(in.get().image(), out.get().image(), latest, tracker, output);
        boolean cut = last != null && CutDetector.isCut(last.luma, now.luma);
        sums.add(cut ? null : last, now, flow);
        last = now;
      }
    }
  }

  private static Seen see(Image in, Image out, Latest latest, MatteTracker tracker, Path output) {
    if (in.width() != out.width() || in.height() != out.height()) {
      throw new UserError(
          output.toString(),
          "is %d×%d, its input %d×%d".formatted(out.width(), out.height(), in.width(), in.height()),
          "compare clips of one size");
    }
    Image raw = latest.matteNow(in);
    Image steady = tracker.next(in);
    Image input = encoded(in);
    return new Seen(
        input,
        encoded(out),
        luma(input),
        raw,
        steady,
        Resize.bilinear(steady, in.width(), in.height()));
  }

  /** The network, run once per frame and asked by two. */
  private static final class Latest implements Matting {
    private final Matting network;
    private Image matte;

    Latest(Matting network) {
      this.network = network;
    }

    Image matteNow(Image frame) {
      matte = network.matte(frame);
      return matte;
    }

    @Override
    public int[] workingSize(int width, int height) {
      return network.workingSize(width, height);
    }

    @Override
    public Image matte(Image frame) {
      return matte;
    }
  }

  /**
   * A frame.
   *
   * @param input encoded
   * @param output encoded
   * @param luma of the input
   * @param raw the network's matte, at its own size
   * @param steady the stabilised matte, at the network's size
   * @param alpha the stabilised matte at the frame's size
   */
  private record Seen(Image input, Image output, Image luma, Image raw, Image steady, Image alpha) {
    Image smallLuma() {
      return Resize.to(luma, raw.width(), raw.height());
    }
  }

  private static final class Sums {
    private final AlphaFlicker rawFlicker = new AlphaFlicker();
    private final AlphaFlicker steadyFlicker = new AlphaFlicker();
    private final Series inputMean = new Series();
    private final Series outputMean = new Series();
    private long pairs;
    private long inside;
    private long believed;
    private final double[] absolute = new double[2];
    private final double[] squared = new double[2];
    private double contrast;

    /** Takes a frame and the one before, null at the start of a shot. */
    void add(Seen last, Seen now, OpticalFlow flow) {
      if (last == null) {
        rawFlicker.cut();
        steadyFlicker.cut();
        inputMean.cut();
        outputMean.cut();
      }
      Image small = now.smallLuma();
      rawFlicker.add(small, now.raw);
      steadyFlicker.add(small, now.steady);
      double covered = 0;
      for (float a : now.alpha.samples()) {
        covered += a > INSIDE ? 1 : 0;
      }
      if (covered > 0) {
        inputMean.add(mean(now.luma, now.alpha, covered));
        outputMean.add(mean(luma(now.output), now.alpha, covered));
      }
      if (last != null) {
        compare(last, now, flow);
      }
    }

    private void compare(Seen last, Seen now, OpticalFlow flow) {
      Image back = flow.flow(now.luma, last.luma);
      float[] good = OpticalFlow.consistency(back, flow.flow(last.luma, now.luma)).samples();
      float[] a = now.alpha.samples();
      float[] lastAlpha = Warp.backward(last.alpha, back).samples();
      int n = now.luma.planeSize();
      Image[] current = {now.input, now.output};
      Image[] previous = {last.input, last.output};
      int columns = now.luma.width() / BLOCK + 1;
      double[] errors = new double[columns * (now.luma.height() / BLOCK + 1)];
      for (int k = 0; k < 2; k++) {
        float[] c = current[k].samples();
        float[] p = Warp.backward(previous[k], back).samples();
        for (int i = 0; i < n; i++) {
          if (good[i] > 0 && a[i] > INSIDE && lastAlpha[i] > INSIDE) {
            for (int j = i; j < 3 * n; j += n) {
              double d = c[j] - p[j];
              absolute[k] += Math.abs(d);
              squared[k] += d * d;
              errors[block(i, now.luma.width())] += k == 0 ? Math.abs(d) : 0;
            }
          }
        }
      }
      for (int i = 0; i < n; i++) {
        if (a[i] > INSIDE) {
          inside++;
          believed += good[i] > 0 && lastAlpha[i] > INSIDE ? 1 : 0;
        }
      }
      double[] before = gradients(now.input, a, errors.length);
      double[] after = gradients(now.output, a, errors.length);
      for (int b = 0; b < errors.length; b++) {
        contrast += before[b] > 0 ? errors[b] * after[b] / before[b] : errors[b];
      }
      pairs++;
    }

    private static int block(int pixel, int width) {
      return pixel / width / BLOCK * (width / BLOCK + 1) + pixel % width / BLOCK;
    }

    /** Sums of absolute differences to the right and lower neighbours on the subject, by block. */
    private static double[] gradients(Image encoded, float[] alpha, int blocks) {
      int w = encoded.width();
      int n = encoded.planeSize();
      float[] s = encoded.samples();
      double[] sums = new double[blocks];
      for (int i = 0; i < n - w; i++) {
        if ((i + 1) % w == 0
            || !(alpha[i] > INSIDE && alpha[i + 1] > INSIDE && alpha[i + w] > INSIDE)) {
          continue;
        }
        float sum = 0;
        for (int j = i; j < 3 * n; j += n) {
          sum += Math.abs(s[j + 1] - s[j]) + Math.abs(s[j + w] - s[j]);
        }
        sums[block(i, w)] += sum;
      }
      return sums;
    }

    TemporalQuality result(Path input) {
      if (believed == 0) {
        throw new UserError(
            input.toString(),
            "has no two frames of one shot with the same person in them",
            "give a clip of a person");
      }
      double count = 3.0 * believed;
      return new TemporalQuality(
          pairs,
          (double) believed / inside,
          255 * absolute[0] / count,
          255 * absolute[1] / count,
          255 * contrast / count,
          255 * Math.sqrt(squared[0] / count),
          255 * Math.sqrt(squared[1] / count),
          rawFlicker.codes(),
          steadyFlicker.codes(),
          255 * inputMean.deviation(),
          255 * outputMean.deviation(),
          255 * inputMean.step(),
          255 * outputMean.step());
    }
  }

  /** A value over time: its spread, and how it steps. */
  private static final class Series {
    private double sum;
    private double squares;
    private long count;
    private double last = Double.NaN;
    private double stepSquares;
    private long steps;

    void add(double value) {
      sum += value;
      squares += value * value;
      count++;
      if (!Double.isNaN(last)) {
        stepSquares += (value - last) * (value - last);
        steps++;
      }
      last = value;
    }

    void cut() {
      last = Double.NaN;
    }

    double deviation() {
      double mean = sum / count;
      return Math.sqrt(Math.max(0, squares / count - mean * mean));
    }

    double step() {
      return steps == 0 ? 0 : Math.sqrt(stepSquares / steps);
    }
  }

  private static double mean(Image luma, Image alpha, double covered) {
    float[] s = luma.samples();
    float[] a = alpha.samples();
    double sum = 0;
    for (int i = 0; i < s.length; i++) {
      sum += a[i] > INSIDE ? s[i] : 0;
    }
    return sum / covered;
  }

  /** sRGB-encoded values in [0, 1], three channels, in 16 bits. */
  private static Image encoded(Image linear) {
    int n = 3 * linear.planeSize();
    short[] codes = new short[n];
    TransferFunction.SRGB.encode(linear.samples(), 0, 16, codes, 0, n);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (codes[i] & 0xFFFF) / 65535f;
    }
    return Image.data(linear.width(), linear.height(), 3, values);
  }

  /** Luma: Rec.709 weights on encoded values. */
  private static Image luma(Image encoded) {
    int n = encoded.planeSize();
    float[] s = encoded.samples();
    float[] luma = new float[n];
    for (int i = 0; i < n; i++) {
      luma[i] = 0.2126f * s[i] + 0.7152f * s[n + i] + 0.0722f * s[2 * n + i];
    }
    return Image.data(encoded.width(), encoded.height(), 1, luma);
  }
}
