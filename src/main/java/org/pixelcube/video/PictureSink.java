package org.pixelcube.video;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pixelcube.config.UserError;

/** Writes each frame to a picture file of its own, complete or not at all. */
final class PictureSink implements FrameSink {
  private final Path out;
  private final Encoding encoding;
  private long written;

  /**
   * @param out the file of a single picture; else a pattern or a folder
   */
  PictureSink(Path out, Encoding encoding, boolean hasAlpha) {
    if (hasAlpha && !encoding.codec().keepsAlpha()) {
      throw new UserError(
          out.toString(),
          encoding.codec().optionName() + " cannot keep the clip's alpha",
          "write PNG or EXR");
    }
    this.encoding = encoding;
    if (encoding.container() == Encoding.Container.SEQUENCE && !StillSequence.isPattern(out)) {
      String extension =
          encoding.codec() == Encoding.Codec.JPEG ? "jpg" : encoding.codec().optionName();
      this.out = out.resolve("%06d." + extension);
    } else {
      this.out = out;
    }
    if (encoding.container() == Encoding.Container.SEQUENCE) {
      Path folder = this.out.toAbsolutePath().getParent();
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw WholeFile.failed(folder, e);
      }
    }
  }

  @Override
  public void write(Frame frame) {
    Path file = out;
    if (encoding.container() == Encoding.Container.SEQUENCE) {
      file = StillSequence.numbered(out, frame.index());
    } else if (written > 0) {
      throw new UserError(
          out.toString(),
          "one picture file for a clip of several frames",
          "write to a folder or a pattern such as %05d"
              + name().substring(name().lastIndexOf('.')));
    }
    PictureFile.write(file, frame.image(), encoding);
    written++;
  }

  private String name() {
    return out.getFileName().toString();
  }

  @Override
  public void finish() {
    if (written == 0) {
      throw new UserError(out.toString(), "no frame to write", "check the input clip");
    }
  }

  @Override
  public void close() {
    // Each file is complete when write returns.
  }
}
