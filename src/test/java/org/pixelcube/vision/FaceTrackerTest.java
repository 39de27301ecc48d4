package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;

class FaceTrackerTest {
  private static FaceTracker tracker() {
    return new FaceTracker(
        Fixtures.model(Model.FACE_LANDMARKER), new FaceTracker.Options(4, 3, true, true, 1));
  }

  /** Nose tips found by eye in the sample photographs, in pixels. */
  @ParameterizedTest
  @CsvSource({
    "astronaut.png, 225, 122, 12",
    "grace_hopper_512.jpg, 265, 222, 16",
    "lp_d8.jpg, 340, 345, 50",
    "person-celeste.jpg, 672, 235, 20",
    "stock-emotions-a-1.jpg, 460, 525, 45"
  })
  void findsTheFaceOfEveryPhotograph(String name, double noseX, double noseY, double tolerance) {
    Image photo = Fixtures.photo(name);
    try (FaceTracker tracker = tracker()) {
      List<Face> faces = tracker.next(photo, 0);
      assertEquals(1, faces.size());
      Face face = faces.getFirst();
      assertTrue(Math.hypot(face.x(1) - noseX, face.y(1) - noseY) < tolerance, face.toString());
      assertTrue(face.score() > 0.9);
      // Upright faces: eyes over nose over mouth over chin; the subject's right is on the left.
      assertTrue(face.y(33) < face.y(1) && face.y(1) < face.y(13) && face.y(13) < face.y(152));
      assertTrue(face.x(33) < face.x(1) && face.x(1) < face.x(263));
      // The tip of the nose is nearer to the camera than both sides of the head.
      assertTrue(face.z(1) > face.z(234) && face.z(1) > face.z(454));
      assertEquals(Blendshapes.NAMES.size(), face.blendshapes().length);
      for (float weight : face.blendshapes()) {
        assertTrue(weight >= 0 && weight <= 1, "weight " + weight);
      }
    }
  }

  @Test
  void aSmileAndAPoutAreTold() {
    Map<String, String> expected =
        Map.of("astronaut.png", "mouthSmileLeft", "lp_d8.jpg", "mouthShrugLower");
    expected.forEach((photo, weight) -> {
      try (FaceTracker tracker = tracker()) {
        Face face = tracker.next(Fixtures.photo(photo), 0).getFirst();
        assertTrue(face.blendshapes()[Blendshapes.NAMES.indexOf(weight)] > 0.5, photo);
      }
    });
  }

  @Test
  void landmarksFollowAShiftAndAChangeOfSize() {
    Image photo = Fixtures.photo("astronaut.png");
    Image larger = Resize.bicubic(photo.crop(100, 20, 300, 300), 450, 450);
    try (FaceTracker first = tracker();
        FaceTracker second = tracker()) {
      Face a = first.next(photo, 0).getFirst();
      Face b = second.next(larger, 0).getFirst();
      double sum = 0;
      for (int i = 0; i < FaceTopology.VERTICES; i++) {
        sum += Math.hypot((a.x(i) - 100) * 1.5 - b.x(i), (a.y(i) - 20) * 1.5 - b.y(i));
      }
      assertTrue(
          sum / FaceTopology.VERTICES < 0.02 * b.size(), "mean " + sum / FaceTopology.VERTICES);
    }
  }

  @Test
  void findsAFaceOfFortyPixels() {
    Image photo = Fixtures.photo("astronaut.png");
    Image small = Resize.area(photo.crop(120, 20, 220, 220), 88, 88);
    for (int[] place : new int[][] {{30, 40}, {700, 500}, {1100, 80}}) {
      Image frame = Fixtures.pasted(1280, 720, small, place[0], place[1]);
      try (FaceTracker tracker = tracker()) {
        List<Face> faces = tracker.next(frame, 0);
        assertEquals(1, faces.size(), Arrays.toString(place));
        assertEquals(place[0] + (225 - 120) * 0.4, faces.getFirst().x(1), 6);
        assertTrue(faces.getFirst().size() < 50, faces.getFirst().toString());
      }
    }
  }

  @Test
  void twoFacesKeepTheirIdentities() {
    Image left = Resize.area(Fixtures.photo("astronaut.png").crop(100, 0, 260, 260), 260, 260);
    Image right = Resize.area(Fixtures.photo("grace_hopper_512.jpg"), 300, 300);
    try (FaceTracker tracker = tracker()) {
      Map<Integer, Float> last = Map.of();
      for (int i = 0; i < 8; i++) {
        Image frame =
            Fixtures.pasted(Fixtures.pasted(720, 360, left, 20 + 3 * i, 40), right, 400, 20 + i);
        Map<Integer, Float> now =
            tracker.next(frame, i / 25.0).stream()
                .collect(java.util.stream.Collectors.toMap(Face::id, f -> f.x(1)));
        assertEquals(2, now.size());
        if (!last.isEmpty()) {
          assertEquals(last.keySet(), now.keySet());
          for (int id : now.keySet()) {
            assertEquals(last.get(id), now.get(id), 12);
          }
        }
        last = now;
      }
    }
  }

  @Test
  void anEmptyPictureHasNoFace() {
    try (FaceTracker tracker = tracker()) {
      for (int[] size : new int[][] {{1, 1}, {3, 200}, {400, 300}}) {
        float[] s = new float[3 * size[0] * size[1]];
        s[0] = Float.NaN;
        assertEquals(List.of(), tracker.next(Image.rgb(size[0], size[1], s), 0));
      }
    }
  }

  @Test
  void aFaceThatLeavesIsDroppedAndGetsANewIdentity() {
    Image photo = Fixtures.photo("astronaut.png");
    Image empty = Image.rgb(512, 512, new float[3 * 512 * 512]);
    try (FaceTracker tracker = tracker()) {
      assertEquals(0, tracker.next(photo, 0).getFirst().id());
      assertEquals(List.of(), tracker.next(empty, 0.04));
      for (int i = 0; i < 3; i++) {
        tracker.next(photo, 0.08 + 0.04 * i).forEach(face -> assertEquals(1, face.id()));
      }
      assertEquals(1, tracker.next(photo, 0.2).size());
    }
  }

  @Test
  void aRestoredTrackerGivesTheSameBytes() {
    Image photo = Fixtures.photo("astronaut.png");
    for (int stop = 0; stop < 5; stop += 2) {
      try (FaceTracker whole = tracker();
          FaceTracker first = tracker();
          FaceTracker second = tracker()) {
        for (int i = 0; i < 6; i++) {
          Image frame = photo.crop(4 * i, 2 * i, 480, 480);
          if (i == stop) {
            second.restore(first.state());
          }
          Face expected = whole.next(frame, i / 25.0).getFirst();
          Face found = (i < stop ? first : second).next(frame, i / 25.0).getFirst();
          assertArrayEquals(expected.landmarks(), found.landmarks());
          assertArrayEquals(expected.blendshapes(), found.blendshapes());
          assertEquals(expected.id(), found.id());
        }
      }
    }
  }

  @Test
  void aDamagedStateIsRefused() {
    try (FaceTracker tracker = tracker()) {
      assertEquals(1, tracker.next(Fixtures.photo("astronaut.png"), 0).size());
      byte[] state = tracker.state();
      assertThrows(UserError.class, () -> tracker.restore(Arrays.copyOf(state, 50)));
      byte[] version = state.clone();
      version[3] = 9;
      assertThrows(UserError.class, () -> tracker.restore(version));
    }
  }

  @Test
  void nativeMemoryIsFreed() {
    Image photo = Fixtures.photo("astronaut.png");
    for (int i = 0; i < 3; i++) {
      run(photo);
    }
    long pointers = Pointer.totalCount();
    for (int i = 0; i < 8; i++) {
      run(photo);
    }
    assertTrue(Pointer.totalCount() <= pointers, Pointer.totalCount() + " after " + pointers);
  }

  private static void run(Image photo) {
    try (FaceTracker tracker = tracker()) {
      assertEquals(1, tracker.next(photo, 0).size());
    }
  }
}
