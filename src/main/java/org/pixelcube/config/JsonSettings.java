package org.pixelcube.config;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/**
 * Settings records read from JSON, strictly, and written.
 *
 * <p>Every component of the record is a key. A component of type {@link Optional} may be left out
 * or null; every other one is required. Enum constants are written in lower case. Unknown and
 * repeated keys, values of another type and values that the record's constructor refuses (by {@link
 * InvalidSetting} or another {@link IllegalArgumentException}) are {@link UserError}s that name the
 * file and the path of keys.
 */
public final class JsonSettings {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS, EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(
              MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .withCoercionConfig(
              LogicalType.Textual,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private JsonSettings() {}

  /**
   * Reads a record from a file.
   *
   * @throws UserError if the file cannot be read or does not fit the record
   */
  public static <T extends Record> T read(Path file, Class<T> type) {
    return bind(parse(file), type, key -> subject(file.toString(), key));
  }

  /**
   * Reads a record from text that did not come from a file of the user, such as a stored state.
   *
   * @param name what the text is, for the error
   */
  public static <T extends Record> T parse(String name, String json, Class<T> type) {
    try {
      return bind(MAPPER.readTree(json), type, key -> subject(name, key));
    } catch (StreamReadException e) {
      throw syntaxError(name, e);
    }
  }

  /**
   * Lays three sources over one another, later ones win: {@code defaults}, a file, single values.
   *
   * @param defaults a value for every key
   * @param file a file with some of the keys, if there is one
   * @param overrides values by dotted key, such as {@code background.blur}
   * @param overrideName what the user calls an override, for errors, such as {@code
   *     --background-blur}
   */
  public static <T extends Record> T layered(
      T defaults,
      Optional<Path> file,
      Map<String, ?> overrides,
      UnaryOperator<String> overrideName) {
    @SuppressWarnings("unchecked") // the class of a T
    Class<T> type = (Class<T>) defaults.getClass();
    ObjectNode merged = MAPPER.valueToTree(defaults);
    String name = file.map(Path::toString).orElse("settings");
    if (file.isPresent()) {
      merge(merged, parse(file.get()), type, name, "");
    }
    overrides.forEach((key, value) -> {
      ObjectNode owner = merged;
      String rest = key;
      for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.')) {
        owner = (ObjectNode) owner.get(rest.substring(0, dot));
        rest = rest.substring(dot + 1);
      }
      owner.set(rest, MAPPER.<JsonNode>valueToTree(value));
    });
    return bind(
        merged,
        type,
        key -> overrides.containsKey(key) ? overrideName.apply(key) : subject(name, key));
  }

  /** The record as indented JSON, its keys in the order of its components. */
  public static String toJson(Record settings) {
    return MAPPER.writeValueAsString(settings) + "\n";
  }

  /** Any value built of records, maps, lists and scalars as indented JSON. */
  public static String toJson(Collection<?> values) {
    return MAPPER.writeValueAsString(values) + "\n";
  }

  /** Text keys and values built of records, maps, lists and scalars as JSON in one line. */
  public static String toJson(Map<String, ?> values) {
    return MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(values);
  }

  /**
   * Reads an object whose keys are not known beforehand, such as the header of a foreign file:
   * objects as maps in their order, lists, {@link String}, {@link Boolean}, {@link Integer}, {@link
   * Long} or {@link java.math.BigInteger}, {@link Double}, null. Repeated keys are refused.
   *
   * @param name what the text is, for the error
   * @throws UserError if the text is not a JSON object
   */
  @SuppressWarnings("unchecked") // keys of JSON objects are text
  public static Map<String, Object> parseMap(String name, String json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      requireObject(tree, key -> subject(name, key), "");
      return MAPPER.treeToValue(tree, Map.class);
    } catch (StreamReadException e) {
      throw syntaxError(name, e);
    }
  }

  /** Writes the record to a file, in one step. */
  public static void write(Path file, Record settings) {
    AtomicFile.write(file, toJson(settings).getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode parse(Path file) {
    try {
      return MAPPER.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw UserError.of(file, e);
    } catch (StreamReadException e) {
      throw syntaxError(file.toString(), e);
    }
  }

  private static UserError syntaxError(String name, StreamReadException e) {
    TokenStreamLocation at = e.getLocation();
    String place =
        at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    String message = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
    return new UserError(
        name, "is not valid JSON%s: %s".formatted(place, message), "correct the text there", e);
  }

  private static String subject(String name, String key) {
    return key.isEmpty() ? name : name + ": " + key;
  }

  private static String child(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Copies the keys of {@code over} into {@code base}, objects key by key. */
  private static void merge(
      ObjectNode base, JsonNode over, Class<?> type, String name, String path) {
    requireObject(over, key -> subject(name, key), path);
    checkKeys(over, type, key -> subject(name, key), path);
    for (Map.Entry<String, JsonNode> entry : over.properties()) {
      String key = entry.getKey();
      Class<?> inner = recordType(component(type, key).getGenericType()).orElse(null);
      if (inner != null && base.get(key) instanceof ObjectNode object) {
        merge(object, entry.getValue(), inner, name, child(path, key));
      } else {
        base.set(key, entry.getValue());
      }
    }
  }

  private static <T extends Record> T bind(
      JsonNode tree, Class<T> type, UnaryOperator<String> subject) {
    check(tree, type, subject, "");
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (JacksonException e) {
      throw bindingError(tree, type, subject, e);
    }
  }

  /** Refuses unknown and missing keys, in records within records too. */
  private static void check(
      JsonNode node, Class<?> type, UnaryOperator<String> subject, String path) {
    requireObject(node, subject, path);
    checkKeys(node, type, subject, path);
    for (RecordComponent component : type.getRecordComponents()) {
      JsonNode value = node.get(component.getName());
      String key = child(path, component.getName());
      boolean optional = component.getType() == Optional.class;
      if (value == null) {
        if (optional) {
          continue;
        }
        throw new UserError(subject.apply(key), "is missing", "add it");
      }
      Optional<Class<?>> inner = recordType(component.getGenericType());
      if (inner.isPresent() && !(optional && value.isNull())) {
        if (component.getType() == List.class) {
          for (int i = 0; i < value.size(); i++) {
            check(value.get(i), inner.get(), subject, key + "[" + i + "]");
          }
        } else {
          check(value, inner.get(), subject, key);
        }
      }
    }
  }

  private static void requireObject(JsonNode node, UnaryOperator<String> subject, String path) {
    if (!node.isObject()) {
      throw new UserError(
          subject.apply(path),
          "is %s, must be an object".formatted(describe(node)),
          "write its keys between { and }");
    }
  }

  private static void checkKeys(
      JsonNode node, Class<?> type, UnaryOperator<String> subject, String path) {
    List<String> known =
        Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = entry.getKey();
      if (!known.contains(key)) {
        throw new UserError(
            subject.apply(child(path, key)),
            "is not a known key (known: %s)".formatted(String.join(", ", known)),
            Suggestion.nearest(key, known)
                .map("did you mean '%s'?"::formatted)
                .orElse("remove it"));
      }
    }
  }

  private static RecordComponent component(Class<?> type, String name) {
    return Arrays.stream(type.getRecordComponents())
        .filter(component -> component.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The record class that a component is, or holds as an {@link Optional} or a list. */
  private static Optional<Class<?>> recordType(Type type) {
    return switch (type) {
      case Class<?> c when c.isRecord() -> Optional.of(c);
      case ParameterizedType p when p.getActualTypeArguments().length == 1 ->
          recordType(p.getActualTypeArguments()[0]);
      default -> Optional.empty();
    };
  }

  private static UserError bindingError(
      JsonNode tree, Class<?> type, UnaryOperator<String> subject, JacksonException e) {
    StringBuilder path = new StringBuilder();
    JsonNode found = tree;
    Type expected = type;
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
        found = found.path(step.getPropertyName());
        expected =
            recordType(expected)
                .<Type>map(owner -> component(owner, step.getPropertyName()).getGenericType())
                .orElse(expected);
      } else {
        path.append('[').append(step.getIndex()).append(']');
        found = found.path(step.getIndex());
        expected =
            expected instanceof ParameterizedType list
                ? list.getActualTypeArguments()[0]
                : expected;
      }
    }
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      switch (cause) {
        case InvalidSetting invalid -> {
          return new UserError(
              subject.apply(child(path.toString(), invalid.key())),
              invalid.reason(),
              invalid.remedy(),
              e);
        }
        case UserError error -> {
          return error;
        }
        case IllegalArgumentException invalid -> {
          return new UserError(
              subject.apply(path.toString()), invalid.getMessage(), "correct the value", e);
        }
        default -> {}
      }
    }
    return new UserError(
        subject.apply(path.toString()),
        "is %s, must be %s".formatted(describe(found), describe(expected)),
        "give such a value or leave the key out",
        e);
  }

  private static String describe(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "the text '" + node.stringValue() + "'";
      case NUMBER -> "the number " + node;
      case BOOLEAN -> node.toString();
      case NULL -> "null";
      case MISSING -> "empty";
      case ARRAY -> "a list";
      default -> "an object";
    };
  }

  private static String describe(Type type) {
    return switch (type) {
      case ParameterizedType p when p.getRawType() == List.class ->
          "a list, each element " + describe(p.getActualTypeArguments()[0]);
      case ParameterizedType p when p.getRawType() == Optional.class ->
          describe(p.getActualTypeArguments()[0]);
      case Class<?> c when c.isEnum() ->
          "one of "
              + Arrays.stream(c.getEnumConstants())
                  .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "));
      case Class<?> c when c == boolean.class || c == Boolean.class -> "true or false";
      case Class<?> c
          when c == int.class || c == Integer.class || c == long.class || c == Long.class ->
          "a whole number";
      case Class<?> c when c == double.class || c == Double.class -> "a number";
      case Class<?> c when c == String.class || c == Path.class -> "text";
      case Class<?> c when c.isRecord() -> "an object";
      default -> "another value";
    };
  }
}
