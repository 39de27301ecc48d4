package org.pixelcube.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Vector3;

@Randomized
class RadianceCodecTest {
  private static final Path NAME = Path.of("map.hdr");

  private static byte[] file(String header, String resolution, int... pixels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ("#?RADIANCE\n" + header + "\n" + resolution + "\n").getBytes(StandardCharsets.US_ASCII));
    for (int p : pixels) {
      out.write(p);
    }
    return out.toByteArray();
  }

  private static Image read(String header, String resolution, int... pixels) {
    return RadianceCodec.read(NAME, file(header, resolution, pixels));
  }

  @Test
  void flatPixelsHaveTheValueOfTheFormat() {
    Image one = read("FORMAT=32-bit_rle_rgbe\n", "-Y 1 +X 2", 128, 64, 0, 129, 255, 9, 9, 0);
    assertArrayEquals(new float[] {1, 0, 0.5f, 0, 0, 0}, one.samples());
  }

  @Test
  void exposureAndColourCorrectionAreDividedOut() {
    Image i =
        read(
            "EXPOSURE=2\nEXPOSURE= 4\nCOLORCORR=1 2 0.5\nVIEW= -vtv\nSOFTWARE=x\n",
            "-Y 1 +X 1",
            128,
            128,
            128,
            129);
    assertArrayEquals(new float[] {1 / 8f, 1 / 16f, 1 / 4f}, i.samples());
    assertThrows(UserError.class, () -> read("EXPOSURE=0\n", "-Y 1 +X 1", 1, 1, 1, 1));
    assertThrows(UserError.class, () -> read("COLORCORR=1 2\n", "-Y 1 +X 1", 1, 1, 1, 1));
    assertThrows(UserError.class, () -> read("FORMAT=other\n", "-Y 1 +X 1", 1, 1, 1, 1));
  }

  @Test
  void whiteOfXyzePicturesIsWhite() {
    Image i = read("FORMAT=32-bit_rle_xyze\n", "-Y 1 +X 1", 128, 128, 128, 129);
    assertArrayEquals(new float[] {1, 1, 1}, i.samples(), 1e-5f);
  }

  @Test
  void oldRunsRepeatThePixelBefore() {
    int[] pixels = new int[12];
    System.arraycopy(new int[] {128, 0, 0, 129, 1, 1, 1, 44, 1, 1, 1, 1}, 0, pixels, 0, 12);
    // 1 + 44 + 1 · 256 pixels.
    Image i = read("", "-Y 1 +X 301", pixels);
    for (int x = 0; x < 301; x++) {
      assertEquals(1, i.at(0, 0, x));
    }
    assertThrows(UserError.class, () -> read("", "-Y 1 +X 300", pixels));
    assertThrows(UserError.class, () -> read("", "-Y 1 +X 302", pixels));
    assertThrows(UserError.class, () -> read("", "-Y 1 +X 9", 1, 1, 1, 9));
  }

  @Test
  void allEightOrientationsComeUpright() {
    // As seen: 1 2 3 above 4 5 6.
    String[] resolutions = {
      "-Y 2 +X 3", "-Y 2 -X 3", "+Y 2 +X 3", "+Y 2 -X 3",
      "+X 3 -Y 2", "-X 3 -Y 2", "+X 3 +Y 2", "-X 3 +Y 2"
    };
    int[][] order = {
      {1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {4, 5, 6, 1, 2, 3}, {6, 5, 4, 3, 2, 1},
      {1, 4, 2, 5, 3, 6}, {3, 6, 2, 5, 1, 4}, {4, 1, 5, 2, 6, 3}, {6, 3, 5, 2, 4, 1}
    };
    for (int k = 0; k < 8; k++) {
      int[] pixels = new int[24];
      for (int i = 0; i < 6; i++) {
        pixels[4 * i] = order[k][i];
        pixels[4 * i + 3] = 136;
      }
      Image image = read("", resolutions[k], pixels);
      assertEquals(3, image.width());
      assertArrayEquals(
          new float[] {1, 2, 3, 4, 5, 6}, Arrays.copyOf(image.samples(), 6), resolutions[k]);
    }
  }

  @Test
  void writtenPicturesComeBackWithinHalfAMantissaStep(Random random) {
    for (int round = 0; round < 30; round++) {
      int w = 1 + random.nextInt(300);
      int h = 1 + random.nextInt(5);
      float[] s = new float[3 * w * h];
      // Runs and noise in turn, over many stops.
      for (int i = 0; i < s.length; i++) {
        boolean run = i % w > 0 && random.nextInt(10) > 0 && round % 2 == 0;
        s[i] = run ? s[i - 1] : (float) Math.pow(2, random.nextDouble(-20, 20));
      }
      Image in = Image.rgb(w, h, s);
      byte[] bytes = RadianceCodec.encode(NAME, in);
      Image out = RadianceCodec.read(NAME, bytes);
      int n = w * h;
      for (int i = 0; i < n; i++) {
        float largest = Math.max(s[i], Math.max(s[n + i], s[2 * n + i]));
        double step = Math.scalb(1.0, Math.getExponent(largest) + 1 - 8);
        for (int c = 0; c < 3; c++) {
          // Where the mantissa 256 would arise, the step doubles.
          double allowed = largest > 255.5 * step ? step : step / 2;
          assertEquals(s[c * n + i], out.samples()[c * n + i], allowed);
        }
      }
      assertArrayEquals(
          out.samples(),
          RadianceCodec.read(NAME, RadianceCodec.encode(NAME, out)).samples(),
          "written again it does not change");
    }
  }

  @Test
  void runsMakeConstantPicturesSmall() {
    Image flat = Image.rgb(1000, 10, new float[30000]);
    assertTrue(RadianceCodec.encode(NAME, flat).length < 1000);
  }

  @Test
  void oddSamplesAreWrittenAsLight() {
    assertEquals(new Vector3(0, 0, 1), RadianceCodec.roundTrip(Float.NaN, -3, 1));
    Vector3 huge = RadianceCodec.roundTrip(Float.POSITIVE_INFINITY, 1, 0);
    assertTrue(huge.x() > 1e38 && huge.x() <= Float.MAX_VALUE, "infinity became " + huge);
    assertEquals(new Vector3(0, 0, 0), RadianceCodec.roundTrip(1e-40f, 0, 0));
    assertEquals(new Vector3(256, 0, 0), RadianceCodec.roundTrip(255.9f, 0, 0));
    assertEquals(new Vector3(1, 1, 1), RadianceCodec.roundTrip(1, 1, 1));
  }
}
