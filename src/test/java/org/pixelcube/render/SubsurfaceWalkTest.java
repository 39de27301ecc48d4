package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class SubsurfaceWalkTest {

  private static Material.Skin skin(float r, float g, float b, double millimetres) {
    float d = (float) (millimetres / 1000);
    return new Material.Skin(
        Texture.constant(r, g, b), d, d, d, Texture.constant(0.5f), 0.5f, 0.3f, 0.028f, null);
  }

  private static SceneTracer tracer(TriangleMesh mesh, Material material) {
    Camera camera = Camera.portrait(8, 8, 1, 0.3);
    return new SceneTracer(
        new Scene(List.of(Instance.still(new Shape("skin", mesh, material))), camera));
  }

  /** The first point that a ray down −Z at (x, y) meets. */
  private static SurfacePoint seen(SceneTracer tracer, float x, float y) {
    Ray ray = new Ray().set(x, y, 5, 0, 0, -1);
    Hit hit = new Hit();
    assertTrue(tracer.intersectInstance(0, ray, hit));
    SurfacePoint p = new SurfacePoint();
    p.set(tracer, ray, hit);
    return p;
  }

  /** A block of 2 m with one face at z = 0: for walks of millimetres, a half space. */
  private static TriangleMesh block() {
    float[] p = {
      -1, -1, -2, 1, -1, -2, 1, 1, -2, -1, 1, -2, -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0
    };
    int[] t = {
      4, 5, 6, 4, 6, 7, 1, 0, 3, 1, 3, 2, 0, 4, 7, 0, 7, 3, 5, 1, 2, 5, 2, 6, 7, 6, 2, 7, 2, 3, 0,
      1, 5, 0, 5, 4
    };
    return TriangleMesh.smooth(p, new float[16], t);
  }

  /** What leaves, over what got through the coat; mean distance from entry to exit. */
  private record Outcome(double[] albedo, double[] deviation, double meanDistance) {}

  private static Outcome walks(SceneTracer tracer, int n, long seed) {
    RandomStream stream = new RandomStream(seed);
    SurfacePoint entry = seen(tracer, 0.013f, 0.021f);
    SurfacePoint exit = new SurfacePoint();
    float coat = new Lobes().prepare(entry, 0, 0, 1).transmission();
    double[] sum = new double[3];
    double[] square = new double[3];
    double distance = 0;
    float[] path = new float[3];
    for (int i = 0; i < n; i++) {
      path[0] = 1;
      path[1] = 1;
      path[2] = 1;
      if (SubsurfaceWalk.walk(tracer, entry, 0, 0, 1, stream, exit, path)) {
        for (int c = 0; c < 3; c++) {
          double w = path[c] / coat;
          sum[c] += w;
          square[c] += w * w;
        }
        distance += path[1] / coat * Math.hypot(exit.px - entry.px, exit.py - entry.py);
      }
    }
    double[] deviation = new double[3];
    for (int c = 0; c < 3; c++) {
      double mean = sum[c] / n;
      deviation[c] = Math.sqrt((square[c] / n - mean * mean) / n);
      sum[c] = mean;
    }
    return new Outcome(sum, deviation, distance / n / sum[1]);
  }

  /** The albedo of a half space is the one asked for, up to the error of the closed form. */
  @Test
  void halfSpaceHasTheAlbedoAskedFor(Random random) {
    float[][] albedos = {{0.1f, 0.3f, 0.5f}, {0.7f, 0.4f, 0.2f}, {0.8f, 0.6f, 0.9f}};
    for (float[] a : albedos) {
      SceneTracer tracer = tracer(block(), skin(a[0], a[1], a[2], 1));
      Outcome o = walks(tracer, 50_000, random.nextLong());
      for (int c = 0; c < 3; c++) {
        assertEquals(a[c], o.albedo[c], 0.005 + 4 * o.deviation[c]);
      }
    }
  }

  /** Each channel may have its own distance; the albedo stays. */
  @Test
  void channelsShareAWalk(Random random) {
    Material m =
        new Material.Skin(
            Texture.constant(0.7f, 0.45f, 0.35f),
            0.004f,
            0.0015f,
            0.0008f,
            Texture.constant(0.5f),
            0.5f,
            0.3f,
            0.028f,
            null);
    Outcome o = walks(tracer(block(), m), 60_000, random.nextLong());
    assertEquals(0.7, o.albedo[0], 0.005 + 4 * o.deviation[0]);
    assertEquals(0.45, o.albedo[1], 0.005 + 4 * o.deviation[1]);
    assertEquals(0.35, o.albedo[2], 0.005 + 4 * o.deviation[2]);
    assertTrue(o.deviation[0] < 0.008 && o.deviation[2] < 0.008, "noise " + o.deviation[2]);
  }

  /**
   * Light comes out farther away in proportion to the distance asked for. The profile that the fits
   * are made for (Burley 2015) has its mean at 2.5 of them.
   */
  @Test
  void lightWandersAsFarAsAsked(Random random) {
    for (float a : new float[] {0.4f, 0.7f}) {
      double[] mean = new double[2];
      for (int k = 0; k < 2; k++) {
        SceneTracer tracer = tracer(block(), skin(a, a, a, k == 0 ? 1 : 3));
        mean[k] = walks(tracer, 40_000, random.nextLong()).meanDistance;
      }
      assertEquals(3, mean[1] / mean[0], 0.12);
      assertEquals(2.5e-3, mean[0], 0.4e-3);
    }
  }

  /**
   * White skin in a furnace: what enters leaves, from every point, with weight 1, however long it
   * takes. The ball's radius is about a hundred free paths.
   */
  @Test
  void whiteSphereLosesNothing(Random random) {
    SceneTracer tracer = tracer(Shapes.sphere(0, 0, 0, 0.1, 24), skin(1, 1, 1, 1));
    RandomStream stream = new RandomStream(random.nextLong());
    SurfacePoint exit = new SurfacePoint();
    float[] path = new float[3];
    Lobes lobes = new Lobes();
    Bsdf.Sample sample = new Bsdf.Sample();
    double sum = 0;
    int n = 20_000;
    double[] centre = new double[3];
    for (int i = 0; i < n; i++) {
      double r = 0.099 * Math.sqrt(random.nextDouble());
      double phi = 2 * Math.PI * random.nextDouble();
      SurfacePoint entry = seen(tracer, (float) (r * Math.cos(phi)), (float) (r * Math.sin(phi)));
      path[0] = 1;
      path[1] = 1;
      path[2] = 1;
      lobes.prepare(entry, 0, 0, 1);
      assertTrue(SubsurfaceWalk.walk(tracer, entry, 0, 0, 1, stream, exit, path));
      assertEquals(lobes.transmission(), path[1], 1e-4);
      assertFalse(exit.inside);
      // Normals point out of the sphere.
      assertTrue(exit.gx * exit.px + exit.gy * exit.py + exit.gz * exit.pz > 0.09);
      assertTrue(exit.nx * exit.px + exit.ny * exit.py + exit.nz * exit.pz > 0.09);
      centre[0] += exit.px / n;
      sum += path[1] + (lobes.sample(Bsdf.SPECULAR, stream, sample) ? sample.weight[1] : 0);
    }
    assertEquals(1, sum / n, 1e-3);
    assertEquals(0, centre[0], 2e-3);
  }

  @Test
  void lightThatLeavesThroughAHoleIsLost(Random random) {
    // One face alone: nothing is met from below but that face.
    SceneTracer tracer = tracer(TestMeshes.square(1), skin(0.8f, 0.8f, 0.8f, 300));
    RandomStream stream = new RandomStream(random.nextLong());
    SurfacePoint entry = seen(tracer, 0.1f, 0.05f);
    SurfacePoint exit = new SurfacePoint();
    int left = 0;
    for (int i = 0; i < 2000; i++) {
      float[] path = {1, 1, 1};
      if (SubsurfaceWalk.walk(tracer, entry, 0, 0, 1, stream, exit, path)) {
        left++;
        assertTrue(Math.abs(exit.px) <= 0.5 && Math.abs(exit.py) <= 0.5);
      }
    }
    assertTrue(left > 20 && left < 1500, left + " of 2000 found the face");
  }

  /** The closed form against van de Hulst's albedo, which it inverts. */
  @Test
  void albedoIsInverted(Random random) {
    for (int i = 0; i <= 100; i++) {
      double a = i / 100.0;
      double s = Math.sqrt(1 - SubsurfaceWalk.scatteringAlbedo((float) a));
      assertEquals(a, (1 - s) * (1 - 0.139 * s) / (1 + 1.17 * s), 1e-3);
    }
    assertEquals(1, SubsurfaceWalk.scatteringAlbedo(1), 1e-6);
    assertEquals(0, SubsurfaceWalk.scatteringAlbedo(0), 1e-4);
    assertEquals(0, SubsurfaceWalk.scatteringAlbedo(-1), 1e-4);
    assertEquals(
        1 / (0.002 * (1.9 - 0.5 + 3.5 * 0.09)), SubsurfaceWalk.extinction(0.5f, 0.002f), 0.1);
  }

  /** Points that a turned and shifted instance gives are in world space. */
  @Test
  void walksFollowThePose(Random random) {
    TriangleMesh mesh = Shapes.sphere(0, 0, 0, 0.1, 24);
    Vector3 away = new Vector3(0.3, -0.2, 0.1);
    Pose pose = new Pose(Rotation.yawPitchRoll(30, 20, 10), away);
    Shape shape = new Shape("skin", mesh, skin(0.6f, 0.6f, 0.6f, 3));
    SceneTracer tracer =
        new SceneTracer(
            new Scene(
                List.of(Instance.still(shape), Instance.rigid(shape, pose, pose)),
                Camera.portrait(8, 8, 1, 0.3)));
    Ray ray = new Ray().set(0.31f, -0.21f, 5, 0, 0, -1);
    Hit hit = new Hit();
    RandomStream stream = new RandomStream(random.nextLong());
    assertTrue(tracer.intersect(ray, hit, stream));
    SurfacePoint entry = new SurfacePoint();
    entry.set(tracer, ray, hit);
    assertEquals(1, entry.instance);
    SurfacePoint exit = new SurfacePoint();
    int left = 0;
    for (int i = 0; i < 1000; i++) {
      if (SubsurfaceWalk.walk(tracer, entry, 0, 0, 1, stream, exit, new float[] {1, 1, 1})) {
        left++;
        double radius = new Vector3(exit.px, exit.py, exit.pz).minus(away).length();
        assertEquals(0.1, radius, 1e-3);
      }
    }
    assertTrue(left > 500, left + " of 1000");
  }
}
