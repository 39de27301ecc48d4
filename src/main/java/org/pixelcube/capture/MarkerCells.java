package org.pixelcube.capture;

import java.util.Optional;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.stage.FrameMarker;

/**
 * The cells of a marker as a camera saw them.
 *
 * @param data light of the cells that tell the counter, row by row, 0 the black ring and 1 the
 *     white one
 * @param black light of the black ring, linear
 * @param white light of the white ring, linear
 * @param roughness root mean square of what the rings differ from even black and white, in the
 *     units of {@code data}
 */
record MarkerCells(double[] data, double black, double white, double roughness) {
  private static final int SIDE = FrameMarker.DATA_SIDE;

  /** Rings rougher than this are no rings. */
  private static final double MOST_ROUGHNESS = 0.25;

  /** White less than this above black, of the camera's range, is noise. */
  private static final double LEAST_CONTRAST = 0.002;

  /** Whether there are two rings at all. */
  boolean isMarker() {
    return white - black > LEAST_CONTRAST && roughness < MOST_ROUGHNESS;
  }

  /** How bright the marker is: proportional to the exposure. */
  double contrast() {
    return white - black;
  }

  /** What the cells tell, each taken for the nearer of black and white; nothing if they do not. */
  Optional<FrameMarker.Content> content() {
    boolean[] cells = new boolean[data.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = data[i] > 0.5;
    }
    return FrameMarker.content(cells);
  }

  /** The same seen by a camera turned by a quarter: the right column becomes the top row. */
  MarkerCells turned() {
    double[] out = new double[data.length];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        out[y * SIDE + x] = data[x * SIDE + SIDE - 1 - y];
      }
    }
    return new MarkerCells(out, black, white, roughness);
  }

  /**
   * How these cells are made of two frames of the wall.
   *
   * @param share of the second frame
   * @param residual root mean square of what the mixture does not explain
   */
  record Blend(double share, double residual) {}

  /**
   * Fits cells as an exposure that saw {@code a} and then, for a share of its time, {@code b}, both
   * blurred: v = Σ w_k B_k(a) + u_k B_k(b − a), with B_k the cell itself and the mean of its four
   * neighbours (of a also of its diagonal ones). Blur so weighs neighbours without being known.
   */
  Blend blend(FrameMarker.Content a, FrameMarker.Content b) {
    double[] from = values(FrameMarker.cells(a));
    double[] to = values(FrameMarker.cells(b));
    LeastSquares system = new LeastSquares(6);
    double[][] rows = new double[data.length][];
    for (int y = 0, i = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++, i++) {
        double near = beside(from, x, y);
        rows[i] =
            new double[] {
              1, from[i], near, diagonal(from, x, y), to[i] - from[i], beside(to, x, y) - near
            };
        system.add(rows[i], data[i], 1);
      }
    }
    double[] w = system.solve(1e-3);
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      double r = -data[i];
      for (int k = 0; k < w.length; k++) {
        r += w[k] * rows[i][k];
      }
      sum += r * r;
    }
    // Of a whole cell's contrast: what the cell itself keeps after blur.
    return new Blend(w[4] / Math.max(0.2, w[1]), Math.sqrt(sum / rows.length));
  }

  /**
   * How well the upper rows are those of one frame and the lower rows those of another, whichever
   * is on top; one row between may be anything.
   *
   * @return root mean square of what differs, infinite if a cell is on the wrong side
   */
  double tear(FrameMarker.Content a, FrameMarker.Content b) {
    double[] first = values(FrameMarker.cells(a));
    double[] second = values(FrameMarker.cells(b));
    double best = Double.POSITIVE_INFINITY;
    for (int row = 0; row < SIDE; row++) {
      best = Math.min(best, Math.min(tear(first, second, row), tear(second, first, row)));
    }
    return best;
  }

  /** With everything in {@code row} left open. */
  private double tear(double[] upper, double[] lower, int row) {
    double sum = 0;
    for (int i = 0; i < data.length; i++) {
      int y = i / SIDE;
      if (y == row) {
        continue;
      }
      double off = data[i] - (y < row ? upper : lower)[i];
      if (Math.abs(off) > 0.5) {
        return Double.POSITIVE_INFINITY;
      }
      sum += off * off;
    }
    return Math.sqrt(sum / (data.length - SIDE));
  }

  private static double[] values(boolean[] cells) {
    double[] out = new double[cells.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = cells[i] ? 1 : 0;
    }
    return out;
  }

  /** Round the data lies the black ring. */
  private static double at(double[] cells, int x, int y) {
    return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : cells[y * SIDE + x];
  }

  private static double beside(double[] c, int x, int y) {
    return (at(c, x - 1, y) + at(c, x + 1, y) + at(c, x, y - 1) + at(c, x, y + 1)) / 4;
  }

  private static double diagonal(double[] c, int x, int y) {
    return (at(c, x - 1, y - 1) + at(c, x + 1, y - 1) + at(c, x - 1, y + 1) + at(c, x + 1, y + 1))
        / 4;
  }
}
