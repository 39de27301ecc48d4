package org.pixelcube.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.LightProbe;
import org.pixelcube.stage.DriveSettings;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.StageDriver;
import org.pixelcube.stage.StagePictures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pixelcube stage inspect}: a rig in pictures and a table. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Draws a stage: the unfolded cube, its coverage, what each panel shows.",
    footer = {
      "",
      "Writes panels.png (names and raster places), directions.png (a test map on the panels),",
      "coverage.png (equirectangular, as seen from the head) and panels.txt."
    })
final class StageInspect implements Callable<Integer> {
  private final Console console;

  @Mixin private StageOptions stage;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "Folder to write to.")
  private Path output;

  StageInspect(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Rig rig = stage.rig();
    Path panels = output.resolve("panels.png");
    Path directions = output.resolve("directions.png");
    Path coverage = output.resolve("coverage.png");
    Path text = output.resolve("panels.txt");
    Outputs.folder(output);
    for (Path file : List.of(panels, directions, coverage, text)) {
      stage.checkFree(file);
    }
    List<String> lines = new ArrayList<>(StagePictures.summary(rig));
    lines.forEach(console.out()::println);
    lines.add("");
    lines.addAll(StagePictures.table(rig));
    ImageFile.write(panels, StagePictures.panels(rig));
    ImageFile.write(coverage, StagePictures.coverage(rig));
    console.interruption().check();
    EnvironmentMap test = LightProbe.selfTest();
    // The test map's white, 1, at the peak.
    double peak = rig.panelTypes().stream().mapToDouble(t -> t.peakNits()).min().orElseThrow();
    StageDriver driver =
        new StageDriver(
            rig, new DriveSettings(peak, DriveSettings.Range.CLIP, 1, DriveSettings.Fill.NONE));
    ImageFile.write(directions, StagePictures.light(rig, driver.frames(test)));
    AtomicFile.write(text, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    return 0;
  }
}
