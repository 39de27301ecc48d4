package org.pixelcube.vision;

import java.util.Arrays;
import java.util.Optional;
import org.pixelcube.image.Image;
import org.pixelcube.image.Morphology;
import org.pixelcube.image.Resize;
import org.pixelcube.math.LeastSquares;

/**
 * A green or blue screen behind the subject: recognised at the picture's border, its colour
 * modelled over the frame, and keyed by colour difference (Vlahos) inside the limits the network's
 * matte sets.
 */
public final class GreenScreen {
  private static final int SAMPLE_SIDE = 128;
  private static final double MIN_COVERAGE = 0.5;

  /** The screen's channel exceeds both others by at least this share of it. */
  private static final double MIN_SATURATION = 0.2;

  /** Spread of the chromaticities of a screen, as a standard deviation at most. */
  private static final double MAX_SPREAD = 0.05;

  /** How far a chromaticity may be from the screen's to belong to it. */
  private static final double CLUSTER_RADIUS = 0.08;

  private static final double DARKEST = 0.01;

  /** Colour differences, as shares of the screen's, at which a pixel is clear and solid. */
  private static final float CLEAR = 0.9f;

  private static final float SOLID = 0.08f;

  private final int channel;
  private final double coverage;
  private final double spread;
  private final double[] redFit;
  private final double[] greenFit;
  private final double[] blueFit;

  private GreenScreen(
      int channel,
      double coverage,
      double spread,
      double[] redFit,
      double[] greenFit,
      double[] blueFit) {
    this.channel = channel;
    this.coverage = coverage;
    this.spread = spread;
    this.redFit = redFit;
    this.greenFit = greenFit;
    this.blueFit = blueFit;
  }

  /**
   * Looks for a screen along the top and the upper two thirds of both sides.
   *
   * @param frame linear light, 3 channels or more
   * @return the screen, or nothing where more than half of that border is not one saturated green
   *     or blue
   */
  public static Optional<GreenScreen> detect(Image frame) {
    Image small = Resize.to(NetworkInput.rgb(frame), SAMPLE_SIDE, SAMPLE_SIDE);
    for (int channel : new int[] {1, 2}) {
      Optional<GreenScreen> screen = detect(small, channel);
      if (screen.isPresent()) {
        return screen;
      }
    }
    return Optional.empty();
  }

  private static Optional<GreenScreen> detect(Image small, int channel) {
    float[] s = small.samples();
    int n = small.planeSize();
    int[] border = borderPixels();
    double[] first = new double[border.length];
    double[] second = new double[border.length];
    int count = 0;
    for (int i : border) {
      if (isScreen(s, n, i, channel)) {
        double sum = s[i] + s[n + i] + s[2 * n + i];
        first[count] = s[i] / sum;
        second[count] = s[n + i] / sum;
        count++;
      }
    }
    if (count < MIN_COVERAGE * border.length) {
      return Optional.empty();
    }
    double r = median(first, count);
    double g = median(second, count);
    double square = 0;
    int inCluster = 0;
    for (int k = 0; k < count; k++) {
      double distance = Math.hypot(first[k] - r, second[k] - g);
      if (distance < CLUSTER_RADIUS) {
        square += distance * distance;
        inCluster++;
      }
    }
    double coverage = inCluster / (double) border.length;
    double spread = Math.sqrt(square / Math.max(1, inCluster));
    if (coverage < MIN_COVERAGE || spread > MAX_SPREAD) {
      return Optional.empty();
    }
    return Optional.of(fit(small, channel, r, g, coverage, spread));
  }

  /** The top eighth, and a sixteenth on either side down to two thirds. */
  private static int[] borderPixels() {
    int[] pixels = new int[SAMPLE_SIDE * SAMPLE_SIDE];
    int count = 0;
    for (int y = 0; y < SAMPLE_SIDE * 2 / 3; y++) {
      for (int x = 0; x < SAMPLE_SIDE; x++) {
        if (y < SAMPLE_SIDE / 8 || x < SAMPLE_SIDE / 16 || x >= SAMPLE_SIDE * 15 / 16) {
          pixels[count++] = y * SAMPLE_SIDE + x;
        }
      }
    }
    return Arrays.copyOf(pixels, count);
  }

  private static boolean isScreen(float[] s, int n, int i, int channel) {
    float own = s[channel * n + i];
    float other = Math.max(s[i], s[(3 - channel) * n + i]);
    return own > DARKEST && own - other > MIN_SATURATION * own;
  }

  private static double median(double[] values, int count) {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted[count / 2];
  }

  /** Fits a quadratic in x and y to each channel over the pixels that look like the screen. */
  private static GreenScreen fit(
      Image small, int channel, double r, double g, double coverage, double spread) {
    float[] s = small.samples();
    int n = small.planeSize();
    LeastSquares[] systems = {new LeastSquares(6), new LeastSquares(6), new LeastSquares(6)};
    for (int i = 0; i < n; i++) {
      double sum = s[i] + s[n + i] + s[2 * n + i];
      if (isScreen(s, n, i, channel)
          && Math.hypot(s[i] / sum - r, s[n + i] / sum - g) < CLUSTER_RADIUS) {
        double[] row =
            basis(
                (i % SAMPLE_SIDE + 0.5) / SAMPLE_SIDE,
                (Math.floorDiv(i, SAMPLE_SIDE) + 0.5) / SAMPLE_SIDE);
        for (int c = 0; c < 3; c++) {
          systems[c].add(row, s[c * n + i], 1);
        }
      }
    }
    double ridge = 1e-3;
    return new GreenScreen(
        channel,
        coverage,
        spread,
        systems[0].solve(ridge),
        systems[1].solve(ridge),
        systems[2].solve(ridge));
  }

  private static double[] basis(double x, double y) {
    double u = 2 * x - 1;
    double v = 2 * y - 1;
    return new double[] {1, u, v, u * u, u * v, v * v};
  }

  private static double value(double[] fit, double[] basis) {
    double sum = 0;
    for (int k = 0; k < fit.length; k++) {
      sum += fit[k] * basis[k];
    }
    return Math.max(sum, 0);
  }

  /** Whether the screen is blue; otherwise it is green. */
  public boolean isBlue() {
    return channel == 2;
  }

  /** The share of the border the screen covers, in [0, 1]. */
  public double coverage() {
    return coverage;
  }

  /** Standard deviation of the screen's chromaticity (r, g over the sum), 0 for an even colour. */
  public double spread() {
    return spread;
  }

  /** The screen's colour at the centre of the frame: linear red, green, blue. */
  public float[] color() {
    double[] centre = basis(0.5, 0.5);
    return new float[] {
      (float) value(redFit, centre), (float) value(greenFit, centre), (float) value(blueFit, centre)
    };
  }

  /**
   * Keys the screen.
   *
   * <p>Alpha is one minus the pixel's colour difference over the screen's at that place. The
   * network's matte keeps green clothes inside the subject solid and clears whatever is far from
   * it.
   *
   * @param frame linear light, 3 channels or more
   * @param matte the network's alpha, {@code (1, h, w)}, any size
   * @return alpha in [0, 1], {@code (1, h, w)} at the frame's size
   */
  public Image key(Image frame, Image matte) {
    int width = frame.width();
    int height = frame.height();
    int n = frame.planeSize();
    int reach = Math.max(1, Math.round(0.04f * Math.min(matte.width(), matte.height())));
    float[] near = Resize.to(Morphology.dilate(matte, reach), width, height).samples();
    float[] core = Resize.to(Morphology.erode(matte, reach), width, height).samples();
    float[] s = frame.samples();
    int third = (3 - channel) * n;
    float[] alpha = new float[n];
    float[] screenRow = new float[width];
    for (int y = 0, i = 0; y < height; y++) {
      differences((y + 0.5) / height, screenRow);
      for (int x = 0; x < width; x++, i++) {
        float screen = screenRow[x];
        float own = s[channel * n + i] - Math.max(s[i], s[third + i]);
        float share = screen > 0 ? own / screen : 0;
        float key = Math.clamp((CLEAR - share) / (CLEAR - SOLID), 0f, 1f);
        float inside = Math.clamp((core[i] - 0.8f) / 0.15f, 0f, 1f);
        float around = Math.clamp((near[i] - 0.02f) / 0.1f, 0f, 1f);
        alpha[i] = Math.max(key * around, inside);
      }
    }
    return Image.data(width, height, 1, alpha);
  }

  /**
   * By how much the screen's own channel exceeds the larger other one along a row at y in [0, 1].
   */
  private void differences(double y, float[] row) {
    double v = 2 * y - 1;
    double[] own = alongRow(channel == 1 ? greenFit : blueFit, v);
    double[] red = alongRow(redFit, v);
    double[] third = alongRow(channel == 1 ? blueFit : greenFit, v);
    for (int x = 0; x < row.length; x++) {
      double u = 2 * (x + 0.5) / row.length - 1;
      double most =
          Math.max(red[0] + u * (red[1] + u * red[2]), third[0] + u * (third[1] + u * third[2]));
      row[x] = (float) (own[0] + u * (own[1] + u * own[2]) - Math.max(most, 0));
    }
  }

  /** The fit at a fixed v as a polynomial in u: constant, linear, square. */
  private static double[] alongRow(double[] fit, double v) {
    return new double[] {fit[0] + v * (fit[2] + v * fit[5]), fit[1] + v * fit[4], fit[3]};
  }

  /** Takes the screen's spill off the subject, see {@link #despill(Image, float[])}. */
  public Image despill(Image frame) {
    return despill(frame, color());
  }

  /**
   * Limits the screen's channel to the mean of the other two where it exceeds both, and gives the
   * light taken away back to all three so that luminance stays.
   *
   * @param frame linear light, 3 channels, or 4 with alpha, which is kept
   * @param screenColor linear red, green, blue: its largest channel is the one limited
   */
  public static Image despill(Image frame, float[] screenColor) {
    int own = screenColor[1] >= screenColor[2] ? 1 : 2;
    int n = frame.planeSize();
    float weight = own == 1 ? 0.7152f : 0.0722f;
    float[] s = frame.samples();
    float[] despilled = s.clone();
    for (int i = 0; i < n; i++) {
      float a = s[i];
      float b = s[(3 - own) * n + i];
      float value = s[own * n + i];
      if (value > Math.max(a, b)) {
        float limit = Math.min(value, (a + b) / 2);
        float returned = weight * (value - limit);
        despilled[i] = a + returned;
        despilled[(3 - own) * n + i] = b + returned;
        despilled[own * n + i] = limit + returned;
      }
    }
    return Image.of(frame.width(), frame.height(), frame.channels(), frame.space(), despilled);
  }
}
