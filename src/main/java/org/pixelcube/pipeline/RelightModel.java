package org.pixelcube.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelcube.config.UserError;
import org.pixelcube.diffusion.SvdFolder;

/** What relights, as the settings name it; what its small files say has been read. */
sealed interface RelightModel {
  /** The files that it looks at. */
  List<Path> files();

  /** No network. */
  record Physics() implements RelightModel {
    @Override
    public List<Path> files() {
      return List.of();
    }
  }

  /**
   * A delighting and a relighting network.
   *
   * @param weights of both
   * @param base the folder that they were taught from, where the user names one
   */
  record Networks(List<Path> weights, Optional<SvdFolder> base) implements RelightModel {
    @Override
    public List<Path> files() {
      List<Path> files = new ArrayList<>(weights);
      base.ifPresent(folder -> files.addAll(folder.files()));
      return files;
    }
  }

  /** Stable Video Diffusion as it is published. */
  record Prior(SvdFolder folder) implements RelightModel {
    @Override
    public List<Path> files() {
      return folder.files();
    }
  }

  /**
   * Finds out.
   *
   * @throws UserError if weights are missing, or wanted where none are used
   */
  static RelightModel of(RelightSettings settings) {
    String model = settings.model();
    Optional<Path> weights = settings.weights().map(Path::of);
    if (weights.isPresent() && List.of("auto", "small", "physics").contains(model)) {
      throw new UserError(
          "--weights",
          "is given, but --model is %s, which has its own".formatted(model),
          "give --model svd, or leave --weights out");
    }
    return switch (model) {
      case "physics" -> new Physics();
      case "auto" ->
          RelightNetworks.shipped()
              .<RelightModel>map(files -> new Networks(files, Optional.empty()))
              .orElseGet(Physics::new);
      case "small" ->
          new Networks(
              RelightNetworks.shipped()
                  .orElseThrow(() ->
                      new UserError(
                          "--model",
                          "is small, but no weights come with this program",
                          "give a folder of weights, or physics")),
              Optional.empty());
      case "svd" -> {
        Path folder =
            weights.orElseThrow(() ->
                new UserError(
                    "--weights", "is missing, which --model svd needs", SvdFolder.WANTED));
        yield Files.isRegularFile(folder.resolve(RelightNetworks.FILES.getLast()))
            ? new Networks(RelightNetworks.in(folder), Optional.empty())
            : new Prior(SvdFolder.read(folder));
      }
      default -> {
        Path folder = Path.of(model);
        if (!SvdFolder.isOne(folder)) {
          yield new Networks(RelightNetworks.in(folder), weights.map(SvdFolder::read));
        }
        if (weights.isPresent()) {
          throw new UserError(
              "--weights",
              "is given, but --model is a folder of Stable Video Diffusion already",
              "leave one of them out");
        }
        yield new Prior(SvdFolder.read(folder));
      }
    };
  }
}
