package org.pixelcube.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.TorchScope;

/** The tiny model of tools/reference/make_svd_goldens.py, in the folder layout of diffusers. */
public final class TinySvd {
  private TinySvd() {}

  /** Writes the folder. */
  public static void write(Path folder) {
    try (TorchScope _ = TorchScope.open()) {
      Map<String, Object> unet = new LinkedHashMap<>(GoldenTest.UNET);
      unet.put("_class_name", "UNetSpatioTemporalConditionModel");
      try (Parameters p = parameters()) {
        SpatioTemporalUNet.of(UNetConfig.of(GoldenTest.UNET), p);
        part(folder.resolve("unet"), "diffusion_pytorch_model", unet, p);
      }
      Map<String, Object> vae = new LinkedHashMap<>(GoldenTest.AUTOENCODER);
      vae.put("_class_name", "AutoencoderKLTemporalDecoder");
      try (Parameters p = parameters()) {
        TemporalAutoencoder.of(AutoencoderConfig.of(GoldenTest.AUTOENCODER), p);
        part(folder.resolve("vae"), "diffusion_pytorch_model", vae, p);
      }
      Map<String, Object> clip =
          JsonSettings.parseMap(
              "clip",
              """
              {"hidden_act": "gelu", "hidden_size": 48, "image_size": 32, "intermediate_size": 96,
               "num_attention_heads": 3, "num_channels": 3, "num_hidden_layers": 2,
               "patch_size": 8, "projection_dim": 32}\
              """);
      try (Parameters p = parameters()) {
        ClipVisionEncoder.of(ClipVisionEncoder.Config.of(clip), p);
        part(folder.resolve("image_encoder"), "model", clip, p);
      }
      write(
          folder.resolve("scheduler/scheduler_config.json"),
          Map.of(
              "_class_name", "EulerDiscreteScheduler",
              "prediction_type", "v_prediction",
              "sigma_max", 700.0,
              "sigma_min", 0.002,
              "timestep_spacing", "leading",
              "timestep_type", "continuous",
              "use_karras_sigmas", true));
      write(
          folder.resolve("feature_extractor/preprocessor_config.json"),
          Map.of(
              "image_mean", List.of(0.48145466, 0.4578275, 0.40821073),
              "image_std", List.of(0.26862954, 0.26130258, 0.27577711)));
      write(
          folder.resolve("model_index.json"),
          Map.of("_class_name", "StableVideoDiffusionPipeline"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Parameters parameters() {
    return Parameters.random(1, Device.CPU, MemoryLayout.CHANNELS_LAST);
  }

  private static void part(
      Path folder, String stem, Map<String, Object> config, Parameters parameters)
      throws IOException {
    Formula.fill(parameters);
    write(folder.resolve("config.json"), config);
    SafetensorsFile.write(
        folder.resolve(stem + ".safetensors"), parameters.tensors(), Map.of("format", "pt"));
  }

  private static void write(Path file, Map<String, Object> values) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, JsonSettings.toJson(values));
  }
}
