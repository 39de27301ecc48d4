package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.render.Material;
import org.pixelcube.render.Shape;
import org.pixelcube.render.TriangleMesh;

class EyeballTest {
  private final Eyeball eye = Eyeball.of("left", 0.012, Eyeball.Look.of(Traits.of(3)));

  @Test
  void corneaBulgesOverTheIrisAndClosesOnTheBall() {
    TriangleMesh ball = eye.shapes().get(0).mesh();
    TriangleMesh iris = eye.shapes().get(1).mesh();
    TriangleMesh cornea = eye.shapes().get(2).mesh();
    assertTrue(eye.shapes().get(2).material() instanceof Material.Clear);
    assertEquals(0.0130, front(cornea), 0.0001);
    assertTrue(front(iris) < 0.012 && front(iris) > 0.0095);
    assertEquals(front(ball), back(cornea), 1e-5);
  }

  private static double front(TriangleMesh mesh) {
    double z = -1;
    for (int i = 2; i < mesh.positions().length; i += 3) {
      z = Math.max(z, mesh.positions()[i]);
    }
    return z;
  }

  private static double back(TriangleMesh mesh) {
    double z = 1;
    for (int i = 2; i < mesh.positions().length; i += 3) {
      z = Math.min(z, mesh.positions()[i]);
    }
    return z;
  }

  @Test
  void facesAndNormalsPointOutwards() {
    for (Shape shape : eye.shapes()) {
      TriangleMesh m = shape.mesh().checked(shape.name());
      float[] faces = TriangleMesh.smoothNormals(m.positions(), m.triangles());
      for (int i = 0; i < m.positions().length; i += 3) {
        float[] n = m.normals();
        double unit = n[i] * n[i] + n[i + 1] * n[i + 1] + n[i + 2] * n[i + 2];
        assertEquals(1, unit, 1e-5);
        double agree = n[i] * faces[i] + n[i + 1] * faces[i + 1] + n[i + 2] * faces[i + 2];
        double x = m.positions()[i];
        double y = m.positions()[i + 1];
        boolean pole = Math.hypot(x, y) < 1e-6;
        assertTrue(pole || agree > 0.9, shape.name() + " " + agree);
      }
    }
  }

  @Test
  void whiteIsNoBrighterThanSclera() {
    for (long seed = 0; seed < 12; seed++) {
      Eyeball.Look look = Eyeball.Look.of(Traits.of(seed));
      for (Image image : new Image[] {look.iris(), look.sclera()}) {
        for (float s : image.samples()) {
          assertTrue(s > 0 && s <= 0.6f);
        }
      }
    }
  }
}
