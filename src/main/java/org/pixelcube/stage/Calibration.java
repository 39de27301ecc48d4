package org.pixelcube.stage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pixelcube.color.Primaries;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * What cameras measured of a stage's panels: where each stands and what it shines for its codes.
 *
 * @param format version of the file, {@value #FORMAT}
 * @param rig name of the rig
 * @param commonWhite light of the brightest white that every panel reaches with all colours of
 *     Rec.709, in the scale of the responses
 * @param panels in the rig's order
 */
public record Calibration(
    int format, String rig, double commonWhite, List<PanelCalibration> panels) {
  public static final int FORMAT = 1;

  /** Signals of a table that stands in a rig for a measured EOTF. */
  private static final int TABLE_ENTRIES = 257;

  private static final double PEAK_RATIO = 100;

  /** Names in one line of the report. */
  private static final int MOST_NAMES = 3;

  public Calibration {
    InvalidSetting.inRange("format", format, FORMAT, FORMAT);
    panels = List.copyOf(panels);
  }

  /** Reads a file. */
  public static Calibration read(Path file) {
    return JsonSettings.read(file, Calibration.class);
  }

  /** Writes a file, in one step. */
  public void write(Path file) {
    JsonSettings.write(file, this);
  }

  /** How many panels have a status. */
  public int count(PanelCalibration.Status status) {
    return (int) panels.stream().filter(p -> p.status() == status).count();
  }

  /**
   * The rig with its panels where they were found, each of a type of its own that has the
   * primaries, white, peak and EOTF measured, so that whatever drives this rig drives the panels as
   * they are. Panels that failed stay as they were. EOTFs are those of the three primaries in the
   * mean.
   */
  public Rig applyTo(Rig rig) {
    return applyTo(rig, true);
  }

  /**
   * As {@link #applyTo(Rig)}, but with the rig's EOTFs: for those who correct codes by {@link
   * CodeCorrection}, which knows the curve of each primary.
   */
  public Rig placedIn(Rig rig) {
    return applyTo(rig, false);
  }

  private Rig applyTo(Rig rig, boolean curves) {
    if (!this.rig.equals(rig.name())) {
      throw new UserError(
          "calibration",
          "is of rig '%s', not of '%s'".formatted(this.rig, rig.name()),
          "give the rig that was calibrated");
    }
    Map<String, PanelCalibration> found = new HashMap<>();
    panels.forEach(p -> found.put(p.name(), p));
    List<PanelType> types = new ArrayList<>(rig.panelTypes());
    List<Rig.Panel> placed = new ArrayList<>();
    List<PanelGeometry> geometry = rig.geometry();
    for (int i = 0; i < geometry.size(); i++) {
      Rig.Panel panel = rig.panels().get(i);
      PanelCalibration c = found.get(panel.name());
      if (c == null || c.status() == PanelCalibration.Status.FAIL || c.response().isEmpty()) {
        placed.add(panel);
        continue;
      }
      String type = panel.type() + " " + panel.name();
      types.add(measured(type, geometry.get(i).type(), c, curves));
      placed.add(new Rig.Panel(panel.name(), type, c.corner(), c.right(), c.up(), panel.raster()));
    }
    types.removeIf(t -> placed.stream().noneMatch(p -> p.type().equals(t.name())));
    try {
      return new Rig(
          rig.name(), rig.head(), types, placed, rig.raster(), rig.processors(), rig.cameras());
    } catch (InvalidSetting e) {
      throw new UserError(
          "calibration",
          "makes a rig whose " + e.key() + " " + e.reason(),
          "calibrate again, or leave those panels out of the rig",
          e);
    }
  }

  private static PanelType measured(
      String name, PanelType nominal, PanelCalibration c, boolean curves) {
    PanelResponse response = c.response().orElseThrow();
    Matrix3 toXyz = Primaries.BT709.toXyz().times(response.matrix());
    Vector3 white = toXyz.apply(new Vector3(1, 1, 1));
    List<Double> table = new ArrayList<>();
    double least = 0;
    for (int i = 0; i < TABLE_ENTRIES; i++) {
      double code = i / (TABLE_ENTRIES - 1.0);
      double sum = 0;
      for (MonotoneTable eotf : response.eotf()) {
        sum += eotf.light(code) / 3;
      }
      // A table of a rig must rise.
      double value = i == 0 ? 0 : i == TABLE_ENTRIES - 1 ? 1 : Math.clamp(sum, least, 1 - 1e-9);
      table.add(value);
      least = value + 1e-12;
    }
    double peak = nominal.peakNits() * c.relativeWhite();
    return new PanelType(
        name,
        nominal.widthMetres(),
        nominal.heightMetres(),
        nominal.pixelsWide(),
        nominal.pixelsHigh(),
        peak,
        Math.min(nominal.blackNits(), peak / PEAK_RATIO),
        new Primaries(
            x(toXyz.m00(), toXyz.m10(), toXyz.m20()),
            y(toXyz.m00(), toXyz.m10(), toXyz.m20()),
            x(toXyz.m01(), toXyz.m11(), toXyz.m21()),
            y(toXyz.m01(), toXyz.m11(), toXyz.m21()),
            x(toXyz.m02(), toXyz.m12(), toXyz.m22()),
            y(toXyz.m02(), toXyz.m12(), toXyz.m22()),
            x(white.x(), white.y(), white.z()),
            y(white.x(), white.y(), white.z())),
        curves ? TransferCurve.table(table) : nominal.eotf(),
        nominal.viewingAngle(),
        nominal.refreshHertz(),
        nominal.scan());
  }

  private static double x(double x, double y, double z) {
    return x / (x + y + z);
  }

  private static double y(double x, double y, double z) {
    return y / (x + y + z);
  }

  /** A line for each fault, with the panels that have it, and one of all. */
  public String report() {
    StringBuilder text = new StringBuilder();
    Map<String, List<String>> faults = new LinkedHashMap<>();
    Map<String, String> first = new HashMap<>();
    for (PanelCalibration p : panels) {
      for (String remedy : p.remedies()) {
        // What is to be done is the same for all; what was measured is not.
        String key = p.status() + remedy.replaceAll("[-0-9.]+", "#");
        faults.computeIfAbsent(key, _ -> new ArrayList<>()).add(p.name());
        first.putIfAbsent(key, "%s %%s: %s%%n".formatted(p.status(), remedy.replace("%", "%%")));
      }
    }
    faults.forEach((key, names) -> {
      String who =
          names.size() <= MOST_NAMES
              ? String.join(", ", names)
              : "%s and %d more"
                  .formatted(
                      String.join(", ", names.subList(0, MOST_NAMES)), names.size() - MOST_NAMES);
      text.append(first.get(key).formatted(who));
    });
    text.append(
        String.format(
            Locale.ROOT,
            "%d panels: %d pass, %d warn, %d fail; common white %.3f of the camera's range%n",
            panels.size(),
            count(PanelCalibration.Status.PASS),
            count(PanelCalibration.Status.WARN),
            count(PanelCalibration.Status.FAIL),
            commonWhite));
    return text.toString();
  }

  /** The responses that can be used, by the panel's name. */
  public Map<String, PanelResponse> responses() {
    Map<String, PanelResponse> out = new HashMap<>();
    for (PanelCalibration p : panels) {
      Optional<PanelResponse> response = p.response();
      if (p.status() != PanelCalibration.Status.FAIL && response.isPresent()) {
        out.put(p.name(), response.get());
      }
    }
    return out;
  }
}
