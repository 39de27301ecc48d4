package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;

@Randomized
class PlanePoseTest {
  private static final Camera CAMERA = new Camera(Pose.IDENTITY, 1000, 1000, 500);

  private static Pose disturbed(Random random, double metres, double degrees) {
    return new Pose(
        Rotation.aboutVector(direction(random).times(Math.toRadians(degrees))),
        direction(random).times(metres));
  }

  private static Vector3 direction(Random random) {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
        .normalized();
  }

  private static List<PlanePose.Sighting> sightings(Pose pose, Random random, double noise) {
    List<PlanePose.Sighting> out = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < 12; j++) {
        Vector3 point = new Vector3((i - 5.5) * 0.04, (j - 5.5) * 0.04, 0);
        Vector3 at = CAMERA.project(pose.point(point));
        out.add(
            new PlanePose.Sighting(
                CAMERA,
                at.x() + noise * random.nextGaussian(),
                at.y() + noise * random.nextGaussian(),
                point,
                1));
      }
    }
    return out;
  }

  private static final Pose NOMINAL =
      new Pose(Rotation.yawPitchRoll(25, -10, 5), new Vector3(0.3, 0.2, -1));

  @Test
  void exactSightingsGiveTheExactPose(Random random) {
    for (int n = 0; n < 20; n++) {
      Pose truth = NOMINAL.after(disturbed(random, 0.2, 20));
      PlanePose found = PlanePose.solve(NOMINAL, sightings(truth, random, 0));
      assertEquals(0, found.rmsPixels(), 1e-6);
      assertEquals(0, truth.translation().minus(found.pose().translation()).length(), 1e-8);
      assertEquals(0, truth.rotation().inverse().after(found.pose().rotation()).angle(), 1e-8);
    }
  }

  @Test
  void noiseAveragesOutAndOutliersAreLeftOut(Random random) {
    Pose truth = NOMINAL.after(disturbed(random, 0.02, 2));
    List<PlanePose.Sighting> seen = sightings(truth, random, 0.2);
    for (int i = 0; i < 10; i++) {
      PlanePose.Sighting s = seen.get(13 * i);
      seen.set(
          13 * i, new PlanePose.Sighting(CAMERA, s.x() + 60, s.y() - 40, s.point(), s.weight()));
    }
    PlanePose found = PlanePose.solve(NOMINAL, seen);
    assertEquals(134, found.used(), 2);
    assertEquals(0.2 * Math.sqrt(2), found.rmsPixels(), 0.06);
    assertTrue(truth.translation().minus(found.pose().translation()).length() < 0.002);
    assertTrue(
        Math.toDegrees(truth.rotation().inverse().after(found.pose().rotation()).angle()) < 0.3);
  }

  @Test
  void pointsOnALineAreRefused(Random random) {
    List<PlanePose.Sighting> line =
        sightings(NOMINAL, random, 0).stream().filter(s -> s.point().y() == 0.02).toList();
    assertThrows(ArithmeticException.class, () -> PlanePose.solve(NOMINAL, line.subList(0, 2)));
  }

  /** Lines crossing a plane, each seen somewhere along it. */
  @Test
  void linesGiveTheExactPoseWhereverTheyAreSeen(Random random) {
    Pose truth = NOMINAL.after(disturbed(random, 0.05, 5));
    List<PlanePose.Sighting> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      boolean upright = i % 2 == 0;
      double place = 0.02 * (i / 2 - 9.5);
      Vector3 along = upright ? new Vector3(0, 1, 0) : new Vector3(1, 0, 0);
      Vector3 on = upright ? new Vector3(place, 0, 0) : new Vector3(0, place, 0);
      Vector3 at =
          CAMERA.project(truth.point(on.plus(along.times(0.4 * random.nextDouble() - 0.2))));
      lines.add(new PlanePose.Sighting(CAMERA, at.x(), at.y(), on, along, 1));
    }
    PlanePose found = PlanePose.solve(NOMINAL, lines);
    assertEquals(0, found.rmsPixels(), 1e-6);
    assertEquals(0, truth.translation().minus(found.pose().translation()).length(), 1e-7);
    assertEquals(0, truth.rotation().inverse().after(found.pose().rotation()).angle(), 1e-7);
  }
}
