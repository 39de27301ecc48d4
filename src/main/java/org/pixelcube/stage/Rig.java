package org.pixelcube.stage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Suggestion;
import org.pixelcube.math.Vector3;

/**
 * An LED stage: its panels, the raster that drives them, the processors that take the raster in,
 * the cameras, and where the subject's head is. In the words of OpenVPCal's raster maps: a panel is
 * a wall segment with a place in the raster.
 *
 * <p>World axes: right-handed, metres, +Y up; the subject at {@link #head} looks towards +Z; the
 * main camera stands on +Z and looks along −Z, so that an environment map, whose middle is −Z,
 * stands on the stage as the camera sees it. See {@code configs/stage/pixel-cube.json}.
 *
 * @param name of the stage
 * @param head the middle of the subject's head
 * @param panelTypes makes of panels
 * @param panels the panels
 * @param raster the picture that drives them
 * @param processors LED processors, each with its part of the raster
 * @param cameras at least one, the main camera first
 */
public record Rig(
    String name,
    Vector3 head,
    List<PanelType> panelTypes,
    List<Panel> panels,
    Raster raster,
    List<Processor> processors,
    List<StageCamera> cameras) {
  /**
   * Panels may overlap, as seen from the head, by this share of the narrower one: poses are
   * measured and never exact.
   */
  static final double OVERLAP_TOLERANCE = 0.2;

  private static final double RIGHT_ANGLE_TOLERANCE = 1e-3;

  /**
   * One panel. Seen from in front, the lit side, {@code right} points to the viewer's right and
   * {@code up} upwards: right × up points out of the lit side, towards the subject.
   *
   * @param name unique
   * @param type name of its {@link PanelType}
   * @param corner lower left corner of the lit area, seen from in front
   * @param right direction of the lower edge, any length
   * @param up direction of the left edge, any length, at a right angle to {@code right}
   * @param raster where its picture lies in the raster
   */
  public record Panel(
      String name, String type, Vector3 corner, Vector3 right, Vector3 up, RasterPlace raster) {
    public Panel {
      requireName(name);
      requireFinite("corner", corner);
      requireFinite("right", right);
      requireFinite("up", up);
      if (!(right.length() > 1e-9)) {
        throw new InvalidSetting("right", "has no length", "give the lower edge's direction");
      }
      if (!(up.length() > 1e-9)) {
        throw new InvalidSetting("up", "has no length", "give the left edge's direction");
      }
      double cosine = right.normalized().dot(up.normalized());
      if (Math.abs(cosine) > RIGHT_ANGLE_TOLERANCE) {
        throw new InvalidSetting(
            "up",
            String.format(
                Locale.ROOT,
                "makes an angle of %.1f° with right, must be 90°",
                Math.toDegrees(Math.acos(Math.clamp(cosine, -1, 1)))),
            "correct one of the two");
      }
    }

    /** Unit vector out of the lit side. */
    public Vector3 normal() {
      return right.cross(up).normalized();
    }
  }

  /**
   * The picture that drives the panels.
   *
   * @param width columns
   * @param height rows
   * @param framesPerSecond pictures a second
   * @param bits of a code value: 8, 10, 12 or 16
   */
  public record Raster(int width, int height, double framesPerSecond, int bits) {
    public Raster {
      InvalidSetting.inRange("width", width, 1, 32768);
      InvalidSetting.inRange("height", height, 1, 32768);
      InvalidSetting.inRange("framesPerSecond", framesPerSecond, 1, 10_000);
      if ((long) width * height > 1 << 26) {
        throw new InvalidSetting(
            "width",
            "and height make %d pixels, must be at most %d"
                .formatted((long) width * height, 1 << 26),
            "split the stage into several rigs");
      }
      if (bits != 8 && bits != 10 && bits != 12 && bits != 16) {
        throw new InvalidSetting(
            "bits", "is %d, must be 8, 10, 12 or 16".formatted(bits), "give what the link carries");
      }
    }

    /** The largest code value. */
    public int white() {
      return (1 << bits) - 1;
    }
  }

  /**
   * An LED processor and the part of the raster it is sent.
   *
   * @param name unique
   * @param u first column
   * @param v first row
   * @param width columns
   * @param height rows
   */
  public record Processor(String name, int u, int v, int width, int height) {
    public Processor {
      requireName(name);
      InvalidSetting.inRange("u", u, 0, 32768);
      InvalidSetting.inRange("v", v, 0, 32768);
      InvalidSetting.inRange("width", width, 1, 32768);
      InvalidSetting.inRange("height", height, 1, 32768);
    }
  }

  public Rig {
    requireName(name);
    requireFinite("head", head);
    panelTypes = List.copyOf(panelTypes);
    panels = List.copyOf(panels);
    processors = List.copyOf(processors);
    cameras = List.copyOf(cameras);
    if (panels.isEmpty()) {
      throw new InvalidSetting("panels", "is empty", "list at least one panel");
    }
    if (cameras.isEmpty()) {
      throw new InvalidSetting("cameras", "is empty", "list at least one camera");
    }
    requireUnique("panelTypes", panelTypes.stream().map(PanelType::name).toList());
    requireUnique("panels", panels.stream().map(Panel::name).toList());
    requireUnique("processors", processors.stream().map(Processor::name).toList());
    requireUnique("cameras", cameras.stream().map(StageCamera::name).toList());
    List<PanelGeometry> placed = placed(panelTypes, panels);
    RigChecks.raster(raster, processors, placed);
    RigChecks.space(head, placed);
  }

  private static List<PanelGeometry> placed(List<PanelType> types, List<Panel> panels) {
    Map<String, PanelType> byName = new HashMap<>();
    types.forEach(type -> byName.put(type.name(), type));
    List<PanelGeometry> placed = new ArrayList<>();
    for (int i = 0; i < panels.size(); i++) {
      Panel panel = panels.get(i);
      PanelType type = byName.get(panel.type());
      if (type == null) {
        throw new InvalidSetting(
            "panels[%d].type".formatted(i),
            "is '%s', which is not among panelTypes".formatted(panel.type()),
            Suggestion.nearest(panel.type(), byName.keySet())
                .map("did you mean '%s'?"::formatted)
                .orElse("add that type or name another"));
      }
      placed.add(PanelGeometry.of(panel, type));
    }
    return placed;
  }

  private static void requireUnique(String key, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      int first = names.indexOf(names.get(i));
      if (first < i) {
        throw new InvalidSetting(
            "%s[%d].name".formatted(key, i),
            "is '%s', as that of %s[%d]".formatted(names.get(i), key, first),
            "give each its own name");
      }
    }
  }

  static void requireName(String name) {
    if (name.isBlank()) {
      throw new InvalidSetting("name", "is blank", "give a name");
    }
  }

  static void requireFinite(String key, Vector3 v) {
    if (!(v.length() < 1e6)) {
      throw new InvalidSetting(key, "is not within 1000 km", "give metres");
    }
  }

  /**
   * Reads a rig.
   *
   * @throws org.pixelcube.config.UserError that names the file, the path of keys and the remedy
   */
  public static Rig read(Path file) {
    return JsonSettings.read(file, Rig.class);
  }

  /** Writes the rig so that {@link #read} gives an equal one. */
  public void write(Path file) {
    AtomicFile.write(file, toJson().getBytes(StandardCharsets.UTF_8));
  }

  /** The rig as JSON, a vector or a raster place to a line. */
  public String toJson() {
    // A list of many small objects is unreadable with each number on its own line.
    return java.util.regex.Pattern.compile("\\{\\s*(\"[xu]\"[^{}]*?)\\s*\\}")
        .matcher(JsonSettings.toJson(this))
        .replaceAll(m ->
            java.util.regex.Matcher.quoteReplacement(
                "{ " + m.group(1).replaceAll("\\s*\\n\\s*", " ") + " }"));
  }

  /** The panels with their places in space, in the order of {@link #panels}. */
  public List<PanelGeometry> geometry() {
    return placed(panelTypes, panels);
  }

  /** All LED pixels. */
  public int ledPixels() {
    return geometry().stream().mapToInt(g -> g.pixelsWide() * g.pixelsHigh()).sum();
  }

  /** The main camera. */
  public StageCamera mainCamera() {
    return cameras.getFirst();
  }
}
