package org.pixelcube.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.model.Formula;
import org.pixelcube.model.SpatioTemporalUNet;
import org.pixelcube.model.TinySvd;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/** Stable Video Diffusion taught further. */
class TunedNetworkTest {
  private static final int N = 2;
  private static final int T = 3;
  private static final int H = 16;
  private static final int W = 24;
  private static final double[] SIGMA = {0.7, 40};

  @TempDir static Path tiny;
  @TempDir Path folder;

  @BeforeAll
  static void write() {
    TinySvd.write(tiny);
  }

  private static TuningSettings settings(Task task, String... taught) {
    return new TuningSettings(task, tiny.toString(), List.of(taught), 24);
  }

  private static Tensor conditions(Task task) {
    return Formula.given("conditions", N, task.conditions(), T, H, W).div(2);
  }

  private static Tensor maps(Task task) {
    return task.environment() ? Formula.given("maps", N, T, 9, 32, 64) : null;
  }

  private static Tensor noisy() {
    return Formula.given("noisy", N, 4, T, H / 4, W / 4);
  }

  private static Tensor denoised(VideoNetwork network) {
    Task task = network.task();
    return network.denoise(noisy(), SIGMA, network.told(conditions(task)), maps(task));
  }

  /** What is new begins with zeros: the first guess is that of the network as it is published. */
  @Test
  void whatHasLearntNothingIsThePublishedNetwork() {
    for (Task task : Task.values()) {
      try (TorchScope _ = TorchScope.open();
          NoGrad _ = NoGrad.open();
          VideoNetwork network = VideoNetwork.begun(settings(task), 1, Device.CPU);
          LatentCodec codec = LatentCodec.load(SvdFolder.read(tiny), DType.F32, Device.CPU);
          SpatioTemporalUNet unet =
              SpatioTemporalUNet.load(tiny.resolve("unet"), DType.F32, Device.CPU)) {
        Tensor found = denoised(network);
        for (int i = 0; i < N; i++) {
          Tensor pictures =
              conditions(task).narrow(0, i, 1).narrow(1, 0, 3).squeeze(0).transpose(0, 1);
          Tensor beside = codec.encode(pictures);
          Tensor token = codec.token(pictures).unsqueeze(0);
          Denoiser published =
              Denoiser.ofVelocity((scaled, noise) ->
                  unet.forward(
                          Ops.cat(1, scaled, beside).unsqueeze(0),
                          Tensor.of(new float[] {(float) noise}, 1),
                          token,
                          Tensor.of(VideoPrior.added(25), 1, 3))
                      .squeeze(0));
          Tensor clip = noisy().narrow(0, i, 1).squeeze(0).transpose(0, 1);
          Tensor expected = published.denoise(clip, SIGMA[i]).transpose(0, 1);
          double error =
              found.narrow(0, i, 1).squeeze(0).sub(expected).abs().max().item()
                  / expected.abs().max().item();
          assertTrue(error < 1e-5, task + " differs by " + error);
        }
      }
    }
  }

  /** What is taught and stored comes back over the base, wherever that lies by then. */
  @Test
  void taughtWeightsComeBackOverTheirBase() throws IOException {
    for (Task task : Task.values()) {
      Path file = folder.resolve(task + ".safetensors");
      Path moved = folder.resolve("moved-" + task);
      TinySvd.write(moved);
      TuningSettings settings =
          new TuningSettings(task, folder.resolve("gone").toString(), List.of("attn2"), 24);
      try (TorchScope _ = TorchScope.open();
          NoGrad _ = NoGrad.open();
          VideoNetwork network = VideoNetwork.begun(settings(task, "attn2"), 1, Device.CPU)) {
        Tensor first = denoised(network);
        Map<String, Tensor> taught = new LinkedHashMap<>();
        network
            .parameters()
            .forEach((name, p) -> {
              Tensor change = Formula.given(name, p.shape()).mul(0.05);
              p.copyInPlace(p.add(change));
              taught.put(name, p);
            });
        assertTrue(
            taught.keySet().stream()
                .allMatch(name ->
                    name.contains("attn2")
                        || name.startsWith("unet.conv_in.")
                        || name.startsWith("environment.")));
        SafetensorsFile.write(file, taught, VideoNetwork.header(settings));
        Tensor then = denoised(network);
        assertTrue(first.sub(then).abs().max().item() > 0.01);
        try (VideoNetwork again =
            VideoNetwork.load(file, Optional.of(moved), DType.F32, Device.CPU).network()) {
          assertEquals(settings, again.shape());
          assertArrayEquals(then.toFloatArray(), denoised(again).toFloatArray());
        }
      }
      assertTrue(
          Files.size(file) < Files.size(tiny.resolve("vae/diffusion_pytorch_model.safetensors")));
    }
  }

  /** States go through the autoencoder and nothing else; what is brighter than white stays. */
  @Test
  void statesAreTheAutoencodersPictures() {
    for (Task task : Task.values()) {
      try (TorchScope _ = TorchScope.open();
          NoGrad _ = NoGrad.open();
          LatentCodec codec = LatentCodec.load(SvdFolder.read(tiny), DType.F32, Device.CPU)) {
        LatentFrames frames = new LatentFrames(task, codec);
        Tensor conditions = conditions(task);
        Tensor states = Formula.given("states", N, task.state(), T, H, W).mul(0.2);
        Tensor back = frames.decoded(frames.encoded(states, conditions), conditions);
        assertArrayEquals(states.shape(), back.shape());
        Tensor plain = conditions.narrow(1, 0, 3);
        if (task == Task.DELIGHT) {
          // A code's light times coverage, number by number.
          float[] codes = plain.toFloatArray();
          float[] matte = conditions.narrow(1, 3, 1).toFloatArray();
          int m = T * H * W;
          for (int i = 0; i < codes.length; i++) {
            double cover = (matte[i / (3 * m) * m + i % m] + 1) / 2;
            double light = PictureCode.linear(codes[i]);
            // Codes below black are darker than none.
            codes[i] =
                codes[i] < -1 || cover < 0 ? Float.NaN : (float) PictureCode.of(light * cover);
          }
          Tensor dimmed = PictureCode.dimmed(plain, conditions.narrow(1, 3, 1).add(1).div(2));
          float[] found = dimmed.toFloatArray();
          for (int i = 0; i < codes.length; i++) {
            if (!Float.isNaN(codes[i])) {
              assertEquals(codes[i], found[i], 1e-5);
            }
          }
          assertEquals(0, back.narrow(1, 3, 3).abs().max().item());
          plain = dimmed;
        }
        Tensor picture = plain.add(states.narrow(1, 0, 3)).clamp(-1, 1);
        for (int i = 0; i < N; i++) {
          Tensor clip = picture.narrow(0, i, 1).squeeze(0).transpose(0, 1);
          Tensor expected =
              codec
                  .decode(codec.encode(clip))
                  .transpose(0, 1)
                  .sub(plain.narrow(0, i, 1).squeeze(0).clamp(-1, 1));
          Tensor found = back.narrow(0, i, 1).squeeze(0).narrow(0, 0, 3);
          assertEquals(0, found.sub(expected).abs().max().item(), 1e-4);
        }
      }
    }
  }
}
