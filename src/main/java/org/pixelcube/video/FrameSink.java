package org.pixelcube.video;

/** Where a {@link ClipWriter} puts its frames. */
sealed interface FrameSink extends AutoCloseable permits VideoSink, PictureSink {
  void write(Frame frame);

  void finish();

  @Override
  void close();
}
