package org.pixelcube.math;

/**
 * Real spherical harmonics, orthonormal over the sphere, without the Condon–Shortley sign: Y₁₋₁ ∝
 * y, Y₁₀ ∝ z, Y₁₁ ∝ x, all with positive factors. Polar axis +Z.
 *
 * <p>Coefficients lie in one array, degree l and order m at {@code l(l + 1) + m}, so degree L needs
 * (L + 1)² numbers. Source: Green 2003, "Spherical Harmonic Lighting"; rotation by Ivanic and
 * Ruedenberg, J. Phys. Chem. 100 (1996) 6342, with the erratum of 1998.
 */
public final class SphericalHarmonics {
  /** The highest degree served. */
  public static final int MAX_DEGREE = 8;

  /** Normalisation of order m ≥ 0, degree l at {@code l(l + 1)/2 + m}; holds √2 where m > 0. */
  private static final double[] NORM = new double[(MAX_DEGREE + 1) * (MAX_DEGREE + 2) / 2];

  static {
    for (int l = 0; l <= MAX_DEGREE; l++) {
      double ratio = 1; // (l − m)! / (l + m)!
      for (int m = 0; m <= l; m++) {
        if (m > 0) {
          ratio /= (double) (l + m) * (l - m + 1);
        }
        double k = Math.sqrt((2 * l + 1) / (4 * Math.PI) * ratio);
        NORM[l * (l + 1) / 2 + m] = m == 0 ? k : k * Math.sqrt(2);
      }
    }
  }

  private SphericalHarmonics() {}

  /** How many coefficients there are up to and with {@code degree}: (degree + 1)². */
  public static int count(int degree) {
    if (degree < 0 || degree > MAX_DEGREE) {
      throw new IllegalArgumentException(
          "spherical harmonic degree %d (expected 0 to %d)".formatted(degree, MAX_DEGREE));
    }
    return (degree + 1) * (degree + 1);
  }

  /**
   * Writes Y of every degree up to {@code degree} at the unit vector {@code direction} to the first
   * (degree + 1)² places of {@code out}.
   */
  public static void evaluate(Vector3 direction, int degree, double[] out) {
    evaluate(direction.x(), direction.y(), direction.z(), degree, out);
  }

  /** As {@link #evaluate(Vector3, int, double[])}, for the unit vector (x, y, z). */
  public static void evaluate(double x, double y, double z, int degree, double[] out) {
    count(degree);
    // sᵐ sin mφ and sᵐ cos mφ grow by one complex product; the s cancels in P/sᵐ, so no pole is
    // special.
    double cosine = 1;
    double sine = 0;
    double diagonal = 1; // P_m^m / sin^m θ, no Condon–Shortley sign
    for (int m = 0; m <= degree; m++) {
      if (m > 0) {
        diagonal *= 2 * m - 1;
        double c = x * cosine - y * sine;
        sine = x * sine + y * cosine;
        cosine = c;
      }
      double before = 0;
      double here = diagonal;
      for (int l = m; l <= degree; l++) {
        double value = NORM[l * (l + 1) / 2 + m] * here;
        out[l * (l + 1) + m] = value * cosine;
        if (m > 0) {
          out[l * (l + 1) - m] = value * sine;
        }
        double next = ((2 * l + 1) * z * here - (l + m) * before) / (l + 1 - m);
        before = here;
        here = next;
      }
    }
  }

  /**
   * The polar part alone: Y with the azimuth factor cos mφ or sin mφ left out, at {@code l(l + 1)/2
   * + m} for m ≥ 0.
   *
   * @param cosTheta cosine of the angle from the polar axis
   */
  public static void evaluatePolar(double cosTheta, int degree, double[] out) {
    count(degree);
    double sinTheta = Math.sqrt(Math.max(0, 1 - cosTheta * cosTheta));
    double diagonal = 1;
    for (int m = 0; m <= degree; m++) {
      if (m > 0) {
        diagonal *= (2 * m - 1) * sinTheta;
      }
      double before = 0;
      double here = diagonal;
      for (int l = m; l <= degree; l++) {
        out[l * (l + 1) / 2 + m] = NORM[l * (l + 1) / 2 + m] * here;
        double next = ((2 * l + 1) * cosTheta * here - (l + m) * before) / (l + 1 - m);
        before = here;
        here = next;
      }
    }
  }

  /** The function with these coefficients at the unit vector {@code direction}. */
  public static double sum(double[] coefficients, Vector3 direction) {
    int degree = degree(coefficients);
    double[] y = new double[coefficients.length];
    evaluate(direction, degree, y);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += y[i] * coefficients[i];
    }
    return sum;
  }

  /**
   * The degree of a full coefficient array.
   *
   * @throws IllegalArgumentException if its length is not (degree + 1)²
   */
  public static int degree(double[] coefficients) {
    int degree = (int) Math.round(Math.sqrt(coefficients.length)) - 1;
    if (degree < 0 || count(degree) != coefficients.length) {
      throw new IllegalArgumentException(
          "%d coefficients (expected a square number)".formatted(coefficients.length));
    }
    return degree;
  }

  /**
   * Coefficients of the function turned by {@code rotation}: g(d) = f(rotation⁻¹ d).
   *
   * @param coefficients of f, (degree + 1)² numbers, left as they are
   */
  public static double[] rotate(double[] coefficients, Rotation rotation) {
    int degree = degree(coefficients);
    double[] out = new double[coefficients.length];
    out[0] = coefficients[0];
    // Degree 1 turns as the vector (y, z, x).
    double[][] first = {
      {rotation.m11(), rotation.m12(), rotation.m10()},
      {rotation.m21(), rotation.m22(), rotation.m20()},
      {rotation.m01(), rotation.m02(), rotation.m00()}
    };
    double[][] band = first;
    for (int l = 1; l <= degree; l++) {
      if (l > 1) {
        band = nextBand(first, band, l);
      }
      for (int m = -l; m <= l; m++) {
        double sum = 0;
        for (int n = -l; n <= l; n++) {
          sum += band[m + l][n + l] * coefficients[l * (l + 1) + n];
        }
        out[l * (l + 1) + m] = sum;
      }
    }
    return out;
  }

  /** The (2l + 1)² rotation matrix of degree l from that of degree l − 1. */
  private static double[][] nextBand(double[][] first, double[][] previous, int l) {
    double[][] band = new double[2 * l + 1][2 * l + 1];
    for (int m = -l; m <= l; m++) {
      int am = Math.abs(m);
      for (int n = -l; n <= l; n++) {
        double scale = Math.abs(n) == l ? 2.0 * l * (2 * l - 1) : (double) (l + n) * (l - n);
        double u = Math.sqrt((l + m) * (l - m) / scale);
        double v = 0.5 * Math.sqrt((m == 0 ? 2 : 1) * (l + am - 1.0) * (l + am) / scale);
        double w = m == 0 ? 0 : -0.5 * Math.sqrt((l - am - 1.0) * (l - am) / scale);
        double sum = 0;
        if (u != 0) {
          sum += u * term(first, previous, l, 0, m, n);
        }
        if (m == 0) {
          sum -= v * (term(first, previous, l, 1, 1, n) + term(first, previous, l, -1, -1, n));
        } else if (m > 0) {
          double a = term(first, previous, l, 1, m - 1, n);
          sum += v * (m == 1 ? Math.sqrt(2) * a : a - term(first, previous, l, -1, 1 - m, n));
        } else {
          double a = term(first, previous, l, -1, -m - 1, n);
          sum += v * (m == -1 ? Math.sqrt(2) * a : a + term(first, previous, l, 1, m + 1, n));
        }
        if (w != 0) {
          sum +=
              m > 0
                  ? w
                      * (term(first, previous, l, 1, m + 1, n)
                          + term(first, previous, l, -1, -m - 1, n))
                  : w
                      * (term(first, previous, l, 1, m - 1, n)
                          - term(first, previous, l, -1, -m + 1, n));
        }
        band[m + l][n + l] = sum;
      }
    }
    return band;
  }

  /** P of the paper's table 2: row {@code i} of degree 1 against row {@code a} of degree l − 1. */
  private static double term(double[][] first, double[][] previous, int l, int i, int a, int b) {
    double[] row = previous[a + l - 1];
    double[] one = first[i + 1];
    if (b == -l) {
      return one[2] * row[0] + one[0] * row[2 * l - 2];
    }
    if (b == l) {
      return one[2] * row[2 * l - 2] - one[0] * row[0];
    }
    return one[1] * row[b + l - 1];
  }

  /**
   * The factor A_l by which degree l of radiance becomes irradiance on a Lambertian surface:
   * Ramamoorthi and Hanrahan, SIGGRAPH 2001, eq. 8 (A₀ = π, A₁ = 2π/3, A₂ = π/4, odd l > 1 zero).
   */
  public static double cosineLobe(int l) {
    if (l == 1) {
      return 2 * Math.PI / 3;
    }
    if (l % 2 == 1) {
      return 0;
    }
    double binomial = 1; // l! / (2ˡ (l/2)!²)
    for (int k = 1; k <= l / 2; k++) {
      binomial *= (2 * k - 1) / (2.0 * k);
    }
    int sign = l / 2 % 2 == 0 ? -1 : 1;
    return 2 * Math.PI * sign * binomial / ((l + 2.0) * (l - 1.0));
  }
}
