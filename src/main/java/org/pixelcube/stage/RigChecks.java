package org.pixelcube.stage;

import java.util.List;
import java.util.Locale;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.math.Vector3;

/** What the parts of a {@link Rig} must be to one another. */
final class RigChecks {
  private RigChecks() {}

  private record Box(int u, int v, int width, int height) {
    boolean overlaps(Box o) {
      return u < o.u + o.width && o.u < u + width && v < o.v + o.height && o.v < v + height;
    }

    boolean contains(Box o) {
      return o.u >= u && o.v >= v && o.u + o.width <= u + width && o.v + o.height <= v + height;
    }

    static Box of(PanelGeometry g) {
      RasterPlace at = g.panel().raster();
      int w = g.pixelsWide();
      int h = g.pixelsHigh();
      return new Box(at.u(), at.v(), at.width(w, h), at.height(w, h));
    }

    @Override
    public String toString() {
      return "columns %d to %d, rows %d to %d".formatted(u, u + width - 1, v, v + height - 1);
    }
  }

  /** Every panel in the raster and in one processor, none on another. */
  static void raster(
      Rig.Raster raster, List<Rig.Processor> processors, List<PanelGeometry> panels) {
    Box whole = new Box(0, 0, raster.width(), raster.height());
    for (int i = 0; i < processors.size(); i++) {
      Rig.Processor p = processors.get(i);
      Box part = new Box(p.u(), p.v(), p.width(), p.height());
      if (!whole.contains(part)) {
        throw new InvalidSetting(
            "processors[%d]".formatted(i),
            "takes %s of a raster of %d×%d".formatted(part, raster.width(), raster.height()),
            "correct its part or the size of the raster");
      }
    }
    for (int i = 0; i < panels.size(); i++) {
      Box box = Box.of(panels.get(i));
      if (!whole.contains(box)) {
        throw new InvalidSetting(
            "panels[%d].raster".formatted(i),
            "needs %s of a raster of %d×%d".formatted(box, raster.width(), raster.height()),
            "move it or enlarge the raster");
      }
      for (int j = 0; j < i; j++) {
        if (box.overlaps(Box.of(panels.get(j)))) {
          throw new InvalidSetting(
              "panels[%d].raster".formatted(i),
              "lies on that of panel '%s' (%s)"
                  .formatted(panels.get(j).panel().name(), Box.of(panels.get(j))),
              "move one of the two");
        }
      }
      if (processors.stream()
          .noneMatch(p -> new Box(p.u(), p.v(), p.width(), p.height()).contains(box))) {
        throw new InvalidSetting(
            "panels[%d].raster".formatted(i),
            "(%s) is in no processor's part of the raster".formatted(box),
            "move it, or correct processors");
      }
    }
  }

  /** Every panel turned to the head, none before another as seen from there. */
  static void space(Vector3 head, List<PanelGeometry> panels) {
    for (int i = 0; i < panels.size(); i++) {
      PanelGeometry g = panels.get(i);
      double before = head.minus(g.corner()).dot(g.normal());
      if (!(before > 0.01)) {
        throw new InvalidSetting(
            "panels[%d]".formatted(i),
            String.format(
                Locale.ROOT,
                "'%s' is inside out: the head is %.2f m behind its lit side",
                g.panel().name(),
                -before),
            "right × up must point to the head: take the corner at the other end of the lower edge"
                + " and turn right round");
      }
    }
    for (int i = 0; i < panels.size(); i++) {
      for (int j = 0; j < i; j++) {
        PanelGeometry a = panels.get(i);
        PanelGeometry b = panels.get(j);
        double depth = Math.min(depth(head, a, b), depth(head, b, a));
        double narrow = Math.min(narrowest(head, a), narrowest(head, b));
        if (depth > Rig.OVERLAP_TOLERANCE * narrow) {
          throw new InvalidSetting(
              "panels[%d]".formatted(i),
              String.format(
                  Locale.ROOT,
                  "'%s' overlaps '%s' by %.1f° as seen from the head",
                  a.panel().name(),
                  b.panel().name(),
                  Math.toDegrees(depth)),
              "correct the corner of one of the two");
        }
      }
    }
  }

  /**
   * How far {@code b} reaches, in radians, over the edge of {@code a} that it crosses least: not
   * positive if one of a's edges, drawn out to a plane through the eye, parts them.
   */
  private static double depth(Vector3 eye, PanelGeometry a, PanelGeometry b) {
    Vector3[] corners = a.corners();
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < 4; k++) {
      Vector3 from = corners[k].minus(eye);
      Vector3 to = corners[(k + 1) % 4].minus(eye);
      // Corners run counter-clockwise for the eye, so this points outwards.
      Vector3 outward = to.cross(from).normalized();
      if (outward.dot(a.centre().minus(eye)) > 0) {
        outward = outward.times(-1);
      }
      double reach = Double.NEGATIVE_INFINITY;
      for (Vector3 corner : b.corners()) {
        double sine = -outward.dot(corner.minus(eye).normalized());
        reach = Math.max(reach, Math.asin(Math.clamp(sine, -1, 1)));
      }
      least = Math.min(least, reach);
    }
    return least;
  }

  /** The lesser of a panel's angles from edge to opposite edge. */
  private static double narrowest(Vector3 eye, PanelGeometry g) {
    return Math.min(
        angle(g.at(0, 0.5).minus(eye), g.at(1, 0.5).minus(eye)),
        angle(g.at(0.5, 0).minus(eye), g.at(0.5, 1).minus(eye)));
  }

  private static double angle(Vector3 a, Vector3 b) {
    return Math.atan2(a.cross(b).length(), a.dot(b));
  }
}
