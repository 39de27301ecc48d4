package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;

@Randomized
class HeadAssetsTest {
  private static final String MARKER = "makehuman/3dobjs/base.obj";

  @TempDir Path heads;
  @TempDir Path cache;

  private Path archive(String... names) throws IOException {
    Path file = heads.resolve("makehuman-cc0.tar.xz");
    try (OutputStream out = Files.newOutputStream(file);
        XZCompressorOutputStream xz =
            XZCompressorOutputStream.builder().setOutputStream(out).get();
        TarArchiveOutputStream tar = new TarArchiveOutputStream(xz)) {
      for (String name : names) {
        byte[] text = ("content of " + name).repeat(50).getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(text.length);
        tar.putArchiveEntry(entry);
        tar.write(text);
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  private HeadAssets open(List<String> notices) {
    return HeadAssets.open(heads, notices::add, cache);
  }

  private long cached() throws IOException {
    try (Stream<Path> all = Files.list(cache)) {
      return all.count();
    }
  }

  @Test
  void archiveIsUnpackedOnce() throws IOException {
    archive(MARKER, "makehuman/LICENSE");
    List<String> notices = new ArrayList<>();
    Path first = open(notices).makeHuman();
    assertEquals(
        "content of " + MARKER,
        Files.readString(first.resolve("3dobjs/base.obj")).substring(0, 11 + MARKER.length()));
    assertEquals(first, open(notices).makeHuman());
    assertEquals(1, notices.size());
    assertEquals(1, cached());
  }

  @Test
  void folderStandsInForTheArchive() throws IOException {
    Files.createDirectories(heads.resolve("mine/3dobjs"));
    Files.writeString(heads.resolve("mine/3dobjs/base.obj"), "v 0 0 0\n");
    assertEquals(heads.resolve("mine"), open(new ArrayList<>()).makeHuman());
  }

  @Test
  void truncatedArchiveLeavesNothingBehind() throws IOException {
    Path file = archive(MARKER, "makehuman/other");
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 7, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      HeadAssets assets = open(new ArrayList<>());
      UserError e = assertThrows(UserError.class, assets::makeHuman);
      assertTrue(e.getMessage().contains("cut short or damaged"), e.getMessage());
      assertEquals(0, cached());
    }
  }

  @Test
  void entryOutsideTheFolderIsRefused() throws IOException {
    archive(MARKER, "../../escaped");
    assertThrows(UserError.class, open(new ArrayList<>())::makeHuman);
    assertFalse(Files.exists(cache.resolveSibling("escaped")));
    assertFalse(Files.exists(cache.resolve("escaped")));
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    archive("makehuman/readme");
    HeadAssets assets = open(new ArrayList<>());
    assertMessage("lacks 3dobjs/base.obj", assets::makeHuman);
    assertMessage("neither ict-facekit.tar.xz", assets::ictFaceKit);
    assertMessage("lacks ict_reom_light.png", assets::lightSkin);
    assertMessage("no such folder", () -> HeadAssets.open(heads.resolve("none")));
  }

  private static void assertMessage(String part, Runnable action) {
    UserError e = assertThrows(UserError.class, action::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
