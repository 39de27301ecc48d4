package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.diffusion.EnvironmentImages;
import org.pixelcube.diffusion.LightPlanes;
import org.pixelcube.diffusion.NetworkSettings;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.diffusion.Task;
import org.pixelcube.diffusion.VideoNetwork;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.TorchScope;

@Randomized
class RelightNetworksTest {
  private static final int WIDTH = 21;
  private static final int HEIGHT = 18;

  @TempDir Path folder;

  /** Weights that knew of no shape, told of one: normals are those of the shape, the rest stays. */
  @Test
  void widenedNetworksBeginFromTheShape(Random random) {
    for (Task task : Task.values()) {
      Path file =
          folder.resolve(task == Task.DELIGHT ? "delight.safetensors" : "relight.safetensors");
      write(file, task, true);
    }
    List<NetworkFrame> frames = frames(random, 2);
    List<NetworkResult> before;
    try (RelightNetworks networks = RelightNetworks.load(RelightNetworks.in(folder), 1, 2, 1)) {
      assertFalse(networks.needsShape());
      // Rows as long as those that they were taught with, and every frame in two of them.
      assertEquals(new FrameWindows.Span(2, 1), networks.span());
      before = networks.relight(frames);
    }
    Path delighter = folder.resolve("delight.safetensors");
    try (VideoNetwork widened = VideoNetwork.widened(delighter, Device.CPU)) {
      save(delighter, widened);
    }
    int n = WIDTH * HEIGHT;
    float[] normals = new float[3 * n];
    Arrays.fill(normals, n, 2 * n, 1);
    SubjectShape shape = new SubjectShape(normals, new float[3 * n]);
    try (RelightNetworks networks = RelightNetworks.load(RelightNetworks.in(folder), 1, 2, 1)) {
      assertTrue(networks.needsShape());
      List<NetworkResult> after =
          networks.relight(frames.stream().map(f -> f.with(shape)).toList());
      for (int i = 0; i < frames.size(); i++) {
        assertArrayEquals(before.get(i).flatLit(), after.get(i).flatLit(), 1e-5f);
        for (int k = 0; k < 3 * n; k++) {
          float expected = k / n == 1 ? frames.get(i).matte()[k % n] : 0;
          assertEquals(expected, after.get(i).normals()[k], 1e-5);
        }
      }
    }
    UserError again =
        assertThrows(UserError.class, () -> VideoNetwork.widened(delighter, Device.CPU));
    assertTrue(again.getMessage().contains("could be told of shapes"), again.getMessage());
  }

  private static void save(Path file, VideoNetwork network) {
    try (TorchScope _ = TorchScope.open()) {
      SafetensorsFile.write(file, network.parameters(), VideoNetwork.header(network.shape()));
    }
  }

  private static void write(Path file, Task task, boolean learnt) {
    NetworkSettings settings =
        new NetworkSettings(
            task,
            2,
            List.of(8, 16),
            1,
            List.of(false, true),
            8,
            16,
            0.4,
            20,
            Optional.of(2),
            Optional.empty());
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        VideoNetwork network = VideoNetwork.random(settings, 3, Device.CPU)) {
      if (learnt) {
        network.parameters().get("unet.conv_out.bias").fillInPlace(0.3);
      }
      SafetensorsFile.write(
          file,
          network.parameters(),
          Map.of(
              VideoNetwork.NETWORK,
              JsonSettings.toJson(settings),
              RelightNetworks.BEATS_PHYSICS,
              Boolean.toString(learnt)));
    }
  }

  @BeforeEach
  void writeWeights() {
    write(folder.resolve("delight.safetensors"), Task.DELIGHT, false);
    write(folder.resolve("relight.safetensors"), Task.RELIGHT, false);
  }

  private static List<NetworkFrame> frames(Random random, int count) {
    EnvironmentMap map = EnvironmentMap.uniform(64, 32, new Rgb(1, 0.8, 0.6));
    List<NetworkFrame> frames = new ArrayList<>();
    int n = WIDTH * HEIGHT;
    for (int i = 0; i < count; i++) {
      float[] matte = new float[n];
      for (int k = 0; k < n; k++) {
        matte[k] = random.nextInt(3) * 0.5f;
      }
      frames.add(
          new NetworkFrame(
              i,
              WIDTH,
              HEIGHT,
              noise(random, 3 * n),
              matte,
              new NetworkFrame.View(
                  noise(random, 3 * n), EnvironmentImages.of(map), LightPlanes.Light.of(map))));
    }
    return frames;
  }

  private static float[] noise(Random random, int n) {
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      out[i] = random.nextFloat();
    }
    return out;
  }

  /** What has learnt nothing changes nothing: flat-lit as shot, no shape, so no light. */
  @Test
  void untrainedNetworksLeaveThePlainPicture(Random random) {
    List<NetworkFrame> frames = frames(random, 3);
    try (RelightNetworks networks = RelightNetworks.load(RelightNetworks.in(folder), 1, 2, 1)) {
      assertEquals(20, networks.pictureSize());
      List<NetworkResult> results = networks.relight(frames);
      for (int i = 0; i < 3; i++) {
        NetworkFrame f = frames.get(i);
        NetworkResult r = results.get(i);
        int n = WIDTH * HEIGHT;
        for (int k = 0; k < 3 * n; k++) {
          float matte = f.matte()[k % n];
          assertEquals(matte * f.picture()[k], r.flatLit()[k], 1e-3);
          assertEquals(0, r.normals()[k]);
          assertEquals((1 - matte) * f.view().background()[k], r.plain()[k], 1e-3);
        }
        assertArrayEquals(r.plain(), r.relit());
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameBits(Random random) {
    List<NetworkFrame> frames = frames(random, 2);
    write(folder.resolve("relight.safetensors"), Task.RELIGHT, true);
    try (RelightNetworks a = RelightNetworks.load(RelightNetworks.in(folder), 3, 2, 1);
        RelightNetworks b = RelightNetworks.load(RelightNetworks.in(folder), 3, 2, 1)) {
      float[] once = a.relight(frames).getLast().relit();
      assertArrayEquals(once, a.relight(frames).getLast().relit());
      assertArrayEquals(once, b.relight(frames).getLast().relit());
    }
    try (RelightNetworks one = RelightNetworks.load(RelightNetworks.in(folder), 1, 2, 1)) {
      NetworkResult r = one.relight(frames).getFirst();
      assertFalse(java.util.Arrays.equals(r.plain(), r.relit()));
    }
  }

  @Test
  void headersTellWhetherTheyBeatPhysics() {
    assertFalse(RelightNetworks.beatPhysics(RelightNetworks.in(folder)));
    write(folder.resolve("relight.safetensors"), Task.RELIGHT, true);
    assertTrue(RelightNetworks.beatPhysics(RelightNetworks.in(folder)));
  }

  @Test
  void wrongWeightsAreNamed() throws IOException {
    write(folder.resolve("relight.safetensors"), Task.DELIGHT, false);
    long before = TorchScope.liveTensors();
    String wrong = message(() -> RelightNetworks.load(RelightNetworks.in(folder), 1, 2, 1));
    assertTrue(wrong.contains("does not relight"), wrong);
    assertEquals(before, TorchScope.liveTensors());
    Path file = folder.resolve("delight.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    String cut = message(() -> RelightNetworks.load(RelightNetworks.in(folder), 1, 2, 1));
    assertTrue(cut.startsWith(file.toString()), cut);
    Files.delete(file);
    assertTrue(message(() -> RelightNetworks.in(folder)).contains("holds no delight"));
  }

  private static String message(Runnable work) {
    return assertThrows(UserError.class, work::run).getMessage();
  }
}
