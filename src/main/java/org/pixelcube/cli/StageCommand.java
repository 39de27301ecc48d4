package org.pixelcube.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pixelcube stage}: the LED stage. */
@Command(
    name = "stage",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Describes an LED stage and shows environments on its panels.",
    synopsisSubcommandLabel = "COMMAND")
final class StageCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** The command with all that stand under it. */
  static CommandLine line(Console console) {
    return new CommandLine(new StageCommand())
        .addSubcommand(new StageInspect(console))
        .addSubcommand(new StageDrive(console));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "COMMAND: is missing");
  }
}
