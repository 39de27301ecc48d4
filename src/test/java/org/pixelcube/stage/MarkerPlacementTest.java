package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;

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
      MarkerPlacement.Place place =
          MarkerPlacement.find(camera, RIG.geometry(), CELLS, 3.2).orElseThrow();
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
    assertEquals(Optional.empty(), MarkerPlacement.find(camera(32), RIG.geometry(), CELLS, 3.2));
  }

  @Test
  void panelsBetweenHideTheOthers() {
    // Without the opening in front the camera, which stands outside, sees the backs of panels.
    Rig closed = new CubeRig(2, 4, 192, 1900, 60, 10, List.of()).rig();
    assertEquals(
        Optional.empty(), MarkerPlacement.find(camera(720), closed.geometry(), CELLS, 3.2));
  }
}
