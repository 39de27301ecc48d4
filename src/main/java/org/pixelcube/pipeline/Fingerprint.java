package org.pixelcube.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pixelcube.config.UserError;

/**
 * Tells quickly whether a file is still the one it was: its size, time of change, and the SHA-256
 * of its first and last mebibyte; for a folder or a numbered pattern, those of the names, sizes and
 * times of its files.
 *
 * @param path as the user gave it
 * @param bytes size, summed over the files of a folder
 * @param modifiedMillis time of the last change, milliseconds since 1970
 * @param sha256 lower-case hexadecimal
 */
public record Fingerprint(String path, long bytes, long modifiedMillis, String sha256) {
  private static final int EDGE_BYTES = 1 << 20;
  private static final Pattern NUMBER = Pattern.compile("%0?\\d*d");

  /**
   * Takes the fingerprint; a path that is no file has the size −1.
   *
   * @throws UserError if it cannot be read
   */
  public static Fingerprint of(Path path) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      if (Files.isDirectory(path)) {
        return ofFiles(path, path, "", digest);
      }
      Matcher number = NUMBER.matcher(path.getFileName() == null ? "" : "" + path.getFileName());
      if (!Files.exists(path) && number.find()) {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
        return ofFiles(path, folder, named(path.getFileName().toString(), number), digest);
      }
      if (!Files.exists(path)) {
        return new Fingerprint(path.toString(), -1, 0, "");
      }
      long size = Files.size(path);
      try (FileChannel channel = FileChannel.open(path)) {
        digestRange(channel, 0, Math.min(size, EDGE_BYTES), digest);
        long tail = Math.max(EDGE_BYTES, size - EDGE_BYTES);
        if (tail < size) {
          digestRange(channel, tail, size - tail, digest);
        }
      }
      return new Fingerprint(path.toString(), size, modified(path), hex(digest));
    } catch (IOException e) {
      throw UserError.of(path, e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The expression that the names of a pattern's files match. */
  private static String named(String name, Matcher number) {
    return Pattern.quote(name.substring(0, number.start()))
        + "\\d+"
        + Pattern.quote(name.substring(number.end()));
  }

  /** Of the files of a folder whose names match, of all if the expression is empty. */
  private static Fingerprint ofFiles(
      Path path, Path folder, String expression, MessageDigest digest) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files =
          entries
              .filter(Files::isRegularFile)
              .filter(
                  file -> expression.isEmpty() || file.getFileName().toString().matches(expression))
              .sorted()
              .toList();
    }
    long bytes = 0;
    long latest = 0;
    for (Path file : files) {
      long size = Files.size(file);
      bytes += size;
      latest = Math.max(latest, modified(file));
      String line = file.getFileName() + "\0" + size + "\0" + modified(file) + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return new Fingerprint(path.toString(), bytes, latest, hex(digest));
  }

  private static long modified(Path path) throws IOException {
    return Files.getLastModifiedTime(path).toMillis();
  }

  private static void digestRange(FileChannel channel, long from, long length, MessageDigest digest)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) length);
    while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
      // reads until the range is full or the file ends
    }
    digest.update(buffer.flip());
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
