package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.pixelcube.config.UserError;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.Preview;
import org.pixelcube.pipeline.RelightSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube preview}: one frame under the new light, with the light's probe balls. */
@Command(
    name = "preview",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Relights one frame and shows the light's mirror and grey ball in its corner.")
final class PreviewCommand implements Callable<Integer> {
  private final Console console;
  private final FrameProcessor.Factory processors;

  @Parameters(paramLabel = "INPUT", description = "Video or picture.")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.png",
      description = "The picture to write.")
  private Path output;

  @Option(
      names = "--time",
      paramLabel = "S",
      defaultValue = "0",
      description = "Moment of the clip in seconds. Default 0.")
  private double timeSeconds;

  @Mixin private LightOptions light;

  @Option(names = "--no-probe", description = "Leave the balls out.")
  private boolean noProbe;

  @Option(names = "--overwrite", description = "Replace an output that is there.")
  private boolean overwrite;

  PreviewCommand(Console console, FrameProcessor.Factory processors) {
    this.console = console;
    this.processors = processors;
  }

  @Override
  public Integer call() {
    RelightSettings settings = light.settings(Map.of());
    if (settings.env().isEmpty()) {
      throw new UserError(
          "--env", "is missing", "name a map (pixelcube probe --list) or give its file");
    }
    if (!(timeSeconds >= 0)) {
      throw new UserError("--time", "is %s, must be 0 or more".formatted(timeSeconds), "mend it");
    }
    Outputs.checkFree(output, overwrite);
    Preview preview =
        Preview.of(input, timeSeconds, settings, Set.of(), processors, console.warnings());
    Outputs.writePicture(
        output, noProbe ? preview.relit() : preview.withProbes(settings), overwrite);
    return 0;
  }
}
