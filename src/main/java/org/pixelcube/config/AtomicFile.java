package org.pixelcube.config;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Files that appear under their name only when they are whole: written to a sibling, then moved.
 */
public final class AtomicFile {
  private static final AtomicLong COUNTER = new AtomicLong();

  private AtomicFile() {}

  /** Writes the content of a file to a stream; the stream is closed by the caller. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * A free name beside {@code target}, hidden and with the same extension, for a writer that goes
   * by the name; nothing is created.
   */
  public static Path temporaryFor(Path target) {
    Path name = target.getFileName();
    if (name == null) {
      throw new UserError(target.toString(), "is a root folder", "give the name of a file");
    }
    String text = name.toString();
    int dot = text.lastIndexOf('.');
    String stem = dot > 0 ? text.substring(0, dot) : text;
    String extension = dot > 0 ? text.substring(dot) : "";
    return target.resolveSibling(
        ".%s.part-%d-%d%s"
            .formatted(stem, ProcessHandle.current().pid(), COUNTER.incrementAndGet(), extension));
  }

  /**
   * Writes {@code content} to {@code target}, replacing what was there; on any failure the old file
   * is as it was and no temporary file stays.
   *
   * @throws UserError if the file cannot be written
   */
  public static void write(Path target, Content content) {
    Path temporary = temporaryFor(target);
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(out);
        out.flush();
        channel.force(false);
      }
      move(temporary, target);
    } catch (IOException e) {
      throw UserError.of(target, e);
    } finally {
      discard(temporary);
    }
  }

  /** Writes {@code bytes} to {@code target} as {@link #write(Path, Content)} does. */
  public static void write(Path target, byte[] bytes) {
    write(target, out -> out.write(bytes));
  }

  /** Moves a finished temporary file to its name, in one step where the file system can. */
  public static void move(Path temporary, Path target) throws IOException {
    try {
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Deletes a temporary file if it is there; a failure to do so is not worth a second error. */
  private static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      temporary.toFile().deleteOnExit();
    }
  }
}
