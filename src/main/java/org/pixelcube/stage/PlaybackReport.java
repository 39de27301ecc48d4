package org.pixelcube.stage;

import java.util.Arrays;
import java.util.Optional;

/**
 * How evenly pictures were shown. The error of an interval is the time between two pictures less
 * what it should have been.
 *
 * @param presenter what showed them
 * @param pacing {@code timer} or {@code vsync}
 * @param bits of a code value: {@value WallPixels#BITS}
 * @param framesPerSecond wanted
 * @param shown pictures shown, without a ramp after a fault
 * @param late shown more than half a frame after their time
 * @param dropped left out because the time of the next one had come
 * @param meanMicros mean error of an interval, microseconds
 * @param deviationMicros its standard deviation
 * @param percentile95Micros the magnitude that 95 % of the errors do not exceed
 * @param percentile99Micros the same for 99 %
 * @param worstMicros the largest magnitude
 * @param meanNits the wall's mean luminance over all pictures shown, cd/m²
 * @param fault what went wrong, if something did; the wall then went to black by a ramp
 */
public record PlaybackReport(
    String presenter,
    String pacing,
    int bits,
    double framesPerSecond,
    long shown,
    long late,
    long dropped,
    double meanMicros,
    double deviationMicros,
    double percentile95Micros,
    double percentile99Micros,
    double worstMicros,
    double meanNits,
    Optional<String> fault) {

  /** Errors of intervals, gathered as pictures are shown without making garbage. */
  static final class Intervals {
    private long[] errors = new long[1 << 12];
    private int count;

    /** Adds the error of one interval, nanoseconds. */
    void add(long nanos) {
      if (count == errors.length) {
        errors = Arrays.copyOf(errors, 2 * count);
      }
      errors[count++] = nanos;
    }

    /** Mean, standard deviation, 95th and 99th percentile and largest magnitude, microseconds. */
    double[] statistics() {
      if (count == 0) {
        return new double[5];
      }
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += errors[i];
      }
      double mean = sum / count;
      double squares = 0;
      long[] magnitudes = new long[count];
      for (int i = 0; i < count; i++) {
        squares += (errors[i] - mean) * (errors[i] - mean);
        magnitudes[i] = Math.abs(errors[i]);
      }
      Arrays.sort(magnitudes);
      return new double[] {
        mean / 1e3,
        Math.sqrt(squares / count) / 1e3,
        percentile(magnitudes, 0.95) / 1e3,
        percentile(magnitudes, 0.99) / 1e3,
        magnitudes[count - 1] / 1e3
      };
    }

    /** The nearest rank: the least value that this share of all does not exceed. */
    private static double percentile(long[] sorted, double share) {
      return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
  }
}
