package org.pixelcube.stage;

import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.UserError;

/**
 * Plays pictures on a wall in real time. They are made ahead by threads of their own; nothing is
 * shown before so many are ready as the ring holds. A picture whose successor's time has come is
 * left out, so that the wall keeps to the clock.
 *
 * <p>Whatever goes wrong, and when the user stops it, the wall goes from what it shows to black by
 * a ramp.
 */
public final class Playback {
  private static final long WAIT_NANOS = 100_000_000;

  private final PlaybackSource source;
  private final Presenter presenter;
  private final PlaybackSettings settings;
  private final PlaybackClock clock;
  private final FlashWatch watch;
  private final Interruption interruption;
  private final double period;
  private final PlaybackReport.Intervals intervals = new PlaybackReport.Intervals();
  private long watched;
  private long shown;
  private long late;
  private long dropped;
  private double nits;
  private int[] last;

  /**
   * A player, used once.
   *
   * @param source closed by its owner
   * @param presenter closed by its owner
   * @param watch what people in front of the wall are spared
   */
  public Playback(
      PlaybackSource source,
      Presenter presenter,
      PlaybackSettings settings,
      PlaybackClock clock,
      FlashWatch watch,
      Interruption interruption) {
    this.source = source;
    this.presenter = presenter;
    this.settings = settings;
    this.clock = clock;
    this.watch = watch;
    this.interruption = interruption;
    this.period = 1e9 / settings.framesPerSecond();
  }

  /**
   * How it went.
   *
   * @param fault what ended it before its time: the wall is black all the same
   */
  public record Outcome(PlaybackReport report, Optional<Throwable> fault) {
    /** Goes on if there was no fault, else throws it. */
    public void orThrow() {
      switch (fault.orElse(null)) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable t -> throw new IllegalStateException(t);
      }
    }
  }

  /**
   * Plays to the end, or to a fault.
   *
   * @param progress told how many pictures have gone by
   * @throws RuntimeException if something is wrong before the first picture: nothing was shown
   */
  public Outcome play(LongConsumer progress) {
    Throwable fault = null;
    try (FrameRing ring = new FrameRing(source, settings.aheadFrames())) {
      prepare(ring);
      try {
        run(ring, progress);
      } catch (RuntimeException | Error e) {
        fault = e;
        if (last != null) {
          ramp(e);
        }
      }
    }
    return new Outcome(report(fault), Optional.ofNullable(fault));
  }

  /** Waits until the ring is full. */
  private void prepare(FrameRing ring) {
    for (long i = 0; i < ring.capacity(); ) {
      interruption.check();
      switch (ring.await(i, WAIT_NANOS)) {
        case READY -> {
          look(ring, i);
          i++;
        }
        case END -> {
          return;
        }
        case MISSING -> {}
      }
    }
  }

  private void look(FrameRing ring, long index) {
    if (index < watched) {
      return;
    }
    watched = index + 1;
    Optional<String> reason = watch.next(ring.nits(index));
    if (reason.isPresent()) {
      throw new UserError(
          "frame " + index,
          reason.get(),
          "lower its light or make it change more slowly; limits are raised only with the consent"
              + " of everyone present");
    }
  }

  private void run(FrameRing ring, LongConsumer progress) {
    boolean timed = !settings.verticalSync();
    long patience = (long) (settings.lateSeconds() * 1e9);
    long start = clock.nanos() + (long) period;
    long before = 0;
    long beforeIndex = -1;
    int[] spare = source.pixels().black();
    for (long k = 0; ; ) {
      // The screen sets the beat of vertical sync: that it differs a little is no fault.
      long due =
          timed || beforeIndex < 0 ? start + Math.round(k * period) : before + Math.round(period);
      if (!arrives(ring, k, due + patience - clock.nanos())) {
        finish(ring.end(), k, beforeIndex);
        // The last picture has its time too.
        clock.until(timed ? start + Math.round(ring.end() * period) : due);
        return;
      }
      look(ring, k);
      nits += ring.nits(k);
      int[] picture = ring.take(k, spare);
      presenter.draw(picture);
      if (timed) {
        clock.until(due);
      }
      presenter.present();
      long now = clock.nanos();
      spare = last == null ? source.pixels().black() : last;
      last = picture;
      shown++;
      if (beforeIndex >= 0) {
        intervals.add(now - before - Math.round((k - beforeIndex) * period));
      }
      long behind = timed || beforeIndex >= 0 ? now - due : 0;
      late += behind > period / 2 ? 1 : 0;
      if (behind > patience) {
        throw tooLate(k, "was shown too late", behind);
      }
      before = now;
      beforeIndex = k;
      long missed = timed ? missed(k + 1, (now - start) / period) : 0;
      dropped += missed;
      k += 1 + missed;
      ring.release(k);
      progress.accept(k);
    }
  }

  /** How many pictures from this one on are over; never the last one, as far as it is known. */
  private long missed(long next, double framesGone) {
    long over = Math.max(0, (long) Math.floor(framesGone) - next);
    long count = source.frameCount();
    return count < 0 ? over : Math.min(over, Math.max(0, count - 1 - next));
  }

  /** If the last picture, which is black, was left out, shows black in its place. */
  private void finish(long end, long next, long shownLast) {
    dropped -= next - end;
    if (shownLast < end - 1) {
      dropped--;
      presenter.draw(source.pixels().black());
      presenter.present();
      shown++;
    }
  }

  /**
   * Waits for a picture; false after the last.
   *
   * @throws UserError if it is not ready in time
   */
  private boolean arrives(FrameRing ring, long index, long patienceNanos) {
    long left = Math.max(0, patienceNanos);
    while (true) {
      interruption.check();
      long slice = Math.min(left, WAIT_NANOS);
      switch (ring.await(index, slice)) {
        case READY -> {
          return true;
        }
        case END -> {
          return false;
        }
        case MISSING -> {
          left -= slice;
          if (left <= 0) {
            throw tooLate(index, "was not ready in time", (long) (settings.lateSeconds() * 1e9));
          }
        }
      }
    }
  }

  private UserError tooLate(long frame, String what, long nanos) {
    return new UserError(
        "frame " + frame,
        String.format(
            Locale.ROOT,
            "%s: %.0f ms behind (limit %.0f); the wall was ramped to black",
            what,
            nanos / 1e6,
            settings.lateSeconds() * 1e3),
        "prepare more frames ahead, lower the rate, or free the machine");
  }

  /** To black from the last picture shown, by the clock: a slow machine takes fewer steps. */
  private void ramp(Throwable fault) {
    WallPixels pixels = source.pixels();
    int[] faded = pixels.black();
    long begin = clock.nanos();
    double length = settings.rampSeconds() * 1e9;
    boolean noted = false;
    for (int step = 1; ; step++) {
      double left = 1 - (clock.nanos() - begin) / length;
      try {
        pixels.fade(last, WallPixels.easing(left), faded);
        presenter.draw(faded);
        presenter.present();
      } catch (RuntimeException again) {
        // The next step may get through.
        if (!noted) {
          fault.addSuppressed(again);
          noted = true;
        }
      }
      if (left <= 0) {
        return;
      }
      clock.until(Math.min(begin + Math.round(step * period), begin + (long) length));
    }
  }

  private PlaybackReport report(Throwable fault) {
    double[] s = intervals.statistics();
    return new PlaybackReport(
        presenter.name(),
        settings.verticalSync() ? "vsync" : "timer",
        WallPixels.BITS,
        settings.framesPerSecond(),
        shown,
        late,
        dropped,
        s[0],
        s[1],
        s[2],
        s[3],
        s[4],
        shown == 0 ? 0 : nits / shown,
        Optional.ofNullable(fault).map(Playback::told));
  }

  private static String told(Throwable fault) {
    return fault instanceof Interruption.Requested
        ? "stopped by the user"
        : String.valueOf(fault.getMessage());
  }
}
