package org.pixelcube.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;
import org.pixelcube.config.ProcessEnvironment;
import org.pixelcube.config.UserError;

/** libtorch itself: loading, threads, what the machine offers. */
public final class Torch {
  static {
    // Two pools of threads fight for the processor unless the BLAS library keeps to the caller's
    // thread and OpenMP's stop spinning soon: several times the time otherwise. Read at loading.
    ProcessEnvironment.setIfAbsent("OPENBLAS_NUM_THREADS", "1");
    ProcessEnvironment.setIfAbsent("GOMP_SPINCOUNT", "10000");
    try {
      Loader.load(torch.class);
    } catch (UnsatisfiedLinkError e) {
      throw new UserError(
          "libtorch",
          "cannot be loaded: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "it needs a 64-bit system with glibc 2.35 or newer; other commands work without it",
          e);
    }
    torch.set_num_threads(Runtime.getRuntime().availableProcessors());
  }

  private Torch() {}

  /** Makes sure that libtorch is loaded. */
  static void load() {}

  /** The version of libtorch, such as {@code 2.10.0}. */
  public static String version() {
    // The binding's own version stands behind the dash.
    try {
      String binding = String.valueOf(Loader.getVersion("org.bytedeco", "pytorch"));
      int dash = binding.indexOf('-');
      return dash > 0 ? binding.substring(0, dash) : binding;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Number of threads that one operation is spread over; at first all processors. */
  public static int threads() {
    return torch.get_num_threads();
  }

  /** Sets {@link #threads()}, 1 or more. Sums may round differently with another number. */
  public static void setThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads " + threads);
    }
    torch.set_num_threads(threads);
  }

  /** Number of CUDA devices that this build of libtorch can use; 0 for a build without CUDA. */
  public static int cudaDevices() {
    return torch.cuda_is_available() ? (int) torch.getNumGPUs() : 0;
  }

  /** Memory of this process that lies in the machine's memory, bytes. */
  public static long residentBytes() {
    return Pointer.physicalBytes();
  }

  /**
   * Asks for operations that give the same bits in every run, on a card too, where torch has them.
   * On the processor all those used here do anyway, for a fixed number of threads.
   */
  public static void setDeterministic(boolean deterministic) {
    torch.globalContext().setDeterministicCuDNN(deterministic);
    torch.globalContext().setDeterministicAlgorithms(deterministic, true);
  }
}
