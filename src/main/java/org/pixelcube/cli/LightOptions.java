package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.pipeline.RelightSettings;
import picocli.CommandLine.Option;

/**
 * The flags that say how a picture is relit, shared by the commands that relight. A flag that is
 * not given leaves the settings file's value, and that the default.
 */
final class LightOptions {
  enum Toggle {
    ON,
    OFF
  }

  @Option(
      names = "--env",
      paramLabel = "MAP",
      description =
          "The light: a map's name (pixelcube probe --list), a map file (.hdr .exr), a lighting"
              + " file (.json), a folder, %%04d pattern or video of maps.")
  private String env;

  @Option(
      names = "--yaw",
      paramLabel = "DEG",
      description =
          "Turn of the environment about the vertical; + carries front light to the"
              + " right. Default 0.")
  private Double yaw;

  @Option(names = "--pitch", paramLabel = "DEG", description = "Turn about the horizontal axis.")
  private Double pitch;

  @Option(names = "--roll", paramLabel = "DEG", description = "Turn about the viewing axis.")
  private Double roll;

  @Option(
      names = "--exposure",
      paramLabel = "EV",
      description = "Exposure in stops, on top of the automatic one. Default 0.")
  private Double exposure;

  @Option(
      names = "--auto-exposure",
      paramLabel = "on|off",
      description = "Scale the map to expose the subject. Default on.")
  private Toggle autoExposure;

  @Option(
      names = "--background",
      paramLabel = "WHAT",
      description =
          "original, environment, transparent, #rrggbb, a colour's name, or a picture or clip."
              + " Default environment.")
  private String background;

  @Option(
      names = "--background-blur",
      paramLabel = "N",
      description = "Blur of the background, in thousandths of the height, 0 to 100. Default 8.")
  private Double backgroundBlur;

  @Option(
      names = "--background-exposure",
      paramLabel = "EV",
      description = "Exposure of the background in stops, on top of the subject's. Default 0.")
  private Double backgroundExposure;

  @Option(
      names = "--fov",
      paramLabel = "DEG",
      description = "Vertical field of view of the camera. Default 35.")
  private Double fov;

  @Option(
      names = "--tone",
      paramLabel = "match|off",
      description = "Keep the input's highlight roll-off, or not. Default match.")
  private RelightSettings.Tone tone;

  @Option(
      names = "--strength",
      paramLabel = "0..1",
      description = "0 the input's light, 1 the map's. Default 1.")
  private Double strength;

  @Option(
      names = "--specular",
      paramLabel = "0..2",
      description = "Gain of the mirror-like reflection. Default 1.")
  private Double specular;

  @Option(
      names = "--shadows",
      paramLabel = "0..1",
      description = "Depth of cast shadows. Default 1.")
  private Double shadows;

  @Option(
      names = "--alpha",
      paramLabel = "FILE",
      description = "Your own matte, clip or still, in place of the network's.")
  private String alpha;

  @Option(
      names = "--model",
      paramLabel = "auto|small|svd|physics|DIR",
      description =
          "What relights: the network that comes with the program, Stable Video Diffusion, physics,"
              + " or weights in a folder. Default auto: the network if it was measured to be"
              + " better.")
  private String model;

  @Option(
      names = "--weights",
      paramLabel = "DIR",
      description =
          "For --model svd: a folder of Stable Video Diffusion as it is published, or of weights"
              + " taught from it.")
  private String weights;

  @Option(
      names = "--steps",
      paramLabel = "1..100",
      description = "Looks at the network for each frame. Default 1, with --model svd 4.")
  private Integer steps;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description =
          "Where networks that relight compute: cpu, cuda, cuda:N, auto (a card if there is one)."
              + " Default cpu.")
  private String device;

  @Option(
      names = "--svd-noise",
      paramLabel = "0..1",
      description =
          "How much Stable Video Diffusion, not taught to relight, may change of what physics"
              + " made. Default 0.25.")
  private Double svdNoise;

  @Option(
      names = "--svd-guidance",
      paramLabel = "1..10",
      description = "How far it goes beyond the picture it is told. Default 1, not at all.")
  private Double svdGuidance;

  @Option(
      names = "--svd-precision",
      paramLabel = "f32|bf16",
      description = "Numbers it computes in; bf16 takes half the memory. Default f32.")
  private RelightSettings.Precision svdPrecision;

  @Option(
      names = "--size",
      paramLabel = "PX",
      description = "Short side at which matte, faces and light are worked out. Default 512.")
  private Integer size;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads; 0 takes one per processor. Default 0.")
  private Integer threads;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of the sampling. Default 1.")
  private Long seed;

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description = "Settings in JSON under the flags' names; flags win.")
  private Path settingsFile;

  /** The flag of a settings key: its words joined by dashes. */
  static String flag(String key) {
    return switch (key) {
      case "background.source" -> "--background";
      case "passes.names" -> "--passes";
      default -> "--" + key.replace('.', '-').replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    };
  }

  /**
   * The settings: defaults, then the settings file, then the flags.
   *
   * @param further values of flags that are not here, by key; null values are left out
   */
  RelightSettings settings(Map<String, Object> further) {
    Map<String, Object> given = new LinkedHashMap<>();
    put(given, "env", env);
    put(given, "yaw", yaw);
    put(given, "pitch", pitch);
    put(given, "roll", roll);
    put(given, "exposure", exposure);
    put(given, "autoExposure", autoExposure == null ? null : autoExposure == Toggle.ON);
    put(given, "background.source", background);
    put(given, "background.blur", backgroundBlur);
    put(given, "background.exposure", backgroundExposure);
    put(given, "fov", fov);
    put(given, "tone", tone);
    put(given, "strength", strength);
    put(given, "specular", specular);
    put(given, "shadows", shadows);
    put(given, "alpha", alpha);
    put(given, "model", model);
    put(given, "weights", weights);
    put(given, "steps", steps);
    put(given, "device", device);
    put(given, "svd.noise", svdNoise);
    put(given, "svd.guidance", svdGuidance);
    put(given, "svd.precision", svdPrecision);
    put(given, "size", size);
    put(given, "threads", threads);
    put(given, "seed", seed);
    further.forEach((key, value) -> put(given, key, value));
    return JsonSettings.layered(
        RelightSettings.DEFAULTS, Optional.ofNullable(settingsFile), given, LightOptions::flag);
  }

  private static void put(Map<String, Object> given, String key, Object value) {
    if (value != null) {
      given.put(key, value);
    }
  }

  /** Words between commas, without blanks. */
  static List<String> words(String text) {
    return text == null ? null : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }
}
