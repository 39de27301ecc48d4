package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pixelcube.color.CieLab;
import org.pixelcube.color.Primaries;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;

/**
 * Finds where panels stand and what they shine from pictures of {@link CalibrationPattern}s by
 * cameras whose places are known. Structured light tells which camera pixel sees which cell of the
 * raster; each panel's pose is the one that puts its cells there ({@link PlanePose}); colours are
 * means over what the cameras see of each panel, and the response is fitted to them ({@link
 * PanelResponse}). The chart's patches take no part in the fit, they test it.
 */
public final class CalibrationSolver {
  /** Below this, relative to saturation, nothing is seen. */
  private static final float LEAST_LIGHT = 0.004f;

  /** Colours are sampled on a grid of so many points a side … */
  private static final int GRID = 24;

  /** … over so much of the panel's sides. */
  private static final double SPAN = 0.9;

  /** Borders in each direction that a panel must at least show. */
  private static final int LEAST_BORDERS = 12;

  private static final double WORST_RMS = 1.5;
  private static final double FAR_MILLIMETRES = 50;
  private static final double FAR_DEGREES = 5;
  private static final double LOST_MILLIMETRES = 250;
  private static final double WARN_DELTA_E = 1;
  private static final double FAIL_DELTA_E = 3;
  private static final double ODD_WHITE = 0.3;

  /** White below this share of the camera's range drowns dark steps in noise. */
  private static final double DARK_WHITE = 0.05;

  private static final double BRIGHT_BLACK = 0.02;

  /** By how much the primaries together may be more than white. */
  private static final double NOT_ADDITIVE = 0.1;

  /** How far, of white, a ramp may fall from one step to a later one. */
  private static final double NOT_MONOTONE = 0.02;

  /** Of the ramp's steps, the last so many … */
  private static final int FLAT_STEPS = 3;

  /** … rise by more than this share of what the rig's EOTF tells. */
  private static final double FLAT = 0.2;

  private final Rig rig;
  private final StructuredLight geometry;
  private final List<PanelGeometry> panels;
  private final CalibrationPictures pictures;
  private final List<Camera> cameras;

  /**
   * Panel and middle (in panel pixels) of each cell of the raster; −1 where it is not one's own.
   */
  private final int[] cellPanel;

  private final float[] cellX;
  private final float[] cellY;
  private final int cellColumns;

  /** Which panel each pixel of each camera sees. */
  private final List<int[]> seen = new ArrayList<>();

  private CalibrationSolver(Rig rig, StructuredLight geometry, CalibrationPictures pictures) {
    this.rig = rig;
    this.geometry = geometry;
    this.panels = rig.geometry();
    this.pictures = pictures;
    this.cameras = pictures.cameras().stream().map(PanelView::pinhole).toList();
    this.cellColumns = Math.ceilDiv(rig.raster().width(), geometry.cellPixels());
    int cells = cellColumns * Math.ceilDiv(rig.raster().height(), geometry.cellPixels());
    cellPanel = new int[cells];
    cellX = new float[cells];
    cellY = new float[cells];
    findCells();
  }

  /** Hears how many pictures have been read. */
  @FunctionalInterface
  public interface Watcher {
    void read(int done);
  }

  /**
   * Solves.
   *
   * @throws UserError if a picture is missing, or no panel is seen at all
   */
  public static Calibration solve(
      Rig rig, StructuredLight geometry, CalibrationPictures pictures, Watcher watcher) {
    return new CalibrationSolver(rig, geometry, pictures).run(watcher);
  }

  private void findCells() {
    int[] count = new int[cellPanel.length];
    Arrays.fill(cellPanel, -1);
    int size = geometry.cellPixels();
    int width = rig.raster().width();
    for (int p = 0; p < panels.size(); p++) {
      PanelGeometry g = panels.get(p);
      for (int y = 0; y < g.pixelsHigh(); y++) {
        for (int x = 0; x < g.pixelsWide(); x++) {
          int i = g.rasterIndex(x, y, width);
          int cell = i / width / size * cellColumns + i % width / size;
          cellPanel[cell] = p;
          cellX[cell] += x + 0.5f;
          cellY[cell] += y + 0.5f;
          count[cell]++;
        }
      }
    }
    for (int cell = 0; cell < cellPanel.length; cell++) {
      // Cells that lie on a panel only in part are shorter than the camera thinks.
      if (count[cell] == size * size) {
        cellX[cell] /= count[cell];
        cellY[cell] /= count[cell];
      } else {
        cellPanel[cell] = -1;
      }
    }
  }

  private Calibration run(Watcher watcher) {
    List<CalibrationPattern> patterns = CalibrationPattern.all(geometry);
    Map<Integer, List<PlanePose.Sighting>> sightings = new HashMap<>();
    int done = 0;
    List<CalibrationPattern> structured =
        patterns.stream().filter(p -> p.kind() == CalibrationPattern.Kind.GEOMETRY).toList();
    for (int c = 0; c < cameras.size(); c++) {
      List<float[]> luminance = new ArrayList<>();
      for (CalibrationPattern pattern : structured) {
        luminance.add(luminance(pictures.linear(c, pattern)));
        watcher.read(++done);
      }
      look(c, luminance, sightings);
    }
    if (sightings.isEmpty()) {
      throw new UserError(
          "geometry pictures",
          "show none of the %d panels".formatted(panels.size()),
          "check the exposure, the order of the pictures and that the rig is the right one");
    }
    List<Optional<PlanePose>> poses = new ArrayList<>();
    for (int p = 0; p < panels.size(); p++) {
      poses.add(pose(p, sightings.getOrDefault(p, List.of())));
    }
    List<List<Sample>> samples = new ArrayList<>();
    for (int p = 0; p < panels.size(); p++) {
      samples.add(samples(p, poses.get(p).map(PlanePose::pose).orElse(nominal(panels.get(p)))));
    }
    List<CalibrationPattern> colours = new ArrayList<>();
    for (CalibrationPattern pattern : patterns) {
      if (pattern.kind() != CalibrationPattern.Kind.GEOMETRY
          && pattern.kind() != CalibrationPattern.Kind.SLATE) {
        colours.add(pattern);
      }
    }
    // light[panel][pattern], and the first picture of it that was saturated.
    Vector3[][] light = new Vector3[panels.size()][colours.size()];
    CalibrationPattern[] saturated = new CalibrationPattern[panels.size()];
    for (int k = 0; k < colours.size(); k++) {
      List<float[]> linear = new ArrayList<>();
      for (int c = 0; c < cameras.size(); c++) {
        linear.add(pictures.linear(c, colours.get(k)));
        watcher.read(++done);
      }
      for (int p = 0; p < panels.size(); p++) {
        boolean[] over = new boolean[1];
        light[p][k] = mean(samples.get(p), linear, over);
        if (over[0] && saturated[p] == null) {
          saturated[p] = colours.get(k);
        }
      }
    }
    return judged(poses, samples, colours, light, saturated);
  }

  private static float[] luminance(float[] rgb) {
    int n = rgb.length / 3;
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      y[i] = 0.25f * rgb[i] + 0.5f * rgb[n + i] + 0.25f * rgb[2 * n + i];
    }
    return y;
  }

  /** Reads one camera's structured light: which cells it sees, and the borders between them. */
  private void look(
      int c, List<float[]> luminance, Map<Integer, List<PlanePose.Sighting>> sightings) {
    Camera camera = cameras.get(c);
    StructuredLight.Decoded decoded =
        geometry.decode(luminance, camera.width(), camera.height(), LEAST_LIGHT);
    int[] panelOf = new int[camera.width() * camera.height()];
    Arrays.fill(panelOf, -1);
    for (int i = 0; i < panelOf.length; i++) {
      if (decoded.column()[i] >= 0) {
        panelOf[i] = cellPanel[decoded.row()[i] * cellColumns + decoded.column()[i]];
      }
    }
    seen.add(panelOf);
    for (StructuredLight.Border border : geometry.borders(luminance, decoded)) {
      int p = cellPanel[border.cell()];
      if (p < 0 || cellPanel[border.other()] != p) {
        continue;
      }
      // Between the middles of two cells that are side by side on the panel lies their border.
      PanelGeometry g = panels.get(p);
      Vector3 a = middle(g, border.cell());
      Vector3 b = middle(g, border.other());
      Vector3 across = b.minus(a).normalized();
      sightings
          .computeIfAbsent(p, _ -> new ArrayList<>())
          .add(
              new PlanePose.Sighting(
                  camera,
                  border.x(),
                  border.y(),
                  a.plus(b).times(0.5),
                  new Vector3(-across.y(), across.x(), 0),
                  border.points()));
    }
  }

  /** The middle of a cell in its panel's axes. */
  private Vector3 middle(PanelGeometry g, int cell) {
    return local(g, cellX[cell] / g.pixelsWide(), cellY[cell] / g.pixelsHigh());
  }

  /** The place (s, t) of a panel in axes from its middle: right, up, out of the lit side. */
  private static Vector3 local(PanelGeometry g, double s, double t) {
    return new Vector3((s - 0.5) * g.type().widthMetres(), (0.5 - t) * g.type().heightMetres(), 0);
  }

  /** Where the rig says that a panel stands. */
  static Pose nominal(PanelGeometry g) {
    Vector3 r = g.right().normalized();
    Vector3 n = g.normal();
    Vector3 u = n.cross(r);
    return new Pose(Rotation.ofAxes(r, u, n), g.centre());
  }

  private Optional<PlanePose> pose(int p, List<PlanePose.Sighting> sightings) {
    long upright =
        sightings.stream().filter(s -> Math.abs(s.along().y()) > Math.abs(s.along().x())).count();
    if (Math.min(upright, sightings.size() - upright) < LEAST_BORDERS) {
      return Optional.empty();
    }
    try {
      return Optional.of(PlanePose.solve(nominal(panels.get(p)), sightings));
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** A point of a panel in a camera's picture. */
  private record Sample(int camera, double x, double y, double falloff) {}

  private List<Sample> samples(int p, Pose pose) {
    PanelGeometry g = panels.get(p);
    List<Sample> out = new ArrayList<>();
    Vector3 normal = pose.rotation().apply(new Vector3(0, 0, 1));
    for (int c = 0; c < cameras.size(); c++) {
      Camera camera = cameras.get(c);
      int[] panelOf = seen.get(c);
      for (int j = 0; j < GRID; j++) {
        for (int i = 0; i < GRID; i++) {
          double s = 0.5 + SPAN * ((i + 0.5) / GRID - 0.5);
          double t = 0.5 + SPAN * ((j + 0.5) / GRID - 0.5);
          Vector3 point = pose.point(local(g, s, t));
          Vector3 at = camera.project(point);
          int x = (int) Math.floor(at.x() - 0.5);
          int y = (int) Math.floor(at.y() - 0.5);
          if (!(at.z() > 0)
              || x < 0
              || y < 0
              || x + 1 >= camera.width()
              || y + 1 >= camera.height()) {
            continue;
          }
          // All four neighbours must see this very panel: nothing stands before it.
          int w = camera.width();
          int near =
              (panelOf[y * w + x] == p ? 1 : 0)
                  + (panelOf[y * w + x + 1] == p ? 1 : 0)
                  + (panelOf[(y + 1) * w + x] == p ? 1 : 0)
                  + (panelOf[(y + 1) * w + x + 1] == p ? 1 : 0);
          if (near >= 2) {
            Vector3 back = camera.pose().translation().minus(point).normalized();
            double falloff = g.type().viewingAngle().relativeRadiance(back.dot(normal));
            if (falloff > 0.1) {
              out.add(new Sample(c, at.x(), at.y(), falloff));
            }
          }
        }
      }
    }
    return out;
  }

  private Vector3 mean(List<Sample> samples, List<float[]> linear, boolean[] saturated) {
    double[] sum = new double[3];
    int used = 0;
    for (Sample s : samples) {
      Camera camera = cameras.get(s.camera);
      float[] planes = linear.get(s.camera);
      int w = camera.width();
      int n = w * camera.height();
      int x = (int) Math.floor(s.x - 0.5);
      int y = (int) Math.floor(s.y - 0.5);
      double fx = s.x - 0.5 - x;
      double fy = s.y - 0.5 - y;
      double[] value = new double[3];
      for (int c = 0; c < 3; c++) {
        int i = c * n + y * w + x;
        value[c] =
            (1 - fy) * ((1 - fx) * planes[i] + fx * planes[i + 1])
                + fy * ((1 - fx) * planes[i + w] + fx * planes[i + w + 1]);
      }
      if (!Double.isFinite(value[0] + value[1] + value[2])) {
        saturated[0] = true;
        continue;
      }
      used++;
      for (int c = 0; c < 3; c++) {
        sum[c] += value[c] / s.falloff;
      }
    }
    double scale = used == 0 ? 0 : 1.0 / used;
    return new Vector3(sum[0] * scale, sum[1] * scale, sum[2] * scale);
  }

  private Optional<PanelResponse> response(
      int p, List<CalibrationPattern> colours, Vector3[] light) {
    List<PanelResponse.Measurement> patches = new ArrayList<>();
    for (int k = 0; k < light.length; k++) {
      if (colours.get(k).kind() != CalibrationPattern.Kind.CHART) {
        patches.add(
            new PanelResponse.Measurement(
                colours.get(k).code(panels.get(p).type()).orElseThrow(), light[k]));
      }
    }
    try {
      return Optional.of(PanelResponse.fit(patches));
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  private Calibration judged(
      List<Optional<PlanePose>> poses,
      List<List<Sample>> samples,
      List<CalibrationPattern> colours,
      Vector3[][] light,
      CalibrationPattern[] saturated) {
    List<Optional<PanelResponse>> responses = new ArrayList<>();
    for (int p = 0; p < panels.size(); p++) {
      responses.add(samples.get(p).isEmpty() ? Optional.empty() : response(p, colours, light[p]));
    }
    double[] whites =
        responses.stream().flatMap(Optional::stream).mapToDouble(r -> white(r)).sorted().toArray();
    double median = whites.length == 0 ? 0 : whites[whites.length / 2];
    double common =
        responses.stream()
            .flatMap(Optional::stream)
            .mapToDouble(PanelResponse::commonWhite)
            .min()
            .orElse(0);
    List<PanelCalibration> out = new ArrayList<>();
    for (int p = 0; p < panels.size(); p++) {
      out.add(judged(p, poses.get(p), responses.get(p), colours, light[p], saturated[p], median));
    }
    return new Calibration(Calibration.FORMAT, rig.name(), common, out);
  }

  private static double white(PanelResponse r) {
    Vector3 w = r.matrix().apply(new Vector3(1, 1, 1));
    return Primaries.BT709.luminanceWeights().dot(w);
  }

  private PanelCalibration judged(
      int p,
      Optional<PlanePose> pose,
      Optional<PanelResponse> response,
      List<CalibrationPattern> colours,
      Vector3[] light,
      CalibrationPattern saturated,
      double medianWhite) {
    PanelGeometry g = panels.get(p);
    Pose nominal = nominal(g);
    Pose found = pose.map(PlanePose::pose).orElse(nominal);
    Verdict verdict = new Verdict();
    double moved = 1000 * found.translation().minus(nominal.translation()).length();
    double turned = Math.toDegrees(nominal.rotation().inverse().after(found.rotation()).angle());
    if (pose.isEmpty()) {
      verdict.fail("no camera sees enough of it: place a camera that does, or check its cable");
    } else if (pose.get().rmsPixels() > WORST_RMS) {
      verdict.fail(
          "its cells lie %.1f pixels off a plane: check its orientation in the raster and the camera"
              + " that saw it",
          pose.get().rmsPixels());
    } else if (moved > LOST_MILLIMETRES) {
      verdict.fail(
          "it shows where %s should be: check the raster map and the cables",
          nearest(found.translation()));
    } else if (moved > FAR_MILLIMETRES || turned > FAR_DEGREES) {
      verdict.warn(
          "it stands %.0f mm and %.1f° off the rig: check its mount, or take the rig as measured",
          moved, turned);
    }
    if (saturated != null) {
      verdict.fail(
          "it saturates the camera from picture %s on: give less exposure and take all pictures"
              + " again",
          saturated.name());
    } else if (pose.isPresent()) {
      checkLevels(verdict, p, colours, light);
    }
    double deltaE = 0;
    double relative = 0;
    if (response.isEmpty()) {
      verdict.fail("its colours cannot be measured: check that it follows the codes it is sent");
    } else {
      deltaE = chartDeltaE(response.get(), colours, light, p);
      relative = medianWhite > 0 ? white(response.get()) / medianWhite : 0;
      if (deltaE > FAIL_DELTA_E) {
        verdict.fail(
            "its chart is off by ΔE %.1f: check its processor for colour or gamma corrections",
            deltaE);
      } else if (deltaE > WARN_DELTA_E) {
        verdict.warn(
            "its chart is off by ΔE %.1f: take longer exposures, or check its processor", deltaE);
      }
      if (Math.abs(relative - 1) > ODD_WHITE) {
        verdict.warn(
            "its white has %.0f %% of the others': check its modules and receiving card",
            100 * relative);
      }
    }
    Vector3 right = found.rotation().apply(new Vector3(1, 0, 0));
    Vector3 up = found.rotation().apply(new Vector3(0, 1, 0));
    return new PanelCalibration(
        g.panel().name(),
        verdict.status,
        verdict.remedies,
        pose.map(PlanePose::used).orElse(0),
        pose.map(PlanePose::rmsPixels).orElse(0.0),
        moved,
        turned,
        deltaE,
        relative,
        found.point(local(g, 0, 1)),
        right,
        up,
        response);
  }

  /** Looks at the patches for what a fit would hide. */
  private void checkLevels(
      Verdict verdict, int p, List<CalibrationPattern> colours, Vector3[] light) {
    Vector3 luminance = Primaries.BT709.luminanceWeights();
    List<Double> ramp = new ArrayList<>();
    double black = 0;
    double white = 0;
    double primaries = 0;
    for (int k = 0; k < light.length; k++) {
      double y = luminance.dot(light[k]);
      switch (colours.get(k).kind()) {
        case BLACK -> black = y;
        case WHITE -> white = y;
        case PRIMARY -> primaries += y;
        case RAMP -> ramp.add(y);
        default -> {}
      }
    }
    if (white < DARK_WHITE) {
      verdict.warn(
          "its white reaches %.1f %% of the camera's range: expose longer, or open the lens",
          100 * white);
    }
    if (!(white > 0)) {
      return;
    }
    if (black > BRIGHT_BLACK * white) {
      verdict.warn(
          "it shows %.1f %% of its white when black: darken the room, or lower its black level",
          100 * black / white);
    }
    double sum = (primaries - 3 * black) / (white - black);
    if (sum > 1 + NOT_ADDITIVE) {
      verdict.warn(
          "its white is %.0f %% of its primaries together: switch its power limit off, or show less"
              + " white",
          100 / sum);
    }
    double most = ramp.getFirst();
    for (int i = 1; i < ramp.size(); i++) {
      if (ramp.get(i) < most - NOT_MONOTONE * white) {
        verdict.fail(
            "its ramp falls at step %d: check the order of the pictures, and that its processor"
                + " changes no colours by itself",
            i);
        break;
      }
      most = Math.max(most, ramp.get(i));
    }
    int top = ramp.size() - 1;
    double rise = ramp.get(top) - ramp.get(top - FLAT_STEPS);
    TransferCurve told = panels.get(p).type().eotf();
    double peak = panels.get(p).type().peakNits();
    double expected = 1 - told.toLinear((top - FLAT_STEPS) / (double) top, peak);
    if (rise < FLAT * expected * white) {
      verdict.fail(
          "its ramp is flat in the last %d steps: the signal is cut off; send full range and check"
              + " its processor",
          FLAT_STEPS);
    }
  }

  private double chartDeltaE(
      PanelResponse response, List<CalibrationPattern> colours, Vector3[] light, int p) {
    Vector3 white = response.matrix().apply(new Vector3(1, 1, 1));
    double y = Primaries.BT709.luminanceWeights().dot(white);
    double sum = 0;
    int n = 0;
    for (int k = 0; k < light.length; k++) {
      if (colours.get(k).kind() == CalibrationPattern.Kind.CHART) {
        Vector3 told = response.light(colours.get(k).code(panels.get(p).type()).orElseThrow());
        sum += lab(told, y).deltaE2000(lab(light[k], y));
        n++;
      }
    }
    return sum / n;
  }

  private static CieLab lab(Vector3 light, double white) {
    return CieLab.ofRgb(light.times(1 / white), Primaries.BT709);
  }

  private String nearest(Vector3 place) {
    return panels.stream()
        .min((a, b) ->
            Double.compare(a.centre().minus(place).length(), b.centre().minus(place).length()))
        .orElseThrow()
        .panel()
        .name();
  }

  /** Collects what is to be said of a panel. */
  private static final class Verdict {
    private PanelCalibration.Status status = PanelCalibration.Status.PASS;
    private final List<String> remedies = new ArrayList<>();

    private void warn(String text, Object... values) {
      remedies.add(String.format(Locale.ROOT, text, values));
      if (status == PanelCalibration.Status.PASS) {
        status = PanelCalibration.Status.WARN;
      }
    }

    private void fail(String text, Object... values) {
      remedies.add(String.format(Locale.ROOT, text, values));
      status = PanelCalibration.Status.FAIL;
    }
  }
}
