package org.pixelcube.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

@Randomized
class SamplerTest {
  private static final double MEAN = 0.7;
  private static final double DEVIATION = 0.4;

  /** The best guess where the data are normal: Bayes' rule. */
  private static final Denoiser NORMAL =
      (noisy, sigma) -> {
        double share = DEVIATION * DEVIATION / (DEVIATION * DEVIATION + sigma * sigma);
        return noisy.mul(share).add((1 - share) * MEAN);
      };

  /** For normal data the flow keeps x − mean in proportion to the deviation of the noisy data. */
  private static double exact(double start, double sigma) {
    return MEAN + (start - MEAN) * DEVIATION / Math.hypot(DEVIATION, sigma);
  }

  private static double error(Sampler sampler, KarrasSchedule schedule, int steps, double start) {
    try (TorchScope _ = TorchScope.open()) {
      Tensor x = Tensor.of(new double[] {start}, 1);
      double end = sampler.sample(NORMAL, x, schedule.levels(steps)).item();
      return Math.abs(end - exact(start, schedule.most()));
    }
  }

  @Test
  void convergesAtItsOrder(Random random) {
    // σ from 10 to 0.001: what the last step leaves out is of the order of σ²/2s².
    KarrasSchedule schedule = new KarrasSchedule(1e-3, 10, 7);
    double start = 10 * (1 + random.nextDouble());
    double euler = error(Sampler.EULER, schedule, 64, start);
    assertEquals(2, euler / error(Sampler.EULER, schedule, 128, start), 0.15);
    double heun = error(Sampler.HEUN, schedule, 32, start);
    assertEquals(4, heun / error(Sampler.HEUN, schedule, 64, start), 0.8);
  }

  @Test
  void oneStepIsTheGuessItself(Random random) {
    try (TorchScope _ = TorchScope.open()) {
      Tensor start = Tensor.of(new double[] {random.nextGaussian(), 3}, 2);
      double[] levels = new KarrasSchedule(0.01, 2, 7).levels(1);
      for (Sampler sampler : Sampler.values()) {
        assertArrayEquals(
            NORMAL.denoise(start, 2).toFloatArray(),
            sampler.sample(NORMAL, start, levels).toFloatArray());
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> Sampler.EULER.sample(NORMAL, start, new double[] {1, 2, 0}));
    }
  }

  @Test
  void aGuessOnTheWayHasTheGradientOfItsLastLookAlone(Random random) {
    // D(x) = a x: each step of Euler multiplies by a + (1 − a) σ'/σ.
    double a = 0.2 + 0.6 * random.nextDouble();
    double[] levels = new KarrasSchedule(0.01, 5, 7).levels(4);
    double start = 5 * random.nextGaussian();
    try (TorchScope _ = TorchScope.open()) {
      for (int steps = 0; steps < 4; steps++) {
        double reached = start;
        for (int i = 0; i < steps; i++) {
          reached *= a + (1 - a) * levels[i + 1] / levels[i];
        }
        Tensor factor = Tensor.of(new double[] {a}, 1).setRequiresGrad(true);
        Tensor x = Tensor.of(new double[] {start}, 1);
        Tensor guess = Sampler.EULER.guess((y, _) -> y.mul(factor), x, levels, steps);
        assertEquals(a * reached, guess.item(), 1e-9);
        guess.sum().backward();
        assertEquals(reached, factor.grad().item(), 1e-9);
      }
    }
  }

  @Test
  void samplesHaveTheDataDistribution() {
    int n = 20_000;
    try (TorchScope _ = TorchScope.open();
        org.pixelcube.torch.TensorRandom random = new org.pixelcube.torch.TensorRandom(5)) {
      KarrasSchedule schedule = new KarrasSchedule(0.002, 80, 7);
      Tensor start = random.normal(n).mul(80);
      Tensor x = Sampler.HEUN.sample(NORMAL, start, schedule.levels(32));
      double mean = x.mean().item();
      assertEquals(MEAN, mean, 5 * DEVIATION / Math.sqrt(n) + 5e-3);
      double variance = x.sub(mean).square().mean().item();
      assertEquals(DEVIATION * DEVIATION, variance, 0.02 * DEVIATION * DEVIATION + 2e-3);
    }
  }

  @Test
  void guidanceGoesBeyondTheCondition() {
    Denoiser free = (x, sigma) -> x.mul(0);
    Denoiser conditioned = (x, sigma) -> x.mul(0).add(2);
    try (TorchScope _ = TorchScope.open()) {
      Tensor x = Tensor.zeros(1);
      assertEquals(2, Denoiser.guided(conditioned, free, 1).denoise(x, 1).item(), 1e-6);
      assertEquals(5, Denoiser.guided(conditioned, free, 2.5).denoise(x, 1).item(), 1e-6);
      assertEquals(0, Denoiser.guided(conditioned, free, 0).denoise(x, 1).item(), 1e-6);
    }
  }

  /** What the maker writes: tools/reference/svd_scheduler.py. */
  record Golden(List<Run> runs) {}

  record Run(
      int steps,
      List<Double> levels,
      List<Double> noise,
      List<Double> start,
      List<List<Double>> path) {}

  @Test
  void stableVideoDiffusionsSchedulerIsTheReferences() throws IOException {
    try (InputStream in = SamplerTest.class.getResourceAsStream("svd-scheduler.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Run run : JsonSettings.parse("golden", text, Golden.class).runs()) {
        compare(run);
      }
    }
  }

  private static void compare(Run run) {
    double[] levels = new KarrasSchedule(0.002, 700, 7).levels(run.steps());
    double[] expected = run.levels().stream().mapToDouble(d -> d).toArray();
    for (int i = 0; i < levels.length; i++) {
      // The reference keeps single precision.
      assertEquals(expected[i], levels[i], 2e-6 * expected[i] + 1e-9);
    }
    Denoiser denoiser =
        Denoiser.ofVelocity((scaled, noise) -> scaled.mul(0.3).add(0.2 * Math.sin(4 * noise)));
    try (TorchScope _ = TorchScope.open()) {
      double[] start = run.start().stream().mapToDouble(d -> d * levels[0]).toArray();
      Tensor x = Tensor.of(start, start.length);
      for (int k = 0; k < run.steps(); k++) {
        assertEquals(run.noise().get(k), Math.log(levels[k]) / 4, 1e-5);
        x = Sampler.EULER.sample(denoiser, x, new double[] {levels[k], levels[k + 1]});
        float[] mine = x.toFloatArray();
        for (int i = 0; i < mine.length; i++) {
          double there = run.path().get(k).get(i);
          assertEquals(there, mine[i], 1e-4 * (Math.abs(there) + levels[k + 1] + 1));
        }
      }
    }
  }
}
