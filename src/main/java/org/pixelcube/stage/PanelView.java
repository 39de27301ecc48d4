package org.pixelcube.stage;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;

/**
 * Which LED pixel each ray of a camera meets, found once, so that any picture on the panels can be
 * seen quickly. Panels are opaque from behind. LEDs fill their pixels.
 */
final class PanelView {
  private final int width;
  private final int height;
  private final int side;

  /** Panel of each ray, −1 for none: ray {@code (y · side + j) · width · side + x · side + i}. */
  private final short[] panel;

  /** LED of each ray, {@code row · pixelsWide + column}. */
  private final int[] led;

  /** Radiance along each ray relative to the panel's normal. */
  private final float[] falloff;

  private final int[] pixelsWide;

  /** What an LED shines straight ahead. */
  @FunctionalInterface
  interface Emission {
    /**
     * Linear light of one channel.
     *
     * @param channel 0 red to 2 blue
     * @param panel index
     * @param x column on the panel
     * @param y row on the panel
     */
    float light(int channel, int panel, int x, int y);
  }

  /**
   * Looks.
   *
   * @param side rays through a pixel, a side
   */
  PanelView(Camera camera, List<PanelGeometry> panels, int side) {
    this.width = camera.width();
    this.height = camera.height();
    this.side = side;
    int rays = width * height * side * side;
    panel = new short[rays];
    Arrays.fill(panel, (short) -1);
    led = new int[rays];
    falloff = new float[rays];
    pixelsWide = panels.stream().mapToInt(PanelGeometry::pixelsWide).toArray();
    int columns = width * side;
    Box[] boxes = panels.stream().map(p -> Box.of(camera, p)).toArray(Box[]::new);
    IntStream.range(0, height * side)
        .parallel()
        .forEach(row -> {
          float[] nearest = new float[columns];
          Arrays.fill(nearest, Float.POSITIVE_INFINITY);
          for (int p = 0; p < boxes.length; p++) {
            Box box = boxes[p];
            if (row + 1 < box.top * side || row > box.bottom * side) {
              continue;
            }
            int from = (int) Math.clamp(Math.floor(box.left * side) - 1, 0, columns);
            int to = (int) Math.clamp(Math.ceil(box.right * side) + 1, 0, columns);
            for (int column = from; column < to; column++) {
              meet(camera, panels.get(p), p, row, column, nearest);
            }
          }
        });
  }

  private void meet(Camera camera, PanelGeometry g, int p, int row, int column, float[] nearest) {
    // Rooks that do not attack each other: all rays of a pixel differ in x, and all in y, so that
    // borders along its sides are seen as finely as others.
    double x = (column + (row % side + 0.5) / side) / side;
    double y = (row + (column % side + 0.5) / side) / side;
    Vector3 direction =
        camera
            .pose()
            .rotation()
            .apply(
                new Vector3(
                    (x - width / 2.0) / camera.focalLengthPixels(),
                    (height / 2.0 - y) / camera.focalLengthPixels(),
                    -1));
    Vector3 from = camera.pose().translation();
    double along = direction.dot(g.normal());
    double distance = g.corner().minus(from).dot(g.normal()) / along;
    if (!(distance > 0) || !(distance < nearest[column])) {
      return;
    }
    Vector3 at = from.plus(direction.times(distance)).minus(g.corner());
    double s = at.dot(g.right()) / g.right().dot(g.right());
    double t = 1 - at.dot(g.up()) / g.up().dot(g.up());
    if (!(s >= 0 && s < 1 && t >= 0 && t < 1)) {
      return;
    }
    nearest[column] = (float) distance;
    int ray = row * width * side + column;
    if (along >= 0) {
      // The back of a panel hides what is behind it.
      panel[ray] = -1;
      return;
    }
    panel[ray] = (short) p;
    int line = (int) (t * g.pixelsHigh());
    led[ray] = line * g.pixelsWide() + (int) (s * g.pixelsWide());
    falloff[ray] = (float) g.type().viewingAngle().relativeRadiance(-along / direction.length());
  }

  /** The part of the picture in which a panel can be. */
  private record Box(double left, double top, double right, double bottom) {
    static Box of(Camera camera, PanelGeometry g) {
      double left = Double.POSITIVE_INFINITY;
      double top = left;
      double right = Double.NEGATIVE_INFINITY;
      double bottom = right;
      int behind = 0;
      for (Vector3 corner : g.corners()) {
        Vector3 at = camera.project(corner);
        if (!(at.z() > 1e-6)) {
          behind++;
          continue;
        }
        left = Math.min(left, at.x());
        right = Math.max(right, at.x());
        top = Math.min(top, at.y());
        bottom = Math.max(bottom, at.y());
      }
      if (behind == 4) {
        return new Box(0, 1, 0, -1);
      }
      return behind > 0
          ? new Box(0, 0, camera.width(), camera.height())
          : new Box(left, top, right, bottom);
    }
  }

  /** The pinhole of a camera of the stage. */
  static Camera pinhole(StageCamera c) {
    return new Camera(
        new Pose(c.rotation(), c.position()),
        c.width(),
        c.height(),
        c.height() / 2.0 / Math.tan(Math.toRadians(c.fieldOfViewDegrees() / 2)));
  }

  /** The picture of the panels, planar {@code (3, h, w)}, black where there is none. */
  float[] render(Emission emission) {
    float[] out = new float[3 * width * height];
    IntStream.range(0, height).parallel().forEach(y -> row(emission, y, out));
    return out;
  }

  /** One row of {@link #render}. */
  void row(Emission emission, int y, float[] out) {
    float share = 1f / (side * side);
    int plane = width * height;
    for (int x = 0; x < width; x++) {
      for (int j = 0; j < side; j++) {
        for (int i = 0; i < side; i++) {
          int ray = (y * side + j) * width * side + x * side + i;
          int p = panel[ray];
          if (p >= 0) {
            float f = share * falloff[ray];
            int column = led[ray] % pixelsWide[p];
            int line = led[ray] / pixelsWide[p];
            for (int c = 0; c < 3; c++) {
              out[c * plane + y * width + x] += f * emission.light(c, p, column, line);
            }
          }
        }
      }
    }
  }
}
