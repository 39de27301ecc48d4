package org.pixelcube.image;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;
import java.util.List;
import org.pixelcube.color.ColorSpace;

/**
 * Contact sheets: pictures in rows of cells of one size, each with a line of text above it, on a
 * dark grey ground.
 */
public final class Montage {
  private static final int GAP = 6;
  private static final float GROUND = 0.018f;

  /**
   * A picture and the text above it.
   *
   * @param image 1, 3 or 4 channels; alpha lays it over the ground, {@link ColorSpace#DATA} is
   *     shown as light
   * @param label empty for none
   */
  public record Cell(Image image, String label) {}

  private Montage() {}

  /**
   * Lays out a sheet. Pictures keep their sizes and stand in the middle of their cells; a cell is
   * as large as the largest picture. Long labels are cut.
   *
   * @param columns cells in a row, at least 1
   * @return linear Rec.709, {@code (3, h, w)}
   * @throws IllegalArgumentException if there are no cells
   */
  public static Image sheet(List<Cell> cells, int columns) {
    if (cells.isEmpty() || columns < 1) {
      throw new IllegalArgumentException(
          "%d cells in %d columns (expected at least 1)".formatted(cells.size(), columns));
    }
    int cellWidth = cells.stream().mapToInt(c -> c.image().width()).max().orElseThrow();
    int cellHeight = cells.stream().mapToInt(c -> c.image().height()).max().orElseThrow();
    boolean labelled = cells.stream().anyMatch(c -> !c.label().isEmpty());
    int fontSize = Math.clamp(Math.round(cellWidth / 18f), 10, 24);
    int strip = labelled ? fontSize + fontSize / 2 : 0;
    int across = Math.min(columns, cells.size());
    int down = Math.ceilDiv(cells.size(), columns);
    int width = Math.addExact(Math.multiplyExact(across, cellWidth + GAP), GAP);
    int height = Math.addExact(Math.multiplyExact(down, cellHeight + strip + GAP), GAP);
    int n = Math.multiplyExact(width, height);
    float[] out = new float[Math.multiplyExact(3, n)];
    Arrays.fill(out, GROUND);
    for (int k = 0; k < cells.size(); k++) {
      int x = GAP + k % columns * (cellWidth + GAP);
      int y = GAP + k / columns * (cellHeight + strip + GAP);
      Cell cell = cells.get(k);
      if (!cell.label().isEmpty()) {
        label(cell.label(), fontSize, out, width, n, x, y, cellWidth, strip);
      }
      Image image = cell.image();
      paste(
          image,
          out,
          width,
          n,
          x + (cellWidth - image.width()) / 2,
          y + strip + (cellHeight - image.height()) / 2);
    }
    return Image.rgb(width, height, out);
  }

  private static void paste(Image image, float[] out, int width, int n, int left, int top) {
    Image source = image.space() == ColorSpace.DATA ? image : image.to(ColorSpace.LINEAR_REC709);
    int w = source.width();
    int h = source.height();
    int plane = w * h;
    float[] s = source.samples();
    int channels = source.channels();
    for (int c = 0; c < 3; c++) {
      // Fewer channels than colours: the missing ones are the last there is before.
      int from = (channels >= 3 ? c : channels == 1 ? 0 : Math.min(c, 1)) * plane;
      for (int y = 0; y < h; y++) {
        int o = c * n + (top + y) * width + left;
        for (int x = 0, i = y * w; x < w; x++, i++) {
          float a = channels == 4 ? s[3 * plane + i] : 1;
          out[o + x] = s[from + i] * a + out[o + x] * (1 - a);
        }
      }
    }
  }

  /** Draws light text; its coverage blends in linear light. */
  private static void label(
      String text, int fontSize, float[] out, int width, int n, int left, int top, int w, int h) {
    BufferedImage mask = new BufferedImage(w, h, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D g = mask.createGraphics();
    try {
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, fontSize));
      g.setColor(Color.WHITE);
      FontMetrics metrics = g.getFontMetrics();
      g.drawString(
          fitting(text, metrics, w), 0, (h - metrics.getHeight()) / 2 + metrics.getAscent());
    } finally {
      g.dispose();
    }
    byte[] coverage = ((DataBufferByte) mask.getRaster().getDataBuffer()).getData();
    final float light = 0.8f;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        float a = (coverage[y * w + x] & 0xFF) / 255f;
        for (int c = 0; c < 3; c++) {
          int o = c * n + (top + y) * width + left + x;
          out[o] += a * (light - out[o]);
        }
      }
    }
  }

  private static String fitting(String text, FontMetrics metrics, int width) {
    String line = text;
    while (line.length() > 1 && metrics.stringWidth(line) > width) {
      line = line.substring(0, line.length() - (line.endsWith("…") ? 2 : 1)) + "…";
    }
    return line;
  }
}
