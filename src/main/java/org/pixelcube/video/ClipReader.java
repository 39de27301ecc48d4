package org.pixelcube.video;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.pixelcube.config.UserError;

/**
 * Reads a video file, a still, or a numbered sequence of stills, frame by frame, as linear light.
 *
 * <p>A path is a file of any kind FFmpeg decodes; a folder of PNG, EXR and other stills, taken in
 * the order of their names; or a pattern such as {@code shot/%04d.png}. A still is a clip of one
 * frame. Rotation and mirroring tags are applied. Timestamps are those of the file, exactly.
 *
 * <p>Not for several threads at once; must be closed, as it holds native memory.
 */
public final class ClipReader implements AutoCloseable {
  private final FrameSource source;

  private ClipReader(FrameSource source) {
    this.source = source;
  }

  /** What to do where the file is damaged. */
  public enum Damage {
    /** Deliver the frames up to the damage, then throw. */
    STOP,
    /** Leave the damaged frames out, or take them as the decoder mends them. */
    SKIP
  }

  /**
   * How to read.
   *
   * @param threads decoder threads, at least 1
   * @param damage what to do where the file is damaged
   * @param maxPixels largest picture taken, width × height
   * @param sequenceRate frames per second of a sequence of stills, which does not say itself
   */
  public record Options(int threads, Damage damage, long maxPixels, Rational sequenceRate) {
    /** One thread, stop at damage, 2^26 pixels (8192 × 8192), 25 frames a second. */
    public static final Options DEFAULT =
        new Options(1, Damage.STOP, Libav.DEFAULT_MAX_PIXELS, new Rational(25, 1));

    /** Checks that the numbers are positive. */
    public Options {
      if (threads < 1 || maxPixels < 1 || sequenceRate.num() < 1) {
        throw new IllegalArgumentException("threads, pixels and rate must be positive");
      }
    }

    /** The same with this many decoder threads. */
    public Options withThreads(int n) {
      return new Options(n, damage, maxPixels, sequenceRate);
    }

    /** The same with another way to take damage. */
    public Options withDamage(Damage d) {
      return new Options(threads, d, maxPixels, sequenceRate);
    }

    /** The same with another limit on width × height. */
    public Options withMaxPixels(long n) {
      return new Options(threads, damage, n, sequenceRate);
    }

    /** The same with another rate for sequences. */
    public Options withSequenceRate(Rational r) {
      return new Options(threads, damage, maxPixels, r);
    }
  }

  /** Opens with {@link Options#DEFAULT}. */
  public static ClipReader open(Path path) {
    return open(path, Options.DEFAULT);
  }

  /**
   * Opens a clip and decodes its first frame.
   *
   * @throws UserError if there is no such file, or no picture in it that can be decoded
   */
  public static ClipReader open(Path path, Options options) {
    if (Files.isDirectory(path) || StillSequence.isPattern(path)) {
      return new ClipReader(StillSequence.open(path, options));
    }
    Libav.checkReadable(path);
    if (PictureFile.isStill(path)) {
      return new ClipReader(StillSequence.single(path, options));
    }
    return new ClipReader(VideoStream.open(path, options));
  }

  /** What the clip is. */
  public ClipInfo info() {
    return source.info();
  }

  /**
   * The next frame in order of presentation, or empty after the last.
   *
   * @throws UserError where the file is damaged, naming the frame
   */
  public Optional<Frame> next() {
    return source.next();
  }

  /**
   * Takes from the next frame what {@code use} makes of it, and converts no more of it than that
   * asks for; empty after the last.
   *
   * @param use gives something, never null
   * @throws UserError where the file is damaged, naming the frame
   */
  public <T> Optional<T> read(Function<DecodedPicture, T> use) {
    return source.read(use);
  }

  /**
   * Goes to a frame: the following {@link #next} gives exactly that one, or empty if the clip is
   * shorter. Video is decoded from the key frame before.
   *
   * @throws IllegalArgumentException if {@code frameIndex} is negative
   */
  public void seek(long frameIndex) {
    if (frameIndex < 0) {
      throw new IllegalArgumentException("frame " + frameIndex + " is before the first, 0");
    }
    source.seek(frameIndex);
  }

  @Override
  public void close() {
    source.close();
  }
}
