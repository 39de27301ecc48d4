package org.pixelcube.dataset;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;

/**
 * Writes a dataset clip by clip, so that a process that was killed goes on where it was and ends at
 * the same bytes: a finished clip is kept as a file of its own until all clips of its shard are
 * there; then they become the shard in one step. {@code index.json} comes last.
 */
public final class DatasetWriter implements AutoCloseable {
  private static final String PARTS = ".parts";
  private static final String RECIPE = "recipe.json";

  private final Path folder;
  private final Path parts;
  private final String recipe;
  private final int clips;
  private final int clipsPerShard;
  private final FileChannel lock;

  private DatasetWriter(
      Path folder, String recipe, int clips, int clipsPerShard, FileChannel lock) {
    this.folder = folder;
    this.parts = folder.resolve(PARTS);
    this.recipe = recipe;
    this.clips = clips;
    this.clipsPerShard = clipsPerShard;
    this.lock = lock;
  }

  /**
   * Begins a dataset, or goes on with one.
   *
   * @param folder made if it is not there
   * @param recipe all settings the clips depend on: a dataset goes on only with the same
   * @param clips how many there will be, 1 to 1,000,000
   * @param clipsPerShard 1 or more
   * @throws UserError if the folder holds a dataset of another recipe or cannot be written, or
   *     another process is writing it
   */
  public static DatasetWriter open(Path folder, Record recipe, int clips, int clipsPerShard) {
    if (clips < 1 || clips > 1_000_000 || clipsPerShard < 1) {
      throw new IllegalArgumentException(
          "%d clips, %d in a shard (expected 1 to 1000000, 1 or more)"
              .formatted(clips, clipsPerShard));
    }
    String text = JsonSettings.toJson(recipe) + clips + " clips, " + clipsPerShard + " a shard\n";
    Path parts = folder.resolve(PARTS);
    Path index = folder.resolve(DatasetIndex.FILE);
    try {
      Files.createDirectories(parts);
      FileChannel channel =
          FileChannel.open(
              parts.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new UserError(
            folder.toString(), "is being written by another process", "wait for it to end");
      }
      DatasetWriter writer = new DatasetWriter(folder, text, clips, clipsPerShard, channel);
      try {
        writer.begin(index);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      return writer;
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private void begin(Path index) throws IOException {
    byte[] bytes = recipe.getBytes(StandardCharsets.UTF_8);
    Path noted = parts.resolve(RECIPE);
    boolean other =
        Files.exists(index)
            ? !JsonSettings.read(index, DatasetIndex.class).recipe().equals(Checksum.hex(bytes))
            : Files.exists(noted) && !Files.readString(noted).equals(recipe);
    if (other) {
      throw new UserError(
          folder.toString(),
          "holds a dataset made with other settings",
          "repeat those settings to go on with it, or give another folder");
    }
    if (!Files.exists(index) && !Files.exists(noted)) {
      AtomicFile.write(noted, bytes);
    }
    // What a killed process left half written, and parts whose shard is already there.
    for (Path place : List.of(folder, parts)) {
      try (Stream<Path> files = Files.list(place)) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (name.startsWith(".") && name.contains(".part-")) {
            Files.delete(file);
          }
        }
      }
    }
    for (int shard = 0; shard < shards(); shard++) {
      if (Files.exists(shardFile(shard))) {
        dropParts(shard);
      }
    }
  }

  /** Whether nothing is left to do. */
  public boolean complete() {
    return Files.exists(folder.resolve(DatasetIndex.FILE));
  }

  /** Whether a clip is there already. */
  public boolean has(int clip) {
    return Files.exists(shardFile(clip / clipsPerShard)) || Files.exists(partFile(clip));
  }

  /**
   * Stores a finished clip, and its shard if it was the last one missing.
   *
   * @param number 0 to clips − 1
   */
  public void put(int number, Clip clip) {
    java.util.Objects.checkIndex(number, clips);
    AtomicFile.write(partFile(number), clip.toTar());
    int shard = number / clipsPerShard;
    List<Path> of = partsOf(shard);
    if (of.stream().allMatch(Files::exists)) {
      AtomicFile.write(
          shardFile(shard),
          out -> {
            for (Path part : of) {
              byte[] tar = Files.readAllBytes(part);
              Clip.read(part.toString(), tar);
              out.write(tar);
            }
            // An archive ends with two empty blocks.
            out.write(new byte[1024]);
          });
      try {
        dropParts(shard);
      } catch (IOException e) {
        throw UserError.of(parts, e);
      }
    }
  }

  /**
   * Writes {@code index.json}; the dataset is then whole.
   *
   * @throws UserError if a clip is missing or a shard is damaged
   */
  public void finish() {
    if (complete()) {
      return;
    }
    List<DatasetIndex.Shard> listed = new ArrayList<>();
    List<DatasetIndex.Entry> entries = new ArrayList<>();
    try {
      for (int shard = 0; shard < shards(); shard++) {
        Path file = shardFile(shard);
        if (!Files.exists(file)) {
          throw new UserError(file.toString(), "is not finished", "run the same command again");
        }
        String name = file.getFileName().toString();
        listed.add(new DatasetIndex.Shard(name, Files.size(file), Checksum.hex(file)));
        entries.addAll(ShardFile.scan(file));
      }
      if (entries.size() != clips) {
        throw new UserError(
            folder.toString(),
            "holds %d clips (expected %d)".formatted(entries.size(), clips),
            "delete the folder and make it again");
      }
      JsonSettings.write(
          folder.resolve(DatasetIndex.FILE),
          new DatasetIndex(
              ClipMeta.FORMAT,
              Checksum.hex(recipe.getBytes(StandardCharsets.UTF_8)),
              listed,
              entries));
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  private int shards() {
    return Math.ceilDiv(clips, clipsPerShard);
  }

  private Path shardFile(int shard) {
    return folder.resolve("shard-%06d.tar".formatted(shard));
  }

  private Path partFile(int clip) {
    return parts.resolve("clip-%06d.tar".formatted(clip));
  }

  private List<Path> partsOf(int shard) {
    List<Path> of = new ArrayList<>();
    int end = Math.min(clips, (shard + 1) * clipsPerShard);
    for (int clip = shard * clipsPerShard; clip < end; clip++) {
      of.add(partFile(clip));
    }
    return of;
  }

  private void dropParts(int shard) throws IOException {
    for (Path part : partsOf(shard)) {
      Files.deleteIfExists(part);
    }
  }

  /** Lets go of the folder; when the dataset is whole, what was only needed to go on is removed. */
  @Override
  public void close() {
    try {
      lock.close();
      if (complete()) {
        Files.deleteIfExists(parts.resolve(RECIPE));
        Files.deleteIfExists(parts.resolve("lock"));
        Files.deleteIfExists(parts);
      }
    } catch (IOException e) {
      throw UserError.of(parts, e);
    }
  }
}
