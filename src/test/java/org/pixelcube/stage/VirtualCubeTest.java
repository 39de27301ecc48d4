package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.Primaries;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

class VirtualCubeTest {
  private static final int TILE = 8;

  /** A closed cube of one tile a side, and a camera inside it. */
  private static Rig rig(double shutter, double readout) {
    PanelType type =
        new PanelType(
            "tile",
            2,
            2,
            TILE,
            TILE,
            1900,
            0,
            Primaries.BT709,
            TransferCurve.gamma(2.4),
            new ViewingAngle(0, Optional.empty()),
            3840,
            8);
    Vector3 x = new Vector3(1, 0, 0);
    Vector3 y = new Vector3(0, 1, 0);
    Vector3 z = new Vector3(0, 0, 1);
    Vector3[][] sides = {
      {x, y}, {z.times(-1), y}, {x.times(-1), y}, {z, y}, {x, z}, {x, z.times(-1)}
    };
    List<Rig.Panel> panels = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Vector3 r = sides[i][0];
      Vector3 u = sides[i][1];
      Vector3 corner = r.cross(u).plus(r).plus(u).times(-1);
      panels.add(
          new Rig.Panel("side-" + i, "tile", corner, r, u, RasterPlace.upright(TILE * i, 0)));
    }
    StageCamera camera =
        new StageCamera(
            "main",
            new Vector3(0, 0, 0.9),
            0,
            0,
            0,
            40,
            480,
            480,
            60,
            shutter,
            readout,
            TransferCurve.SRGB);
    return new Rig(
        "closed",
        Vector3.ZERO,
        List.of(type),
        panels,
        new Rig.Raster(6 * TILE, TILE, 60, 10),
        List.of(new Rig.Processor("main", 0, 0, 6 * TILE, TILE)),
        List.of(camera));
  }

  /** A white ball. */
  private static TriangleMesh ball(double radius) {
    int rings = 24;
    int columns = 48;
    float[] p = new float[(rings + 1) * (columns + 1) * 3];
    float[] n = new float[p.length];
    int[] t = new int[rings * columns * 6];
    for (int i = 0, k = 0; i <= rings; i++) {
      for (int j = 0; j <= columns; j++, k += 3) {
        double theta = Math.PI * i / rings;
        double phi = 2 * Math.PI * j / columns;
        n[k] = (float) (Math.sin(theta) * Math.sin(phi));
        n[k + 1] = (float) Math.cos(theta);
        n[k + 2] = (float) (Math.sin(theta) * Math.cos(phi));
        for (int c = 0; c < 3; c++) {
          p[k + c] = (float) radius * n[k + c];
        }
      }
    }
    for (int i = 0, at = 0; i < rings; i++) {
      for (int j = 0; j < columns; j++) {
        int a = i * (columns + 1) + j;
        int b = a + columns + 1;
        for (int index : new int[] {a, b, a + 1, a + 1, b, b + 1}) {
          t[at++] = index;
        }
      }
    }
    return new TriangleMesh(p, n, new float[p.length / 3 * 2], t);
  }

  private static final Shape WHITE_BALL =
      new Shape("ball", ball(0.15), new Material.Lambert(Texture.constant(1, 1, 1)));

  /** It moves to the right by 0.6 m a second. */
  private static List<Instance> moving(double seconds, double before) {
    return List.of(
        Instance.rigid(
            WHITE_BALL,
            new Pose(Rotation.IDENTITY, new Vector3(0.6 * seconds, 0, 0)),
            new Pose(Rotation.IDENTITY, new Vector3(0.6 * before, 0, 0))));
  }

  /** Every frame has a level of its own on all LEDs: 0.2, 0.4, 0.2, 0.4 … */
  private static final VirtualCube.Wall ALTERNATING =
      new VirtualCube.Wall() {
        @Override
        public int frames() {
          return 100;
        }

        @Override
        public double framesPerSecond() {
          return 60;
        }

        @Override
        public float[] drive(int frame) {
          float[] drive = new float[3 * 6 * TILE * TILE];
          Arrays.fill(drive, frame % 2 == 0 ? 0.2f : 0.4f);
          return drive;
        }
      };

  private static final VirtualCube.Settings SETTINGS =
      new VirtualCube.Settings(32, 16, 1, 0.8, Sensor.DEFAULT, 3);

  private static VirtualCube cube(Rig rig, StageFault... faults) {
    List<VirtualPanel> panels = rig.geometry().stream().map(VirtualPanel::exact).toList();
    return new VirtualCube(
        rig, panels, VirtualCubeTest::moving, ALTERNATING, List.of(faults), SETTINGS);
  }

  /** A white ball in a cube that shines alike everywhere vanishes: a furnace. */
  @Test
  void aWhiteBallInAnEvenCubeCannotBeSeen() {
    Rig rig = rig(1.0 / 240, 0);
    VirtualCube cube =
        new VirtualCube(
            rig,
            rig.geometry().stream().map(VirtualPanel::exact).toList(),
            VirtualCubeTest::moving,
            ALTERNATING,
            List.of(),
            new VirtualCube.Settings(32, 256, 2, 0.8, Sensor.DEFAULT, 3));
    float[] picture = cube.clean(0, 1, true);
    double sum = 0;
    double covered = 0;
    float[] alpha = cube.alpha(0);
    for (int i = 0; i < alpha.length; i++) {
      sum += alpha[i] * picture[alpha.length + i];
      covered += alpha[i];
      if (alpha[i] == 0) {
        assertEquals(0.32, picture[i], 1e-5, "the wall itself");
      }
    }
    assertTrue(covered > 50, "the ball is seen");
    assertEquals(0.32, sum / covered, 0.32 * 0.01);
  }

  @Test
  void shuttersInStepSeeOneFrameAndRollingOnesMore() {
    assertEquals(Map.of(5, 1.0), cube(rig(1.0 / 120, 0)).shares(5, 0.5));
    VirtualCube rolling = cube(rig(1.0 / 120, 1.0 / 100));
    // Centred in time: 1/120 + 1/100 s are longer than a frame by 1/600 s, half of it on each side.
    assertEquals(Map.of(4, 0.1, 5, 0.9), rounded(rolling.shares(5, 0)));
    assertEquals(Map.of(5, 0.9, 6, 0.1), rounded(rolling.shares(5, 1)));
    VirtualCube slipped =
        cube(rig(1.0 / 120, 0), new StageFault(StageFault.Kind.GENLOCK_SLIP, 4, 0, 1.0 / 160));
    assertEquals(Map.of(3, 1.0), slipped.shares(3, 0));
    // Late by 1/160 s where there is room for 1/240: a quarter of 1/120 s sees the next frame.
    assertEquals(Map.of(4, 0.75, 5, 0.25), rounded(slipped.shares(4, 0)));
  }

  private static Map<Integer, Double> rounded(Map<Integer, Double> shares) {
    Map<Integer, Double> out = new java.util.TreeMap<>();
    shares.forEach((frame, share) -> out.put(frame, Math.rint(share * 1e9) / 1e9));
    return out;
  }

  @Test
  void faultsOfFramesShowInWhatIsRecorded() {
    VirtualCube cube =
        cube(
            rig(1.0 / 240, 0),
            new StageFault(StageFault.Kind.DROPPED, 1, 0, 0),
            new StageFault(StageFault.Kind.DOUBLED, 2, 0, 0),
            new StageFault(StageFault.Kind.HELD, 3, 0, 0),
            new StageFault(StageFault.Kind.MISEXPOSED, 4, 0, 0.5));
    assertEquals(List.of(0, 2, 2, 3), cube.recorded(4));
    assertEquals(Map.of(2, 1.0), cube.expose(3).top());
    // A corner shows the wall: 0.2 · 0.8, half of it where the exposure is half.
    assertEquals(0.16, corner(cube.expose(3)), 0.01);
    assertEquals(0.08, corner(cube.expose(4)), 0.01);
    assertEquals(0.32, corner(cube.expose(5)), 0.01);
  }

  private static double corner(VirtualCube.Exposure exposure) {
    float[] linear = Sensor.linear(exposure.codes(), TransferCurve.SRGB);
    double sum = 0;
    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 6; x++) {
        sum += linear[y * 32 + x] / 36;
      }
    }
    return sum;
  }

  @Test
  void deadLedsAndDriftDarkenTheirPanel() {
    Rig rig = rig(1.0 / 240, 0);
    VirtualCube whole = cube(rig);
    VirtualCube worn =
        cube(
            rig,
            new StageFault(StageFault.Kind.DEAD_LED, 2 * TILE + 2, 0, 0),
            new StageFault(StageFault.Kind.DRIFT, 0, 0, -0.5));
    double seconds = worn.seconds(6);
    float[] before = whole.clean(6, 0, true);
    float[] after = worn.clean(6, 0, true);
    assertEquals(before[0] * (1 - 0.5 * seconds), after[0], 1e-5);
    float[] light = worn.clean(0, 0, true);
    int dark = 0;
    for (int i = 0; i < 32 * 32; i++) {
      dark += light[i] < 0.3f * before[0] ? 1 : 0;
    }
    assertTrue(dark > 4, "a dead LED of a quarter metre is seen");
  }

  @Test
  void theSameSeedGivesTheSameFootageAndTheBallMoves() {
    Rig rig = rig(1.0 / 240, 0);
    VirtualCube cube = cube(rig);
    assertArrayEquals(cube.expose(2).codes(), cube(rig).expose(2).codes());
    assertTrue(middle(cube.alpha(8)) > middle(cube.alpha(0)) + 2);
  }

  private static double middle(float[] alpha) {
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < alpha.length; i++) {
      sum += alpha[i] * (i % 32);
      weight += alpha[i];
    }
    return sum / weight;
  }

  @Test
  void drawnFaultsKeepApart() {
    List<StageFault> faults =
        StageFault.ofFrames(
            9,
            List.of(StageFault.Kind.DROPPED, StageFault.Kind.HELD, StageFault.Kind.MISEXPOSED),
            5,
            500,
            60);
    assertEquals(60, faults.size());
    for (int i = 1; i < 60; i++) {
      assertTrue(faults.get(i).frame() - faults.get(i - 1).frame() > 2);
    }
    assertEquals(
        faults,
        StageFault.ofFrames(
            9,
            List.of(StageFault.Kind.DROPPED, StageFault.Kind.HELD, StageFault.Kind.MISEXPOSED),
            5,
            500,
            60));
  }
}
