package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.Montage;
import org.pixelcube.image.Resize;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.Pass;
import org.pixelcube.pipeline.PassFiles;
import org.pixelcube.pipeline.Preview;
import org.pixelcube.pipeline.RelightSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code pixelcube montage}: a contact sheet, one row per input: the input, matte, normals,
 * flat-lit picture, and the input relit under each map.
 */
@Command(
    name = "montage",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes a contact sheet: inputs in rows; matte, normals, flat-lit and relit in"
            + " columns.")
final class MontageCommand implements Callable<Integer> {
  private static final Set<Pass> SHOWN = EnumSet.of(Pass.MATTE, Pass.NORMALS, Pass.FLAT);

  private final Console console;
  private final FrameProcessor.Factory processors;

  @Parameters(arity = "1..*", paramLabel = "INPUT", description = "Videos or pictures.")
  private List<Path> inputs;

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
      description = "Moment of the clips in seconds. Default 0.")
  private double timeSeconds;

  @Option(
      names = "--cell",
      paramLabel = "PX",
      defaultValue = "256",
      description = "Height of a picture on the sheet. Default 256.")
  private int cell;

  @Mixin private LightOptions light;

  @Option(names = "--overwrite", description = "Replace an output that is there.")
  private boolean overwrite;

  MontageCommand(Console console, FrameProcessor.Factory processors) {
    this.console = console;
    this.processors = processors;
  }

  @Override
  public Integer call() {
    RelightSettings settings = light.settings(new LinkedHashMap<>());
    List<String> maps =
        LightOptions.words(Outputs.required("--env", settings.env().orElse(null), "montage"));
    if (cell < 16 || cell > 2048) {
      throw new UserError("--cell", "is %d, must be 16 to 2048".formatted(cell), "mend it");
    }
    Outputs.checkFree(output, overwrite);
    List<Montage.Cell> cells = new ArrayList<>();
    for (Path input : inputs) {
      boolean first = true;
      for (String map : maps) {
        console.interruption().check();
        Preview preview =
            Preview.of(
                input,
                timeSeconds,
                settings.with("env", map),
                first ? SHOWN : Set.of(),
                processors,
                console.warnings());
        if (first) {
          add(cells, preview.input(), String.valueOf(input.getFileName()));
          Map<Pass, Image> passes = preview.passes();
          add(cells, passes.get(Pass.MATTE), "matte");
          add(cells, PassFiles.unsigned(passes.get(Pass.NORMALS)), "normals");
          add(cells, passes.get(Pass.FLAT), "flat-lit");
          first = false;
        }
        add(cells, preview.relit(), map.replaceAll("^.*[/\\\\]", ""));
      }
    }
    Outputs.writePicture(output, Montage.sheet(cells, 4 + maps.size()), overwrite);
    return 0;
  }

  private void add(List<Montage.Cell> cells, Image image, String label) {
    int width = Math.max(1, Math.round((float) image.width() * cell / image.height()));
    cells.add(new Montage.Cell(Resize.to(image, width, cell), label));
  }
}
