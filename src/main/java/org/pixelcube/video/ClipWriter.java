package org.pixelcube.video;

import java.nio.file.Path;
import org.pixelcube.config.UserError;

/**
 * Writes frames of linear light to a video file, a numbered sequence of stills, or a single still.
 *
 * <p>Timestamps and durations are kept in the time base of the clip it is modelled on, exactly in
 * MP4 and MOV; Matroska has milliseconds. Equal frames give equal bytes. A video file appears under
 * its name when {@link #finish} returns, never before; closing without it leaves nothing behind.
 * H.264, H.265 and AV1 have even sizes: an odd picture is continued by its last row or column.
 *
 * <p>Not for several threads at once; must be closed, as it holds native memory.
 */
public final class ClipWriter implements AutoCloseable {
  private final FrameSink sink;
  private boolean finished;

  private ClipWriter(FrameSink sink) {
    this.sink = sink;
  }

  /**
   * How to write.
   *
   * @param threads encoder threads, at least 1
   * @param audioSource a file whose sound and subtitles are copied, or null
   */
  public record Options(int threads, Path audioSource) {
    /** One thread, silent. */
    public static final Options DEFAULT = new Options(1, null);

    /** Checks the number of threads. */
    public Options {
      if (threads < 1) {
        throw new IllegalArgumentException("threads must be positive");
      }
    }

    /** The same with this many encoder threads. */
    public Options withThreads(int n) {
      return new Options(n, audioSource);
    }

    /** The same with sound from this file. */
    public Options withAudioFrom(Path source) {
      return new Options(threads, source);
    }
  }

  /** Opens with {@link Options#DEFAULT}. */
  public static ClipWriter open(Path out, Encoding encoding, ClipInfo like) {
    return open(out, encoding, like, Options.DEFAULT);
  }

  /**
   * Opens an output.
   *
   * @param out a file, or a pattern or folder for a sequence, numbered by {@link Frame#index}
   * @param like size, time base, frame rate, pixel aspect and alpha of the frames to come
   * @throws UserError if the codec cannot hold such frames or the place cannot be written
   */
  public static ClipWriter open(Path out, Encoding encoding, ClipInfo like, Options options) {
    if (!encoding.container().isVideo()) {
      return new ClipWriter(new PictureSink(out, encoding, like.hasAlpha()));
    }
    return new ClipWriter(new VideoSink(out, encoding, like, options, false));
  }

  /**
   * Opens a segment for {@link Segments#join}: a silent file of the encoded frames, which begins
   * with a key frame and keeps timestamps exactly, whatever container the encoding names.
   */
  public static ClipWriter openSegment(
      Path out, Encoding encoding, ClipInfo like, Options options) {
    if (!encoding.container().isVideo()) {
      throw new IllegalArgumentException("a sequence of stills needs no segments");
    }
    return new ClipWriter(new VideoSink(out, encoding, like, options, true));
  }

  /**
   * Writes the next frame.
   *
   * @throws UserError if the disk is full or cannot be written
   * @throws IllegalArgumentException if the size differs from the clip's, or the time is not after
   *     the last frame's
   */
  public void write(Frame frame) {
    if (finished) {
      throw new IllegalStateException("the clip is finished");
    }
    sink.write(frame);
  }

  /**
   * Writes what is still on the way and gives the file its name.
   *
   * @throws UserError if there was no frame, or the file cannot be written
   */
  public void finish() {
    if (!finished) {
      sink.finish();
      finished = true;
    }
  }

  @Override
  public void close() {
    sink.close();
  }
}
