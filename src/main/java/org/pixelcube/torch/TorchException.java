package org.pixelcube.torch;

/**
 * An operation that libtorch refused, such as shapes that do not fit: a fault of the program, not
 * of the user, with the operation's name and the library's first line.
 */
public final class TorchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TorchException(String message, Throwable cause) {
    super(message, cause);
  }
}
