package org.pixelcube.dataset;

import java.util.List;
import org.pixelcube.config.InvalidSetting;

/**
 * The table of contents of a dataset, {@code index.json}: written last, so that a folder with one
 * is whole.
 *
 * @param format version of the format, {@link ClipMeta#FORMAT}
 * @param recipe SHA-256 of the settings that the dataset was made with
 */
public record DatasetIndex(int format, String recipe, List<Shard> shards, List<Entry> clips) {
  /** The file's name in the folder of the dataset. */
  public static final String FILE = "index.json";

  /** A file of clips, {@code shard-000000.tar}. */
  public record Shard(String name, long bytes, String sha256) {}

  /**
   * Where a clip lies.
   *
   * @param offset of its first tar header in the shard
   * @param bytes of its part of the shard
   */
  public record Entry(
      String name,
      String subject,
      Split split,
      ClipMeta.Kind kind,
      String action,
      int frames,
      int width,
      int height,
      String shard,
      long offset,
      long bytes) {}

  public DatasetIndex {
    InvalidSetting.inRange("format", format, ClipMeta.FORMAT, ClipMeta.FORMAT);
    shards = List.copyOf(shards);
    clips = List.copyOf(clips);
  }
}
