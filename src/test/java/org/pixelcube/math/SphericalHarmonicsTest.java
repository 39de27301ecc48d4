package org.pixelcube.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class SphericalHarmonicsTest {
  private static final int DEGREE = SphericalHarmonics.MAX_DEGREE;

  private static Vector3 direction(Random random) {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
        .normalized();
  }

  private static Rotation rotation(Random random) {
    return Rotation.yawPitchRoll(
        random.nextDouble() * 360, random.nextDouble() * 360, random.nextDouble() * 360);
  }

  @Test
  void firstDegreesHaveTheirClosedForm(Random random) {
    Vector3 d = direction(random);
    double[] y = new double[9];
    SphericalHarmonics.evaluate(d, 2, y);
    double one = Math.sqrt(3 / (4 * Math.PI));
    double two = Math.sqrt(15 / (4 * Math.PI));
    double[] expected = {
      Math.sqrt(1 / (4 * Math.PI)),
      one * d.y(),
      one * d.z(),
      one * d.x(),
      two * d.x() * d.y(),
      two * d.y() * d.z(),
      Math.sqrt(5 / (16 * Math.PI)) * (3 * d.z() * d.z() - 1),
      two * d.x() * d.z(),
      two / 2 * (d.x() * d.x() - d.y() * d.y())
    };
    assertArrayEquals(expected, y, 1e-14);
  }

  @Test
  void basisIsOrthonormal() {
    int count = SphericalHarmonics.count(DEGREE);
    double[][] gram = new double[count][count];
    double[] y = new double[count];
    // Products have degree ≤ 16: 9 Gauss nodes in z and 18 equal steps of azimuth are exact.
    double[][] gauss = gaussLegendre(9);
    int steps = 18;
    for (int i = 0; i < 9; i++) {
      double z = gauss[0][i];
      double s = Math.sqrt(1 - z * z);
      for (int k = 0; k < steps; k++) {
        double phi = 2 * Math.PI * k / steps;
        SphericalHarmonics.evaluate(s * Math.cos(phi), s * Math.sin(phi), z, DEGREE, y);
        double weight = gauss[1][i] * 2 * Math.PI / steps;
        for (int a = 0; a < count; a++) {
          for (int b = 0; b < count; b++) {
            gram[a][b] += weight * y[a] * y[b];
          }
        }
      }
    }
    for (int a = 0; a < count; a++) {
      double[] expected = new double[count];
      expected[a] = 1;
      assertArrayEquals(expected, gram[a], 1e-12, "row " + a);
    }
  }

  private static double[][] gaussLegendre(int n) {
    double[][] out = new double[2][n];
    for (int i = 0; i < n; i++) {
      double x = Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
      double derivative = 1;
      for (int step = 0; step < 50; step++) {
        double before = 1;
        double here = x;
        for (int l = 1; l < n; l++) {
          double next = ((2 * l + 1) * x * here - l * before) / (l + 1);
          before = here;
          here = next;
        }
        derivative = n * (x * here - before) / (x * x - 1);
        x -= here / derivative;
      }
      out[0][i] = x;
      out[1][i] = 2 / ((1 - x * x) * derivative * derivative);
    }
    return out;
  }

  @Test
  void polarPartTimesAzimuthIsTheBasis(Random random) {
    Vector3 d = direction(random);
    double[] y = new double[SphericalHarmonics.count(DEGREE)];
    SphericalHarmonics.evaluate(d, DEGREE, y);
    double[] polar = new double[(DEGREE + 1) * (DEGREE + 2) / 2];
    SphericalHarmonics.evaluatePolar(d.z(), DEGREE, polar);
    double phi = Math.atan2(d.y(), d.x());
    for (int l = 0; l <= DEGREE; l++) {
      for (int m = 0; m <= l; m++) {
        double p = polar[l * (l + 1) / 2 + m];
        assertEquals(p * Math.cos(m * phi), y[l * (l + 1) + m], 1e-12);
        if (m > 0) {
          assertEquals(p * Math.sin(m * phi), y[l * (l + 1) - m], 1e-12);
        }
      }
    }
  }

  @Test
  void rotatedCoefficientsGiveTheRotatedFunction(Random random) {
    double[] c = random.doubles(SphericalHarmonics.count(DEGREE), -1, 1).toArray();
    Rotation r = rotation(random);
    double[] rotated = SphericalHarmonics.rotate(c, r);
    for (int i = 0; i < 50; i++) {
      Vector3 d = direction(random);
      assertEquals(
          SphericalHarmonics.sum(c, r.inverse().apply(d)),
          SphericalHarmonics.sum(rotated, d),
          1e-11);
    }
    assertArrayEquals(c, SphericalHarmonics.rotate(rotated, r.inverse()), 1e-11);
  }

  @Test
  void rotationsAlongAxesAreNoSpecialCase(Random random) {
    double[] c = random.doubles(SphericalHarmonics.count(DEGREE), -1, 1).toArray();
    for (double yaw : new double[] {0, 90, 180, 270}) {
      for (double pitch : new double[] {0, 90, 180, -90}) {
        Rotation r = Rotation.yawPitchRoll(yaw, pitch, 0);
        Vector3 d = direction(random);
        assertEquals(
            SphericalHarmonics.sum(c, d),
            SphericalHarmonics.sum(SphericalHarmonics.rotate(c, r), r.apply(d)),
            1e-11);
      }
    }
  }

  /** A_l is the Funk–Hecke integral 2π ∫₀¹ t P_l(t) dt of the clamped cosine. */
  @Test
  void cosineLobeIsTheFunkHeckeIntegral() {
    double[][] gauss = gaussLegendre(16);
    for (int l = 0; l <= DEGREE; l++) {
      double sum = 0;
      for (int i = 0; i < 16; i++) {
        double t = 0.5 + 0.5 * gauss[0][i];
        double before = 1;
        double here = t;
        for (int k = 1; k < l; k++) {
          double next = ((2 * k + 1) * t * here - k * before) / (k + 1);
          before = here;
          here = next;
        }
        sum += 0.5 * gauss[1][i] * t * (l == 0 ? 1 : here);
      }
      assertEquals(2 * Math.PI * sum, SphericalHarmonics.cosineLobe(l), 1e-12, "degree " + l);
    }
  }

  @Test
  void refusesDegreesBeyondTheTable() {
    assertThrows(IllegalArgumentException.class, () -> SphericalHarmonics.count(9));
    assertThrows(IllegalArgumentException.class, () -> SphericalHarmonics.count(-1));
    assertThrows(
        IllegalArgumentException.class,
        () -> SphericalHarmonics.rotate(new double[5], Rotation.IDENTITY));
  }
}
