package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

class MatteTrackerTest {
  private static final int SIZE = 96;

  /** A textured disk over a textured background, both smooth; the disk's centre is at x. */
  private static Image scene(double x) {
    float[] ground = OpticalFlowTest.texture(SIZE, SIZE, 0, 0).samples();
    float[] disk = OpticalFlowTest.texture(SIZE, SIZE, x * 1.0 + 9, 4).samples();
    float[] alpha = alpha(x).samples();
    int n = SIZE * SIZE;
    float[] s = new float[3 * n];
    for (int i = 0; i < n; i++) {
      float value = alpha[i] * (0.3f + 0.7f * disk[i]) + (1 - alpha[i]) * 0.3f * ground[i];
      s[i] = value;
      s[n + i] = value;
      s[2 * n + i] = value;
    }
    return Image.rgb(SIZE, SIZE, s);
  }

  private static Image alpha(double x) {
    float[] alpha = new float[SIZE * SIZE];
    for (int i = 0; i < alpha.length; i++) {
      double distance = Math.hypot(i % SIZE - x, Math.floorDiv(i, SIZE) - 48.0);
      alpha[i] = (float) Math.clamp((30 - distance) / 4, 0.0, 1.0);
    }
    return Image.data(SIZE, SIZE, 1, alpha);
  }

  /** The true matte of the scene with noise on it, new for every call. */
  private static final class NoisyMatting implements Matting {
    private final Random random = new Random(5);
    double x = 48;
    int calls;

    @Override
    public int[] workingSize(int width, int height) {
      return new int[] {SIZE, SIZE};
    }

    @Override
    public Image matte(Image frame) {
      calls++;
      float[] alpha = alpha(x).samples();
      for (int i = 0; i < alpha.length; i++) {
        alpha[i] = (float) Math.clamp(alpha[i] + 0.05 * random.nextGaussian(), 0.0, 1.0);
      }
      return Image.data(SIZE, SIZE, 1, alpha);
    }
  }

  @Test
  void aRestingPictureTremblesLess() {
    NoisyMatting network = new NoisyMatting();
    Image frame = scene(48);
    Image lightness = NetworkInput.lightness(frame);
    AlphaFlicker raw = new AlphaFlicker();
    AlphaFlicker steadied = new AlphaFlicker();
    try (MatteTracker tracker = new MatteTracker(network, 1)) {
      for (int i = 0; i < 20; i++) {
        raw.add(lightness, network.matte(frame));
        steadied.add(lightness, tracker.next(frame));
      }
    }
    assertTrue(steadied.codes() < 0.35 * raw.codes(), steadied.codes() + " after " + raw.codes());
  }

  @Test
  void theMatteFollowsTheSubject() {
    for (int every : new int[] {1, 2, 3}) {
      NoisyMatting network = new NoisyMatting();
      try (MatteTracker tracker = new MatteTracker(network, every)) {
        double worst = 0;
        for (int i = 0; i < 12; i++) {
          network.x = 40 + 1.5 * i;
          Image alpha = tracker.next(scene(network.x));
          worst = Math.max(worst, meanDifference(alpha, alpha(network.x)));
        }
        assertTrue(worst < 0.05, "mean error " + worst + " every " + every);
        assertEquals(Math.ceilDiv(12, every), network.calls);
      }
    }
  }

  private static double meanDifference(Image a, Image b) {
    double sum = 0;
    for (int i = 0; i < a.planeSize(); i++) {
      sum += Math.abs(a.samples()[i] - b.samples()[i]);
    }
    return sum / a.planeSize();
  }

  @Test
  void aRestoredTrackerGivesTheSameBytes() {
    for (int stop = 0; stop < 5; stop++) {
      Matting network = new TrueMatting();
      try (MatteTracker whole = new MatteTracker(network, 2);
          MatteTracker first = new MatteTracker(network, 2);
          MatteTracker second = new MatteTracker(network, 2)) {
        for (int i = 0; i < 6; i++) {
          if (i == stop) {
            second.restore(first.state());
          }
          Image expected = whole.next(scene(44 + i));
          Image found = (i < stop ? first : second).next(scene(44 + i));
          assertArrayEquals(expected.samples(), found.samples());
        }
      }
    }
  }

  /** A matte that depends on the picture alone. */
  private static final class TrueMatting implements Matting {
    @Override
    public int[] workingSize(int width, int height) {
      return new int[] {SIZE, SIZE};
    }

    @Override
    public Image matte(Image frame) {
      float[] alpha = new float[SIZE * SIZE];
      for (int i = 0; i < alpha.length; i++) {
        alpha[i] = Math.clamp(frame.samples()[i] * 2 - 0.3f, 0f, 1f);
      }
      return Image.data(SIZE, SIZE, 1, alpha);
    }
  }

  @Test
  void aCutStartsAfresh() {
    TrueMatting network = new TrueMatting();
    float[] white = new float[3 * SIZE * SIZE];
    Arrays.fill(white, 0.9f);
    Image other = Image.rgb(SIZE, SIZE, white);
    try (MatteTracker tracker = new MatteTracker(network, 5)) {
      assertEquals(SIZE, tracker.next(scene(48)).width());
      assertArrayEquals(network.matte(other).samples(), tracker.next(other).samples());
    }
  }

  @Test
  void motionIsNoCut() {
    Image a = NetworkInput.lightness(scene(40));
    assertFalse(CutDetector.isCut(a, a));
    assertFalse(CutDetector.isCut(a, NetworkInput.lightness(scene(46))));
    float[] bright = new float[SIZE * SIZE];
    Arrays.fill(bright, 1);
    assertTrue(CutDetector.isCut(a, Image.data(SIZE, SIZE, 1, bright)));
    assertTrue(CutDetector.isCut(a, Image.data(1, 1, 1, new float[1])));
  }

  @Test
  void aDamagedStateIsRefused() {
    try (MatteTracker tracker = new MatteTracker(new TrueMatting(), 2)) {
      assertEquals(SIZE, tracker.next(scene(48)).height());
      byte[] state = tracker.state();
      assertThrows(UserError.class, () -> tracker.restore(Arrays.copyOf(state, 100)));
      assertThrows(UserError.class, () -> tracker.restore(new byte[0]));
      byte[] version = state.clone();
      version[3] = 99;
      assertThrows(UserError.class, () -> tracker.restore(version));
      byte[] huge = state.clone();
      huge[8] = 0x7f;
      assertThrows(UserError.class, () -> tracker.restore(huge));
    }
  }

  @Test
  void flickerCountsOnlyRestingPixels() {
    AlphaFlicker flicker = new AlphaFlicker();
    flicker.add(row(0.5f, 0.5f, 0.5f, 0.5f), row(0, 0.5f, 1, 0.2f));
    assertEquals(0, flicker.codes());
    // The last pixel's lightness changes, the third is solid in both frames.
    flicker.add(row(0.5f, 0.5f, 0.5f, 0.6f), row(0.1f, 0.3f, 1, 0.9f));
    assertEquals(255 * 0.15, flicker.codes(), 1e-4);
    flicker.cut();
    flicker.add(row(0.5f, 0.5f, 0.5f, 0.6f), row(1, 1, 1, 1));
    assertEquals(255 * 0.15, flicker.codes(), 1e-4);
  }

  private static Image row(float... values) {
    return Image.data(values.length, 1, 1, values);
  }

  @Test
  void upsamplingFollowsTheEdgesOfTheFrame() {
    // A bright half plane at twelve times the matte's size, its edge inside one matte pixel.
    int width = 384;
    int height = 96;
    int edge = 197;
    float[] s = new float[3 * width * height];
    for (int i = 0; i < s.length; i++) {
      s[i] = i % width < edge ? 0.1f : 0.6f;
    }
    Image frame = Image.rgb(width, height, s);
    float[] small = new float[32 * 8];
    for (int i = 0; i < small.length; i++) {
      small[i] = (float) Math.clamp(i % 32 + 1 - edge / 12.0, 0.0, 1.0);
    }
    Image alpha = MatteUpsampler.upsample(Image.data(32, 8, 1, small), frame);
    for (int x = 0; x < width; x++) {
      assertEquals(x < edge ? 0 : 1, alpha.at(0, 48, x), 0.12, "column " + x);
    }
  }
}
