package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.config.UserError;

@Randomized
class DamagedInputTest {
  @TempDir Path folder;

  private Path clip(String name, String codec, int frames) {
    return TestClips.write(
        folder.resolve(name),
        codec,
        TestClips.info(64, 64, false),
        TestClips.frames(64, 64, 0, frames, false));
  }

  private static String oneLine(Path p) {
    String message = assertThrows(UserError.class, () -> ClipReader.open(p).close()).getMessage();
    assertFalse(message.contains("\n"));
    assertTrue(message.contains(";"), message);
    return message;
  }

  @Test
  void whatIsNoVideoIsSaidSo() throws IOException {
    assertTrue(oneLine(folder.resolve("missing.mp4")).contains("no such file"));
    assertTrue(oneLine(Files.createFile(folder.resolve("zero.mp4"))).contains("empty"));
    Path text = Files.writeString(folder.resolve("text.mp4"), "This is no video.\n".repeat(99));
    oneLine(text);
    Path notes = Files.writeString(folder.resolve("notes.txt"), "This is no video.\n".repeat(99));
    oneLine(notes);
    assertTrue(oneLine(TestClips.wave(folder.resolve("a.wav"), 0.2)).contains("no video"));
    assertTrue(oneLine(Files.createDirectory(folder.resolve("empty"))).contains("no pictures"));
    assertTrue(oneLine(folder.resolve("%04d.png")).contains("no pictures"));
    oneLine(Files.writeString(folder.resolve("list.m3u8"), "#EXTM3U\n#EXTINF:1,\na.wav\n"));
  }

  @Test
  void gapsInASequenceAreNamed() throws IOException {
    TestClips.write(
        folder.resolve("%03d.png"),
        null,
        TestClips.info(8, 8, false),
        TestClips.frames(8, 8, 1, 5, false));
    Files.delete(folder.resolve("003.png"));
    assertTrue(oneLine(folder.resolve("%03d.png")).contains("number 3 is missing"));
    assertEquals(3, TestClips.readAll(folder).size());
  }

  @Test
  void tooManyPixelsAreRefused() {
    Path p = clip("a.mp4", "h264", 1);
    ClipReader.Options small = ClipReader.Options.DEFAULT.withMaxPixels(1000);
    UserError e = assertThrows(UserError.class, () -> ClipReader.open(p, small).close());
    assertTrue(e.getMessage().contains("4096"), e.getMessage());
    Path exr = folder.resolve("a.exr");
    ExrFile.write(exr, TestClips.picture(64, 64, 0, false), ExrFile.Samples.HALF);
    assertThrows(UserError.class, () -> ClipReader.open(exr, small).close());
  }

  @ParameterizedTest
  @CsvSource({"a.mp4, h264", "a.mov, prores4444", "a.mkv, ffv1"})
  void aCutFileGivesItsFirstFrames(String name, String codec) throws IOException {
    Path p = clip(name, codec, 30);
    byte[] bytes = Files.readAllBytes(p);
    Files.write(p, Arrays.copyOf(bytes, bytes.length * 2 / 3));
    int n = 0;
    try (ClipReader r = ClipReader.open(p)) {
      Optional<Frame> f = r.next();
      while (f.isPresent()) {
        assertEquals(n, f.get().index());
        n++;
        try {
          f = r.next();
        } catch (UserError e) {
          assertTrue(e.getMessage().contains("frame " + n + " "), e.getMessage());
          break;
        }
      }
      assertTrue(f.isPresent(), "damage was not reported");
    }
    assertTrue(n > 3 && n < 30, n + " frames");
    ClipReader.Options skip = ClipReader.Options.DEFAULT.withDamage(ClipReader.Damage.SKIP);
    try (ClipReader r = ClipReader.open(p, skip)) {
      assertTrue(TestClips.rest(r).size() >= n);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.mov", "a.mkv", "av1.mp4", "a.png", "a.exr", "a.jpg", "a.hdr"})
  void randomDamageNeverHurtsTheProcess(String name, Random random) throws IOException {
    boolean still = name.matches("a\\.(png|exr|jpg|hdr)");
    Path p = clip(name, name.startsWith("av1") ? "av1" : null, still ? 1 : 4);
    byte[] good = Files.readAllBytes(p);
    Path bad = folder.resolve("bad" + name.substring(name.lastIndexOf('.')));
    for (int trial = 0; trial < 40; trial++) {
      byte[] b = good.clone();
      switch (random.nextInt(3)) {
        case 0 -> {
          for (int i = 0; i < 1 + random.nextInt(20); i++) {
            b[random.nextInt(b.length)] = (byte) random.nextInt(256);
          }
        }
        case 1 -> b = Arrays.copyOf(b, random.nextInt(b.length));
        default -> {
          int from = random.nextInt(b.length);
          int to = Math.min(b.length, from + random.nextInt(200));
          for (int i = from; i < to; i++) {
            b[i] = (byte) random.nextInt(256);
          }
        }
      }
      Files.write(bad, b);
      Assertions.assertTimeout(
          Duration.ofSeconds(60),
          () -> {
            try (ClipReader r = ClipReader.open(bad)) {
              TestClips.rest(r);
            } catch (UserError e) {
              assertFalse(e.getMessage().contains("\n"));
            }
          });
    }
  }
}
