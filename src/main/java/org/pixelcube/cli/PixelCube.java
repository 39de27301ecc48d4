package org.pixelcube.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point: {@code pixelcube COMMAND}. */
@Command(
    name = "pixelcube",
    mixinStandardHelpOptions = true,
    version = "Pixel Cube 0.1.0",
    description = "Relights portrait video under HDR environment maps.")
public final class PixelCube {
  private PixelCube() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new PixelCube()).execute(args));
  }
}
