package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Vector3;

class RigTest {
  static final Path CONFIG = Path.of("configs/stage/pixel-cube.json");

  /** A closed cube of 2 m, 2×2 tiles of 1 m on a side, few pixels. */
  static Rig closedCube(int tilePixels) {
    return new CubeRig(2, 2, tilePixels, 1000, 60, 6, List.of()).rig();
  }

  @TempDir Path folder;

  @Test
  void defaultConfigIsTheGeneratedCube() throws IOException {
    Rig rig = CubeRig.PIXEL_CUBE.rig();
    assertEquals(rig.toJson(), Files.readString(CONFIG));
    assertEquals(rig, Rig.read(CONFIG));
    assertEquals(90, rig.panels().size());
    assertEquals(90 * 192 * 192, rig.ledPixels());
  }

  @Test
  void closedCubeFillsTheSphere() {
    Rig rig = closedCube(8);
    double sum = 0;
    for (PanelGeometry g : rig.geometry()) {
      sum += g.solidAngle(new Vector3(0.2, -0.3, 0.1));
    }
    assertEquals(4 * Math.PI, sum, 1e-12);
  }

  @Test
  void upperLeftTileIsWhereItsNameSays() {
    PanelGeometry back =
        CubeRig.PIXEL_CUBE.rig().geometry().stream()
            .filter(g -> g.panel().name().equals("back-1-1"))
            .findFirst()
            .orElseThrow();
    // Seen from the middle towards −Z, left is −X and up +Y.
    assertEquals(-1, back.at(0, 0).x(), 1e-12);
    assertEquals(1, back.at(0, 0).y(), 1e-12);
    assertEquals(-1, back.at(0, 0).z(), 1e-12);
    assertEquals(new Vector3(0, 0, 1), back.normal());
    assertEquals(0.2354, middle().solidAngle(Vector3.ZERO), 0.0002);
  }

  /** A tile of 0.5 m in the middle of a face at 1 m. */
  private static PanelGeometry middle() {
    PanelType type = CubeRig.PIXEL_CUBE.rig().panelTypes().getFirst();
    return PanelGeometry.of(
        new Rig.Panel(
            "p",
            "tile",
            new Vector3(-0.25, -0.25, -1),
            new Vector3(1, 0, 0),
            new Vector3(0, 1, 0),
            RasterPlace.upright(0, 0)),
        type);
  }

  @Test
  void raysMeetTheLitSideOnly() {
    PanelGeometry g = middle();
    Vector3 aim = g.at(0.3, 0.8);
    double[] hit = g.hit(Vector3.ZERO, aim);
    assertArrayEquals(new double[] {0.3, 0.8, 1}, hit, 1e-12);
    assertNull(g.hit(Vector3.ZERO, aim.times(-1)));
    assertNull(g.hit(new Vector3(0, 0, -2), new Vector3(0, 0, 1)));
    assertNull(g.hit(Vector3.ZERO, g.at(1.01, 0.5)));
  }

  @Test
  void rasterPlaceIsOneToOneInEveryOrientation() {
    for (int orientation = 0; orientation < 360; orientation += 90) {
      for (int flips = 0; flips < 4; flips++) {
        RasterPlace place = new RasterPlace(3, 2, orientation, (flips & 1) != 0, (flips & 2) != 0);
        Set<Integer> seen = new HashSet<>();
        for (int y = 0; y < 5; y++) {
          for (int x = 0; x < 7; x++) {
            int i = place.index(x, y, 7, 5, 20);
            int column = i % 20 - 3;
            int row = i / 20 - 2;
            assertTrue(column >= 0 && column < place.width(7, 5));
            assertTrue(row >= 0 && row < place.height(7, 5));
            seen.add(i);
          }
        }
        assertEquals(35, seen.size());
      }
    }
    // Turned clockwise, the upper left pixel comes to the upper right.
    assertEquals(4, new RasterPlace(0, 0, 90, false, false).index(0, 0, 7, 5, 20));
    assertEquals(4 * 20 + 6, new RasterPlace(0, 0, 180, false, false).index(0, 0, 7, 5, 20));
    assertEquals(6 * 20, new RasterPlace(0, 0, 270, false, false).index(0, 0, 7, 5, 20));
    assertEquals(6, new RasterPlace(0, 0, 0, true, false).index(0, 0, 7, 5, 20));
  }

  @Test
  void curvesInvert() {
    List<TransferCurve> curves =
        List.of(
            TransferCurve.LINEAR,
            TransferCurve.SRGB,
            TransferCurve.PQ,
            TransferCurve.gamma(2.4),
            TransferCurve.table(List.of(0.0, 0.1, 0.4, 1.0)));
    for (TransferCurve curve : curves) {
      for (double l = 0; l <= 1; l += 1.0 / 64) {
        assertEquals(l, curve.toLinear(curve.fromLinear(l, 1900), 1900), 1e-9, curve.toString());
      }
    }
    // ST 2084: 1,000 nits are code 0.7518.
    assertEquals(0.7518, TransferCurve.PQ.fromLinear(1, 1000), 1e-4);
  }

  @Test
  void nativePrimariesKeepTheColour() {
    PanelType type = CubeRig.PIXEL_CUBE.rig().panelTypes().getFirst();
    Vector3 white = type.fromRec709().apply(new Vector3(1, 1, 1));
    assertEquals(0, white.minus(new Vector3(1, 1, 1)).length(), 1e-9);
    Vector3 back = type.toRec709().apply(type.fromRec709().apply(new Vector3(0.2, 0.7, 0.1)));
    assertEquals(0, back.minus(new Vector3(0.2, 0.7, 0.1)).length(), 1e-12);
  }

  private String fault(String search, String replacement) throws IOException {
    String json = Files.readString(CONFIG);
    String changed = Pattern.compile(search).matcher(json).replaceFirst(replacement);
    assertFalse(changed.equals(json), search);
    Path file = folder.resolve("rig.json");
    Files.writeString(file, changed);
    String line = assertThrows(UserError.class, () -> Rig.read(file)).getMessage();
    assertTrue(line.startsWith(file + ": "), line);
    assertFalse(line.contains("\n"), line);
    return line.substring(file.toString().length() + 2);
  }

  @Test
  void faultsNameKeyAndRemedy() throws IOException {
    assertEquals(
        "panelTypes[0].peekNits: is not a known key (known: name, widthMetres, heightMetres,"
            + " pixelsWide, pixelsHigh, peakNits, blackNits, primaries, eotf, viewingAngle,"
            + " refreshHertz, scan); did you mean 'peakNits'?",
        fault("peakNits", "peekNits"));
    assertEquals(
        "panelTypes[0].peakNits: is -5, must be 1 to 100000; give a value in that range or leave it"
            + " out",
        fault("\"peakNits\" : [0-9.]+", "\"peakNits\" : -5"));
    assertEquals(
        "panels[0].type: is 'tyle', which is not among panelTypes; did you mean 'tile'?",
        fault("\"type\" : \"tile\"", "\"type\" : \"tyle\""));
    assertEquals(
        "panels[1].name: is 'right-1-1', as that of panels[0]; give each its own name",
        fault("right-1-2", "right-1-1"));
    assertEquals(
        "raster.bits: is 9, must be 8, 10, 12 or 16; give what the link carries",
        fault("\"bits\" : 16", "\"bits\" : 9"));
  }

  @Test
  void wrongRasterIsNamed() throws IOException {
    assertEquals(
        "panels[1].raster: lies on that of panel 'right-1-1' (columns 0 to 191, rows 0 to 191);"
            + " move one of the two",
        fault("\"u\" : 192,", "\"u\" : 100,"));
    assertEquals(
        "panels[9].raster: needs columns 1729 to 1920, rows 0 to 191 of a raster of 1920×1728; move"
            + " it or enlarge the raster",
        fault("\"u\" : 1728,", "\"u\" : 1729,"));
    assertEquals(
        "panels[0].raster.orientation: is 45, must be 0, 90, 180 or 270; give the clockwise turn of"
            + " the panel's picture in the raster",
        fault("\"orientation\" : 0", "\"orientation\" : 45"));
  }

  @Test
  void panelsThatOverlapOrTurnAwayAreNamed() throws IOException {
    // right-1-1 looks along −X with its lower edge along +Z: turned round, it looks outwards.
    assertEquals(
        "panels[0]: 'right-1-1' is inside out: the head is 1.00 m behind its lit side; right × up"
            + " must point to the head: take the corner at the other end of the lower edge and turn"
            + " right round",
        fault(
            "\"right\" : \\{ \"x\" : 0.0, \"y\" : 0.0, \"z\" : 1.0 \\}",
            "\"right\" : { \"x\" : 0.0, \"y\" : 0.0, \"z\" : -1.0 }"));
    String overlap =
        fault(
            "\"corner\" : \\{ \"x\" : 1.0, \"y\" : 0.5, \"z\" : -0.5 \\}",
            "\"corner\" : { \"x\" : 1.0, \"y\" : 0.5, \"z\" : -0.8 }");
    assertTrue(
        overlap.matches(
            "panels\\[1]: 'right-1-2' overlaps 'right-1-1' by [0-9.]+° as seen from the head;"
                + " correct the corner of one of the two"),
        overlap);
    assertEquals(
        "panels[0].up: makes an angle of 45.0° with right, must be 90°; correct one of the two",
        fault(
            "\"up\" : \\{ \"x\" : 0.0, \"y\" : 1.0, \"z\" : 0.0 \\}",
            "\"up\" : { \"x\" : 0.0, \"y\" : 1.0, \"z\" : 1.0 }"));
  }

  @Test
  void measuredPosesMayOverlapALittle() throws IOException {
    String json =
        Files.readString(CONFIG)
            .replaceFirst(
                "\"corner\" : \\{ \"x\" : 1.0, \"y\" : 0.5, \"z\" : -0.5 \\}",
                "\"corner\" : { \"x\" : 0.98, \"y\" : 0.49, \"z\" : -0.52 }");
    Path file = folder.resolve("measured.json");
    Files.writeString(file, json);
    assertEquals(90, Rig.read(file).panels().size());
  }
}
