package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.render.TriangleMesh;

@Randomized
class SubdivisionSurfaceTest {
  private static final float[] CUBE = {
    -1, -1, -1, 1, -1, -1, 1, 1, -1, -1, 1, -1, -1, -1, 1, 1, -1, 1, 1, 1, 1, -1, 1, 1
  };
  private static final int[] CUBE_FACES = {
    0, 3, 2, 1, 4, 5, 6, 7, 0, 1, 5, 4, 1, 2, 6, 5, 2, 3, 7, 6, 3, 0, 4, 7
  };

  private static QuadMesh mesh(float[] positions, int[] corners) {
    String[] groups = new String[corners.length / 4];
    Arrays.fill(groups, "");
    return new QuadMesh(positions, new float[2], corners, new int[corners.length], groups);
  }

  @Test
  void aCubeOnceDivided() {
    SubdivisionSurface surface = SubdivisionSurface.of(mesh(CUBE, CUBE_FACES), 1);
    float[] p = surface.positions(CUBE);
    assertEquals(3 * (8 + 12 + 6), p.length);
    assertEquals(6 * 4 * 2 * 3, surface.triangles().length);
    int corners = 0;
    int edges = 0;
    int faces = 0;
    for (int i = 0; i < p.length; i += 3) {
      float[] a = {Math.abs(p[i]), Math.abs(p[i + 1]), Math.abs(p[i + 2])};
      Arrays.sort(a);
      if (close(a, 5 / 9f, 5 / 9f, 5 / 9f)) {
        corners++;
      } else if (close(a, 0, 0.75f, 0.75f)) {
        edges++;
      } else if (close(a, 0, 0, 1)) {
        faces++;
      }
    }
    assertEquals(8, corners);
    assertEquals(12, edges);
    assertEquals(6, faces);
  }

  private static boolean close(float[] a, float x, float y, float z) {
    return Math.abs(a[0] - x) + Math.abs(a[1] - y) + Math.abs(a[2] - z) < 1e-5f;
  }

  @Test
  void trianglesKeepTheirSide() {
    TriangleMesh mesh = SubdivisionSurface.of(mesh(CUBE, CUBE_FACES), 2).mesh(CUBE);
    for (int i = 0; i < mesh.positions().length; i += 3) {
      double outwards = 0;
      for (int k = 0; k < 3; k++) {
        outwards += mesh.positions()[i + k] * mesh.normals()[i + k];
      }
      assertTrue(outwards > 0, "vertex " + i / 3);
    }
  }

  @Test
  void aTetrahedronOfTriangles() {
    float[] p = {1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1};
    int[] faces = {0, 1, 2, 2, 0, 3, 1, 1, 0, 2, 3, 3, 1, 3, 2, 2};
    SubdivisionSurface surface = SubdivisionSurface.of(mesh(p, faces), 1);
    assertEquals(3 * (4 + 6 + 4), surface.positions(p).length);
    assertEquals(4 * 3 * 2 * 3, surface.triangles().length);
  }

  /** Every rule is an affine mean, so the surface moves with its control vertices. */
  @Test
  void movesWithItsControlVertices(Random random) {
    SubdivisionSurface surface = SubdivisionSurface.of(mesh(CUBE, CUBE_FACES), 2);
    float[] before = surface.positions(CUBE);
    float scale = 0.5f + random.nextFloat();
    float shift = random.nextFloat();
    float[] control = new float[CUBE.length];
    float[] expected = new float[before.length];
    for (int i = 0; i < control.length; i++) {
      control[i] = scale * CUBE[i] + shift;
    }
    for (int i = 0; i < expected.length; i++) {
      expected[i] = scale * before[i] + shift;
    }
    assertArrayEquals(expected, surface.positions(control), 1e-5f);
  }

  @Test
  void aFlatSheetKeepsItsBorderAndTexture() {
    float[] p = {0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 1, 1, 0, 2, 1, 0};
    float[] uvs = {0, 0, 0.5f, 0, 1, 0, 0, 1, 0.5f, 1, 1, 1};
    int[] faces = {0, 1, 4, 3, 1, 2, 5, 4};
    QuadMesh sheet = new QuadMesh(p, uvs, faces, faces, new String[] {"", ""});
    SubdivisionSurface surface = SubdivisionSurface.of(sheet, 1);
    TriangleMesh mesh = surface.mesh(p);
    assertEquals(15, mesh.vertexCount());
    for (int i = 0; i < 15; i++) {
      float x = mesh.positions()[3 * i];
      float y = mesh.positions()[3 * i + 1];
      assertEquals(0, mesh.positions()[3 * i + 2], 1e-6f);
      assertEquals(1, mesh.normals()[3 * i + 2], 1e-6f);
      // Corners of the border are rounded by an eighth of each neighbour; all else lies in place.
      assertEquals(x / 2, mesh.uvs()[2 * i], 0.0626f);
      assertEquals(y, mesh.uvs()[2 * i + 1], 0.126f);
    }
  }

  @Test
  void levelNoneIsTheMeshItself() {
    SubdivisionSurface surface = SubdivisionSurface.of(mesh(CUBE, CUBE_FACES), 0);
    assertEquals(36, surface.triangles().length);
    assertEquals(24, surface.positions(CUBE).length);
  }
}
