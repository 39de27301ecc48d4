package org.pixelcube.video;

import java.util.Optional;

/** Where a {@link ClipReader} gets its frames. */
sealed interface FrameSource extends AutoCloseable permits VideoStream, StillSequence {
  ClipInfo info();

  Optional<Frame> next();

  void seek(long frameIndex);

  @Override
  void close();
}
