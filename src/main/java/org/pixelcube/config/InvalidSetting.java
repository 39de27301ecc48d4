package org.pixelcube.config;

import java.util.Collection;
import java.util.Locale;

/**
 * A value that its record does not allow, thrown by the record's constructor with the key of the
 * component; {@link JsonSettings} adds the file and the path of keys in front.
 */
public final class InvalidSetting extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String reason;
  private final String remedy;

  /**
   * Makes the error.
   *
   * @param key the component's name
   * @param reason the value found and the value expected
   * @param remedy what to do
   */
  public InvalidSetting(String key, String reason, String remedy) {
    super(key + ": " + reason + "; " + remedy);
    this.key = key;
    this.reason = reason;
    this.remedy = remedy;
  }

  public String key() {
    return key;
  }

  public String reason() {
    return reason;
  }

  public String remedy() {
    return remedy;
  }

  /**
   * Returns {@code value}.
   *
   * @throws InvalidSetting unless {@code value} is in [{@code low}, {@code high}]; NaN never is
   */
  public static double inRange(String key, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new InvalidSetting(
          key,
          "is %s, must be %s to %s".formatted(number(value), number(low), number(high)),
          "give a value in that range or leave it out");
    }
    return value;
  }

  /** The same for whole numbers. */
  public static int inRange(String key, int value, int low, int high) {
    return (int) inRange(key, (double) value, low, high);
  }

  /**
   * Returns {@code value}.
   *
   * @throws InvalidSetting unless it is one of {@code allowed}
   */
  public static String oneOf(String key, String value, Collection<String> allowed) {
    if (!allowed.contains(value)) {
      throw new InvalidSetting(
          key,
          "is '%s', must be one of %s".formatted(value, String.join(", ", allowed)),
          Suggestion.nearest(value, allowed)
              .map("did you mean '%s'?"::formatted)
              .orElse("give one of these"));
    }
    return value;
  }

  /** A number as a person writes it: no exponent or trailing zero where none is needed. */
  private static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return String.format(Locale.ROOT, "%s", value);
  }
}
