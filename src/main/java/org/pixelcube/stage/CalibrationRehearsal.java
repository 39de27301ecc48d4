package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.pixelcube.color.CieLab;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.Primaries;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Pose;

/**
 * Calibrates a wall that is known: panels off by seeded amounts are filmed by simulated cameras
 * with noise that record ACES2065-1, solved from those pictures, and compared with what they are.
 * Panels light each other not at all here, and cameras have no lens distortion.
 */
public final class CalibrationRehearsal implements CalibrationPictures {
  /** LEDs are out of Rec.709, and a camera records nothing below 0: it records ACES2065-1. */
  private static final ColorTransform TO_SENSOR =
      ColorTransform.between(Primaries.BT709, Primaries.ACES_AP0);

  private static final ColorTransform FROM_SENSOR =
      ColorTransform.between(Primaries.ACES_AP0, Primaries.BT709);

  private final List<VirtualPanel> panels;
  private final StructuredLight geometry;
  private final Settings settings;
  private final List<StageCamera> cameras;
  private final PanelView[] views;
  private final int rasterWidth;

  /**
   * How far off things are, and how they are filmed.
   *
   * @param seed of all that is random
   * @param colour most that the strength of a primary is off by
   * @param metres most that a panel is moved along each axis
   * @param degrees most that a panel is turned about each axis
   * @param pictureSize of the cameras' square pictures, pixels
   * @param raysPerSide through a camera's pixel, a side
   * @param exposure light of the nominal white relative to saturation
   * @param sensor noise of the cameras
   */
  public record Settings(
      long seed,
      double colour,
      double metres,
      double degrees,
      int pictureSize,
      int raysPerSide,
      double exposure,
      Sensor sensor) {
    public static final Settings DEFAULT =
        new Settings(1, 0.2, 0.02, 2, 1024, 2, 0.5, Sensor.DEFAULT);

    public Settings {
      InvalidSetting.inRange("colour", colour, 0, 0.9);
      InvalidSetting.inRange("metres", metres, 0, 1);
      InvalidSetting.inRange("degrees", degrees, 0, 45);
      InvalidSetting.inRange("pictureSize", pictureSize, 64, 8192);
      InvalidSetting.inRange("raysPerSide", raysPerSide, 1, 8);
      InvalidSetting.inRange("exposure", exposure, 0.01, 10);
    }

    /** With pictures of another size. */
    public Settings withPictureSize(int size) {
      return new Settings(seed, colour, metres, degrees, size, raysPerSide, exposure, sensor);
    }

    /** With another seed. */
    public Settings withSeed(long other) {
      return new Settings(
          other, colour, metres, degrees, pictureSize, raysPerSide, exposure, sensor);
    }
  }

  /**
   * How well it went, over the panels that did not fail.
   *
   * @param calibration what was solved
   * @param meanDeltaEBefore mean CIEDE2000 over panels and patches of the chart as shown by the rig
   *     as it stood
   * @param meanDeltaE the same by the calibration
   * @param worstDeltaE the worst panel's mean
   * @param meanMillimetres mean distance of the panels' middles from the truth
   * @param worstMillimetres the worst
   * @param meanDegrees mean turn from the truth
   * @param worstDegrees the worst
   * @param panels what each panel that did not fail is off by, in the rig's order
   */
  public record Outcome(
      Calibration calibration,
      double meanDeltaEBefore,
      double meanDeltaE,
      double worstDeltaE,
      double meanMillimetres,
      double worstMillimetres,
      double meanDegrees,
      double worstDegrees,
      List<PanelError> panels) {
    /**
     * What one panel is off by.
     *
     * @param name of the panel
     * @param deltaE mean CIEDE2000 over the chart
     * @param millimetres distance of its middle from the truth
     * @param degrees turn from the truth
     */
    public record PanelError(String name, double deltaE, double millimetres, double degrees) {}

    private String worst(ToDoubleFunction<PanelError> error) {
      return panels.stream()
          .max(Comparator.comparingDouble(error))
          .map(PanelError::name)
          .orElse("none");
    }

    /** A table. */
    public String report() {
      return String.format(
          Locale.ROOT,
          """
                              before     mean     worst panel
          ΔE2000 (chart)   %9.2f %8.3f %11.3f  %s
          place, mm                  %8.3f %11.3f  %s
          turn, °                    %8.4f %11.4f  %s
          """,
          meanDeltaEBefore,
          meanDeltaE,
          worstDeltaE,
          worst(PanelError::deltaE),
          meanMillimetres,
          worstMillimetres,
          worst(PanelError::millimetres),
          meanDegrees,
          worstDegrees,
          worst(PanelError::degrees));
    }
  }

  /** A wall whose panels are off by seeded amounts. */
  public CalibrationRehearsal(
      Rig rig, List<StageCamera> cameras, StructuredLight geometry, Settings settings) {
    this.settings = settings;
    this.geometry = geometry;
    this.cameras = List.copyOf(cameras);
    this.rasterWidth = rig.raster().width();
    this.panels = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(settings.seed);
    for (PanelGeometry g : rig.geometry()) {
      panels.add(
          VirtualPanel.disturbed(g, random, settings.colour, settings.metres, settings.degrees));
    }
    this.views = new PanelView[cameras.size()];
  }

  /**
   * Six cameras at the head's place that together see all around, 100° wide each: one camera on a
   * tripod, turned.
   */
  public static List<StageCamera> around(Rig rig, int pictureSize) {
    double[][] headings = {{0, 0}, {90, 0}, {180, 0}, {270, 0}, {0, 90}, {0, -90}};
    List<StageCamera> out = new ArrayList<>();
    for (double[] h : headings) {
      out.add(
          new StageCamera(
              "calibration-" + (out.size() + 1),
              rig.head(),
              h[0],
              h[1],
              0,
              100,
              pictureSize,
              pictureSize,
              24,
              1.0 / 48,
              0,
              TransferCurve.LINEAR));
    }
    return out;
  }

  /** Films, solves and compares. */
  public static Outcome run(
      Rig rig,
      List<StageCamera> cameras,
      StructuredLight geometry,
      Settings settings,
      CalibrationSolver.Watcher watcher) {
    CalibrationRehearsal wall = new CalibrationRehearsal(rig, cameras, geometry, settings);
    return compare(rig, wall.truth(), CalibrationSolver.solve(rig, geometry, wall, watcher));
  }

  /**
   * As {@link #run} where the wall was built after another rig than the one that is told, for
   * instance with cables exchanged.
   */
  static Outcome misled(
      Rig told, Rig built, List<StageCamera> cameras, StructuredLight geometry, Settings settings) {
    CalibrationRehearsal wall = new CalibrationRehearsal(built, cameras, geometry, settings);
    return compare(told, wall.truth(), CalibrationSolver.solve(told, geometry, wall, done -> {}));
  }

  @Override
  public List<StageCamera> cameras() {
    return cameras;
  }

  /** How the wall really is. */
  public WallTruth truth() {
    return WallTruth.of(settings.exposure, panels);
  }

  @Override
  public float[] linear(int camera, CalibrationPattern pattern) {
    float[] codes = codes(camera, pattern);
    float[] linear = Sensor.linear(codes, cameras.get(camera).response());
    FROM_SENSOR.apply(linear, linear, linear.length / 3);
    Sensor.markSaturated(codes, linear);
    return linear;
  }

  /**
   * The picture as the camera writes it: code values in ACES2065-1 through its response, from 0 to
   * 1, {@code (3, h, w)}.
   */
  public float[] codes(int camera, CalibrationPattern pattern) {
    if (views[camera] == null) {
      views[camera] =
          new PanelView(
              PanelView.pinhole(cameras.get(camera)),
              panels.stream().map(VirtualPanel::geometry).toList(),
              settings.raysPerSide);
    }
    // Every panel shows one colour, or one of two.
    float[][] dark = new float[panels.size()][];
    float[][] lit = new float[panels.size()][];
    for (int p = 0; p < panels.size(); p++) {
      Optional<Vector3> code = pattern.code(panels.get(p).geometry().type());
      lit[p] = exposed(p, code.orElse(new Vector3(1, 1, 1)));
      dark[p] = exposed(p, code.orElse(Vector3.ZERO));
    }
    boolean structured = pattern.kind() == CalibrationPattern.Kind.GEOMETRY;
    float[] picture =
        views[camera].render((c, p, x, y) -> {
          if (!structured) {
            return lit[p][c];
          }
          int i = panels.get(p).geometry().rasterIndex(x, y, rasterWidth);
          boolean on = geometry.lit(pattern.step(), i % rasterWidth, i / rasterWidth);
          return on ? lit[p][c] : dark[p][c];
        });
    TO_SENSOR.apply(picture, picture, picture.length / 3);
    TransferCurve response = cameras.get(camera).response();
    long seed = (settings.seed * 1000 + camera) * 1000 + pattern.number();
    return settings.sensor.expose(picture, response, seed);
  }

  private float[] exposed(int p, Vector3 code) {
    Vector3 light = panels.get(p).light(code).times(settings.exposure);
    return new float[] {(float) light.x(), (float) light.y(), (float) light.z()};
  }

  /** Compares a calibration with how the wall really is. */
  public static Outcome compare(Rig rig, WallTruth truth, Calibration calibration) {
    List<VirtualPanel> panels = truth.panels(rig);
    double exposure = truth.exposure();
    Map<String, PanelResponse> responses = calibration.responses();
    double white = calibration.commonWhite();
    double steps = rig.raster().white();
    double before = 0;
    List<Outcome.PanelError> errors = new ArrayList<>();
    for (int p = 0; p < panels.size(); p++) {
      PanelCalibration found = calibration.panels().get(p);
      PanelResponse response = responses.get(found.name());
      if (response == null) {
        continue;
      }
      double nominal = 0;
      double calibrated = 0;
      List<Vector3> chart = ColorChart.linear();
      PanelType type = panels.get(p).geometry().type();
      Matrix3 fromRec709 = type.fromRec709();
      for (Vector3 patch : chart) {
        CieLab wanted = CieLab.ofRgb(patch, Primaries.BT709);
        nominal +=
            wanted.deltaE2000(
                shown(
                    panels.get(p),
                    encoded(type, fromRec709.apply(patch.times(white / exposure))),
                    exposure / white,
                    steps));
        calibrated +=
            wanted.deltaE2000(
                shown(panels.get(p), response.code(patch.times(white)), exposure / white, steps));
      }
      before += nominal / chart.size();
      Pose stands = CalibrationSolver.nominal(panels.get(p).geometry());
      Vector3 middle =
          found
              .corner()
              .plus(found.right().times(type.widthMetres() / 2))
              .plus(found.up().times(type.heightMetres() / 2));
      errors.add(
          new Outcome.PanelError(
              found.name(),
              calibrated / chart.size(),
              1000 * middle.minus(stands.translation()).length(),
              Math.toDegrees(stands.rotation().inverse().after(rotation(found)).angle())));
    }
    DoubleSummaryStatistics colour =
        errors.stream().mapToDouble(Outcome.PanelError::deltaE).summaryStatistics();
    DoubleSummaryStatistics millimetres =
        errors.stream().mapToDouble(Outcome.PanelError::millimetres).summaryStatistics();
    DoubleSummaryStatistics degrees =
        errors.stream().mapToDouble(Outcome.PanelError::degrees).summaryStatistics();
    return new Outcome(
        calibration,
        errors.isEmpty() ? 0 : before / errors.size(),
        colour.getAverage(),
        errors.isEmpty() ? 0 : colour.getMax(),
        millimetres.getAverage(),
        errors.isEmpty() ? 0 : millimetres.getMax(),
        degrees.getAverage(),
        errors.isEmpty() ? 0 : degrees.getMax(),
        List.copyOf(errors));
  }

  private static Rotation rotation(PanelCalibration found) {
    return Rotation.ofAxes(found.right(), found.up(), found.right().cross(found.up()));
  }

  private static Vector3 encoded(PanelType type, Vector3 drive) {
    return new Vector3(
        type.eotf().fromLinear(drive.x(), type.peakNits()),
        type.eotf().fromLinear(drive.y(), type.peakNits()),
        type.eotf().fromLinear(drive.z(), type.peakNits()));
  }

  /** What a panel really shows for a code as the raster carries it, times a scale. */
  private static CieLab shown(VirtualPanel panel, Vector3 code, double scale, double steps) {
    Vector3 rounded =
        new Vector3(
            Math.rint(code.x() * steps) / steps,
            Math.rint(code.y() * steps) / steps,
            Math.rint(code.z() * steps) / steps);
    return CieLab.ofRgb(panel.light(rounded).times(scale), Primaries.BT709);
  }
}
