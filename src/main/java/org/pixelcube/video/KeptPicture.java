package org.pixelcube.video;

/**
 * A decoded frame that is held on to and becomes light only when it is asked for. To be closed, and
 * not to be used after its reader is closed.
 */
public interface KeptPicture extends DecodedPicture, AutoCloseable {
  /** Memory that it takes, bytes. */
  long bytes();

  @Override
  void close();
}
