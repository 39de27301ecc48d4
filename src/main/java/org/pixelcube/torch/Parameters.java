package org.pixelcube.torch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.pixelcube.config.UserError;

/**
 * The tensors that a network learns, by dotted name: drawn at random for training from scratch, or
 * taken from files.
 *
 * <p>A network asks for each of its tensors while it is built, through {@link Branch}es that stand
 * for its parts; {@link #complete()} then makes sure that nothing in the files was left over. All
 * are kept until {@link #close()}.
 */
public final class Parameters implements AutoCloseable {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Set<String> ignored = new HashSet<>();
  private final Weights weights;
  private final long seed;
  private final DType dtype;
  private final Device device;
  private final MemoryLayout layout;

  private Parameters(Weights weights, long seed, DType dtype, Device device, MemoryLayout layout) {
    if (dtype == DType.F16 && !device.cuda()) {
      throw new IllegalArgumentException("F16 on the processor is too slow for any use");
    }
    this.weights = weights;
    this.seed = seed;
    this.dtype = dtype;
    this.device = device;
    this.layout = layout;
  }

  /** Parameters drawn from a seed; each depends on the seed and its name alone. */
  public static Parameters random(long seed, Device device, MemoryLayout layout) {
    return new Parameters(null, seed, DType.F32, device, layout);
  }

  /**
   * Parameters read from files, whatever kind of numbers they hold there.
   *
   * @param weights may be closed once the network is built
   * @param dtype the kind to compute in; not {@link DType#F16} on the processor
   */
  public static Parameters loaded(
      Weights weights, DType dtype, Device device, MemoryLayout layout) {
    return new Parameters(weights, 0, dtype, device, layout);
  }

  /** How a tensor is drawn: uniformly within ± bound around a constant. */
  public record Initial(double constant, double bound) {
    public static final Initial ZERO = new Initial(0, 0);
    public static final Initial ONE = new Initial(1, 0);

    /** Within ± 1/√inputs, as layers of PyTorch are by default. */
    public static Initial uniform(long inputs) {
      return new Initial(0, 1 / Math.sqrt((double) inputs));
    }
  }

  /** The root of the names. */
  public Branch root() {
    return new Branch(this, "");
  }

  /** One part of a network: makes its tensors, under its name. */
  public record Branch(Parameters parameters, String name) {
    /** A part of this part. */
    public Branch in(String part) {
      return new Branch(parameters, name.isEmpty() ? part : name + "." + part);
    }

    /** A part in a list. */
    public Branch in(String list, int index) {
      return in(list).in(Integer.toString(index));
    }

    /**
     * Makes or reads a tensor.
     *
     * @throws UserError if the files lack it or have it in another shape
     */
    public Tensor tensor(String tensorName, Initial initial, long... shape) {
      return parameters.take(in(tensorName).name, initial, shape);
    }

    /** Lets files hold a tensor that the network does not need. */
    public void ignore(String tensorName) {
      parameters.ignored.add(in(tensorName).name);
    }
  }

  private Tensor take(String name, Initial initial, long[] shape) {
    if (tensors.containsKey(name)) {
      throw new IllegalStateException("two parameters named " + name);
    }
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      Tensor tensor = weights == null ? draw(name, initial, shape) : read(name, shape);
      tensor = tensor.to(dtype).to(device).laidOut(layout);
      tensors.put(name, tensor.keep());
      return tensor;
    }
  }

  private Tensor draw(String name, Initial initial, long[] shape) {
    if (initial.bound == 0) {
      return Tensor.full(initial.constant, shape);
    }
    CRC32C hash = new CRC32C();
    hash.update(name.getBytes(StandardCharsets.UTF_8));
    try (TensorRandom random = new TensorRandom(seed ^ (hash.getValue() << 20))) {
      return random.uniform(
          initial.constant - initial.bound, initial.constant + initial.bound, shape);
    }
  }

  private Tensor read(String name, long[] shape) {
    String file = weights.file(name).toString();
    if (!weights.names().contains(name)) {
      throw new UserError(
          file,
          "lacks tensor '%s' of shape %s".formatted(name, SafetensorsFile.text(shape, "×")),
          "use the weights that belong to this config.json");
    }
    long[] found = weights.shape(name);
    if (!Arrays.equals(found, shape)) {
      throw new UserError(
          file,
          "has tensor '%s' of shape %s, must be %s"
              .formatted(name, SafetensorsFile.text(found, "×"), SafetensorsFile.text(shape, "×")),
          "use the weights that belong to this config.json");
    }
    if (!weights.dtype(name).isFloatingPoint()) {
      throw new UserError(
          file,
          "has tensor '%s' of dtype %s, must be F32, F16 or BF16"
              .formatted(name, weights.dtype(name).safetensorsName()),
          "use the weights that belong to this config.json");
    }
    return weights.read(name);
  }

  /**
   * Says that the network is built.
   *
   * @throws UserError if the files hold a tensor that no part of it asked for
   */
  public Parameters complete() {
    if (weights != null) {
      List<String> extra =
          weights.names().stream()
              .filter(name -> !tensors.containsKey(name) && !ignored.contains(name))
              .toList();
      if (!extra.isEmpty()) {
        String first = extra.getFirst();
        throw new UserError(
            weights.file(first).toString(),
            "holds tensor '%s' of shape %s%s, which the network does not have"
                .formatted(
                    first,
                    SafetensorsFile.text(weights.shape(first), "×"),
                    extra.size() > 1 ? " and %d more".formatted(extra.size() - 1) : ""),
            "use the weights that belong to this config.json");
      }
    }
    return this;
  }

  /**
   * Builds a network over parameters: a fault while building frees what was read.
   *
   * @param build makes the network from {@link #root()}
   */
  public <T> T build(Supplier<T> build) {
    try {
      T network = build.get();
      complete();
      return network;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** All tensors by name, in the order they were asked for. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** Where the tensors are. */
  public Device device() {
    return device;
  }

  /** The kind of numbers they hold. */
  public DType dtype() {
    return dtype;
  }

  /** How many numbers in all. */
  public long count() {
    return tensors.values().stream().mapToLong(Tensor::count).sum();
  }

  /** Asks for gradients of all tensors, or no longer. */
  public Parameters setRequiresGrad(boolean required) {
    tensors.values().forEach(tensor -> tensor.setRequiresGrad(required));
    return this;
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
    tensors.clear();
  }
}
