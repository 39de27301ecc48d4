package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

class MarkerPlacementTest {
  private static final Rig RIG = CubeRig.PIXEL_CUBE.rig();
  private static final int CELLS = 12;

  private static Camera camera(int size) {
    StageCamera film = RIG.mainCamera();
    Camera full = PanelView.pinhole(film);
    return new Camera(
        full.pose(),
        size,
        size,
        full.focalLengthPixels() * size / Math.min(film.width(), film.height()));
  }

  @Test
  void theMarkerLiesOnOnePanelInThePictureAndIsLargeEnough() {
    for (int size : new int[] {144, 192, 720}) {
      Camera camera = camera(size);
      MarkerPlacement.Place place = find(camera, RIG, Silhouette.none(camera)).orElseThrow();
      int side = CELLS * place.cellPixels();
      // The panel of the raster pixel in the middle of the square.
      int panels = 0;
      for (PanelGeometry g : RIG.geometry()) {
        RasterPlace raster = g.panel().raster();
        boolean within =
            place.u() >= raster.u()
                && place.v() >= raster.v()
                && place.u() + side <= raster.u() + g.pixelsWide()
                && place.v() + side <= raster.v() + g.pixelsHigh();
        if (!within) {
          continue;
        }
        panels++;
        // Panels of this rig stand upright in the raster.
        double left = (double) (place.u() - raster.u()) / g.pixelsWide();
        double top = (double) (place.v() - raster.v()) / g.pixelsHigh();
        double part = (double) side / g.pixelsWide();
        Vector3 a = camera.project(g.at(left, top));
        Vector3 b = camera.project(g.at(left + part, top + part));
        for (Vector3 corner : List.of(a, b)) {
          assertTrue(corner.z() > 0, "before the camera");
          assertTrue(corner.x() > 0 && corner.x() < size, "x " + corner.x());
          assertTrue(corner.y() > 0 && corner.y() < size, "y " + corner.y());
        }
        double cell = Math.min(Math.abs(b.x() - a.x()), Math.abs(b.y() - a.y())) / CELLS;
        assertTrue(cell >= 3.2 - 1e-6, "a cell has " + cell);
        // One LED less would be too few.
        assertTrue(cell * (place.cellPixels() - 1) / place.cellPixels() < 3.2);
      }
      assertEquals(1, panels);
    }
  }

  @Test
  void aPictureTooSmallForOneHasNone() {
    assertEquals(Optional.empty(), find(camera(32), RIG, Silhouette.none(camera(32))));
  }

  @Test
  void panelsBetweenHideTheOthers() {
    // Without the opening in front the camera, which stands outside, sees the backs of panels.
    Rig closed = new CubeRig(2, 4, 192, 1900, 60, 10, List.of()).rig();
    assertEquals(Optional.empty(), find(camera(720), closed, Silhouette.none(camera(720))));
  }

  /** The raster's pixels of a place, with its margin, and where they are in the picture. */
  private static double[] bounds(Camera camera, MarkerPlacement.Place place) {
    double[] out = {1e9, 1e9, -1e9, -1e9};
    for (PanelGeometry g : RIG.geometry()) {
      RasterPlace raster = g.panel().raster();
      int x = place.u() - place.cellPixels() - raster.u();
      int y = place.v() - place.cellPixels() - raster.v();
      int side = (CELLS + 2) * place.cellPixels();
      if (x < 0 || y < 0 || x + side > g.pixelsWide() || y + side > g.pixelsHigh()) {
        continue;
      }
      for (int[] corner : new int[][] {{0, 0}, {1, 0}, {0, 1}, {1, 1}}) {
        Vector3 at =
            camera.project(
                g.at(
                    (x + corner[0] * side) / (double) g.pixelsWide(),
                    (y + corner[1] * side) / (double) g.pixelsHigh()));
        out[0] = Math.min(out[0], at.x());
        out[1] = Math.min(out[1], at.y());
        out[2] = Math.max(out[2], at.x());
        out[3] = Math.max(out[3], at.y());
      }
    }
    return out;
  }

  @Test
  void theMarkerKeepsClearOfTheSubject() {
    Camera camera = camera(192);
    // Somebody who fills the lower part of the picture and one side of it, up to a column.
    for (int edge : new int[] {100, 130}) {
      for (boolean left : new boolean[] {true, false}) {
        boolean[] covered = new boolean[192 * 192];
        for (int i = 0; i < covered.length; i++) {
          int x = left ? i % 192 : 191 - i % 192;
          covered[i] = x < edge || i / 192 > 130;
        }
        Optional<MarkerPlacement.Place> place = find(camera, RIG, Silhouette.of(covered, 192, 192));
        assertEquals(edge == 100, place.isPresent(), "edge " + edge);
        if (place.isPresent()) {
          double[] b = bounds(camera, place.get());
          for (int y = (int) b[1]; y < b[3]; y++) {
            for (int x = (int) b[0]; x < b[2]; x++) {
              assertTrue(!covered[y * 192 + x], x + ", " + y);
            }
          }
        }
      }
    }
  }

  @Test
  void aSubjectIsWhereItIsAtAnyMoment() {
    TriangleMesh square =
        new TriangleMesh(
            new float[] {-0.1f, -0.1f, 0, 0.1f, -0.1f, 0, 0.1f, 0.1f, 0, -0.1f, 0.1f, 0},
            new float[] {0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1},
            new float[8],
            new int[] {0, 1, 2, 0, 2, 3});
    Shape shape = new Shape("square", square, new Material.Lambert(Texture.constant(0.5f)));
    Camera camera = Camera.portrait(100, 100, 1, 1);
    Silhouette seen =
        Silhouette.of(
            camera,
            (now, before) ->
                List.of(
                    Instance.rigid(
                        shape,
                        new Pose(Rotation.IDENTITY, new Vector3(now, 0, 0)),
                        new Pose(Rotation.IDENTITY, new Vector3(before, 0, 0)))),
            new double[] {-0.3, 0.3});
    // Pixels of a centimetre: squares from 10 to 30 and from 70 to 90, rows 40 to 60.
    assertTrue(seen.touches(0, 0, 10.5, 41) && seen.touches(89.5, 59.5, 100, 100));
    assertTrue(seen.touches(75, 45, 75.5, 45.5));
    assertTrue(!seen.touches(30, 0, 70, 100) && !seen.touches(0, 0, 100, 40));
    assertTrue(!seen.touches(0, 0, 10, 100) && !seen.touches(90, 0, 100, 100));
  }

  private static Optional<MarkerPlacement.Place> find(Camera camera, Rig rig, Silhouette subject) {
    return MarkerPlacement.find(camera, rig.geometry(), CELLS, 3.2, subject);
  }
}
