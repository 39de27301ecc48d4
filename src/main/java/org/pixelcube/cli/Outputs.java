package org.pixelcube.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;

/** Single pictures that commands write. */
final class Outputs {
  private Outputs() {}

  /** Writes a picture in the format of its name, unless it is there and may not be replaced. */
  static void writePicture(Path output, Image image, boolean overwrite) {
    checkFree(output, overwrite);
    Encoding encoding = Encoding.forPath(output);
    if (encoding.container() != Encoding.Container.STILL) {
      throw new UserError(
          output.toString(), "is no picture's name", "give a .png, .jpg, .exr or .hdr");
    }
    ClipInfo info =
        ClipInfo.synthetic(
            image.width(), image.height(), new Rational(25, 1), image.channels() == 4);
    try (ClipWriter writer = ClipWriter.open(output, encoding, info)) {
      writer.write(new Frame(image, 0, 0, 1));
      writer.finish();
    }
  }

  /** Refuses an output that is there and may not be replaced, or that has no folder. */
  static void checkFree(Path output, boolean overwrite) {
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UserError(
          output.toString(), "its folder does not exist", "create it or give another path");
    }
    if (Files.exists(output) && !overwrite) {
      throw new UserError(output.toString(), "exists already", "give another name, or --overwrite");
    }
  }

  /** Makes a folder to write to, unless it is there; the one above it must be. */
  static void folder(Path folder) {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new UserError(
          folder.toString(), "its folder does not exist", "create it or give another path");
    }
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UserError(folder.toString(), "is a file", "give a folder");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  /** A value the command cannot do without. */
  static <T> T required(String name, T value, String command) {
    if (value == null) {
      throw new UserError(name, "is missing", "see pixelcube " + command + " --help");
    }
    return value;
  }
}
