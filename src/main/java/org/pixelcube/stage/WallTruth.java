package org.pixelcube.stage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * How a simulated wall really is, kept beside the pictures of it so that a calibration can be
 * judged.
 *
 * @param format version of the file, {@value #FORMAT}
 * @param exposure light of the nominal white relative to the cameras' saturation
 * @param panels in the rig's order
 */
public record WallTruth(int format, double exposure, List<Panel> panels) {
  public static final int FORMAT = 1;

  /**
   * A panel as it is; see {@link VirtualPanel} and {@link PanelGeometry}.
   *
   * @param name of the panel
   * @param corner lower left corner of the lit area, metres
   * @param right lower edge, its length the width
   * @param up left edge, its length the height
   * @param matrix linear Rec.709 light for the linear drive of each primary
   * @param power of each primary over the type's EOTF
   * @param black light at code 0
   */
  public record Panel(
      String name,
      Vector3 corner,
      Vector3 right,
      Vector3 up,
      Matrix3 matrix,
      Vector3 power,
      double black) {}

  public WallTruth {
    InvalidSetting.inRange("format", format, FORMAT, FORMAT);
    panels = List.copyOf(panels);
  }

  /** Of panels. */
  static WallTruth of(double exposure, List<VirtualPanel> panels) {
    return new WallTruth(
        FORMAT,
        exposure,
        panels.stream()
            .map(p ->
                new Panel(
                    p.geometry().panel().name(),
                    p.geometry().corner(),
                    p.geometry().right(),
                    p.geometry().up(),
                    p.matrix(),
                    p.power(),
                    p.black()))
            .toList());
  }

  /** Reads a file. */
  public static WallTruth read(Path file) {
    return JsonSettings.read(file, WallTruth.class);
  }

  /** Writes a file, in one step. */
  public void write(Path file) {
    JsonSettings.write(file, this);
  }

  /**
   * The panels of a rig as they are.
   *
   * @throws UserError if one is missing
   */
  public List<VirtualPanel> panels(Rig rig) {
    Map<String, Panel> byName = new HashMap<>();
    panels.forEach(p -> byName.put(p.name, p));
    List<VirtualPanel> out = new ArrayList<>();
    for (PanelGeometry g : rig.geometry()) {
      Panel p = byName.get(g.panel().name());
      if (p == null) {
        throw new UserError(
            "the truth",
            "has no panel '%s'".formatted(g.panel().name()),
            "give the rig that was simulated");
      }
      Vector3 normal = p.right.cross(p.up).normalized();
      out.add(
          new VirtualPanel(
              new PanelGeometry(g.panel(), g.type(), p.corner, p.right, p.up, normal),
              p.matrix,
              p.power,
              p.black));
    }
    return out;
  }
}
