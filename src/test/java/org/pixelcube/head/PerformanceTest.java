package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pixelcube.math.Vector3;

@Randomized
@SuppressWarnings("EnumOrdinal") // weights lie by ordinal
class PerformanceTest {
  private static final double STEP = 0.001;

  private static double yaw(FramePose p) {
    return Gaze.yawDegrees(p.head().rotation().apply(new Vector3(0, 0, 1)));
  }

  private static double pitch(FramePose p) {
    return -Gaze.pitchDegrees(p.head().rotation().apply(new Vector3(0, 0, 1)));
  }

  private static double weight(FramePose p, Expression e) {
    return p.expression()[e.ordinal()];
  }

  @Test
  void theSeedIsThePerformanceAtAnyFrameRate(Random random) {
    long seed = random.nextLong();
    Performance a = Performance.of(seed, Performance.Kind.TALKING, 4);
    Performance b = Performance.of(seed, Performance.Kind.TALKING, 4);
    b.at(3);
    for (double t = 0; t < 4; t += 0.3) {
      FramePose x = a.at(t);
      FramePose y = b.at(t);
      assertArrayEquals(x.expression(), y.expression());
      assertEquals(x.head(), y.head());
      assertEquals(x.body(), y.body());
      assertEquals(x.gazeYawDegrees(), y.gazeYawDegrees());
      assertEquals(x.breath(), y.breath());
    }
    assertNotEquals(
        a.at(1).head(), Performance.of(seed + 1, Performance.Kind.TALKING, 4).at(1).head());
  }

  @ParameterizedTest
  @EnumSource
  void nothingJumpsAndWeightsAreShares(Performance.Kind kind, Random random) {
    Performance performance = Performance.of(random.nextLong(), kind, 6);
    FramePose before = performance.at(0);
    Vector3 nose = new Vector3(0, -0.03, 0.03);
    Vector3 lastStep = null;
    for (double t = STEP; t < 6; t += STEP) {
      FramePose now = performance.at(t);
      for (int i = 0; i < Expression.COUNT; i++) {
        float w = now.expression()[i];
        assertTrue(w >= 0 && w <= 1, "weight " + w);
        double rate = Math.abs(w - before.expression()[i]) / STEP;
        // A lid closes in 80 ms / 1.3 at the fastest: 1.875 / 0.0615 = 30.5 a second at its peak.
        String name = Expression.values()[i].name();
        double fastest = name.startsWith("EYE") ? 31 : 16;
        assertTrue(rate < fastest, name + " moves by " + rate + " a second");
      }
      Vector3 step = now.head().point(nose).minus(before.head().point(nose)).times(1 / STEP);
      assertTrue(step.length() < 0.5, "nose at " + step.length() + " m/s");
      if (lastStep != null) {
        double acceleration = step.minus(lastStep).length() / STEP;
        assertTrue(acceleration < 12, "nose at " + acceleration + " m/s²");
      }
      lastStep = step;
      double eye =
          Math.hypot(
                  now.gazeYawDegrees() - before.gazeYawDegrees(),
                  now.gazePitchDegrees() - before.gazePitchDegrees())
              / STEP;
      // The main sequence: 1.875 A / (21 ms + 2.2 ms A) stays below 852 degrees a second.
      assertTrue(eye < 852 + 150, "eye at " + eye + " degrees a second");
      assertTrue(now.breath() >= 0 && now.breath() <= 1);
      assertTrue(Math.abs(yaw(now)) <= HeadMotion.MAX_YAW_DEGREES + 1e-9);
      assertTrue(Math.abs(pitch(now)) <= HeadMotion.MAX_PITCH_DEGREES + 1e-9);
      before = now;
    }
  }

  @ParameterizedTest
  @EnumSource
  void theNeckStaysOnTheShoulders(Performance.Kind kind, Random random) {
    Performance performance = Performance.of(random.nextLong(), kind, 5);
    for (double t = 0; t < 5; t += 0.1) {
      FramePose p = performance.at(t);
      Vector3 a = p.head().point(FramePose.NECK_PIVOT);
      Vector3 b = p.body().point(FramePose.NECK_PIVOT);
      assertEquals(0, a.minus(b).length(), 1e-12);
    }
  }

  @Test
  void turningReachesFarAndStillDoesNot(Random random) {
    double farthest = 0;
    double stillest = 0;
    for (int i = 0; i < 5; i++) {
      Performance turning = Performance.of(random.nextLong(), Performance.Kind.TURNING, 10);
      Performance still = Performance.of(random.nextLong(), Performance.Kind.STILL, 10);
      for (double t = 0; t < 10; t += 0.1) {
        farthest = Math.max(farthest, Math.abs(yaw(turning.at(t))));
        stillest = Math.max(stillest, Math.abs(yaw(still.at(t))));
      }
    }
    assertTrue(farthest > 25, "turned by " + farthest);
    assertTrue(stillest < 18, "turned by " + stillest);
  }

  /** While a point is fixated, head and eyes add up to its direction, however the head turns. */
  @Test
  void eyesHoldTheirTargetWhileTheHeadTurns(Random random) {
    Gaze gaze = new Gaze(new Vector3(0.1, 0.05, 1.1));
    gaze.shift(1, 10, -4, 2);
    Vector3 direction = gaze.target(2).normalized();
    assertEquals(10, Gaze.yawDegrees(direction), 1e-9);
    assertEquals(-4, Gaze.pitchDegrees(direction), 1e-9);
    assertEquals(2, gaze.target(2).length(), 1e-9);
    // A still person holds the viewer for seconds: the line of sight meets one place.
    Vector3 viewer = new Vector3(0, 0, 1.1);
    for (int i = 0; i < 5; i++) {
      Performance p = Performance.of(random.nextLong(), Performance.Kind.TURNING, 6, viewer);
      int held = 0;
      for (double t = 0; t < 6; t += 0.02) {
        Vector3 a = onViewerPlane(p.at(t), viewer.z());
        Vector3 b = onViewerPlane(p.at(t + 0.02), viewer.z());
        double headTurn = Math.abs(yaw(p.at(t + 0.02)) - yaw(p.at(t)));
        // Eye drift is 0.06 degrees: 1.2 mm at 1.1 m.
        if (headTurn > 0.3 && a.minus(b).length() < 0.004) {
          held++;
        }
      }
      if (held > 0) {
        return;
      }
    }
    throw new AssertionError("no turn of the head with the eyes held");
  }

  private static Vector3 onViewerPlane(FramePose p, double z) {
    double y = Math.toRadians(p.gazeYawDegrees());
    double u = Math.toRadians(p.gazePitchDegrees());
    Vector3 eye = p.head().translation();
    Vector3 d =
        p.head()
            .rotation()
            .apply(new Vector3(Math.sin(y) * Math.cos(u), Math.sin(u), Math.cos(y) * Math.cos(u)));
    return eye.plus(d.times((z - eye.z()) / d.z()));
  }

  @ParameterizedTest
  @EnumSource
  void blinksComeAsOftenAsPeopleBlink(Performance.Kind kind, Random random) {
    double seconds = 300;
    Performance p = Performance.of(random.nextLong(), kind, seconds);
    List<Double> starts = p.blinkStarts().stream().filter(t -> t >= 0 && t < seconds).toList();
    double perMinute = starts.size() * 60 / seconds;
    assertTrue(perMinute > 9 && perMinute < 40, perMinute + " blinks a minute");
    for (int i = 1; i < starts.size(); i++) {
      double gap = starts.get(i) - starts.get(i - 1);
      assertTrue(gap >= 0.75 && gap <= 6.05, "gap of " + gap + " s");
    }
    double shut = starts.get(0) + 0.1;
    double most = 0;
    for (double t = shut - 0.06; t < shut + 0.06; t += 0.005) {
      most = Math.max(most, weight(p.at(t), Expression.EYE_BLINK_L));
    }
    assertTrue(most > 0.6, "closes by " + most);
    assertTrue(weight(p.at(starts.get(0) - 0.02), Expression.EYE_BLINK_L) < 0.1);
  }

  @Test
  void lidsFollowTheEyesUpAndDown(Random random) {
    Performance p = Performance.of(random.nextLong(), Performance.Kind.TURNING, 20);
    for (double t = 0; t < 20; t += 0.05) {
      FramePose now = p.at(t);
      // A blink, from its first moment on, takes the lids its own way.
      double time = t;
      if (p.blinkStarts().stream().anyMatch(b -> time >= b && time <= b + 0.4)) {
        continue;
      }
      double up = weight(now, Expression.EYE_LOOK_UP_L);
      double down = weight(now, Expression.EYE_LOOK_DOWN_L);
      assertEquals(now.gazePitchDegrees() / 30, up - down, 0.02);
      double out = weight(now, Expression.EYE_LOOK_OUT_L);
      double in = weight(now, Expression.EYE_LOOK_IN_L);
      assertEquals((now.gazeYawDegrees() - now.vergenceDegrees()) / 40, out - in, 0.02);
    }
  }

  @Test
  void badRequestsAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Performance.of(1, Performance.Kind.STILL, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Performance.of(1, Performance.Kind.STILL, Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> Performance.of(1, Performance.Kind.STILL, 1, new Vector3(0, 0, -1)));
  }
}
