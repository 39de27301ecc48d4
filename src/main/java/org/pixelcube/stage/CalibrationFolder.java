package org.pixelcube.stage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pixelcube.color.Primaries;
import org.pixelcube.config.UserError;

/**
 * Camera pictures in a folder: {@code CAMERA/NUMBER-NAME.ending} with numbers and names as {@link
 * CalibrationPattern#fileName} has them; see {@link CameraPicture}. The light of LEDs is out of
 * Rec.709: PNG files of that space have lost what is below 0, so a camera should record a wider
 * one.
 */
public final class CalibrationFolder implements CalibrationPictures {
  private static final List<String> ENDINGS = List.of("exr", "hdr", "png");

  private final Path folder;
  private final List<StageCamera> cameras;
  private final Primaries primaries;

  /**
   * A folder.
   *
   * @param primaries of the pictures
   * @throws UserError if a camera has no folder in it
   */
  public CalibrationFolder(Path folder, List<StageCamera> cameras, Primaries primaries) {
    this.folder = folder;
    this.primaries = primaries;
    this.cameras = List.copyOf(cameras);
    for (StageCamera camera : cameras) {
      if (!Files.isDirectory(folder.resolve(camera.name()))) {
        throw new UserError(
            folder.resolve(camera.name()).toString(),
            "is no folder",
            "put each camera's pictures in a folder of its name");
      }
    }
  }

  /**
   * Looks whether all pictures are there, before an hour is spent on some of them.
   *
   * @throws UserError that tells how many a camera lacks, and the first of them
   */
  public CalibrationFolder checkComplete(List<CalibrationPattern> patterns) {
    for (StageCamera camera : cameras) {
      List<CalibrationPattern> missing =
          patterns.stream()
              .filter(p -> p.kind() != CalibrationPattern.Kind.SLATE && file(camera, p).isEmpty())
              .toList();
      if (!missing.isEmpty()) {
        throw new UserError(
            folder.resolve(camera.name()).toString(),
            "lacks %d of %d pictures, first %s"
                .formatted(missing.size(), patterns.size(), missing.getFirst().fileName("png")),
            "take them too, or give the --cell that the patterns were made with");
      }
    }
    return this;
  }

  private Optional<Path> file(StageCamera camera, CalibrationPattern pattern) {
    return ENDINGS.stream()
        .map(ending -> folder.resolve(camera.name()).resolve(pattern.fileName(ending)))
        .filter(Files::exists)
        .findFirst();
  }

  @Override
  public List<StageCamera> cameras() {
    return cameras;
  }

  @Override
  public float[] linear(int camera, CalibrationPattern pattern) {
    StageCamera c = cameras.get(camera);
    Path file =
        file(c, pattern)
            .orElseThrow(() ->
                new UserError(
                    folder.resolve(c.name()).resolve(pattern.fileName("exr")).toString(),
                    "is missing (nor is it there as .hdr or .png)",
                    "take that picture too"));
    CameraPicture picture = CameraPicture.read(file, c.response(), primaries);
    if (picture.width() != c.width() || picture.height() != c.height()) {
      throw new UserError(
          file.toString(),
          "has %d×%d pixels (expected %d×%d)"
              .formatted(picture.width(), picture.height(), c.width(), c.height()),
          "correct the camera's size in the rig, or take the picture again");
    }
    return picture.linear();
  }
}
