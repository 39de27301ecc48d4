package org.pixelcube.diffusion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.model.AutoencoderConfig;
import org.pixelcube.model.ClipVisionEncoder;
import org.pixelcube.model.UNetConfig;

/**
 * A folder of Stable Video Diffusion (Blattmann et al. 2023) in the layout of diffusers, as its
 * makers publish it; what its small files say. Weights are read when a network is loaded.
 *
 * <pre>
 * model_index.json
 * unet/, vae/, image_encoder/                config.json and *.safetensors, whole or in shards
 * feature_extractor/preprocessor_config.json
 * scheduler/scheduler_config.json
 * </pre>
 *
 * @param path the folder
 * @param unet of the denoiser
 * @param autoencoder between pictures and latents
 * @param encoder of the picture that is the context
 * @param mean of pictures from 0 to 1 that the encoder was trained with, per channel
 * @param deviation the same, standard deviation
 * @param schedule its noise levels
 */
public record SvdFolder(
    Path path,
    UNetConfig unet,
    AutoencoderConfig autoencoder,
    ClipVisionEncoder.Config encoder,
    List<Double> mean,
    List<Double> deviation,
    KarrasSchedule schedule) {

  /** What to do for someone who has no such folder. */
  public static final String WANTED =
      "download stabilityai/stable-video-diffusion-img2vid from Hugging Face (its own licence"
          + " applies) and give the folder with model_index.json, unet, vae, image_encoder,"
          + " feature_extractor and scheduler";

  private static final String INDEX = "model_index.json";
  private static final List<String> PARTS = List.of("unet", "vae", "image_encoder");
  private static final String PICTURES = "feature_extractor/preprocessor_config.json";
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  /** Whether a folder looks like one, whole or not. */
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(INDEX))
        || (Files.isDirectory(folder.resolve("unet")) && Files.isDirectory(folder.resolve("vae")));
  }

  /**
   * Reads the small files.
   *
   * @throws UserError if the folder or a part is missing, or the parts do not fit together
   */
  public static SvdFolder read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new UserError(folder.toString(), "is no folder", WANTED);
    }
    List<String> wanted = new ArrayList<>();
    PARTS.forEach(part -> wanted.add(part + "/config.json"));
    wanted.addAll(List.of(PICTURES, SCHEDULER));
    for (String name : wanted) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw new UserError(folder.toString(), "holds no " + name, WANTED);
      }
    }
    Path index = folder.resolve(INDEX);
    if (Files.isRegularFile(index)) {
      require(index, json(index), "_class_name", "StableVideoDiffusionPipeline");
    }
    UNetConfig unet = UNetConfig.read(folder.resolve("unet"));
    AutoencoderConfig autoencoder = AutoencoderConfig.read(folder.resolve("vae"));
    ClipVisionEncoder.Config encoder =
        ClipVisionEncoder.Config.read(folder.resolve("image_encoder"));
    fit(folder, unet, autoencoder, encoder);
    Path pictures = folder.resolve(PICTURES);
    Map<String, Object> preprocessor = json(pictures);
    return new SvdFolder(
        folder,
        unet,
        autoencoder,
        encoder,
        triple(pictures, preprocessor, "image_mean"),
        triple(pictures, preprocessor, "image_std"),
        schedule(folder.resolve(SCHEDULER)));
  }

  private static void fit(
      Path folder,
      UNetConfig unet,
      AutoencoderConfig autoencoder,
      ClipVisionEncoder.Config encoder) {
    int latent = autoencoder.latentChannels();
    require(
        folder,
        unet.outChannels() == latent && unet.inChannels() == 2 * latent && unet.patchSize() == 1,
        "unet with %d channels in and %d out over latents of %d"
            .formatted(unet.inChannels(), unet.outChannels(), latent));
    require(
        folder,
        autoencoder.inChannels() == 3 && autoencoder.outChannels() == 3,
        "vae whose pictures have not three channels");
    require(
        folder,
        unet.hasContext()
            && unet.crossAttention().stream().allMatch(size -> size == encoder.projection()),
        "unet whose context %s is not the image_encoder's %d"
            .formatted(unet.crossAttention(), encoder.projection()));
    require(
        folder,
        unet.addedTimeSize().isPresent()
            && unet.addedTimeInputs() == 3 * unet.addedTimeSize().getAsInt(),
        "unet that is not told frame rate, motion and augmentation");
  }

  private static void require(Path folder, boolean met, String what) {
    if (!met) {
      throw new UserError(folder.toString(), "has a " + what, WANTED);
    }
  }

  private static KarrasSchedule schedule(Path file) {
    Map<String, Object> values = json(file);
    require(file, values, "prediction_type", "v_prediction");
    require(file, values, "timestep_type", "continuous");
    require(file, values, "use_karras_sigmas", true);
    double least = number(file, values.getOrDefault("sigma_min", 0.002), "sigma_min");
    double most = number(file, values.getOrDefault("sigma_max", 700), "sigma_max");
    try {
      return new KarrasSchedule(least, most, 7);
    } catch (InvalidSetting e) {
      throw new UserError(file.toString(), e.getMessage(), WANTED, e);
    }
  }

  private static void require(Path file, Map<String, Object> values, String key, Object only) {
    Object found = values.get(key);
    if (!only.equals(found)) {
      throw new UserError(
          file + ": " + key, "is %s, only %s is supported".formatted(found, only), WANTED);
    }
  }

  private static List<Double> triple(Path file, Map<String, Object> values, String key) {
    if (!(values.get(key) instanceof List<?> list) || list.size() != 3) {
      throw new UserError(file + ": " + key, "is not a list of three numbers", WANTED);
    }
    List<Double> numbers = list.stream().map(value -> number(file, value, key)).toList();
    if (key.equals("image_std") && numbers.stream().anyMatch(v -> v < 1e-6)) {
      throw new UserError(file + ": " + key, "is %s, must be above 0".formatted(numbers), WANTED);
    }
    return numbers;
  }

  private static double number(Path file, Object value, String key) {
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw new UserError(file + ": " + key, "is %s, must be a number".formatted(value), WANTED);
  }

  private static Map<String, Object> json(Path file) {
    try {
      return JsonSettings.parseMap(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
  }

  /** Pixels that a picture's sides must be multiples of. */
  public int divisor() {
    return autoencoder.factor() << unet.downsamplings();
  }

  /** All files that networks are loaded from. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(path.resolve(PICTURES), path.resolve(SCHEDULER)));
    for (String part : PARTS) {
      try (Stream<Path> all = Files.list(path.resolve(part))) {
        all.filter(Files::isRegularFile).sorted().forEach(files::add);
      } catch (IOException e) {
        throw UserError.of(path.resolve(part), e);
      }
    }
    return files;
  }
}
