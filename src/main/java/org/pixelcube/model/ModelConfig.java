package org.pixelcube.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Suggestion;
import org.pixelcube.config.UserError;

/**
 * The {@code config.json} of a network, as diffusers writes it: keys with an underscore in front
 * are its own notes, a value per level may be one number for all.
 *
 * <p>Every getter remembers its key, so that what nobody asked for can be named at the end.
 */
final class ModelConfig {
  private static final int MAX = 1 << 20;

  private final String name;
  private final Map<String, Object> values;
  private final Set<String> known = new TreeSet<>();

  ModelConfig(String name, Map<String, Object> values) {
    this.name = name;
    this.values = values;
  }

  /** Reads {@code config.json} in a folder. */
  static ModelConfig in(Path folder) {
    Path file = folder.resolve("config.json");
    try {
      String json = Files.readString(file, StandardCharsets.UTF_8);
      return new ModelConfig(file.toString(), JsonSettings.parseMap(file.toString(), json));
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
  }

  UserError fault(String key, String reason, String remedy) {
    return new UserError(name + ": " + key, reason, remedy);
  }

  private Object get(String key) {
    known.add(key);
    return values.get(key);
  }

  /** Whether the key is there and not null. */
  boolean has(String key) {
    return get(key) != null;
  }

  /** Whether the key is there and null: left out on purpose. */
  boolean isNull(String key) {
    return get(key) == null && values.containsKey(key);
  }

  int integer(String key, int fallback, int low) {
    Object value = get(key);
    return value == null ? fallback : integer(key, value, low);
  }

  private int integer(String key, Object value, int low) {
    if (value instanceof Integer number && number >= low && number <= MAX) {
      return number;
    }
    throw fault(
        key, "is %s, must be a whole number from %d on".formatted(value, low), "mend the value");
  }

  double number(String key, double fallback) {
    Object value = get(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw fault(key, "is %s, must be a number".formatted(value), "mend the value");
  }

  boolean flag(String key, boolean fallback) {
    Object value = get(key);
    return switch (value) {
      case null -> fallback;
      case Boolean flag -> flag;
      // Some of diffusers' own files write a number.
      case Number number -> number.doubleValue() != 0;
      default -> throw fault(key, "is %s, must be true or false".formatted(value), "mend it");
    };
  }

  String text(String key, String fallback) {
    Object value = get(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof String text) {
      return text;
    }
    throw fault(key, "is %s, must be text".formatted(value), "mend the value");
  }

  /** A list of whole numbers of 1 or more. */
  List<Integer> integers(String key, List<Integer> fallback) {
    Object value = get(key);
    if (value == null) {
      return fallback;
    }
    if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > 16) {
      throw fault(key, "is %s, must be a list of whole numbers".formatted(value), "mend the value");
    }
    List<Integer> numbers = new ArrayList<>();
    list.forEach(item -> numbers.add(integer(key, item, 1)));
    return List.copyOf(numbers);
  }

  /** A whole number of 1 or more for each level, given as one or as a list. */
  List<Integer> perLevel(String key, int fallback, int levels) {
    Object value = get(key);
    if (value == null || value instanceof Integer) {
      return Collections.nCopies(levels, value == null ? fallback : integer(key, value, 1));
    }
    List<Integer> numbers = integers(key, List.of());
    if (numbers.size() != levels) {
      throw fault(
          key,
          "has %d values for %d levels".formatted(numbers.size(), levels),
          "give one for each of block_out_channels, or a single one");
    }
    return numbers;
  }

  /** True or false for each level, given as one or as a list. */
  List<Boolean> flagPerLevel(String key, boolean fallback, int levels) {
    Object value = get(key);
    if (!(value instanceof List<?> list)) {
      return Collections.nCopies(levels, flag(key, fallback));
    }
    if (list.size() != levels || !list.stream().allMatch(Boolean.class::isInstance)) {
      throw fault(
          key, "is %s, must be true or false for %d levels".formatted(value, levels), "mend it");
    }
    return list.stream().map(Boolean.class::cast).toList();
  }

  /** A list of names. */
  List<String> names(String key, List<String> fallback) {
    Object value = get(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw fault(key, "is %s, must be a list of names".formatted(value), "mend the value");
  }

  /** Makes sure that a key, if given, has the one value that is implemented. */
  void require(String key, Object only) {
    Object value = get(key);
    if (value != null && !value.equals(only)) {
      throw fault(key, "is %s, only %s is supported".formatted(value, only), "use another model");
    }
  }

  /** Makes sure that the file is for this kind of network, if it says for which. */
  void requireClass(String className) {
    Object found = values.get("_class_name");
    if (found != null && !found.equals(className)) {
      throw fault(
          "_class_name", "is %s, must be %s".formatted(found, className), "give another folder");
    }
  }

  /** Keys that nobody asked for are named. */
  void complete() {
    for (String key : values.keySet()) {
      if (!key.startsWith("_") && !known.contains(key)) {
        Optional<String> near = Suggestion.nearest(key, known);
        throw fault(
            key,
            "is not a known key (known: %s)".formatted(String.join(", ", known)),
            near.map("did you mean '%s'?"::formatted).orElse("remove it"));
      }
    }
  }
}
