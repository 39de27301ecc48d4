package org.pixelcube.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;
import org.pixelcube.model.Formula;
import org.pixelcube.model.TinySvd;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

class VideoPriorTest {
  @TempDir static Path tiny;
  @TempDir Path folder;

  @BeforeAll
  static void write() {
    TinySvd.write(tiny);
  }

  private static VideoPrior load() {
    return VideoPrior.load(SvdFolder.read(tiny), DType.F32, Device.CPU);
  }

  private static void agree(Tensor expected, Tensor found, String what) {
    assertArrayEquals(expected.shape(), found.shape(), what);
    double error = found.sub(expected).abs().max().item() / expected.abs().max().item();
    assertTrue(error <= 1e-4, what + " differs by " + error);
  }

  /** Token, latents, four guided steps and the decoded pictures against diffusers' own pipeline. */
  @Test
  void theWholePipelineAgreesWithTheReference() throws URISyntaxException {
    Path file = Path.of(VideoPriorTest.class.getResource("svd-pipeline.safetensors").toURI());
    try (SafetensorsFile golden = SafetensorsFile.open(file);
        TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        VideoPrior prior = load()) {
      LatentCodec codec = prior.codec();
      Tensor picture = Formula.given("picture", 1, 3, 40, 112).div(Math.sqrt(3));
      Tensor token = codec.token(picture);
      agree(golden.read("token"), token, "token");
      Tensor mode = codec.encode(picture);
      agree(golden.read("mode"), mode, "mode");
      KarrasSchedule schedule = codec.folder().schedule();
      Tensor start =
          Formula.given("noise", 1, 3, 4, 10, 28).squeeze(0).mul(Math.hypot(schedule.most(), 1));
      Tensor latents =
          prior.sample(
              start,
              mode,
              token,
              schedule.levels(4),
              new double[] {1, 2, 3},
              new float[] {6, 127, 0});
      agree(golden.read("latents").squeeze(0), latents, "latents");
      Tensor pictures = codec.decode(latents.div(codec.scale()));
      agree(golden.read("pictures").squeeze(0).transpose(0, 1), pictures, "pictures");
    }
  }

  private static float[] steadied(VideoPrior prior, Tensor clip, double noise, long seed) {
    return prior.steadied(clip, new VideoPrior.Look(noise, 2, 1, 25), seed).toFloatArray();
  }

  @Test
  void withoutNoiseOnlyTheAutoencoderIsAtWork() {
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        VideoPrior prior = load()) {
      // More frames than are decoded together, lights brighter than white among them.
      Tensor clip = Formula.given("clip", 6, 3, 16, 24);
      Tensor cut = clip.clamp(-1, 1);
      assertTrue(clip.sub(cut).max().item() > 0.5);
      Tensor through = prior.codec().decode(prior.codec().encode(cut)).add(clip.sub(cut));
      assertArrayEquals(through.toFloatArray(), steadied(prior, clip, 0, 1), 2e-5f);
      float[] once = steadied(prior, clip, 0.3, 1);
      assertArrayEquals(once, steadied(prior, clip, 0.3, 1));
      double change = distance(once, through.toFloatArray());
      assertTrue(change > 0.01, "changed by " + change);
      assertTrue(distance(once, steadied(prior, clip, 0.3, 2)) > 0.001);
      assertTrue(distance(once, steadied(prior, clip, 0.1, 1)) > 0.001);
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  @Test
  void closingGivesAllTensorsBack() {
    long before = TorchScope.liveTensors();
    try (TorchScope _ = TorchScope.open();
        VideoPrior prior = load()) {
      assertEquals(6 * 3 * 16 * 16, steadied(prior, Tensor.zeros(6, 3, 16, 16), 0.3, 1).length);
    }
    assertEquals(before, TorchScope.liveTensors());
  }

  private String fault() {
    long before = TorchScope.liveTensors();
    UserError e =
        assertThrows(
            UserError.class,
            () -> VideoPrior.load(SvdFolder.read(folder), DType.F32, Device.CPU).close());
    assertEquals(before, TorchScope.liveTensors());
    assertTrue(e.getMessage().startsWith(folder.toString()), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    return e.getMessage();
  }

  private void replace(String file, String from, String to) throws IOException {
    TinySvd.write(folder);
    String text = Files.readString(folder.resolve(file));
    assertTrue(text.contains(from), text);
    Files.writeString(folder.resolve(file), text.replace(from, to));
  }

  @Test
  void foldersThatDoNotFitAreNamed() throws IOException {
    assertTrue(fault().contains("holds no unet/config.json; download stabilityai/"));
    replace("model_index.json", "StableVideoDiffusionPipeline", "StableDiffusionPipeline");
    assertTrue(fault().contains("_class_name: is StableDiffusionPipeline, only Stable"));
    replace("scheduler/scheduler_config.json", "v_prediction", "epsilon");
    assertTrue(fault().contains("prediction_type: is epsilon, only v_prediction"));
    replace("scheduler/scheduler_config.json", "700.0", "-1");
    assertTrue(fault().contains("scheduler_config.json: most: is -1"));
    replace("feature_extractor/preprocessor_config.json", "0.48145466", "\"x\"");
    assertTrue(fault().contains("image_mean: is x, must be a number"));
    replace("unet/config.json", "\"cross_attention_dim\":32", "\"cross_attention_dim\":16");
    assertTrue(fault().contains("context [16, 16] is not the image_encoder's 32"));
    replace("vae/config.json", "\"latent_channels\":4", "\"latent_channels\":5");
    assertTrue(fault().contains("8 channels in and 4 out over latents of 5"));
    TinySvd.write(folder);
    for (String part : new String[] {"unet", "vae", "image_encoder"}) {
      Path weights =
          folder
              .resolve(part)
              .resolve(
                  (part.equals("image_encoder") ? "model" : "diffusion_pytorch_model")
                      + ".safetensors");
      byte[] bytes = Files.readAllBytes(weights);
      Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length - 100));
      assertTrue(fault().matches(".*(' at bytes \\d+ to \\d+ of|cut short).*"), part);
      Files.delete(weights);
      assertTrue(fault().contains("holds no weights"), part);
      Files.write(weights, bytes);
    }
  }
}
