package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class HeadPoseTest {
  @RepeatedTest(30)
  void recoversTheSimilarityThatMovedThePoints(Random random) {
    int n = 20;
    Rotation rotation =
        Rotation.yawPitchRoll(
            random.nextDouble(-180, 180), random.nextDouble(-90, 90), random.nextDouble(-180, 180));
    double scale = random.nextDouble(0.5, 20);
    Vector3 origin = new Vector3(random.nextDouble(500), random.nextDouble(500), 30);
    float[] canonical = new float[3 * n];
    float[] observed = new float[3 * n];
    for (int v = 0; v < n; v++) {
      Vector3 c =
          new Vector3(
              random.nextGaussian() * 5, random.nextGaussian() * 7, random.nextGaussian() * 3);
      Vector3 o = rotation.apply(c).times(scale).plus(origin);
      put(canonical, v, c);
      put(observed, v, o);
    }
    HeadPose pose = HeadPose.fit(canonical, observed, n);
    assertEquals(scale, pose.scale(), 1e-3 * scale);
    Vector3 probe = new Vector3(3, -2, 5);
    Vector3 there = rotation.apply(probe).times(scale).plus(origin);
    Vector3 back = pose.toCanonical(there);
    assertEquals(0, back.minus(probe).length(), 2e-3);
    assertEquals(0, pose.directionToCamera(probe).minus(rotation.apply(probe)).length(), 2e-3);
    assertEquals(
        0, pose.directionToCanonical(pose.directionToCamera(probe)).minus(probe).length(), 1e-6);
  }

  private static void put(float[] points, int v, Vector3 p) {
    points[3 * v] = (float) p.x();
    points[3 * v + 1] = (float) p.y();
    points[3 * v + 2] = (float) p.z();
  }
}
