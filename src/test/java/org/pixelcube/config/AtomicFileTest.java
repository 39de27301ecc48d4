package org.pixelcube.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesWholeFiles() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, new byte[] {1, 2, 3});
    AtomicFile.write(file, new byte[] {4});
    assertEquals(4, Files.readAllBytes(file)[0]);
    assertEquals(1, Files.size(file));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void aFailureLeavesTheOldFileAndNoOther() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, new byte[] {1});
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("No space left on device");
                    }));
    assertEquals(
        file + ": the disk is full; free some space and run the same command again",
        error.getMessage());
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFile.write(
                file,
                _ -> {
                  throw new IllegalStateException();
                }));
    assertEquals(1, Files.readAllBytes(file)[0]);
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("no/a.txt");
    assertEquals(
        file + ": its folder does not exist; create it or give another path",
        assertThrows(UserError.class, () -> AtomicFile.write(file, new byte[1])).getMessage());
  }

  @Test
  void temporaryNamesKeepTheExtensionAndDiffer() {
    Path target = folder.resolve("clip.final.mp4");
    Path first = AtomicFile.temporaryFor(target);
    assertEquals(folder, first.getParent());
    assertEquals(true, first.toString().endsWith(".mp4"));
    assertEquals(false, first.equals(AtomicFile.temporaryFor(target)));
  }
}
