package org.pixelcube.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.pixelcube.config.Version;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.RelightProcessor;
import org.pixelcube.vision.ModelStore;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point: {@code pixelcube COMMAND}. */
@Command(
    name = "pixelcube",
    mixinStandardHelpOptions = true,
    version = "Pixel Cube " + Version.NUMBER,
    description = "Relights portrait video under HDR environment maps.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "pixelcube COMMAND --help explains a command.",
      "Exit status: 0 done, 1 a bug, 2 a fault you can mend, 130 interrupted."
    })
public final class PixelCube implements Runnable {
  @Spec private CommandSpec spec;

  private PixelCube() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "COMMAND: is missing");
  }

  /** Runs one command and ends the process. */
  public static void main(String[] args) {
    Console console = Console.ofProcess();
    int status =
        run(
            console,
            (settings, input, warnings) ->
                RelightProcessor.factory(
                        new ModelStore(text -> console.err().println("pixelcube: " + text)))
                    .open(settings, input, warnings),
            args);
    console.interruption().close();
    System.exit(status);
  }

  /**
   * Runs one command.
   *
   * @param processors makes the processor that relights
   * @return the exit status: 0 done, 1 a bug, 2 a fault the user can mend, 130 interrupted
   */
  static int run(Console console, FrameProcessor.Factory processors, String... args) {
    Faults faults = new Faults(console);
    try {
      CommandLine line =
          new CommandLine(new PixelCube())
              .addSubcommand(new RelightCommand(console, processors))
              .addSubcommand(new PreviewCommand(console, processors))
              .addSubcommand(new ProbeCommand(console))
              .addSubcommand(new InfoCommand(console))
              .addSubcommand(new MontageCommand(console, processors))
              .addSubcommand(new ModelsCommand(console))
              .addSubcommand(new BenchCommand(console, processors))
              .addSubcommand(new RenderCommand(console))
              .addSubcommand(DatasetCommand.line(console))
              .addSubcommand(StageCommand.line(console))
              .addSubcommand(new CaptureCommand(console))
              .addSubcommand(new ResponseCommand(console))
              .addSubcommand(new TrainCommand(console))
              .addSubcommand(new ValidateCommand(console, processors))
              .addSubcommand(new EvaluateCommand(console, processors))
              .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
              .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
              .setCaseInsensitiveEnumValuesAllowed(true)
              .setOverwrittenOptionsAllowed(true)
              .setParameterExceptionHandler(faults)
              .setExecutionExceptionHandler(faults);
      return line.execute(args);
    } catch (Throwable failure) {
      return faults.report(failure);
    } finally {
      console.out().flush();
      console.err().flush();
    }
  }
}
