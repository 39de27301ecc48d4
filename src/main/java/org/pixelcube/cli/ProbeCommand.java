package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pixelcube.config.UserError;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.LightProbe;
import org.pixelcube.light.MapLibrary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube probe}: what light a map gives. */
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Shows what light an environment map gives: statistics, mirror and grey ball.")
final class ProbeCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(arity = "0..1", paramLabel = "MAP", description = "A map's name or file.")
  private String map;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.png",
      description = "Write the probe sheet, or with --self-test the test map.")
  private Path output;

  @Option(names = "--self-test", description = "Take the map whose directions are labelled.")
  private boolean selfTest;

  @Option(names = "--list", description = "List the names of the built-in maps.")
  private boolean list;

  @Option(names = "--overwrite", description = "Replace an output that is there.")
  private boolean overwrite;

  ProbeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (list) {
      MapLibrary.names().forEach(console.out()::println);
      return 0;
    }
    if (selfTest) {
      Outputs.writePicture(
          Outputs.required("--output", output, "probe"), LightProbe.selfTest().image(), overwrite);
      return 0;
    }
    if (map == null) {
      throw new UserError("MAP", "is missing", "name one of pixelcube probe --list, or a file");
    }
    EnvironmentMap found = MapLibrary.find(map);
    print(found);
    if (output != null) {
      Outputs.writePicture(output, LightProbe.probeSheet(found), overwrite);
    }
    return 0;
  }

  private void print(EnvironmentMap found) {
    LightProbe.describe(found).forEach(console.out()::println);
    if (found.repairedSamples() > 0) {
      console
          .warnings()
          .add(
              "%s: %d samples were not numbers, negative or infinite, and were replaced"
                  .formatted(map, found.repairedSamples()));
    }
  }
}
