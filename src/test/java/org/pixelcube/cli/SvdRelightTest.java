package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Warnings;
import org.pixelcube.diffusion.Task;
import org.pixelcube.diffusion.TuningSettings;
import org.pixelcube.diffusion.VideoNetwork;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.model.TinySvd;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.RelightProcessor;
import org.pixelcube.pipeline.RelightSettings;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.TorchScope;
import org.pixelcube.video.ClipReader;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;

/** A generated clip through the whole of {@code relight} with a generated tiny model. */
class SvdRelightTest {
  private static final int WIDTH = 72;
  private static final int HEIGHT = 64;
  private static final int FRAMES = 6;

  @TempDir static Path shared;
  @TempDir Path folder;
  private final ModelStore models = new ModelStore(_ -> {});
  private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

  /** A grey ball that moves before a dark wall, and its matte. */
  @BeforeAll
  static void makeInputs() throws IOException {
    TinySvd.write(shared.resolve("svd"));
    Path shot = Files.createDirectory(shared.resolve("shot"));
    Path mattes = Files.createDirectory(shared.resolve("matte"));
    int n = WIDTH * HEIGHT;
    for (int t = 0; t < FRAMES; t++) {
      float[] rgb = new float[3 * n];
      float[] matte = new float[3 * n];
      for (int i = 0; i < n; i++) {
        double x = (i % WIDTH - 30 - 2 * t) / 22.0;
        int row = i / WIDTH;
        double y = (row - 32) / 22.0;
        double r2 = x * x + y * y;
        double z = Math.sqrt(Math.max(0, 1 - r2));
        for (int c = 0; c < 3; c++) {
          rgb[c * n + i] = (float) (r2 < 1 ? 0.15 + 0.1 * c + 0.3 * z + 0.1 * x : 0.05);
          matte[c * n + i] = r2 < 1 ? 1 : 0;
        }
      }
      ImageFile.write(shot.resolve(t + ".png"), Image.rgb(WIDTH, HEIGHT, rgb));
      ImageFile.write(mattes.resolve(t + ".png"), Image.rgb(WIDTH, HEIGHT, matte));
    }
  }

  private int relight(String output, String... further) {
    assumeTrue(models.has(Model.FACE_LANDMARKER), "the face models have not been fetched");
    errBytes.reset();
    List<String> args = new ArrayList<>(List.of("relight", shared.resolve("shot").toString()));
    args.addAll(List.of("--alpha", shared.resolve("matte").toString()));
    args.addAll(List.of("--env", "softbox", "--threads", "2", "--quiet", "--overwrite"));
    args.addAll(List.of("-o", folder.resolve(output).toString()));
    args.addAll(List.of(further));
    PrintStream err = new PrintStream(errBytes, true, StandardCharsets.UTF_8);
    return PixelCube.run(
        Console.of(err, err, Interruption.manual()),
        RelightProcessor.factory(models),
        args.toArray(String[]::new));
  }

  private String err() {
    return errBytes.toString(StandardCharsets.UTF_8);
  }

  private List<float[]> pictures(String output) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(output))) {
      return files.sorted().map(file -> ImageFile.read(file).samples()).toList();
    }
  }

  private static double difference(List<float[]> a, List<float[]> b) {
    assertEquals(a.size(), b.size());
    double sum = 0;
    for (int t = 0; t < a.size(); t++) {
      for (int i = 0; i < a.get(t).length; i++) {
        sum += Math.abs(a.get(t)[i] - b.get(t)[i]);
      }
    }
    return sum / a.size() / a.getFirst().length;
  }

  @Test
  void aPublishedModelWorksOnWhatPhysicsMakes() throws IOException {
    String svd = shared.resolve("svd").toString();
    Files.createDirectory(folder.resolve("a"));
    Files.createDirectory(folder.resolve("b"));
    long before = TorchScope.liveTensors();
    assertEquals(0, relight("a", "--model", "svd", "--weights", svd, "--steps", "2"), err());
    assertTrue(err().contains("were not taught to relight: physics relights"), err());
    assertEquals(before, TorchScope.liveTensors());
    List<float[]> first = pictures("a");
    assertEquals(FRAMES, first.size());
    // The folder itself as the model is the same.
    assertEquals(0, relight("b", "--model", svd, "--steps", "2"), err());
    List<float[]> again = pictures("b");
    for (int t = 0; t < FRAMES; t++) {
      assertArrayEquals(first.get(t), again.get(t), "frame " + t);
    }
    assertEquals(0, relight("b", "--model", svd, "--steps", "2", "--seed", "2"), err());
    assertTrue(difference(first, pictures("b")) > 1e-4);
    assertEquals(0, relight("b", "--model", "physics"), err());
    assertTrue(difference(first, pictures("b")) > 1e-3);
    // Beside the subject nothing passes through the model.
    assertEquals(first.getFirst()[0], pictures("b").getFirst()[0]);
  }

  private static TuningSettings tuning(Task task, Path base) {
    return new TuningSettings(task, base.toString(), List.of("attn2"), 64);
  }

  private static void taught(Path file, Task task, Path base) {
    try (TorchScope _ = TorchScope.open();
        VideoNetwork network =
            VideoNetwork.begun(tuning(task, shared.resolve("svd")), 1, Device.CPU)) {
      SafetensorsFile.write(file, network.parameters(), VideoNetwork.header(tuning(task, base)));
    }
  }

  @Test
  void taughtWeightsFindTheirBase() throws IOException {
    Path weights = Files.createDirectory(folder.resolve("taught"));
    taught(weights.resolve("delight.safetensors"), Task.DELIGHT, shared.resolve("svd"));
    taught(weights.resolve("relight.safetensors"), Task.RELIGHT, shared.resolve("svd"));
    Files.createDirectory(folder.resolve("a"));
    Files.createDirectory(folder.resolve("b"));
    assertEquals(0, relight("a", "--model", weights.toString(), "--passes", "normals"), err());
    assertFalse(err().contains("were not taught"), err());
    List<float[]> first = pictures("a");
    assertEquals(0, relight("b", "--model", "svd", "--weights", weights.toString()), err());
    assertArrayEquals(first.getLast(), pictures("b").getLast());

    taught(weights.resolve("relight.safetensors"), Task.RELIGHT, folder.resolve("gone"));
    assertEquals(2, relight("b", "--model", weights.toString()));
    assertTrue(err().contains("gone: is no folder; download stabilityai/"), err());
    String svd = shared.resolve("svd").toString();
    assertEquals(0, relight("b", "--model", weights.toString(), "--weights", svd), err());
    assertArrayEquals(first.getLast(), pictures("b").getLast());
  }

  /** Windows of three frames; the state is taken in the middle of one. */
  @Test
  void whatIsStoredOfAWindowGoesOnToTheSamePictures() {
    assumeTrue(models.has(Model.FACE_LANDMARKER), "the face models have not been fetched");
    RelightSettings settings =
        RelightSettings.DEFAULTS
            .with("env", "softbox")
            .with("threads", 2)
            .with("alpha", shared.resolve("matte").toString())
            .with("model", shared.resolve("svd").toString())
            .with("steps", 1);
    byte[][] state = new byte[1][];
    List<float[]> straight = run(settings, 0, state);
    List<float[]> rest = run(settings, CUT, state);
    for (int t = CUT; t < FRAMES; t++) {
      assertArrayEquals(straight.get(t), rest.get(t - CUT), "frame " + t);
    }
  }

  private static final int CUT = 4;

  private List<float[]> run(RelightSettings settings, int first, byte[][] state) {
    try (ClipReader reader = ClipReader.open(shared.resolve("shot"));
        FrameProcessor processor =
            RelightProcessor.factory(models).open(settings, reader.info(), Warnings.silent())) {
      if (first > 0) {
        reader.seek(first);
        processor.restore(state[0]);
      }
      List<Supplier<FrameProcessor.Output>> outputs = new ArrayList<>();
      for (int t = first; t < FRAMES; t++) {
        if (t == CUT && first == 0) {
          state[0] = processor.state();
        }
        outputs.add(processor.process(reader.next().orElseThrow()));
      }
      processor.end();
      return outputs.stream().map(output -> output.get().frame().image().samples()).toList();
    }
  }

  private void refused(String expected, String... further) {
    assertEquals(2, relight("o.mkv", further), err());
    assertEquals(1, err().lines().filter(line -> !line.contains("warning")).count(), err());
    assertTrue(err().contains(expected), err());
    assertFalse(Files.exists(folder.resolve("o.mkv")));
  }

  @Test
  void badFoldersAreNamed() throws IOException {
    refused(
        "--weights: is missing, which --model svd needs; download stabilityai/", "--model", "svd");
    refused("--weights: is given, but --model is auto", "--weights", shared.toString());
    String svd = shared.resolve("svd").toString();
    refused("gpu: is no device; give cpu, cuda", "--model", svd, "--device", "gpu");
    refused("none: is no folder", "--model", "svd", "--weights", folder.resolve("none").toString());
    refused("holds no unet/config.json", "--model", "svd", "--weights", shared.toString());
    Path bad = folder.resolve("bad");
    TinySvd.write(bad);
    Path unet = bad.resolve("unet/diffusion_pytorch_model.safetensors");
    byte[] whole = Files.readAllBytes(unet);
    String[] model = {"--model", bad.toString()};
    Files.write(unet, Arrays.copyOf(whole, whole.length / 2));
    refused("' at bytes ", model);
    // A header longer than the file, and a tensor that lies over another.
    byte[] hostile = whole.clone();
    ByteBuffer.wrap(hostile).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Long.MAX_VALUE);
    Files.write(unet, hostile);
    refused("says its header has", model);
    Files.write(unet, new byte[] {1, 2, 3});
    refused("too short for a safetensors file", model);
    Files.write(unet, whole);
    try (TorchScope _ = TorchScope.open();
        SafetensorsFile file = SafetensorsFile.open(unet)) {
      Map<String, org.pixelcube.torch.Tensor> tensors = new java.util.LinkedHashMap<>();
      file.names().stream()
          .filter(name -> !name.equals("conv_in.bias"))
          .forEach(name -> tensors.put(name, file.read(name)));
      SafetensorsFile.write(bad.resolve("unet/other.safetensors"), tensors, Map.of());
    }
    Files.delete(unet);
    Files.move(bad.resolve("unet/other.safetensors"), unet);
    refused("lacks tensor 'conv_in.bias'", model);
  }
}
