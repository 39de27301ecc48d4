package org.pixelcube.video;

import java.util.Optional;
import java.util.function.Function;

/** Where a {@link ClipReader} gets its frames. */
sealed interface FrameSource extends AutoCloseable permits VideoStream, StillSequence {
  ClipInfo info();

  Optional<Frame> next();

  /** Hands the next frame to {@code use} before it is light; empty after the last. */
  <T> Optional<T> read(Function<DecodedPicture, T> use);

  void seek(long frameIndex);

  @Override
  void close();
}
