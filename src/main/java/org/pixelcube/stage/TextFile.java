package org.pixelcube.stage;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pixelcube.config.UserError;

/** Text files of a stage. */
final class TextFile {
  private TextFile() {}

  /**
   * The lines of a file.
   *
   * @throws UserError if it cannot be read or is no text
   */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (MalformedInputException e) {
      throw new UserError(file.toString(), "is not a text file", "check the path", e);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
  }
}
