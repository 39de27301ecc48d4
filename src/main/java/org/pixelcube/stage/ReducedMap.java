package org.pixelcube.stage;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How a map is laid out for {@link LedWindows}: a reduced grid, as weather models have it (Hortal
 * and Simmons 1991): towards the poles, where columns crowd, rows have a half, a quarter, … of the
 * columns, so that no column is narrower than an LED pixel.
 *
 * <p>A row holds its three channels one after the other, each continued round the seam by as much
 * as a window reaches beyond its end. Beyond either pole there is one row more, which goes down the
 * other side.
 */
final class ReducedMap {
  /** As many columns as a window has; at most 16. */
  static final VectorSpecies<Float> LANES =
      FloatVector.SPECIES_PREFERRED.length() <= 16
          ? FloatVector.SPECIES_PREFERRED
          : FloatVector.SPECIES_512;

  private static final int LEAST_COLUMNS = 16;

  private final int width;
  private final int height;
  private final int[] levels;
  private final int stride;

  /**
   * A layout.
   *
   * @param width columns of the map, even
   * @param height rows
   * @param widest the largest angle that an LED pixel spans, radians
   */
  ReducedMap(int width, int height, double widest) {
    this.width = width;
    this.height = height;
    stride = width + LANES.length();
    levels = new int[height];
    // Rows beyond the poles need an even number of columns; those next to them are to be round.
    int most = Integer.numberOfTrailingZeros(width) - 1;
    while (most > 0 && width >> most < LEAST_COLUMNS) {
      most--;
    }
    for (int y = 0; y < height; y++) {
      double column = 2 * Math.PI / width * Math.sin(Math.PI * (y + 0.5) / height);
      while (levels[y] < most && column * (1 << levels[y]) < widest) {
        levels[y]++;
      }
    }
  }

  private int row(int y) {
    return Math.clamp(y, 0, height - 1);
  }

  /** How often columns of a row were halved; rows −1 and h lie beyond the poles. */
  int level(int y) {
    return levels[row(y)];
  }

  /** Columns of a row. */
  int columns(int y) {
    return width >> level(y);
  }

  /** Floats from one channel of a row to the next; a row has three. */
  int stride() {
    return stride;
  }

  /** Floats of a whole map. */
  int length() {
    return 3 * stride * (height + 2);
  }

  /** Where the first channel of a row begins; rows −1 and h lie beyond the poles. */
  int first(int y) {
    return 3 * stride * (y + 1);
  }

  /**
   * Gives each map pixel its part of what falls to the pixels of this layout.
   *
   * @param sums laid out like one channel: row y, column x at (y + 1) · {@link #stride} + x
   * @return {@code (h, w)}
   */
  double[] spread(double[] sums) {
    double[] out = new double[width * height];
    for (int y = -1; y <= height; y++) {
      int n = columns(y);
      int level = level(y);
      int turn = y < 0 || y >= height ? n / 2 : 0;
      for (int x = 0; x < stride; x++) {
        double part = sums[(y + 1) * stride + x] / (1 << level);
        int column = (x + turn) % n << level;
        for (int k = 0; part != 0 && k < 1 << level; k++) {
          out[row(y) * width + column + k] += part;
        }
      }
    }
    return out;
  }

  /** Halves the columns of a row of light, {@code [3][w]}, in place, as often as is due. */
  void reduce(int y, float[][] light) {
    for (int k = 0, n = width / 2; k < levels[y]; k++, n /= 2) {
      for (float[] of : light) {
        for (int x = 0; x < n; x++) {
          of[x] = 0.5f * (of[2 * x] + of[2 * x + 1]);
        }
      }
    }
  }

  /**
   * Writes a reduced row.
   *
   * @param m 3×3, row-major: from the map's channels to those wanted
   * @param out the map
   */
  void put(int y, float[][] light, float[] m, float[] out) {
    float[] red = light[0];
    float[] green = light[1];
    float[] blue = light[2];
    int n = columns(y);
    int whole = LANES.loopBound(n);
    for (int c = 0; c < 3; c++) {
      int o = first(y) + c * stride;
      float ofRed = m[3 * c];
      float ofGreen = m[3 * c + 1];
      float ofBlue = m[3 * c + 2];
      for (int x = 0; x < whole; x += LANES.length()) {
        FloatVector.fromArray(LANES, red, x)
            .mul(ofRed)
            .add(FloatVector.fromArray(LANES, green, x).mul(ofGreen))
            .add(FloatVector.fromArray(LANES, blue, x).mul(ofBlue))
            .intoArray(out, o + x);
      }
      for (int x = whole; x < n; x++) {
        out[o + x] = red[x] * ofRed + green[x] * ofGreen + blue[x] * ofBlue;
      }
      continued(out, o, n);
    }
  }

  private void continued(float[] out, int o, int n) {
    for (int x = n; x < n + LANES.length(); x++) {
      out[o + x] = out[o + x - n];
    }
  }

  /** Writes the rows beyond the poles; all others are there. */
  void putPoles(float[] out) {
    for (int y : new int[] {-1, height}) {
      int n = columns(y);
      for (int c = 0; c < 3; c++) {
        int from = first(row(y)) + c * stride;
        int o = first(y) + c * stride;
        System.arraycopy(out, from, out, o + n / 2, n / 2);
        System.arraycopy(out, from + n / 2, out, o, n / 2);
        continued(out, o, n);
      }
    }
  }
}
