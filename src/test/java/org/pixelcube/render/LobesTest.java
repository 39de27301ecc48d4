package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class LobesTest {
  private static final float[] WHITE = {1, 1, 1};
  private static final float[] TAN = {0.62f, 0.4f, 0.3f};
  private static final double[] COSINES = {0.02, 0.2, 0.6, 0.95, 1};

  /** A material with the masks it may be asked with. */
  private record Case(String name, Material material, float[] albedo, float roughness) {
    Case white() {
      return new Case(name + ", white", material, WHITE, roughness);
    }
  }

  private static Texture constant(float... v) {
    return Texture.constant(v);
  }

  private static List<Case> reflecting() {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case("lambert", new Material.Lambert(constant(TAN)), TAN, 1));
    for (float roughness : new float[] {0.05f, 0.2f, 0.45f, 0.8f, 1}) {
      for (float specular : new float[] {0.028f, 0.2f, 0.9f}) {
        cases.add(
            new Case(
                "glossy " + roughness + " " + specular,
                new Material.Glossy(constant(TAN), constant(roughness), specular),
                TAN,
                roughness));
      }
    }
    cases.add(
        new Case(
            "skin",
            new Material.Skin(
                constant(TAN), 0.003f, 0.002f, 0.001f, constant(0.5f), 0.5f, 0.35f, 0.028f, null),
            TAN,
            0.5f));
    return cases;
  }

  private static List<Case> hairs() {
    List<Case> cases = new ArrayList<>();
    for (float along : new float[] {0.1f, 0.3f, 0.8f}) {
      for (float around : new float[] {0.15f, 0.3f, 0.9f}) {
        cases.add(
            new Case(
                "hair " + along + " " + around,
                new Material.Hair(constant(TAN), along, around, 2, Material.Opaque.ONE),
                TAN,
                along));
      }
    }
    return cases;
  }

  private static List<Case> all() {
    List<Case> cases = new ArrayList<>(reflecting());
    cases.addAll(hairs());
    return cases;
  }

  /** A point in a frame turned at random, the shading normal that of the surface. */
  static SurfacePoint point(Material material, float[] albedo, float roughness, Random random) {
    SurfacePoint p = new SurfacePoint();
    p.shape = new Shape("test", null, material);
    double[] n = unit(random);
    double[] t = unit(random);
    double along = n[0] * t[0] + n[1] * t[1] + n[2] * t[2];
    double length = 0;
    for (int k = 0; k < 3; k++) {
      t[k] -= along * n[k];
      length += t[k] * t[k];
    }
    length = Math.sqrt(length);
    p.gx = p.nx = (float) n[0];
    p.gy = p.ny = (float) n[1];
    p.gz = p.nz = (float) n[2];
    p.tx = (float) (t[0] / length);
    p.ty = (float) (t[1] / length);
    p.tz = (float) (t[2] / length);
    p.u = 0.02f + 0.96f * random.nextFloat();
    p.v = random.nextFloat();
    p.roughness = roughness;
    System.arraycopy(albedo, 0, p.albedo, 0, 3);
    return p;
  }

  private static SurfacePoint point(Case c, Random random) {
    return point(c.material, c.albedo, c.roughness, random);
  }

  static double[] unit(Random random) {
    double z = 2 * random.nextDouble() - 1;
    double r = Math.sqrt(1 - z * z);
    double phi = 2 * Math.PI * random.nextDouble();
    return new double[] {r * Math.cos(phi), r * Math.sin(phi), z};
  }

  /**
   * A world direction from coordinates of the point's frame (tangent, normal × tangent, normal).
   */
  private static float[] world(SurfacePoint p, double x, double y, double z) {
    double bx = p.ny * p.tz - p.nz * p.ty;
    double by = p.nz * p.tx - p.nx * p.tz;
    double bz = p.nx * p.ty - p.ny * p.tx;
    return new float[] {
      (float) (x * p.tx + y * bx + z * p.nx),
      (float) (x * p.ty + y * by + z * p.ny),
      (float) (x * p.tz + y * bz + z * p.nz)
    };
  }

  /** A way out at a cosine, turned at random about the normal. */
  private static float[] out(SurfacePoint p, double cos, Random random) {
    double sin = Math.sqrt(1 - cos * cos);
    double phi = 2 * Math.PI * random.nextDouble();
    return world(p, sin * Math.cos(phi), sin * Math.sin(phi), cos);
  }

  /** χ² of drawn directions against the integrated density, in one random frame each. */
  @Test
  void directionsFollowTheDensity(Random random) {
    List<Runnable> checks = new ArrayList<>();
    for (Case c : all()) {
      for (double cos : new double[] {0.1, 0.3 + 0.69 * random.nextDouble()}) {
        for (int mask : masks(c)) {
          checks.add(() -> chiSquare(c, cos, mask, random));
        }
      }
    }
    checks.forEach(Runnable::run);
  }

  private static int[] masks(Case c) {
    return switch (c.material) {
      case Material.Glossy _, Material.Skin _ -> new int[] {Bsdf.DIFFUSE, Bsdf.SPECULAR, Bsdf.ALL};
      default -> new int[] {Bsdf.ALL};
    };
  }

  private static void chiSquare(Case c, double cos, int mask, Random random) {
    SurfacePoint p = point(c, random);
    float[] o = out(p, cos, random);
    Lobes lobes = new Lobes().prepare(p, o[0], o[1], o[2]);
    SphereBins bins =
        new SphereBins((x, y, z) -> {
          float[] w = world(p, x, y, z);
          return lobes.pdf(w[0], w[1], w[2], mask);
        });
    RandomStream stream = new RandomStream(random.nextLong());
    Bsdf.Sample sample = new Bsdf.Sample();
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      if (lobes.sample(mask, stream, sample)) {
        double bx = p.ny * p.tz - p.nz * p.ty;
        double by = p.nz * p.tx - p.nx * p.tz;
        double bz = p.nx * p.ty - p.ny * p.tx;
        bins.count(
            sample.wx * p.tx + sample.wy * p.ty + sample.wz * p.tz,
            sample.wx * bx + sample.wy * by + sample.wz * bz,
            sample.wx * p.nx + sample.wy * p.ny + sample.wz * p.nz);
      }
    }
    // Directions below the surface are absorbed, so the density may sum to less.
    assertTrue(bins.total() < 1.001, c.name + " density sums to " + bins.total());
    if (c.material instanceof Material.Hair || mask == Bsdf.DIFFUSE) {
      assertEquals(1, bins.total(), 1e-3, c.name);
    }
    bins.check(n, c.name + ", cosine " + cos + ", lobes " + mask);
  }

  /** The weight is the value over the density, both as asked for afterwards. */
  @Test
  void weightsAreValueOverDensity(Random random) {
    Bsdf.Sample sample = new Bsdf.Sample();
    float[] value = new float[3];
    for (Case c : all()) {
      for (double cos : COSINES) {
        SurfacePoint p = point(c, random);
        float[] o = out(p, cos, random);
        RandomStream stream = new RandomStream(random.nextLong());
        for (int mask : masks(c)) {
          Lobes lobes = new Lobes().prepare(p, o[0], o[1], o[2]);
          for (int i = 0; i < 200; i++) {
            if (!lobes.sample(mask, stream, sample)) {
              continue;
            }
            double length = sample.wx * sample.wx + sample.wy * sample.wy + sample.wz * sample.wz;
            assertEquals(1, length, 1e-5);
            float pdf = Bsdf.pdf(p, o[0], o[1], o[2], sample.wx, sample.wy, sample.wz, mask);
            Bsdf.eval(p, o[0], o[1], o[2], sample.wx, sample.wy, sample.wz, mask, value);
            assertEquals(sample.pdf, pdf, 2e-3 * pdf, c.name);
            for (int k = 0; k < 3; k++) {
              assertEquals(value[k], sample.weight[k] * pdf, 4e-3 * value[k] + 1e-7, c.name);
            }
          }
        }
      }
    }
  }

  /** f(o, i) = f(i, o) for everything but hair, whose scales tell root from tip. */
  @Test
  void lightMayGoEitherWay(Random random) {
    float[] there = new float[3];
    float[] back = new float[3];
    for (Case c : reflecting()) {
      for (int i = 0; i < 200; i++) {
        SurfacePoint p = point(c, random);
        double co = 0.02 + 0.98 * random.nextDouble();
        double ci = 0.02 + 0.98 * random.nextDouble();
        float[] a = out(p, co, random);
        float[] b = out(p, ci, random);
        Bsdf.eval(p, a[0], a[1], a[2], b[0], b[1], b[2], Bsdf.ALL, there);
        Bsdf.eval(p, b[0], b[1], b[2], a[0], a[1], a[2], Bsdf.ALL, back);
        for (int k = 0; k < 3; k++) {
          double f = there[k] / ci;
          assertEquals(f, back[k] / co, 1e-3 * f + 1e-6, c.name);
        }
      }
    }
  }

  /**
   * A convex body of any of these materials, albedo 1, in a furnace of radiance 1: seen over its
   * disc, where cosines are distributed as 2 cos, it is as bright as the furnace, within 0.1 %.
   */
  @Test
  void nothingIsLostInAFurnace(Random random) {
    for (Case c : reflecting()) {
      assertEquals(1, discBrightness(c.white(), random), 1e-3, c.name);
    }
    // Roughnesses between the nodes of any table.
    for (int i = 0; i < 8; i++) {
      float roughness = 0.03f + 0.97f * random.nextFloat();
      float specular = random.nextFloat();
      Material m = new Material.Glossy(constant(WHITE), constant(roughness), specular);
      Case c = new Case("glossy " + roughness + " " + specular, m, WHITE, roughness);
      assertEquals(1, discBrightness(c, random), 1e-3, c.name);
    }
  }

  private static double discBrightness(Case c, Random random) {
    return Ggx.alpha(c.roughness) < 0.2 ? drawnBrightness(c, random) : summedBrightness(c, random);
  }

  /** For sharp lobes, whose draws hardly differ in weight. */
  private static double drawnBrightness(Case c, Random random) {
    double sum = 0;
    int strata = 4000;
    int draws = 50;
    RandomStream stream = new RandomStream(random.nextLong());
    Bsdf.Sample sample = new Bsdf.Sample();
    Lobes lobes = new Lobes();
    for (int s = 0; s < strata; s++) {
      SurfacePoint p = point(c, random);
      float[] o = out(p, Math.sqrt((s + random.nextDouble()) / strata), random);
      lobes.prepare(p, o[0], o[1], o[2]);
      for (int mask : new int[] {Bsdf.DIFFUSE, Bsdf.SPECULAR}) {
        for (int i = 0; i < draws; i++) {
          if (lobes.sample(mask, stream, sample)) {
            sum += sample.weight[1];
          }
        }
      }
    }
    return sum / ((double) strata * draws);
  }

  /** For broad lobes: the value's integral over the hemisphere. */
  private static double summedBrightness(Case c, Random random) {
    double sum = 0;
    int strata = 6;
    float[] value = new float[3];
    for (int s = 0; s < strata; s++) {
      SurfacePoint p = point(c, random);
      float[] o = out(p, Math.sqrt((s + random.nextDouble()) / strata), random);
      Lobes lobes = new Lobes().prepare(p, o[0], o[1], o[2]);
      sum +=
          new SphereBins(
                  (x, y, z) -> {
                    float[] w = world(p, x, y, z);
                    lobes.eval(w[0], w[1], w[2], Bsdf.ALL, value);
                    return value[1];
                  })
              .total();
    }
    return sum / strata;
  }

  /** The same with all lobes drawn together, as a path does it. */
  @Test
  void nothingIsLostWithAllLobesTogether(Random random) {
    Case c = reflecting().getLast().white();
    RandomStream stream = new RandomStream(random.nextLong());
    Bsdf.Sample sample = new Bsdf.Sample();
    Lobes lobes = new Lobes();
    double sum = 0;
    double square = 0;
    int n = 400_000;
    for (int i = 0; i < n; i++) {
      SurfacePoint p = point(c, random);
      float[] o = out(p, Math.sqrt(random.nextDouble()), random);
      double w =
          lobes.prepare(p, o[0], o[1], o[2]).sample(Bsdf.ALL, stream, sample)
              ? sample.weight[1]
              : 0;
      sum += w;
      square += w * w;
    }
    double mean = sum / n;
    double deviation = Math.sqrt((square / n - mean * mean) / n);
    assertTrue(deviation < 2e-3, "deviation " + deviation);
    assertEquals(1, mean, 5 * deviation);
  }

  /** A fibre that absorbs nothing scatters all light, wherever it is met. */
  @Test
  void whiteHairKeepsAllLight(Random random) {
    for (Case c : hairs()) {
      Case white = c.white();
      for (int i = 0; i < 4; i++) {
        SurfacePoint p = point(white, random);
        float[] o = out(p, 2 * random.nextDouble() - 1, random);
        Lobes lobes = new Lobes().prepare(p, o[0], o[1], o[2]);
        float[] value = new float[3];
        SphereBins bins =
            new SphereBins((x, y, z) -> {
              float[] w = world(p, x, y, z);
              lobes.eval(w[0], w[1], w[2], Bsdf.ALL, value);
              return value[1];
            });
        assertEquals(1, bins.total(), 1e-3, c.name);
      }
    }
  }

  /** Darker hair keeps less, and passes more red than blue where its albedo says so. */
  @Test
  void darkHairAbsorbs(Random random) {
    float[] brown = {0.2f, 0.1f, 0.05f};
    Case c = hairs().get(4);
    SurfacePoint p = point(c.material, brown, 0.3f, random);
    p.u = 0.6f;
    float[] o = out(p, 0.9, random);
    Lobes lobes = new Lobes().prepare(p, o[0], o[1], o[2]);
    double[] sum = new double[3];
    RandomStream stream = new RandomStream(random.nextLong());
    Bsdf.Sample sample = new Bsdf.Sample();
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      if (lobes.sample(Bsdf.ALL, stream, sample)) {
        for (int k = 0; k < 3; k++) {
          sum[k] += sample.weight[k] / n;
        }
      }
    }
    assertTrue(sum[0] < 0.95 && sum[0] > 1.03 * sum[1] && sum[1] > 1.03 * sum[2], sum[0] + " red");
  }

  @Test
  void clearShellsMirrorByFresnelsLaw(Random random) {
    float eta = 1.5f;
    Material.Clear clear = new Material.Clear(eta, constant(0.9f, 0.8f, 0.7f));
    // Straight on ((n − 1)/(n + 1))²; at Brewster's angle half of Rs = ((n² − 1)/(n² + 1))².
    double brewster = Math.cos(Math.atan(eta));
    double[][] known = {
      {1, 0.04}, {brewster, Math.pow((eta * eta - 1) / (eta * eta + 1), 2) / 2}, {1e-4, 0.9993}
    };
    RandomStream stream = new RandomStream(random.nextLong());
    Bsdf.Sample sample = new Bsdf.Sample();
    for (double[] k : known) {
      SurfacePoint p = point(clear, WHITE, 0, random);
      float[] o = out(p, k[0], random);
      Lobes lobes = new Lobes().prepare(p, o[0], o[1], o[2]);
      assertEquals(k[1], lobes.mirrored(), 2e-4);
      assertEquals(Bsdf.DELTA, lobes.lobes());
      int n = 40_000;
      int mirrored = 0;
      for (int i = 0; i < n; i++) {
        assertTrue(lobes.sample(Bsdf.ALL, stream, sample));
        assertEquals(0, sample.pdf, 0);
        double same = sample.wx * o[0] + sample.wy * o[1] + sample.wz * o[2];
        double up = sample.wx * p.nx + sample.wy * p.ny + sample.wz * p.nz;
        if (up > 0) {
          mirrored++;
          assertEquals(k[0], up, 1e-5);
          assertEquals(2 * k[0] * k[0] - 1, same, 1e-5);
          assertEquals(1, sample.weight[2], 0);
        } else {
          assertEquals(-1, same, 1e-5);
          assertEquals(0.7f, sample.weight[2], 0);
        }
      }
      double deviation = Math.sqrt(n * k[1] * (1 - k[1]));
      assertEquals(n * k[1], mirrored, 5 * deviation + 2e-4 * n);
      float[] value = new float[3];
      lobes.eval(o[0], o[1], o[2], Bsdf.ALL, value);
      assertEquals(0, value[0] + value[1] + value[2], 0);
      assertFalse(lobes.sample(Bsdf.DIFFUSE | Bsdf.SPECULAR, stream, sample));
    }
  }

  /** Light comes only from where the mesh does not stand in the way. */
  @Test
  void nothingComesThroughTheSurface(Random random) {
    float[] value = new float[3];
    for (Case c : reflecting()) {
      for (int i = 0; i < 50; i++) {
        SurfacePoint p = point(c, random);
        float[] o = out(p, 0.7, random);
        float[] in = out(p, -random.nextDouble(), random);
        Bsdf.eval(p, o[0], o[1], o[2], in[0], in[1], in[2], Bsdf.ALL, value);
        assertEquals(0, value[0] + value[1] + value[2], 0);
        assertEquals(0, Bsdf.pdf(p, o[0], o[1], o[2], in[0], in[1], in[2], Bsdf.ALL), 0);
      }
    }
  }

  @Test
  void transmissionIsWhatTheCoatLeaves(Random random) {
    Case c = reflecting().getLast();
    Material.Skin m = (Material.Skin) c.material;
    for (double cos : COSINES) {
      SurfacePoint p = point(c, random);
      float[] o = out(p, cos, random);
      float t = new Lobes().prepare(p, o[0], o[1], o[2]).transmission();
      float coat =
          CoatAlbedo.coat(m.specular(), 0.5f, 0.5f * m.sharpness(), m.sharpShare(), (float) cos);
      assertEquals(1 - coat, t, 1e-4);
    }
  }
}
