package org.pixelcube.cli;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelcube.config.UserError;
import org.pixelcube.model.ModelBenchmark;
import org.pixelcube.model.ModelBenchmark.Timing;
import org.pixelcube.model.ModelBenchmark.Training;
import org.pixelcube.model.UNetConfig;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Torch;

/** {@code pixelcube bench model}: measures the denoiser and prints a table. */
final class ModelBench {
  private static final int FRAMES = 8;
  private static final int TOKENS = 16;
  private static final double PEAK_AIM = 0.7;
  private static final double SHORT_AIM = 1.4;
  private static final double PYTHON_AIM = 1.05;
  private static final double GROWTH_AIM = 1.02;

  private final Console console;
  private final boolean quick;

  ModelBench(Console console, boolean quick) {
    this.console = console;
    this.quick = quick;
  }

  /**
   * Measures.
   *
   * @param config folder with the configuration of a denoiser, for the small one if empty
   * @param python a command that runs Python with torch and safetensors, to compare with
   */
  void run(Optional<Path> config, Optional<String> python) {
    UNetConfig network = config.map(UNetConfig::read).orElseGet(ModelBenchmark::small);
    int size = quick ? 128 : 256;
    int repeats = quick ? 3 : 9;
    try (ModelBenchmark benchmark = new ModelBenchmark(network, FRAMES, size, size, TOKENS)) {
      line("libtorch %s, %d threads", Torch.version(), Torch.threads());
      line(
          "denoiser: %.1f million parameters, %d frames of %d × %d",
          benchmark.parameters() * 1e-6, FRAMES, size, size);
      Timing peak = best(DType.F32, repeats);
      Timing single = benchmark.forward(Optional.empty(), repeats);
      // The peak is taken before and after, for other programs come and go.
      Timing again = best(DType.F32, repeats);
      double top = Math.max(peak.gigaflops(), again.gigaflops());
      line("  matrix products, F32        %8.0f GFLOP/s", top);
      time("denoiser, F32", single);
      double share = single.gigaflops() / top;
      line(
          "  share of the peak           %8.0f %%  (aim %.0f %%)  %s",
          100 * share, 100 * PEAK_AIM, verdict(share >= PEAK_AIM));
      Timing brief = best(DType.BF16, repeats);
      line(
          "  matrix products, BF16       %8.0f GFLOP/s, %.2f × F32",
          brief.gigaflops(), brief.gigaflops() / top);
      Timing mixed = benchmark.forward(Optional.of(DType.BF16), repeats);
      time("denoiser, BF16 mixed", mixed);
      double gain = single.best() / mixed.best();
      line(
          "  BF16 over F32               %8.2f ×  (aim %.1f × where BF16 products are faster)  %s",
          gain, SHORT_AIM, verdict(gain >= SHORT_AIM));
      python.ifPresent(command -> python(benchmark, command, repeats, single));
      training(benchmark);
    }
    memory();
  }

  /** The better of two shapes of products. */
  private static Timing best(DType dtype, int repeats) {
    Timing square = ModelBenchmark.products(dtype, 2048, 2048, repeats);
    Timing tall = ModelBenchmark.products(dtype, 4096, 1024, repeats);
    return square.gigaflops() > tall.gigaflops() ? square : tall;
  }

  private void time(String name, Timing timing) {
    line(
        "  %-28s%8.0f GFLOP/s  best %.0f ms, median %.0f ms for %.1f GFLOP",
        name,
        timing.gigaflops(),
        1e3 * timing.best(),
        1e3 * timing.median(),
        1e-9 * timing.flops());
  }

  private void training(ModelBenchmark benchmark) {
    int steps = quick ? 8 : 40;
    time("step of training, F32", benchmark.train(Optional.empty(), steps, steps / 4).seconds());
  }

  /**
   * Whether many steps of training hold on to memory. The first steps do not count: in them the
   * native heap grows to what is in use at the worst moment, pieces between included.
   */
  private void memory() {
    int early = quick ? 30 : 300;
    int steps = early + (quick ? 100 : 1000);
    ModelBenchmark.touchHeap();
    try (ModelBenchmark benchmark = ModelBenchmark.tiny()) {
      Training training = benchmark.train(Optional.empty(), steps, early);
      double growth = (double) training.lateBytes() / training.earlyBytes();
      boolean steady = growth <= GROWTH_AIM && training.lateTensors() == training.earlyTensors();
      line(
          "%d steps of training, %.2f million parameters, 4 frames of 64 × 64",
          steps, benchmark.parameters() * 1e-6);
      line(
          "  resident memory             %8d MiB after %d steps, %d MiB after %d; native tensors"
              + " %d and %d  %s",
          training.earlyBytes() >> 20,
          early,
          training.lateBytes() >> 20,
          steps,
          training.earlyTensors(),
          training.lateTensors(),
          verdict(steady));
    }
  }

  /** The same network in Python's PyTorch, with the same weights and inputs. */
  private void python(ModelBenchmark benchmark, String command, int repeats, Timing single) {
    Path script =
        Path.of(System.getProperty("pixelcube.home", "."), "tools", "reference", "time_unet.py");
    try {
      Path folder = Files.createTempDirectory("pixelcube-model");
      try {
        benchmark.write(folder);
        Process process =
            new ProcessBuilder(
                    command,
                    script.toString(),
                    folder.toString(),
                    Integer.toString(Torch.threads()),
                    Integer.toString(repeats))
                .redirectErrorStream(true)
                .start();
        String output =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        String[] words = output.lines().reduce("", (_, last) -> last).split(" ", -1);
        if (process.waitFor() != 0 || words.length != 4) {
          throw new UserError(
              command,
              "failed: " + output.lines().reduce("", (_, last) -> last),
              "give a Python with torch and safetensors");
        }
        double best = Double.parseDouble(words[1]);
        line(
            "  the same in Python %-9s%8.0f GFLOP/s  best %.0f ms, median %.0f ms; results"
                + " differ by %s of the largest",
            words[0],
            1e-9 * single.flops() / best,
            1e3 * best,
            1e3 * Double.parseDouble(words[2]),
            words[3]);
        double ratio = single.best() / best;
        line(
            "  our time over Python's      %8.2f    (aim %.2f)  %s",
            ratio, PYTHON_AIM, verdict(ratio <= PYTHON_AIM));
      } finally {
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : List.copyOf(files.toList())) {
            Files.delete(file);
          }
        }
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UserError(
          command, "cannot be run (" + e.getMessage() + ")", "give the path of a Python", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String verdict(boolean met) {
    return met ? "PASS" : "FAIL";
  }

  private void line(String pattern, Object... values) {
    console.out().println(format(ROOT, pattern, values));
    console.out().flush();
  }
}
