package org.pixelcube.torch;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;

/**
 * A safetensors file: eight bytes with the length of a JSON header, the header with the kind, shape
 * and place of each tensor, and the numbers, little-endian, without gaps.
 *
 * <p>The file is mapped, not read; a tensor is copied out of the map when it is asked for, so that
 * a file cut short meanwhile is an error and not a crash. Everything in the header is checked
 * before anything is believed: lengths, kinds, sizes, gaps, overlaps, repeated names.
 */
public final class SafetensorsFile implements Weights {
  private static final String METADATA = "__metadata__";

  /** Longest header taken, bytes, as in the format's first implementation. */
  private static final long MAX_HEADER = 100_000_000;

  private static final String REMEDY = "fetch or write the file again";

  private record Entry(String name, DType dtype, long[] shape, long begin, long end) {}

  private final Path file;
  private final Arena arena = Arena.ofShared();
  private MemorySegment data;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsFile(Path file) {
    this.file = file;
  }

  /**
   * Opens a file and checks it.
   *
   * @throws UserError if it cannot be read or is not a whole safetensors file
   */
  public static SafetensorsFile open(Path file) {
    SafetensorsFile opened = new SafetensorsFile(file);
    try {
      opened.map();
      return opened;
    } catch (IOException e) {
      opened.close();
      throw UserError.of(file, e);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    } catch (InternalError e) {
      opened.close();
      throw opened.cutShort(e);
    }
  }

  private void map() throws IOException {
    MemorySegment whole;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
    long size = whole.byteSize();
    if (size < 8) {
      throw fault("is %d bytes long, too short for a safetensors file".formatted(size));
    }
    long length = whole.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (length < 2 || length > MAX_HEADER || length > size - 8) {
      throw fault(
          "says its header has %s bytes, but the file has %d"
              .formatted(Long.toUnsignedString(length), size));
    }
    byte[] header = whole.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
    if (header[0] != '{') {
      throw fault("has a header that does not begin with {: no safetensors file");
    }
    data = whole.asSlice(8 + length);
    String json;
    try {
      json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
    } catch (CharacterCodingException e) {
      throw new UserError(file.toString(), "has a header that is not UTF-8", REMEDY, e);
    }
    parse(JsonSettings.parseMap(file + " (header)", json));
  }

  private void parse(Map<String, Object> header) {
    List<Entry> found = new ArrayList<>();
    header.forEach((name, value) -> {
      if (!(value instanceof Map<?, ?> object)) {
        throw fault("has a header where '%s' is no object".formatted(name));
      }
      if (name.equals(METADATA)) {
        object.forEach((key, text) -> {
          if (!(text instanceof String string)) {
            throw fault("has metadata where '%s' is no text".formatted(key));
          }
          metadata.put((String) key, string);
        });
      } else {
        found.add(entry(name, object));
      }
    });
    // In the order of the data every tensor must begin where the one before ends.
    found.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    String before = "the header";
    for (Entry entry : found) {
      if (entry.begin != at) {
        throw fault(
            entry.begin < at
                ? "has tensors '%s' and '%s' that overlap".formatted(before, entry.name)
                : "has %d bytes between '%s' and '%s' that belong to no tensor"
                    .formatted(entry.begin - at, before, entry.name));
      }
      at = entry.end;
      before = entry.name;
    }
    if (at != data.byteSize()) {
      throw fault(
          "has %d bytes of numbers where its header wants %d: %s"
              .formatted(data.byteSize(), at, at > data.byteSize() ? "cut short" : "too long"));
    }
    found.forEach(entry -> entries.put(entry.name, entry));
  }

  private Entry entry(String name, Map<?, ?> object) {
    for (Object key : object.keySet()) {
      if (!List.of("dtype", "shape", "data_offsets").contains(key)) {
        throw fault("has the unknown key '%s' for tensor '%s'".formatted(key, name));
      }
    }
    if (!(object.get("dtype") instanceof String kind)) {
      throw missing(name, "dtype");
    }
    DType dtype =
        DType.ofSafetensors(kind)
            .orElseThrow(() ->
                fault(
                    "has tensor '%s' of dtype %s (known: %s)"
                        .formatted(
                            name,
                            kind,
                            Stream.of(DType.values())
                                .map(DType::safetensorsName)
                                .collect(Collectors.joining(", ")))));
    long[] shape = longs(name, "shape", object.get("shape"));
    long[] offsets = longs(name, "data_offsets", object.get("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > data.byteSize()) {
      throw fault(
          "has tensor '%s' at bytes %s of %d"
              .formatted(name, text(offsets, " to "), data.byteSize()));
    }
    long bytes = dtype.bytes();
    try {
      for (long size : shape) {
        bytes = Math.multiplyExact(bytes, size);
      }
    } catch (ArithmeticException e) {
      throw new UserError(
          file.toString(),
          "has tensor '%s' of shape %s, too large".formatted(name, text(shape, "×")),
          REMEDY,
          e);
    }
    if (bytes != offsets[1] - offsets[0]) {
      throw fault(
          "has tensor '%s' (%s, %s) in %d bytes, must be %d"
              .formatted(
                  name, dtype.safetensorsName(), text(shape, "×"), offsets[1] - offsets[0], bytes));
    }
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private UserError missing(String name, String key) {
    return fault("lacks %s for tensor '%s'".formatted(key, name));
  }

  private long[] longs(String name, String key, Object value) {
    if (!(value instanceof List<?> list) || list.size() > 64) {
      throw missing(name, key);
    }
    return list.stream()
        .mapToLong(number -> {
          if ((number instanceof Integer || number instanceof Long)
              && ((Number) number).longValue() >= 0) {
            return ((Number) number).longValue();
          }
          throw fault("has %s for tensor '%s' in its %s".formatted(number, name, key));
        })
        .toArray();
  }

  /** Sizes as people write them, such as 32×4×3×3. */
  static String text(long[] numbers, String separator) {
    return numbers.length == 0
        ? "()"
        : LongStream.of(numbers).mapToObj(Long::toString).collect(Collectors.joining(separator));
  }

  private UserError fault(String reason) {
    return new UserError(file.toString(), reason, REMEDY);
  }

  private UserError cutShort(InternalError e) {
    return new UserError(
        file.toString(), "was cut short, or its disk fails, while it was read", REMEDY, e);
  }

  /** Text by key that the writer left in the header, such as provenance. */
  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  @Override
  public Collection<String> names() {
    return List.copyOf(entries.keySet());
  }

  @Override
  public long[] shape(String name) {
    return need(name).shape.clone();
  }

  @Override
  public DType dtype(String name) {
    return need(name).dtype;
  }

  @Override
  public Path file(String name) {
    return file;
  }

  @Override
  public Tensor read(String name) {
    Entry entry = need(name);
    try {
      return Tensor.copied(
          data.asSlice(entry.begin, entry.end - entry.begin), entry.dtype, entry.shape);
    } catch (InternalError e) {
      throw cutShort(e);
    }
  }

  private Entry need(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(file + " has no tensor " + name);
    }
    return entry;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  /**
   * Writes tensors, each with its own kind of numbers, in one step: the file is whole or not there.
   *
   * @param tensors by name
   * @param metadata text by key for the header
   * @throws UserError if the file cannot be written
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    // Kinds with more bytes first, so that every tensor is aligned to its numbers.
    List<Map.Entry<String, Tensor>> sorted = new ArrayList<>(tensors.entrySet());
    sorted.sort(Comparator.comparingInt(entry -> -entry.getValue().dtype().bytes()));
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put(METADATA, metadata);
    }
    long at = 0;
    for (Map.Entry<String, Tensor> entry : sorted) {
      Tensor tensor = entry.getValue();
      long end = at + tensor.count() * tensor.dtype().bytes();
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("dtype", tensor.dtype().safetensorsName());
      description.put("shape", tensor.shape());
      description.put("data_offsets", new long[] {at, end});
      header.put(entry.getKey(), description);
      at = end;
    }
    byte[] json = JsonSettings.toJson(header).getBytes(StandardCharsets.UTF_8);
    int padding = (8 - json.length % 8) % 8;
    AtomicFile.write(
        file,
        out -> {
          out.write(
              ByteBuffer.allocate(8)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putLong(json.length + padding)
                  .array());
          out.write(json);
          out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
          for (Map.Entry<String, Tensor> entry : sorted) {
            writeNumbers(entry.getValue(), out);
          }
        });
  }

  private static void writeNumbers(Tensor tensor, OutputStream out) throws IOException {
    out.write(tensor.toByteArray());
  }
}
