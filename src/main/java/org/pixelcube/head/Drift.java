package org.pixelcube.head;

import java.util.SplittableRandom;

/**
 * Slow involuntary movement: a sum of sinusoids of random phase at frequencies spaced evenly in
 * octaves, whose power falls as 1/f^{@code slope}. It has every derivative, is defined at all times
 * and never leaves ±{@link #peak()}.
 */
final class Drift {
  private final double[] angular;
  private final double[] phase;
  private final double[] amplitude;

  /**
   * @param deviation standard deviation of the value over time
   * @param lowHertz slowest frequency
   * @param highHertz fastest frequency
   * @param slope of the power spectrum: 1 pink, 2 a random walk within its band
   */
  Drift(
      SplittableRandom random, double deviation, double lowHertz, double highHertz, double slope) {
    int n = Math.max(4, (int) Math.ceil(3 * Math.log(highHertz / lowHertz) / Math.log(2)));
    angular = new double[n];
    phase = new double[n];
    amplitude = new double[n];
    double power = 0;
    for (int i = 0; i < n; i++) {
      double f = lowHertz * Math.pow(highHertz / lowHertz, (i + random.nextDouble()) / n);
      angular[i] = 2 * Math.PI * f;
      phase[i] = 2 * Math.PI * random.nextDouble();
      // A band of constant width in octaves holds power f · f^−slope.
      amplitude[i] = Math.pow(f, (1 - slope) / 2);
      power += amplitude[i] * amplitude[i] / 2;
    }
    double scale = deviation / Math.sqrt(power);
    for (int i = 0; i < n; i++) {
      amplitude[i] *= scale;
    }
  }

  double at(double timeSeconds) {
    double sum = 0;
    for (int i = 0; i < angular.length; i++) {
      sum += amplitude[i] * Math.sin(angular[i] * timeSeconds + phase[i]);
    }
    return sum;
  }

  /** The value it can never exceed. */
  double peak() {
    double sum = 0;
    for (double a : amplitude) {
      sum += a;
    }
    return sum;
  }
}
