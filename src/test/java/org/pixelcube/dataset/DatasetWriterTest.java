package org.pixelcube.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

@Randomized
class DatasetWriterTest {
  private static final int CLIPS = 5;
  private static final List<Clip> MADE =
      IntStream.range(0, CLIPS)
          .mapToObj(i -> TestClips.rendered("clip-" + i, "subject-" + i % 3, 2, i))
          .toList();

  private record Recipe(String name, double tolerance) {}

  private static final Recipe RECIPE = new Recipe("test", 0.01);

  @TempDir Path folder;

  private static void write(Path to, IntFunction<Clip> clips) {
    try (DatasetWriter writer = DatasetWriter.open(to, RECIPE, CLIPS, 2)) {
      for (int i = 0; i < CLIPS; i++) {
        if (!writer.has(i)) {
          writer.put(i, clips.apply(i));
        }
      }
      writer.finish();
    }
  }

  private static Map<String, byte[]> files(Path of) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(of)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(of.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return content;
  }

  @Test
  void whatIsWrittenIsRead() {
    write(folder, MADE::get);
    ClipDataset dataset = ClipDataset.open(folder);
    assertEquals(3, dataset.index().shards().size());
    assertEquals(CLIPS, dataset.index().clips().size());
    for (int i = 0; i < CLIPS; i++) {
      DatasetIndex.Entry entry = dataset.index().clips().get(i);
      Clip clip = dataset.read(entry);
      assertEquals(MADE.get(i).meta(), clip.meta());
      assertEquals(MADE.get(i).memberNames(), clip.memberNames());
      for (String member : clip.memberNames()) {
        assertArrayEquals(MADE.get(i).member(member), clip.member(member));
      }
      assertEquals(clip.camera(1), clip.field(1).camera());
      assertTrue(dataset.clips(clip.meta().split()).contains(entry));
    }
    assertEquals(List.of(), dataset.verify(_ -> {}));
  }

  /** Ended anywhere, with what a killed process leaves behind, and begun again: the same bytes. */
  @Test
  void aKilledWriterGoesOnToTheSameBytes(Random random) throws IOException {
    Path whole = folder.resolve("whole");
    write(whole, MADE::get);
    Path broken = folder.resolve("broken");
    int stops = 0;
    int made = 0;
    while (!Files.exists(broken.resolve(DatasetIndex.FILE))) {
      int until = 1 + random.nextInt(2);
      int[] count = {0};
      try {
        write(
            broken,
            i -> {
              if (count[0]++ >= until) {
                throw new IllegalStateException("killed");
              }
              return MADE.get(i);
            });
      } catch (IllegalStateException e) {
        stops++;
        Files.write(broken.resolve(".shard-000000.part-7-1.tar"), new byte[700]);
        Files.write(broken.resolve(".parts/.clip-000003.part-7-2.tar"), new byte[9]);
      }
      made += Math.min(count[0], until);
    }
    assertTrue(stops >= 1);
    assertEquals(CLIPS, made, "no clip is made twice");
    Map<String, byte[]> expected = files(whole);
    Map<String, byte[]> found = files(broken);
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, found.get(name), name));
  }

  /** Killed between the shard and the removal of its parts. */
  @Test
  void partsOfAFinishedShardAreDropped() throws IOException {
    try (DatasetWriter writer = DatasetWriter.open(folder, RECIPE, CLIPS, 2)) {
      writer.put(0, MADE.get(0));
      Files.copy(folder.resolve(".parts/clip-000000.tar"), folder.resolve("kept"));
      writer.put(1, MADE.get(1));
    }
    Files.move(folder.resolve("kept"), folder.resolve(".parts/clip-000000.tar"));
    write(folder, MADE::get);
    assertEquals(List.of(), ClipDataset.open(folder).verify(_ -> {}));
    assertFalse(Files.exists(folder.resolve(".parts")));
  }

  @Test
  void otherSettingsAreRefusedAndTwoWritersToo() {
    try (DatasetWriter writer = DatasetWriter.open(folder, RECIPE, CLIPS, 2)) {
      writer.put(0, MADE.get(0));
      error("being written by another process", () -> DatasetWriter.open(folder, RECIPE, CLIPS, 2));
    }
    Recipe other = new Recipe("test", 0.02);
    error("made with other settings", () -> DatasetWriter.open(folder, other, CLIPS, 2));
    error("made with other settings", () -> DatasetWriter.open(folder, RECIPE, CLIPS + 1, 2));
    write(folder, MADE::get);
    error("made with other settings", () -> DatasetWriter.open(folder, other, CLIPS, 2));
    write(
        folder,
        _ -> {
          throw new AssertionError("nothing is left to make");
        });
  }

  @Test
  void anUnfinishedDatasetIsNoDataset() {
    try (DatasetWriter writer = DatasetWriter.open(folder, RECIPE, CLIPS, 2)) {
      writer.put(0, MADE.get(0));
      writer.put(1, MADE.get(1));
      error("is not finished", writer::finish);
    }
    error("holds no finished dataset", () -> ClipDataset.open(folder));
  }

  @Test
  void everyChangedByteIsFound(Random random) throws IOException {
    write(folder, MADE::get);
    Path shard = folder.resolve("shard-000001.tar");
    byte[] good = Files.readAllBytes(shard);
    for (int i = 0; i < 12; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(shard, bad);
      List<String> faults = ClipDataset.open(folder).verify(_ -> {});
      assertFalse(faults.isEmpty());
      assertTrue(faults.getFirst().contains("shard-000001.tar"), faults.getFirst());
    }
    try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
      file.setLength(good.length - 600);
    }
    error("shard-000001.tar: is damaged: it has", () -> ClipDataset.open(folder));
    Files.delete(shard);
    error("shard-000001.tar: there is no such file", () -> ClipDataset.open(folder));
  }

  /** A change within a member that leaves the shard's own sums right is found all the same. */
  @Test
  void aMemberChangedTogetherWithTheIndexIsNamed() throws IOException {
    write(folder, MADE::get);
    Path shard = folder.resolve("shard-000000.tar");
    byte[] bytes = Files.readAllBytes(shard);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("clip-0.field.0001", text.indexOf("clip-0.field.0000\0")) + 512 + 40;
    bytes[at] ^= 1;
    String before = Checksum.hex(Files.readAllBytes(shard));
    Files.write(shard, bytes);
    Path index = folder.resolve(DatasetIndex.FILE);
    Files.writeString(index, Files.readString(index).replace(before, Checksum.hex(bytes)));
    List<String> faults = ClipDataset.open(folder).verify(_ -> {});
    assertEquals(1, faults.size());
    assertTrue(faults.getFirst().contains("'clip-0.field.0001' has another checksum"), faults + "");
  }

  @Test
  void anEditedIndexIsCaught() throws IOException {
    write(folder, MADE::get);
    Path index = folder.resolve(DatasetIndex.FILE);
    String text = Files.readString(index);
    String split = Split.of("subject-1").name().toLowerCase(java.util.Locale.ROOT);
    int at = text.indexOf("\"" + split + "\"", text.indexOf("\"subject-1\""));
    String other = split.equals("train") ? "test" : "train";
    Files.writeString(
        index, text.substring(0, at + 1) + other + text.substring(at + 1 + split.length()));
    List<String> faults = ClipDataset.open(folder).verify(_ -> {});
    assertTrue(
        faults.stream().anyMatch(f -> f.contains("'subject-1' is in two splits")), faults + "");
    Files.writeString(index, text.replace("\"format\" : 1", "\"format\" : 2"));
    error("format", () -> ClipDataset.open(folder));
    Files.writeString(index, text.substring(0, text.length() / 2));
    error("is not valid JSON", () -> ClipDataset.open(folder));
  }

  @Test
  void splitsGoBySubject() {
    int[] counts = new int[3];
    for (int i = 0; i < 20_000; i++) {
      Split split = Split.of("subject-" + i);
      assertEquals(split, Split.of("subject-" + i));
      counts[split == Split.TRAIN ? 0 : split == Split.VALIDATION ? 1 : 2]++;
    }
    // Five standard deviations of a binomial share.
    assertEquals(16_000, counts[0], 5 * Math.sqrt(20_000 * 0.8 * 0.2));
    assertEquals(2_000, counts[1], 5 * Math.sqrt(20_000 * 0.1 * 0.9));
    assertEquals(2_000, counts[2], 5 * Math.sqrt(20_000 * 0.1 * 0.9));
  }

  @Test
  void capturedClipsHoldPictures() throws IOException {
    Image picture = Image.filled(16, 16, ColorSpace.LINEAR_REC709, 0.2f, 0.5f, 0.8f);
    Clip clip = TestClips.captured("shot", "someone", picture);
    try (DatasetWriter writer = DatasetWriter.open(folder, RECIPE, 1, 1)) {
      writer.put(0, clip);
      writer.finish();
    }
    ClipDataset dataset = ClipDataset.open(folder);
    assertEquals(List.of(), dataset.verify(_ -> {}));
    Image read = dataset.read(dataset.index().clips().getFirst()).picture(0);
    assertArrayEquals(picture.samples(), read.samples(), 0.004f);
  }

  private static void error(String part, Runnable action) {
    UserError e = assertThrows(UserError.class, action::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
