package org.pixelcube.stage;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.pixelcube.config.InvalidSetting;

/**
 * How a camera's sensor turns light into code values: photon shot noise, read noise, saturation,
 * the camera's response curve, rounding.
 *
 * @param fullWellElectrons electrons at saturation
 * @param readElectrons standard deviation of the read noise, electrons
 * @param bits of a code value, 8 to 16
 */
public record Sensor(double fullWellElectrons, double readElectrons, int bits) {
  /** A cinema camera at its base sensitivity. */
  public static final Sensor DEFAULT = new Sensor(20_000, 4, 12);

  private static final float SATURATED = 0.999f;

  public Sensor {
    InvalidSetting.inRange("fullWellElectrons", fullWellElectrons, 10, 1e9);
    InvalidSetting.inRange("readElectrons", readElectrons, 0, 1e6);
    InvalidSetting.inRange("bits", bits, 8, 16);
  }

  /**
   * What the sensor reads.
   *
   * @param linear light relative to saturation, any planes
   * @param response of the camera
   * @param seed of the noise
   * @return code values in [0, 1]
   */
  public float[] expose(float[] linear, TransferCurve response, long seed) {
    float[] codes = new float[linear.length];
    double white = (1 << bits) - 1;
    int chunk = 1 << 14;
    IntStream.range(0, Math.ceilDiv(linear.length, chunk))
        .parallel()
        .forEach(part -> {
          SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + part);
          int end = Math.min(linear.length, (part + 1) * chunk);
          for (int i = part * chunk; i < end; i++) {
            double electrons = Math.max(0, linear[i]) * fullWellElectrons;
            double sigma = Math.sqrt(electrons + readElectrons * readElectrons);
            double light = (electrons + sigma * random.nextGaussian()) / fullWellElectrons;
            codes[i] = (float) (Math.rint(response.fromLinear(light, 1) * white) / white);
          }
        });
    return codes;
  }

  /** Linear light of code values: the camera's response undone. */
  public static float[] linear(float[] codes, TransferCurve response) {
    int entries = 1 << 14;
    float[] table = new float[entries + 2];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) response.toLinear((double) i / entries, 1);
    }
    float[] linear = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      float at = Math.clamp(codes[i], 0f, 1f) * entries;
      int k = (int) at;
      linear[i] = table[k] + (at - k) * (table[k + 1] - table[k]);
    }
    return linear;
  }

  /**
   * Makes all channels infinite where one is saturated: after a matrix it could not be told.
   *
   * @param codes planes of code values, {@code (3, h, w)}
   * @param linear planes of the same size, changed
   */
  static void markSaturated(float[] codes, float[] linear) {
    int n = codes.length / 3;
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] >= SATURATED) {
        for (int k = i % n; k < linear.length; k += n) {
          linear[k] = Float.POSITIVE_INFINITY;
        }
      }
    }
  }
}
