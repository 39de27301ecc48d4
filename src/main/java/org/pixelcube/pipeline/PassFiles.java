package org.pixelcube.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.video.ExrFile;

/**
 * The files of passes: {@code folder/matte/00000.exr} and so on, numbered as the output's frames.
 *
 * @param folder made where it is missing
 * @param format the file format
 */
public record PassFiles(Path folder, RelightSettings.PassFormat format) {
  /**
   * Writes the passes of one frame, each file in one step.
   *
   * @param index the output frame's number, from 0
   */
  public void write(long index, Map<Pass, Image> passes) {
    passes.forEach((pass, image) -> write(index, pass, image));
  }

  private void write(long index, Pass pass, Image image) {
    Path dir = folder.resolve(pass.label());
    try {
      Files.createDirectories(dir);
    } catch (IOException e) {
      throw UserError.of(dir, e);
    }
    switch (format) {
      case EXR ->
          ExrFile.write(dir.resolve("%05d.exr".formatted(index)), image, ExrFile.Samples.HALF);
      case PNG ->
          ImageFile.write(
              dir.resolve("%05d.png".formatted(index)),
              pass == Pass.NORMALS ? unsigned(image) : image,
              ImageFile.Options.sixteenBit());
    }
  }

  /** Maps [−1, 1] to [0, 1]. */
  private static Image unsigned(Image normals) {
    float[] in = normals.samples();
    float[] out = new float[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i] = 0.5f * in[i] + 0.5f;
    }
    return Image.data(normals.width(), normals.height(), normals.channels(), out);
  }
}
