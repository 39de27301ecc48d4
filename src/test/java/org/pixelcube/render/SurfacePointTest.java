package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class SurfacePointTest {
  private static final Material WHITE = new Material.Lambert(Texture.constant(1, 1, 1));

  private final Ray ray = new Ray();
  private final Hit hit = new Hit();
  private final SurfacePoint point = new SurfacePoint();

  private static SceneTracer tracer(TriangleMesh mesh, Material material, Pose pose) {
    Shape shape = new Shape("part", mesh, material);
    return new SceneTracer(
        new Scene(List.of(Instance.rigid(shape, pose, pose)), Camera.portrait(16, 16, 2, 1)));
  }

  private static Pose pose(Random random, double reach) {
    return new Pose(
        Rotation.yawPitchRoll(
            random.nextDouble(360), random.nextDouble(360), random.nextDouble(360)),
        new Vector3(
            reach * random.nextGaussian(),
            reach * random.nextGaussian(),
            reach * random.nextGaussian()));
  }

  private boolean meet(SceneTracer tracer) {
    boolean met = tracer.intersect(ray, hit, new RandomStream(1));
    if (met) {
      point.set(tracer, ray, hit);
    }
    return met;
  }

  private static double dot(float ax, float ay, float az, double bx, double by, double bz) {
    return ax * bx + ay * by + az * bz;
  }

  @Test
  void aSphereSeenFromOutsideAndInside(Random random) {
    for (int i = 0; i < 8; i++) {
      Pose pose = i == 0 ? Pose.IDENTITY : pose(random, 0.5);
      SceneTracer tracer = tracer(TestMeshes.sphere(0.1f, 64, 32), WHITE, pose);
      Vector3 centre = pose.translation();
      for (int k = 0; k < 300; k++) {
        float[] o = TestMeshes.direction(random);
        float[] d = TestMeshes.direction(random);
        boolean within = k % 2 == 0;
        float far = within ? 0.05f : 0.3f;
        if (!within) {
          for (int c = 0; c < 3; c++) {
            d[c] = -o[c];
          }
        }
        ray.set(
            (float) centre.x() + far * o[0],
            (float) centre.y() + far * o[1],
            (float) centre.z() + far * o[2],
            d[0],
            d[1],
            d[2]);
        assertTrue(meet(tracer));
        assertEquals(within, point.inside);
        assertEquals(ray.ox + hit.t * ray.dx, point.px, 1e-6);
        assertEquals(ray.oy + hit.t * ray.dy, point.py, 1e-6);
        assertEquals(ray.oz + hit.t * ray.dz, point.pz, 1e-6);
        double nx = (point.px - centre.x()) / 0.1 * (within ? -1 : 1);
        double ny = (point.py - centre.y()) / 0.1 * (within ? -1 : 1);
        double nz = (point.pz - centre.z()) / 0.1 * (within ? -1 : 1);
        assertTrue(dot(point.nx, point.ny, point.nz, nx, ny, nz) > 0.994);
        assertTrue(dot(point.gx, point.gy, point.gz, nx, ny, nz) > 0.99);
        assertTrue(dot(point.gx, point.gy, point.gz, ray.dx, ray.dy, ray.dz) < 0);
        assertTrue(dot(point.nx, point.ny, point.nz, ray.dx, ray.dy, ray.dz) < 0);
        assertEquals(0, dot(point.tx, point.ty, point.tz, point.nx, point.ny, point.nz), 1e-6);
        assertEquals(1, dot(point.tx, point.ty, point.tz, point.tx, point.ty, point.tz), 1e-6);
        // u grows counter-clockwise around +Y of the sphere.
        Vector3 local = pose.local(new Vector3(point.px, point.py, point.pz));
        if (Math.hypot(local.x(), local.z()) > 0.02) {
          Vector3 along = pose.rotation().apply(new Vector3(local.z(), 0, -local.x()).normalized());
          assertTrue(dot(point.tx, point.ty, point.tz, along.x(), along.y(), along.z()) > 0.95);
        }
      }
    }
  }

  /** Rays that leave a convex surface outwards meet nothing; those that go in meet the far side. */
  @Test
  void spawnedRaysNeverMeetTheirOwnTriangle(Random random) {
    for (double reach : new double[] {0, 0.3, 5}) {
      for (float radius : new float[] {1e-3f, 0.1f, 10}) {
        Pose pose = reach == 0 ? Pose.IDENTITY : pose(random, reach);
        SceneTracer tracer = tracer(TestMeshes.sphere(radius, 96, 48), WHITE, pose);
        RandomStream stream = new RandomStream(3);
        Ray out = new Ray();
        Hit next = new Hit();
        for (int i = 0; i < 4000; i++) {
          float[] o = TestMeshes.direction(random);
          ray.set(
              (float) pose.translation().x() + 3 * radius * o[0],
              (float) pose.translation().y() + 3 * radius * o[1],
              (float) pose.translation().z() + 3 * radius * o[2],
              -o[0],
              -o[1],
              -o[2]);
          assertTrue(meet(tracer));
          float[] d = TestMeshes.direction(random);
          double cosine = dot(point.gx, point.gy, point.gz, d[0], d[1], d[2]);
          if (Math.abs(cosine) < 1e-3) {
            continue;
          }
          point.spawn(d[0], d[1], d[2], out);
          boolean met = tracer.intersect(out, next, stream);
          if (cosine > 0) {
            assertFalse(met, "met triangle " + next.triangle + " from " + hit.triangle);
          } else {
            assertTrue(met);
            assertTrue(next.triangle != hit.triangle);
          }
          // The step is small against what is seen.
          double step =
              Math.sqrt(
                  Math.pow(out.ox - point.px, 2)
                      + Math.pow(out.oy - point.py, 2)
                      + Math.pow(out.oz - point.pz, 2));
          double far = radius + pose.translation().length();
          assertTrue(step > 0 && step < 3e-5 * far, step + " of " + far);
        }
      }
    }
  }

  @Test
  void texturesAreReadAtThePoint() {
    Image ramp = Image.data(32, 32, 3, new float[3 * 32 * 32]);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        ramp.samples()[y * 32 + x] = (x + 0.5f) / 32;
        ramp.samples()[1024 + y * 32 + x] = 1 - (y + 0.5f) / 32;
        ramp.samples()[2048 + y * 32 + x] = 0.25f;
      }
    }
    Texture texture = Texture.of(ramp);
    Material[] materials = {
      new Material.Lambert(texture),
      new Material.Glossy(texture, Texture.constant(0.4f), 0.04f),
      new Material.Skin(
          texture, 1e-3f, 1e-3f, 1e-3f, Texture.constant(0.4f), 0.5f, 0.5f, 0.028f, null),
      new Material.Hair(texture, 0.4f, 0.3f, 2, Material.Opaque.ONE),
      new Material.Clear(1.5f, texture)
    };
    float[] roughness = {1, 0.4f, 0.4f, 0.4f, 0};
    for (int k = 0; k < materials.length; k++) {
      SceneTracer tracer = tracer(TestMeshes.square(5), materials[k], Pose.IDENTITY);
      ray.set(0.2f, -0.1f, 1, 0, 0, -1);
      assertTrue(meet(tracer));
      assertEquals(0.7f, point.u, 1e-6);
      assertEquals(0.4f, point.v, 1e-6);
      assertArrayEquals(new float[] {0.7f, 0.4f, 0.25f}, point.albedo, 1e-5f);
      assertEquals(roughness[k], point.roughness);
    }
    SceneTracer grey =
        tracer(TestMeshes.square(1), new Material.Lambert(Texture.constant(0.3f)), Pose.IDENTITY);
    assertTrue(meet(grey));
    assertArrayEquals(new float[] {0.3f, 0.3f, 0.3f}, point.albedo);
  }

  @Test
  void normalMapsTurnTheNormalInTangentSpace() {
    Texture map = Texture.constant(0.6f, 0, 0.8f);
    Texture up = Texture.constant(0, 0.6f, 0.8f);
    Texture rough = Texture.constant(0.5f);
    for (float side : new float[] {1, -1}) {
      ray.set(0.2f, -0.1f, side, 0, 0, -side);
      Material m = new Material.Glossy(rough, rough, 0.04f, map, Material.Opaque.ONE);
      assertTrue(meet(tracer(TestMeshes.square(2), m, Pose.IDENTITY)));
      assertArrayEquals(
          new float[] {0.6f * side, 0, 0.8f * side},
          new float[] {point.nx, point.ny, point.nz},
          1e-6f);
      assertEquals(side < 0, point.inside);
      m = new Material.Glossy(rough, rough, 0.04f, up, Material.Opaque.ONE);
      assertTrue(meet(tracer(TestMeshes.square(2), m, Pose.IDENTITY)));
      assertArrayEquals(
          new float[] {0, 0.6f * side, 0.8f * side},
          new float[] {point.nx, point.ny, point.nz},
          1e-6f);
    }
    // A map that lies mirrored on the mesh: u runs to the left, v still up.
    TriangleMesh square = TestMeshes.square(2);
    float[] uv = square.uvs().clone();
    for (int i = 0; i < uv.length; i += 2) {
      uv[i] = 1 - uv[i];
    }
    TriangleMesh mirrored =
        new TriangleMesh(square.positions(), square.normals(), uv, square.triangles());
    ray.set(0.2f, -0.1f, 1, 0, 0, -1);
    Material m = new Material.Glossy(rough, rough, 0.04f, up, Material.Opaque.ONE);
    assertTrue(meet(tracer(mirrored, m, Pose.IDENTITY)));
    assertArrayEquals(
        new float[] {0, 0.6f, 0.8f}, new float[] {point.nx, point.ny, point.nz}, 1e-6f);
    assertArrayEquals(new float[] {-1, 0, 0}, new float[] {point.tx, point.ty, point.tz}, 1e-6f);
  }

  @Test
  void aFibreLiesAlongGrowingV() {
    Material hair = new Material.Hair(Texture.constant(0.1f), 0.3f, 0.3f, 2, Material.Opaque.ONE);
    for (float side : new float[] {1, -1}) {
      ray.set(0.2f, -0.1f, side, 0, 0, -side);
      assertTrue(meet(tracer(TestMeshes.square(2), hair, Pose.IDENTITY)));
      assertArrayEquals(new float[] {0, 1, 0}, new float[] {point.tx, point.ty, point.tz}, 1e-6f);
      assertEquals(side, point.nz);
    }
    // Shading normals that lean along the fibre are set upright, the fibre stays.
    TriangleMesh square = TestMeshes.square(2);
    float[] normals = square.normals().clone();
    for (int i = 0; i < normals.length; i += 3) {
      normals[i + 1] = 0.6f;
      normals[i + 2] = 0.8f;
    }
    TriangleMesh leaning =
        new TriangleMesh(square.positions(), normals, square.uvs(), square.triangles());
    ray.set(0.2f, -0.1f, 1, 0, 0, -1);
    assertTrue(meet(tracer(leaning, hair, Pose.IDENTITY)));
    assertArrayEquals(new float[] {0, 1, 0}, new float[] {point.tx, point.ty, point.tz}, 1e-6f);
    assertArrayEquals(new float[] {0, 0, 1}, new float[] {point.nx, point.ny, point.nz}, 1e-6f);
  }

  @Test
  void normalsThatFaceAwayAreBentByTheLeastAngle(Random random) {
    TriangleMesh square = TestMeshes.square(1);
    for (int i = 0; i < 2000; i++) {
      float[] d = TestMeshes.direction(random);
      float[] n = TestMeshes.direction(random);
      n[2] = Math.abs(n[2]);
      if (Math.abs(d[2]) < 0.05f) {
        continue;
      }
      float[] normals = new float[12];
      for (int k = 0; k < 12; k++) {
        normals[k] = n[k % 3];
      }
      TriangleMesh mesh =
          new TriangleMesh(square.positions(), normals, square.uvs(), square.triangles());
      ray.set(0.1f - d[0], 0.1f - d[1], -d[2], d[0], d[1], d[2]);
      assertTrue(meet(tracer(mesh, WHITE, Pose.IDENTITY)));
      float side = d[2] < 0 ? 1 : -1;
      double before = -side * dot(n[0], n[1], n[2], d[0], d[1], d[2]);
      double after = -dot(point.nx, point.ny, point.nz, d[0], d[1], d[2]);
      double turned = side * dot(point.nx, point.ny, point.nz, n[0], n[1], n[2]);
      assertTrue(after > 0.0099, "cosine " + after);
      assertTrue(dot(point.nx, point.ny, point.nz, point.gx, point.gy, point.gz) > 0);
      assertEquals(1, dot(point.nx, point.ny, point.nz, point.nx, point.ny, point.nz), 1e-5);
      if (before > 0.01) {
        assertEquals(1, turned, 1e-5);
      } else {
        // The least turn is the difference of the two angles to the ray.
        double least = Math.acos(before) - Math.acos(0.01);
        boolean geometric =
            Math.abs(dot(point.nx, point.ny, point.nz, point.gx, point.gy, point.gz) - 1) < 1e-6;
        assertTrue(geometric || Math.abs(Math.acos(Math.min(1, turned)) - least) < 2e-3);
      }
    }
  }

  @Test
  void aMeshWithoutTextureCoordinatesHasATangent(Random random) {
    TriangleMesh mesh = TestMeshes.soup(random, 50, 1, 0.4f);
    SceneTracer tracer = tracer(mesh, WHITE, Pose.IDENTITY);
    for (int i = 0; i < 500; i++) {
      float[] d = TestMeshes.direction(random);
      ray.set(0.5f, 0.5f, 0.5f, d[0], d[1], d[2]);
      if (meet(tracer)) {
        assertEquals(0, dot(point.tx, point.ty, point.tz, point.nx, point.ny, point.nz), 1e-6);
        assertEquals(1, dot(point.tx, point.ty, point.tz, point.tx, point.ty, point.tz), 1e-6);
      }
    }
  }
}
