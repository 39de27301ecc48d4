package org.pixelcube.stage;

import java.nio.file.Path;
import java.util.Locale;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.Primaries;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.video.PictureFile;

/**
 * A still of a camera as light. PNG files hold code values, which the camera's response makes
 * linear; OpenEXR and Radiance files are linear already, 1 being saturation.
 *
 * @param width columns
 * @param height rows
 * @param linear linear Rec.709 relative to saturation, {@code (3, h, w)}; below 0 where a colour is
 *     out of Rec.709, infinite where a channel was saturated
 */
public record CameraPicture(int width, int height, float[] linear) {
  /**
   * Reads a picture.
   *
   * @param primaries of the file
   * @throws UserError if it cannot be read or is grey
   */
  public static CameraPicture read(Path file, TransferCurve response, Primaries primaries) {
    boolean codes = file.toString().toLowerCase(Locale.ROOT).endsWith(".png");
    Image image = codes ? ImageFile.readData(file) : PictureFile.read(file);
    if (image.channels() < 3) {
      throw new UserError(file.toString(), "is grey", "give pictures in colour");
    }
    float[] planes = image.channels(0, 3).samples();
    float[] linear = codes ? Sensor.linear(planes, response) : planes.clone();
    ColorTransform.between(primaries, Primaries.BT709).apply(linear, linear, linear.length / 3);
    Sensor.markSaturated(planes, linear);
    return new CameraPicture(image.width(), image.height(), linear);
  }
}
