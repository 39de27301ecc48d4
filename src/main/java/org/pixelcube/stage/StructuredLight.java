package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Pictures on the raster that tell a camera which cell of the raster each of its pixels sees:
 * binary-reflected Gray codes (Gray 1953) of column and row, highest bit first, each followed by
 * its inverse (Inokuchi et al. 1984). Neighbouring cells differ in one bit, so a camera pixel that
 * sees a border doubts that bit alone.
 *
 * <p>All panels show their part of the same pictures, so a panel fed from a wrong part of the
 * raster shows up too.
 *
 * @param rasterWidth raster pixels
 * @param rasterHeight raster pixels
 * @param cellPixels side of a cell in raster pixels; panels should be whole numbers of cells, and a
 *     cell some three camera pixels at least
 */
public record StructuredLight(int rasterWidth, int rasterHeight, int cellPixels) {
  /** Contrast between a picture and its inverse below which a pixel does not count. */
  private static final float LEAST_CONTRAST = 0.15f;

  /** How far from a half the share of light of a pixel is that sees one cell alone. */
  private static final float PURE = 0.4f;

  public StructuredLight {
    if (rasterWidth < 1 || rasterHeight < 1 || cellPixels < 1) {
      throw new IllegalArgumentException(
          "raster %d×%d in cells of %d (expected at least 1)"
              .formatted(rasterWidth, rasterHeight, cellPixels));
    }
  }

  /** What a camera pixel saw; −1 where the codes cannot be read. */
  public record Decoded(int width, int height, int[] column, int[] row) {}

  /**
   * The border between two neighbouring cells as a camera saw it.
   *
   * @param cell the left or upper cell on the raster, {@code row · columns + column}
   * @param other the cell right of it or below it
   * @param x mean of the points seen of the border, pixels from the picture's left
   * @param y pixels from its top
   * @param points how many that are
   */
  public record Border(int cell, int other, double x, double y, int points) {}

  /** The Gray code of a number from 0. */
  public static int encode(int n) {
    return n ^ (n >>> 1);
  }

  /** The number of a Gray code. */
  public static int decode(int gray) {
    int n = gray;
    for (int shift = 1; shift < Integer.SIZE; shift <<= 1) {
      n ^= n >>> shift;
    }
    return n;
  }

  private static int bits(int pixels, int cell) {
    int cells = (pixels + cell - 1) / cell;
    return cells <= 1 ? 1 : Integer.SIZE - Integer.numberOfLeadingZeros(cells - 1);
  }

  private int columnBits() {
    return bits(rasterWidth, cellPixels);
  }

  private int rowBits() {
    return bits(rasterHeight, cellPixels);
  }

  /** How many pictures there are: for each bit of column, then of row, it and its inverse. */
  public int pictures() {
    return 2 * (columnBits() + rowBits());
  }

  /** Whether a raster pixel is lit in a picture. */
  public boolean lit(int picture, int u, int v) {
    Objects.checkIndex(picture, pictures());
    int bit = picture / 2;
    boolean column = bit < columnBits();
    int shift = column ? columnBits() - 1 - bit : columnBits() + rowBits() - 1 - bit;
    int cell = (column ? u : v) / cellPixels;
    return ((encode(cell) >>> shift & 1) != 0) == (picture % 2 == 0);
  }

  /**
   * Reads what one camera saw of all pictures.
   *
   * @param seen luminance of each picture in order, {@code (h, w)}, linear, any scale
   * @param leastLight mean of a picture and its inverse below which nothing is seen
   */
  public Decoded decode(List<float[]> seen, int width, int height, float leastLight) {
    if (seen.size() != pictures()) {
      throw new IllegalArgumentException(
          "%d pictures of structured light (expected %d)".formatted(seen.size(), pictures()));
    }
    int[] column = new int[width * height];
    int[] row = new int[width * height];
    Arrays.fill(column, -1);
    Arrays.fill(row, -1);
    int columns = (rasterWidth + cellPixels - 1) / cellPixels;
    int rows = (rasterHeight + cellPixels - 1) / cellPixels;
    for (int i = 0; i < width * height; i++) {
      int code = 0;
      boolean certain = true;
      for (int bit = 0; bit < pictures() / 2 && certain; bit++) {
        float a = seen.get(2 * bit)[i];
        float b = seen.get(2 * bit + 1)[i];
        float sum = a + b;
        certain = sum > 2 * leastLight && Math.abs(a - b) >= LEAST_CONTRAST * sum;
        code = code << 1 | (a > b ? 1 : 0);
      }
      if (certain) {
        int u = decode(code >>> rowBits());
        int v = decode(code & (1 << rowBits()) - 1);
        if (u < columns && v < rows) {
          column[i] = u;
          row[i] = v;
        }
      }
    }
    return new Decoded(width, height, column, row);
  }

  /** Columns of cells. */
  public int cellColumns() {
    return Math.ceilDiv(rasterWidth, cellPixels);
  }

  /**
   * Finds where one camera saw the borders between cells, to fractions of a pixel. Neighbouring
   * cells differ in one bit; across their border, the shares of light that a picture has of itself
   * and its inverse add up, over three pixels, to where the border is, however a pixel on it is
   * shared. Unlike the middles of cells, points of a border lie on it whatever part of it is
   * hidden.
   *
   * @param seen as for {@link #decode}
   * @param decoded what that made of them
   * @return a mean point for each border and direction it was crossed in
   */
  public List<Border> borders(List<float[]> seen, Decoded decoded) {
    Map<Long, double[]> sums = new LinkedHashMap<>();
    int w = decoded.width;
    int h = decoded.height;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        if (decoded.column[y * w + x] >= 0) {
          if (x > 0 && x + 3 < w) {
            cross(seen, decoded, y * w + x, 1, sums);
          }
          if (y > 0 && y + 3 < h) {
            cross(seen, decoded, y * w + x, w, sums);
          }
        }
      }
    }
    List<Border> out = new ArrayList<>();
    sums.forEach((key, sum) -> {
      int n = (int) sum[2];
      out.add(new Border((int) (key >>> 33), (int) (key >>> 1), sum[0] / n, sum[1] / n, n));
    });
    return out;
  }

  /** Looks for a border between a pixel and the next, or the one after if that is doubtful. */
  private void cross(List<float[]> seen, Decoded d, int from, int step, Map<Long, double[]> sums) {
    int to = d.column[from + step] >= 0 ? from + step : from + 2 * step;
    if (d.column[to] < 0) {
      return;
    }
    int columns = d.column[to] - d.column[from];
    int rows = d.row[to] - d.row[from];
    if (Math.abs(columns) + Math.abs(rows) != 1) {
      return;
    }
    // The one bit in which the two differ, counted from the lowest of column or row.
    int changed =
        columns != 0
            ? encode(d.column[from]) ^ encode(d.column[to])
            : encode(d.row[from]) ^ encode(d.row[to]);
    int bit = Integer.numberOfTrailingZeros(changed);
    int pair = columns != 0 ? columnBits() - 1 - bit : columnBits() + rowBits() - 1 - bit;
    float[] lit = seen.get(2 * pair);
    float[] inverse = seen.get(2 * pair + 1);
    int middle = from;
    for (int i = from; i <= to; i += step) {
      if (Math.abs(share(lit, inverse, i) - 0.5f) < Math.abs(share(lit, inverse, middle) - 0.5f)) {
        middle = i;
      }
    }
    float before = share(lit, inverse, middle - step);
    float after = share(lit, inverse, middle + step);
    if (!((before - 0.5f) * (after - 0.5f) < 0)
        || Math.abs(before - 0.5f) < PURE
        || Math.abs(after - 0.5f) < PURE) {
      return;
    }
    double sum = before + share(lit, inverse, middle) + after;
    double along = before > 0.5f ? sum - 1 : 2 - sum;
    int x = middle % d.width;
    int y = middle / d.width;
    int a = d.row[from] * cellColumns() + d.column[from];
    int b = d.row[to] * cellColumns() + d.column[to];
    long key = (long) Math.min(a, b) << 33 | (long) Math.max(a, b) << 1 | (step == 1 ? 0 : 1);
    double[] s = sums.computeIfAbsent(key, _ -> new double[3]);
    s[0] += step == 1 ? x + along : x + 0.5;
    s[1] += step == 1 ? y + 0.5 : y + along;
    s[2]++;
  }

  /** The share of a picture in the light of it and its inverse. */
  private static float share(float[] lit, float[] inverse, int i) {
    float sum = lit[i] + inverse[i];
    if (sum == Float.POSITIVE_INFINITY) {
      // Saturated: all that is known is which of the two is brighter.
      return lit[i] == inverse[i] ? 0.5f : lit[i] > inverse[i] ? 1 : 0;
    }
    return sum > 0 ? Math.clamp(lit[i] / sum, 0f, 1f) : 0.5f;
  }
}
