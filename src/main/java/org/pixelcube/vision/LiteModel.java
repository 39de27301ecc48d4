package org.pixelcube.vision;

import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorByteSize;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorData;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorDim;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorNumDims;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorType;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteFloat32;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteOk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.BuiltinOpResolverWithXNNPACK;
import org.bytedeco.tensorflowlite.FlatBufferModel;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.InterpreterBuilder;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.pixelcube.config.UserError;

/**
 * One TensorFlow Lite network with float32 tensors of fixed shape, run on the processor.
 *
 * <p>One run at a time; the native memory lives until {@link #close()}.
 */
final class LiteModel implements AutoCloseable {
  /** {@code tflite::logging_internal::MinimalLogger::SetMinimumLogSeverity} in the Itanium ABI. */
  private static final String SET_LOG_SEVERITY =
      "_ZN6tflite16logging_internal13MinimalLogger21SetMinimumLogSeverityENS_11LogSeverityE";

  private static final int SILENT = 4;

  private static final System.Logger LOGGER = System.getLogger(LiteModel.class.getName());

  static {
    silence();
  }

  private final String name;
  private BytePointer bytes;
  private FlatBufferModel model;
  private BuiltinOpResolverWithXNNPACK operations;
  private Interpreter interpreter;
  private int outputCount;

  /**
   * Loads the network.
   *
   * @param name what to call it in errors
   * @param file the whole flatbuffer
   * @param threads threads of the network's own pool, 1 or more
   * @throws UserError if the bytes are no network this runtime can run
   */
  LiteModel(String name, byte[] file, int threads) {
    this.name = name;
    // The identifier stands after the root offset; the C interface would read past a short buffer.
    if (file.length < 64 || file[4] != 'T' || file[5] != 'F' || file[6] != 'L' || file[7] != '3') {
      throw unusable("is not a TensorFlow Lite file (identifier TFL3 expected)");
    }
    bytes = new BytePointer(file.length);
    try {
      bytes.put(file, 0, file.length);
      // The verifier keeps a damaged file from being followed out of its buffer.
      model = FlatBufferModel.VerifyAndBuildFromBuffer(bytes, file.length);
      if (model == null || model.isNull()) {
        throw unusable("cannot be read as a TensorFlow Lite file");
      }
      operations = new BuiltinOpResolverWithXNNPACK(true);
      interpreter = new Interpreter((Pointer) null);
      try (InterpreterBuilder builder = new InterpreterBuilder(model, operations)) {
        // The interpreter stays null where the network needs an operation this runtime lacks.
        if (builder.apply(interpreter, threads) != kTfLiteOk || interpreter.isNull()) {
          throw unusable("needs an operation this TensorFlow Lite lacks");
        }
      }
      if (interpreter.AllocateTensors() != kTfLiteOk) {
        throw unusable("cannot allocate its tensors");
      }
      requireFloat(input(0));
      try (IntPointer outputs = interpreter.outputs()) {
        outputCount = Math.toIntExact(outputs.limit());
      }
      for (int i = 0; i < outputCount; i++) {
        requireFloat(output(i));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Keeps the runtime's own notes off standard error; every failure is reported by exception. */
  @SuppressWarnings("restricted")
  private static void silence() {
    String library = Loader.load(tensorflowlite.class);
    try {
      SymbolLookup.libraryLookup(Path.of(library), Arena.global())
          .find(SET_LOG_SEVERITY)
          .ifPresent(LiteModel::setLogSeverity);
    } catch (IllegalArgumentException e) {
      // Some platforms name the library otherwise: then the notes stay.
      LOGGER.log(System.Logger.Level.DEBUG, "TensorFlow Lite keeps its log", e);
    }
  }

  @SuppressWarnings("restricted")
  private static void setLogSeverity(MemorySegment function) {
    MethodHandle set =
        Linker.nativeLinker()
            .downcallHandle(
                function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try {
      int previous = (int) set.invokeExact(SILENT);
      LOGGER.log(System.Logger.Level.DEBUG, "TensorFlow Lite log severity was {0}", previous);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private UserError unusable(String reason) {
    return new UserError(name, reason, "delete the file and fetch it again");
  }

  private void requireFloat(TfLiteTensor tensor) {
    if (TfLiteTensorType(tensor) != kTfLiteFloat32) {
      throw unusable("has a tensor that is not float32");
    }
  }

  private TfLiteTensor input(int i) {
    return interpreter.input_tensor(i);
  }

  private TfLiteTensor output(int i) {
    return interpreter.output_tensor(i);
  }

  int outputCount() {
    return outputCount;
  }

  int[] inputShape(int i) {
    return shape(input(i));
  }

  int[] outputShape(int i) {
    return shape(output(i));
  }

  /** Number of float values in output {@code i}. */
  int outputSize(int i) {
    return (int) (TfLiteTensorByteSize(output(i)) / Float.BYTES);
  }

  private static int[] shape(TfLiteTensor tensor) {
    int[] shape = new int[TfLiteTensorNumDims(tensor)];
    for (int d = 0; d < shape.length; d++) {
      shape[d] = TfLiteTensorDim(tensor, d);
    }
    return shape;
  }

  /**
   * Runs the network: {@code input} into its first input, every output copied out in order.
   *
   * @param input as many values as the first input holds, in the network's own (h, w, c) order
   */
  synchronized float[][] run(float[] input) {
    if (interpreter == null) {
      throw new IllegalStateException(name + " is closed");
    }
    TfLiteTensor in = input(0);
    long inputSize = TfLiteTensorByteSize(in) / Float.BYTES;
    if (input.length != inputSize) {
      throw new IllegalArgumentException(
          "%d input values for %s (expected %d)".formatted(input.length, name, inputSize));
    }
    new FloatPointer(TfLiteTensorData(in)).put(input, 0, input.length);
    if (interpreter.Invoke() != kTfLiteOk) {
      throw new IllegalStateException(name + " failed to run");
    }
    float[][] outputs = new float[outputCount][];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = new float[outputSize(i)];
      new FloatPointer(TfLiteTensorData(output(i))).get(outputs[i], 0, outputs[i].length);
    }
    return outputs;
  }

  @Override
  public synchronized void close() {
    // The interpreter refers to the operations, the model and the bytes, in that order.
    close(interpreter);
    close(operations);
    close(model);
    close(bytes);
    interpreter = null;
    operations = null;
    model = null;
    bytes = null;
  }

  private static void close(Pointer pointer) {
    if (pointer != null) {
      pointer.close();
    }
  }
}
