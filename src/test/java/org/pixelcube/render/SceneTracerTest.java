package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class SceneTracerTest {
  private static final Material GREY = new Material.Lambert(Texture.constant(0.5f, 0.5f, 0.5f));

  private static final Camera CAMERA = Camera.portrait(16, 16, 2, 1);

  private static SceneTracer tracer(Instance... instances) {
    return new SceneTracer(new Scene(List.of(instances), CAMERA));
  }

  private static Pose pose(Random random) {
    return new Pose(
        Rotation.yawPitchRoll(
            random.nextDouble(360), random.nextDouble(360), random.nextDouble(360)),
        new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()));
  }

  private static Instance placed(TriangleMesh mesh, Material material, Pose pose) {
    return Instance.rigid(new Shape("part", mesh, material), pose, pose);
  }

  @Test
  void posedInstancesAreTheMovedMeshes(Random random) {
    List<Instance> posed = new ArrayList<>();
    List<TriangleMesh> moved = new ArrayList<>();
    for (int k = 0; k < 20; k++) {
      TriangleMesh mesh = TestMeshes.soup(random, 30, 0.7f, 0.2f);
      Pose pose = k == 0 ? Pose.IDENTITY : pose(random);
      posed.add(placed(mesh, GREY, pose));
      float[] p = new float[mesh.positions().length];
      for (int i = 0; i < p.length; i += 3) {
        Vector3 x =
            pose.point(
                new Vector3(mesh.positions()[i], mesh.positions()[i + 1], mesh.positions()[i + 2]));
        p[i] = (float) x.x();
        p[i + 1] = (float) x.y();
        p[i + 2] = (float) x.z();
      }
      moved.add(mesh.moved(p));
    }
    SceneTracer tracer = new SceneTracer(new Scene(posed, CAMERA));
    List<Bvh> hierarchies = moved.stream().map(Bvh::build).toList();
    RandomStream stream = new RandomStream(1);
    Ray ray = new Ray();
    Hit hit = new Hit();
    Hit part = new Hit();
    int hits = 0;
    for (int i = 0; i < 5000; i++) {
      float[] d = TestMeshes.direction(random);
      ray.set(
          (float) random.nextGaussian(),
          (float) random.nextGaussian(),
          (float) random.nextGaussian(),
          d[0],
          d[1],
          d[2]);
      if (i % 2 == 0) {
        ray.tMax = random.nextFloat();
      }
      float nearest = Float.POSITIVE_INFINITY;
      int instance = -1;
      for (int k = 0; k < hierarchies.size(); k++) {
        boolean met = hierarchies.get(k).intersect(ray, part);
        boolean grazed = Math.abs(Math.min(Math.min(part.u, part.v), 1 - part.u - part.v)) < 1e-4;
        if (met && part.t < nearest) {
          nearest = part.t;
          instance = grazed ? -2 : k;
        }
      }
      boolean found = tracer.intersect(ray, hit, stream);
      if (instance == -2) {
        continue;
      }
      // A ray that grazes an edge may go either way.
      if (found != (instance >= 0) || (found && hit.instance != instance)) {
        boolean grazing =
            found && Math.abs(Math.min(Math.min(hit.u, hit.v), 1 - hit.u - hit.v)) < 1e-4;
        assertTrue(grazing, "ray " + i);
        continue;
      }
      assertEquals(found, tracer.occluded(ray, stream));
      if (found) {
        hits++;
        assertEquals(nearest, hit.t, 2e-5);
        assertTrue(tracer.intersectInstance(instance, ray, part));
        assertEquals(hit.t, part.t);
        assertEquals(instance, part.instance);
      } else {
        assertFalse(hit.found());
        assertEquals(-1, hit.triangle);
      }
    }
    assertTrue(hits > 500, hits + " hits");
  }

  @Test
  void anEmptySceneIsDark() {
    SceneTracer none = tracer();
    SceneTracer hollow =
        tracer(
            Instance.still(
                new Shape(
                    "nothing", TriangleMesh.smooth(new float[0], new float[0], new int[0]), GREY)));
    RandomStream stream = new RandomStream(1);
    Ray ray = new Ray().set(0, 0, 0, 0, 0, 1);
    Hit hit = new Hit();
    for (SceneTracer tracer : List.of(none, hollow)) {
      assertFalse(tracer.intersect(ray, hit, stream));
      assertFalse(hit.found());
      assertFalse(tracer.occluded(ray, stream));
    }
  }

  /** Three sheets of opacity a: each is the first met with the probability a · (1 − a)^k. */
  @Test
  void sheetsAreMetByTheirOpacity() {
    float opacity = 0.3f;
    Material sheer = new Material.Lambert(Texture.constant(1), Texture.constant(opacity));
    SceneTracer tracer =
        tracer(
            placed(TestMeshes.square(3), sheer, Pose.IDENTITY),
            placed(
                TestMeshes.square(3), sheer, new Pose(Rotation.IDENTITY, new Vector3(0, 0, -0.1))),
            placed(
                TestMeshes.square(3), sheer, new Pose(Rotation.IDENTITY, new Vector3(0, 0, 0.1))));
    int[] order = {2, 0, 1};
    int count = 100_000;
    int[] first = new int[4];
    int blocked = 0;
    RandomStream stream = new RandomStream(7);
    Ray ray = new Ray();
    Hit hit = new Hit();
    for (int i = 0; i < count; i++) {
      ray.set(0.11f, 0.07f, 1, 0, 0, -1);
      first[tracer.intersect(ray, hit, stream) ? hit.instance : 3]++;
      ray.set(0.11f, 0.07f, 1, 0, 0, -1);
      blocked += tracer.occluded(ray, stream) ? 1 : 0;
    }
    double through = 1;
    double square = 0;
    for (int k = 0; k < 3; k++) {
      double expected = count * through * opacity;
      square += Math.pow(first[order[k]] - expected, 2) / expected;
      through *= 1 - opacity;
    }
    double expected = count * through;
    square += Math.pow(first[3] - expected, 2) / expected;
    // Chi-square of 3 degrees of freedom exceeds this with probability 1e-6.
    assertTrue(square < 30.7, "chi-square " + square);
    double deviation = Math.sqrt(count * through * (1 - through));
    assertEquals(count * (1 - through), blocked, 5 * deviation);
  }

  /** Sheets of one mesh, one behind the other, are decided one by one too. */
  @Test
  void sheetsOfOneMeshAreMetByTheirOpacity() {
    int sheets = 20;
    float opacity = 0.1f;
    float[] p = new float[9 * sheets];
    int[] triangles = new int[3 * sheets];
    for (int i = 0; i < sheets; i++) {
      float[] corners = {-1, -1, 0.01f * i, 1, -1, 0.01f * i, 0, 1, 0.01f * i};
      System.arraycopy(corners, 0, p, 9 * i, 9);
      for (int k = 0; k < 3; k++) {
        triangles[3 * i + k] = 3 * i + k;
      }
    }
    Material sheer = new Material.Lambert(Texture.constant(1), Texture.constant(opacity));
    SceneTracer tracer =
        tracer(
            placed(TriangleMesh.smooth(p, new float[6 * sheets], triangles), sheer, Pose.IDENTITY));
    int count = 100_000;
    int[] first = new int[sheets + 1];
    RandomStream stream = new RandomStream(8);
    Ray ray = new Ray();
    Hit hit = new Hit();
    for (int i = 0; i < count; i++) {
      ray.set(0, 0, -1, 0, 0, 1);
      first[tracer.intersect(ray, hit, stream) ? hit.triangle : sheets]++;
    }
    double square = 0;
    for (int k = 0; k <= sheets; k++) {
      double expected = count * Math.pow(1 - opacity, k) * (k < sheets ? opacity : 1);
      square += Math.pow(first[k] - expected, 2) / expected;
    }
    // Chi-square of 20 degrees of freedom exceeds this with probability 1e-6.
    assertTrue(square < 62.2, "chi-square " + square);
  }

  /** Slivers are held in pieces; a ray that comes by several of them is decided once. */
  @Test
  void sliversAreMetByTheirOpacity() {
    float opacity = 0.3f;
    int slivers = 40;
    float[] p = new float[9 * slivers];
    int[] triangles = new int[3 * slivers];
    for (int i = 0; i < slivers; i++) {
      float x = 0.1f * i;
      float[] corners = {x, 0, 0, x + 1, 1, 1, x + 1, 1.01f, 1};
      System.arraycopy(corners, 0, p, 9 * i, 9);
      for (int k = 0; k < 3; k++) {
        triangles[3 * i + k] = 3 * i + k;
      }
    }
    TriangleMesh mesh = TriangleMesh.smooth(p, new float[6 * slivers], triangles);
    SceneTracer solid = tracer(placed(mesh, GREY, Pose.IDENTITY));
    SceneTracer sheer =
        tracer(
            placed(
                mesh,
                new Material.Lambert(Texture.constant(1), Texture.constant(opacity)),
                Pose.IDENTITY));
    RandomStream stream = new RandomStream(9);
    Ray ray = new Ray();
    Hit hit = new Hit();
    int solids = 0;
    int seen = 0;
    int blocked = 0;
    for (int i = 0; i < 400_000; i++) {
      // Straight down on a point of a sliver: one of them lies there.
      float along = stream.nextFloat();
      float sliver = 0.1f * ((stream.nextInt() >>> 1) % slivers);
      ray.set(sliver + along, along * (1 + 0.01f * stream.nextFloat()), 2, 0, 0, -1);
      if (solid.intersect(ray, hit, stream)) {
        solids++;
        seen += sheer.intersect(ray, hit, stream) ? 1 : 0;
        blocked += sheer.occluded(ray, stream) ? 1 : 0;
      }
    }
    assertTrue(solids > 100_000, solids + " met");
    double deviation = Math.sqrt(solids * opacity * (1 - opacity));
    assertEquals(solids * opacity, seen, 5 * deviation);
    assertEquals(solids * opacity, blocked, 5 * deviation);
  }

  @Test
  void clearShellsCastNoShadow() {
    SceneTracer tracer =
        tracer(
            placed(
                TestMeshes.square(1),
                new Material.Clear(1.5f, Texture.constant(1, 1, 1)),
                Pose.IDENTITY));
    RandomStream stream = new RandomStream(1);
    Ray ray = new Ray().set(0.1f, 0.2f, 1, 0, 0, -1);
    assertFalse(tracer.occluded(ray, stream));
    assertTrue(tracer.intersect(ray, new Hit(), stream));
  }
}
