package org.pixelcube.stage;

import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The frame counter and sync marker: a square of {@value #SIDE} × {@value #SIDE} cells that is
 * drawn into the picture on the wall and found again in the camera's.
 *
 * <p>Outside a ring of white cells, inside it a ring of black ones, inside that {@value #DATA_SIDE}
 * × {@value #DATA_SIDE} cells: a counter of {@value #COUNTER_BITS} bits, the sequence's id of
 * {@value #ID_BITS}, and CRC-32 of both. White is 1. About half of the cells change from frame to
 * frame and they lie scattered over the square, so that an exposure that saw two frames of the wall
 * shows it in every row. Nothing is corrected: a square that is not whole is not read.
 */
public final class FrameMarker {
  /** Cells a side. */
  public static final int SIDE = 12;

  /** Cells a side of the part that tells the counter. */
  public static final int DATA_SIDE = 8;

  public static final int COUNTER_BITS = 24;
  public static final int ID_BITS = 8;

  /** Cells of the part that tells the counter. */
  public static final int DATA_CELLS = DATA_SIDE * DATA_SIDE;

  private static final int RING = (SIDE - DATA_SIDE) / 2;

  /** Odd, so that it visits all 64 cells; far from a multiple of 8, so that neighbours part. */
  private static final int STRIDE = 37;

  private FrameMarker() {}

  /**
   * What a marker tells.
   *
   * @param counter the frame of the wall
   * @param id of the sequence
   */
  public record Content(int counter, int id) {}

  /** The cells that tell the counter, row by row from the top left. */
  public static boolean[] cells(Content content) {
    if (content.counter() >>> COUNTER_BITS != 0 || content.id() >>> ID_BITS != 0) {
      throw new IllegalArgumentException("marker of " + content);
    }
    long word = (long) content.counter() << ID_BITS | content.id();
    long bits = word << 32 | checksum(word);
    boolean[] cells = new boolean[DATA_CELLS];
    for (int i = 0; i < DATA_CELLS; i++) {
      cells[i * STRIDE % DATA_CELLS] = (bits >>> i & 1) != 0;
    }
    return cells;
  }

  /** What cells tell, row by row from the top left; nothing if their checksum is wrong. */
  public static Optional<Content> content(boolean[] cells) {
    long bits = 0;
    for (int i = 0; i < DATA_CELLS; i++) {
      if (cells[i * STRIDE % DATA_CELLS]) {
        bits |= 1L << i;
      }
    }
    long word = bits >>> 32;
    return checksum(word) == (bits & 0xFFFF_FFFFL)
        ? Optional.of(new Content((int) (word >>> ID_BITS), (int) (word & ((1 << ID_BITS) - 1))))
        : Optional.empty();
  }

  private static long checksum(long word) {
    CRC32 crc = new CRC32();
    for (int shift = 24; shift >= 0; shift -= 8) {
      crc.update((int) (word >>> shift) & 0xFF);
    }
    return crc.getValue();
  }

  /** All {@value #SIDE} × {@value #SIDE} cells with both rings, row by row; 1 is white. */
  public static float[] pattern(Content content) {
    boolean[] cells = cells(content);
    float[] out = new float[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        boolean outer = x == 0 || y == 0 || x == SIDE - 1 || y == SIDE - 1;
        int cx = x - RING;
        int cy = y - RING;
        boolean inside = cx >= 0 && cy >= 0 && cx < DATA_SIDE && cy < DATA_SIDE;
        out[y * SIDE + x] = outer || (inside && cells[cy * DATA_SIDE + cx]) ? 1 : 0;
      }
    }
    return out;
  }

  /**
   * Draws a marker into a picture of linear drive values.
   *
   * @param samples planes of the picture, {@code (channels, height, width)}, changed
   * @throws IllegalArgumentException if it does not lie wholly in the picture
   */
  public static void draw(
      Content content,
      Sequence.MarkerPlace place,
      float[] samples,
      int channels,
      int height,
      int width) {
    int size = SIDE * place.cellPixels();
    if (place.rasterU() + size > width || place.rasterV() + size > height) {
      throw new IllegalArgumentException(
          "a marker of %d pixels at %d, %d in a picture of %d×%d"
              .formatted(size, place.rasterU(), place.rasterV(), width, height));
    }
    float[] pattern = pattern(content);
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < size; y++) {
        int row = (c * height + place.rasterV() + y) * width + place.rasterU();
        for (int x = 0; x < size; x++) {
          float cell = pattern[y / place.cellPixels() * SIDE + x / place.cellPixels()];
          samples[row + x] = (float) (cell * place.level());
        }
      }
    }
  }
}
