package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.train.ShapeFinder;
import org.pixelcube.vision.ModelStore;

class FaceShapesTest {
  private static final int SIDE = 128;

  /** A lamp beside the camera, on the right of the picture or, with −1, on the left. */
  private static EnvironmentMap lamp(double side) {
    Vector3 to = new Vector3(side, 0.2, 0.5).normalized();
    return Fixtures.map(64, d -> 40 * Math.exp(30 * (to.dot(d) - 1)));
  }

  private static ShapeFinder.View view(Image picture, EnvironmentMap map) {
    float[] oval = new float[SIDE * SIDE];
    for (int i = 0; i < oval.length; i++) {
      int row = i / SIDE;
      oval[i] = Math.hypot((i % SIDE - 64) / 45.0, (row - 64) / 60.0) < 1 ? 1 : 0;
    }
    return new ShapeFinder.View(
        picture,
        Image.data(SIDE, SIDE, 1, oval),
        new ShapeFinder.Light(map, Rotation.IDENTITY, new Rgb(1, 0.5, 2)));
  }

  @Test
  void aFaceHasItsShapeAndItsShadows() {
    Fixtures.faceModels();
    Image photo = Fixtures.photo("grace_hopper_512.jpg");
    int side = Math.min(photo.width(), photo.height());
    Image picture =
        Resize.area(
            photo.crop((photo.width() - side) / 2, (photo.height() - side) / 2, side, side),
            SIDE,
            SIDE);
    ShapeFinder.View right = view(picture, lamp(1));
    ShapeFinder.View left = view(picture, lamp(-1));
    List<SubjectShape> shapes;
    List<SubjectShape> again;
    FaceShapes finder = FaceShapes.open(new ModelStore(_ -> {}));
    try (finder) {
      shapes = finder.shapes(List.of(right, left));
      again = finder.shapes(List.of(right));
    }
    assertThrows(IllegalStateException.class, () -> finder.shapes(List.of(right)));
    SubjectShape shape = shapes.getFirst();
    assertArrayEquals(shape.normals(), again.getFirst().normals());
    int n = SIDE * SIDE;
    double turned = 0;
    double towardsRight = 0;
    double towardsLeft = 0;
    for (int i = 0; i < n; i++) {
      float x = shape.normals()[i];
      float y = shape.normals()[n + i];
      float z = shape.normals()[2 * n + i];
      assertEquals(1, Math.sqrt(x * x + y * y + z * z), 1e-4);
      turned += Math.abs(x);
      towardsRight += x * shape.shaded()[i];
      towardsLeft += x * shapes.getLast().shaded()[i];
      // Gains are of the light: the same shadows in all channels where nothing scatters.
      assertTrue(shape.shaded()[i] >= 0);
    }
    assertTrue(turned / n > 0.1, "the normals vary");
    assertTrue(towardsRight > 0, "what faces the lamp is bright");
    assertTrue(towardsLeft < 0, "and so it is from the other side");
    double red = sum(shape.shaded(), 0, n);
    assertEquals(0.5 * red, sum(shape.shaded(), n, n), 0.05 * red);
    assertEquals(2 * red, sum(shape.shaded(), 2 * n, n), 0.2 * red);
  }

  private static double sum(float[] values, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i];
    }
    return sum;
  }
}
