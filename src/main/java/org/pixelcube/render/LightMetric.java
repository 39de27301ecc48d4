package org.pixelcube.render;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.SymmetricEigen;

/**
 * How much an error in a response shows: its mean square under light as it is, |S e|² with S² the
 * mean outer product of the weights of the library's maps, turned all round, each of unit length.
 * Light is smooth over the sphere as a rule, so fine patterns show less; a share of white keeps
 * them from vanishing, for lamps are not smooth. Suns and panels go by themselves, each as much as
 * a cell of white: under one of them alone the error is about that under a map.
 */
final class LightMetric {
  private static final int TURNS = 8;
  private static final double WHITE = 0.3;
  private static final Map<Integer, LightMetric> CELLS = new ConcurrentHashMap<>();

  private final int cells;
  private final int columns;
  private final double[] forward;
  private final double[] back;

  private LightMetric(int cells, int columns, double[] forward, double[] back) {
    this.cells = cells;
    this.columns = columns;
    this.forward = forward;
    this.back = back;
  }

  /** The library's maps, small, hard sources apart: painted when they are first asked for. */
  private static final class Painted {
    private static final int WIDTH = 128;
    static final List<HardSources> MAPS =
        MapLibrary.names().stream()
            .map(name -> MapLibrary.make(name).orElseThrow())
            .map(map -> map.width() > WIDTH ? map.downsampled(WIDTH, WIDTH / 2) : map)
            .map(map -> HardSources.of(map, 4))
            .toList();
  }

  static List<HardSources> maps() {
    return Painted.MAPS;
  }

  static LightMetric of(LightBasis lights) {
    LightMetric base = CELLS.computeIfAbsent(lights.bins().side(), LightMetric::make);
    return new LightMetric(base.cells, lights.columns(), base.forward, base.back);
  }

  private static LightMetric make(int side) {
    DirectionBins bins = new DirectionBins(side);
    int n = bins.count();
    double[] mean = new double[n * n];
    int looks = Painted.MAPS.size() * TURNS;
    for (HardSources map : Painted.MAPS) {
      for (int turn = 0; turn < TURNS; turn++) {
        Rotation r = Rotation.yawPitchRoll(360.0 * turn / TURNS + 11, 0, 0);
        float[] rgb = bins.weights(map.rest().downsampled(64, 32).rotated(r));
        double[] w = new double[n];
        double power = 0;
        for (int k = 0; k < n; k++) {
          w[k] = rgb[3 * k] + 2.0 * rgb[3 * k + 1] + rgb[3 * k + 2];
          power += w[k] * w[k];
        }
        for (int i = 0; i < n && power > 0; i++) {
          for (int j = 0; j < n; j++) {
            mean[i * n + j] += w[i] * w[j] / power / looks;
          }
        }
      }
    }
    for (int i = 0; i < n; i++) {
      mean[i * n + i] += WHITE / n;
    }
    SymmetricEigen eigen = SymmetricEigen.of(mean, n);
    double[] forward = new double[n * n];
    double[] back = new double[n * n];
    for (int m = 0; m < n; m++) {
      // Scaled so that white light of radiance 1 in one cell counts about 1.
      double root = Math.sqrt(n * Math.max(WHITE / n, eigen.values()[m]));
      double[] v = eigen.vectors()[m];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double outer = v[i] * v[j];
          forward[i * n + j] += outer * root;
          back[i * n + j] += outer / root;
        }
      }
    }
    return new LightMetric(n, n, forward, back);
  }

  /** S times a response. */
  float[] applied(float[] response) {
    return times(forward, response, 0);
  }

  /** S times each response of a list of them. */
  float[] appliedToAll(float[] responses) {
    return all(forward, responses);
  }

  /** The inverse of S times each response of a list of them. */
  float[] undoneForAll(float[] responses) {
    return all(back, responses);
  }

  private float[] all(double[] matrix, float[] responses) {
    int n = 3 * columns;
    float[] out = new float[responses.length];
    IntStream.range(0, responses.length / n)
        .parallel()
        .forEach(p -> System.arraycopy(times(matrix, responses, p * n), 0, out, p * n, n));
    return out;
  }

  private float[] times(double[] matrix, float[] in, int from) {
    int n = 3 * columns;
    float[] out = new float[n];
    for (int i = 0; i < cells; i++) {
      double r = 0;
      double g = 0;
      double b = 0;
      for (int j = 0, at = from; j < cells; j++, at += 3) {
        double m = matrix[i * cells + j];
        r += m * in[at];
        g += m * in[at + 1];
        b += m * in[at + 2];
      }
      out[3 * i] = (float) r;
      out[3 * i + 1] = (float) g;
      out[3 * i + 2] = (float) b;
    }
    System.arraycopy(in, from + 3 * cells, out, 3 * cells, n - 3 * cells);
    return out;
  }
}
