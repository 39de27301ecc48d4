package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

@Randomized
class PanelResponseTest {
  private static final Matrix3 NATIVE =
      new Matrix3(1.1, 0.12, 0.03, 0.02, 0.8, 0.04, -0.02, 0.05, 0.95);

  private static Vector3 shine(Vector3 code) {
    return NATIVE
        .apply(
            new Vector3(Math.pow(code.x(), 2.2), Math.pow(code.y(), 2.4), Math.pow(code.z(), 2.6)))
        .plus(new Vector3(0.002, 0.001, 0.003));
  }

  private static List<PanelResponse.Measurement> measured() {
    List<PanelResponse.Measurement> out = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      out.add(patch(i / 29.0, i / 29.0, i / 29.0));
    }
    out.add(patch(1, 0, 0));
    out.add(patch(0, 1, 0));
    out.add(patch(0, 0, 1));
    out.add(patch(0.8, 0.4, 0.3));
    return out;
  }

  private static PanelResponse.Measurement patch(double r, double g, double b) {
    Vector3 code = new Vector3(r, g, b);
    return new PanelResponse.Measurement(code, shine(code));
  }

  @Test
  void matrixAndCurvesOfEachPrimaryAreFound(Random random) {
    PanelResponse found = PanelResponse.fit(measured());
    for (int i = 0; i < 1000; i++) {
      Vector3 code = new Vector3(random.nextDouble(), random.nextDouble(), random.nextDouble());
      assertEquals(0, shine(code).minus(found.light(code)).length(), 2e-3);
      Vector3 back = found.code(found.light(code));
      assertEquals(0, found.light(code).minus(found.light(back)).length(), 1e-9);
    }
    assertEquals(1.1, found.matrix().m00(), 1e-3);
    assertEquals(0.95, found.matrix().m22(), 1e-3);
  }

  @Test
  void theCommonWhiteIsTheMostThatNeedsNoDriveAboveOne(Random random) {
    PanelResponse found = PanelResponse.fit(measured());
    double s = found.commonWhite();
    Matrix3 inverse = found.matrix().inverse();
    double most = 0;
    for (int corner = 0; corner < 8; corner++) {
      Vector3 d =
          inverse.apply(
              new Vector3(s * (corner & 1), s * (corner >> 1 & 1), s * (corner >> 2 & 1)));
      most = Math.max(most, Math.max(d.x(), Math.max(d.y(), d.z())));
    }
    assertEquals(1, most, 1e-9);
  }

  @Test
  void missingPatchesAreRefused() {
    List<PanelResponse.Measurement> patches = measured();
    assertThrows(ArithmeticException.class, () -> PanelResponse.fit(patches.subList(0, 30)));
    assertThrows(ArithmeticException.class, () -> PanelResponse.fit(patches.subList(29, 34)));
  }

  /** Tables written, read back and applied give what the panel needs. */
  @Test
  void exportsSayWhatTheFitSays(@TempDir Path folder, Random random) {
    PanelResponse found = PanelResponse.fit(measured());
    double white = found.commonWhite();
    Path clf = folder.resolve("panel.clf");
    PanelExports.commonLut("panel & <1>", found, white).write(clf);
    CommonLut read = CommonLut.read(clf);
    assertEquals("panel & <1>", read.id());
    Path cube = folder.resolve("panel.cube");
    PanelExports.cubeLut("panel", found, white, x -> Math.pow(x, 2.4), 33).write(cube);
    CubeLut table = CubeLut.read(cube);
    assertEquals("panel", table.title());
    double worst = 0;
    for (int i = 0; i < 500; i++) {
      Vector3 drive =
          new Vector3(
              0.03 + 0.5 * random.nextDouble(),
              0.03 + 0.5 * random.nextDouble(),
              0.03 + 0.5 * random.nextDouble());
      Vector3 wanted = found.matrix().apply(drive).times(1 / white);
      Vector3 light = found.light(read.apply(wanted)).minus(found.black());
      assertEquals(0, wanted.times(white).minus(light).length(), 1e-3);
      Vector3 signal =
          new Vector3(
              Math.pow(wanted.x(), 1 / 2.4),
              Math.pow(wanted.y(), 1 / 2.4),
              Math.pow(wanted.z(), 1 / 2.4));
      worst = Math.max(worst, table.apply(signal).minus(read.apply(wanted)).length());
    }
    assertTrue(worst < 0.02, "33 samples a side are off by " + worst);
  }

  @Test
  void brokenTablesAreNamed(@TempDir Path folder) throws Exception {
    Path cube = folder.resolve("a.cube");
    Files.writeString(cube, "LUT_3D_SIZE 2\n0 0 0\n1 1\n");
    String line = assertThrows(UserError.class, () -> CubeLut.read(cube)).getMessage();
    assertTrue(line.contains("line 3"), line);
    Files.writeString(cube, "LUT_3D_SIZE 2\n0 0 0\n");
    assertThrows(UserError.class, () -> CubeLut.read(cube));
    Path clf = folder.resolve("a.clf");
    Files.writeString(clf, "<ProcessList id='x' compCLFversion='3'><Log/></ProcessList>");
    assertThrows(UserError.class, () -> CommonLut.read(clf));
    Files.writeString(clf, "no xml");
    assertThrows(UserError.class, () -> CommonLut.read(clf));
  }

  @Test
  void theConfigurationNamesEveryPanel() {
    String yaml =
        new OcioConfig(
                "Cube",
                List.of(
                    new OcioConfig.PanelSpace("front 1", "front 1.clf"),
                    new OcioConfig.PanelSpace("back \"2\"", "back.clf")))
            .toYaml();
    assertTrue(yaml.startsWith("ocio_profile_version: 2\n"));
    List<String> lines = yaml.lines().toList();
    assertTrue(lines.contains("    name: \"front 1\""), yaml);
    assertTrue(
        lines.contains(
            "    from_scene_reference: !<FileTransform> {src: \"front 1.clf\", interpolation: linear}"),
        yaml);
    assertTrue(lines.contains("    name: \"back \\\"2\\\"\""), yaml);
    assertTrue(lines.contains("    - !<View> {name: \"front 1\", colorspace: \"front 1\"}"), yaml);
  }
}
