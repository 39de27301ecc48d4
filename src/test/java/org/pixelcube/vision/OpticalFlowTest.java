package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pixelcube.image.Image;

class OpticalFlowTest {
  /** Smooth texture, sampled with an offset: content moves right and down by (dx, dy). */
  static Image texture(int width, int height, double dx, double dy) {
    float[] s = new float[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double u = x - dx;
        double v = y - dy;
        s[y * width + x] =
            (float)
                (0.5
                    + 0.15 * Math.sin(0.31 * u + 0.11 * v)
                    + 0.15 * Math.sin(0.23 * v - 0.17 * u + 1)
                    + 0.1 * Math.sin(0.07 * u * 1.7 + 0.13 * v + 2));
      }
    }
    return Image.data(width, height, 1, s);
  }

  @ParameterizedTest
  @EnumSource(OpticalFlow.Quality.class)
  void findsATranslation(OpticalFlow.Quality quality) {
    Image from = texture(160, 120, 0, 0);
    Image to = texture(160, 120, 2.5, -1.5);
    try (OpticalFlow flow = new OpticalFlow(quality)) {
      Image result = flow.flow(from, to);
      double error = 0;
      int count = 0;
      for (int y = 16; y < 104; y++) {
        for (int x = 16; x < 144; x++) {
          error += Math.hypot(result.at(0, y, x) - 2.5, result.at(1, y, x) + 1.5);
          count++;
        }
      }
      assertEquals(0, error / count, 0.25);
      assertArrayEquals(result.samples(), flow.flow(from, to).samples());
    }
  }

  @Test
  void equalPicturesDoNotMove() {
    Image picture = texture(96, 64, 0, 0);
    try (OpticalFlow flow = new OpticalFlow(OpticalFlow.Quality.FAST)) {
      for (float value : flow.flow(picture, picture).samples()) {
        assertEquals(0, value, 1e-3);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,200", "5,40", "33,31"})
  void anySizeWorks(int width, int height) {
    Image picture = texture(width, height, 0, 0);
    try (OpticalFlow flow = new OpticalFlow(OpticalFlow.Quality.FAST)) {
      Image result = flow.flow(picture, picture);
      assertEquals(width, result.width());
      assertEquals(height, result.height());
      assertEquals(2, result.channels());
    }
  }

  @Test
  void notANumberIsHarmless() {
    float[] s = new float[64 * 64];
    s[5] = Float.NaN;
    s[6] = Float.POSITIVE_INFINITY;
    Image picture = Image.data(64, 64, 1, s);
    try (OpticalFlow flow = new OpticalFlow(OpticalFlow.Quality.FAST)) {
      for (float value : flow.flow(picture, picture).samples()) {
        assertTrue(Float.isFinite(value));
      }
    }
  }

  @Test
  void differentSizesAreRefused() {
    try (OpticalFlow flow = new OpticalFlow(OpticalFlow.Quality.FAST)) {
      Image a = texture(64, 64, 0, 0);
      Image b = texture(64, 65, 0, 0);
      assertThrows(IllegalArgumentException.class, () -> flow.flow(a, b));
    }
  }

  @Test
  void consistencyHoldsWhereThereAndBackCancel() {
    int n = 20 * 10;
    float[] forward = new float[2 * n];
    float[] backward = new float[2 * n];
    java.util.Arrays.fill(forward, 0, n, 3);
    java.util.Arrays.fill(backward, 0, n, -3);
    // One pixel of the way back is wrong: the pixel three to its left must say so.
    backward[4 * 20 + 10] = 5;
    Image mask =
        OpticalFlow.consistency(Image.data(20, 10, 2, forward), Image.data(20, 10, 2, backward));
    for (int y = 0; y < 10; y++) {
      for (int x = 0; x < 20; x++) {
        boolean leaves = x + 3 > 19;
        boolean wrong = y == 4 && x == 7;
        assertEquals(leaves || wrong ? 0 : 1, mask.at(0, y, x), "at " + x + ", " + y);
      }
    }
  }

  @Test
  void nativeMemoryIsFreed() {
    Image a = texture(128, 128, 0, 0);
    Image b = texture(128, 128, 1, 0);
    run(a, b, 5);
    long pointers = Pointer.totalCount();
    run(a, b, 50);
    assertTrue(Pointer.totalCount() <= pointers, Pointer.totalCount() + " after " + pointers);
  }

  private static void run(Image a, Image b, int times) {
    for (int i = 0; i < times; i++) {
      try (OpticalFlow flow = new OpticalFlow(OpticalFlow.Quality.ULTRAFAST)) {
        assertEquals(2, flow.flow(a, b).channels());
      }
    }
  }
}
