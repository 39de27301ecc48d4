package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.config.UserError;

@Randomized
class BvhTest {
  /** What every triangle in turn says, in doubles (Möller and Trumbore, 1997). */
  private record Naive(int triangle, double t, double u, double v, boolean doubtful) {

    static Naive trace(TriangleMesh mesh, Ray ray) {
      int best = -1;
      double bestT = ray.tMax;
      double bestU = 0;
      double bestV = 0;
      boolean doubtful = false;
      float[] p = mesh.positions();
      for (int i = 0; i < mesh.triangleCount(); i++) {
        int a = 3 * mesh.triangles()[3 * i];
        int b = 3 * mesh.triangles()[3 * i + 1];
        int c = 3 * mesh.triangles()[3 * i + 2];
        double[] e1 = {
          p[b] - (double) p[a], p[b + 1] - (double) p[a + 1], p[b + 2] - (double) p[a + 2]
        };
        double[] e2 = {
          p[c] - (double) p[a], p[c + 1] - (double) p[a + 1], p[c + 2] - (double) p[a + 2]
        };
        double[] d = {ray.dx, ray.dy, ray.dz};
        double[] s = {
          ray.ox - (double) p[a], ray.oy - (double) p[a + 1], ray.oz - (double) p[a + 2]
        };
        double[] q = cross(d, e2);
        double det = dot(e1, q);
        double area = Math.sqrt(dot(cross(e1, e2), cross(e1, e2)));
        if (area == 0) {
          continue;
        }
        double u = dot(s, q) / det;
        double[] r = cross(s, e1);
        double v = dot(d, r) / det;
        double t = dot(e2, r) / det;
        double least = Math.min(Math.min(u, v), 1 - u - v);
        double margin = 1e-5 / Math.min(1, Math.abs(det) / area);
        boolean near = t > ray.tMin - margin * (Math.abs(t) + 1e-30) && t <= bestT;
        if (near && Math.abs(least) < margin) {
          doubtful = true;
        }
        if (least >= 0 && t > ray.tMin && t < bestT) {
          best = i;
          bestT = t;
          bestU = u;
          bestV = v;
        }
      }
      return new Naive(best, bestT, bestU, bestV, doubtful);
    }

    private static double[] cross(double[] a, double[] b) {
      return new double[] {
        a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
      };
    }

    private static double dot(double[] a, double[] b) {
      return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }
  }

  private static void agrees(TriangleMesh mesh, Bvh bvh, Random random, float size, int rays) {
    Ray ray = new Ray();
    Hit hit = new Hit();
    int doubtful = 0;
    int hits = 0;
    for (int i = 0; i < rays; i++) {
      float[] d = TestMeshes.direction(random);
      float ox = size * random.nextFloat(-0.5f, 1.5f);
      float oy = size * random.nextFloat(-0.5f, 1.5f);
      float oz = size * random.nextFloat(-0.5f, 1.5f);
      ray.set(ox, oy, oz, d[0], d[1], d[2]);
      if (i % 3 == 1) {
        ray.tMax = size * random.nextFloat();
      } else if (i % 3 == 2) {
        ray.tMin = size * 0.5f * random.nextFloat();
      }
      Naive naive = Naive.trace(mesh, ray);
      if (naive.doubtful) {
        doubtful++;
        continue;
      }
      hit.clear();
      boolean found = bvh.intersect(ray, hit);
      assertEquals(naive.triangle >= 0, found, () -> "ray " + d[0] + " " + d[1] + " " + d[2]);
      assertEquals(found, bvh.occluded(ray));
      assertEquals(naive.triangle, hit.triangle);
      if (found) {
        hits++;
        assertEquals(naive.t, hit.t, 1e-4 * (size + naive.t));
        assertEquals(naive.u, hit.u, 2e-2);
        assertEquals(naive.v, hit.v, 2e-2);
      }
    }
    assertTrue(doubtful < rays / 5, doubtful + " doubtful");
    assertTrue(hits > 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 9, 60, 700})
  void equalsBruteForce(int count) {
    Random random = new Random(count);
    for (float size : new float[] {1, 1e-4f, 1e5f}) {
      float edge = size * (count < 20 ? 0.5f : 0.1f);
      TriangleMesh mesh = TestMeshes.soup(random, count, size, edge);
      agrees(mesh, Bvh.build(mesh), random, size, 600);
    }
  }

  @Test
  void equalsBruteForceOnLongThinTriangles(Random random) {
    int count = 500;
    float[] p = new float[9 * count];
    int[] triangles = new int[3 * count];
    for (int i = 0; i < count; i++) {
      float[] d = TestMeshes.direction(random);
      for (int c = 0; c < 3; c++) {
        p[9 * i + c] = random.nextFloat();
        p[9 * i + 3 + c] = p[9 * i + c] + 0.7f * d[c];
        p[9 * i + 6 + c] = p[9 * i + c] + 0.02f * random.nextFloat();
        triangles[3 * i + c] = 3 * i + c;
      }
    }
    TriangleMesh mesh = TriangleMesh.smooth(p, new float[6 * count], triangles);
    agrees(mesh, Bvh.build(mesh), random, 1, 1500);
  }

  @Test
  void coincidentTrianglesAreMetOnce(Random random) {
    TriangleMesh one = TestMeshes.soup(random, 1, 1, 0.5f);
    int[] triangles = new int[3 * 1000];
    for (int i = 0; i < triangles.length; i++) {
      triangles[i] = i % 3;
    }
    TriangleMesh many = new TriangleMesh(one.positions(), one.normals(), one.uvs(), triangles);
    Bvh a = Bvh.build(one);
    Bvh b = Bvh.build(many);
    Ray ray = new Ray();
    Hit first = new Hit();
    Hit second = new Hit();
    for (int i = 0; i < 1000; i++) {
      float[] d = TestMeshes.direction(random);
      ray.set(0, 0, 0, d[0], d[1], d[2]);
      assertEquals(a.intersect(ray, first), b.intersect(ray, second));
      assertEquals(first.t, second.t);
    }
  }

  @Test
  void aClosedMeshLeaksNowhere(Random random) {
    TriangleMesh mesh = TestMeshes.sphere(0.1f, 60, 30);
    Bvh bvh = Bvh.build(mesh);
    float[] p = mesh.positions();
    Ray ray = new Ray();
    Hit hit = new Hit();
    for (int i = 0; i < 50_000; i++) {
      // At a vertex, or at a point of an edge.
      int t = 3 * random.nextInt(mesh.triangleCount());
      int a = 3 * mesh.triangles()[t];
      int b = 3 * mesh.triangles()[t + 1];
      float f = i % 2 == 0 ? 0 : random.nextFloat();
      float ox = 0.05f * random.nextFloat();
      float oy = 0.05f * random.nextFloat();
      float oz = 0.05f * random.nextFloat();
      float dx = p[a] + f * (p[b] - p[a]) - ox;
      float dy = p[a + 1] + f * (p[b + 1] - p[a + 1]) - oy;
      float dz = p[a + 2] + f * (p[b + 2] - p[a + 2]) - oz;
      float l = (float) Math.sqrt(dx * dx + dy * dy + dz * dz);
      ray.set(ox, oy, oz, dx / l, dy / l, dz / l);
      assertTrue(bvh.intersect(ray, hit));
      assertTrue(bvh.occluded(ray));
      assertEquals(l, hit.t, 1e-6);
    }
  }

  @Test
  void refitEqualsRebuild(Random random) {
    TriangleMesh before = TestMeshes.sphere(1, 30, 20);
    float[] p = before.positions().clone();
    for (int i = 0; i < p.length; i++) {
      p[i] += 0.3f * (float) Math.sin(5 * p[(i + 1) % 3 + i / 3 * 3]);
    }
    TriangleMesh after = before.moved(p);
    Bvh original = Bvh.build(before);
    Bvh refit = original.refit(after);
    Bvh rebuilt = Bvh.build(after);
    Ray ray = new Ray();
    Hit a = new Hit();
    Hit b = new Hit();
    for (int i = 0; i < 20_000; i++) {
      float[] o = TestMeshes.direction(random);
      float[] d = TestMeshes.direction(random);
      ray.set(0.5f * o[0], 2 * o[1], o[2], d[0], d[1], d[2]);
      a.clear();
      b.clear();
      assertEquals(refit.intersect(ray, a), rebuilt.intersect(ray, b));
      assertEquals(b.t, a.t);
      assertEquals(refit.occluded(ray), rebuilt.occluded(ray));
    }
    agrees(before, original, random, 1, 500);
  }

  @Test
  void raysAlongTheAxes() {
    TriangleMesh mesh = TestMeshes.square(8);
    Bvh bvh = Bvh.build(mesh);
    Ray ray = new Ray();
    Hit hit = new Hit();
    for (int i = 0; i <= 32; i++) {
      for (int j = 0; j <= 32; j++) {
        // Cell insides, edges and corners, the square's own border too.
        ray.set(i / 32f - 0.5f, j / 32f - 0.5f, 2, 0, 0, -1);
        assertTrue(bvh.intersect(ray, hit), i + " " + j);
        assertEquals(2, hit.t);
        ray.set(i / 32f - 0.5f, j / 32f - 0.5f, 2, -0f, -0f, -1);
        assertTrue(bvh.intersect(ray, hit), i + " " + j);
        ray.set(i / 32f - 0.5f, j / 32f - 0.5f, 2, 0, 0, 1);
        assertFalse(bvh.intersect(ray, hit));
        assertFalse(bvh.occluded(ray));
      }
    }
    // Beside it, and in its plane: a plane seen edge on has no width.
    ray.set(0.75f, 0, 2, 0, 0, -1);
    assertFalse(bvh.intersect(ray, hit));
    ray.set(-2, 0.1f, 0, 1, 0, 0);
    assertFalse(bvh.intersect(ray, hit));
    ray.set(0, 0, 0, 0, 1, 0);
    assertFalse(bvh.intersect(ray, hit));
    ray.set(-2, 0.1f, 1e-3f, 1, 0, 0);
    assertFalse(bvh.intersect(ray, hit));
  }

  @Test
  void theIntervalIsOpen() {
    Bvh bvh = Bvh.build(TestMeshes.square(1));
    Ray ray = new Ray().set(0.1f, 0.2f, 1, 0, 0, -1);
    Hit hit = new Hit();
    ray.tMin = 1;
    assertFalse(bvh.intersect(ray, hit));
    ray.tMin = Math.nextDown(1f);
    assertTrue(bvh.intersect(ray, hit));
    ray.tMin = 0;
    ray.tMax = 1;
    assertFalse(bvh.intersect(ray, hit));
    assertFalse(bvh.occluded(ray));
    ray.tMax = Math.nextUp(1f);
    assertTrue(bvh.intersect(ray, hit));
    assertTrue(bvh.occluded(ray));
  }

  @Test
  void degenerateTrianglesAreNeverMet(Random random) {
    float[] p = {0, 0, 0, 1, 1, 1, 2, 2, 2, -1, -1, 0, 1, -1, 0, 0, 1, 0};
    int[] triangles = {0, 1, 2, 0, 0, 0, 1, 1, 2, 3, 4, 5};
    Bvh flat =
        Bvh.build(TriangleMesh.smooth(p, new float[12], new int[] {0, 1, 2, 0, 0, 0, 1, 1, 2}));
    Bvh mixed = Bvh.build(TriangleMesh.smooth(p, new float[12], triangles));
    Ray ray = new Ray();
    Hit hit = new Hit();
    for (int i = 0; i < 2000; i++) {
      float[] d = TestMeshes.direction(random);
      ray.set(-d[0], -d[1], -d[2], d[0], d[1], d[2]);
      assertFalse(flat.intersect(ray, hit));
      assertFalse(flat.occluded(ray));
      if (mixed.intersect(ray, hit)) {
        assertEquals(3, hit.triangle);
      }
    }
    ray.set(0, 0, 1, 0, 0, -1);
    assertTrue(mixed.intersect(ray, hit));
  }

  @Test
  void anEmptyMeshIsNeverMet() {
    Bvh bvh = Bvh.build(TriangleMesh.smooth(new float[0], new float[0], new int[0]));
    Ray ray = new Ray().set(0, 0, 0, 0, 0, 1);
    assertFalse(bvh.intersect(ray, new Hit()));
    assertFalse(bvh.occluded(ray));
  }

  @Test
  void aMeshWithoutNumbersIsRejectedAndHarmless() {
    float[] p = {0, 0, 0, Float.NaN, 0, 0, 0, 1, 0, Float.POSITIVE_INFINITY, 0, 0};
    TriangleMesh mesh = TriangleMesh.smooth(p, new float[8], new int[] {0, 1, 2, 0, 2, 3});
    UserError error = assertThrows(UserError.class, () -> mesh.checked("head.obj"));
    assertTrue(error.getMessage().contains("vertex 1"), error.getMessage());
    Ray ray = new Ray().set(0.1f, 0.1f, 1, 0, 0, -1);
    assertFalse(Bvh.build(mesh).intersect(ray, new Hit()));
  }
}
