package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class HairFibreTest {
  private static final float[] ALBEDO = {0.6f, 0.2f, 0.03f};

  /** Standard deviation of a cell of 144. */
  private static Material.Hair hair(float along, float around) {
    return new Material.Hair(Texture.constant(ALBEDO), along, around, 2, Material.Opaque.ONE);
  }

  /** The model of Chiang et al. at every place across the width in turn, in doubles. */
  private static double naive(
      Material.Hair hair, double albedo, double sinO, double sinI, double phi) {
    double m = hair.longitudinalRoughness();
    double n = hair.azimuthalRoughness();
    double base = 0.726 * m + 0.812 * m * m + 3.7 * Math.pow(m, 20);
    double[] v = {base * base, base * base / 4, 4 * base * base};
    double s = Math.sqrt(Math.PI / 8) * (0.265 * n + 1.194 * n * n + 5.372 * Math.pow(n, 22));
    double divisor =
        5.969
            - 0.215 * n
            + 2.532 * n * n
            - 10.73 * n * n * n
            + 5.574 * Math.pow(n, 4)
            + 0.245 * Math.pow(n, 5);
    double sigma = Math.pow(Math.log(albedo) / divisor, 2);
    double thetaO = Math.asin(sinO);
    double thetaI = Math.asin(sinI);
    double tilt = Math.toRadians(hair.tiltDegrees());
    double[] leaning = {thetaO - 2 * tilt, thetaO + tilt, thetaO + 4 * tilt};
    double[] along = new double[3];
    for (int p = 0; p < 3; p++) {
      along[p] = longitudinal(v[p], leaning[p], thetaI);
    }
    double eta = HairFibre.INDEX;
    double sum = 0;
    int steps = 400;
    for (int k = 0; k < steps; k++) {
      double h = -1 + 2 * (k + 0.5) / steps;
      double modified = Math.sqrt(eta * eta - sinO * sinO) / Math.cos(thetaO);
      double gammaO = Math.asin(h);
      double gammaT = Math.asin(h / modified);
      double f = Fresnel.dielectric((float) (Math.cos(thetaO) * Math.cos(gammaO)), (float) eta);
      double passed =
          Math.exp(-sigma * 2 * Math.cos(gammaT) / Math.sqrt(1 - sinO * sinO / (eta * eta)));
      double in = (1 - f) * (1 - f);
      double rest = in * Math.pow(passed, 3) * f * f / (1 - passed * f);
      sum +=
          f * along[0] * azimuthal(s, phi + 2 * gammaO)
              + in * passed * along[1] * azimuthal(s, phi + 2 * gammaO - 2 * gammaT - Math.PI)
              + in * passed * passed * f * along[2] * azimuthal(s, phi + 2 * gammaO - 4 * gammaT)
              + rest * along[2] / (2 * Math.PI);
    }
    return sum / steps;
  }

  private static double longitudinal(double v, double thetaO, double thetaI) {
    // I₀ as the mean of exp(x cos t), the large factors taken together.
    double a = Math.cos(thetaO) * Math.cos(thetaI) / v;
    double b = Math.sin(thetaO) * Math.sin(thetaI) / v;
    double sum = 0;
    for (int k = 0; k < 200; k++) {
      sum += Math.exp(a * Math.cos(Math.PI * (k + 0.5) / 200) - b - 1 / v);
    }
    return sum / 200 / (v * (1 - Math.exp(-2 / v)));
  }

  private static double azimuthal(double s, double difference) {
    double x = Math.abs(Math.IEEEremainder(difference, 2 * Math.PI));
    double low = 1 / (1 + Math.exp(Math.PI / s));
    double e = Math.exp(-x / s);
    return e / (s * (1 + e) * (1 + e) * (1 - 2 * low));
  }

  /** Within 2 % of the value and 0.3 % of the strongest. */
  @Test
  void isTheMeanOverTheWidth(Random random) {
    float[] value = new float[3];
    for (float around : new float[] {0.28f, 0.5f}) {
      Material.Hair hair = hair(0.3f, around);
      for (int i = 0; i < 30; i++) {
        float sinO = 1.9f * random.nextFloat() - 0.95f;
        HairFibre fibre = new HairFibre();
        fibre.prepare(hair, ALBEDO, sinO);
        for (int k = 0; k < 30; k++) {
          float sinI = Math.clamp(-sinO + 0.4f * (float) random.nextGaussian(), -0.99f, 0.99f);
          double phi = Math.PI * (2 * random.nextDouble() - 1);
          fibre.eval(sinI, (float) Math.cos(phi), value);
          for (int c = 0; c < 3; c++) {
            double expected = naive(hair, ALBEDO[c], sinO, sinI, phi);
            assertEquals(expected, value[c], 0.02 * expected + 0.003, "around " + around);
          }
        }
      }
    }
  }

  /** White hair keeps no light. */
  @Test
  void allLightIsShared(Random random) {
    HairFibre fibre = new HairFibre();
    float[] value = new float[3];
    for (float along : new float[] {0.1f, 0.3f, 0.8f}) {
      for (int i = 0; i < 4; i++) {
        fibre.prepare(hair(along, 0.3f), new float[] {1, 1, 1}, 2 * random.nextFloat() - 1);
        SphereBins bins =
            new SphereBins((x, y, z) -> {
              fibre.eval((float) z, (float) (x / Math.max(Math.hypot(x, y), 1e-9)), value);
              return value[1];
            });
        assertEquals(1, bins.total(), 1e-3);
      }
    }
  }

  @Test
  void tablesAreSharedByEqualMaterials() {
    assertSame(FibreTables.of(hair(0.3f, 0.4f)), FibreTables.of(hair(0.3f, 0.4f)));
  }

  /** The exponential of the hot loops against the library's. */
  @Test
  void fastExponential(Random random) {
    for (int i = 0; i < 10_000; i++) {
      float x = 0.5f - 80 * random.nextFloat();
      assertEquals(1, HairFibre.exp(x) / Math.exp(x), 1e-6);
    }
    assertEquals(0, HairFibre.exp(-1000), 0);
    assertEquals(1, HairFibre.exp(0), 0);
  }

  @Test
  void azimuthsLieAmongTheNodes(Random random) {
    for (int i = 0; i < 10_000; i++) {
      double phi = Math.PI * random.nextDouble();
      float x = AzimuthalTable.position((float) Math.cos(phi));
      assertEquals(phi * AzimuthalTable.NODES_PER_RADIAN, x, 0.01);
    }
    assertEquals(0, AzimuthalTable.position(1.0000001f), 0);
    assertEquals(AzimuthalTable.NODES - 1, AzimuthalTable.position(-1.0000001f), 0);
  }
}
