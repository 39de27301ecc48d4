package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Vector3;

class SequenceRasterTest {
  static final Rig RIG = new CubeRig(2, 4, 16, 1900, 60, 10, CubeRig.PIXEL_CUBE.openings()).rig();

  private static Sequence olat() {
    return Sequence.olat(5, 60, RIG.panels().size(), 9, true, 0, SafetyLimits.DEFAULT);
  }

  private static SequenceRaster raster(Sequence sequence) {
    return new SequenceRaster("s.json", RIG, sequence, (_, _) -> new float[0]);
  }

  @Test
  void onePanelShinesAloneAndTheHeadSeesItThere() {
    Sequence sequence = olat();
    SequenceRaster raster = raster(sequence);
    WallView view = new WallView(RIG, 48);
    List<PanelGeometry> panels = RIG.geometry();
    for (int panel : new int[] {0, 17, 44, 89}) {
      int counter = sequence.firstFullFrame() + sequence.labels().indexOf(Label.olat(panel));
      EnvironmentMap map = view.map(raster.frame(counter));
      // Radiance of a Lambertian panel times its solid angle, and light from nowhere else.
      double expected = panels.get(panel).solidAngle(RIG.head());
      Rgb energy = map.energy();
      double black = panels.get(panel).type().blackNits() / view.nitsPerUnit() * 4 * Math.PI;
      assertEquals(expected, energy.luminance(), 0.03 * expected + black);
      Vector3 towards = panels.get(panel).centre().minus(RIG.head());
      assertEquals(1, map.radiance(towards).luminance(), 0.01);
    }
  }

  @Test
  void uniformFramesFillTheWallAtTheirLevel() {
    Sequence sequence = olat();
    SequenceRaster raster = raster(sequence);
    float[] frame = raster.frame(sequence.firstFullFrame());
    double level = sequence.levels().tracking();
    long lit = 0;
    for (float v : frame) {
      assertTrue(v == 0 || Math.abs(v - level) < 1e-7);
      lit += v > 0 ? 1 : 0;
    }
    assertEquals(3L * RIG.ledPixels(), lit);
    assertEquals(
        SafetyLimits.check(
                "s",
                sequence.withLevels(new Sequence.Levels(0, 0, 0, 0)),
                raster(sequence.withLevels(new Sequence.Levels(0, 0, 0, 0))).luminance())
            .meanNits(),
        0);
    double nits = raster.luminance().nits(Label.TRACKING, 0);
    assertEquals(level * RIG.panelTypes().getFirst().peakNits(), nits, 1e-6 * nits);
    assertEquals(nits, raster.luminance().nits(Label.olat(3), 0), 1e-6 * nits);
  }

  @Test
  void matteFramesLightOnlyWhatStandsBehindTheHead() {
    Sequence sequence = olat();
    float[] frame = raster(sequence).frame(sequence.endOfFullFrames() - 1);
    int width = RIG.raster().width();
    int behind = 0;
    for (PanelGeometry g : RIG.geometry()) {
      boolean lit = frame[g.rasterIndex(0, 0, width)] > 0;
      behind += lit ? 1 : 0;
      if (lit) {
        assertTrue(g.corners()[0].z() < RIG.head().z() || g.corners()[1].z() < RIG.head().z());
      }
    }
    assertTrue(behind > 0 && behind < RIG.panels().size() / 2, behind + " panels");
  }

  @Test
  void markersAreOnTopAndKeepTheirLevelWhileTheWallFades() {
    Sequence.MarkerPlace place = new Sequence.MarkerPlace(0, 0, 1, 0.25);
    Sequence sequence =
        Sequence.interleaved(
                9, 60, SequenceTest.LIGHTS, true, false, 0.1, new SafetyLimits(600, 0, 5, 0.5))
            .withMarkers(List.of(place));
    int n = RIG.raster().width() * RIG.raster().height();
    float[] light = new float[3 * n];
    java.util.Arrays.fill(light, 0.5f);
    SequenceRaster raster = new SequenceRaster("s.json", RIG, sequence, (_, _) -> light);
    for (int counter : new int[] {0, sequence.firstFullFrame(), sequence.frameCount() - 1}) {
      float[] frame = raster.frame(counter);
      float[] pattern = FrameMarker.pattern(new FrameMarker.Content(counter, 9));
      for (int i = 0; i < 144; i++) {
        assertEquals(0.25f * pattern[i], frame[i / 12 * RIG.raster().width() + i % 12]);
      }
      assertEquals(0.5 * sequence.frame(counter).gain(), frame[n - 1], 1e-6);
    }
  }

  @Test
  void whatDoesNotFitTheRigIsNamed() {
    Sequence many = Sequence.olat(5, 60, 91, 9, false, 0, SafetyLimits.DEFAULT);
    assertTrue(
        assertThrows(UserError.class, () -> raster(many)).getMessage().contains("'olat-90'"));
    Sequence outside = olat().withMarkers(List.of(new Sequence.MarkerPlace(60_000, 0, 4, 1)));
    assertTrue(
        assertThrows(UserError.class, () -> raster(outside)).getMessage().contains("marker at"));
    Sequence fast = Sequence.olat(5, 240, 90, 9, false, 0, SafetyLimits.DEFAULT);
    assertTrue(
        assertThrows(UserError.class, () -> raster(fast)).getMessage().contains("240.0 frames"));
  }
}
