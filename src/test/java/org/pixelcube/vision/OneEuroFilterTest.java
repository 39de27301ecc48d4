package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class OneEuroFilterTest {
  private static float[] one(double value) {
    return new float[] {(float) value};
  }

  @Test
  void theFirstSamplePassesAndAConstantStays() {
    OneEuroFilter filter = new OneEuroFilter(1, 0.5, 40, 1);
    for (int i = 0; i < 10; i++) {
      assertEquals(7, filter.next(one(7), i / 30.0, 1)[0]);
    }
  }

  @Test
  void withoutSpeedTermItIsExponentialSmoothing() {
    OneEuroFilter filter = new OneEuroFilter(1, 2, 0, 1);
    filter.next(one(0), 0, 1);
    double weight = 1 / (1 + 1 / (2 * Math.PI * 2 / 25.0));
    double expected = 0;
    for (int i = 1; i < 20; i++) {
      expected += weight * (1 - expected);
      assertEquals(expected, filter.next(one(1), i / 25.0, 1)[0], 1e-5);
    }
  }

  @Test
  void tremblingShrinksAndMotionHardlyLags(Random random) {
    OneEuroFilter resting = new OneEuroFilter(1, 0.5, 40, 1);
    double before = 0;
    double after = 0;
    for (int i = 0; i < 300; i++) {
      double noise = random.nextGaussian() * 0.2;
      double filtered = resting.next(one(100 + noise), i / 30.0, 200)[0] - 100;
      if (i > 30) {
        before += noise * noise;
        after += filtered * filtered;
      }
    }
    assertTrue(Math.sqrt(after) < 0.65 * Math.sqrt(before), after + " after " + before);

    OneEuroFilter moving = new OneEuroFilter(1, 0.5, 40, 1);
    double lag = 0;
    for (int i = 0; i < 60; i++) {
      lag = 5 * i - moving.next(one(5 * i), i / 30.0, 200)[0];
    }
    // 150 pixels a second on a face of 200: less than a third of a frame behind.
    assertTrue(lag >= 0 && lag < 5 / 3.0, "lag " + lag);
  }

  @Test
  void theUnitOfLengthDoesNotMatter() {
    OneEuroFilter small = new OneEuroFilter(1, 0.5, 40, 1);
    OneEuroFilter large = new OneEuroFilter(1, 0.5, 40, 1);
    for (int i = 0; i < 40; i++) {
      double value = Math.sin(i * 0.3) + i * 0.05;
      float a = small.next(one(value), i / 24.0, 1)[0];
      float b = large.next(one(8 * value), i / 24.0, 8)[0];
      assertEquals(8 * a, b, 1e-4);
    }
  }

  @Test
  void stateRoundTrips(Random random) throws Exception {
    OneEuroFilter filter = new OneEuroFilter(3, 0.5, 40, 1);
    for (int i = 0; i < 5; i++) {
      filter.next(new float[] {random.nextFloat(), random.nextFloat(), 2}, i / 30.0, 1);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    filter.write(new DataOutputStream(bytes));
    OneEuroFilter copy = new OneEuroFilter(3, 0.5, 40, 1);
    copy.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    float[] sample = {random.nextFloat(), random.nextFloat(), 3};
    assertArrayEquals(filter.next(sample, 0.3, 1), copy.next(sample, 0.3, 1));
  }
}
