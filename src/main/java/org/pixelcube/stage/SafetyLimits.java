package org.pixelcube.stage;

import java.util.List;
import java.util.Locale;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.UserError;

/**
 * What people in front of the wall are spared. The eye takes light that alternates fast enough for
 * steady; slower flicker is unpleasant and, between 3 and 60 Hz, can bring on a seizure. {@link
 * #DEFAULT} is practice 3 of IEEE 1789-2015: no more than 5 % modulation below 90 Hz.
 *
 * @param meanNits the most that the wall shines in the mean over its area and over a cycle, cd/m²
 * @param flickerHertz below this frequency light may change only by {@code modulationPercent}; 0
 *     allows any flicker
 * @param modulationPercent amplitude of one frequency over the mean, at most; so much may light
 *     that moves change from one cycle to the next
 * @param rampSeconds the shortest time to fade in and out
 */
public record SafetyLimits(
    double meanNits, double flickerHertz, double modulationPercent, double rampSeconds) {
  public static final SafetyLimits DEFAULT = new SafetyLimits(600, 90, 5, 0.5);

  /** How many cycles of light that moves are looked at. */
  private static final int CYCLES_SAMPLED = 32;

  public SafetyLimits {
    InvalidSetting.inRange("meanNits", meanNits, 0, 100_000);
    InvalidSetting.inRange("flickerHertz", flickerHertz, 0, 1000);
    InvalidSetting.inRange("modulationPercent", modulationPercent, 0, 200);
    InvalidSetting.inRange("rampSeconds", rampSeconds, 0.05, 60);
  }

  /** How bright the wall is in the mean over its area. */
  @FunctionalInterface
  public interface WallLuminance {
    /**
     * The mean in cd/m² of a frame at full level.
     *
     * @param mapSeconds time of moving lights
     */
    double nits(Label label, double mapSeconds);
  }

  /**
   * One frequency in the light of a cycle.
   *
   * @param modulationPercent amplitude over mean; 200 is the most, a single bright frame
   */
  public record Flicker(double hertz, double modulationPercent) {}

  /**
   * What was found.
   *
   * @param meanNits over the brightest cycle
   * @param worst of the frequencies below the limit: the one with the most modulation; 0 Hz if
   *     there is none
   */
  public record Findings(double meanNits, Flicker worst) {}

  /**
   * Measures a sequence against its limits.
   *
   * @throws UserError if a limit is broken, naming the frequency and what mends it
   */
  public static Findings check(String name, Sequence sequence, WallLuminance luminance) {
    SafetyLimits limits = sequence.limits();
    List<Label> labels = sequence.labels();
    int n = labels.size();
    Flicker worst = new Flicker(0, 0);
    double brightest = 0;
    int sampled = Math.min(CYCLES_SAMPLED, sequence.cycles());
    for (int k = 0; k < sampled; k++) {
      int cycle = sampled == 1 ? 0 : (int) ((long) k * (sequence.cycles() - 1) / (sampled - 1));
      double[] nits = new double[n];
      double mean = 0;
      double next = 0;
      for (int i = 0; i < n; i++) {
        double seconds = ((long) cycle * n + i) / sequence.framesPerSecond();
        nits[i] = luminance.nits(labels.get(i), seconds);
        mean += nits[i] / n;
        next += luminance.nits(labels.get(i), seconds + n / sequence.framesPerSecond()) / n;
      }
      if (cycle + 1 < sequence.cycles()) {
        smooth(name, sequence, cycle, mean, next);
      }
      brightest = Math.max(brightest, mean);
      for (Flicker flicker : spectrum(nits, sequence.framesPerSecond())) {
        if (flicker.hertz() < limits.flickerHertz - 1e-9
            && flicker.modulationPercent() > worst.modulationPercent()) {
          worst = flicker;
        }
      }
    }
    if (brightest > limits.meanNits * (1 + 1e-9)) {
      throw new UserError(
          name,
          String.format(
              Locale.ROOT,
              "shines with %.0f cd/m² in the mean (limits.meanNits is %.0f)",
              brightest,
              limits.meanNits),
          String.format(
              Locale.ROOT,
              "lower the levels or exposures by %.1f stops, or raise the limit",
              Math.log(brightest / limits.meanNits) / Math.log(2)));
    }
    if (worst.modulationPercent() > limits.modulationPercent * (1 + 1e-9)) {
      double needed = Math.ceil(limits.flickerHertz / worst.hertz() * sequence.framesPerSecond());
      throw new UserError(
          name,
          String.format(
              Locale.ROOT,
              "flickers at %.1f Hz by %.0f %% (at most %.0f %% below %.0f Hz)",
              worst.hertz(),
              worst.modulationPercent(),
              limits.modulationPercent,
              limits.flickerHertz),
          String.format(
              Locale.ROOT,
              "make the frames of the cycle equally bright in the mean over the wall, or play it at"
                  + " %.0f frames a second; lower limits.flickerHertz only with the consent of"
                  + " everyone present",
              needed));
    }
    return new Findings(brightest, worst);
  }

  /** Refuses light that jumps from one cycle to the next. */
  private static void smooth(String name, Sequence sequence, int cycle, double mean, double next) {
    SafetyLimits limits = sequence.limits();
    double percent = 100 * Math.abs(next - mean) / Math.max(mean, Double.MIN_NORMAL);
    if (limits.flickerHertz > 0 && percent > limits.modulationPercent * (1 + 1e-9)) {
      throw new UserError(
          name,
          String.format(
              Locale.ROOT,
              "changes by %.0f %% from one cycle to the next after %.1f s (at most %.0f %%)",
              percent,
              cycle * sequence.cycle().size() / sequence.framesPerSecond(),
              limits.modulationPercent),
          "let its lights move more slowly, or make the cycle shorter");
    }
  }

  /**
   * The frequencies in light that repeats: amplitude over mean of each harmonic of the cycle up to
   * half the frame rate, by the discrete Fourier transform.
   */
  static List<Flicker> spectrum(double[] nits, double framesPerSecond) {
    int n = nits.length;
    List<Flicker> found = new java.util.ArrayList<>();
    double mean = java.util.Arrays.stream(nits).sum() / n;
    for (int h = 1; h <= n / 2 && mean > 0; h++) {
      double re = 0;
      double im = 0;
      for (int i = 0; i < n; i++) {
        // The product is taken modulo the cycle: no rounding of large angles.
        double angle = 2 * Math.PI * Math.floorMod((long) h * i, (long) n) / n;
        re += nits[i] * Math.cos(angle);
        im += nits[i] * Math.sin(angle);
      }
      double amplitude = (2 * h == n ? 1 : 2) * Math.hypot(re, im) / n;
      found.add(new Flicker(h * framesPerSecond / n, 100 * amplitude / mean));
    }
    return found;
  }
}
