package org.pixelcube.pipeline;

import java.util.List;

/** What relights windows of frames at once. Used by one thread at a time. */
interface WindowRelighter extends AutoCloseable {
  /** Frames that windows have and share. */
  FrameWindows.Span span();

  /** Root of the area of the pictures that it is made for, pixels. */
  int pictureSize();

  /** Whether frames must come with what physics makes of them. */
  boolean needsPhysics();

  /** Whether frames must come with the subject's shape. */
  boolean needsShape();

  /** Relights the frames of a window, all of one size. */
  List<NetworkResult> relight(List<NetworkFrame> frames);

  @Override
  void close();
}
