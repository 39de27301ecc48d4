package org.pixelcube.video;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import org.pixelcube.config.UserError;

/** Files that appear under their name only once they are complete. */
final class WholeFile {
  private static final SecureRandom NAMES = new SecureRandom();

  private WholeFile() {}

  /**
   * A new name in the folder of {@code target}, with the same extension, for a file to be moved
   * there later.
   *
   * @throws UserError if the folder does not exist or cannot be written
   */
  static Path temporaryFor(Path target) {
    Path folder = target.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new UserError(target.toString(), "no folder " + folder, "make the folder first");
    }
    if (Files.isDirectory(target)) {
      throw new UserError(
          target.toString(), "is a folder, expected a file name", "add a file name");
    }
    Path file =
        folder.resolve(
            ".%s-%s".formatted(Long.toHexString(NAMES.nextLong() >>> 16), target.getFileName()));
    try {
      return Files.createFile(file);
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Gives a complete temporary file its name, replacing what was there. */
  static void publish(Path temporary, Path target) {
    try {
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      discard(temporary);
      throw failed(target, e);
    }
  }

  static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      temporary.toFile().deleteOnExit();
    }
  }

  static void write(Path target, byte[] bytes) {
    Path temporary = temporaryFor(target);
    try {
      Files.write(temporary, bytes);
    } catch (IOException e) {
      discard(temporary);
      throw failed(target, e);
    }
    publish(temporary, target);
  }

  static UserError failed(Path target, IOException e) {
    String reason =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
    return failed(target, reason);
  }

  static UserError failed(Path target, String reason) {
    return new UserError(
        target.toString(),
        "cannot be written (" + reason + ")",
        "check free space and permissions of the folder");
  }
}
