package org.pixelcube.cli;

import java.nio.file.Path;
import org.pixelcube.config.Progress;
import org.pixelcube.stage.Rig;
import picocli.CommandLine.Option;

/**
 * What all commands of a stage take: its description, and how they treat files and the terminal.
 */
final class StageOptions {
  @Option(
      names = "--rig",
      required = true,
      paramLabel = "RIG.json",
      description = "The stage, such as configs/stage/pixel-cube.json.")
  private Path rigFile;

  @Option(names = "--overwrite", description = "Replace files that are there.")
  private boolean overwrite;

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  /** Reads the rig. */
  Rig rig() {
    return Rig.read(rigFile);
  }

  /** Refuses outputs that are there, unless they may be replaced, or that have no folder. */
  void checkFree(Path... outputs) {
    for (Path output : outputs) {
      Outputs.checkFree(output, overwrite);
    }
  }

  /** Whether files that are there may be replaced. */
  boolean overwrite() {
    return overwrite;
  }

  /** A bar, lines off the terminal, or nothing. */
  Progress.Opener progress(Console console) {
    return console.progress(quiet);
  }
}
