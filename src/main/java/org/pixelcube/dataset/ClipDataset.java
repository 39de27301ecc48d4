package org.pixelcube.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.render.CodedField;

/** A dataset on disk, for reading. Clips are read whole and checked each time. */
public final class ClipDataset {
  private final Path folder;
  private final DatasetIndex index;

  private ClipDataset(Path folder, DatasetIndex index) {
    this.folder = folder;
    this.index = index;
  }

  /**
   * Opens a finished dataset.
   *
   * @throws UserError if the folder holds none, or a shard is missing or of another size
   */
  public static ClipDataset open(Path folder) {
    Path file = folder.resolve(DatasetIndex.FILE);
    if (!Files.isRegularFile(file)) {
      throw new UserError(
          folder.toString(),
          "holds no finished dataset: it has no " + DatasetIndex.FILE,
          "give the folder of a dataset, or run its 'dataset build' to the end");
    }
    DatasetIndex index = JsonSettings.read(file, DatasetIndex.class);
    Set<String> shards = new HashSet<>();
    for (DatasetIndex.Shard shard : index.shards()) {
      if (!shard.name().matches("shard-[0-9]{6}\\.tar") || !shards.add(shard.name())) {
        throw Clip.damaged(file.toString(), "it names a shard '" + shard.name() + "'", null);
      }
      Path at = folder.resolve(shard.name());
      long size = ShardFile.size(at);
      if (size != shard.bytes()) {
        throw Clip.damaged(
            at.toString(), "it has %d bytes (expected %d)".formatted(size, shard.bytes()), null);
      }
    }
    for (DatasetIndex.Entry clip : index.clips()) {
      if (!shards.contains(clip.shard())) {
        throw Clip.damaged(
            file.toString(),
            "clip '%s' lies in '%s', which is not listed".formatted(clip.name(), clip.shard()),
            null);
      }
    }
    return new ClipDataset(folder, index);
  }

  public DatasetIndex index() {
    return index;
  }

  /** The clips of a split, in order. */
  public List<DatasetIndex.Entry> clips(Split split) {
    return index.clips().stream().filter(clip -> clip.split() == split).toList();
  }

  /**
   * Reads a clip.
   *
   * @throws UserError if it is damaged or not the one that the index names
   */
  public Clip read(DatasetIndex.Entry entry) {
    Path file = folder.resolve(entry.shard());
    Clip clip = ShardFile.read(file, entry.offset(), entry.bytes());
    if (!ShardFile.entry(clip.meta(), file, entry.offset(), entry.bytes()).equals(entry)) {
      throw Clip.damaged(
          file.toString(),
          "clip '%s' is not what %s says of '%s'"
              .formatted(clip.meta().name(), DatasetIndex.FILE, entry.name()),
          null);
    }
    return clip;
  }

  /** Is told how many clips have been looked at. */
  @FunctionalInterface
  public interface Watcher {
    void done(int clips);
  }

  /**
   * Checks everything: checksums of shards and members, that no subject is in two splits, that
   * every frame can be decoded and holds values that can be.
   *
   * @return what is wrong, one line for each fault; empty if nothing is
   */
  public List<String> verify(Watcher watcher) {
    List<String> faults = new ArrayList<>();
    for (DatasetIndex.Shard shard : index.shards()) {
      Path file = folder.resolve(shard.name());
      try {
        if (!Checksum.hex(file).equals(shard.sha256())) {
          faults.add(file + ": has another checksum than " + DatasetIndex.FILE + " notes");
        }
      } catch (IOException e) {
        faults.add(UserError.of(file, e).getMessage());
      }
    }
    Map<String, Split> splits = new HashMap<>();
    Set<String> names = new HashSet<>();
    int done = 0;
    for (DatasetIndex.Entry entry : index.clips()) {
      if (!names.add(entry.name())) {
        faults.add("clip '%s' is listed twice".formatted(entry.name()));
      }
      Split before = splits.putIfAbsent(entry.subject(), entry.split());
      if (before != null && before != entry.split()) {
        faults.add(
            "subject '%s' is in two splits: %s and %s"
                .formatted(entry.subject(), before, entry.split()));
      }
      try {
        Clip clip = read(entry);
        for (int frame = 0; frame < clip.meta().frames().size(); frame++) {
          examine(clip, frame, entry.shard(), faults);
        }
      } catch (UserError e) {
        faults.add(e.getMessage());
      }
      watcher.done(++done);
    }
    return faults;
  }

  private static void examine(Clip clip, int frame, String shard, List<String> faults) {
    ClipMeta meta = clip.meta();
    String place = "%s: clip '%s', frame %d: ".formatted(shard, meta.name(), frame);
    double before = frame == 0 ? -1 : meta.frames().get(frame - 1).timeSeconds();
    if (!(meta.frames().get(frame).timeSeconds() > before)) {
      faults.add(place + "is not later than the frame before");
    }
    switch (meta.kind()) {
      case CAPTURED -> {
        var picture = clip.picture(frame);
        if (picture.width() != meta.width() || picture.height() != meta.height()) {
          faults.add(
              place
                  + "is %d×%d (expected %d×%d)"
                      .formatted(picture.width(), picture.height(), meta.width(), meta.height()));
        }
      }
      case RENDERED -> {
        CodedField field = clip.field(frame);
        range(place + "alpha", field.aovs().alpha(), 0, 1, faults);
        range(place + "albedo", field.aovs().albedo(), 0, 1.01f, faults);
        range(place + "a normal", field.aovs().normal(), -1.01f, 1.01f, faults);
        range(place + "depth", field.aovs().depth(), 0, 1000, faults);
        range(place + "roughness", field.aovs().roughness(), 0, 1.01f, faults);
        float[] flat = field.flatLit().samples();
        // Rounding to the step may leave a little darkness below 0.
        range(place + "flat-lit colour", flat, -0.25f, 1000, faults);
      }
    }
  }

  private static void range(
      String what, float[] values, float low, float high, List<String> faults) {
    for (float v : values) {
      if (!(v >= low && v <= high)) {
        faults.add("%s is %s (expected %s to %s)".formatted(what, v, low, high));
        return;
      }
    }
  }
}
