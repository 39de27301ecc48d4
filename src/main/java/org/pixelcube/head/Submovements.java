package org.pixelcube.head;

import java.util.Arrays;

/**
 * A quantity that moves by overlapping steps, each along the path of least jerk (Flash and Hogan
 * 1985): position, velocity and acceleration are continuous.
 */
final class Submovements {
  private double[] starts = new double[16];
  private double[] durations = new double[16];
  private double[] amounts = new double[16];
  private int count;

  /** Share of the way made after a share {@code u} of the time, 0 before and 1 after. */
  static double minimumJerk(double u) {
    if (u <= 0) {
      return 0;
    }
    return u >= 1 ? 1 : u * u * u * (10 + u * (6 * u - 15));
  }

  /** Rises over {@code onset} from a start, and falls over {@code offset} until an end. */
  static double pulse(double t, double start, double onset, double end, double offset) {
    return minimumJerk((t - start) / onset) * minimumJerk((end - t) / offset);
  }

  /** Adds {@code amount} between {@code start} and {@code start + duration}, seconds. */
  void step(double start, double duration, double amount) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      durations = Arrays.copyOf(durations, 2 * count);
      amounts = Arrays.copyOf(amounts, 2 * count);
    }
    starts[count] = start;
    durations[count] = duration;
    amounts[count] = amount;
    count++;
  }

  /** Goes from where the steps so far lead to {@code goal}. */
  void moveTo(double start, double duration, double goal) {
    step(start, duration, goal - end());
  }

  /** There and back, each way taking {@code duration}, with a rest of {@code hold} between. */
  void excursion(double start, double duration, double hold, double amount) {
    step(start, duration, amount);
    step(start + duration + hold, duration, -amount);
  }

  /** Where all steps lead. */
  double end() {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += amounts[i];
    }
    return sum;
  }

  double at(double timeSeconds) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += amounts[i] * minimumJerk((timeSeconds - starts[i]) / durations[i]);
    }
    return sum;
  }
}
