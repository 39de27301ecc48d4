package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

@Randomized
class StrandsTest {
  private static final int POINTS = 6;
  private static final int COUNT = 300;

  private final EggHead egg = new EggHead();

  private Strands strands(Random random) {
    // Not at the pole, whose slivers of triangles make poor frames.
    Roots roots =
        Roots.scatter(
            egg.skin,
            (x, y, z, a, b, c) -> y < EggHead.CY + 0.9 * EggHead.RY ? 1 : 0,
            COUNT,
            random);
    float[] points = new float[3 * POINTS * COUNT];
    float[] radii = new float[POINTS * COUNT];
    byte[] tones = new byte[COUNT];
    double[] at = new double[3];
    for (int s = 0; s < COUNT; s++) {
      roots.place(s, egg.skin.triangles(), egg.skin.positions(), at);
      double[] start = new double[3];
      double[] bend = new double[3];
      for (int k = 0; k < 3; k++) {
        start[k] = 0.02 * random.nextGaussian();
        bend[k] = 0.004 * random.nextGaussian();
      }
      FaceStrand.arc(points, 3 * POINTS * s, POINTS, at, start, bend);
      FaceStrand.taper(radii, POINTS * s, POINTS, 1e-4, 0.3);
      tones[s] = HairTones.tone(0.5, random);
    }
    Material.Hair material =
        new Material.Hair(Texture.constant(1, 1, 1), 0.3f, 0.3f, 2, Material.Opaque.ONE);
    return new Strands("test", egg.skin, roots, POINTS, points, radii, tones, material, random);
  }

  @Test
  void theSkinAtRestLeavesTheRibbonsAtRest(Random random) {
    Strands strands = strands(random);
    TriangleMesh same = strands.deform(egg.skin.positions());
    assertArrayEquals(strands.mesh().positions(), same.positions(), 1e-7f);
    assertArrayEquals(strands.mesh().normals(), same.normals(), 1e-5f);
    assertArrayEquals(same.positions(), strands.deformedPositions(egg.skin.positions()));
  }

  @Test
  void aMovedSkinCarriesTheRibbonsAlong(Random random) {
    Strands strands = strands(random);
    Pose pose =
        new Pose(
            Rotation.yawPitchRoll(
                360 * random.nextDouble(), 90 * random.nextDouble(), 360 * random.nextDouble()),
            new Vector3(
                0.2 * random.nextGaussian(),
                0.2 * random.nextGaussian(),
                0.2 * random.nextGaussian()));
    float[] moved = strands.deformedPositions(move(pose, egg.skin.positions()));
    assertArrayEquals(move(pose, strands.mesh().positions()), moved, 3e-6f);
  }

  private static float[] move(Pose pose, float[] positions) {
    float[] out = new float[positions.length];
    for (int i = 0; i < positions.length; i += 3) {
      Vector3 p = pose.point(new Vector3(positions[i], positions[i + 1], positions[i + 2]));
      out[i] = (float) p.x();
      out[i + 1] = (float) p.y();
      out[i + 2] = (float) p.z();
    }
    return out;
  }

  @Test
  void ribbonsAreAsWideAsSaidAndMiddledOnTheirCurve(Random random) {
    Strands strands = strands(random);
    float[] p = strands.mesh().positions();
    for (int i = 0; i < COUNT * POINTS; i++) {
      double square = 0;
      for (int k = 0; k < 3; k++) {
        assertEquals(strands.points()[3 * i + k], (p[6 * i + k] + p[6 * i + 3 + k]) / 2, 1e-7);
        square += Math.pow(p[6 * i + k] - p[6 * i + 3 + k], 2);
      }
      double t = (double) (i % POINTS) / (POINTS - 1);
      assertEquals(2e-4 * (1 - 0.7 * t * t), Math.sqrt(square), 2e-7);
    }
  }

  @Test
  void theTextureRunsAcrossInUAndFromRootToTipInV(Random random) {
    Strands strands = strands(random);
    TriangleMesh mesh = strands.mesh();
    float[] uv = mesh.uvs();
    float[] p = mesh.positions();
    for (int t = 0; t < mesh.triangleCount(); t++) {
      int a = mesh.triangles()[3 * t];
      int b = mesh.triangles()[3 * t + 1];
      int c = mesh.triangles()[3 * t + 2];
      double du1 = uv[2 * b] - uv[2 * a];
      double dv1 = uv[2 * b + 1] - uv[2 * a + 1];
      double du2 = uv[2 * c] - uv[2 * a];
      double dv2 = uv[2 * c + 1] - uv[2 * a + 1];
      double det = du1 * dv2 - du2 * dv1;
      assertTrue(Math.abs(det) > 1e-6);
      int strand = a / (2 * POINTS);
      int segment = a % (2 * POINTS) / 2;
      int from = 3 * (strand * POINTS + segment);
      double dot = 0;
      double l1 = 0;
      double l2 = 0;
      for (int k = 0; k < 3; k++) {
        double e1 = p[3 * b + k] - p[3 * a + k];
        double e2 = p[3 * c + k] - p[3 * a + k];
        double tangent = (du1 * e2 - du2 * e1) / det;
        double curve = strands.points()[from + 3 + k] - strands.points()[from + k];
        dot += tangent * curve;
        l1 += tangent * tangent;
        l2 += curve * curve;
      }
      // Ribbons of short strands taper and turn: the tangent leans over a little.
      assertTrue(dot > 0.9 * Math.sqrt(l1 * l2), "cosine " + dot / Math.sqrt(l1 * l2));
    }
  }
}
