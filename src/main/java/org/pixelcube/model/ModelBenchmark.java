package org.pixelcube.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.torch.AdamW;
import org.pixelcube.torch.Autocast;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.FlopCounter;
import org.pixelcube.torch.Gradients;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TensorRandom;
import org.pixelcube.torch.Torch;
import org.pixelcube.torch.TorchScope;

/** How fast a denoiser runs and learns on this machine, beside what its matrix products reach. */
public final class ModelBenchmark implements AutoCloseable {
  /**
   * Times of one thing done again and again.
   *
   * @param flops floating-point operations of once
   * @param best the shortest, seconds
   * @param median the middle one, seconds
   */
  public record Timing(long flops, double best, double median) {
    /** Of the shortest time, 10⁹ operations a second. */
    public double gigaflops() {
      return flops / best * 1e-9;
    }

    /** Of the middle time. */
    public double medianGigaflops() {
      return flops / median * 1e-9;
    }
  }

  /**
   * Steps of training.
   *
   * @param seconds median of a step
   * @param earlyBytes resident memory after some of the steps
   * @param lateBytes after all
   * @param earlyTensors native tensors alive after some of the steps
   * @param lateTensors after all
   */
  public record Training(
      Timing seconds, long earlyBytes, long lateBytes, long earlyTensors, long lateTensors) {}

  private final UNetConfig config;
  private final SpatioTemporalUNet unet;
  private final Tensor clips;
  private final Tensor times;
  private final Tensor context;

  /** A network drawn at random, and clips of the given size for it. */
  public ModelBenchmark(UNetConfig config, int frames, int height, int width, int tokens) {
    this.config = config;
    unet =
        SpatioTemporalUNet.of(config, Parameters.random(1, Device.CPU, MemoryLayout.CHANNELS_LAST));
    try (TorchScope _ = TorchScope.open();
        TensorRandom random = new TensorRandom(2)) {
      clips = random.normal(1, frames, config.inChannels(), height, width).keep();
      times = Tensor.full(0.3, 1).keep();
      context =
          config.hasContext()
              ? random.normal(1, frames, tokens, config.crossAttention().getFirst()).keep()
              : null;
    }
  }

  /**
   * The network whose figures are given unless another is asked for: relighting with 25 planes a
   * frame, folded by 4.
   */
  public static UNetConfig small() {
    return UNetConfig.small(
        25, 3, 4, List.of(64, 128, 192), 2, List.of(false, true, true), 64, 128, 32);
  }

  /** A network and clips so small that a thousand steps take a minute or two. */
  public static ModelBenchmark tiny() {
    UNetConfig config =
        UNetConfig.small(25, 3, 4, List.of(32, 64), 1, List.of(false, true), 32, 64, 32);
    return new ModelBenchmark(config, 4, 64, 64, 16);
  }

  /**
   * Goes once through the memory that Java gives to objects that die young, so that what grows
   * afterwards is not that.
   */
  public static void touchHeap() {
    long sum = 0;
    for (long bytes = 0; bytes < Runtime.getRuntime().maxMemory() / 2; bytes += 1 << 18) {
      sum += new byte[1 << 18].length;
    }
    if (sum <= 0) {
      throw new IllegalStateException("no memory");
    }
  }

  /** Numbers that the network has learnt. */
  public long parameters() {
    return unet.parameters().count();
  }

  /**
   * Products of matrices, (rows, size) by (size, size), by whichever way of this library is faster
   * here: what a network's layers could reach at best.
   */
  public static Timing products(DType dtype, int rows, int size, int repeats) {
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        TensorRandom random = new TensorRandom(1)) {
      Tensor a = random.normal(rows, size).to(dtype);
      Tensor b = random.normal(size, size).to(dtype);
      Timing plain = time(repeats, () -> a.matmul(b));
      Timing layer = time(repeats, () -> Ops.linear(a, b, null));
      return plain.best < layer.best ? plain : layer;
    }
  }

  /** Passes without gradients, in mixed precision or not. */
  public Timing forward(Optional<DType> mixed, int repeats) {
    try (NoGrad _ = NoGrad.open()) {
      return time(
          repeats,
          () -> {
            try (AutoCloseable _ = precision(mixed)) {
              unet.forward(clips, times, context, null);
            } catch (RuntimeException e) {
              throw e;
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  private static AutoCloseable precision(Optional<DType> mixed) {
    return mixed.<AutoCloseable>map(type -> Autocast.open(Device.CPU, type)).orElse(() -> {});
  }

  /** Runs {@code work} in a scope of its own, once to warm up and then {@code repeats} times. */
  private static Timing time(int repeats, Runnable work) {
    long flops;
    try (TorchScope _ = TorchScope.open();
        FlopCounter counter = FlopCounter.open()) {
      work.run();
      flops = counter.flops();
    }
    double[] seconds = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      long start = System.nanoTime();
      TorchScope.run(work);
      seconds[i] = (System.nanoTime() - start) * 1e-9;
    }
    Arrays.sort(seconds);
    return new Timing(flops, seconds[0], seconds[repeats / 2]);
  }

  /**
   * Steps of forward, backward, clipping and AdamW.
   *
   * @param early steps after which memory is looked at for the first time
   */
  public Training train(Optional<DType> mixed, int steps, int early) {
    double[] seconds = new double[steps];
    long earlyBytes = 0;
    long earlyTensors = 0;
    long lateBytes = 0;
    long lateTensors = 0;
    long flops = 0;
    Map<String, Tensor> parameters = unet.parameters().setRequiresGrad(true).tensors();
    try (AdamW adam = new AdamW(parameters, AdamW.Settings.DEFAULT)) {
      for (int step = 0; step < steps; step++) {
        long start = System.nanoTime();
        try (TorchScope _ = TorchScope.open()) {
          Tensor out;
          try (FlopCounter counter = FlopCounter.open();
              AutoCloseable _ = precision(mixed)) {
            out = unet.forward(clips, times, context, null);
            // Backward works twice as much: for the inputs and for the weights.
            flops = 3 * counter.flops();
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          Ops.meanSquaredError(out.to(DType.F32), clips.narrow(2, 0, config.outChannels()))
              .backward();
          Gradients.clipByNorm(parameters.values(), 1);
          adam.step(1e-4);
          Gradients.clear(parameters.values());
        }
        seconds[step] = (System.nanoTime() - start) * 1e-9;
        lateBytes = Torch.residentBytes();
        lateTensors = TorchScope.liveTensors();
        if (step + 1 == early) {
          earlyBytes = lateBytes;
          earlyTensors = lateTensors;
        }
      }
    } finally {
      unet.parameters().setRequiresGrad(false);
    }
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return new Training(
        new Timing(flops, sorted[0], sorted[steps / 2]),
        earlyBytes,
        lateBytes,
        earlyTensors,
        lateTensors);
  }

  /** Writes the network, its inputs and its result, for another program to run the same. */
  public void write(Path folder) {
    AtomicFile.write(
        folder.resolve("config.json"),
        JsonSettings.toJson(config.values()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    SafetensorsFile.write(
        folder.resolve("diffusion_pytorch_model.safetensors"),
        unet.parameters().tensors(),
        Map.of());
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      Map<String, Tensor> tensors = new HashMap<>();
      tensors.put("clips", clips);
      tensors.put("times", times);
      if (context != null) {
        tensors.put("context", context);
      }
      tensors.put("result", unet.forward(clips, times, context, null));
      SafetensorsFile.write(folder.resolve("inputs.safetensors"), tensors, Map.of());
    }
  }

  @Override
  public void close() {
    unet.close();
    clips.close();
    times.close();
    if (context != null) {
      context.close();
    }
  }
}
