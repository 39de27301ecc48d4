package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;

/**
 * Where on the raster a marker is seen by the main camera beside the subject: on a panel behind it,
 * with room for the margin of one cell that {@link SequenceRaster} keeps black.
 */
final class MarkerPlacement {
  /** The rim of the picture is kept free, as a share of its narrower side. */
  private static final double RIM = 0.015;

  /** Pixels between the margin and the subject: what a lens spreads a point over. */
  private static final double CLEARANCE = 2;

  private MarkerPlacement() {}

  /**
   * A square of the raster.
   *
   * @param u left edge, raster pixels
   * @param v top edge
   * @param cellPixels raster pixels of one of the marker's cells
   */
  record Place(int u, int v, int cellPixels) {}

  /**
   * The place furthest from the middle of the picture.
   *
   * @param camera the main camera, with the picture's size
   * @param panels in the camera's world
   * @param cells a side of the marker
   * @param pixelsPerCell of the camera's picture, at least
   * @param subject what stands before the panels
   */
  static Optional<Place> find(
      Camera camera,
      List<PanelGeometry> panels,
      int cells,
      double pixelsPerCell,
      Silhouette subject) {
    Place best = null;
    double furthest = 0;
    for (PanelGeometry g : panels) {
      Vector3 middle = camera.project(g.centre());
      Vector3 toCamera = camera.pose().translation().minus(g.centre());
      if (!(middle.z() > 0) || !(toCamera.dot(g.normal()) > 0)) {
        continue;
      }
      double pitch = g.type().widthMetres() / g.pixelsWide();
      double pixelsPerLed = camera.focalLengthPixels() * pitch / middle.z();
      int cell = (int) Math.ceil(pixelsPerCell / pixelsPerLed);
      int side = cells * cell;
      if (side + 2 * cell > g.pixelsWide() || side + 2 * cell > g.pixelsHigh()) {
        continue;
      }
      for (int y : starts(cell, side, g.pixelsHigh())) {
        for (int x : starts(cell, side, g.pixelsWide())) {
          double distance = distance(camera, g, x, y, side);
          if (distance > furthest
              && isClear(camera, g, x - cell, y - cell, side + 2 * cell, subject)
              && isSeen(camera, panels, g, x, y, side)) {
            furthest = distance;
            best = placed(g, x, y, side, cell);
          }
        }
      }
    }
    return Optional.ofNullable(best);
  }

  /** Where a marker may begin along a side of a panel: at both ends, and every cell between. */
  private static int[] starts(int cell, int side, int pixels) {
    int last = pixels - side - cell;
    return IntStream.concat(
            IntStream.iterate(cell, i -> i < last, i -> i + cell), IntStream.of(last))
        .toArray();
  }

  /** Whether the subject comes nowhere near a square. */
  private static boolean isClear(
      Camera camera, PanelGeometry g, int x, int y, int side, Silhouette subject) {
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (int corner = 0; corner < 4; corner++) {
      double s = (x + (corner % 2) * side) / (double) g.pixelsWide();
      double t = (y + (corner / 2) * side) / (double) g.pixelsHigh();
      Vector3 at = camera.project(g.at(s, t));
      left = Math.min(left, at.x());
      top = Math.min(top, at.y());
      right = Math.max(right, at.x());
      bottom = Math.max(bottom, at.y());
    }
    return !subject.touches(
        left - CLEARANCE, top - CLEARANCE, right + CLEARANCE, bottom + CLEARANCE);
  }

  /** How far a square's nearest corner is from the picture's middle; 0 if it is not all in it. */
  private static double distance(Camera camera, PanelGeometry g, int x, int y, int side) {
    double rim = RIM * Math.min(camera.width(), camera.height());
    double nearest = Double.POSITIVE_INFINITY;
    for (int corner = 0; corner < 4; corner++) {
      double s = (x + (corner % 2) * side) / (double) g.pixelsWide();
      double t = (y + (corner / 2) * side) / (double) g.pixelsHigh();
      Vector3 at = camera.project(g.at(s, t));
      boolean inside =
          at.z() > 0
              && at.x() > rim
              && at.y() > rim
              && at.x() < camera.width() - rim
              && at.y() < camera.height() - rim;
      if (!inside) {
        return 0;
      }
      nearest =
          Math.min(
              nearest, Math.hypot(at.x() - camera.width() / 2.0, at.y() - camera.height() / 2.0));
    }
    return nearest;
  }

  /** Whether no other panel stands between the camera and a square's corners and middle. */
  private static boolean isSeen(
      Camera camera, List<PanelGeometry> panels, PanelGeometry g, int x, int y, int side) {
    Vector3 from = camera.pose().translation();
    for (double[] part : new double[][] {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0.5, 0.5}}) {
      double s = (x + part[0] * side) / g.pixelsWide();
      double t = (y + part[1] * side) / g.pixelsHigh();
      Vector3 to = g.at(s, t).minus(from);
      for (PanelGeometry other : panels) {
        if (other != g && hides(other, from, to)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether a panel, seen from either side, is met before the end of a way. */
  private static boolean hides(PanelGeometry g, Vector3 from, Vector3 way) {
    double along = way.dot(g.normal());
    double share = g.corner().minus(from).dot(g.normal()) / along;
    if (!(share > 0 && share < 1 - 1e-6)) {
      return false;
    }
    Vector3 at = from.plus(way.times(share)).minus(g.corner());
    double s = at.dot(g.right()) / g.right().dot(g.right());
    double t = at.dot(g.up()) / g.up().dot(g.up());
    return s > 0 && s < 1 && t > 0 && t < 1;
  }

  private static Place placed(PanelGeometry g, int x, int y, int side, int cell) {
    int width = 1 << 20;
    int u = Integer.MAX_VALUE;
    int v = Integer.MAX_VALUE;
    List<int[]> corners = new ArrayList<>();
    corners.add(new int[] {x, y});
    corners.add(new int[] {x + side - 1, y});
    corners.add(new int[] {x, y + side - 1});
    corners.add(new int[] {x + side - 1, y + side - 1});
    for (int[] c : corners) {
      int i = g.rasterIndex(c[0], c[1], width);
      u = Math.min(u, i % width);
      v = Math.min(v, i / width);
    }
    return new Place(u, v, cell);
  }
}
