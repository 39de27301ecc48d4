package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Vector3;

/**
 * The raster pictures of a sequence: lights, frames of one level, single panels, the panels behind
 * the subject; faded by the frame's gain, with the markers on top, which keep their level.
 */
public final class SequenceRaster {
  private final Rig rig;
  private final Sequence sequence;
  private final Lights lights;
  private final List<PanelGeometry> panels;
  private final List<PanelGeometry> behind;

  /** Raster pictures of the sequence's lights. */
  @FunctionalInterface
  public interface Lights {
    /**
     * One light at a time.
     *
     * @param index of the sequence's lights
     * @return linear shares of each panel's range in native primaries, {@code (3, h, w)} of the
     *     raster; not changed
     */
    float[] at(int index, double mapSeconds);

    /** Whether a light is known to be the same at all times. */
    default boolean stands(int index) {
      return false;
    }
  }

  /**
   * Pictures of a sequence on a rig.
   *
   * @param name of the sequence, for errors
   * @throws UserError if the rig has no such panel, or a marker does not lie on the raster
   */
  public SequenceRaster(String name, Rig rig, Sequence sequence, Lights lights) {
    this.rig = rig;
    this.sequence = sequence;
    this.lights = lights;
    this.panels = rig.geometry();
    this.behind = behind(rig, panels);
    for (Label label : sequence.labels()) {
      if (label.kind() == Label.Kind.OLAT && label.index() >= panels.size()) {
        throw new UserError(
            name,
            "shows '%s', but the rig has %d panels".formatted(label, panels.size()),
            "count panels from 0, or give the rig that the sequence was planned for");
      }
    }
    for (Sequence.MarkerPlace place : sequence.markers()) {
      int side = FrameMarker.SIDE * place.cellPixels();
      if (place.rasterU() + side > rig.raster().width()
          || place.rasterV() + side > rig.raster().height()) {
        throw new UserError(
            name,
            "has a marker at %d, %d that does not lie on the raster of %d×%d"
                .formatted(
                    place.rasterU(), place.rasterV(), rig.raster().width(), rig.raster().height()),
            "move it, or make its cells smaller");
      }
    }
    if (rig.raster().framesPerSecond() < sequence.framesPerSecond() * (1 - 1e-6)) {
      throw new UserError(
          name,
          "wants %s frames a second, the raster has %s"
              .formatted(sequence.framesPerSecond(), rig.raster().framesPerSecond()),
          "plan it for the raster's rate");
    }
  }

  Rig rig() {
    return rig;
  }

  Sequence sequence() {
    return sequence;
  }

  Lights lights() {
    return lights;
  }

  /** The panels, by index, that all show the same white in a frame that is no light. */
  int[] lit(Label label) {
    return switch (label.kind()) {
      case FLAT, TRACKING -> IntStream.range(0, panels.size()).toArray();
      case OLAT -> new int[] {label.index()};
      case MATTE -> behind.stream().mapToInt(panels::indexOf).toArray();
      case BLACK, LIGHT -> new int[0];
    };
  }

  /** At which share of their peak they do. */
  double level(Label label) {
    Sequence.Levels levels = sequence.levels();
    return switch (label.kind()) {
      case FLAT -> levels.flat();
      case TRACKING -> levels.tracking();
      case OLAT -> levels.olat();
      case MATTE -> levels.matte();
      case BLACK, LIGHT -> 0;
    };
  }

  /** Panels whose middle the main camera sees behind the head. */
  private static List<PanelGeometry> behind(Rig rig, List<PanelGeometry> panels) {
    StageCamera camera = rig.mainCamera();
    Vector3 view = camera.rotation().apply(new Vector3(0, 0, -1));
    double headDepth = rig.head().minus(camera.position()).dot(view);
    double tangent = Math.tan(Math.toRadians(camera.fieldOfViewDegrees()) / 2);
    double across = tangent * camera.width() / camera.height();
    List<PanelGeometry> found = new ArrayList<>();
    for (PanelGeometry g : panels) {
      boolean seen = false;
      List<Vector3> points = new ArrayList<>(Arrays.asList(g.corners()));
      points.add(g.centre());
      for (Vector3 point : points) {
        Vector3 to = point.minus(camera.position());
        Vector3 local = camera.rotation().inverse().apply(to);
        double depth = -local.z();
        seen |=
            depth > headDepth
                && Math.abs(local.y()) < tangent * depth
                && Math.abs(local.x()) < across * depth
                && to.dot(g.normal()) < 0;
      }
      if (seen) {
        found.add(g);
      }
    }
    return found;
  }

  /** A frame, {@code (3, h, w)} of the raster: linear shares of each panel's range. */
  public float[] frame(int counter) {
    WallFrame frame = sequence.frame(counter);
    float[] out = new float[3 * rig.raster().width() * rig.raster().height()];
    float gain = (float) frame.gain();
    if (frame.label().kind() == Label.Kind.LIGHT) {
      float[] light = lights.at(frame.label().index(), frame.mapSeconds());
      for (int i = 0; i < out.length; i++) {
        out[i] = gain * light[i];
      }
    } else {
      fill(lit(frame.label()), level(frame.label()) * gain, out);
    }
    for (Sequence.MarkerPlace place : sequence.markers()) {
      darken(place, out);
      FrameMarker.draw(
          new FrameMarker.Content(counter, sequence.id()),
          place,
          out,
          3,
          rig.raster().height(),
          rig.raster().width());
    }
    return out;
  }

  /**
   * Makes a margin of one cell around a marker black, as far as its panel goes: what is brighter
   * than its white would run into it in the lens.
   */
  private void darken(Sequence.MarkerPlace place, float[] out) {
    int width = rig.raster().width();
    int plane = width * rig.raster().height();
    int cell = place.cellPixels();
    int side = FrameMarker.SIDE * cell;
    for (PanelGeometry g : panels) {
      RasterPlace at = g.panel().raster();
      int right = at.u() + at.width(g.pixelsWide(), g.pixelsHigh());
      int bottom = at.v() + at.height(g.pixelsWide(), g.pixelsHigh());
      boolean holds =
          place.rasterU() >= at.u()
              && place.rasterV() >= at.v()
              && place.rasterU() + side <= right
              && place.rasterV() + side <= bottom;
      if (!holds) {
        continue;
      }
      int from = Math.max(at.u(), place.rasterU() - cell);
      int to = Math.min(right, place.rasterU() + side + cell);
      int end = Math.min(bottom, place.rasterV() + side + cell);
      for (int y = Math.max(at.v(), place.rasterV() - cell); y < end; y++) {
        for (int c = 0; c < 3; c++) {
          Arrays.fill(out, c * plane + y * width + from, c * plane + y * width + to, 0);
        }
      }
    }
  }

  private void fill(int[] which, double level, float[] out) {
    int width = rig.raster().width();
    int plane = width * rig.raster().height();
    for (int p : which) {
      PanelGeometry g = panels.get(p);
      RasterPlace place = g.panel().raster();
      int w = place.width(g.pixelsWide(), g.pixelsHigh());
      int h = place.height(g.pixelsWide(), g.pixelsHigh());
      for (int c = 0; c < 3; c++) {
        for (int y = place.v(); y < place.v() + h; y++) {
          int row = c * plane + y * width + place.u();
          Arrays.fill(out, row, row + w, (float) level);
        }
      }
    }
  }

  /**
   * Mean luminance of the wall over its area, cd/m², of each kind of frame: what {@link
   * SafetyLimits#check} asks for. Markers are left out.
   */
  public SafetyLimits.WallLuminance luminance() {
    return (label, seconds) ->
        label.kind() == Label.Kind.LIGHT
            ? mean(lights.at(label.index(), seconds))
            : mean(lit(label), level(label));
  }

  private double area() {
    return panels.stream().mapToDouble(g -> g.type().widthMetres() * g.type().heightMetres()).sum();
  }

  private double mean(int[] which, double level) {
    double sum = 0;
    for (int p : which) {
      PanelGeometry g = panels.get(p);
      sum += g.type().widthMetres() * g.type().heightMetres() * g.type().peakNits() * level;
    }
    return sum / area();
  }

  private double mean(float[] light) {
    int width = rig.raster().width();
    int plane = width * rig.raster().height();
    double sum = 0;
    for (PanelGeometry g : panels) {
      Vector3 white = g.type().primaries().luminanceWeights();
      RasterPlace place = g.panel().raster();
      int w = place.width(g.pixelsWide(), g.pixelsHigh());
      int h = place.height(g.pixelsWide(), g.pixelsHigh());
      double panel = 0;
      for (int y = place.v(); y < place.v() + h; y++) {
        for (int x = place.u(); x < place.u() + w; x++) {
          int i = y * width + x;
          panel +=
              white.x() * light[i]
                  + white.y() * light[plane + i]
                  + white.z() * light[2 * plane + i];
        }
      }
      sum +=
          g.type().widthMetres() * g.type().heightMetres() * g.type().peakNits() * panel / (w * h);
    }
    return sum / area();
  }
}
