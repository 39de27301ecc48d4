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
    description =
        "Draws, drives, calibrates and rehearses an LED stage; plans and plays sequences of light.",
    synopsisSubcommandLabel = "COMMAND")
final class StageCommand implements Runnable {
  @Spec private CommandSpec spec;

  private StageCommand() {}

  /** The command with all that stand under it. */
  static CommandLine line(Console console) {
    return new CommandLine(new StageCommand())
        .addSubcommand(new StageInspect(console))
        .addSubcommand(new StageDrive(console))
        .addSubcommand(new StageSequence.Plan(console))
        .addSubcommand(new StageSequence.Frames(console))
        .addSubcommand(new StagePlayback.Play(console))
        .addSubcommand(new StagePlayback.Send(console))
        .addSubcommand(new CalibrateCommand(console))
        .addSubcommand(new ChartCommand(console))
        .addSubcommand(new RehearseCommand(console));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "COMMAND: is missing");
  }
}
