package org.pixelcube.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.DatasetWriter;
import org.pixelcube.dataset.TestClips;
import org.pixelcube.diffusion.NetworkSettings;
import org.pixelcube.diffusion.NoiseLevels;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.diffusion.Task;
import org.pixelcube.diffusion.TuningSettings;
import org.pixelcube.diffusion.VideoNetwork;
import org.pixelcube.model.TinySvd;
import org.pixelcube.torch.AdamW;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.Ranks;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TestRanks;
import org.pixelcube.torch.TorchScope;

class TrainerTest {
  @TempDir static Path data;
  @TempDir Path folder;

  private record Recipe(String name) {}

  @BeforeAll
  static void writeDataset() {
    try (DatasetWriter writer = DatasetWriter.open(data, new Recipe("balls"), 2, 2)) {
      for (int i = 0; i < 2; i++) {
        writer.put(i, TestClips.rendered("ball-" + i, "subject-" + i, 3, i));
      }
      writer.finish();
    }
  }

  private static TrainSettings settings(
      Task task,
      Optional<String> start,
      Optional<String> delighter,
      double rate,
      int denoising,
      int direct) {
    List<Stage> stages = new ArrayList<>();
    if (denoising > 0) {
      stages.add(
          new Stage(denoising, Stage.Objective.DENOISE, 2, 2, 16, 16, rate, rate / 2, 1, 0.3));
    }
    if (direct > 0) {
      stages.add(new Stage(direct, Stage.Objective.END_TO_END, 2, 2, 16, 20, rate, rate / 2, 0, 0));
    }
    return new TrainSettings(
        Optional.of(
            new NetworkSettings(
                task,
                2,
                List.of(8, 16),
                1,
                List.of(false, true),
                8,
                16,
                0.4,
                16,
                Optional.empty(),
                Optional.empty())),
        Optional.empty(),
        start,
        delighter,
        0.5,
        new DataSettings(
            List.of(data.toString()),
            Optional.of(List.of("ball-0", "ball-1")),
            Optional.empty(),
            Optional.of(List.of("softbox", "golden-hour")),
            3,
            3,
            2,
            2,
            1,
            Optional.empty(),
            Optional.empty()),
        stages,
        new NoiseLevels(-1, 1),
        new AdamW.Settings(0.9, 0.99, 1e-8, 0),
        1,
        0.9,
        11,
        "cpu",
        false,
        3,
        3,
        2,
        30,
        1);
  }

  private static void run(TrainSettings settings, Path to, Interruption interruption, long stop) {
    try (Ranks ranks = Ranks.alone("cpu")) {
      run(settings, to, ranks, interruption, stop);
    }
  }

  private static void run(
      TrainSettings settings, Path to, Ranks ranks, Interruption interruption, long stop) {
    Trainer.run(
        settings,
        to,
        ranks,
        TrainerTest::shapes,
        (_, _, _) ->
            new Progress() {
              @Override
              public void done(long pictures) {
                if (pictures == stop) {
                  interruption.request();
                }
              }

              @Override
              public void close() {}
            },
        _ -> {},
        interruption);
  }

  private static void run(TrainSettings settings, Path to) {
    run(settings, to, Interruption.manual(), -1);
  }

  private static List<Double> values(Path run, String key) throws IOException {
    List<Double> found = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("stats.jsonl"))) {
      int at = line.indexOf("\"" + key + "\":");
      if (at >= 0) {
        String rest = line.substring(at + key.length() + 3);
        found.add(Double.parseDouble(rest.replaceFirst("[,}].*", "")));
      }
    }
    return found;
  }

  @Test
  void anInterruptedRunGoesOnToTheSameBits() throws IOException {
    TrainSettings two = settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 4, 1);
    List<Stage> stages = new ArrayList<>(two.stages());
    stages.add(new Stage(2, Stage.Objective.FEW_STEPS, 2, 2, 16, 20, 1e-3, 1e-4, 0, 0.3));
    TrainSettings settings = with(two, stages, Optional.empty(), two.optimizer());
    Path whole = folder.resolve("whole");
    run(settings, whole);
    Path broken = folder.resolve("broken");
    // After 2 and after 5 steps of 4 pictures.
    assertThrows(
        Interruption.Requested.class, () -> run(settings, broken, Interruption.manual(), 8));
    assertThrows(
        Interruption.Requested.class, () -> run(settings, broken, Interruption.manual(), 20));
    run(settings, broken);
    for (String file : List.of("state.safetensors", "snapshots/00000007.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(broken.resolve(file)), file);
    }
    assertEquals(values(whole, "psnr"), values(broken, "psnr"));
    assertTrue(Files.exists(broken.resolve("sheets/00000007.png")));
  }

  @Test
  void aNetworkLearnsAndLeavesNothingBehind() throws IOException {
    TrainSettings one = settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 0, 1);
    run(one, folder);
    TrainSettings settings =
        new TrainSettings(
            one.network(),
            one.tuning(),
            one.start(),
            one.delighter(),
            0,
            one.data(),
            List.of(new Stage(150, Stage.Objective.END_TO_END, 2, 2, 24, 24, 4e-3, 1e-4, 5, 0)),
            one.noise(),
            one.optimizer(),
            1,
            0.9,
            5,
            "cpu",
            false,
            200,
            200,
            1,
            30,
            1);
    long before = TorchScope.liveTensors();
    Path to = folder.resolve("learns");
    run(settings, to);
    assertEquals(before, TorchScope.liveTensors());
    List<Double> losses = values(to, "loss");
    assertTrue(losses.getLast() < 0.6 * losses.getFirst(), losses.toString());
    List<Double> psnr = values(to, "psnr");
    assertTrue(psnr.getLast() > psnr.getFirst() + 1, psnr.toString());
    double plain = values(to, "plainPsnr").getLast();
    assertTrue(psnr.getLast() > plain, psnr + " and " + plain + " without");
  }

  @Test
  void aRelighterIsToldWhatTheDelighterFinds() throws IOException {
    Path delight = folder.resolve("delight");
    run(settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 0, 2), delight);
    String snapshot = delight.resolve("snapshots/00000002.safetensors").toString();
    TrainSettings settings =
        settings(Task.RELIGHT, Optional.empty(), Optional.of(snapshot), 1e-3, 2, 2);
    Path relight = folder.resolve("relight");
    run(settings, relight);
    try (VideoNetwork network =
        VideoNetwork.load(relight.resolve("snapshots/00000004.safetensors"), Device.CPU)
            .network()) {
      assertEquals(settings.shape(), network.shape());
    }
    // A relighter is no delighter.
    String wrong = relight.resolve("snapshots/00000004.safetensors").toString();
    TrainSettings bad = settings(Task.RELIGHT, Optional.empty(), Optional.of(wrong), 1e-3, 0, 1);
    assertTrue(
        assertThrows(UserError.class, () -> run(bad, folder.resolve("bad")))
            .getMessage()
            .contains("no delighting network"));
  }

  /**
   * A run of all three objectives, under an optimiser that does not blow up rounding. Absolute
   * errors have kinks where rounding decides about a gradient, so there are few such steps.
   */
  private static TrainSettings shared(Task task, Optional<String> delighter) {
    TrainSettings s = settings(task, Optional.empty(), delighter, 1e-3, 1, 0);
    List<Stage> stages =
        List.of(
            new Stage(4, Stage.Objective.DENOISE, 4, 2, 16, 16, 1e-3, 1e-3, 0, 0.3),
            new Stage(1, Stage.Objective.END_TO_END, 2, 2, 16, 20, 1e-3, 1e-3, 0, 0.3),
            new Stage(1, Stage.Objective.FEW_STEPS, 4, 2, 16, 20, 1e-3, 1e-3, 0, 0.3));
    return with(s, stages, Optional.empty(), new AdamW.Settings(0.9, 0.99, 1e-2, 0));
  }

  private static TrainSettings with(
      TrainSettings s, List<Stage> stages, Optional<String> start, AdamW.Settings optimizer) {
    return new TrainSettings(
        s.network(),
        s.tuning(),
        start,
        s.delighter(),
        s.delighterShare(),
        s.data(),
        stages,
        s.noise(),
        optimizer,
        s.clip(),
        s.averageDecay(),
        s.seed(),
        s.device(),
        s.bf16(),
        s.stateEvery(),
        s.snapshotEvery(),
        s.snapshotsKept(),
        s.sheetEvery(),
        s.heldOut());
  }

  /** The largest difference between tensors of two states of one kind. */
  private static double difference(Path a, Path b, String kind) {
    double most = 0;
    try (TorchScope _ = TorchScope.open();
        SafetensorsFile first = SafetensorsFile.open(a.resolve("state.safetensors"));
        SafetensorsFile second = SafetensorsFile.open(b.resolve("state.safetensors"))) {
      assertEquals(first.metadata(), second.metadata());
      for (String name : first.names()) {
        if (name.startsWith(kind)) {
          Tensor difference = first.read(name).sub(second.read(name));
          most = Math.max(most, difference.reshape(-1).norm().item());
        }
      }
    }
    return most;
  }

  @Test
  void processesTogetherMakeTheStepsOfOne() throws IOException {
    Path delight = folder.resolve("delight");
    run(settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 0, 2), delight);
    Path snapshot = delight.resolve("snapshots/00000002.safetensors");
    TrainSettings settings = shared(Task.RELIGHT, Optional.of(snapshot.toString()));
    Path one = folder.resolve("one");
    run(settings, one);
    long before = TorchScope.liveTensors();
    Path two = folder.resolve("two");
    TestRanks.run(2, ranks -> run(settings, two, ranks, Interruption.manual(), -1));
    assertEquals(before, TorchScope.liveTensors());
    for (String kind : List.of("parameter.", "average.", "optimizer.mean.")) {
      assertEquals(0, difference(one, two, kind), 1e-5, kind);
    }
    List<Double> losses = values(one, "loss");
    assertEquals(losses.getLast(), values(two, "loss").getLast(), 1e-5 * losses.getLast());

    // Begun by two that are told to stop, the second of them, and finished by one.
    Path changed = folder.resolve("changed");
    TestRanks.run(
        2,
        ranks -> {
          Interruption interruption = Interruption.manual();
          assertThrows(
              Interruption.Requested.class,
              () -> run(settings, changed, ranks, interruption, ranks.first() ? -1 : 24));
        });
    assertTrue(Files.readString(changed.resolve("log.txt")).contains("interrupted before step 3"));
    run(settings, changed);
    assertEquals(0, difference(one, changed, "parameter."), 1e-5);
  }

  @Test
  void batchesThatCannotBeSharedOutAreNamed() {
    TrainSettings settings = settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 1, 1);
    String message = assertThrows(UserError.class, () -> settings.requireShares(4)).getMessage();
    assertTrue(message.contains("stages[0].clips: is 2") && message.contains("give 4"), message);
    settings.requireShares(2);
  }

  /** Shapes that face the camera, shaded by their place in the picture. */
  private static ShapeFinder shapes() {
    return new ShapeFinder() {
      @Override
      public List<SubjectShape> shapes(List<View> frames) {
        return frames.stream()
            .map(frame -> {
              int n = frame.picture().planeSize();
              float[] normals = new float[3 * n];
              Arrays.fill(normals, 2 * n, 3 * n, 1);
              float[] shaded = new float[3 * n];
              for (int i = 0; i < shaded.length; i++) {
                shaded[i] = (float) (i % n) / n;
              }
              return new SubjectShape(normals, shaded);
            })
            .toList();
      }

      @Override
      public void close() {}
    };
  }

  /** How near the truth the weights of a delighter come in so many steps, decibels. */
  private static double psnr(TrainSettings settings, Path weights, int steps) {
    try (VideoNetwork network = VideoNetwork.load(weights, Device.CPU).network()) {
      return HeldOut.of(settings, network.divisor(), Optional.empty())
          .look(clip -> {
            Batch batch = Batch.delight(List.of(clip), network.shape());
            try (TorchScope _ = TorchScope.open()) {
              Tensor conditions =
                  Tensor.of(
                      batch.conditions(),
                      1,
                      Task.DELIGHT.conditions(),
                      batch.frames(),
                      batch.size(),
                      batch.size());
              return new HeldOut.Result(
                  batch, network.sample(conditions, null, steps, 0).toFloatArray());
            }
          })
          .get(HeldOut.PSNR);
    }
  }

  @Test
  void fewStepsAreLearntTogetherWithOne() throws IOException {
    TrainSettings s = settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 0, 1);
    Stage direct = new Stage(50, Stage.Objective.END_TO_END, 2, 2, 16, 16, 1e-2, 1e-3, 5, 0);
    Path first = folder.resolve("direct");
    run(with(s, List.of(direct), Optional.empty(), s.optimizer()), first);
    Path snapshot = first.resolve("snapshots/00000050.safetensors");
    Stage few = new Stage(50, Stage.Objective.FEW_STEPS, 2, 2, 16, 16, 4e-3, 1e-4, 5, 0);
    TrainSettings settings = with(s, List.of(few), Optional.of(snapshot.toString()), s.optimizer());
    Path second = folder.resolve("few");
    run(settings, second);
    Path after = second.resolve("snapshots/00000050.safetensors");
    double before = psnr(settings, snapshot, 4);
    double inFour = psnr(settings, after, 4);
    double inOne = psnr(settings, after, 1);
    assertEquals(values(second, "psnrIn4").getLast(), inFour, 0.01);
    assertEquals(values(second, "psnr").getLast(), inOne, 0.01);
    assertTrue(inFour > before, inFour + " dB in four steps after " + before);
    assertTrue(inFour > inOne - 0.3, inFour + " dB in four steps, " + inOne + " in one");
  }

  @Test
  void aLossThatIsNoNumberStopsTheRun() {
    TrainSettings plain = settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 0, 2);
    Path file = folder.resolve("broken.safetensors");
    try (TorchScope _ = TorchScope.open();
        VideoNetwork network = VideoNetwork.begun(plain.shape(), 1, Device.CPU)) {
      Map<String, Tensor> weights = new LinkedHashMap<>();
      network.parameters().forEach((name, p) -> weights.put(name, p.mul(0).add(Double.NaN)));
      Snapshot.write(file, plain.shape(), weights, Map.of());
    }
    TrainSettings settings =
        settings(Task.DELIGHT, Optional.of(file.toString()), Optional.empty(), 1e-3, 0, 2);
    String message =
        assertThrows(UserError.class, () -> run(settings, folder.resolve("run"))).getMessage();
    assertTrue(message.contains("step 0") && message.contains("NaN"), message);
    assertFalse(Files.exists(folder.resolve("run/state.safetensors")));
  }

  @Test
  void aFolderHoldsOneRun() {
    run(settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 0, 1), folder);
    TrainSettings other = settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 2e-3, 0, 1);
    assertTrue(
        assertThrows(UserError.class, () -> run(other, folder))
            .getMessage()
            .contains("another configuration"));
  }

  @Test
  void aDryRunTellsAndWritesNothing() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Ranks ranks = Ranks.alone("cpu")) {
      Trainer.dryRun(
          settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 1, 1),
          ranks,
          TrainerTest::shapes,
          lines::add);
    }
    assertEquals(4, lines.size());
    assertTrue(lines.get(1).contains("2 clips"));
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  private static TrainSettings tuning(Task task, Path base, int steps, List<String> taught) {
    TrainSettings own = settings(task, Optional.empty(), Optional.empty(), 1e-3, 1, 0);
    return new TrainSettings(
        Optional.empty(),
        Optional.of(new TuningSettings(task, base.toString(), taught, 24)),
        Optional.empty(),
        Optional.empty(),
        0,
        new DataSettings(
            List.of(data.toString()),
            Optional.of(List.of("ball-0")),
            Optional.empty(),
            Optional.of(List.of("softbox")),
            3,
            1,
            1000,
            1,
            1,
            Optional.empty(),
            Optional.empty()),
        List.of(new Stage(steps, Stage.Objective.END_TO_END, 1, 2, 24, 24, 2e-3, 1e-3, 0, 0)),
        own.noise(),
        own.optimizer(),
        1,
        0.5,
        3,
        "cpu",
        false,
        1000,
        1000,
        1,
        1000,
        0);
  }

  /** The published network is not in the snapshot, what was taught is, and it has learnt. */
  @Test
  void aPublishedNetworkIsTaughtFurther() throws IOException {
    Path base = folder.resolve("svd");
    TinySvd.write(base);
    for (Task task : Task.values()) {
      TrainSettings settings = tuning(task, base, 40, List.of("conv_out", "attn2"));
      Path run = folder.resolve("run-" + task);
      run(settings, run);
      List<Double> losses = values(run, "loss");
      assertTrue(losses.getLast() < 0.8 * losses.getFirst(), task + " " + losses);
      Path snapshot = run.resolve("snapshots/00000040.safetensors");
      try (SafetensorsFile stored = SafetensorsFile.open(snapshot)) {
        for (String name : stored.names()) {
          assertTrue(
              name.matches("unet\\..*(conv_out|attn2|conv_in).*")
                  || (task == Task.RELIGHT && name.startsWith("environment.")),
              name);
        }
        assertEquals(
            8 + (task == Task.DELIGHT ? 1 : 16),
            stored.shape("unet.conv_in.weight")[1],
            "channels told");
      }
      try (VideoNetwork network = VideoNetwork.load(snapshot, Device.CPU).network()) {
        assertEquals(settings.shape(), network.shape());
      }
    }
  }

  @Test
  void whatDoesNotFitAPublishedNetworkIsNamed() {
    Path base = folder.resolve("svd");
    TinySvd.write(base);
    long before = TorchScope.liveTensors();
    TrainSettings unknown = tuning(Task.DELIGHT, base, 1, List.of("attn9"));
    assertTrue(
        assertThrows(UserError.class, () -> run(unknown, folder.resolve("a")))
            .getMessage()
            .contains("'attn9', which is in no tensor's name"));
    TrainSettings none = tuning(Task.DELIGHT, folder.resolve("none"), 1, List.of());
    assertTrue(
        assertThrows(UserError.class, () -> run(none, folder.resolve("b")))
            .getMessage()
            .contains("is no folder; download stabilityai/stable-video-diffusion-img2vid"));
    assertEquals(before, TorchScope.liveTensors());
    InvalidSetting both = assertThrows(InvalidSetting.class, () -> withNetwork(unknown));
    assertTrue(both.reason().contains("both there"));
  }

  private static TrainSettings withNetwork(TrainSettings s) {
    TrainSettings own = settings(Task.DELIGHT, Optional.empty(), Optional.empty(), 1e-3, 1, 0);
    return new TrainSettings(
        own.network(),
        s.tuning(),
        s.start(),
        s.delighter(),
        0,
        s.data(),
        s.stages(),
        s.noise(),
        s.optimizer(),
        1,
        0.5,
        3,
        "cpu",
        false,
        1,
        1,
        1,
        1,
        0);
  }

  @Test
  void settingsComeBackFromJsonAndAreChecked() {
    TrainSettings settings = settings(Task.RELIGHT, Optional.empty(), Optional.empty(), 1e-3, 2, 2);
    assertEquals(
        settings, JsonSettings.parse("test", JsonSettings.toJson(settings), TrainSettings.class));
    InvalidSetting size =
        assertThrows(
            InvalidSetting.class,
            () ->
                new TrainSettings(
                    settings.network(),
                    settings.tuning(),
                    settings.start(),
                    settings.delighter(),
                    0,
                    settings.data(),
                    List.of(new Stage(1, Stage.Objective.DENOISE, 1, 1, 18, 18, 1, 1, 0, 0)),
                    settings.noise(),
                    settings.optimizer(),
                    1,
                    0,
                    1,
                    "cpu",
                    false,
                    1,
                    1,
                    1,
                    1,
                    1));
    assertEquals("is 18, must be a multiple of 4", size.reason());
  }

  @Test
  void theRateRisesAndFallsAlongACosine() {
    Stage stage = new Stage(110, Stage.Objective.DENOISE, 1, 1, 16, 16, 2, 1, 10, 0);
    assertEquals(0.2, stage.rate(0), 1e-12);
    assertEquals(2, stage.rate(9), 1e-12);
    assertEquals(2, stage.rate(10), 1e-12);
    assertEquals(1.5, stage.rate(60), 1e-12);
    assertEquals(1, stage.rate(110), 1e-12);
  }
}
