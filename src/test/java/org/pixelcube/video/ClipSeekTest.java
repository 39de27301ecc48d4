package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Randomized
class ClipSeekTest {
  @TempDir Path folder;

  private static void seekAnywhere(Path path, Random random, int trials) {
    List<Frame> all = TestClips.readAll(path);
    try (ClipReader r = ClipReader.open(path)) {
      for (int i = 0; i < trials; i++) {
        int k = random.nextInt(all.size());
        r.seek(k);
        for (int n = k; n < Math.min(k + 2, all.size()); n++) {
          Frame f = r.next().orElseThrow();
          assertEquals(n, f.index());
          assertEquals(all.get(n).pts(), f.pts());
          assertArrayEquals(all.get(n).image().samples(), f.image().samples());
        }
      }
      r.seek(all.size());
      assertTrue(r.next().isEmpty());
      r.seek(0);
      assertEquals(all.size(), TestClips.rest(r).size());
    }
  }

  @ParameterizedTest
  @CsvSource({"mp4, h264", "mp4, av1", "mkv, av1", "mkv, ffv1", "mov, prores4444"})
  void givesExactlyTheFrame(String extension, String codec, Random random) {
    Path path = folder.resolve("a." + extension);
    TestClips.write(
        path, codec, TestClips.info(64, 64, false), TestClips.frames(64, 64, 0, 70, false));
    seekAnywhere(path, random, 12);
  }

  @Test
  void framesOutOfCodingOrder(Random random) {
    Path path =
        Path.of(System.getProperty("pixelcube.samples", "../shared/data"), "clips", "lp_d0.mp4");
    assumeTrue(Files.exists(path));
    seekAnywhere(path, random, 5);
  }
}
