package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.vision.FaceTopology;

@Randomized
class SourceLightTest {
  private static final float[] SKIN = {0.42f, 0.26f, 0.18f};
  private static FaceTopology topology;

  @BeforeAll
  static void read() {
    topology = Fixtures.topology();
  }

  /** What a face shows under a light: colour × shading, with noise and outliers where asked. */
  private static SkinSamples seen(
      SourceLight truth, Rotation pose, double noise, double outliers, Random random) {
    FaceSurface surface = FaceSurface.of(Fixtures.face(topology, pose, 10, 128, 128), topology, 1);
    float[] n = surface.normals();
    float[] colour = new float[3 * FaceTopology.VERTICES];
    float[] weight = new float[FaceTopology.VERTICES];
    for (int v = 0; v < weight.length; v++) {
      weight[v] = Planes.smoothstep(0.1f, 0.4f, n[3 * v + 2]);
      boolean outlier = random.nextDouble() < outliers;
      // A highlight, or a shadow that something casts.
      double spoilt = outlier ? (random.nextBoolean() ? 1.8 : 0.3) : 1;
      for (int c = 0; c < 3; c++) {
        double shade = truth.shading(c, n[3 * v], n[3 * v + 1], n[3 * v + 2]);
        colour[3 * v + c] =
            (float)
                (truth.albedo()[3 * v + c] * shade * spoilt * (1 + noise * random.nextGaussian()));
      }
    }
    return new SkinSamples(colour, n, weight, false);
  }

  private static float[] albedo(double spread, Random random) {
    float[] albedo = new float[3 * FaceTopology.VERTICES];
    for (int v = 0; v < FaceTopology.VERTICES; v++) {
      double own = 1 + spread * random.nextGaussian();
      for (int c = 0; c < 3; c++) {
        albedo[3 * v + c] = (float) (SKIN[c] * own);
      }
    }
    float[] symmetric = albedo.clone();
    for (int v = 0; v < FaceTopology.VERTICES; v++) {
      for (int c = 0; c < 3; c++) {
        symmetric[3 * v + c] = (albedo[3 * v + c] + albedo[3 * topology.mirror(v) + c]) / 2;
      }
    }
    return symmetric;
  }

  private static SourceLight light(double x, double y, double z, float[] albedo) {
    double[][] c = new double[3][SourceLight.TERMS];
    double[] tint = {1.05, 1, 0.9};
    for (int k = 0; k < 3; k++) {
      c[k][0] = tint[k];
      c[k][1] = x * tint[k];
      c[k][2] = y;
      c[k][3] = z;
      c[k][6] = 0.15 * x;
    }
    return SourceLight.of(c, albedo, false);
  }

  /** Root mean square of fitted ÷ true shading over the visible skin, 1 for no difference. */
  private static double error(SourceLight truth, SourceLight fit, List<SkinSamples> samples) {
    boolean[] skin = SkinSamples.skin(topology);
    double worst = 0;
    for (int c = 0; c < 3; c++) {
      List<double[]> pairs = new ArrayList<>();
      double mean = 0;
      for (SkinSamples s : samples) {
        float[] n = s.normals();
        for (int v = 0; v < skin.length; v++) {
          if (skin[v] && s.weight()[v] > 0.5f) {
            double a = truth.shading(c, n[3 * v], n[3 * v + 1], n[3 * v + 2]);
            double b = fit.shading(c, n[3 * v], n[3 * v + 1], n[3 * v + 2]);
            pairs.add(new double[] {a, b});
            mean += b / a;
          }
        }
      }
      // The scale cannot be known: colour times a, light divided by a.
      mean /= pairs.size();
      double sum = 0;
      for (double[] p : pairs) {
        double r = p[1] / p[0] / mean - 1;
        sum += r * r;
      }
      worst = Math.max(worst, Math.sqrt(sum / pairs.size()));
    }
    return worst;
  }

  @RepeatedTest(6)
  void findsTheLightOverSeveralPosesThroughNoiseAndOutliers(Random random) {
    SourceLight truth =
        light(
            random.nextDouble(-0.5, 0.5),
            random.nextDouble(-0.2, 0.4),
            random.nextDouble(0, 0.4),
            albedo(0.05, random));
    List<SkinSamples> samples = new ArrayList<>();
    for (double yaw : new double[] {-25, 0, 25, 0}) {
      samples.add(
          seen(
              truth, Rotation.yawPitchRoll(yaw, random.nextDouble(-12, 12), 0), 0.02, 0.1, random));
    }
    SourceLight fit = SourceLight.fit(samples, topology);
    double error = error(truth, fit, samples);
    assertTrue(error < 0.07, "relative error " + error);
  }

  @RepeatedTest(4)
  void oneFrontalFaceTellsTheRatioOfItsSides(Random random) {
    SourceLight truth = light(random.nextBoolean() ? 0.55 : -0.55, 0.1, 0.2, albedo(0.03, random));
    List<SkinSamples> samples = List.of(seen(truth, Rotation.IDENTITY, 0.02, 0.1, random));
    SourceLight fit = SourceLight.fit(samples, topology);
    float s = (float) Math.sin(Math.toRadians(50));
    float z = (float) Math.cos(Math.toRadians(50));
    for (int c = 0; c < 3; c++) {
      double expected = truth.shading(c, s, 0, z) / truth.shading(c, -s, 0, z);
      double actual = fit.shading(c, s, 0, z) / fit.shading(c, -s, 0, z);
      assertEquals(1, actual / expected, 0.15, "channel " + c + " of " + expected);
    }
  }

  @Test
  void flatLightIsFound() {
    Random random = new Random(5);
    SourceLight truth =
        SourceLight.of(SourceLight.flat(topology).coefficients(), albedo(0, random), false);
    List<SkinSamples> samples =
        List.of(
            seen(truth, Rotation.IDENTITY, 0, 0, random),
            seen(truth, Rotation.yawPitchRoll(30, 0, 0), 0, 0, random));
    SourceLight fit = SourceLight.fit(samples, topology);
    float[] n = samples.getFirst().normals();
    for (int v = 0; v < FaceTopology.VERTICES; v++) {
      for (int c = 0; c < 3; c++) {
        if (n[3 * v + 2] > 0.3f) {
          assertEquals(1, fit.shading(c, n[3 * v], n[3 * v + 1], n[3 * v + 2]), 0.01);
        }
        assertEquals(SKIN[c], fit.albedo()[3 * v + c], 0.01 * SKIN[c]);
      }
    }
  }

  @Test
  void flatIsOneEverywhere() {
    SourceLight flat = SourceLight.flat(topology);
    for (int c = 0; c < 3; c++) {
      assertEquals(1, flat.shading(c, 0, 0, 1), 2e-3);
      assertEquals(1, flat.shading(c, 0.6f, -0.8f, 0), 2e-3);
      assertEquals(1, flat.shading(c, 0, 0, -1), 2e-3);
    }
    SourceLight nobody = SourceLight.fit(List.of(), topology);
    assertEquals(1, nobody.shading(1, 1, 0, 0), 2e-3);
  }

  @RepeatedTest(3)
  void theLitSideHasShadingOneAndTheAlbedoIsSymmetric(Random random) {
    SourceLight truth = light(0.4, 0.2, 0.3, albedo(0.05, random));
    List<SkinSamples> samples =
        List.of(
            seen(truth, Rotation.yawPitchRoll(15, 5, 0), 0.02, 0.1, random),
            seen(truth, Rotation.yawPitchRoll(-20, 0, 0), 0.02, 0.1, random));
    SourceLight fit = SourceLight.fit(samples, topology);
    boolean[] skin = SkinSamples.skin(topology);
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      double weight = 0;
      for (SkinSamples s : samples) {
        float[] n = s.normals();
        for (int v = 0; v < skin.length; v++) {
          if (skin[v]) {
            double shade = fit.shading(c, n[3 * v], n[3 * v + 1], n[3 * v + 2]);
            sum += s.weight()[v] * shade * shade;
            weight += s.weight()[v] * shade;
          }
        }
      }
      assertEquals(1, sum / weight, 0.01);
      for (int v = 0; v < FaceTopology.VERTICES; v++) {
        float here = fit.albedo()[3 * v + c];
        assertEquals(here, fit.albedo()[3 * topology.mirror(v) + c], 1e-5 * here);
      }
    }
  }

  @Test
  void towardsRunsFromOneLightToTheOther() {
    Random random = new Random(9);
    SourceLight a = light(0.3, 0, 0.1, albedo(0.1, random));
    SourceLight b = light(-0.2, 0.3, 0, albedo(0.1, random));
    for (double share : new double[] {0, 0.35, 1}) {
      SourceLight m = a.towards(b, share);
      for (int k = 0; k < SourceLight.TERMS; k++) {
        assertEquals(
            (1 - share) * a.coefficients()[1][k] + share * b.coefficients()[1][k],
            m.coefficients()[1][k],
            1e-12);
      }
      for (int i = 0; i < m.albedo().length; i++) {
        assertEquals((1 - share) * a.albedo()[i] + share * b.albedo()[i], m.albedo()[i], 1e-6);
      }
    }
  }

  @Test
  void severalPeopleShareOneLightAndKeepTheirOwnSkin(Random random) {
    boolean[] skin = SkinSamples.skin(topology);
    SourceLight truth = light(0.3, 0.2, 0.4, albedo(0, random));
    List<SkinSamples> crowd = new ArrayList<>();
    double[] brightness = {1, 0.25};
    for (double yaw = -30; yaw <= 30; yaw += 15) {
      for (double share : brightness) {
        SkinSamples one = seen(truth, Rotation.yawPitchRoll(yaw, 0, 0), 0.01, 0, random);
        float[] colour = one.colour().clone();
        for (int i = 0; i < colour.length; i++) {
          colour[i] *= (float) share;
        }
        crowd.add(new SkinSamples(colour, one.normals(), one.weight(), true));
      }
    }
    SourceLight fitted = SourceLight.fit(crowd, topology);
    assertTrue(fitted.balanced());
    float[] light = fitted.tint(crowd.get(4), skin);
    float[] dark = fitted.tint(crowd.get(5), skin);
    for (int c = 0; c < 3; c++) {
      assertEquals(brightness[1], dark[c] / light[c], 0.01);
    }
    // Red over blue of the fitted skin, tinted, is that of the true skin under the true light.
    assertTrue(light[0] > light[1] && light[1] > light[2]);
  }
}
