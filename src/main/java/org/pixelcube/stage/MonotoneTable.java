package org.pixelcube.stage;

import java.util.List;

/**
 * A measured EOTF: light from 0 to 1 over the code from 0 to 1, never falling. Between the samples
 * the light's {@code exponent}-th root is a monotone cubic (Fritsch and Carlson 1980) of the code:
 * in it EOTFs are nearly straight.
 *
 * @param exponent of the power that comes nearest, 1 or more
 * @param codes growing, from 0 to 1
 * @param light at each code, never falling, from 0 to 1
 */
public record MonotoneTable(double exponent, List<Double> codes, List<Double> light) {
  private static final double MOST = 3;

  public MonotoneTable {
    codes = List.copyOf(codes);
    light = List.copyOf(light);
    int n = codes.size();
    if (!(exponent >= 1 && exponent <= MOST)) {
      throw new IllegalArgumentException("exponent " + exponent + " (expected 1 to 3)");
    }
    if (n < 2 || light.size() != n) {
      throw new IllegalArgumentException(
          "%d codes, %d lights (expected as many, at least 2)".formatted(n, light.size()));
    }
    if (codes.getFirst() != 0 || codes.getLast() != 1) {
      throw new IllegalArgumentException("codes do not run from 0 to 1");
    }
    if (light.getFirst() != 0 || light.getLast() != 1) {
      throw new IllegalArgumentException("light does not run from 0 to 1");
    }
    for (int i = 1; i < n; i++) {
      if (!(codes.get(i) > codes.get(i - 1)) || !(light.get(i) >= light.get(i - 1))) {
        throw new IllegalArgumentException("sample %d does not grow".formatted(i));
      }
    }
  }

  /**
   * The table through noisy samples: monotone regression (pool adjacent violators, Ayer et al.
   * 1955), scaled so that the last sample is 1.
   *
   * @param codes growing, from 0 to 1
   * @param measured light without black, any positive scale
   * @throws ArithmeticException if nothing grows
   */
  public static MonotoneTable fit(double[] codes, double[] measured) {
    int n = codes.length;
    double[] pooled = new double[n];
    int[] size = new int[n];
    int pools = 0;
    for (double m : measured) {
      pooled[pools] = m;
      size[pools] = 1;
      for (pools++; pools > 1 && pooled[pools - 2] > pooled[pools - 1]; pools--) {
        int joined = size[pools - 2] + size[pools - 1];
        pooled[pools - 2] =
            (pooled[pools - 2] * size[pools - 2] + pooled[pools - 1] * size[pools - 1]) / joined;
        size[pools - 2] = joined;
      }
    }
    double full = pooled[pools - 1];
    if (!(full > 0)) {
      throw new ArithmeticException("the light does not grow with the code");
    }
    Double[] light = new Double[n];
    Double[] at = new Double[n];
    for (int p = 0, i = 0; p < pools; p++) {
      for (int k = 0; k < size[p]; k++, i++) {
        light[i] = Math.clamp(pooled[p] / full, 0, 1);
        at[i] = codes[i];
      }
    }
    light[0] = 0.0;
    light[n - 1] = 1.0;
    // Slope through (1, 1) in logarithms, by least squares over what is well above the noise.
    double xx = 0;
    double xy = 0;
    for (int i = 1; i < n - 1; i++) {
      if (light[i] > 0.02 && light[i] < 1) {
        double x = Math.log(codes[i]);
        xx += x * x;
        xy += x * Math.log(light[i]);
      }
    }
    double exponent = xx > 0 ? Math.clamp(xy / xx, 1, MOST) : 1;
    return new MonotoneTable(exponent, List.of(at), List.of(light));
  }

  /** Light of a code; codes are clamped to [0, 1]. */
  public double light(double code) {
    double c = Math.clamp(code, 0, 1);
    Piece piece = piece(segment(codes, c));
    return Math.pow(piece.root(c), exponent);
  }

  /** The lowest code that gives a light; light is clamped to [0, 1]. */
  public double code(double wanted) {
    double target = Math.clamp(wanted, 0, 1);
    if (target == 0) {
      return 0;
    }
    // Of equal samples the first: the piece that ends there.
    int i = segment(light, target);
    while (i > 0 && light.get(i) >= target) {
      i--;
    }
    Piece piece = piece(i);
    double root = Math.pow(target, 1 / exponent);
    double low = codes.get(i);
    double high = codes.get(i + 1);
    for (int round = 0; round < 40; round++) {
      double middle = (low + high) / 2;
      if (piece.root(middle) < root) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** A cubic between two samples, by values and slopes at its ends. */
  private record Piece(
      double from, double width, double low, double high, double lowSlope, double highSlope) {
    double root(double code) {
      double t = (code - from) / width;
      double h00 = (1 + 2 * t) * (1 - t) * (1 - t);
      double h10 = t * (1 - t) * (1 - t);
      double h01 = t * t * (3 - 2 * t);
      double h11 = t * t * (t - 1);
      return Math.clamp(
          h00 * low + h10 * width * lowSlope + h01 * high + h11 * width * highSlope, 0, 1);
    }
  }

  private Piece piece(int i) {
    return new Piece(
        codes.get(i),
        codes.get(i + 1) - codes.get(i),
        root(i),
        root(i + 1),
        slope(i),
        slope(i + 1));
  }

  /** The last sample but one that is not above a value. */
  private static int segment(List<Double> rising, double value) {
    int low = 0;
    int high = rising.size() - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (rising.get(middle) <= value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private double root(int i) {
    return Math.pow(light.get(i), 1 / exponent);
  }

  private double secant(int i) {
    return (root(i + 1) - root(i)) / (codes.get(i + 1) - codes.get(i));
  }

  /** Weighted harmonic mean of the secants beside a sample, which keeps the cubic monotone. */
  private double slope(int i) {
    int last = codes.size() - 1;
    if (i == 0 || i == last) {
      return last == 1 ? secant(0) : endSlope(i == 0 ? 0 : last - 1, i == 0 ? 1 : last - 2);
    }
    double before = secant(i - 1);
    double after = secant(i);
    if (before <= 0 || after <= 0) {
      return 0;
    }
    double h0 = codes.get(i) - codes.get(i - 1);
    double h1 = codes.get(i + 1) - codes.get(i);
    double w0 = 2 * h1 + h0;
    double w1 = h1 + 2 * h0;
    return (w0 + w1) / (w0 / before + w1 / after);
  }

  /** At an end: of the parabola through three samples, no steeper than keeps the cubic monotone. */
  private double endSlope(int first, int second) {
    double h0 = codes.get(first + 1) - codes.get(first);
    double h1 = codes.get(second + 1) - codes.get(second);
    double s0 = secant(first);
    double slope = ((2 * h0 + h1) * s0 - h0 * secant(second)) / (h0 + h1);
    return Math.clamp(slope, 0, 3 * s0);
  }
}
