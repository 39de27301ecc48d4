package org.pixelcube.stage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Vector3;

/**
 * A three-dimensional look-up table as LED processors and grading programs read it: Adobe's Cube
 * LUT Specification 1.0, domain 0 to 1.
 *
 * @param title one line
 * @param size samples a side, 2 to 256
 * @param values {@code size³ × 3}, red fastest, then green, then blue
 */
public record CubeLut(String title, int size, float[] values) {
  private static final int MOST = 256;

  public CubeLut {
    if (size < 2 || size > MOST || values.length != 3 * size * size * size) {
      throw new IllegalArgumentException(
          "%d values for %d samples a side (2 to %d)".formatted(values.length, size, MOST));
    }
  }

  /** Samples a function of colours from 0 to 1. */
  public static CubeLut of(String title, int size, UnaryOperator<Vector3> colour) {
    float[] values = new float[3 * size * size * size];
    int at = 0;
    double scale = 1.0 / (size - 1);
    for (int b = 0; b < size; b++) {
      for (int g = 0; g < size; g++) {
        for (int r = 0; r < size; r++) {
          Vector3 v = colour.apply(new Vector3(r * scale, g * scale, b * scale));
          values[at++] = (float) v.x();
          values[at++] = (float) v.y();
          values[at++] = (float) v.z();
        }
      }
    }
    return new CubeLut(title, size, values);
  }

  /** The value at a colour, between samples linear along each axis; colours are clamped. */
  public Vector3 apply(Vector3 colour) {
    double[] p = {colour.x(), colour.y(), colour.z()};
    int[] low = new int[3];
    double[] t = new double[3];
    for (int c = 0; c < 3; c++) {
      double x = Math.clamp(p[c], 0, 1) * (size - 1);
      low[c] = Math.min(size - 2, (int) x);
      t[c] = x - low[c];
    }
    double[] out = new double[3];
    for (int corner = 0; corner < 8; corner++) {
      double weight = 1;
      int index = 0;
      for (int c = 2; c >= 0; c--) {
        int up = corner >> c & 1;
        weight *= up == 1 ? t[c] : 1 - t[c];
        index = index * size + low[c] + up;
      }
      for (int c = 0; c < 3; c++) {
        out[c] += weight * values[3 * index + c];
      }
    }
    return new Vector3(out[0], out[1], out[2]);
  }

  /** Writes the file in one step. */
  public void write(Path file) {
    StringBuilder text = new StringBuilder(32 * values.length / 3);
    text.append("TITLE \"").append(title.replace('"', '\'')).append("\"\n");
    text.append("LUT_3D_SIZE ").append(size).append('\n');
    for (int i = 0; i < values.length; i += 3) {
      text.append(
          String.format(Locale.ROOT, "%.7f %.7f %.7f%n", values[i], values[i + 1], values[i + 2]));
    }
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads a file.
   *
   * @throws UserError if it cannot be read, is one-dimensional, or does not hold what it says
   */
  public static CubeLut read(Path file) {
    List<String> lines = TextFile.lines(file);
    String title = "";
    int size = 0;
    List<Float> values = new ArrayList<>();
    for (int n = 0; n < lines.size(); n++) {
      String line = lines.get(n).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+", -1);
      try {
        switch (words[0]) {
          case "TITLE" -> title = line.substring(5).strip().replaceAll("^\"|\"$", "");
          case "LUT_3D_SIZE" -> size = Integer.parseInt(words[1]);
          case "DOMAIN_MIN", "DOMAIN_MAX" -> {
            float bound = words[0].endsWith("MIN") ? 0 : 1;
            for (int c = 1; c <= 3; c++) {
              if (Float.parseFloat(words[c]) != bound) {
                throw fault(file, n, "has a domain other than 0 to 1");
              }
            }
          }
          default -> {
            if (words.length != 3) {
              throw fault(file, n, "is no line of a 3D table");
            }
            for (String word : words) {
              values.add(Float.parseFloat(word));
            }
          }
        }
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw fault(file, n, "does not hold the numbers expected");
      }
    }
    if (size < 2 || size > MOST || values.size() != 3 * size * size * size) {
      throw new UserError(
          file.toString(),
          "holds %d rows for %d samples a side".formatted(values.size() / 3, size),
          "export the table again");
    }
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return new CubeLut(title, size, array);
  }

  private static UserError fault(Path file, int line, String reason) {
    return new UserError(
        file.toString(), "line %d %s".formatted(line + 1, reason), "export the table again");
  }
}
