package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Bvh;
import org.pixelcube.render.Hit;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Ray;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

@Randomized
class AnchorTest {
  private static final Material GREY = new Material.Lambert(Texture.constant(0.5f, 0.5f, 0.5f));
  private final EggHead egg = new EggHead();

  private TriangleMesh turned(Pose pose) {
    float[] p = egg.skin.positions().clone();
    for (int i = 0; i < p.length; i += 3) {
      Vector3 at = pose.point(new Vector3(p[i], p[i + 1], p[i + 2]));
      p[i] = (float) at.x();
      p[i + 1] = (float) at.y();
      p[i + 2] = (float) at.z();
    }
    return egg.skin.moved(p);
  }

  @Test
  void refittedHierarchiesFindWhatBuiltOnesFind(Random random) {
    Anchor anchor = new Anchor();
    anchor.at("skin", egg.skin, GREY, Pose.IDENTITY);
    for (double yaw : new double[] {-30, -11, 5, 9, 40}) {
      Pose pose = new Pose(Rotation.yawPitchRoll(yaw, yaw / 3, 0), new Vector3(0.01, 0, -0.02));
      TriangleMesh moved = turned(pose);
      Bvh refitted = anchor.at("skin", moved, GREY, pose).bvh();
      Bvh built = Bvh.build(moved);
      Hit a = new Hit();
      Hit b = new Hit();
      for (int i = 0; i < 400; i++) {
        double angle = 2 * Math.PI * random.nextDouble();
        Vector3 from =
            new Vector3(Math.sin(angle), random.nextDouble() - 0.7, Math.cos(angle) - 0.08);
        Vector3 at = new Vector3(0.1 * random.nextGaussian(), 0.1 * random.nextGaussian(), -0.08);
        Vector3 d = at.minus(from).normalized();
        a.clear();
        b.clear();
        boolean one = refitted.intersect(ray(from, d), a);
        assertEquals(built.intersect(ray(from, d), b), one);
        assertEquals(b.t, a.t);
        assertEquals(b.triangle, a.triangle);
      }
    }
  }

  private static Ray ray(Vector3 o, Vector3 d) {
    return new Ray()
        .set(
            (float) o.x(),
            (float) o.y(),
            (float) o.z(),
            (float) d.x(),
            (float) d.y(),
            (float) d.z());
  }

  @Test
  void anglesBetweenPosesAreThoseOfTheTurn() {
    Pose from = new Pose(Rotation.yawPitchRoll(20, -7, 3), Vector3.ZERO);
    Pose to = from.after(new Pose(Rotation.yawPitchRoll(0, 14, 0), new Vector3(0.1, 0, 0)));
    assertEquals(14, Anchor.degreesBetween(from, to), 1e-6);
    assertEquals(0, Anchor.degreesBetween(from, from), 1e-6);
  }

  @Test
  void anotherMeshIsRefused() {
    Shape shape = new Shape("skin", egg.skin, GREY);
    TriangleMesh other =
        TriangleMesh.smooth(
            new float[] {0, 0, 0, 1, 0, 0, 0, 1, 0}, new float[6], new int[] {0, 1, 2});
    assertThrows(IllegalArgumentException.class, () -> shape.moved(other, GREY));
  }
}
