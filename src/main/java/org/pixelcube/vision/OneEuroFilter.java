package org.pixelcube.vision;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The One-Euro filter (Casiez, Roussel and Vogel, CHI 2012): a low-pass filter whose cutoff grows
 * with speed, so that what rests does not tremble and what moves does not lag.
 */
final class OneEuroFilter {
  private final double minCutoffHertz;
  private final double beta;
  private final double derivativeCutoffHertz;
  private final float[] values;
  private final float[] speeds;
  private double lastSeconds = Double.NaN;

  /**
   * Makes the filter for vectors of {@code size} values.
   *
   * @param minCutoffHertz cutoff at rest
   * @param beta growth of the cutoff in hertz per unit of speed
   * @param derivativeCutoffHertz cutoff for the speed itself
   */
  OneEuroFilter(int size, double minCutoffHertz, double beta, double derivativeCutoffHertz) {
    this.minCutoffHertz = minCutoffHertz;
    this.beta = beta;
    this.derivativeCutoffHertz = derivativeCutoffHertz;
    values = new float[size];
    speeds = new float[size];
  }

  /**
   * Takes the next sample and gives its filtered value.
   *
   * @param scale the unit of length the speed is measured in, so that {@code beta} means the same
   *     for every size
   */
  float[] next(float[] sample, double timeSeconds, double scale) {
    double interval = timeSeconds - lastSeconds;
    // First sample, or time that does not go forward: start afresh.
    if (!(interval > 0)) {
      System.arraycopy(sample, 0, values, 0, values.length);
      java.util.Arrays.fill(speeds, 0);
      lastSeconds = timeSeconds;
      return values.clone();
    }
    double speedWeight = weight(interval, derivativeCutoffHertz);
    for (int i = 0; i < values.length; i++) {
      double speed = (sample[i] - values[i]) / (interval * scale);
      double smoothSpeed = speeds[i] + speedWeight * (speed - speeds[i]);
      double w = weight(interval, minCutoffHertz + beta * Math.abs(smoothSpeed));
      speeds[i] = (float) smoothSpeed;
      values[i] = (float) (values[i] + w * (sample[i] - values[i]));
    }
    lastSeconds = timeSeconds;
    return values.clone();
  }

  /** Weight of the new sample in exponential smoothing with the given cutoff. */
  private static double weight(double intervalSeconds, double cutoffHertz) {
    double r = 2 * Math.PI * cutoffHertz * intervalSeconds;
    return r / (r + 1);
  }

  void write(DataOutput out) throws IOException {
    out.writeDouble(lastSeconds);
    for (int i = 0; i < values.length; i++) {
      out.writeFloat(values[i]);
      out.writeFloat(speeds[i]);
    }
  }

  void read(DataInput in) throws IOException {
    lastSeconds = in.readDouble();
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readFloat();
      speeds[i] = in.readFloat();
    }
  }
}
