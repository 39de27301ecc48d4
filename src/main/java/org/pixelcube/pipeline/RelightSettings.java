package org.pixelcube.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Suggestion;
import org.pixelcube.torch.DType;

/**
 * What a relighting run is told, the same by flags and by a JSON file: the flag of the key {@code
 * background.blur} is {@code --background-blur}, that of {@code autoExposure} is {@code
 * --auto-exposure}; the flags of {@code background.source} and {@code passes.names} are {@code
 * --background} and {@code --passes}.
 *
 * @param env a map's name, a map's file, a lighting file (JSON), or a sequence or video of maps
 * @param yaw turn of the environment about +Y, degrees
 * @param pitch turn about +X, degrees
 * @param roll turn about +Z, degrees
 * @param exposure in stops, on top of the automatic exposure or of the map's own scale
 * @param autoExposure whether the map is scaled to expose the subject (docs/conventions.md)
 * @param fov vertical field of view of the camera, degrees
 * @param tone how the subject is fitted into its background
 * @param strength 0 gives the input's light, 1 the map's
 * @param specular gain of the mirror-like part of the reflection, 0 to 2
 * @param model what relights: {@code auto} is {@code small} if the weights that come with the
 *     program were measured to be better than physics, else {@code physics}; {@code svd} is Stable
 *     Video Diffusion from {@code weights}; a folder holds that too, or weights of one's own,
 *     {@code delight.safetensors} and {@code relight.safetensors}
 * @param weights for the model {@code svd}, a folder of Stable Video Diffusion as it is published,
 *     or of weights taught from it; for a folder of such weights as {@code model}, the folder that
 *     they were taught from
 * @param steps looks at the network for each frame, 1 to 100; one where absent, {@value #SVD_STEPS}
 *     with Stable Video Diffusion as it is published; physics has none
 * @param device where networks that relight compute: {@code cpu}, {@code cuda}, {@code cuda:1},
 *     {@code auto}
 * @param svd how Stable Video Diffusion is used
 * @param shadows depth of the cast shadows, 0 (none) to 1 (full)
 * @param alpha a matte of the user's own, clip or still, in place of the matting network
 * @param background what stands behind the subject
 * @param passes further pictures to write for each frame
 * @param codec the encoder, where the output's name leaves a choice
 * @param quality encoder quality, 0 (worst) to 100 (best)
 * @param size matting, tracking and light are worked out on a picture of at most size × size
 *     pixels, in the input's shape
 * @param threads worker threads, 0 for one per processor
 * @param seed seed of the sampling
 * @param start the first frame of the input, counted from 0
 * @param frames the number of frames, all the rest where absent
 */
public record RelightSettings(
    Optional<String> env,
    double yaw,
    double pitch,
    double roll,
    double exposure,
    boolean autoExposure,
    double fov,
    Tone tone,
    double strength,
    double specular,
    double shadows,
    Optional<String> alpha,
    String model,
    Optional<String> weights,
    Optional<Integer> steps,
    String device,
    SvdSettings svd,
    BackgroundSettings background,
    PassSettings passes,
    Optional<String> codec,
    Optional<Integer> quality,
    int size,
    int threads,
    long seed,
    int start,
    Optional<Integer> frames) {

  /** The names of the passes that a run can write. */
  public static final List<String> PASS_NAMES = Pass.names();

  /** Names that {@code model} may have, beside a folder. */
  public static final List<String> MODELS = List.of("auto", "small", "svd", "physics");

  /** Looks at Stable Video Diffusion where nothing is said. */
  public static final int SVD_STEPS = 4;

  /** What is used where nothing is said. */
  public static final RelightSettings DEFAULTS =
      new RelightSettings(
          Optional.empty(),
          0,
          0,
          0,
          0,
          true,
          35,
          Tone.MATCH,
          1,
          1,
          1,
          Optional.empty(),
          "auto",
          Optional.empty(),
          Optional.empty(),
          "cpu",
          new SvdSettings(0.25, 1, Precision.F32),
          new BackgroundSettings("environment", 8, 0),
          new PassSettings(List.of(), Optional.empty(), PassFormat.EXR),
          Optional.empty(),
          Optional.empty(),
          512,
          0,
          1,
          0,
          Optional.empty());

  /** How the subject is fitted into its background. */
  public enum Tone {
    /**
     * Highlights roll off to display white; before a picture or clip, the subject follows its mean
     * brightness and colour part of the way.
     */
    MATCH,
    /** Nothing: values above 1 are clipped by the encoding. */
    OFF
  }

  /** The file format of passes. */
  public enum PassFormat {
    /** OpenEXR, half floats, linear. */
    EXR,
    /** PNG, 16 bit, sRGB-encoded where the pass is a colour. */
    PNG
  }

  /** The kind of numbers that Stable Video Diffusion computes in. */
  public enum Precision {
    /** Single precision. */
    F32(DType.F32),
    /** Half the memory, and on some processors faster; a little coarser. */
    BF16(DType.BF16);

    private final DType dtype;

    Precision(DType dtype) {
      this.dtype = dtype;
    }

    DType dtype() {
      return dtype;
    }
  }

  /**
   * How Stable Video Diffusion is used.
   *
   * @param noise where it was not taught to relight: how much of what physics made it may change, 0
   *     (nothing but what its autoencoder loses) to 1
   * @param guidance how far it goes beyond what the picture told says, 1 (not at all) to 10
   * @param precision the kind of numbers it computes in, however its files hold them
   */
  public record SvdSettings(double noise, double guidance, Precision precision) {
    public SvdSettings {
      InvalidSetting.inRange("noise", noise, 0, 1);
      InvalidSetting.inRange("guidance", guidance, 1, 10);
    }
  }

  /**
   * What stands behind the subject.
   *
   * @param source see {@link Background#parse}
   * @param blur standard deviation of the blur, in thousandths of the picture's height, 0 to 100
   * @param exposure in stops, on top of the subject's
   */
  public record BackgroundSettings(String source, double blur, double exposure) {
    public BackgroundSettings {
      try {
        Background.parse(source);
      } catch (IllegalArgumentException e) {
        throw new InvalidSetting(
            "source",
            e.getMessage(),
            "give original, environment, transparent, #rrggbb, a colour's name or a file");
      }
      InvalidSetting.inRange("blur", blur, 0, 100);
      InvalidSetting.inRange("exposure", exposure, -20, 20);
    }
  }

  /**
   * Further pictures.
   *
   * @param names some of {@link #PASS_NAMES}, or {@code all}
   * @param dir the folder for them: {@code dir/NAME/00000.exr}; beside the output where absent
   * @param format the file format
   */
  public record PassSettings(List<String> names, Optional<String> dir, PassFormat format) {
    public PassSettings {
      for (String name : names) {
        if (!name.equals("all")) {
          InvalidSetting.oneOf("names", name, PASS_NAMES);
        }
      }
      names = List.copyOf(names);
    }

    /** The passes named, in their order of declaration. */
    public Set<Pass> selected() {
      if (names.contains("all")) {
        return EnumSet.allOf(Pass.class);
      }
      EnumSet<Pass> selected = EnumSet.noneOf(Pass.class);
      for (String name : names) {
        selected.add(Pass.named(name));
      }
      return selected;
    }
  }

  public RelightSettings {
    InvalidSetting.inRange("yaw", yaw, -36000, 36000);
    InvalidSetting.inRange("pitch", pitch, -36000, 36000);
    InvalidSetting.inRange("roll", roll, -36000, 36000);
    InvalidSetting.inRange("exposure", exposure, -20, 20);
    InvalidSetting.inRange("fov", fov, 5, 150);
    InvalidSetting.inRange("strength", strength, 0, 1);
    InvalidSetting.inRange("specular", specular, 0, 2);
    InvalidSetting.inRange("shadows", shadows, 0, 1);
    if (!MODELS.contains(model) && !Files.isDirectory(Path.of(model))) {
      throw new InvalidSetting(
          "model",
          "is '%s', must be one of %s or a folder".formatted(model, String.join(", ", MODELS)),
          Suggestion.nearest(model, MODELS)
              .map("did you mean '%s'?"::formatted)
              .orElse("give one of these"));
    }
    steps.ifPresent(value -> InvalidSetting.inRange("steps", value, 1, 100));
    InvalidSetting.inRange("size", size, 128, 2048);
    InvalidSetting.inRange("threads", threads, 0, 256);
    InvalidSetting.inRange("start", start, 0, Integer.MAX_VALUE);
    quality.ifPresent(value -> InvalidSetting.inRange("quality", value, 0, 100));
    frames.ifPresent(value -> InvalidSetting.inRange("frames", value, 1, Integer.MAX_VALUE));
  }

  /** The number of worker threads: {@code threads}, or the processors where that is 0. */
  public int workers() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  /**
   * The same with one value changed.
   *
   * @param key as in the settings file, dotted
   */
  public RelightSettings with(String key, Object value) {
    return JsonSettings.layered(this, Optional.empty(), Map.of(key, value), name -> name);
  }
}
