package org.pixelcube.stage;

import java.util.Arrays;
import java.util.List;
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

  public StructuredLight {
    if (rasterWidth < 1 || rasterHeight < 1 || cellPixels < 1) {
      throw new IllegalArgumentException(
          "raster %d×%d in cells of %d (expected at least 1)"
              .formatted(rasterWidth, rasterHeight, cellPixels));
    }
  }

  /** What a camera pixel saw; −1 where the codes cannot be read. */
  public record Decoded(int width, int height, int[] column, int[] row) {}

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
}
