package org.pixelcube.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.stage.TransferCurve;
import org.pixelcube.video.DecodedPicture;

/**
 * How a camera's code values follow from light, found from pictures, and taken off again.
 *
 * <p>Pictures are read by the curve that their file names. The signal here is that light coded
 * again by the sRGB curve, which gives the code values back for all standard video and stills; the
 * response is from signal to light relative to saturation.
 */
public final class CameraResponse {
  private static final int LEVELS = 256;

  /** Pixels of the stack that are used. */
  private static final int SAMPLES = 90;

  /** How smooth the response is against how well it fits (λ of the paper). */
  private static final double SMOOTHNESS = 12;

  /** Signals beyond this are clipped. */
  private static final double SATURATED = 0.985;

  private static final int TABLE = 8192;

  private final float[] table;

  /** {@link #light}, the same object for all pictures. */
  private final DoubleUnaryOperator curve = this::light;

  /** The correction for pictures that were taken with a response. */
  public CameraResponse(TransferCurve response) {
    table = new float[TABLE + 2];
    for (int i = 0; i < table.length; i++) {
      double root = Math.min(1, (double) i / TABLE);
      double signal = TransferFunction.SRGB.fromLinear(root * root);
      table[i] = (float) response.toLinear(signal, 1);
    }
  }

  /**
   * A picture of the camera in light relative to saturation, in [0, 1].
   *
   * @param read linear by its file's own curve, {@code (3, h, w)}
   */
  public Image linear(Image read) {
    float[] s = read.samples();
    float[] out = new float[s.length];
    for (int i = 0; i < s.length; i++) {
      out[i] = (float) light(s[i]);
    }
    return Image.of(read.width(), read.height(), read.channels(), read.space(), out);
  }

  /** A decoded picture of the camera, linear Rec.709, as {@link #linear(Image)} of it. */
  Image linear(DecodedPicture picture) {
    return picture.image(curve).color();
  }

  private double light(double read) {
    float v = read > 0 ? (float) Math.min(1, read) : 0;
    float at = (float) Math.sqrt(v) * TABLE;
    int k = (int) at;
    return table[k] + (at - k) * (table[k + 1] - table[k]);
  }

  /** The signal of light as read. */
  static double signal(double read) {
    return TransferFunction.SRGB.fromLinear(Math.clamp(read, 0, 1));
  }

  /**
   * From pictures of a scene that stands still, exposed for different times (Debevec and Malik,
   * "Recovering High Dynamic Range Radiance Maps from Photographs", SIGGRAPH 1997, equation 3): the
   * logarithm of exposure at each of {@value #LEVELS} signals and the light of some pixels, by
   * least squares with smooth second differences. All channels share the response.
   *
   * @param name for errors
   * @param pictures linear by their files' own curve
   * @param seconds exposure time of each
   * @throws UserError if there are fewer than three exposures, or they show too little
   */
  public static TransferCurve fromExposures(String name, List<Image> pictures, double[] seconds) {
    if (pictures.size() < 3 || seconds.length != pictures.size()) {
      throw new UserError(
          name,
          "has %d pictures and %d exposure times (expected at least 3, and as many)"
              .formatted(pictures.size(), seconds.length),
          "give more exposures, a stop apart");
    }
    int[][] signals = samples(name, pictures);
    int unknowns = LEVELS + signals.length;
    LeastSquares system = new LeastSquares(unknowns);
    double[] row = new double[unknowns];
    for (int p = 0; p < signals.length; p++) {
      for (int j = 0; j < seconds.length; j++) {
        int z = signals[p][j];
        double w = weight(z);
        if (w > 0) {
          row[z] = 1;
          row[LEVELS + p] = -1;
          system.add(row, Math.log(seconds[j]), w * w);
          row[z] = 0;
          row[LEVELS + p] = 0;
        }
      }
    }
    for (int z = 1; z < LEVELS - 1; z++) {
      double w = SMOOTHNESS * Math.max(0.05, weight(z));
      row[z - 1] = 1;
      row[z] = -2;
      row[z + 1] = 1;
      system.add(row, 0, w * w);
      row[z - 1] = 0;
      row[z] = 0;
      row[z + 1] = 0;
    }
    row[LEVELS / 2] = 1;
    system.add(row, 0, 1e4);
    double[] solved = system.solve(1e-9);
    double[] light = new double[LEVELS];
    for (int z = 0; z < LEVELS; z++) {
      light[z] = Math.exp(solved[z] - solved[LEVELS - 1]);
    }
    return curve(light);
  }

  /** A hat: least at the ends of the range, where codes are clipped or of few bits. */
  private static double weight(int z) {
    int top = (int) (SATURATED * (LEVELS - 1));
    return z >= top || z <= 2 ? 0 : Math.min(z, LEVELS - 1 - z) / (LEVELS / 2.0);
  }

  /**
   * Signals of pixels, spread evenly over the brightness of the middle picture, away from edges.
   */
  private static int[][] samples(String name, List<Image> pictures) {
    Image middle =
        pictures.stream()
            .min(Comparator.comparingDouble(p -> Math.abs(meanSignal(p) - 0.4)))
            .orElseThrow();
    for (Image picture : pictures) {
      if (!picture.sameSizeAs(middle) || picture.channels() < 3) {
        throw new UserError(
            name, "has pictures of different sizes", "take all with the same camera");
      }
    }
    int w = middle.width();
    int h = middle.height();
    int stride = Math.max(1, (int) Math.sqrt(w * h / 20_000.0));
    List<int[]> places = new ArrayList<>();
    for (int y = 1; y < h - 1; y += stride) {
      for (int x = 1; x < w - 1; x += stride) {
        int c = (x / stride + y / stride) % 3;
        double here = signal(middle.at(c, y, x));
        double slope =
            Math.max(
                Math.abs(signal(middle.at(c, y, x + 1)) - signal(middle.at(c, y, x - 1))),
                Math.abs(signal(middle.at(c, y + 1, x)) - signal(middle.at(c, y - 1, x))));
        if (slope < 0.06) {
          places.add(new int[] {c, y, x, (int) (1e6 * here)});
        }
      }
    }
    places.sort(Comparator.comparingInt(p -> p[3]));
    int count = Math.min(SAMPLES, places.size());
    int[][] signals =
        IntStream.range(0, count)
            .mapToObj(
                k -> places.get((int) ((long) k * (places.size() - 1) / Math.max(1, count - 1))))
            .map(p ->
                pictures.stream()
                    .mapToInt(q -> (int) Math.round((LEVELS - 1) * signal(q.at(p[0], p[1], p[2]))))
                    .toArray())
            .filter(z -> Arrays.stream(z).filter(v -> weight(v) > 0).count() >= 2)
            .toArray(int[][]::new);
    long levels =
        Arrays.stream(signals)
            .flatMapToInt(Arrays::stream)
            .filter(z -> weight(z) > 0)
            .map(z -> z / 16)
            .distinct()
            .count();
    if (signals.length < 10 || levels < 10) {
      throw new UserError(
          name,
          "shows too few brightnesses that are neither black nor clipped in two pictures",
          "film a scene from dark to bright, with exposures a stop apart");
    }
    return signals;
  }

  private static double meanSignal(Image picture) {
    float[] s = picture.samples();
    double sum = 0;
    int step = Math.max(1, s.length / 5000);
    int n = 0;
    for (int i = 0; i < s.length; i += step, n++) {
      sum += signal(s[i]);
    }
    return sum / n;
  }

  /**
   * From grey patches of a chart under even light: straight lines between them over the logarithms
   * of signal and light, continued to both ends.
   *
   * @param name for errors
   * @param signals code value of each patch over the largest
   * @param reflectance of each patch, 0 to 1
   * @throws UserError if there are fewer than three patches, one is clipped, or they do not rise
   */
  public static TransferCurve fromGreyPatches(String name, double[] signals, double[] reflectance) {
    int n = signals.length;
    if (n < 3 || reflectance.length != n) {
      throw new UserError(
          name,
          "has %d patches and %d reflectances (expected at least 3, and as many)"
              .formatted(n, reflectance.length),
          "measure more grey patches");
    }
    Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> reflectance[i]));
    double[] x = new double[n];
    double[] y = new double[n];
    for (int k = 0; k < n; k++) {
      double signal = signals[order[k]];
      if (signal > SATURATED) {
        throw new UserError(
            name,
            "is saturated: the patch of reflectance %s reads %.3f"
                .formatted(reflectance[order[k]], signal),
            "expose less, or light the chart less");
      }
      if (!(signal > 0)
          || !(reflectance[order[k]] > 0)
          || (k > 0 && Math.log(signal) <= x[k - 1])) {
        throw new UserError(
            name,
            "the patch of reflectance %s is no brighter than the one below it"
                .formatted(reflectance[order[k]]),
            "check which patch is which, and that light is even");
      }
      x[k] = Math.log(signal);
      y[k] = Math.log(reflectance[order[k]]);
    }
    double[] light = new double[LEVELS];
    for (int z = 1; z < LEVELS; z++) {
      double at = Math.log((double) z / (LEVELS - 1));
      int k = 0;
      while (k < n - 2 && at > x[k + 1]) {
        k++;
      }
      light[z] = Math.exp(y[k] + (at - x[k]) * (y[k + 1] - y[k]) / (x[k + 1] - x[k]));
    }
    for (int z = 1; z < LEVELS; z++) {
      light[z] /= light[LEVELS - 1];
    }
    return curve(light);
  }

  /** A table that begins with 0, ends with 1 and rises. */
  private static TransferCurve curve(double[] light) {
    List<Double> rising = new ArrayList<>();
    rising.add(0.0);
    for (int z = 1; z < LEVELS; z++) {
      rising.add(Math.max(light[z], rising.getLast() + 1e-9));
    }
    double top = rising.getLast();
    return TransferCurve.table(rising.stream().map(v -> v / top).toList());
  }
}
