package org.pixelcube.light;

import java.util.Arrays;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.SphericalHarmonics;
import org.pixelcube.math.Vector3;

/**
 * The light of a map as spherical harmonics: per channel (degree + 1)² coefficients in the order of
 * {@link SphericalHarmonics}, camera axes.
 */
public final class ShRadiance {
  /** Camera axes from those with +Y as pole: (x, y, z) = (y′, z′, x′). */
  private static final Rotation FROM_POLAR = new Rotation(0, 1, 0, 0, 0, 1, 1, 0, 0);

  private final int degree;
  private final double[][] coefficients;

  private ShRadiance(int degree, double[][] coefficients) {
    this.degree = degree;
    this.coefficients = coefficients;
  }

  /**
   * Projects a map, its pixels taken as constant: sums along each row first, then Gauss–Legendre
   * nodes across it, so nothing is lost but float rounding.
   *
   * @param degree 0 to {@link SphericalHarmonics#MAX_DEGREE}
   */
  public static ShRadiance project(EnvironmentMap map, int degree) {
    int count = SphericalHarmonics.count(degree);
    int w = map.width();
    int h = map.height();
    float[] samples = map.image().samples();
    double[][] cos = new double[degree + 1][w];
    double[][] sin = new double[degree + 1][w];
    for (int x = 0; x < w; x++) {
      // Azimuth of the polar axes: x′ = z, y′ = x, so φ′ = atan2(x, z).
      double phi = Math.PI - Math.PI * (2 * (x + 0.5) / w - 1);
      for (int m = 0; m <= degree; m++) {
        // ∫ over the pixel's width of cos mφ = cos(mφ) · 2 sin(mΔ/2)/m.
        double span = m == 0 ? 2 * Math.PI / w : 2 * Math.sin(m * Math.PI / w) / m;
        cos[m][x] = span * Math.cos(m * phi);
        sin[m][x] = span * Math.sin(m * phi);
      }
    }
    // Five Gauss–Legendre nodes: exact to degree 9, enough for the even orders of degree 8.
    double inner = Math.sqrt(5 - 2 * Math.sqrt(10.0 / 7)) / 3;
    double outer = Math.sqrt(5 + 2 * Math.sqrt(10.0 / 7)) / 3;
    double innerWeight = (322 + 13 * Math.sqrt(70)) / 900;
    double outerWeight = (322 - 13 * Math.sqrt(70)) / 900;
    double[] nodes = {-outer, -inner, 0, inner, outer};
    double[] weights = {outerWeight, innerWeight, 128.0 / 225, innerWeight, outerWeight};
    double[] polar = new double[(degree + 1) * (degree + 2) / 2];
    double[] rowPolar = new double[polar.length];
    double[][] sums = new double[3][count];
    for (int y = 0; y < h; y++) {
      double c0 = Math.cos(Math.PI * y / h);
      double c1 = Math.cos(Math.PI * (y + 1) / h);
      Arrays.fill(rowPolar, 0);
      for (int k = 0; k < nodes.length; k++) {
        double c = 0.5 * (c0 + c1) + 0.5 * (c0 - c1) * nodes[k];
        SphericalHarmonics.evaluatePolar(c, degree, polar);
        for (int i = 0; i < polar.length; i++) {
          rowPolar[i] += 0.5 * (c0 - c1) * weights[k] * polar[i];
        }
      }
      for (int channel = 0; channel < 3; channel++) {
        int o = (channel * h + y) * w;
        for (int m = 0; m <= degree; m++) {
          double a = 0;
          double b = 0;
          double[] cm = cos[m];
          double[] sm = sin[m];
          for (int x = 0; x < w; x++) {
            a += samples[o + x] * cm[x];
            b += samples[o + x] * sm[x];
          }
          for (int l = m; l <= degree; l++) {
            double p = rowPolar[l * (l + 1) / 2 + m];
            sums[channel][l * (l + 1) + m] += p * a;
            if (m > 0) {
              sums[channel][l * (l + 1) - m] += p * b;
            }
          }
        }
      }
    }
    return new ShRadiance(degree, rotateAll(sums, FROM_POLAR));
  }

  private static double[][] rotateAll(double[][] channels, Rotation rotation) {
    double[][] out = new double[3][];
    for (int c = 0; c < 3; c++) {
      out[c] = SphericalHarmonics.rotate(channels[c], rotation);
    }
    return out;
  }

  public int degree() {
    return degree;
  }

  /** The coefficients, {@code [3][(degree + 1)²]}, copied. */
  public double[][] coefficients() {
    return new double[][] {
      coefficients[0].clone(), coefficients[1].clone(), coefficients[2].clone()
    };
  }

  /** The light turned by {@code rotation}, exact within the degree. */
  public ShRadiance rotated(Rotation rotation) {
    return new ShRadiance(degree, rotateAll(coefficients, rotation));
  }

  /** The radiance these coefficients give for a unit direction; may ring below 0. */
  public Rgb radiance(Vector3 direction) {
    return sum(direction, false);
  }

  /**
   * Irradiance on the unit normal {@code normal}: each degree times {@link
   * SphericalHarmonics#cosineLobe}. Degree 2 is within 3 % of the exact value for natural light;
   * may fall below 0 opposite a small bright light.
   */
  public Rgb irradiance(Vector3 normal) {
    return sum(normal, true);
  }

  private Rgb sum(Vector3 direction, boolean cosine) {
    double[] y = new double[SphericalHarmonics.count(degree)];
    SphericalHarmonics.evaluate(direction, degree, y);
    double[] out = new double[3];
    for (int l = 0; l <= degree; l++) {
      double a = cosine ? SphericalHarmonics.cosineLobe(l) : 1;
      for (int i = l * l; i < (l + 1) * (l + 1); i++) {
        for (int c = 0; c < 3; c++) {
          out[c] += a * coefficients[c][i] * y[i];
        }
      }
    }
    return new Rgb(out[0], out[1], out[2]);
  }
}
