package org.pixelcube.eval;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;

/**
 * A mean with the 95 % interval that a percentile bootstrap over clips gives (Efron 1979): clips
 * are drawn again with replacement, each with all its lights, for these are not independent.
 *
 * @param mean over all values
 * @param low of the interval
 * @param high of the interval
 * @param clips that have a value
 */
public record Interval(double mean, double low, double high, int clips) {
  private static final int DRAWS = 2000;
  private static final long SEED = 0x1979;

  /**
   * Of the values of each clip.
   *
   * @param clips values by clip; those that are not numbers are left out
   * @return not numbers where there is no value
   */
  static Interval of(Collection<List<Double>> clips) {
    double[][] values =
        clips.stream()
            .map(c -> c.stream().mapToDouble(d -> d).filter(d -> !Double.isNaN(d)).toArray())
            .filter(c -> c.length > 0)
            .toArray(double[][]::new);
    if (values.length == 0) {
      return new Interval(Double.NaN, Double.NaN, Double.NaN, 0);
    }
    Random random = new Random(SEED);
    double[] means = new double[DRAWS];
    int[] drawn = new int[values.length];
    for (int d = 0; d < DRAWS; d++) {
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = random.nextInt(drawn.length);
      }
      means[d] = mean(values, drawn);
    }
    Arrays.sort(means);
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = i;
    }
    return new Interval(
        mean(values, drawn),
        means[(int) (0.025 * DRAWS)],
        means[(int) (0.975 * DRAWS)],
        values.length);
  }

  private static double mean(double[][] values, int[] drawn) {
    double sum = 0;
    int count = 0;
    for (int i : drawn) {
      for (double v : values[i]) {
        sum += v;
      }
      count += values[i].length;
    }
    return sum / count;
  }
}
