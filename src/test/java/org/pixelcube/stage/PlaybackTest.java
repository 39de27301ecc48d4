package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.UserError;

@Randomized
class PlaybackTest {
  private static final Rig RIG =
      new CubeRig(2, 1, 4, 1000, 100, 8, CubeRig.PIXEL_CUBE.openings().subList(0, 0)).rig();
  private static final WallPixels PIXELS = WallPixels.panels(RIG);
  private static final long PERIOD = 10_000_000;
  private static final SafetyLimits LIMITS = new SafetyLimits(100_000, 0, 5, 0.5);

  /** Time that goes on only when somebody waits or works. */
  private static final class Time implements PlaybackClock {
    private long now = 123_456_789;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void until(long nanos) {
      now = Math.max(now, nanos);
    }
  }

  /** Notes what was shown, and when. */
  private static final class Recorder implements Presenter {
    private final Time time;
    private final LongConsumer work;
    private final List<int[]> pictures = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private int[] back;

    /**
     * @param work does the work of showing the picture with this number, and may fail
     */
    Recorder(Time time, LongConsumer work) {
      this.time = time;
      this.work = work;
    }

    @Override
    public String name() {
      return "test";
    }

    @Override
    public void draw(int[] rgb) {
      back = rgb.clone();
    }

    @Override
    public void present() {
      work.accept(pictures.size());
      pictures.add(back);
      times.add(time.now);
    }

    @Override
    public void close() {}
  }

  /** Pictures that tell their number; all panels alike. */
  private static PlaybackSource source(long count, int threads, LongConsumer before) {
    return source(count, count, threads, before);
  }

  private static PlaybackSource source(long count, long told, int threads, LongConsumer before) {
    return new PlaybackSource() {
      @Override
      public WallPixels pixels() {
        return PIXELS;
      }

      @Override
      public long frameCount() {
        return told;
      }

      @Override
      public int threads() {
        return threads;
      }

      @Override
      public double fill(long index, int[] out) {
        if (index >= count) {
          return Double.NaN;
        }
        before.accept(index);
        Arrays.fill(out, (int) (0xF00000 | index));
        return index;
      }

      @Override
      public void close() {}
    };
  }

  private static Playback player(
      PlaybackSource source, Presenter presenter, Time time, Interruption interruption) {
    return new Playback(
        source,
        presenter,
        PlaybackSettings.timed(100, 5, 0.5),
        time,
        new FlashWatch(LIMITS, 100, 1),
        interruption);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void everyPictureIsShownInItsTime(int threads) {
    Time time = new Time();
    Recorder recorder = new Recorder(time, _ -> {});
    Playback.Outcome outcome =
        player(source(300, threads, _ -> {}), recorder, time, Interruption.manual()).play(_ -> {});
    assertEquals(Optional.empty(), outcome.fault());
    assertEquals(300, recorder.pictures.size());
    for (int i = 0; i < 300; i++) {
      assertEquals(0xF00000 | i, recorder.pictures.get(i)[3]);
      assertEquals(recorder.times.getFirst() + i * PERIOD, recorder.times.get(i));
    }
    // The last one is not cut short.
    assertEquals(recorder.times.getLast() + PERIOD, time.now);
    PlaybackReport r = outcome.report();
    assertEquals(
        new PlaybackReport(
            "test", "timer", 8, 100, 300, 0, 0, 0, 0, 0, 0, 0, 149.5, Optional.empty()),
        r);
  }

  @Test
  void jitterIsThatOfThePresenter(Random random) {
    long[] delays = random.longs(1000, 0, PERIOD / 4).toArray();
    Time time = new Time();
    Recorder recorder = new Recorder(time, k -> time.now += delays[(int) k]);
    PlaybackReport r =
        player(source(1000, 2, _ -> {}), recorder, time, Interruption.manual())
            .play(_ -> {})
            .report();
    // The error of an interval is how much longer this picture took than the one before.
    double[] errors = new double[999];
    for (int i = 0; i < 999; i++) {
      errors[i] = (delays[i + 1] - delays[i]) / 1e3;
    }
    double mean = Arrays.stream(errors).average().orElseThrow();
    assertEquals(mean, r.meanMicros(), 1e-9);
    double variance =
        Arrays.stream(errors).map(e -> (e - mean) * (e - mean)).average().orElseThrow();
    assertEquals(Math.sqrt(variance), r.deviationMicros(), 1e-9);
    double[] sorted = Arrays.stream(errors).map(Math::abs).sorted().toArray();
    assertEquals(sorted[949], r.percentile95Micros(), 1e-9);
    assertEquals(sorted[989], r.percentile99Micros(), 1e-9);
    assertEquals(sorted[998], r.worstMicros(), 1e-9);
    assertEquals(0, r.late());
    assertEquals(0, r.dropped());
  }

  @Test
  void picturesWhoseTimeHasPassedAreLeftOut() {
    Time time = new Time();
    // The eleventh takes 3.6 frames to show: it is late, and three of the next are over.
    Recorder recorder = new Recorder(time, k -> time.now += k == 10 ? PERIOD * 36 / 10 : 0);
    PlaybackReport r =
        player(source(100, 2, _ -> {}), recorder, time, Interruption.manual())
            .play(_ -> {})
            .report();
    assertEquals(98, r.shown());
    assertEquals(2, r.dropped());
    // Picture 13 follows at once, at 13.6 frames for 13.
    assertEquals(0xF00000 | 13, recorder.pictures.get(11)[0]);
    assertEquals(2, r.late());
    assertEquals(3600 * PERIOD / 1e6, r.worstMicros(), 1e-9);
    assertEquals(0xF00000 | 99, recorder.pictures.getLast()[0]);
    assertEquals(recorder.times.getFirst() + 99 * PERIOD, recorder.times.getLast());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theLastPictureIsNeverLeftOut(boolean countKnown) {
    Time time = new Time();
    Recorder recorder = new Recorder(time, k -> time.now += k == 96 ? PERIOD * 56 / 10 : 0);
    PlaybackReport r =
        player(
                source(100, countKnown ? 100 : -1, 1, _ -> {}),
                recorder,
                time,
                Interruption.manual())
            .play(_ -> {})
            .report();
    assertEquals(98, r.shown());
    assertEquals(2, r.dropped());
    assertEquals(countKnown ? 0xF00000 | 99 : 0, recorder.pictures.getLast()[0]);
  }

  @Test
  void verticalSyncIsFollowedAtItsOwnRate() {
    Time time = new Time();
    long refresh = PERIOD * 1001 / 1000;
    Recorder recorder =
        new Recorder(time, k -> time.now = (time.now / refresh + (k == 500 ? 2 : 1)) * refresh);
    PlaybackReport r =
        new Playback(
                source(2000, 2, _ -> {}),
                recorder,
                new PlaybackSettings(100, true, 5, 0.25, 0.5),
                time,
                new FlashWatch(LIMITS, 100, 1),
                Interruption.manual())
            .play(_ -> {})
            .report();
    assertEquals("vsync", r.pacing());
    assertEquals(2000, r.shown());
    assertEquals(0, r.dropped());
    assertEquals(1, r.late());
    assertEquals((2 * refresh - PERIOD) / 1e3, r.worstMicros(), 1e-9);
    assertEquals((refresh - PERIOD) / 1e3, r.percentile99Micros(), 1e-9);
  }

  /** From what was shown last to black along the ramp, and no further. */
  private static void assertRamp(Recorder recorder, int shown) {
    int[] last = recorder.pictures.get(shown - 1);
    int steps = recorder.pictures.size() - shown;
    assertEquals(51, steps);
    int[] faded = PIXELS.black();
    for (int i = 0; i < steps; i++) {
      PIXELS.fade(last, WallPixels.easing(1 - i / 50.0), faded);
      assertArrayEquals(faded, recorder.pictures.get(shown + i));
      assertEquals(
          recorder.times.get(shown) + i * PERIOD, recorder.times.get(shown + i).longValue());
    }
    assertArrayEquals(PIXELS.black(), recorder.pictures.getLast());
  }

  @Test
  void aFaultOfTheSourceRampsToBlack(Random random) {
    int at = 6 + random.nextInt(80);
    RuntimeException fault = new IllegalStateException("the decoder broke");
    Time time = new Time();
    Recorder recorder = new Recorder(time, _ -> {});
    Playback.Outcome outcome =
        player(
                source(
                    100,
                    1 + random.nextInt(3),
                    k -> {
                      if (k == at) {
                        throw fault;
                      }
                    }),
                recorder,
                time,
                Interruption.manual())
            .play(_ -> {});
    assertSame(fault, outcome.fault().orElseThrow());
    assertSame(fault, assertThrows(RuntimeException.class, outcome::orThrow));
    assertEquals(Optional.of("the decoder broke"), outcome.report().fault());
    // What was made before it is shown, unless another thread had it in hand.
    int shown = (int) outcome.report().shown();
    assertTrue(shown <= at && shown > at - 4, shown + " of " + at);
    assertRamp(recorder, shown);
  }

  @Test
  void stoppingRampsToBlack(Random random) {
    int at = 1 + random.nextInt(90);
    Interruption interruption = Interruption.manual();
    Time time = new Time();
    Recorder recorder =
        new Recorder(
            time,
            k -> {
              if (k == at - 1) {
                interruption.request();
              }
            });
    Playback.Outcome outcome =
        player(source(100, 2, _ -> {}), recorder, time, interruption).play(_ -> {});
    assertTrue(outcome.fault().orElseThrow() instanceof Interruption.Requested);
    assertEquals(at, outcome.report().shown());
    assertRamp(recorder, at);
  }

  @Test
  void aPresenterThatFailsOnceIsTriedAgain(Random random) {
    int at = 1 + random.nextInt(90);
    RuntimeException fault = new UserError("the receiver", "went away", "look");
    boolean[] failed = new boolean[1];
    Time time = new Time();
    Recorder recorder =
        new Recorder(
            time,
            k -> {
              if (k == at && !failed[0]) {
                failed[0] = true;
                throw fault;
              }
            });
    Playback.Outcome outcome =
        player(source(100, 2, _ -> {}), recorder, time, Interruption.manual()).play(_ -> {});
    assertSame(fault, outcome.fault().orElseThrow());
    assertEquals(at, outcome.report().shown());
    assertRamp(recorder, at);
  }

  @Test
  void aPictureTooLateRampsToBlack() {
    Time time = new Time();
    Recorder recorder = new Recorder(time, k -> time.now += k == 20 ? 260_000_000 : 0);
    Playback.Outcome outcome =
        player(source(100, 2, _ -> {}), recorder, time, Interruption.manual()).play(_ -> {});
    assertEquals(21, outcome.report().shown());
    assertTrue(
        outcome.report().fault().orElseThrow().contains("260 ms behind (limit 250)"),
        outcome.toString());
    assertRamp(recorder, 21);
  }

  @Test
  void aPictureThatDoesNotComeRampsToBlack() {
    Time time = new Time();
    Recorder recorder = new Recorder(time, _ -> {});
    Interruption stop = Interruption.manual();
    Playback.Outcome outcome =
        player(
                source(
                    100,
                    1,
                    k -> {
                      // Until the player has given up, which it does by real time.
                      while (k == 30 && recorder.pictures.size() < 81) {
                        LockSupport.parkNanos(1_000_000);
                      }
                    }),
                recorder,
                time,
                stop)
            .play(_ -> {});
    assertTrue(outcome.report().fault().orElseThrow().contains("frame 30: was not ready in time"));
    assertEquals(30, outcome.report().shown());
    assertRamp(recorder, 30);
  }

  @Test
  void nothingIsShownIfTheStartCannotBePrepared() {
    Time time = new Time();
    Recorder recorder = new Recorder(time, _ -> {});
    RuntimeException fault = new UserError("frames", "are broken", "mend them");
    Playback broken =
        player(
            source(
                100,
                1,
                k -> {
                  if (k == 3) {
                    throw fault;
                  }
                }),
            recorder,
            time,
            Interruption.manual());
    assertSame(fault, assertThrows(UserError.class, () -> broken.play(_ -> {})));
    // Luminance is the number here: four flashes between 0 and 4 cd/m² are none.
    Playback bright =
        new Playback(
            source(100, 1, _ -> {}),
            recorder,
            PlaybackSettings.timed(100, 50, 0.5),
            time,
            new FlashWatch(new SafetyLimits(5, 90, 5, 0.5), 100, 1),
            Interruption.manual());
    UserError error = assertThrows(UserError.class, () -> bright.play(_ -> {}));
    // 0 + 1 + … + k over a hundred frames of a second is beyond 5 from k = 32 on.
    assertTrue(error.getMessage().startsWith("frame 32: shines with 5 cd/m²"), error.getMessage());
    assertEquals(0, recorder.pictures.size());
  }

  @Test
  void aRingGivesEveryPictureOnceInOrder(Random random) {
    for (int round = 0; round < 20; round++) {
      int capacity = 3 + random.nextInt(6);
      int count = 1 + random.nextInt(60);
      long seed = random.nextLong();
      PlaybackSource source =
          source(
              count,
              1 + random.nextInt(4),
              k -> LockSupport.parkNanos(new Random(seed + k).nextInt(100_000)));
      try (FrameRing ring = new FrameRing(source, capacity)) {
        int taken = 0;
        int[] spare = PIXELS.black();
        for (long k = 0; ring.await(k, 60_000_000_000L) == FrameRing.State.READY; ) {
          assertEquals((double) k, ring.nits(k));
          int number = (int) (0xF00000 | k);
          int[] picture = ring.take(k, spare);
          // Some are skipped, more than the ring holds too; one that was taken stays as it is.
          k += 1 + (round % 2 == 0 ? 0 : random.nextInt(2 * capacity));
          ring.release(k);
          taken++;
          LockSupport.parkNanos(random.nextInt(100_000));
          assertEquals(number, picture[0]);
          spare = picture;
        }
        if (round % 2 == 0) {
          assertEquals(count, taken);
        }
      }
    }
  }
}
