package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Blinks: spontaneous ones at random intervals, and those that go with large shifts of gaze
 * (Evinger et al. 1994). The lid closes in about 80 ms and opens in about 150 ms.
 */
final class Blinks {
  private static final double CLOSING_SECONDS = 0.08;
  private static final double OPENING_SECONDS = 0.15;
  private static final double APART_SECONDS = 0.8;

  private record Blink(double start, double shut, double depth, double speed) {}

  private final List<Blink> blinks = new ArrayList<>();

  /**
   * Draws the blinks of a clip.
   *
   * @param meanIntervalSeconds between spontaneous blinks
   * @param shifts moments of large shifts of gaze, in order
   */
  static Blinks of(
      SplittableRandom random,
      double durationSeconds,
      double meanIntervalSeconds,
      List<Double> shifts) {
    Blinks result = new Blinks();
    double t = meanIntervalSeconds * random.nextDouble();
    int next = 0;
    while (true) {
      double due = t;
      while (next < shifts.size() && shifts.get(next) < due) {
        double shift = shifts.get(next++);
        if (random.nextDouble() < 0.55 && result.free(shift)) {
          result.add(random, shift - 0.02);
          due = shift + interval(random, meanIntervalSeconds);
        }
      }
      if (due >= durationSeconds + 1) {
        return result;
      }
      if (due == t) {
        if (result.free(t)) {
          result.add(random, t);
        }
        due = t + interval(random, meanIntervalSeconds);
      }
      t = due;
    }
  }

  private static double interval(SplittableRandom random, double mean) {
    return Math.clamp(mean * Math.exp(0.4 * random.nextGaussian() - 0.08), 2, 6);
  }

  private boolean free(double t) {
    return blinks.isEmpty() || t - blinks.getLast().start >= APART_SECONDS;
  }

  private void add(SplittableRandom random, double t) {
    double depth = random.nextDouble() < 0.1 ? 0.6 + 0.3 * random.nextDouble() : 1;
    double speed = Math.exp(0.12 * random.nextGaussian());
    blinks.add(
        new Blink(t, 0.01 + 0.04 * random.nextDouble(), depth, Math.clamp(speed, 0.75, 1.3)));
  }

  /** When each blink begins. */
  List<Double> starts() {
    return blinks.stream().map(Blink::start).toList();
  }

  /** How far the lids are shut, 0 to 1. */
  double at(double t) {
    double closed = 0;
    for (Blink b : blinks) {
      double since = t - b.start;
      double closing = CLOSING_SECONDS / b.speed;
      double opening = OPENING_SECONDS / b.speed;
      double all = closing + b.shut + opening;
      if (since > 0 && since < all) {
        double u = Submovements.pulse(since, 0, closing, all, opening);
        closed = Math.max(closed, b.depth * u);
      }
    }
    return closed;
  }
}
