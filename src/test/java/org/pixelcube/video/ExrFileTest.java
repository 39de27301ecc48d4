package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

@Randomized
class ExrFileTest {
  @TempDir Path folder;

  private static Image random(int w, int h, int channels, Random random) {
    float[] s = new float[channels * w * h];
    for (int i = 0; i < s.length; i++) {
      s[i] =
          i < 3 * w * h
              ? (float) Math.exp(4 * random.nextGaussian()) * (random.nextInt(8) == 0 ? -1 : 1)
              : 1;
    }
    return Image.rgb(w, h, s);
  }

  @ParameterizedTest
  @CsvSource({"3, 37, 19", "4, 37, 19", "3, 1, 1", "3, 5, 100"})
  void floatIsLossless(int channels, int w, int h, Random random) {
    Image image = random(w, h, channels, random);
    Path file = folder.resolve("a.exr");
    ExrFile.write(file, image, ExrFile.Samples.FLOAT);
    Image back = ExrFile.read(file);
    assertEquals(channels, back.channels());
    assertArrayEquals(image.samples(), back.samples());
  }

  @Test
  void aFileCutAnywhereIsRefused(Random random) throws IOException {
    Path file = folder.resolve("whole.exr");
    ExrFile.write(file, random(40, 50, 3, random), ExrFile.Samples.HALF);
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < 40; i++) {
      Path cut = folder.resolve("cut.exr");
      Files.write(
          cut,
          Arrays.copyOf(whole, i == 0 ? whole.length - 1 : 1 + random.nextInt(whole.length - 1)));
      UserError e = assertThrows(UserError.class, () -> ExrFile.read(cut));
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  @Test
  void halfRoundsEachSample(Random random) {
    Image image = random(64, 33, 3, random);
    Path file = folder.resolve("a.exr");
    ExrFile.write(file, image, ExrFile.Samples.HALF);
    float[] back = ExrFile.read(file).samples();
    for (int i = 0; i < back.length; i++) {
      float v = Math.clamp(image.samples()[i], -65504, 65504);
      assertEquals(v, back[i], Math.max(Math.abs(v) * 0x1p-10f, 0x1p-24f));
    }
  }

  @Test
  void alphaIsPremultipliedInTheFileOnly() {
    Image image = TestClips.picture(20, 10, 0, true);
    Path file = folder.resolve("a.exr");
    ExrFile.write(file, image, ExrFile.Samples.FLOAT);
    Image back = ExrFile.read(file);
    for (int i = 0; i < image.samples().length; i++) {
      assertEquals(image.samples()[i], back.samples()[i], 1e-6);
    }
  }

  /** A file written by hand: uncompressed 32-bit R, G, B, whose data window is part of it. */
  private static byte[] partial(int w, int h, int x0, int y0, int x1, int y1) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer b = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(20000630).putInt(2);
    ByteBuffer channels = ByteBuffer.allocate(55).order(ByteOrder.LITTLE_ENDIAN);
    for (char c : new char[] {'B', 'G', 'R'}) {
      channels.put((byte) c).put((byte) 0).putInt(2).putInt(0).putInt(1).putInt(1);
    }
    channels.put((byte) 0);
    attribute(b, "channels", "chlist", channels.array());
    attribute(b, "compression", "compression", new byte[] {0});
    attribute(b, "dataWindow", "box2i", ints(x0, y0, x1, y1));
    attribute(b, "displayWindow", "box2i", ints(0, 0, w - 1, h - 1));
    attribute(b, "lineOrder", "lineOrder", new byte[] {0});
    attribute(b, "pixelAspectRatio", "float", ints(Float.floatToIntBits(1)));
    attribute(b, "screenWindowCenter", "v2f", ints(0, 0));
    attribute(b, "screenWindowWidth", "float", ints(Float.floatToIntBits(1)));
    b.put((byte) 0);
    int rows = y1 - y0 + 1;
    int bytes = 3 * 4 * (x1 - x0 + 1);
    long start = b.position() + 8L * rows;
    for (int r = 0; r < rows; r++) {
      b.putLong(start + (long) r * (bytes + 8));
    }
    out.write(b.array(), 0, b.position());
    for (int y = y0; y <= y1; y++) {
      ByteBuffer row = ByteBuffer.allocate(8 + bytes).order(ByteOrder.LITTLE_ENDIAN);
      row.putInt(y).putInt(bytes);
      for (int c = 2; c >= 0; c--) {
        for (int x = x0; x <= x1; x++) {
          row.putFloat(1000 * c + 10 * y + x + 1);
        }
      }
      out.write(row.array());
    }
    return out.toByteArray();
  }

  private static void attribute(ByteBuffer b, String name, String type, byte[] value) {
    b.put(name.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    b.put(type.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    b.putInt(value.length).put(value);
  }

  private static byte[] ints(int... v) {
    ByteBuffer b = ByteBuffer.allocate(4 * v.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i : v) {
      b.putInt(i);
    }
    return b.array();
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 11, 7", "3, 2, 8, 5", "0, 4, 11, 7"})
  void outsideTheDataWindowIsBlack(int x0, int y0, int x1, int y1) throws IOException {
    Path file = Files.write(folder.resolve("a.exr"), partial(12, 8, x0, y0, x1, y1));
    Image image = ExrFile.read(file);
    assertEquals(12, image.width());
    assertEquals(8, image.height());
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 12; x++) {
        boolean inside = x >= x0 && x <= x1 && y >= y0 && y <= y1;
        for (int c = 0; c < 3; c++) {
          float expected = inside ? 1000 * c + 10 * y + x + 1 : 0;
          assertEquals(expected, image.at(c, y, x), c + " " + y + " " + x);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"night.exr", "studio.exr", "sunset.exr"})
  void dwaCompressedMapsAreLight(String name) {
    Path file = Path.of(System.getProperty("pixelcube.samples", "../shared/data"), "hdri", name);
    assumeTrue(Files.exists(file));
    Image map = PictureFile.read(file);
    assertEquals(2 * map.height(), map.width());
    double max = 0;
    double sum = 0;
    double negative = 0;
    for (float v : map.samples()) {
      assertTrue(Math.abs(v) <= 65504, () -> name + " has " + v);
      max = Math.max(max, v);
      sum += v;
      negative -= Math.min(v, 0);
    }
    // The lossy cosine transform rings a little below zero round lamps.
    assertTrue(negative < 0.01 * sum, negative + " of " + sum);
    assertTrue(max > 10);
  }
}
