package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;

class ModelStoreTest {
  private static final byte[] CONTENT = new byte[100_000];

  static {
    for (int i = 0; i < CONTENT.length; i++) {
      CONTENT[i] = (byte) (i * 31);
    }
  }

  @TempDir Path folder;
  private final AtomicInteger calls = new AtomicInteger();

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static byte[] tarball(String name, byte[] content) throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    try (OutputStream gzip = new GzipCompressorOutputStream(bytes);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip)) {
      for (String entry : List.of("package/package.json", name)) {
        byte[] data = entry.equals(name) ? content : new byte[] {'{', '}'};
        TarArchiveEntry header = new TarArchiveEntry(entry);
        header.setSize(data.length);
        tar.putArchiveEntry(header);
        tar.write(data);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static Model model(byte[] tarball, String entrySha256, long byteCount) throws Exception {
    return new Model(
        "Toy",
        "toy-package",
        "1.2.3",
        sha256(tarball),
        "package/toy.onnx",
        entrySha256,
        byteCount,
        "MIT",
        "nowhere");
  }

  private ModelStore store(byte[] tarball, List<String> lines) {
    return new ModelStore(
        folder.resolve("models"),
        (model, target) -> {
          calls.incrementAndGet();
          return Files.write(target.resolve("toy-package-1.2.3.tgz"), tarball);
        },
        lines::add);
  }

  @Test
  void fetchesOnceThenStaysOffline() throws Exception {
    byte[] tarball = tarball("package/toy.onnx", CONTENT);
    Model model = model(tarball, sha256(CONTENT), CONTENT.length);
    List<String> lines = new ArrayList<>();
    ModelStore store = store(tarball, lines);
    assertFalse(store.has(model));
    Path file = store.fetch(model);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertTrue(store.has(model));
    assertEquals(file, store.fetch(model));
    assertEquals(1, calls.get());
    assertEquals(List.of("fetching Toy (MIT, npm package toy-package 1.2.3)"), lines);
    assertEquals(file.getFileName().toString(), sha256(CONTENT) + ".onnx");
  }

  @Test
  void aFileOfTheWrongLengthIsFetchedAgain() throws Exception {
    byte[] tarball = tarball("package/toy.onnx", CONTENT);
    Model model = model(tarball, sha256(CONTENT), CONTENT.length);
    ModelStore store = store(tarball, new ArrayList<>());
    Files.createDirectories(folder.resolve("models"));
    Files.write(store.file(model), new byte[17]);
    assertArrayEquals(CONTENT, Files.readAllBytes(store.fetch(model)));
  }

  @Test
  void refusesAnotherTarball() throws Exception {
    byte[] tarball = tarball("package/toy.onnx", CONTENT);
    byte[] other = tarball("package/toy.onnx", new byte[CONTENT.length]);
    refuses(model(tarball, sha256(CONTENT), CONTENT.length), other, sha256(other));
  }

  @Test
  void refusesAnotherEntry() throws Exception {
    byte[] tarball = tarball("package/toy.onnx", CONTENT);
    refuses(model(tarball, sha256(new byte[1]), CONTENT.length), tarball, sha256(CONTENT));
  }

  @Test
  void refusesAnEntryOfAnotherLength() throws Exception {
    byte[] tarball = tarball("package/toy.onnx", CONTENT);
    refuses(model(tarball, sha256(CONTENT), 5), tarball, "100000 bytes (expected 5)");
  }

  @Test
  void refusesAPackageWithoutTheEntry() throws Exception {
    byte[] tarball = tarball("package/other.onnx", CONTENT);
    refuses(model(tarball, sha256(CONTENT), CONTENT.length), tarball, "has no package/toy.onnx");
  }

  private void refuses(Model model, byte[] tarball, String expected) throws IOException {
    ModelStore store = store(tarball, new ArrayList<>());
    UserError error = assertThrows(UserError.class, () -> store.fetch(model));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
    assertTrue(error.getMessage().contains(store.file(model).toString()), error.getMessage());
    onlyTheLockIsLeft();
  }

  @Test
  void sayHowToHelpWithoutNetwork() throws Exception {
    Model model = model(new byte[0], sha256(CONTENT), CONTENT.length);
    ModelStore store =
        new ModelStore(
            folder.resolve("models"),
            (m, target) -> {
              throw new IOException("npm failed: ENOTFOUND");
            },
            _ -> {});
    UserError error = assertThrows(UserError.class, () -> store.fetch(model));
    for (String part :
        List.of("ENOTFOUND", model.sha256(), "toy-package@1.2.3", store.file(model).toString())) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
    onlyTheLockIsLeft();
  }

  private void onlyTheLockIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("models"))) {
      assertEquals(List.of("lock"), files.map(f -> f.getFileName().toString()).toList());
    }
  }

  @Test
  void concurrentFetchesDownloadOnce() throws Exception {
    byte[] tarball = tarball("package/toy.onnx", CONTENT);
    Model model = model(tarball, sha256(CONTENT), CONTENT.length);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Path>> tasks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        tasks.add(() -> store(tarball, new ArrayList<>()).fetch(model));
      }
      for (Future<Path> result : threads.invokeAll(tasks)) {
        assertArrayEquals(CONTENT, Files.readAllBytes(result.get()));
      }
    }
    assertEquals(1, calls.get());
  }
}
