package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;

@Randomized
class CameraTrackTest {
  private static final double[][] FACE = {
    {0, 0, 0},
    {0, -0.11, 0.01},
    {0, 0.07, 0},
    {-0.075, -0.02, -0.04},
    {0.075, -0.02, -0.04},
    {0, -0.035, 0.04}
  };

  /** Any camera with any performance, upright, square or wide: the face is in the picture. */
  @Test
  void theFaceStaysInThePicture(Random random) {
    Performance.Kind[] kinds = Performance.Kind.values();
    int[][] sizes = {{256, 256}, {512, 288}, {288, 512}};
    for (int i = 0; i < 60; i++) {
      CameraTrack track = CameraTrack.of(random.nextLong(), 3);
      Performance p =
          Performance.of(random.nextLong(), kinds[i % kinds.length], 3, track.position());
      int[] size = sizes[i % sizes.length];
      for (double t = 0; t < 3; t += 0.25) {
        Camera camera = track.at(t, size[0], size[1]);
        for (double[] point : FACE) {
          Vector3 at =
              camera.project(p.at(t).head().point(new Vector3(point[0], point[1], point[2])));
          assertTrue(at.z() > 0.4, "depth " + at.z());
          assertTrue(at.x() > 0 && at.x() < size[0], "x " + at.x() + " of " + size[0]);
          assertTrue(at.y() > 0 && at.y() < size[1], "y " + at.y() + " of " + size[1]);
        }
      }
    }
  }

  /** Of a bust that ends 23 cm under the eyes, nothing below is seen. */
  @Test
  void theEndOfABustStaysOut(Random random) {
    for (int i = 0; i < 100; i++) {
      CameraTrack track = CameraTrack.of(random.nextLong(), 2, -0.23);
      for (double t = 0; t <= 2; t += 0.5) {
        Vector3 at = track.at(t, 256, 256).project(new Vector3(0, -0.23, 0));
        // A hand's shake and a tilted view may show a few pixels.
        assertTrue(at.y() > 250, "row " + at.y());
        Vector3 chin = track.at(t, 256, 256).project(new Vector3(0, -0.12, 0.01));
        assertTrue(chin.y() < 256);
      }
    }
  }

  @Test
  void framesAsMuchAsItSays(Random random) {
    for (int i = 0; i < 50; i++) {
      CameraTrack track = CameraTrack.of(random.nextLong(), 2);
      double framing = track.framingMetres(0);
      assertTrue(framing >= 0.34 && framing <= 0.7);
      double last = track.framingMetres(2);
      assertTrue(last >= 0.339 && last <= 0.701);
      Camera start = track.at(0, 400, 300);
      double distance = start.focalLengthPixels() * framing / 300;
      assertTrue(distance >= 0.6 && distance <= 2, "distance " + distance);
      assertEquals(start.focalLengthPixels(), track.at(1.5, 400, 300).focalLengthPixels(), 1e-12);
      if (!track.handheld()) {
        assertEquals(0, track.position().minus(start.pose().translation()).length(), 1e-12);
      }
      assertTrue(start.pose().rotation().apply(new Vector3(0, 0, 1)).z() > 0.97);
    }
  }

  @Test
  void aHandMovesThePictureALittleAndSmoothly(Random random) {
    int held = 0;
    for (int i = 0; i < 20; i++) {
      CameraTrack track = CameraTrack.of(random.nextLong(), 4);
      Vector3 first = track.at(0, 256, 256).project(Vector3.ZERO);
      Vector3 before = first;
      double moved = 0;
      for (double t = 0.01; t < 4; t += 0.01) {
        Vector3 now = track.at(t, 256, 256).project(Vector3.ZERO);
        double step = Math.hypot(now.x() - before.x(), now.y() - before.y());
        assertTrue(step < 0.7, "step of " + step + " pixels in 10 ms");
        moved = Math.max(moved, Math.hypot(now.x() - first.x(), now.y() - first.y()));
        before = now;
      }
      if (track.handheld()) {
        held++;
        assertTrue(moved > 0.3 && moved < 40, "moved by " + moved);
      }
    }
    assertTrue(held > 0 && held < 20);
  }
}
