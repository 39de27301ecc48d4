package org.pixelcube.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * A block of numbers in native memory with a shape, and the operations of libtorch on it.
 *
 * <p>Every operation gives a new tensor of the innermost {@link TorchScope}; those whose name ends
 * in {@code InPlace} change the tensor itself and return it. Shapes broadcast as in NumPy. Negative
 * dimensions count from the end. A tensor of a scope may be used by that scope's thread only.
 */
public final class Tensor implements AutoCloseable {
  private org.bytedeco.pytorch.Tensor handle;

  /** Where it is freed; null for a kept tensor. */
  TorchScope scope;

  Tensor(org.bytedeco.pytorch.Tensor handle, TorchScope scope) {
    this.handle = handle;
    this.scope = scope;
  }

  // Life

  /** The native tensor, after a check that it is alive and this thread may use it. */
  org.bytedeco.pytorch.Tensor handle() {
    if (handle == null) {
      throw new IllegalStateException("the tensor is freed: its scope is closed");
    }
    if (scope != null && scope.thread() != Thread.currentThread()) {
      throw new IllegalStateException(
          "a tensor of thread %s used on thread %s: keep it or copy its numbers"
              .formatted(scope.thread().getName(), Thread.currentThread().getName()));
    }
    return handle;
  }

  /** The scope has freed it. */
  void forget() {
    handle = null;
    scope = null;
    TorchScope.LIVE.decrementAndGet();
  }

  /**
   * Takes the tensor out of its scope: it lives until {@link #close()}.
   *
   * @return this
   */
  public Tensor keep() {
    handle().retainReference();
    scope = null;
    return this;
  }

  /** Frees a kept tensor; one of a scope is left to its scope. */
  @Override
  public void close() {
    if (handle != null && scope == null) {
      handle.deallocate();
      forget();
    }
  }

  // Making

  /** Zeros of {@link DType#F32} on the processor. */
  public static Tensor zeros(long... shape) {
    return zeros(DType.F32, Device.CPU, shape);
  }

  public static Tensor zeros(DType dtype, Device device, long... shape) {
    return Native.call("zeros", () -> torch.zeros(shape, options(dtype, device)));
  }

  /** Ones of {@link DType#F32} on the processor. */
  public static Tensor ones(long... shape) {
    return full(1, shape);
  }

  /** A constant of {@link DType#F32} on the processor. */
  public static Tensor full(double value, long... shape) {
    return Native.call(
        "full", () -> torch.full(shape, new Scalar(value), options(DType.F32, Device.CPU)));
  }

  /** Numbers not set yet. */
  static Tensor empty(DType dtype, Device device, long... shape) {
    return Native.call(
        "empty", () -> torch.empty(shape, options(dtype, device), new MemoryFormatOptional()));
  }

  /** A copy of the numbers, in the order of the shape, as {@link DType#F32} on the processor. */
  public static Tensor of(float[] values, long... shape) {
    return copied(MemorySegment.ofArray(values), DType.F32, shape);
  }

  /** The same as {@link DType#F64}. */
  public static Tensor of(double[] values, long... shape) {
    return copied(MemorySegment.ofArray(values), DType.F64, shape);
  }

  /** The same as {@link DType#I64}. */
  public static Tensor of(long[] values, long... shape) {
    return copied(MemorySegment.ofArray(values), DType.I64, shape);
  }

  /** A number without dimensions, {@link DType#F32}. */
  public static Tensor scalar(double value) {
    return of(new float[] {(float) value});
  }

  /** A copy of the bytes of numbers of a kind, in the order of the shape, on the processor. */
  public static Tensor copied(MemorySegment bytes, DType dtype, long... shape) {
    long numbers = numbers(shape);
    if (bytes.byteSize() != Math.multiplyExact(numbers, dtype.bytes())) {
      throw new IllegalArgumentException(
          "%d bytes for %s of shape %s".formatted(bytes.byteSize(), dtype, Arrays.toString(shape)));
    }
    Tensor tensor = empty(dtype, Device.CPU, shape);
    if (numbers > 0) {
      tensor.memory().copyFrom(bytes);
    }
    return tensor;
  }

  /** 0, 1, … as {@link DType#F32}. */
  public static Tensor range(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return of(values, count);
  }

  private static long numbers(long[] shape) {
    long product = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("shape " + Arrays.toString(shape));
      }
      product = Math.multiplyExact(product, size);
    }
    return product;
  }

  static TensorOptions options(DType dtype, Device device) {
    return new TensorOptions(dtype.scalarType())
        .device(new org.bytedeco.pytorch.DeviceOptional(device.handle()));
  }

  // What it is

  /** The sizes, outermost first. */
  public long[] shape() {
    return handle().shape();
  }

  /** The size of one dimension. */
  public long size(int dimension) {
    long[] shape = shape();
    return shape[dimension < 0 ? dimension + shape.length : dimension];
  }

  /** The size of one dimension, as an int. */
  public int extent(int dimension) {
    return Math.toIntExact(size(dimension));
  }

  public int rank() {
    return (int) handle().dim();
  }

  /** How many numbers. */
  public long count() {
    return handle().numel();
  }

  public DType dtype() {
    return DType.of(handle().scalar_type());
  }

  public Device device() {
    org.bytedeco.pytorch.Device device = handle().device();
    return device.is_cuda() ? Device.cuda(Math.max(device.index(), 0)) : Device.CPU;
  }

  /** Whether the numbers lie in that order, without gaps. */
  public boolean isLaidOut(MemoryLayout layout) {
    return handle().is_contiguous(layout.format(rank()));
  }

  /** Whether the two share their native tensor. */
  public boolean isSame(Tensor other) {
    return handle().is_same(other.handle());
  }

  /** The numbers' memory; only for a contiguous tensor on the processor. */
  @SuppressWarnings("restricted")
  private MemorySegment memory() {
    return MemorySegment.ofAddress(handle().data_ptr().address())
        .reinterpret(count() * dtype().bytes());
  }

  /** The numbers as floats, in the order of the shape. */
  public float[] toFloatArray() {
    float[] values = new float[Math.toIntExact(count())];
    try (TorchScope _ = TorchScope.open()) {
      Tensor plain = detach().to(Device.CPU).to(DType.F32).contiguous();
      if (values.length > 0) {
        MemorySegment.copy(
            plain.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
      }
    }
    return values;
  }

  /** The numbers as doubles, in the order of the shape. */
  public double[] toDoubleArray() {
    double[] values = new double[Math.toIntExact(count())];
    try (TorchScope _ = TorchScope.open()) {
      Tensor plain = detach().to(Device.CPU).to(DType.F64).contiguous();
      if (values.length > 0) {
        MemorySegment.copy(
            plain.memory(), ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, values, 0, values.length);
      }
    }
    return values;
  }

  /** The numbers as whole numbers, in the order of the shape; fractions are cut off. */
  public long[] toLongArray() {
    long[] values = new long[Math.toIntExact(count())];
    try (TorchScope _ = TorchScope.open()) {
      Tensor plain = detach().to(Device.CPU).to(DType.I64).contiguous();
      if (values.length > 0) {
        MemorySegment.copy(
            plain.memory(), ValueLayout.JAVA_LONG_UNALIGNED, 0, values, 0, values.length);
      }
    }
    return values;
  }

  /** The bytes of the numbers, in the order of the shape and of their own kind. */
  public byte[] toByteArray() {
    try (TorchScope _ = TorchScope.open()) {
      Tensor plain = detach().to(Device.CPU).contiguous();
      return plain.count() == 0 ? new byte[0] : plain.memory().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** The only number of the tensor. */
  public double item() {
    if (count() != 1) {
      throw new IllegalStateException("item of shape " + Arrays.toString(shape()));
    }
    try (TorchScope _ = TorchScope.open()) {
      return handle().item().toDouble();
    }
  }

  /** Whether all numbers are finite. */
  public boolean allFinite() {
    try (TorchScope _ = TorchScope.open()) {
      return handle().isfinite().all().item().toBool();
    }
  }

  @Override
  public String toString() {
    if (handle == null) {
      return "Tensor(freed)";
    }
    return "Tensor(%s %s %s)"
        .formatted(
            dtype(),
            LongStream.of(shape()).mapToObj(Long::toString).collect(Collectors.joining("×")),
            device());
  }

  // Kind, place and order

  /** The same numbers as another kind; itself if they are. */
  public Tensor to(DType dtype) {
    return dtype() == dtype ? this : Native.call("to", () -> handle().to(dtype.scalarType()));
  }

  /** The same numbers on another device; itself if they are there. */
  public Tensor to(Device device) {
    return device().equals(device)
        ? this
        : Native.call("to", () -> handle().to(device.handle(), handle().scalar_type()));
  }

  /** The same tensor in another order in memory (pictures of rank 4, clips of rank 5). */
  public Tensor laidOut(MemoryLayout layout) {
    MemoryFormat format = layout.format(rank());
    return handle().is_contiguous(format)
        ? this
        : Native.call("laidOut", () -> handle().contiguous(format));
  }

  /** Without gaps, in the order of the shape. */
  public Tensor contiguous() {
    return laidOut(MemoryLayout.CONTIGUOUS);
  }

  /** A copy with memory of its own. */
  public Tensor copy() {
    return Native.call("copy", () -> handle().clone(new MemoryFormatOptional()));
  }

  // Shape

  /** Another shape for the same numbers; one size may be −1. */
  public Tensor reshape(long... shape) {
    return Native.call("reshape", () -> handle().reshape(shape));
  }

  /** The dimensions in another order. */
  public Tensor permute(long... order) {
    return Native.call("permute", () -> handle().permute(order));
  }

  public Tensor transpose(int a, int b) {
    return Native.call("transpose", () -> handle().transpose(a, b));
  }

  /** With one more dimension of size 1. */
  public Tensor unsqueeze(int dimension) {
    return Native.call("unsqueeze", () -> handle().unsqueeze(dimension));
  }

  /** Without a dimension of size 1. */
  public Tensor squeeze(int dimension) {
    return Native.call("squeeze", () -> handle().squeeze(dimension));
  }

  /** Dimensions {@code first} to {@code last} as one. */
  public Tensor flatten(int first, int last) {
    return Native.call("flatten", () -> handle().flatten(first, last));
  }

  /** Dimensions of size 1 as larger ones, without a copy; −1 leaves a size. */
  public Tensor expand(long... shape) {
    return Native.call("expand", () -> handle().expand(shape));
  }

  /** The whole repeated that many times along each dimension. */
  public Tensor repeat(long... times) {
    return Native.call("repeat", () -> handle().repeat(times));
  }

  /** Each slice repeated {@code times} times in a row: a a b b. */
  public Tensor repeatInterleave(int times, int dimension) {
    return Native.call(
        "repeatInterleave",
        () -> handle().repeat_interleave(times, new LongOptional(dimension), new LongOptional()));
  }

  /** Slices {@code start} to {@code start + length − 1} along a dimension, without a copy. */
  public Tensor narrow(int dimension, long start, long length) {
    return Native.call("narrow", () -> handle().narrow(dimension, start, length));
  }

  /** One slice, without its dimension and without a copy. */
  public Tensor select(int dimension, long index) {
    return Native.call("select", () -> handle().select(dimension, index));
  }

  /** The slices of the given numbers ({@link DType#I64}, rank 1). */
  public Tensor indexSelect(int dimension, Tensor indices) {
    return Native.call("indexSelect", () -> handle().index_select(dimension, indices.handle()));
  }

  /** Equal parts along a dimension, without a copy. */
  public List<Tensor> chunk(int parts, int dimension) {
    long size = size(dimension);
    if (size % parts != 0) {
      throw new IllegalArgumentException(size + " in " + parts + " parts");
    }
    List<Tensor> chunks = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      chunks.add(narrow(dimension, i * (size / parts), size / parts));
    }
    return chunks;
  }

  /** In the opposite order along the dimensions. */
  public Tensor flip(long... dimensions) {
    return Native.call("flip", () -> handle().flip(dimensions));
  }

  // Arithmetic

  public Tensor add(Tensor other) {
    return Native.call("add", () -> handle().add(other.handle()));
  }

  public Tensor add(double value) {
    return Native.call("add", () -> handle().add(new Scalar(value)));
  }

  public Tensor sub(Tensor other) {
    return Native.call("sub", () -> handle().sub(other.handle()));
  }

  public Tensor sub(double value) {
    return add(-value);
  }

  public Tensor mul(Tensor other) {
    return Native.call("mul", () -> handle().mul(other.handle()));
  }

  public Tensor mul(double value) {
    return Native.call("mul", () -> handle().mul(new Scalar(value)));
  }

  public Tensor div(Tensor other) {
    return Native.call("div", () -> handle().div(other.handle()));
  }

  public Tensor div(double value) {
    return Native.call("div", () -> handle().div(new Scalar(value)));
  }

  public Tensor neg() {
    return Native.call("neg", () -> handle().neg());
  }

  public Tensor pow(double exponent) {
    return Native.call("pow", () -> handle().pow(new Scalar(exponent)));
  }

  public Tensor square() {
    return Native.call("square", () -> handle().square());
  }

  public Tensor sqrt() {
    return Native.call("sqrt", () -> handle().sqrt());
  }

  public Tensor exp() {
    return Native.call("exp", () -> handle().exp());
  }

  public Tensor log() {
    return Native.call("log", () -> handle().log());
  }

  /** ln(1 + x). */
  public Tensor log1p() {
    return Native.call("log1p", () -> handle().log1p());
  }

  public Tensor sin() {
    return Native.call("sin", () -> handle().sin());
  }

  public Tensor cos() {
    return Native.call("cos", () -> handle().cos());
  }

  public Tensor tanh() {
    return Native.call("tanh", () -> handle().tanh());
  }

  /** 1 / (1 + exp(−x)). */
  public Tensor sigmoid() {
    return Native.call("sigmoid", () -> handle().sigmoid());
  }

  public Tensor abs() {
    return Native.call("abs", () -> handle().abs());
  }

  /** Each number moved into [{@code low}, {@code high}]. */
  public Tensor clamp(double low, double high) {
    return Native.call(
        "clamp",
        () ->
            handle()
                .clamp(new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high))));
  }

  /** The larger of each two numbers. */
  public Tensor max(Tensor other) {
    return Native.call("max", () -> torch.maximum(handle(), other.handle()));
  }

  /** The smaller of each two numbers. */
  public Tensor min(Tensor other) {
    return Native.call("min", () -> torch.minimum(handle(), other.handle()));
  }

  /** Where this is greater than {@code value}, as {@link DType#BOOL}. */
  public Tensor greater(double value) {
    return Native.call("greater", () -> handle().gt(new Scalar(value)));
  }

  /** Where this is less than {@code value}, as {@link DType#BOOL}. */
  public Tensor less(double value) {
    return Native.call("less", () -> handle().lt(new Scalar(value)));
  }

  /**
   * Of two tensors, the one's numbers where this ({@link DType#BOOL}) is true, else the other's.
   */
  public Tensor where(Tensor yes, Tensor no) {
    return Native.call("where", () -> torch.where(handle(), yes.handle(), no.handle()));
  }

  /** Matrix product over the last two dimensions, for each index of those before. */
  public Tensor matmul(Tensor other) {
    if (FlopCounter.counting()) {
      FlopCounter.add(2 * count() * other.size(-1));
    }
    return Native.call("matmul", () -> handle().matmul(other.handle()));
  }

  /** {@code this + weight · (other − this)}. */
  public Tensor lerp(Tensor other, double weight) {
    return Native.call("lerp", () -> handle().lerp(other.handle(), new Scalar(weight)));
  }

  /** {@code this + weight · (other − this)}, the weight a tensor. */
  public Tensor lerp(Tensor other, Tensor weight) {
    return Native.call("lerp", () -> handle().lerp(other.handle(), weight.handle()));
  }

  /** {@code this + a · b} in one pass. */
  public Tensor addProduct(Tensor a, Tensor b) {
    return Native.call("addProduct", () -> handle().addcmul(a.handle(), b.handle()));
  }

  // Reductions

  public Tensor sum() {
    return Native.call("sum", () -> handle().sum());
  }

  /** The sum over dimensions, which stay with size 1 if {@code keep}. */
  public Tensor sum(boolean keep, long... dimensions) {
    return Native.call("sum", () -> handle().sum(dimensions, keep, new ScalarTypeOptional()));
  }

  public Tensor mean() {
    return Native.call("mean", () -> handle().mean());
  }

  /** The mean over dimensions, which stay with size 1 if {@code keep}. */
  public Tensor mean(boolean keep, long... dimensions) {
    return Native.call("mean", () -> handle().mean(dimensions, keep, new ScalarTypeOptional()));
  }

  public Tensor max() {
    return Native.call("max", () -> handle().max());
  }

  public Tensor min() {
    return Native.call("min", () -> handle().min());
  }

  /** The largest along dimensions, which stay with size 1 if {@code keep}. */
  public Tensor max(boolean keep, long... dimensions) {
    return Native.call("max", () -> handle().amax(dimensions, keep));
  }

  /** Euclidean norm of all numbers. */
  public Tensor norm() {
    return Native.call("norm", () -> handle().norm());
  }

  // In place

  public Tensor addInPlace(Tensor other) {
    Native.run("add", () -> handle().add_(other.handle()));
    return this;
  }

  public Tensor mulInPlace(double factor) {
    Native.run("mul", () -> scoped(() -> handle().mul_(new Scalar(factor))));
    return this;
  }

  /** Adds {@code factor · other}. */
  public Tensor addInPlace(Tensor other, double factor) {
    Native.run("add", () -> scoped(() -> handle().add_(other.handle(), new Scalar(factor))));
    return this;
  }

  /** {@code this += weight · (other − this)}. */
  public Tensor lerpInPlace(Tensor other, double weight) {
    Native.run("lerp", () -> scoped(() -> handle().lerp_(other.handle(), new Scalar(weight))));
    return this;
  }

  /** {@code this += factor · a · b}. */
  Tensor addProductInPlace(Tensor a, Tensor b, double factor) {
    Native.run(
        "addcmul",
        () -> scoped(() -> handle().addcmul_(a.handle(), b.handle(), new Scalar(factor))));
    return this;
  }

  /** {@code this += factor · a / b}. */
  Tensor addQuotientInPlace(Tensor a, Tensor b, double factor) {
    Native.run(
        "addcdiv",
        () -> scoped(() -> handle().addcdiv_(a.handle(), b.handle(), new Scalar(factor))));
    return this;
  }

  /** Copies the numbers of {@code source}, whatever its kind and device; shapes must be equal. */
  public Tensor copyInPlace(Tensor source) {
    if (!Arrays.equals(shape(), source.shape())) {
      throw new IllegalArgumentException("copy of " + source + " into " + this);
    }
    Native.run("copy", () -> handle().copy_(source.handle()));
    return this;
  }

  public Tensor fillInPlace(double value) {
    Native.run("fill", () -> scoped(() -> handle().fill_(new Scalar(value))));
    return this;
  }

  /**
   * The sum; this tensor's own memory is used again where no gradient needs it, so that it must not
   * be looked at afterwards. Shapes are equal, or {@code other} broadcasts.
   */
  public Tensor addOver(Tensor other) {
    return mayBeOverwritten(other) ? addInPlace(other) : add(other);
  }

  /** The product, as {@link #addOver}. */
  public Tensor mulOver(Tensor other) {
    if (!mayBeOverwritten(other)) {
      return mul(other);
    }
    Native.run("mul", () -> handle().mul_(other.handle()));
    return this;
  }

  private boolean mayBeOverwritten(Tensor other) {
    return !NoGrad.recording() && dtype() == other.dtype();
  }

  private static void scoped(Runnable work) {
    try (TorchScope _ = TorchScope.open()) {
      work.run();
    }
  }

  // Gradients

  /** The same numbers, without the history that gradients would follow. */
  public Tensor detach() {
    return Native.call("detach", () -> handle().detach());
  }

  /** Whether a gradient for this tensor is worked out by {@link #backward()}. */
  public boolean requiresGrad() {
    return handle().requires_grad();
  }

  /** Asks for a gradient, or no longer; for a tensor that was not computed from others. */
  public Tensor setRequiresGrad(boolean required) {
    Native.run("requires_grad", () -> handle().set_requires_grad(required));
    return this;
  }

  /** Adds the derivatives of this one number to the gradients of the tensors that ask for one. */
  public void backward() {
    Native.run("backward", () -> handle().backward());
  }

  /** The gradient found so far, or null. It is the live one: changing it in place changes it. */
  public Tensor grad() {
    org.bytedeco.pytorch.Tensor gradient = handle().grad();
    return gradient.defined()
        ? Native.call("grad", () -> new org.bytedeco.pytorch.Tensor(gradient))
        : null;
  }

  /** Forgets the gradient. */
  public void clearGrad() {
    handle().mutable_grad().reset();
  }

  /**
   * Derivatives of one number with respect to {@code inputs}, in their order; the gradients kept by
   * the tensors are untouched.
   *
   * @param createGraph whether the result can itself be differentiated
   */
  public List<Tensor> gradients(List<Tensor> inputs, boolean createGraph) {
    List<Tensor> found = new ArrayList<>();
    Native.run(
        "gradients",
        () -> {
          TensorVector of = new TensorVector(handle());
          TensorVector to =
              new TensorVector(
                  inputs.stream().map(Tensor::handle).toArray(org.bytedeco.pytorch.Tensor[]::new));
          TensorVector result =
              torch.grad(
                  of,
                  to,
                  new TensorVector(),
                  new org.bytedeco.pytorch.BoolOptional(createGraph),
                  createGraph,
                  false);
          for (int i = 0; i < inputs.size(); i++) {
            int index = i;
            found.add(
                Native.call("gradients", () -> new org.bytedeco.pytorch.Tensor(result.get(index))));
          }
        });
    return found;
  }
}
