package org.pixelcube.pipeline;

import java.util.Optional;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;

/**
 * The frames of a clip. The reader stays the caller's to close.
 *
 * @param reader at its first frame
 */
public record ClipSource(ClipReader reader) implements RelightJob.Source {
  @Override
  public void seek(long index) {
    reader.seek(index);
  }

  @Override
  public Optional<Frame> next() {
    return reader.next();
  }
}
