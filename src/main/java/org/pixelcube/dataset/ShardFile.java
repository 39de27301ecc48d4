package org.pixelcube.dataset;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.pixelcube.config.UserError;

/** A shard: a tar whose members with one stem make up a clip, {@code STEM.json} first. */
final class ShardFile {
  private static final int BLOCK = 512;

  private ShardFile() {}

  /** Finds the clips of a shard and checks each. */
  static List<DatasetIndex.Entry> scan(Path file) {
    List<Long> starts = new ArrayList<>();
    long end = 0;
    try (TarFile tar = new TarFile(file)) {
      for (TarArchiveEntry entry : tar.getEntries()) {
        if (entry.getName().endsWith(".json")) {
          starts.add(entry.getDataOffset() - BLOCK);
        }
        end = entry.getDataOffset() + (entry.getSize() + BLOCK - 1) / BLOCK * BLOCK;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw Clip.damaged(file.toString(), "its tar cannot be read", e);
    }
    starts.add(end);
    List<DatasetIndex.Entry> entries = new ArrayList<>();
    for (int i = 0; i + 1 < starts.size(); i++) {
      long offset = starts.get(i);
      long bytes = starts.get(i + 1) - offset;
      ClipMeta meta = read(file, offset, bytes).meta();
      entries.add(entry(meta, file, offset, bytes));
    }
    return entries;
  }

  static DatasetIndex.Entry entry(ClipMeta meta, Path file, long offset, long bytes) {
    return new DatasetIndex.Entry(
        meta.name(),
        meta.subject(),
        meta.split(),
        meta.kind(),
        meta.action(),
        meta.frames().size(),
        meta.width(),
        meta.height(),
        file.getFileName().toString(),
        offset,
        bytes);
  }

  /** Reads and checks the clip in a part of a shard. */
  static Clip read(Path file, long offset, long bytes) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (offset < 0 || bytes < BLOCK || offset + bytes > channel.size()) {
        throw Clip.damaged(
            file.toString(),
            "it has %d bytes (expected at least %d)".formatted(channel.size(), offset + bytes),
            null);
      }
      ByteBuffer part = ByteBuffer.allocate(Math.toIntExact(bytes));
      while (part.hasRemaining()) {
        if (channel.read(part, offset + part.position()) < 0) {
          throw new EOFException();
        }
      }
      return Clip.read(file.toString(), part.array());
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
  }

  /** The size of a shard that is there. */
  static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
  }
}
