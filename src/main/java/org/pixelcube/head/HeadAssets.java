package org.pixelcube.head;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.CacheDirectory;
import org.pixelcube.config.UserError;

/**
 * A folder of head data as its owner keeps it: the archives {@code ict-facekit.tar.xz} and {@code
 * makehuman-cc0.tar.xz} or folders unpacked from them, and the skin photographs {@code
 * ict_reom_light.png} and {@code ict_reom_dark.png} ("Reom" by ComplexAce, CC-BY). An archive is
 * unpacked once, into the cache folder, under a name made of its size and time.
 */
public final class HeadAssets {
  private final Path folder;
  private final Consumer<String> notice;
  private final Path cache;

  private HeadAssets(Path folder, Consumer<String> notice, Path cache) {
    this.folder = folder;
    this.notice = notice;
    this.cache = cache;
  }

  /**
   * Opens the folder; nothing is unpacked yet.
   *
   * @param notice hears of work that takes seconds, a line each
   * @throws UserError if it is not a folder
   */
  public static HeadAssets open(Path folder, Consumer<String> notice) {
    return open(folder, notice, CacheDirectory.make("heads"));
  }

  /** As {@link #open(Path, Consumer)}, with a cache folder of one's own. */
  static HeadAssets open(Path folder, Consumer<String> notice, Path cache) {
    if (!Files.isDirectory(folder)) {
      throw new UserError(
          folder.toString(),
          Files.exists(folder) ? "is a file, a folder was expected" : "there is no such folder",
          "give the folder that holds ict-facekit.tar.xz and makehuman-cc0.tar.xz");
    }
    return new HeadAssets(folder, notice, cache);
  }

  /** Opens the folder and keeps quiet. */
  public static HeadAssets open(Path folder) {
    return open(folder, line -> {});
  }

  /** The folder for what is made from the data once. */
  Path cache() {
    return cache;
  }

  /** Tells the owner of the folder about work that takes seconds. */
  void notice(String line) {
    notice.accept(line);
  }

  /**
   * The folder of ICT-FaceKit's OBJ files.
   *
   * @throws UserError if there is neither archive nor folder, or the archive is damaged
   */
  public Path ictFaceKit() {
    return find("ict-facekit", "FaceXModel/generic_neutral_mesh.obj").resolve("FaceXModel");
  }

  /** MakeHuman's folder: {@code 3dobjs}, {@code targets}, {@code skins} and so on lie in it. */
  public Path makeHuman() {
    return find("makehuman-cc0", "3dobjs/base.obj");
  }

  /** The photographic albedo map of light skin over ICT-FaceKit's face tile, sRGB. */
  public Path lightSkin() {
    return file("ict_reom_light.png");
  }

  /** The map of dark skin. */
  public Path darkSkin() {
    return file("ict_reom_dark.png");
  }

  private Path file(String name) {
    Path path = folder.resolve(name);
    if (!Files.isRegularFile(path)) {
      throw new UserError(
          folder.toString(), "lacks " + name, "give the folder that holds it with --heads");
    }
    return path;
  }

  /** The folder that holds {@code marker}, unpacked if need be. */
  private Path find(String name, String marker) {
    Path here = holder(folder, marker);
    if (here != null) {
      return here;
    }
    Path archive = folder.resolve(name + ".tar.xz");
    if (!Files.isRegularFile(archive)) {
      throw new UserError(
          folder.toString(),
          "holds neither %s.tar.xz nor a folder with %s".formatted(name, marker),
          "give the folder that holds it with --heads");
    }
    Path unpacked = unpack(archive, name);
    Path found = holder(unpacked, marker);
    if (found == null) {
      throw new UserError(
          archive.toString(),
          "lacks " + marker,
          "fetch the archive anew, it is another or damaged");
    }
    return found;
  }

  /** Looks for the marker in a folder and two levels below. */
  private static Path holder(Path root, String marker) {
    if (Files.isRegularFile(root.resolve(marker))) {
      return root;
    }
    try (Stream<Path> below = Files.walk(root, 2)) {
      return below
          .filter(p -> Files.isRegularFile(p.resolve(marker)))
          .sorted()
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      throw UserError.of(root, e);
    }
  }

  private Path unpack(Path archive, String name) {
    String stamp;
    try {
      stamp =
          "%s-%x-%x"
              .formatted(name, Files.size(archive), Files.getLastModifiedTime(archive).toMillis());
    } catch (IOException e) {
      throw UserError.of(archive, e);
    }
    Path target = cache.resolve(stamp);
    if (Files.isDirectory(target)) {
      return target;
    }
    notice.accept("unpacking " + archive.getFileName() + ", once");
    Path temporary = AtomicFile.temporaryFor(target);
    try {
      extract(archive, temporary);
      try {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        // Another process may have been first.
        if (!Files.isDirectory(target)) {
          throw UserError.of(target, e);
        }
      }
    } finally {
      delete(temporary);
    }
    return target;
  }

  private static void extract(Path archive, Path target) {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        XZCompressorInputStream xz =
            XZCompressorInputStream.builder()
                .setInputStream(file)
                .setDecompressConcatenated(true)
                .get();
        TarArchiveInputStream tar = new TarArchiveInputStream(xz)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new UserError(
              archive.toString(),
              "holds \"%s\", which points out of the folder".formatted(entry.getName()),
              "fetch the archive anew");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isFile()) {
          Files.createDirectories(path.getParent());
          Files.copy(tar, path);
        }
      }
    } catch (IOException e) {
      if (UserError.isDiskFull(e)) {
        throw UserError.of(target, e);
      }
      throw new UserError(
          archive.toString(),
          "cannot be unpacked, it is cut short or damaged (%s)".formatted(e.getMessage()),
          "fetch the archive anew",
          e);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(folder)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
