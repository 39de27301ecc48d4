package org.pixelcube.render;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.pixelcube.config.UserError;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.math.SymmetricEigen;
import org.pixelcube.math.Vector3;

/**
 * The few patterns of light by which the pixels of a clip differ: a Karhunen–Loève basis of their
 * responses. A pixel is then {@link #rank()} numbers instead of three for each column of the {@link
 * LightBasis}.
 *
 * <p>A response is a vector of {@code 3 · columns} (red, green, blue of each column in turn).
 * Errors are measured as they show under light as it is: by {@link LightMetric}.
 */
public final class FieldBasis {
  private static final int MAGIC = 0x42464350; // "PCFB"
  private static final int VERSION = 2;
  private static final int SAMPLES = 6000;
  private static final int LARGEST_RANK = 4096;

  /** Frames that the basis was not made of lose a little more. */
  private static final double MARGIN = 0.8;

  private final LightBasis lights;
  private final int rank;
  private final float step;
  private final float[] patterns;

  private FieldBasis(LightBasis lights, int rank, float step, float[] patterns) {
    this.lights = lights;
    this.rank = rank;
    this.step = step;
    this.patterns = patterns;
  }

  /** The lights that the patterns are made of. */
  public LightBasis lights() {
    return lights;
  }

  /** How many patterns there are. */
  public int rank() {
    return rank;
  }

  /** Coefficients are whole multiples of this. */
  public float step() {
    return step;
  }

  /** {@code (rank, columns, 3)}: a response is the sum of coefficient times pattern. */
  float[] patterns() {
    return patterns;
  }

  /**
   * {@code (columns · 3, rank)}: a coefficient is the response's product with its column.
   *
   * @throws IllegalStateException if the patterns were made for another {@link LightMetric}, as
   *     those of an older version may be: such a basis can be read by, not written in
   */
  float[] analysis() {
    int n = 3 * lights.columns();
    LightMetric metric = LightMetric.of(lights);
    float[] out = new float[n * rank];
    for (int m = 0; m < rank; m++) {
      float[] pattern = Arrays.copyOfRange(patterns, m * n, m * n + n);
      float[] vector = metric.applied(metric.applied(pattern));
      double unit = 0;
      for (int i = 0; i < n; i++) {
        out[i * rank + m] = vector[i];
        unit += (double) pattern[i] * vector[i];
      }
      if (Math.abs(unit - 1) > 0.01) {
        throw new IllegalStateException(
            "pattern %d has the length %.3f in this version's metric".formatted(m, unit));
      }
    }
    return out;
  }

  /**
   * How strongly each pattern shines under weighted lights, {@code (rank, 3)}.
   *
   * @param weights red, green, blue of each column, as {@link LightBasis#weights} gives them
   */
  public float[] project(float[] weights) {
    int n = 3 * lights.columns();
    if (weights.length != n) {
      throw new IllegalArgumentException(
          "%d weights for %d columns of three colours".formatted(weights.length, n / 3));
    }
    float[] out = new float[3 * rank];
    for (int m = 0; m < rank; m++) {
      double r = 0;
      double g = 0;
      double b = 0;
      for (int i = 0, o = m * n; i < n; i += 3) {
        r += (double) patterns[o + i] * weights[i];
        g += (double) patterns[o + i + 1] * weights[i + 1];
        b += (double) patterns[o + i + 2] * weights[i + 2];
      }
      out[3 * m] = (float) r;
      out[3 * m + 1] = (float) g;
      out[3 * m + 2] = (float) b;
    }
    return out;
  }

  /**
   * The weights of {@link MapLibrary}'s maps: the lights under which the loss is measured. Hard
   * sources shine through the sun nearest to them.
   */
  static List<float[]> trialLights(LightBasis lights) {
    double reach = lights.suns().isEmpty() ? 0 : 180;
    return LightMetric.maps().stream().map(map -> lights.weights(map, reach)).toList();
  }

  /**
   * The basis for a clip: patterns from the covariance of pixels drawn from some of its frames, as
   * many and quantised as coarsely as the tolerance lets.
   *
   * @param frames some frames of the clip, all under the same lights; at least one
   * @param tolerance largest relative root mean square error of the relit frame under any map of
   *     {@link MapLibrary}, above 0
   */
  public static FieldBasis of(List<ReflectanceField> frames, double tolerance) {
    if (frames.isEmpty() || !(tolerance > 0)) {
      throw new IllegalArgumentException(
          "%d frames, tolerance %s (expected some, above 0)".formatted(frames.size(), tolerance));
    }
    LightBasis lights = frames.getFirst().basis();
    int n = 3 * lights.columns();
    float[] samples = samples(frames, n);
    int count = samples.length / n;
    LightMetric metric = LightMetric.of(lights);
    float[] scaled = metric.appliedToAll(samples);
    SymmetricEigen eigen = SymmetricEigen.of(covariance(scaled, count, n).data, n);
    Integer[] order = new Integer[n];
    double[] variance = eigen.values();
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    Arrays.sort(order, (a, b) -> Double.compare(variance[b], variance[a]));
    double[] sorted = new double[n];
    float[] vectors = new float[n * n];
    for (int m = 0; m < n; m++) {
      sorted[m] = Math.max(0, variance[order[m]]);
      double[] v = eigen.vectors()[order[m]];
      for (int i = 0; i < n; i++) {
        vectors[m * n + i] = (float) v[i];
      }
    }
    float[] synthesis = metric.undoneForAll(vectors);
    Trial trial = new Trial(lights, samples, scaled, vectors, synthesis, sorted, n);
    // The loss grows with the step: halve the interval, keep the side that is within tolerance.
    double low = 1e-6 * trial.typical;
    double high = 10 * trial.typical;
    for (int i = 0; i < 18 && high / low > 1.03; i++) {
      double middle = Math.sqrt(low * high);
      if (trial.loss(middle) <= MARGIN * tolerance) {
        low = middle;
      } else {
        high = middle;
      }
    }
    int rank = trial.rank(low);
    float[] patterns = Arrays.copyOf(synthesis, rank * n);
    return new FieldBasis(lights, rank, (float) low, patterns);
  }

  private static float[] samples(List<ReflectanceField> frames, int n) {
    int each = SAMPLES / frames.size();
    List<float[]> rows = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (ReflectanceField frame : frames) {
      int pixels = frame.pixels().length;
      int take = Math.min(each, pixels);
      for (int i = 0; i < take; i++) {
        // One from each of as many stretches of the picture.
        int p = (int) ((i + random.nextDouble()) * pixels / take);
        float[] row = new float[n];
        System.arraycopy(frame.response(), Math.min(p, pixels - 1) * n, row, 0, n);
        rows.add(row);
      }
    }
    if (rows.isEmpty()) {
      rows.add(new float[n]);
    }
    float[] all = new float[rows.size() * n];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * n, n);
    }
    return all;
  }

  /** Mean outer product; the mean is not taken out: black is the response to nothing. */
  private static DMatrixRMaj covariance(float[] rows, int count, int n) {
    double[] sum = new double[n * n];
    IntStream.range(0, n)
        .parallel()
        .forEach(i -> {
          float[] line = new float[n];
          double[] exact = new double[n];
          for (int k = 0; k < count; k++) {
            float a = rows[k * n + i];
            int o = k * n;
            if (a != 0) {
              for (int j = i; j < n; j++) {
                line[j] += a * rows[o + j];
              }
            }
            if ((k & 63) == 63 || k == count - 1) {
              // Short sums in single precision, long ones in double.
              for (int j = i; j < n; j++) {
                exact[j] += line[j];
                line[j] = 0;
              }
            }
          }
          for (int j = i; j < n; j++) {
            sum[i * n + j] = exact[j] / count;
          }
        });
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        sum[i * n + j] = sum[j * n + i];
      }
    }
    return DMatrixRMaj.wrap(n, n, sum);
  }

  /** Some pixels, their coefficients in all patterns, and how they look under the trial lights. */
  private static final class Trial {
    private static final int PIXELS = 1500;
    private final double[] variance;
    private final float[] coefficients;
    private final List<float[]> projected = new ArrayList<>();
    private final List<float[]> exact = new ArrayList<>();
    private final int count;
    private final int n;
    final double typical;

    Trial(
        LightBasis lights,
        float[] samples,
        float[] scaled,
        float[] vectors,
        float[] synthesis,
        double[] variance,
        int n) {
      this.variance = variance;
      this.n = n;
      int all = samples.length / n;
      this.count = Math.min(all, PIXELS);
      this.coefficients = new float[count * n];
      int[] rows = IntStream.range(0, count).map(i -> (int) ((long) i * all / count)).toArray();
      IntStream.range(0, count)
          .parallel()
          .forEach(p -> {
            int o = rows[p] * n;
            for (int m = 0; m < n; m++) {
              float sum = 0;
              for (int i = 0; i < n; i++) {
                sum += scaled[o + i] * vectors[m * n + i];
              }
              coefficients[p * n + m] = sum;
            }
          });
      for (float[] weights : trialLights(lights)) {
        float[] light = new float[3 * n];
        for (int m = 0; m < n; m++) {
          for (int i = 0; i < n; i++) {
            light[3 * m + i % 3] += synthesis[m * n + i] * weights[i];
          }
        }
        projected.add(light);
        float[] picture = new float[3 * count];
        for (int p = 0; p < count; p++) {
          for (int i = 0; i < n; i++) {
            picture[3 * p + i % 3] += samples[rows[p] * n + i] * weights[i];
          }
        }
        exact.add(picture);
      }
      double total = 0;
      for (double v : variance) {
        total += v;
      }
      this.typical = Math.max(Math.sqrt(total), 1e-9);
    }

    /** Patterns that would not be rounded away nearly everywhere. */
    int rank(double step) {
      int rank = 1;
      while (rank < n && variance[rank] > step * step / 4) {
        rank++;
      }
      return rank;
    }

    /** Relative root mean square error under the light that suffers most. */
    double loss(double step) {
      int rank = rank(step);
      float s = (float) step;
      float[] rounded = new float[count * rank];
      for (int p = 0; p < count; p++) {
        for (int m = 0; m < rank; m++) {
          rounded[p * rank + m] = s * Math.round(coefficients[p * n + m] / s);
        }
      }
      return IntStream.range(0, projected.size())
          .parallel()
          .mapToDouble(k -> {
            float[] light = projected.get(k);
            float[] truth = exact.get(k);
            double error = 0;
            double power = 0;
            for (int p = 0; p < count; p++) {
              for (int c = 0; c < 3; c++) {
                float sum = 0;
                for (int m = 0; m < rank; m++) {
                  sum += rounded[p * rank + m] * light[3 * m + c];
                }
                float t = truth[3 * p + c];
                error += (double) (sum - t) * (sum - t);
                power += (double) t * t;
              }
            }
            return power > 0 ? Math.sqrt(error / power) : 0;
          })
          .max()
          .orElse(0);
    }
  }

  /** The basis as stored with a clip. */
  public byte[] toBytes() {
    int panels = lights.panels().size();
    int suns = lights.suns().size();
    ByteBuffer out =
        ByteBuffer.allocate(32 + 32 * suns + 72 * panels + 4 + 4 * patterns.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putInt(VERSION).putInt(lights.bins().side()).putInt(suns).putInt(panels);
    out.putInt(rank).putFloat(step).putInt(0);
    for (LightBasis.Sun sun : lights.suns()) {
      put(out, sun.direction());
      out.putDouble(sun.diameterDegrees());
    }
    for (LightBasis.Panel panel : lights.panels()) {
      put(out, panel.corner());
      put(out, panel.right());
      put(out, panel.up());
    }
    for (float v : patterns) {
      out.putFloat(v);
    }
    return FieldCodec.packed(out.flip());
  }

  private static void put(ByteBuffer out, Vector3 v) {
    out.putDouble(v.x()).putDouble(v.y()).putDouble(v.z());
  }

  private static Vector3 vector(ByteBuffer in) {
    return new Vector3(in.getDouble(), in.getDouble(), in.getDouble());
  }

  /**
   * Reads what {@link #toBytes()} wrote.
   *
   * @param name of the file, for errors
   * @throws UserError if the bytes are no such basis, or cut short
   */
  public static FieldBasis read(String name, byte[] bytes) {
    ByteBuffer in = FieldCodec.unpacked(name, bytes);
    FieldCodec.expectHeader(name, in, MAGIC, VERSION, 40);
    int side = in.getInt();
    int suns = in.getInt();
    int panels = in.getInt();
    int rank = in.getInt();
    float step = in.getFloat();
    in.getInt();
    FieldCodec.check(name, side >= 1 && side <= 256, "cells a side", side, "1 to 256");
    FieldCodec.check(name, suns >= 0 && suns <= 4096, "suns", suns, "0 to 4096");
    FieldCodec.check(name, panels >= 0 && panels <= 4096, "panels", panels, "0 to 4096");
    FieldCodec.check(name, rank >= 1 && rank <= LARGEST_RANK, "rank", rank, "1 to 4096");
    FieldCodec.check(name, step > 0 && Float.isFinite(step), "step", step, "above 0");
    long columns = (long) side * side + suns + panels;
    long left = 32L * suns + 72L * panels + 12 * columns * rank;
    FieldCodec.check(name, in.remaining() == left, "bytes after its head", in.remaining(), left);
    List<LightBasis.Sun> discs = new ArrayList<>();
    for (int i = 0; i < suns; i++) {
      Vector3 direction = vector(in);
      double diameter = in.getDouble();
      FieldCodec.check(
          name, diameter > 0 && diameter <= 180, "degrees of a sun", diameter, "above 0 to 180");
      discs.add(new LightBasis.Sun(direction, diameter));
    }
    List<LightBasis.Panel> rectangles = new ArrayList<>();
    for (int i = 0; i < panels; i++) {
      rectangles.add(new LightBasis.Panel(vector(in), vector(in), vector(in)));
    }
    float[] patterns = new float[in.remaining() / 4];
    for (int i = 0; i < patterns.length; i++) {
      patterns[i] = in.getFloat();
      FieldCodec.check(name, Float.isFinite(patterns[i]), "a pattern", patterns[i], "a number");
    }
    LightBasis lights = new LightBasis(new DirectionBins(side), discs, rectangles);
    return new FieldBasis(lights, rank, step, patterns);
  }
}
