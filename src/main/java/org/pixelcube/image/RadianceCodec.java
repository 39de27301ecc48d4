package org.pixelcube.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.Primaries;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Vector3;

/**
 * Radiance pictures (Ward, "Real Pixels", Graphics Gems II, 1991; Radiance's filefmts.pdf): a text
 * header, then a shared exponent for three 8-bit mantissas, flat or run-length coded in the old or
 * the new way.
 *
 * <p>A component is mantissa / 256 · 2^(exponent − 128), so that 1.0 is exact. EXPOSURE and
 * COLORCORR are divided out. XYZE becomes RGB of Radiance's primaries. RGB is taken as Rec.709
 * whatever Radiance's own primaries (nearly the same) say, unless the header names a wide gamut.
 */
final class RadianceCodec {
  private static final int LONGEST_HEADER = 1 << 16;
  private static final int SHORTEST_NEW_RUN_LINE = 8;
  private static final int LONGEST_NEW_RUN_LINE = 0x7FFF;

  /** Radiance's own primaries, white at equal energy. */
  private static final Primaries RADIANCE =
      new Primaries(0.640, 0.330, 0.290, 0.600, 0.150, 0.060, 1.0 / 3, 1.0 / 3);

  private static final Pattern RESOLUTION =
      Pattern.compile("([-+])([XY])\\s+(\\d{1,9})\\s+([-+])([XY])\\s+(\\d{1,9})\\s*");

  private final Path file;
  private final byte[] bytes;
  private int at;

  private boolean xyz;
  private double exposure = 1;
  private final double[] correction = {1, 1, 1};
  private Primaries primaries;

  private RadianceCodec(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** Decodes to linear Rec.709, {@code (3, h, w)}. */
  static Image read(Path file, byte[] bytes) {
    return new RadianceCodec(file, bytes).decode();
  }

  private Image decode() {
    readHeader();
    String line = line();
    Matcher m = RESOLUTION.matcher(line);
    if (!m.matches() || m.group(2).equals(m.group(5))) {
      throw ImageFile.damaged(
          file,
          "the resolution line reads '%s' (expected for instance '-Y 512 +X 1024')"
              .formatted(printable(line)),
          null);
    }
    int lines = Integer.parseInt(m.group(3));
    int length = Integer.parseInt(m.group(6));
    boolean rows = m.group(2).equals("Y");
    int width = rows ? length : lines;
    int height = rows ? lines : length;
    ImageFile.checkSize(file, width, height);
    // A line takes at least four bytes, so a size far beyond the data is seen before memory is
    // taken.
    if ((bytes.length - at) / 4 < lines) {
      throw ImageFile.damaged(file, "it breaks off before line %d".formatted(lines), null);
    }
    // +X runs to the right and −Y down, which are the directions of our columns and rows.
    boolean linesForward = m.group(1).equals(rows ? "-" : "+");
    boolean pixelsForward = m.group(4).equals(rows ? "+" : "-");

    int plane = width * height;
    float[] out = new float[Math.multiplyExact(3, plane)];
    byte[] scan = new byte[4 * length];
    int lineStep = rows ? width : 1;
    int pixelStep = (rows ? 1 : width) * (pixelsForward ? 1 : -1);
    for (int i = 0; i < lines; i++) {
      readScanline(scan, length, i, lines);
      int start = (linesForward ? i : lines - 1 - i) * lineStep;
      if (!pixelsForward) {
        start += (length - 1) * (rows ? 1 : width);
      }
      for (int j = 0, o = start; j < length; j++, o += pixelStep) {
        float scale = SCALE[scan[4 * j + 3] & 0xFF];
        out[o] = (scan[4 * j] & 0xFF) * scale;
        out[plane + o] = (scan[4 * j + 1] & 0xFF) * scale;
        out[2 * plane + o] = (scan[4 * j + 2] & 0xFF) * scale;
      }
    }
    correct(out, plane);
    return Image.rgb(width, height, out);
  }

  /** Value of one mantissa step for each exponent; exponent 0 is black. */
  private static final float[] SCALE = new float[256];

  static {
    for (int e = 1; e < 256; e++) {
      SCALE[e] = (float) Math.scalb(1.0, e - 136);
    }
  }

  private void readHeader() {
    line();
    while (true) {
      String line = line();
      if (line.isEmpty()) {
        return;
      }
      int equals = line.indexOf('=');
      if (line.startsWith("#") || equals < 0) {
        continue;
      }
      String value = line.substring(equals + 1).strip();
      switch (line.substring(0, equals).strip()) {
        case "FORMAT" -> format(value);
        case "EXPOSURE" -> exposure *= numbers(line, value, 1)[0];
        case "COLORCORR" -> {
          double[] c = numbers(line, value, 3);
          for (int i = 0; i < 3; i++) {
            correction[i] *= c[i];
          }
        }
        case "PRIMARIES" -> primaries(value);
        default -> {}
      }
    }
  }

  private void format(String value) {
    xyz =
        switch (value) {
          case "32-bit_rle_rgbe" -> false;
          case "32-bit_rle_xyze" -> true;
          default ->
              throw ImageFile.damaged(
                  file,
                  "FORMAT is '%s' (expected 32-bit_rle_rgbe or 32-bit_rle_xyze)"
                      .formatted(printable(value)),
                  null);
        };
  }

  /** Numbers above zero, which divide the picture. */
  private double[] numbers(String line, String value, int count) {
    String[] words = value.split("\\s+", -1);
    double[] out = new double[count];
    try {
      if (words.length < count) {
        throw new NumberFormatException("too few");
      }
      for (int i = 0; i < count; i++) {
        out[i] = Double.parseDouble(words[i]);
        if (!(out[i] > 0) || out[i] == Double.POSITIVE_INFINITY) {
          throw new NumberFormatException("not above zero");
        }
      }
      return out;
    } catch (NumberFormatException e) {
      throw ImageFile.damaged(
          file,
          "the header line '%s' is wrong (expected %d above 0)".formatted(printable(line), count),
          e);
    }
  }

  /** Eight numbers; anything else is passed over, as other readers do. */
  private void primaries(String value) {
    String[] words = value.split("\\s+", -1);
    if (words.length != 8) {
      return;
    }
    double[] n = new double[8];
    try {
      for (int i = 0; i < 8; i++) {
        n[i] = Double.parseDouble(words[i]);
      }
    } catch (NumberFormatException e) {
      return;
    }
    Primaries named = new Primaries(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
    boolean valid = n[1] > 0 && n[3] > 0 && n[5] > 0 && n[7] > 0;
    boolean usual =
        Math.abs(n[0] - 0.64) + Math.abs(n[1] - 0.33) < 0.02
            && Math.abs(n[2] - 0.295) + Math.abs(n[3] - 0.6) < 0.02
            && Math.abs(n[4] - 0.15) + Math.abs(n[5] - 0.06) < 0.02;
    if (valid && !usual) {
      try {
        ColorTransform.between(named, Primaries.BT709);
        primaries = named;
      } catch (ArithmeticException e) {
        primaries = null;
      }
    }
  }

  /** Divides out exposure and colour correction and brings the primaries to Rec.709. */
  private void correct(float[] out, int plane) {
    for (int c = 0; c < 3; c++) {
      double divisor = exposure * correction[c];
      if (divisor != 1) {
        float factor = (float) (1 / divisor);
        for (int i = c * plane; i < (c + 1) * plane; i++) {
          out[i] *= factor;
        }
      }
    }
    if (xyz) {
      new ColorTransform(RADIANCE.toXyz().inverse()).apply(out, out, plane);
    } else if (primaries != null) {
      ColorTransform.between(primaries, Primaries.BT709).apply(out, out, plane);
    }
  }

  /** The text up to the next line feed, without it and a carriage return. */
  private String line() {
    int start = at;
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    if (at >= bytes.length || at > LONGEST_HEADER) {
      throw ImageFile.damaged(file, "its header does not end", null);
    }
    String text = new String(bytes, start, at - start, StandardCharsets.ISO_8859_1);
    at++;
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private static String printable(String text) {
    String clean = text.replaceAll("[^ -~]", "?");
    return clean.length() > 60 ? clean.substring(0, 60) + "…" : clean;
  }

  private void readScanline(byte[] scan, int length, int index, int lines) {
    try {
      boolean newRuns =
          length >= SHORTEST_NEW_RUN_LINE
              && length <= LONGEST_NEW_RUN_LINE
              && at + 4 <= bytes.length
              && bytes[at] == 2
              && bytes[at + 1] == 2
              && bytes[at + 2] >= 0;
      if (newRuns) {
        readNewRuns(scan, length);
      } else {
        readOldRuns(scan, length);
      }
    } catch (ArrayIndexOutOfBoundsException e) {
      throw ImageFile.damaged(
          file, "it breaks off in line %d of %d".formatted(index + 1, lines), e);
    }
  }

  /** Four components one after the other, each in runs and literals of at most 127 and 128. */
  private void readNewRuns(byte[] scan, int length) {
    int coded = ((bytes[at + 2] & 0xFF) << 8) | (bytes[at + 3] & 0xFF);
    if (coded != length) {
      throw ImageFile.damaged(
          file, "a line has %d pixels (expected %d)".formatted(coded, length), null);
    }
    at += 4;
    for (int c = 0; c < 4; c++) {
      for (int x = 0; x < length; ) {
        int code = bytes[at++] & 0xFF;
        boolean run = code > 128;
        int n = run ? code - 128 : code;
        if (n == 0 || x + n > length) {
          throw ImageFile.damaged(
              file, "a run of %d at pixel %d of %d".formatted(n, x, length), null);
        }
        for (int end = x + n; x < end; x++) {
          scan[4 * x + c] = run ? bytes[at] : bytes[at++];
        }
        if (run) {
          at++;
        }
      }
    }
  }

  /** Pixels as they are; (1, 1, 1, n) repeats the one before, further such add higher bits. */
  private void readOldRuns(byte[] scan, int length) {
    int shift = 0;
    for (int x = 0; x < length; ) {
      byte r = bytes[at];
      byte g = bytes[at + 1];
      byte b = bytes[at + 2];
      byte e = bytes[at + 3];
      at += 4;
      if (r == 1 && g == 1 && b == 1) {
        long n = (e & 0xFFL) << shift;
        if (x == 0 || x + n > length) {
          throw ImageFile.damaged(
              file, "a run of %d at pixel %d of %d".formatted(n, x, length), null);
        }
        for (int i = 0; i < n; i++, x++) {
          System.arraycopy(scan, 4 * (x - 1), scan, 4 * x, 4);
        }
        shift = Math.min(shift + 8, 32);
      } else {
        scan[4 * x] = r;
        scan[4 * x + 1] = g;
        scan[4 * x + 2] = b;
        scan[4 * x + 3] = e;
        x++;
        shift = 0;
      }
    }
  }

  /**
   * Encodes with new runs; mantissas are rounded to the nearest, NaN and negative become 0.
   *
   * @throws UserError if the picture has neither 1 nor 3 channels
   */
  static byte[] encode(Path file, Image image) {
    if (image.channels() != 1 && image.channels() != 3) {
      throw new UserError(
          file.toString(),
          "Radiance holds no picture of %d channels (expected 1 or 3)".formatted(image.channels()),
          "write PNG, or take the colour alone");
    }
    int w = image.width();
    int h = image.height();
    int plane = w * h;
    int second = image.channels() == 3 ? plane : 0;
    float[] s = image.samples();
    ByteArrayOutputStream out = new ByteArrayOutputStream(plane * 4 + 128);
    out.writeBytes(
        "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n"
            .formatted(h, w)
            .getBytes(StandardCharsets.US_ASCII));
    boolean runs = w >= SHORTEST_NEW_RUN_LINE && w <= LONGEST_NEW_RUN_LINE;
    byte[] scan = new byte[4 * w];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int i = y * w + x;
        int rgbe = rgbe(s[i], s[second + i], s[2 * second + i]);
        // Planar for runs, interleaved otherwise.
        int step = runs ? w : 1;
        int o = runs ? x : 4 * x;
        scan[o] = (byte) (rgbe >> 24);
        scan[o + step] = (byte) (rgbe >> 16);
        scan[o + 2 * step] = (byte) (rgbe >> 8);
        scan[o + 3 * step] = (byte) rgbe;
      }
      if (runs) {
        out.write(2);
        out.write(2);
        out.write(w >> 8);
        out.write(w & 0xFF);
        for (int c = 0; c < 4; c++) {
          writeRuns(out, scan, c * w, w);
        }
      } else {
        out.writeBytes(scan);
      }
    }
    return out.toByteArray();
  }

  private static void writeRuns(ByteArrayOutputStream out, byte[] a, int from, int n) {
    final int shortestRun = 4;
    int end = from + n;
    int i = from;
    while (i < end) {
      // Find the next run worth coding; what lies before it goes out as literals.
      int run = i;
      int length = 0;
      while (run < end) {
        length = 1;
        while (length < 127 && run + length < end && a[run + length] == a[run]) {
          length++;
        }
        if (length >= shortestRun) {
          break;
        }
        run += length;
        length = 0;
      }
      while (i < run) {
        int literals = Math.min(128, run - i);
        out.write(literals);
        out.write(a, i, literals);
        i += literals;
      }
      if (length >= shortestRun) {
        out.write(128 + length);
        out.write(a[run]);
        i = run + length;
      }
    }
  }

  /** The four bytes R, G, B, E of a colour, R highest. */
  private static int rgbe(float r, float g, float b) {
    r = light(r);
    g = light(g);
    b = light(b);
    float largest = Math.max(r, Math.max(g, b));
    if (largest < SMALLEST) {
      return 0;
    }
    int e = Math.getExponent(largest) + 1;
    double scale = Math.scalb(256.0, -e);
    if (Math.rint(largest * scale) > 255) {
      e++;
      scale /= 2;
    }
    if (e > 127) {
      e = 127;
      scale = Math.scalb(256.0, -e);
    }
    return (mantissa(r, scale) << 24)
        | (mantissa(g, scale) << 16)
        | (mantissa(b, scale) << 8)
        | (e + 128);
  }

  /** Below this a colour is written as black: the smallest exponent is −127. */
  private static final float SMALLEST = (float) Math.scalb(1.0, -127);

  private static int mantissa(float v, double scale) {
    return (int) Math.min(255, Math.rint(v * scale));
  }

  private static float light(float v) {
    return v > 0 ? Math.min(v, Float.MAX_VALUE) : 0;
  }

  /** One colour, for tests. */
  static Vector3 roundTrip(float r, float g, float b) {
    int p = rgbe(r, g, b);
    float scale = SCALE[p & 0xFF];
    return new Vector3((p >>> 24) * scale, ((p >> 16) & 0xFF) * scale, ((p >> 8) & 0xFF) * scale);
  }
}
