package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pixelcube render}: moving heads under any light. */
@Command(
    name = "render",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Renders clips of moving heads as reflectance fields, to be lit by any map afterwards.",
      "The same command goes on after an interruption. The result is a dataset: see 'dataset'."
    })
final class RenderCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write the dataset.")
  private Path folder;

  @Mixin private RecipeOptions recipe = new RecipeOptions();

  RenderCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    recipe.render(folder, console);
    return 0;
  }
}
