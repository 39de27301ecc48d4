package org.pixelcube.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;

/**
 * The weights of one network in the folder layout of diffusers: one safetensors file, or several
 * and an index that tells which tensor is in which.
 */
public final class WeightFolder implements Weights {
  private static final List<String> STEMS = List.of("diffusion_pytorch_model", "model");

  private final Path folder;
  private final Path index;
  private final Map<String, SafetensorsFile> files = new LinkedHashMap<>();
  private final Map<String, SafetensorsFile> places = new LinkedHashMap<>();

  private WeightFolder(Path folder, Path index) {
    this.folder = folder;
    this.index = index;
  }

  /**
   * Opens the weights in a folder. Where it holds several variants, full precision is taken before
   * {@code fp16}.
   *
   * @throws UserError if there are none, a shard is missing, or a file is damaged
   */
  public static WeightFolder open(Path folder) {
    for (String variant : List.of("", ".fp16", ".bf16")) {
      for (String stem : STEMS) {
        Path single = folder.resolve(stem + variant + ".safetensors");
        if (Files.isRegularFile(single)) {
          return open(folder, single, false);
        }
        // Both spellings are found in the wild.
        for (String name :
            List.of(
                stem + ".safetensors.index" + variant + ".json",
                stem + variant + ".safetensors.index.json")) {
          if (Files.isRegularFile(folder.resolve(name))) {
            return open(folder, folder.resolve(name), true);
          }
        }
      }
    }
    String found;
    try (Stream<Path> all = Files.list(folder)) {
      found =
          all.map(path -> path.getFileName().toString())
              .sorted()
              .limit(6)
              .collect(Collectors.joining(", "));
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
    throw new UserError(
        folder.toString(),
        "holds no weights (it holds: %s)".formatted(found.isEmpty() ? "nothing" : found),
        "put diffusion_pytorch_model.safetensors there, or its shards and their index");
  }

  /**
   * Builds a network from the weights in a folder, channels last.
   *
   * @param dtype the kind of numbers to compute in
   * @param build makes the network over its parameters
   * @throws UserError as {@link #open}, or if tensors do not fit
   */
  public static <T> T load(Path folder, DType dtype, Device device, Function<Parameters, T> build) {
    try (WeightFolder weights = open(folder)) {
      return build.apply(Parameters.loaded(weights, dtype, device, MemoryLayout.CHANNELS_LAST));
    }
  }

  private static WeightFolder open(Path folder, Path first, boolean sharded) {
    WeightFolder weights = new WeightFolder(folder, first);
    try {
      if (sharded) {
        weights.openShards();
      } else {
        SafetensorsFile file = SafetensorsFile.open(first);
        weights.files.put(first.getFileName().toString(), file);
        file.names().forEach(name -> weights.places.put(name, file));
      }
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private void openShards() {
    String json;
    try {
      json = Files.readString(index, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw UserError.of(index, e);
    }
    if (!(JsonSettings.parseMap(index.toString(), json).get("weight_map")
        instanceof Map<?, ?> map)) {
      throw new UserError(index.toString(), "lacks weight_map", "fetch the file again");
    }
    map.forEach((name, shard) -> {
      // A shard lies beside its index: no path may lead elsewhere.
      if (!(shard instanceof String text) || !text.matches("[\\w.-]+\\.safetensors")) {
        throw new UserError(
            index.toString(),
            "has '%s' as the file of tensor '%s'".formatted(shard, name),
            "a file name ending in .safetensors is wanted");
      }
      SafetensorsFile file =
          files.computeIfAbsent(text, _ -> SafetensorsFile.open(folder.resolve(text)));
      if (!file.names().contains((String) name)) {
        throw new UserError(
            folder.resolve(text).toString(),
            "lacks tensor '%s', which %s puts there".formatted(name, index.getFileName()),
            "fetch the shards and their index again");
      }
      places.put((String) name, file);
    });
    files.forEach((name, file) -> {
      for (String tensor : file.names()) {
        if (places.get(tensor) != file) {
          throw new UserError(
              folder.resolve(name).toString(),
              "holds tensor '%s', which %s does not put there"
                  .formatted(tensor, index.getFileName()),
              "fetch the shards and their index again");
        }
      }
    });
  }

  @Override
  public Collection<String> names() {
    return List.copyOf(places.keySet());
  }

  @Override
  public long[] shape(String name) {
    return need(name).shape(name);
  }

  @Override
  public DType dtype(String name) {
    return need(name).dtype(name);
  }

  @Override
  public Path file(String name) {
    SafetensorsFile file = places.get(name);
    return file == null ? index : file.file(name);
  }

  @Override
  public Tensor read(String name) {
    return need(name).read(name);
  }

  private SafetensorsFile need(String name) {
    SafetensorsFile file = places.get(name);
    if (file == null) {
      throw new IllegalArgumentException(folder + " has no tensor " + name);
    }
    return file;
  }

  @Override
  public void close() {
    files.values().forEach(SafetensorsFile::close);
  }
}
