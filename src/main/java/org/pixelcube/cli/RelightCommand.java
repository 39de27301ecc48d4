package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.pipeline.ClipRelight;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.RelightSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube relight}: a clip or picture in, the same under another light out. */
@Command(
    name = "relight",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Relights a clip or picture under an environment map.",
    footer = {
      "",
      "Example: pixelcube relight talk.mp4 --env golden-hour --yaw 30 -o talk-lit.mp4",
      "A run that was interrupted goes on where it stopped when the same command is given again."
    })
final class RelightCommand implements Callable<Integer> {
  private final Console console;
  private final FrameProcessor.Factory processors;

  @Parameters(
      arity = "0..1",
      paramLabel = "INPUT",
      description = "Video, picture, folder or %%04d pattern of pictures.")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUTPUT",
      description =
          "By its name: .mp4 H.264, .mov ProRes 4444, .mkv FFV1; .png .jpg .exr a picture, with"
              + " %%05d a sequence.")
  private Path output;

  @Mixin private LightOptions light;

  @Option(
      names = "--codec",
      paramLabel = "NAME",
      description = "h264, h265, av1, prores4444, ffv1, png, jpeg, exr, hdr.")
  private String codec;

  @Option(
      names = "--quality",
      paramLabel = "0..100",
      description = "Of H.264, H.265, AV1 and JPEG. Default 90, visually lossless.")
  private Integer quality;

  @Option(
      names = "--passes",
      paramLabel = "LIST",
      description =
          "Also write, by comma: matte, normals, flat, diffuse, specular, shadow; or all.")
  private String passes;

  @Option(
      names = "--passes-dir",
      paramLabel = "DIR",
      description = "Folder for passes. Default OUTPUT-passes.")
  private String passesDir;

  @Option(
      names = "--passes-format",
      paramLabel = "exr|png",
      description = "EXR half float, or PNG 16 bit. Default exr.")
  private RelightSettings.PassFormat passesFormat;

  @Option(
      names = "--start",
      paramLabel = "N",
      description = "First frame, counted from 0. Default 0.")
  private Integer start;

  @Option(names = "--frames", paramLabel = "N", description = "Number of frames. Default all.")
  private Integer frames;

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  @Option(names = "--overwrite", description = "Replace an output that is there.")
  private boolean overwrite;

  @Option(names = "--restart", description = "Do not go on with an interrupted run.")
  private boolean restart;

  @Option(
      names = "--dump-settings",
      description = "Print the settings in force as JSON, and do nothing else.")
  private boolean dumpSettings;

  RelightCommand(Console console, FrameProcessor.Factory processors) {
    this.console = console;
    this.processors = processors;
  }

  @Override
  public Integer call() {
    Map<String, Object> further = new LinkedHashMap<>();
    further.put("codec", codec);
    further.put("quality", quality);
    further.put("passes.names", LightOptions.words(passes));
    further.put("passes.dir", passesDir);
    further.put("passes.format", passesFormat);
    further.put("start", start);
    further.put("frames", frames);
    RelightSettings settings = light.settings(further);
    if (dumpSettings) {
      console.out().print(JsonSettings.toJson(settings));
      return 0;
    }
    ClipRelight.run(
        new ClipRelight.Request(
            required("INPUT", input), required("--output", output), settings, overwrite, restart),
        processors,
        console.progress(quiet),
        console.warnings(),
        console.interruption());
    return 0;
  }

  private static Path required(String name, Path path) {
    if (path == null) {
      throw new UserError(name, "is missing", "see pixelcube relight --help");
    }
    return path;
  }
}
