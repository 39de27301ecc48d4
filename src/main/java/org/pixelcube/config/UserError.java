package org.pixelcube.config;

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
