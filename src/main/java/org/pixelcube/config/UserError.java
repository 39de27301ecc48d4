package org.pixelcube.config;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * A fault the user can mend: shown as one line on standard error, exit status 2, no stack trace.
 *
 * <p>The line reads {@code subject: reason; remedy}.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes the error and, from an underlying failure, keeps that as the cause for the log. */
  public UserError(String subject, String reason, String remedy, Throwable cause) {
    super(line(subject, reason, remedy), cause);
  }

  /**
   * Makes the error.
   *
   * @param subject the file, option or key at fault
   * @param reason what is wrong, with the value found and the value expected
   * @param remedy what the user can do
   */
  public UserError(String subject, String reason, String remedy) {
    this(subject, reason, remedy, null);
  }

  /**
   * The error for a failed read or write of {@code path}: names the usual causes (missing, not
   * permitted, disk full) in plain words.
   */
  public static UserError of(Path path, IOException failure) {
    String message = Objects.requireNonNullElse(failure.getMessage(), "");
    String name = path.toString();
    if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
      boolean folderMissing = path.getParent() != null && !Files.isDirectory(path.getParent());
      return folderMissing
          ? new UserError(
              name, "its folder does not exist", "create it or give another path", failure)
          : new UserError(name, "there is no such file", "check the path", failure);
    }
    if (failure instanceof AccessDeniedException) {
      return new UserError(
          name, "access is not permitted", "change its permissions or give another path", failure);
    }
    if (isDiskFull(failure)) {
      return new UserError(
          name, "the disk is full", "free some space and run the same command again", failure);
    }
    if (failure instanceof FileSystemException detailed && detailed.getReason() != null) {
      message = detailed.getReason();
    }
    String reason = message.isBlank() || message.equals(name) ? "input or output error" : message;
    return new UserError(
        name,
        reason.replace(name + ": ", ""),
        "check the path, its permissions and the disk",
        failure);
  }

  /** Whether a failed write means that no space, or no quota, is left. */
  public static boolean isDiskFull(IOException failure) {
    String message = Objects.requireNonNullElse(failure.getMessage(), "").toLowerCase(Locale.ROOT);
    return message.contains("no space left")
        || message.contains("not enough space")
        || message.contains("quota exceeded");
  }

  private static String line(String subject, String reason, String remedy) {
    String text =
        Objects.requireNonNull(subject, "subject")
            + ": "
            + Objects.requireNonNull(reason, "reason")
            + "; "
            + Objects.requireNonNull(remedy, "remedy");
    return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
