package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@Randomized
class PlanesTest {
  @RepeatedTest(20)
  void boxSumEqualsTheNaiveSum(Random random) {
    int w = random.nextInt(1, 14);
    int h = random.nextInt(1, 14);
    int radius = random.nextInt(1, 9);
    float[] plane = new float[w * h];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = random.nextFloat();
    }
    float[] fast = plane.clone();
    Planes.boxSum(fast, w, h, radius, new float[w * h]);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double sum = 0;
        for (int v = Math.max(0, y - radius); v <= Math.min(h - 1, y + radius); v++) {
          for (int u = Math.max(0, x - radius); u <= Math.min(w - 1, x + radius); u++) {
            sum += plane[v * w + u];
          }
        }
        assertEquals(sum, fast[y * w + x], 1e-4);
      }
    }
  }

  @RepeatedTest(10)
  void maskedGuidedFilterEqualsItsDefinition(Random random) {
    int w = random.nextInt(2, 10);
    int h = random.nextInt(2, 10);
    int radius = random.nextInt(1, 4);
    float epsilon = 0.05f;
    float[] guide = new float[w * h];
    float[] weight = new float[w * h];
    float[] values = new float[w * h];
    for (int i = 0; i < guide.length; i++) {
      guide[i] = random.nextFloat();
      weight[i] = random.nextFloat();
      values[i] = random.nextFloat();
    }
    float[] fast = new MaskedGuidedFilter(guide, weight, w, h, radius, epsilon).filter(values);
    double[] a = new double[w * h];
    double[] b = new double[w * h];
    for (int i = 0; i < a.length; i++) {
      double[] m = moments(guide, weight, values, w, radius, i);
      a[i] = (m[3] - m[1] * m[2]) / (m[4] - m[1] * m[1] + epsilon);
      b[i] = m[2] - a[i] * m[1];
    }
    for (int i = 0; i < a.length; i++) {
      double sumA = 0;
      double sumB = 0;
      double mass = 0;
      for (int j = 0; j < a.length; j++) {
        if (Math.abs(j % w - i % w) <= radius && Math.abs(j / w - i / w) <= radius) {
          sumA += (weight[j] + 1e-4) * a[j];
          sumB += (weight[j] + 1e-4) * b[j];
          mass += weight[j] + 1e-4;
        }
      }
      assertEquals(sumA / mass * guide[i] + sumB / mass, fast[i], 1e-4);
    }
  }

  private static double[] moments(
      float[] guide, float[] weight, float[] values, int w, int radius, int at) {
    double[] m = new double[5];
    for (int j = 0; j < guide.length; j++) {
      if (Math.abs(j % w - at % w) <= radius && Math.abs(j / w - at / w) <= radius) {
        double q = weight[j] + 1e-4;
        m[0] += q;
        m[1] += q * guide[j];
        m[2] += q * values[j];
        m[3] += q * guide[j] * values[j];
        m[4] += q * guide[j] * guide[j];
      }
    }
    for (int k = 1; k < 5; k++) {
      m[k] /= m[0];
    }
    return m;
  }

  @Test
  void smoothingKeepsAConstantAndIgnoresWhatHasNoWeight() {
    int w = 20;
    int h = 9;
    float[] values = new float[w * h];
    float[] weight = new float[w * h];
    for (int i = 0; i < values.length; i++) {
      boolean known = i % w < 10;
      values[i] = known ? 0.7f : 1e6f;
      weight[i] = known ? 1 : 0;
    }
    float[] smooth = Planes.smooth(values, weight, w, h, 1.5, -1);
    for (int i = 0; i < values.length; i++) {
      if (i % w < 12) {
        assertEquals(0.7f, smooth[i], 1e-4);
      }
    }
  }
}
