package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.DecodedPicture;
import org.pixelcube.video.Encoding;

class KeptFootageTest {
  private static final int FRAMES = 8;
  private static final int BYTES = 96 * 96 * 3 / 2;

  @TempDir Path folder;

  @Test
  void framesAreKeptUntilMemoryEnds() {
    SplittableRandom random = new SplittableRandom(1);
    TakeSimulation take =
        new TakeSimulation(TakeSimulation.View.random(96, 96, 1, 3, 1, random), 9, 30, random);
    Path file = folder.resolve("take.mp4");
    take.writeClean(file, Encoding.forPath(file), FRAMES);
    for (int room : new int[] {0, FRAMES - 1, FRAMES}) {
      KeptFootage kept = new KeptFootage(ClipReader.open(file), (long) room * BYTES);
      try (kept) {
        for (boolean more = true; more; ) {
          more =
              kept.clip()
                  .read(picture -> {
                    kept.keep(picture);
                    return true;
                  })
                  .orElse(false);
        }
        assertEquals(room == FRAMES, kept.handedOver().isPresent());
      }
      List<Long> seen = new ArrayList<>();
      kept.all((DecodedPicture picture) -> {
        assertTrue(picture.image().planeSize() > 0);
        return seen.add(picture.index());
      });
      assertEquals(
          room == FRAMES ? IntStream.range(0, FRAMES).mapToObj(i -> (long) i).toList() : List.of(),
          seen);
      kept.close();
    }
  }
}
