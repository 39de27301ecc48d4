package org.pixelcube.capture;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.pixelcube.stage.FrameMarker;

/** The cells of markers as a camera sees them, without the picture around. */
final class CellSimulation {
  private static final int SIDE = FrameMarker.SIDE;

  private CellSimulation() {}

  /**
   * A marker that shows {@code b} by a share and otherwise {@code a}.
   *
   * @param share by the height in the marker, 0 at its top, 1 at its bottom
   * @param white light of a white cell
   * @param blur what a cell takes from its neighbours, 0 to 0.5
   * @param noise standard deviation over white
   */
  static MarkerCells seen(
      FrameMarker.Content a,
      FrameMarker.Content b,
      DoubleUnaryOperator share,
      double white,
      double blur,
      double noise,
      Random random) {
    float[] from = FrameMarker.pattern(a);
    float[] to = FrameMarker.pattern(b);
    double[] sharp = new double[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      double s = share.applyAsDouble((y + 0.5) / SIDE);
      for (int x = 0; x < SIDE; x++) {
        int i = y * SIDE + x;
        sharp[i] = (1 - s) * from[i] + s * to[i];
      }
    }
    double slope = 0.2 * (random.nextDouble() - 0.5);
    double haze = 0.05 * random.nextDouble();
    double[] out = new double[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double around =
            (at(sharp, x - 1, y) + at(sharp, x + 1, y) + at(sharp, x, y - 1) + at(sharp, x, y + 1))
                / 4;
        double v = (1 - blur) * sharp[y * SIDE + x] + blur * around;
        double level = white * (1 + slope * (2.0 * x / (SIDE - 1) - 1));
        out[y * SIDE + x] = level * (v + haze + noise * random.nextGaussian());
      }
    }
    return MarkerDetector.normalized(out);
  }

  private static double at(double[] cells, int x, int y) {
    return cells[Math.clamp(y, 0, SIDE - 1) * SIDE + Math.clamp(x, 0, SIDE - 1)];
  }
}
