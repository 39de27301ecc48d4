package org.pixelcube.stage;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * Watches how bright a wall is from frame to frame, and tells when people in front of it should not
 * see the next one: when its mean over a second is beyond the limit, or when it flashes more than
 * three times within a second.
 *
 * <p>A flash is a pair of opposing changes as in ITU-R BT.1702-2: by 20 cd/m² or more where the
 * darker moment is below 160 cd/m², by a Michelson contrast of 1/17 or more above. Light is
 * averaged over a window first, so that a cycle of lights that is faster than the eye counts as the
 * steady light for which it is taken; {@link SafetyLimits#check} looks after what happens within a
 * cycle.
 */
public final class FlashWatch {
  /** More of them within a second are harmful. */
  static final int FLASHES = 3;

  private static final double DARK_NITS = 160;
  private static final double STEP_NITS = 20;
  private static final double CONTRAST = 1.0 / 17;

  private final SafetyLimits limits;
  private final double framesPerSecond;
  private final double[] window;
  private final double[] second;
  private final Deque<Long> turns = new ArrayDeque<>();
  private double windowSum;
  private double secondSum;
  private long frames;
  private double low;
  private double high;
  private int direction;

  /**
   * A watch.
   *
   * @param limits of which {@code meanNits} and {@code flickerHertz} are used; with 0 Hz flashes
   *     are allowed
   * @param windowFrames frames that the eye takes together, such as those of a cycle
   */
  public FlashWatch(SafetyLimits limits, double framesPerSecond, int windowFrames) {
    this.limits = limits;
    this.framesPerSecond = framesPerSecond;
    this.window = new double[Math.max(1, windowFrames)];
    this.second = new double[Math.max(1, (int) Math.round(framesPerSecond))];
  }

  /** Frames without a cycle: what lasts shorter than the limit's frequency is taken together. */
  public static FlashWatch ofFrames(SafetyLimits limits, double framesPerSecond) {
    int frames = (int) Math.ceil(framesPerSecond / Math.max(1, limits.flickerHertz()) - 1e-9);
    return new FlashWatch(limits, framesPerSecond, frames);
  }

  /**
   * Looks at the next frame.
   *
   * @param nits the wall's mean luminance, cd/m²
   * @return why it should not be shown, if so
   */
  public Optional<String> next(double nits) {
    int at = (int) (frames % second.length);
    secondSum += nits - second[at];
    second[at] = nits;
    int w = (int) (frames % window.length);
    windowSum += nits - window[w];
    window[w] = nits;
    if (w == 0) {
      // Differences add up to rounding errors in a long take.
      windowSum = Arrays.stream(window).sum();
    }
    if (at == 0) {
      secondSum = Arrays.stream(second).sum();
    }
    frames++;
    double mean = secondSum / second.length;
    if (mean > limits.meanNits() * (1 + 1e-6)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "shines with %.0f cd/m² in the mean over a second (limits.meanNits is %.0f)",
              mean,
              limits.meanNits()));
    }
    // Before the first frame the wall was black.
    int flashes = flashes(windowSum / window.length);
    return flashes > FLASHES && limits.flickerHertz() > 0
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "flashes more than %d times within a second, which can bring on a seizure",
                FLASHES))
        : Optional.empty();
  }

  /** Follows the extremes; gives the flashes of the last second. */
  private int flashes(double light) {
    if (direction >= 0 && light > high) {
      high = light;
    }
    if (direction <= 0 && light < low) {
      low = light;
    }
    if (direction >= 0 && harmful(light, high)) {
      turn(-1, light);
    } else if (direction <= 0 && harmful(low, light)) {
      turn(1, light);
    }
    while (!turns.isEmpty() && turns.getFirst() <= frames - framesPerSecond) {
      turns.removeFirst();
    }
    // A flash is there and back.
    return turns.size() / 2;
  }

  private void turn(int to, double light) {
    direction = to;
    low = light;
    high = light;
    turns.add(frames);
  }

  private static boolean harmful(double darker, double brighter) {
    double step = brighter - darker;
    return darker < DARK_NITS ? step >= STEP_NITS : step >= CONTRAST * (brighter + darker);
  }
}
