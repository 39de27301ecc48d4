package org.pixelcube.pipeline;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pixelcube.config.Suggestion;

/** What stands behind the relit subject. */
public sealed interface Background {
  /** The background of the input, unchanged. */
  record Original() implements Background {}

  /** The environment map, as the camera sees it. */
  record Environment() implements Background {}

  /** Nothing: the output has alpha. */
  record Transparent() implements Background {}

  /**
   * One colour.
   *
   * @param red as in sRGB, encoded, 0 to 1
   * @param green as in sRGB, encoded, 0 to 1
   * @param blue as in sRGB, encoded, 0 to 1
   */
  record Solid(double red, double green, double blue) implements Background {}

  /** A picture or a clip; a clip shorter than the input is repeated. */
  record Footage(Path path) implements Background {}

  /** The sixteen colours of HTML 4.01, section 6.5, and orange, as 0xRRGGBB. */
  Map<String, Integer> COLOURS =
      Map.ofEntries(
          Map.entry("black", 0x000000),
          Map.entry("silver", 0xC0C0C0),
          Map.entry("gray", 0x808080),
          Map.entry("grey", 0x808080),
          Map.entry("white", 0xFFFFFF),
          Map.entry("maroon", 0x800000),
          Map.entry("red", 0xFF0000),
          Map.entry("purple", 0x800080),
          Map.entry("fuchsia", 0xFF00FF),
          Map.entry("green", 0x008000),
          Map.entry("lime", 0x00FF00),
          Map.entry("olive", 0x808000),
          Map.entry("yellow", 0xFFFF00),
          Map.entry("navy", 0x000080),
          Map.entry("blue", 0x0000FF),
          Map.entry("teal", 0x008080),
          Map.entry("aqua", 0x00FFFF),
          Map.entry("orange", 0xFFA500));

  /**
   * Reads {@code original}, {@code environment}, {@code transparent}, {@code #rrggbb}, the name of
   * a colour, or the path of a picture or clip that exists (a sequence pattern with {@code %} need
   * not).
   *
   * @throws IllegalArgumentException if it is none of these, with the value found as its message
   */
  static Background parse(String text) {
    String word = text.toLowerCase(Locale.ROOT);
    switch (word) {
      case "original" -> {
        return new Original();
      }
      case "environment" -> {
        return new Environment();
      }
      case "transparent" -> {
        return new Transparent();
      }
      default -> {}
    }
    if (word.matches("#[0-9a-f]{6}")) {
      return solid(Integer.parseInt(word.substring(1), 16));
    }
    Integer colour = COLOURS.get(word);
    if (colour != null) {
      return solid(colour);
    }
    try {
      Path path = Path.of(text);
      if (!text.isBlank() && (text.contains("%") || Files.exists(path))) {
        return new Footage(path);
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is '" + text + "', which is no path", e);
    }
    Optional<String> near = Suggestion.nearest(word, COLOURS.keySet());
    throw new IllegalArgumentException(
        "is '%s', which is no colour and no file%s"
            .formatted(text, near.map(name -> " (a colour near it: " + name + ")").orElse("")));
  }

  private static Solid solid(int rgb) {
    return new Solid((rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
  }
}
