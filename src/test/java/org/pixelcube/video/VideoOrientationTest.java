package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.image.Image;

class VideoOrientationTest {
  @TempDir Path folder;

  /** Writes a display matrix into the first track header of a MOV or MP4 file. */
  private static void tag(Path file, int a, int b, int c, int d) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = 0;
    while (!(bytes[at] == 't'
        && bytes[at + 1] == 'k'
        && bytes[at + 2] == 'h'
        && bytes[at + 3] == 'd')) {
      at++;
    }
    int matrix = at + (bytes[at + 4] == 1 ? 56 : 44);
    ByteBuffer m = ByteBuffer.wrap(bytes);
    assertEquals(0x10000, m.getInt(matrix));
    assertEquals(0x40000000, m.getInt(matrix + 32));
    m.putInt(matrix, a << 16).putInt(matrix + 4, b << 16);
    m.putInt(matrix + 12, c << 16).putInt(matrix + 16, d << 16);
    Files.write(file, bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 1, 0", "0, 1, -1, 0, 90", "-1, 0, 0, -1, 180", "0, -1, 1, 0, 270",
    "-1, 0, 0, 1, 0", "1, 0, 0, -1, 180", "0, 1, 1, 0, 270", "0, -1, -1, 0, 90"
  })
  void displayMatrixIsApplied(int a, int b, int c, int d, int degrees) throws IOException {
    int w = 48;
    int h = 32;
    Path file = folder.resolve("a.mov");
    TestClips.write(file, "ffv1", TestClips.info(w, h, true), TestClips.frames(w, h, 0, 2, true));
    Image stored = TestClips.readAll(file).getFirst().image();
    tag(file, a, b, c, d);
    try (ClipReader r = ClipReader.open(file)) {
      Image upright = r.next().orElseThrow().image();
      boolean turned = a == 0;
      assertEquals(turned ? h : w, r.info().width());
      assertEquals(turned ? w : h, r.info().height());
      assertEquals(degrees, r.info().rotationDegrees());
      // The matrix takes the stored point, y down, to the upright one, up to a translation.
      int originX = Math.min(0, a * (w - 1) + c * (h - 1));
      int originY = Math.min(0, b * (w - 1) + d * (h - 1));
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          for (int k = 0; k < 4; k++) {
            assertEquals(
                stored.at(k, y, x),
                upright.at(k, b * x + d * y - originY, a * x + c * y - originX));
          }
        }
      }
    }
  }

  @Test
  void lumaAndChromaClipsTurnToo() throws IOException {
    Path file = folder.resolve("a.mp4");
    TestClips.write(
        file, "h264", TestClips.info(48, 32, false), TestClips.frames(48, 32, 0, 1, false));
    Image stored = TestClips.readAll(file).getFirst().image();
    tag(file, 0, 1, -1, 0);
    Image upright = TestClips.readAll(file).getFirst().image();
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 48; x++) {
        assertEquals(stored.at(1, y, x), upright.at(1, x, 31 - y));
      }
    }
  }
}
