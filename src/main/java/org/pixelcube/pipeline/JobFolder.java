package org.pixelcube.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;

/**
 * The folder {@code OUTPUT.pixelcube-job} beside an output in the making: what the job is, its
 * finished segments, and the state of the processor after the last of them.
 *
 * <p>A segment counts as finished when its state file is there; the state file is written last, in
 * one step, so that the folder is consistent whenever the process dies. One process at a time holds
 * the folder, by a file lock.
 */
public final class JobFolder implements AutoCloseable {
  private static final String JOB = "job.json";
  private static final String LOCK = "lock";
  private static final int LOCK_TRIES = 5;

  private final Path folder;
  private final FileChannel channel;
  private final FileLock lock;
  private final int finished;

  private JobFolder(Path folder, FileChannel channel, FileLock lock, int finished) {
    this.folder = folder;
    this.channel = channel;
    this.lock = lock;
    this.finished = finished;
  }

  /**
   * What makes two runs the same job.
   *
   * @param version of the program
   * @param settings the settings as JSON
   * @param output the description of the encoding
   * @param segmentFrames frames in a segment
   * @param inputs all files read
   */
  public record Identity(
      String version, String settings, String output, int segmentFrames, List<Fingerprint> inputs) {
    public Identity {
      inputs = List.copyOf(inputs);
    }
  }

  /** The job folder of an output. */
  public static Path of(Path output) {
    return output.resolveSibling(output.getFileName() + ".pixelcube-job");
  }

  /**
   * Opens the folder, making it where it is missing; finished segments of another job, or of the
   * same one with {@code restart}, are thrown away.
   *
   * @throws UserError if another process works on the same output
   */
  public static JobFolder open(Path output, Identity identity, boolean restart, Warnings warnings) {
    Path folder = of(output);
    boolean made = !Files.exists(folder);
    FileChannel channel = null;
    FileLock lock = null;
    JobFolder opened = null;
    try {
      Files.createDirectories(folder);
      // The former owner may delete the folder between our opening the lock file and locking it.
      for (int tries = 0; lock == null && tries < LOCK_TRIES; tries++) {
        Files.createDirectories(folder);
        channel =
            FileChannel.open(
                folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = lock(channel);
        if (lock == null) {
          channel.close();
          break;
        }
        if (!Files.exists(folder.resolve(LOCK))) {
          channel.close();
          lock = null;
        }
      }
      if (lock == null) {
        throw new UserError(
            output.toString(),
            "another run is writing it",
            "wait until that ends, or give another output");
      }
      opened = new JobFolder(folder, channel, lock, resume(folder, identity, restart, warnings));
      return opened;
    } catch (IOException e) {
      throw UserError.of(output, e);
    } finally {
      if (opened == null) {
        // Without the lock the folder is another run's.
        close(channel, made && lock != null ? Optional.of(folder) : Optional.empty());
      }
    }
  }

  /** Cleans up after a failure, which is the one to report. */
  private static void close(FileChannel channel, Optional<Path> doomed) {
    try {
      if (doomed.isPresent()) {
        deleteTree(doomed.get());
      }
      if (channel != null) {
        channel.close();
      }
    } catch (IOException _) {
      // what cannot be deleted was not made
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** The number of segments to keep; everything else in the folder is cleared away. */
  private static int resume(Path folder, Identity identity, boolean restart, Warnings warnings)
      throws IOException {
    Path job = folder.resolve(JOB);
    int finished = 0;
    if (Files.exists(job)) {
      boolean same = false;
      try {
        same = JsonSettings.read(job, Identity.class).equals(identity);
      } catch (UserError e) {
        warnings.add("the unfinished job " + folder + " is unreadable: starting anew");
      }
      if (same && !restart) {
        finished = highestState(folder) + 1;
      } else if (!restart) {
        warnings.add(
            "the input or the settings have changed since the unfinished job: starting" + " anew");
      }
    }
    clear(folder, finished);
    JsonSettings.write(job, identity);
    return finished;
  }

  private static int highestState(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("state-\\d{6}\\.bin"))
          .mapToInt(name -> Integer.parseInt(name.substring(6, 12)))
          .max()
          .orElse(-1);
    }
  }

  /** Deletes what does not belong to the first {@code keep} segments. */
  private static void clear(Path folder, int keep) throws IOException {
    List<Path> doomed = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> {
            String name = file.getFileName().toString();
            if (name.equals(LOCK) || name.equals(JOB)) {
              return false;
            }
            if (name.matches("segment-\\d{6}(\\..*)?")) {
              return Integer.parseInt(name.substring(8, 14)) >= keep;
            }
            return !(keep > 0 && name.equals(state(folder, keep - 1).getFileName().toString()));
          })
          .forEach(doomed::add);
    }
    for (Path file : doomed) {
      deleteTree(file);
    }
  }

  private static Path state(Path folder, int segment) {
    return folder.resolve("state-%06d.bin".formatted(segment));
  }

  /** The number of segments already finished when the folder was opened. */
  public int finishedSegments() {
    return finished;
  }

  /** The folder itself. */
  public Path path() {
    return folder;
  }

  /**
   * The file or folder of a segment.
   *
   * @param extension with its dot, or empty
   */
  public Path segment(int index, String extension) {
    return folder.resolve("segment-%06d%s".formatted(index, extension));
  }

  /** The processor's state after a finished segment. */
  public byte[] state(int segment) {
    Path file = state(folder, segment);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
  }

  /** Marks a segment, now whole on disk, as finished. */
  public void finish(int segment, byte[] processorState) {
    AtomicFile.write(state(folder, segment), processorState);
    try {
      if (segment > 0) {
        Files.deleteIfExists(state(folder, segment - 1));
      }
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  /**
   * Clears away what is not finished, after a failure; with no segment finished, the folder. What
   * cannot be deleted stays for the next run to clear.
   */
  public void abandon() {
    try {
      int keep = highestState(folder) + 1;
      clear(folder, keep);
      if (keep == 0) {
        deleteTree(folder);
      }
    } catch (IOException _) {
      // the failure before is the one to report
    }
  }

  /** Deletes the folder; the job is done. */
  public void delete() {
    try {
      deleteTree(folder);
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  /** Deletes a file, or a folder and all in it. */
  static void deleteTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
