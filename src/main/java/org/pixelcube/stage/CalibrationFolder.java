package org.pixelcube.stage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.video.PictureFile;

/**
 * Camera pictures in a folder: {@code CAMERA/NUMBER-NAME.ending} with numbers and names as {@link
 * CalibrationPattern#fileName} has them. PNG files hold the camera's code values, which its
 * response makes linear; OpenEXR and Radiance files are linear already; only OpenEXR holds what is
 * below 0, as the light of LEDs is whose colours are out of Rec.709. Light is relative to
 * saturation.
 */
public final class CalibrationFolder implements CalibrationPictures {
  private static final List<String> ENDINGS = List.of("exr", "hdr", "png");

  private final Path folder;
  private final List<StageCamera> cameras;

  /**
   * A folder.
   *
   * @throws UserError if a camera has no folder in it
   */
  public CalibrationFolder(Path folder, List<StageCamera> cameras) {
    this.folder = folder;
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

  @Override
  public List<StageCamera> cameras() {
    return cameras;
  }

  @Override
  public float[] linear(int camera, CalibrationPattern pattern) {
    StageCamera c = cameras.get(camera);
    for (String ending : ENDINGS) {
      Path file = folder.resolve(c.name()).resolve(pattern.fileName(ending));
      if (!Files.exists(file)) {
        continue;
      }
      boolean codes = ending.equals("png");
      Image image = codes ? ImageFile.readData(file) : PictureFile.read(file);
      if (image.width() != c.width() || image.height() != c.height()) {
        throw new UserError(
            file.toString(),
            "has %d×%d pixels (expected %d×%d)"
                .formatted(image.width(), image.height(), c.width(), c.height()),
            "correct the camera's size in the rig, or take the picture again");
      }
      if (image.channels() < 3) {
        throw new UserError(file.toString(), "is grey", "give pictures in colour");
      }
      float[] planes = image.channels(0, 3).samples();
      if (!codes) {
        return planes;
      }
      float[] linear = Sensor.linear(planes, c.response());
      Sensor.markSaturated(planes, linear);
      return linear;
    }
    throw new UserError(
        folder.resolve(c.name()).resolve(pattern.fileName("exr")).toString(),
        "is missing (nor is it there as .hdr or .png)",
        "take that picture too");
  }
}
