package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.color.Primaries;
import org.pixelcube.config.UserError;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.math.Vector3;

class CalibrationTest {
  private static final Primaries LEDS =
      new Primaries(0.690, 0.308, 0.190, 0.735, 0.138, 0.052, 0.3127, 0.3290);

  /** Four tiles of 64² pixels in a row one metre behind the head, turned in the raster. */
  private static Rig rig(int swapped) {
    PanelType type =
        new PanelType(
            "tile",
            0.5,
            0.5,
            64,
            64,
            1900,
            0,
            LEDS,
            TransferCurve.gamma(2.4),
            new ViewingAngle(0.3, Optional.empty()),
            3840,
            8);
    List<Rig.Panel> panels = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int place = i < 2 && swapped > 0 ? 1 - i : i;
      panels.add(
          new Rig.Panel(
              "back-" + i,
              "tile",
              new Vector3(0.5 * i - 1, -0.25, -1),
              new Vector3(1, 0, 0),
              new Vector3(0, 1, 0),
              new RasterPlace(64 * place, 0, 90 * i, i == 3, false)));
    }
    return new Rig(
        "row",
        Vector3.ZERO,
        List.of(type),
        panels,
        new Rig.Raster(256, 64, 60, 10),
        List.of(new Rig.Processor("main", 0, 0, 256, 64)),
        List.of(camera("main", 0)));
  }

  private static StageCamera camera(String name, double x) {
    return new StageCamera(
        name, new Vector3(x, 0.1, 0.2), 0, 0, 0, 70, 480, 240, 24, 0.02, 0, TransferCurve.SRGB);
  }

  private static final List<StageCamera> CAMERAS = List.of(camera("a", -0.3), camera("b", 0.3));

  private static final StructuredLight GEOMETRY = new StructuredLight(256, 64, 4);

  private static final CalibrationRehearsal.Settings SETTINGS =
      CalibrationRehearsal.Settings.DEFAULT.withSeed(7);

  private static CalibrationRehearsal.Outcome outcome;

  @BeforeAll
  static void calibrate() {
    outcome = CalibrationRehearsal.run(rig(0), CAMERAS, GEOMETRY, SETTINGS, done -> {});
  }

  @Test
  void disturbedPanelsAreFound(@TempDir Path folder) {
    assertTrue(outcome.meanDeltaEBefore() > 3, outcome.report());
    assertTrue(outcome.meanDeltaE() < 1, outcome.report());
    assertTrue(outcome.worstMillimetres() < 3, outcome.report());
    assertTrue(outcome.worstDegrees() < 0.2, outcome.report());
    Calibration calibration = outcome.calibration();
    assertEquals(4, calibration.count(PanelCalibration.Status.PASS), calibration.report());
    Path file = folder.resolve("calibration.json");
    calibration.write(file);
    assertEquals(calibration, Calibration.read(file));
  }

  /** The rig as measured, driven as any rig is, shows colours right. */
  @Test
  void theMeasuredRigDrivesThePanelsAsTheyAre() {
    Rig rig = rig(0);
    Rig measured = outcome.calibration().applyTo(rig);
    assertEquals(4, measured.panelTypes().size());
    for (int p = 0; p < 4; p++) {
      PanelGeometry g = measured.geometry().get(p);
      PanelResponse response = outcome.calibration().panels().get(p).response().orElseThrow();
      // Equal native signals have the measured white; the matrices agree up to one scale.
      double scale = response.matrix().m00() / g.type().toRec709().m00();
      assertEquals(response.matrix().m11(), scale * g.type().toRec709().m11(), 1e-9);
      assertEquals(response.matrix().m02(), scale * g.type().toRec709().m02(), 1e-9);
      assertEquals(response.eotf().get(1).light(0.5), g.type().eotf().toLinear(0.5, 1900), 0.02);
    }
  }

  @Test
  void swappedCablesAreNamed() {
    Rig told = rig(0);
    Rig built = rig(1);
    Calibration misled =
        CalibrationRehearsal.misled(told, built, CAMERAS, GEOMETRY, SETTINGS).calibration();
    PanelCalibration first = misled.panels().getFirst();
    assertEquals(PanelCalibration.Status.FAIL, first.status());
    assertTrue(first.remedies().getFirst().contains("back-1"), first.remedies().toString());
    assertEquals(2, misled.count(PanelCalibration.Status.PASS));
  }

  @Test
  void saturatedPicturesFail() {
    CalibrationRehearsal.Settings bright =
        new CalibrationRehearsal.Settings(7, 0.2, 0.02, 2, 640, 2, 2, Sensor.DEFAULT);
    Calibration calibration =
        CalibrationRehearsal.run(rig(0), CAMERAS, GEOMETRY, bright, done -> {}).calibration();
    assertEquals(4, calibration.count(PanelCalibration.Status.FAIL), calibration.report());
    assertTrue(calibration.report().contains("less exposure"), calibration.report());
  }

  @Test
  void camerasThatSeeNothingAreRefused() {
    StageCamera away =
        new StageCamera(
            "away", Vector3.ZERO, 180, 0, 0, 70, 64, 64, 24, 0.02, 0, TransferCurve.LINEAR);
    assertThrows(
        UserError.class,
        () -> CalibrationRehearsal.run(rig(0), List.of(away), GEOMETRY, SETTINGS, done -> {}));
  }

  @Test
  void patternsComeInOrderAndLieOnTheRaster() {
    List<CalibrationPattern> all = CalibrationPattern.all(GEOMETRY);
    List<CalibrationPattern.Kind> kinds =
        all.stream().map(CalibrationPattern::kind).distinct().toList();
    assertEquals(
        List.of(
            CalibrationPattern.Kind.SLATE,
            CalibrationPattern.Kind.BLACK,
            CalibrationPattern.Kind.DESATURATED,
            CalibrationPattern.Kind.GREY,
            CalibrationPattern.Kind.PRIMARY,
            CalibrationPattern.Kind.WHITE,
            CalibrationPattern.Kind.CHART,
            CalibrationPattern.Kind.SATURATION,
            CalibrationPattern.Kind.GEOMETRY,
            CalibrationPattern.Kind.FLAT_FIELD,
            CalibrationPattern.Kind.RAMP),
        kinds);
    Rig rig = rig(0);
    for (CalibrationPattern p : all) {
      if (p.kind() == CalibrationPattern.Kind.GREY) {
        assertEquals(Math.pow(0.18, 1 / 2.4), p.raster(rig, GEOMETRY).samples()[77], 1e-6);
      }
      if (p.kind() == CalibrationPattern.Kind.GEOMETRY && p.step() == 2) {
        float[] samples = p.raster(rig, GEOMETRY).samples();
        for (int i = 0; i < 256 * 64; i++) {
          assertEquals(GEOMETRY.lit(2, i % 256, i / 256) ? 1 : 0, samples[i]);
        }
      }
    }
    // The slate's mark is the upper left corner as seen, wherever the raster has it.
    float[] slate = all.getFirst().raster(rig, GEOMETRY).samples();
    PanelGeometry turned = rig.geometry().get(3);
    assertEquals(0.5f, slate[turned.rasterIndex(3, 3, 256)]);
    assertEquals(0.1f, slate[turned.rasterIndex(60, 3, 256)]);
    assertEquals(0.1f, slate[turned.rasterIndex(3, 60, 256)]);
  }

  /** The light on a subject under the calibrated wall is nearer to what is wanted. */
  @Test
  void calibratedCodesBringTheLightNearer() {
    CalibrationRehearsal wall = new CalibrationRehearsal(rig(0), CAMERAS, GEOMETRY, SETTINGS);
    CalibratedLight light =
        CalibratedLight.of(
            rig(0), wall.truth(), outcome.calibration(), MapLibrary.find("overcast"));
    assertTrue(light.irradiancePercentBefore() > 5, light.report());
    // Panels that stand elsewhere are seen under other solid angles, which no code can undo.
    assertTrue(light.irradiancePercent() < 0.3 * light.irradiancePercentBefore(), light.report());
    assertTrue(light.deltaE() < 0.3 * light.deltaEBefore(), light.report());
  }

  @Test
  void theTruthIsReadBack(@TempDir Path folder) {
    CalibrationRehearsal wall = new CalibrationRehearsal(rig(0), CAMERAS, GEOMETRY, SETTINGS);
    Path file = folder.resolve("truth.json");
    wall.truth().write(file);
    assertEquals(wall.truth(), WallTruth.read(file));
    assertEquals(
        outcome, CalibrationRehearsal.compare(rig(0), WallTruth.read(file), outcome.calibration()));
  }

  @Test
  void tablesReadBackAgreeWithTheCalibration(@TempDir Path folder) {
    Calibration calibration = outcome.calibration();
    PanelResponse panel = calibration.panels().get(1).response().orElseThrow();
    double white = calibration.commonWhite();
    TransferCurve nominal = TransferCurve.gamma(2.4);
    PanelExports.commonLut("p", panel, white).write(folder.resolve("p.clf"));
    PanelExports.cubeLut("p", panel, white, c -> nominal.toLinear(c, 1900), 17)
        .write(folder.resolve("p.cube"));
    PanelExports.Accuracy found =
        PanelExports.check(
            folder.resolve("p.clf"), folder.resolve("p.cube"), panel, white, nominal, 1900);
    assertTrue(found.commonLut() < 0.02, found.toString());
    assertTrue(found.cubeLut() < 0.5, found.toString());
    PanelResponse other = calibration.panels().get(2).response().orElseThrow();
    PanelExports.Accuracy wrong =
        PanelExports.check(
            folder.resolve("p.clf"), folder.resolve("p.cube"), other, white, nominal, 1900);
    assertTrue(wrong.commonLut() > 2, wrong.toString());
  }

  /** The same wall with something done to what the cameras saw of it. */
  private record Tampered(
      CalibrationPictures wall, UnaryOperator<CalibrationPattern> shown, Change change)
      implements CalibrationPictures {
    interface Change {
      void apply(CalibrationPattern pattern, float[] linear);
    }

    @Override
    public List<StageCamera> cameras() {
      return wall.cameras();
    }

    @Override
    public float[] linear(int camera, CalibrationPattern pattern) {
      float[] out = wall.linear(camera, shown.apply(pattern));
      change.apply(pattern, out);
      return out;
    }
  }

  private static String tampered(UnaryOperator<CalibrationPattern> shown, Tampered.Change change) {
    StageCamera camera =
        new StageCamera(
            "a", new Vector3(0, 0.1, 0.2), 0, 0, 0, 40, 320, 160, 24, 0.02, 0, TransferCurve.SRGB);
    CalibrationRehearsal wall =
        new CalibrationRehearsal(rig(0), List.of(camera), GEOMETRY, SETTINGS);
    return CalibrationSolver.solve(rig(0), GEOMETRY, new Tampered(wall, shown, change), done -> {})
        .report();
  }

  private static void scale(float[] linear, float factor) {
    for (int i = 0; i < linear.length; i++) {
      linear[i] *= factor;
    }
  }

  private static CalibrationPattern ramp(int step) {
    return CalibrationPattern.all(GEOMETRY).stream()
        .filter(p -> p.kind() == CalibrationPattern.Kind.RAMP && p.step() == step)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void faultyPicturesAreNamedWithARemedy() {
    String good = tampered(p -> p, (p, v) -> {});
    assertTrue(good.startsWith("4 panels: 4 pass"), good);
    String swapped =
        tampered(
            p ->
                p.kind() == CalibrationPattern.Kind.RAMP && p.step() == 12
                    ? ramp(20)
                    : p.kind() == CalibrationPattern.Kind.RAMP && p.step() == 20 ? ramp(12) : p,
            (p, v) -> {});
    assertTrue(swapped.contains("FAIL back-0, back-1, back-2 and 1 more: its ramp falls"), swapped);
    String cutOff =
        tampered(
            p -> p.kind() == CalibrationPattern.Kind.RAMP && p.step() > 24 ? ramp(29) : p,
            (p, v) -> {});
    assertTrue(cutOff.contains("flat in the last 3 steps"), cutOff);
    String dark = tampered(p -> p, (p, v) -> scale(v, 0.08f));
    assertTrue(dark.contains("expose longer"), dark);
    String bright =
        tampered(
            p -> p,
            (p, v) -> {
              for (int i = 0; i < v.length; i++) {
                v[i] += 0.02f;
              }
            });
    assertTrue(bright.contains("when black: darken the room"), bright);
    String limited =
        tampered(
            p -> p,
            (p, v) -> scale(v, p.kind() == CalibrationPattern.Kind.WHITE || isTop(p) ? 0.75f : 1));
    assertTrue(limited.contains("switch its power limit off"), limited);
  }

  private static boolean isTop(CalibrationPattern p) {
    return p.kind() == CalibrationPattern.Kind.RAMP && p.step() == 29;
  }
}
