package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;
import org.pixelcube.vision.FaceTracker;

class GeometryBuilderTest {
  /** Landmarks of MediaPipe's mesh: tip of the nose, cheekbones, forehead. */
  private static final int NOSE = 4;

  private static final int SUBJECTS_LEFT_CHEEK = 280;
  private static final int SUBJECTS_RIGHT_CHEEK = 50;
  private static final int FOREHEAD = 151;

  private static int at(Face face, int landmark, double scale, int w) {
    int row = (int) (face.y(landmark) * scale);
    int column = (int) (face.x(landmark) * scale);
    return row * w + column;
  }

  private static Vector3 normal(Geometry g, int i) {
    HeadPose pose = g.surfaces().getFirst().pose();
    return pose.directionToCanonical(new Vector3(g.nx()[i], g.ny()[i], g.nz()[i]));
  }

  private static void checkFace(Geometry g, Face face, double scale) {
    for (int i = 0; i < g.size(); i++) {
      double length = Math.hypot(Math.hypot(g.nx()[i], g.ny()[i]), g.nz()[i]);
      assertEquals(1, length, 1e-5);
      assertTrue(g.nz()[i] > 0);
      assertEquals(g.alpha()[i] > 0.5f, g.depth()[i] > Float.NEGATIVE_INFINITY);
      assertTrue(g.face()[i] >= 0 && g.face()[i] <= 1);
    }
    int w = g.width();
    int nose = at(face, NOSE, scale, w);
    int left = at(face, SUBJECTS_RIGHT_CHEEK, scale, w);
    int right = at(face, SUBJECTS_LEFT_CHEEK, scale, w);
    // In the head's own axes, so that it may look where it likes.
    Vector3 n = normal(g, nose);
    Vector3 l = normal(g, left);
    Vector3 r = normal(g, right);
    assertTrue(n.z() > l.z() && n.z() > r.z(), () -> n + " against " + l + " and " + r);
    assertTrue(g.depth()[nose] > g.depth()[left] && g.depth()[nose] > g.depth()[right]);
    // The subject's right cheek is on the left of the picture.
    assertTrue(l.x() < -0.2, () -> "left " + l);
    assertTrue(r.x() > 0.2, () -> "right " + r);
    Vector3 forehead = normal(g, at(face, FOREHEAD, scale, w));
    assertTrue(forehead.y() > 0, () -> "forehead " + forehead);
    assertTrue(g.face()[nose] > 0.9f);
  }

  @Test
  void theCanonicalFaceIsDrawnAsItIs() {
    FaceTopology topology = Fixtures.topology();
    int side = 160;
    float[] alpha = new float[side * side];
    for (int i = 0; i < alpha.length; i++) {
      int row = i / side;
      boolean head = Math.hypot((i % side - 80) / 45.0, (row - 70) / 60.0) < 1;
      boolean body = row > 120;
      alpha[i] = head || body ? 1 : 0;
    }
    Face face = Fixtures.face(topology, Rotation.IDENTITY, 10, 160, 150);
    Geometry g = new GeometryBuilder(topology).build(alpha, side, side, List.of(face), 0.5);
    checkFace(g, face, 0.5);
    assertEquals(14 * 5, g.faceWidthPixels(), 0.1);
    // Left and right are mirror images, as the mesh and the matte are.
    for (int y = 30; y < 110; y++) {
      for (int x = 41; x < 80; x++) {
        int i = y * side + x;
        int j = y * side + 159 - x;
        if (alpha[i] > 0 && alpha[j] > 0 && g.face()[i] > 0.95f && g.face()[j] > 0.95f) {
          assertEquals(-g.nx()[i], g.nx()[j], 0.12);
          assertEquals(g.ny()[i], g.ny()[j], 0.12);
        }
      }
    }
  }

  @Test
  void theSkullAroundTheFaceIsAnEllipsoid() {
    FaceTopology topology = Fixtures.topology();
    int side = 160;
    float[] alpha = new float[side * side];
    Arrays.fill(alpha, 1);
    Face face = Fixtures.face(topology, Rotation.IDENTITY, 10, 160, 150);
    Geometry g = new GeometryBuilder(topology).build(alpha, side, side, List.of(face), 0.5);
    // Above the mesh, on the midline: the head's ellipsoid about (0, 2.8, −4.3), radii 7.9, 10.6,
    // 9.6 cm, at 5 grid pixels a centimetre about row 75.
    int row = 75 - 48;
    double y = (75 - row - 0.5) / 5 - 2.8;
    double z = 9.6 * Math.sqrt(1 - y * y / (10.6 * 10.6));
    double ny = y / (10.6 * 10.6);
    double nz = z / (9.6 * 9.6);
    int i = row * side + 80;
    assertEquals(0, g.nx()[i], 0.05);
    assertEquals(ny / Math.hypot(ny, nz), g.ny()[i], 0.08);
    assertEquals((z - 4.3) * 5, g.depth()[i], 4);
  }

  @Test
  void aPhotographedFaceFacesTheRightWay() {
    Image photo = Fixtures.photo("astronaut.png");
    FaceTopology topology = Fixtures.topology();
    Image working = Resize.to(photo.color(), 512, 512);
    FaceTracker.Options options = new FaceTracker.Options(4, 1, false, false, 1);
    try (FaceTracker tracker = new FaceTracker(Fixtures.faceModels(), options)) {
      List<Face> faces = tracker.next(working, 0);
      assertEquals(1, faces.size());
      float[] alpha = new float[256 * 256];
      Arrays.fill(alpha, 1);
      Geometry g = new GeometryBuilder(topology).build(alpha, 256, 256, faces, 0.5);
      checkFace(g, faces.getFirst(), 0.5);
    }
  }
}
