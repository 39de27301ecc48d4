package org.pixelcube.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.capture.CaptureBenchmark;
import org.pixelcube.capture.CaptureSettings;
import org.pixelcube.capture.Fault;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;
import org.pixelcube.stage.CubeRig;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.StageFault;

class StageRehearsalTest {
  /** A cube whose panels have 16² LEDs each, some more than a marker. */
  private static final Rig RIG =
      new CubeRig(2, 4, 16, 1900, 60, 10, CubeRig.PIXEL_CUBE.openings()).rig();

  private static final List<StageRehearsal.Light> LIGHTS =
      List.of(
          new StageRehearsal.Light("a", "softbox", 0),
          new StageRehearsal.Light("b", "softbox", 180));

  @TempDir Path folder;

  private StageRehearsal.Outcome run(
      int cycles, boolean matte, int faults, double sway, List<StageRehearsal.Light> lights) {
    return run(cycles, matte, faults, seconds -> RehearsalSubject.ball(1, seconds, sway), lights);
  }

  private StageRehearsal.Outcome run(
      int cycles,
      boolean matte,
      int faults,
      StageRehearsal.Performer performer,
      List<StageRehearsal.Light> lights) {
    return new StageRehearsal(
            RIG,
            performer,
            new CaptureSettings("ball", "rolling", "CC0-1.0", 16),
            new StageRehearsal.Settings(128, matte ? 4 : 1, cycles, matte, faults, 5),
            folder,
            Warnings.silent(),
            (_, _, _) -> Progress.silent(),
            Interruption.manual())
        .run(lights);
  }

  @Test
  void aRollingBallBecomesPairsNearTheTruth() {
    StageRehearsal.Outcome outcome = run(4, true, 0, 0.08, LIGHTS);
    assertEquals(16, outcome.capture().frames());
    assertEquals(16, outcome.capture().usable(), outcome.table());
    assertEquals(List.of(), outcome.capture().namedFaults());
    // The first cycle's lights have no flat frame before them, the last cycle none after it.
    assertEquals(2, outcome.capture().outputs());
    assertEquals(2, outcome.capture().cyclesWithout().size());
    assertEquals(0, outcome.capture().incomplete());
    assertEquals(4, outcome.pictures());
    assertTrue(outcome.alignedPsnr() > outcome.unalignedPsnr() + 3, outcome.table());
    // Two renders differ by the noise of both, a picture without any by that of the truth: 3 dB
    // less.
    // These are mixed of two renders.
    assertTrue(outcome.renderPsnr() + 3.02 > outcome.alignedPsnr(), outcome.table());
    assertTrue(outcome.renderPsnr() > outcome.unalignedPsnr() + 3, outcome.table());
    assertTrue(outcome.matteError() < 0.02, outcome.table());
    assertEquals("", outcome.faults());
    assertEquals(List.of(), ClipDataset.open(folder.resolve("dataset")).verify(_ -> {}));
    for (String picture : List.of("cube.png", "balls.png", "aligned.png", "plate.png")) {
      assertTrue(Files.isRegularFile(folder.resolve(picture)), picture);
    }
    UserError again = assertThrows(UserError.class, () -> run(3, true, 0, 0.08, LIGHTS));
    assertTrue(again.getMessage().contains("has a rehearsal already"), again.getMessage());
  }

  @Test
  void faultsOfAWholeTakeAreAllFoundAndALightThatTurnsHasAMapForEachMoment() throws Exception {
    Path lighting = folder.resolve("turn.json");
    Files.writeString(
        lighting,
        """
        {"map": "softbox", "interpolation": "linear",
         "keys": [{"t": 0, "yaw": 0, "exposure": 0}, {"t": 0.3, "yaw": 90, "exposure": 0}]}
        """);
    StageRehearsal.Outcome outcome =
        run(8, false, 2, 0.02, List.of(new StageRehearsal.Light("a", lighting.toString(), 0)));
    assertTrue(outcome.faults().contains("injected"), outcome.table());
    assertTrue(outcome.faultsFound(), outcome.table());
    assertTrue(outcome.pictures() > 1, outcome.table());
    ClipDataset dataset = ClipDataset.open(folder.resolve("dataset"));
    Clip clip = dataset.read(dataset.index().clips().getFirst());
    assertTrue(!Arrays.equals(map(clip, 0), map(clip, 1)));
  }

  @Test
  void asManyTakesAsWantedHaveFaultsOfEveryKindAllFoundAndNoneInvented() {
    CaptureBenchmark.Faults outcome =
        new FaultRehearsal(folder, Interruption.manual(), _ -> {}).run(40, 4);
    assertEquals(
        List.of("dropped", "doubled", "misexposed", "held", "genlock slip"),
        outcome.causes().stream().map(CaptureBenchmark.Found::cause).toList());
    for (CaptureBenchmark.Found kind : outcome.causes()) {
      assertTrue(kind.injected() > 3, outcome.toString());
      assertEquals(kind.injected(), kind.found(), outcome.toString());
    }
    assertEquals(Map.of(), outcome.invented());
    assertEquals(0, outcome.cleanFaults());
    assertEquals(0, outcome.cleanFrames() % 64);
  }

  @Test
  void aSubjectThatLeavesNoRoomForTheMarkerIsNamed() {
    // A board before the whole back wall.
    TriangleMesh square =
        new TriangleMesh(
            new float[] {-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0},
            new float[] {0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1},
            new float[8],
            new int[] {0, 1, 2, 0, 2, 3});
    Shape board = new Shape("board", square, new Material.Lambert(Texture.constant(0.5f)));
    Pose still = new Pose(Rotation.IDENTITY, new Vector3(0, 0, 0));
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                run(
                    3,
                    true,
                    0,
                    _ -> (_, _) -> List.of(Instance.rigid(board, still, still)),
                    LIGHTS));
    assertTrue(error.getMessage().contains("sways there"), error.getMessage());
  }

  private static byte[] map(Clip clip, int frame) {
    return clip.member(clip.meta().frames().get(frame).light().orElseThrow().map().orElseThrow());
  }

  @Test
  void faultsAreMatchedByKindAndFrame() {
    List<StageFault> injected =
        List.of(
            new StageFault(StageFault.Kind.DROPPED, 5, 0, 0),
            new StageFault(StageFault.Kind.HELD, 9, 0, 0),
            new StageFault(StageFault.Kind.DRIFT, 0, 3, 0.1));
    Fault dropped = new Fault(Fault.Kind.DROPPED, 3, 5, 1, "");
    Fault held = new Fault(Fault.Kind.DOUBLED, 7, 8, 1, "");
    Fault missing = new Fault(Fault.Kind.DROPPED, 8, 9, 1, "");
    Fault strange = new Fault(Fault.Kind.TORN, 20, 22, 1, "");
    assertTrue(
        RehearsalFaults.matched(injected, List.of(dropped, held, missing)).whole(),
        "all is found, drift is not looked for");
    RehearsalFaults.Outcome half = RehearsalFaults.matched(injected, List.of(dropped, held));
    assertEquals(Map.of(StageFault.Kind.DROPPED, 1, StageFault.Kind.HELD, 0), found(half));
    assertEquals(List.of(), half.invented());
    RehearsalFaults.Outcome more =
        RehearsalFaults.matched(injected, List.of(dropped, held, missing, strange));
    assertEquals(List.of(strange), more.invented());
    assertTrue(!more.whole() && !half.whole());
  }

  private static Map<StageFault.Kind, Integer> found(RehearsalFaults.Outcome outcome) {
    return outcome.rows().stream()
        .filter(RehearsalFaults.Row::looked)
        .collect(Collectors.toMap(RehearsalFaults.Row::kind, RehearsalFaults.Row::found));
  }
}
