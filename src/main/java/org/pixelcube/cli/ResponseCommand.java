package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.pixelcube.capture.CameraResponse;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.stage.TransferCurve;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube response}. */
@Command(
    name = "response",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Finds a camera's response from pictures of one scene exposed for different times, or"
            + " from the grey patches of a chart.")
final class ResponseCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..*",
      paramLabel = "PICTURE=SECONDS",
      description = "Pictures from one place, with their exposure times.")
  private List<String> stack = new ArrayList<>();

  @Option(
      names = "--patches",
      split = ",",
      paramLabel = "VALUE=REFLECTANCE",
      description = "Grey patches: code value over the largest, and reflectance, both 0 to 1.")
  private List<String> patches = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "CURVE.json",
      description = "The response to write.")
  private Path output;

  @Option(names = "--overwrite", description = "Replace an output that is there.")
  private boolean overwrite;

  ResponseCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (stack.isEmpty() == patches.isEmpty()) {
      throw new UserError(
          "PICTURE=SECONDS",
          stack.isEmpty() ? "is missing" : "is given beside --patches",
          "give pictures with exposure times, or --patches");
    }
    Outputs.checkFree(output, overwrite);
    TransferCurve curve;
    if (patches.isEmpty()) {
      List<Image> pictures = new ArrayList<>();
      double[] seconds = new double[stack.size()];
      for (int i = 0; i < seconds.length; i++) {
        String[] pair = pair(stack.get(i));
        pictures.add(ImageFile.read(Path.of(pair[0])).color());
        seconds[i] = positive("PICTURE=SECONDS", pair[1]);
      }
      curve = CameraResponse.fromExposures("PICTURE=SECONDS", pictures, seconds);
    } else {
      double[] read = new double[patches.size()];
      double[] reflectance = new double[patches.size()];
      for (int i = 0; i < read.length; i++) {
        String[] pair = pair(patches.get(i));
        read[i] = positive("--patches", pair[0]);
        reflectance[i] = positive("--patches", pair[1]);
      }
      curve = CameraResponse.fromGreyPatches("--patches", read, reflectance);
    }
    JsonSettings.write(output, curve);
    console.out().println(output);
    return 0;
  }

  private static String[] pair(String text) {
    int at = text.lastIndexOf('=');
    if (at < 1) {
      throw new UserError(text, "has no =", "write the first, =, and the second");
    }
    return new String[] {text.substring(0, at), text.substring(at + 1)};
  }

  private static double positive(String option, String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Named below.
    }
    throw new UserError(option, "has '" + text + "'", "give a number above 0");
  }
}
