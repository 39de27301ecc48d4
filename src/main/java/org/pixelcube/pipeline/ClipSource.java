package org.pixelcube.pipeline;

import java.util.Optional;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;

/**
 * The frames of a clip. The reader stays the caller's to close.
 *
 * @param reader at its first frame
 * @param clock adds up the time of reading
 */
public record ClipSource(ClipReader reader, StageClock clock) implements RelightJob.Source {
  @Override
  public void seek(long index) {
    reader.seek(index);
  }

  @Override
  public Optional<Frame> next() {
    return clock.time("read", reader::next);
  }
}
