package org.pixelcube.head;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.pixelcube.config.UserError;

/** Reads words and numbers of a text file line by line, quickly; knows where it is for messages. */
final class NumberScanner {
  private static final double[] TENTHS = {
    1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12
  };

  private final Path file;
  private final byte[] text;
  private int at;
  private int end;
  private int next;
  private int lineNumber;

  NumberScanner(Path file, byte[] text) {
    this.file = file;
    this.text = text;
  }

  /** Goes to the next line that holds more than blanks and is no comment (#). */
  boolean nextLine() {
    while (next < text.length) {
      at = next;
      int e = at;
      while (e < text.length && text[e] != '\n') {
        e++;
      }
      end = e;
      next = e + 1;
      lineNumber++;
      if (more() && text[at] != '#') {
        return true;
      }
    }
    return false;
  }

  int lineNumber() {
    return lineNumber;
  }

  /** Whether the line goes on after the blanks, which are passed. */
  boolean more() {
    while (at < end && text[at] <= ' ' && text[at] >= 0) {
      at++;
    }
    return at < end;
  }

  /** Passes a mark that stands right here. */
  boolean skip(char mark) {
    if (at < end && text[at] == mark) {
      at++;
      return true;
    }
    return false;
  }

  /** The next word; "" at the end of the line. */
  String word() {
    more();
    int start = at;
    while (at < end && (text[at] > ' ' || text[at] < 0)) {
      at++;
    }
    return new String(text, start, at - start, StandardCharsets.UTF_8);
  }

  /** Whether a number stands next. */
  boolean numeric() {
    if (!more()) {
      return false;
    }
    byte c = text[at];
    return c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9');
  }

  int integer() {
    more();
    int start = at;
    boolean negative = skip('-');
    long value = 0;
    int digits = at;
    while (at < end && text[at] >= '0' && text[at] <= '9' && value < Integer.MAX_VALUE) {
      value = 10 * value + text[at++] - '0';
    }
    if (at == digits || value > Integer.MAX_VALUE) {
      at = start;
      throw fault(found(), "a whole number");
    }
    return (int) (negative ? -value : value);
  }

  /** A finite number. */
  float number() {
    more();
    int start = at;
    boolean negative = skip('-');
    if (!negative) {
      skip('+');
    }
    double value = 0;
    int digits = 0;
    int decimals = 0;
    while (at < end && text[at] >= '0' && text[at] <= '9') {
      value = 10 * value + text[at++] - '0';
      digits++;
    }
    if (skip('.')) {
      while (at < end && text[at] >= '0' && text[at] <= '9') {
        value = 10 * value + text[at++] - '0';
        digits++;
        decimals++;
      }
    }
    boolean plain =
        digits > 0 && digits <= 15 && decimals < TENTHS.length && (at >= end || text[at] <= ' ');
    if (plain) {
      value *= TENTHS[decimals];
      return (float) (negative ? -value : value);
    }
    // Exponents, very long numbers, and what is no number at all.
    at = start;
    String word = word();
    try {
      float parsed = Float.parseFloat(word);
      if (Float.isFinite(parsed)) {
        return parsed;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    at = start;
    throw fault(found(), "a finite number");
  }

  private String found() {
    int start = at;
    String word = word();
    at = start;
    return word.isEmpty() ? "the end of the line" : "'" + word + "'";
  }

  UserError fault(String found, String expected) {
    return new UserError(
        file.toString(),
        "line %d has %s where %s is expected".formatted(lineNumber, found, expected),
        "restore the file from the archive of heads");
  }
}
