package org.pixelcube.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void everyKindComesBack() {
    Path file = folder.resolve("all.safetensors");
    try (TorchScope _ = TorchScope.open();
        TensorRandom random = new TensorRandom(4)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (DType type : DType.values()) {
        tensors.put("t." + type, random.normal(3, 5).mul(20).to(type));
      }
      tensors.put("scalar", Tensor.scalar(3.25));
      tensors.put("none", Tensor.zeros(0, 4));
      tensors.put("view", random.normal(4, 6).transpose(0, 1));
      SafetensorsFile.write(file, tensors, Map.of("made by", "a test of \"quotes\" and µ"));
      try (SafetensorsFile read = SafetensorsFile.open(file)) {
        assertEquals(tensors.keySet(), Set.copyOf(read.names()));
        assertEquals(Map.of("made by", "a test of \"quotes\" and µ"), read.metadata());
        tensors.forEach((name, tensor) -> {
          assertEquals(tensor.dtype(), read.dtype(name));
          assertArrayEquals(tensor.shape(), read.shape(name));
          assertArrayEquals(tensor.toByteArray(), read.read(name).toByteArray());
        });
      }
    }
  }

  /** A file as the format's description has it, byte for byte. */
  @Test
  void readsWhatTheDescriptionSays() throws IOException {
    Path file =
        file(
            "{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"BF16\",\"shape\":[1,1],\"data_offsets\":[8,10]}}   ",
            new byte[] {0, 0, -128, 63, 0, 0, 0, -64, (byte) 0xC0, 0x3F});
    try (TorchScope _ = TorchScope.open();
        SafetensorsFile read = SafetensorsFile.open(file)) {
      assertArrayEquals(new float[] {1, -2}, read.read("b").toFloatArray());
      assertArrayEquals(new float[] {1.5f}, read.read("a").toFloatArray());
    }
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return file(json.length, json, data);
  }

  private Path file(long length, byte[] json, byte[] data) throws IOException {
    Path file = Files.createTempFile(folder, "made", ".safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(8 + json.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put(json)
            .put(data)
            .array());
    return file;
  }

  private record Bad(String header, int bytes, String words) {}

  @TestFactory
  Stream<DynamicTest> badHeadersAreNamed() {
    String one = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    return Stream.of(
            new Bad(one + "}", 7, "at bytes 0 to 8 of 7"),
            new Bad(one + "}", 9, "too long"),
            new Bad(one + "", 8, "not valid JSON"),
            new Bad("[1,2]", 8, "does not begin with {"),
            new Bad("{\"a\":3}", 0, "'a' is no object"),
            new Bad(one + ",\"a\":{}}", 8, "not valid JSON"),
            new Bad(
                one + ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                8,
                "'a' and 'b' that overlap"),
            new Bad(
                one + ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}",
                16,
                "4 bytes between 'a' and 'b'"),
            new Bad(
                "{\"a\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "dtype F99"),
            new Bad(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                8,
                "in 8 bytes, must be 12"),
            new Bad("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "-2"),
            new Bad(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,4],\"data_offsets\":[0,8]}}",
                8,
                "too large"),
            new Bad(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "8 to 0"),
            new Bad(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e30]}}", 8, "1.0E30"),
            new Bad("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8, "lacks shape"),
            new Bad("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "lacks dtype"),
            new Bad("{\"__metadata__\":{\"a\":3}}", 0, "'a' is no text"),
            new Bad(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}",
                8,
                "unknown key 'x'"))
        .map(bad ->
            DynamicTest.dynamicTest(
                bad.words,
                () -> {
                  Path file = file(bad.header, new byte[bad.bytes]);
                  UserError e =
                      assertThrows(UserError.class, () -> SafetensorsFile.open(file).close());
                  assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
                  assertTrue(e.getMessage().contains(bad.words), e.getMessage());
                }));
  }

  @Test
  void badLengthsAreNamed() throws IOException {
    for (long length : new long[] {-1, 0, 1, 3, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE}) {
      Path file = file(length, "{}".getBytes(StandardCharsets.UTF_8), new byte[0]);
      assertThrows(UserError.class, () -> SafetensorsFile.open(file).close());
    }
    Path brief = folder.resolve("brief");
    Files.write(brief, new byte[5]);
    assertThrows(UserError.class, () -> SafetensorsFile.open(brief).close());
    Files.write(brief, new byte[0]);
    assertThrows(UserError.class, () -> SafetensorsFile.open(brief).close());
    assertThrows(UserError.class, () -> SafetensorsFile.open(folder.resolve("absent")).close());
    assertThrows(UserError.class, () -> SafetensorsFile.open(folder).close());
  }

  /** Whatever bytes are changed or cut off, the answer is a file read or a UserError. */
  @Test
  void damagedFilesAreReadOrNamed() throws IOException {
    Path good = folder.resolve("good.safetensors");
    try (TorchScope _ = TorchScope.open()) {
      SafetensorsFile.write(
          good,
          Map.of("a", Tensor.ones(3, 4), "b", Tensor.ones(5).to(DType.F16)),
          Map.of("k", "v"));
      byte[] bytes = Files.readAllBytes(good);
      Random random = new Random(1);
      Path bad = folder.resolve("bad.safetensors");
      int named = 0;
      for (int i = 0; i < 400; i++) {
        byte[] changed =
            random.nextInt(3) == 0
                ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
                : bytes.clone();
        for (int k = random.nextInt(4); k > 0 && changed.length > 0; k--) {
          changed[random.nextInt(Math.min(changed.length, 160))] = (byte) random.nextInt();
        }
        Files.write(bad, changed);
        try (SafetensorsFile file = SafetensorsFile.open(bad)) {
          file.names().forEach(name -> file.read(name).toFloatArray());
        } catch (UserError e) {
          named++;
        }
      }
      assertTrue(named > 100, "only " + named);
    }
  }

  @Test
  void aFileCutShortWhileOpenIsNamed() throws IOException {
    Path file = folder.resolve("long.safetensors");
    try (TorchScope _ = TorchScope.open()) {
      SafetensorsFile.write(file, Map.of("a", Tensor.ones(1 << 20)), Map.of());
      try (SafetensorsFile read = SafetensorsFile.open(file)) {
        try (var channel =
            java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
          channel.truncate(4096);
        }
        UserError e = assertThrows(UserError.class, () -> read.read("a"));
        assertTrue(e.getMessage().contains("cut short"), e.getMessage());
      }
    }
  }

  @Test
  void shardsAreOneWhole() throws IOException {
    try (TorchScope _ = TorchScope.open()) {
      shard(1, "a", "b");
      shard(2, "c");
      index(
          "{\"weight_map\":{\"a\":\"m-1.safetensors\",\"b\":\"m-1.safetensors\",\"c\":\"m-2.safetensors\"}}");
      try (WeightFolder weights = WeightFolder.open(folder)) {
        assertEquals(List.of("a", "b", "c"), List.copyOf(weights.names()));
        assertArrayEquals(new float[] {2, 2}, weights.read("c").toFloatArray());
        assertEquals(folder.resolve("m-2.safetensors"), weights.file("c"));
      }
      index("{\"weight_map\":{\"a\":\"m-1.safetensors\",\"c\":\"m-2.safetensors\"}}");
      faults("holds tensor 'b'");
      index("{\"weight_map\":{\"a\":\"m-2.safetensors\"}}");
      faults("lacks tensor 'a'");
      index("{\"weight_map\":{\"a\":\"../m-1.safetensors\"}}");
      faults("'../m-1.safetensors'");
      index("{\"weight_map\":{\"a\":\"m-3.safetensors\"}}");
      faults("no such file");
      index("{}");
      faults("lacks weight_map");
      Files.delete(folder.resolve("model.safetensors.index.json"));
      faults("holds no weights");
    }
  }

  private void shard(int number, String... names) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : names) {
      tensors.put(name, Tensor.full(number, 2));
    }
    SafetensorsFile.write(folder.resolve("m-%d.safetensors".formatted(number)), tensors, Map.of());
  }

  private void index(String json) throws IOException {
    Files.writeString(folder.resolve("model.safetensors.index.json"), json);
  }

  private void faults(String words) {
    UserError e = assertThrows(UserError.class, () -> WeightFolder.open(folder).close());
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void parametersNameWhatDoesNotFit() {
    Path file = folder.resolve("p.safetensors");
    try (TorchScope _ = TorchScope.open()) {
      SafetensorsFile.write(
          file,
          Map.of("l.weight", Tensor.ones(3, 2).to(DType.F16), "l.bias", Tensor.ones(3)),
          Map.of());
      try (SafetensorsFile weights = SafetensorsFile.open(file)) {
        try (Parameters parameters = loaded(weights)) {
          Tensor w = layer(parameters, 3, true);
          assertEquals(DType.F32, w.dtype());
          assertEquals(9, parameters.complete().count());
        }
        assertMessage(weights, 4, true, "has tensor 'l.weight' of shape 3×2, must be 4×2");
        assertMessage(weights, 3, false, "holds tensor 'l.bias' of shape 3, which");
        try (Parameters parameters = loaded(weights)) {
          UserError e =
              assertThrows(
                  UserError.class,
                  () -> parameters.root().tensor("x", Parameters.Initial.ONE, 2, 5));
          assertTrue(
              e.getMessage().contains("p.safetensors: lacks tensor 'x' of shape 2×5"),
              e.getMessage());
        }
      }
    }
    assertFalse(Files.exists(folder.resolve("absent")));
  }

  private static Parameters loaded(Weights weights) {
    return Parameters.loaded(weights, DType.F32, Device.CPU, MemoryLayout.CONTIGUOUS);
  }

  private static Tensor layer(Parameters parameters, long outputs, boolean bias) {
    Parameters.Branch l = parameters.root().in("l");
    Tensor weight = l.tensor("weight", Parameters.Initial.uniform(2), outputs, 2);
    if (bias) {
      l.tensor("bias", Parameters.Initial.ZERO, outputs);
    }
    return weight;
  }

  private static void assertMessage(Weights weights, long outputs, boolean bias, String words) {
    long before = TorchScope.liveTensors();
    Parameters parameters = loaded(weights);
    UserError e =
        assertThrows(
            UserError.class, () -> parameters.build(() -> layer(parameters, outputs, bias)));
    assertTrue(e.getMessage().contains(words), e.getMessage());
    assertEquals(before, TorchScope.liveTensors());
  }

  @Test
  void randomParametersDependOnSeedAndNameAlone() {
    try (TorchScope _ = TorchScope.open();
        Parameters a = Parameters.random(1, Device.CPU, MemoryLayout.CHANNELS_LAST);
        Parameters b = Parameters.random(1, Device.CPU, MemoryLayout.CONTIGUOUS);
        Parameters c = Parameters.random(2, Device.CPU, MemoryLayout.CONTIGUOUS)) {
      Parameters.Initial initial = Parameters.Initial.uniform(4);
      b.root().tensor("other", initial, 3);
      float[] first = a.root().in("x", 0).tensor("w", initial, 4, 4, 3, 3).toFloatArray();
      assertArrayEquals(first, b.root().in("x.0").tensor("w", initial, 4, 4, 3, 3).toFloatArray());
      assertFalse(
          Arrays.equals(first, c.root().in("x.0").tensor("w", initial, 4, 4, 3, 3).toFloatArray()));
      assertTrue(a.tensors().get("x.0.w").isLaidOut(MemoryLayout.CHANNELS_LAST));
      for (float value : first) {
        assertTrue(Math.abs(value) <= 0.5);
      }
      assertThrows(IllegalStateException.class, () -> b.root().tensor("other", initial, 3));
    }
  }
}
