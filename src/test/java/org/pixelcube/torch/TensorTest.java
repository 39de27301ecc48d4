package org.pixelcube.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pixelcube.config.UserError;

class TensorTest {
  @Test
  void aScopeFreesItsTensorsAndNoOthers() {
    long before = TorchScope.liveTensors();
    Tensor kept;
    try (TorchScope outer = TorchScope.open()) {
      Tensor first = Tensor.ones(3);
      Tensor up;
      Tensor lost;
      try (TorchScope inner = TorchScope.open()) {
        lost = first.add(1);
        up = inner.passUp(lost.mul(2));
        kept = up.add(1).keep();
        assertEquals(before + 4, TorchScope.liveTensors());
      }
      assertEquals(before + 3, TorchScope.liveTensors());
      assertArrayEquals(new float[] {4, 4, 4}, up.toFloatArray());
      assertThrows(IllegalStateException.class, () -> lost.add(1));
      assertNotNull(outer);
    }
    assertEquals(before + 1, TorchScope.liveTensors());
    try (TorchScope _ = TorchScope.open()) {
      assertArrayEquals(new float[] {5, 5, 5}, kept.toFloatArray());
    }
    kept.close();
    kept.close();
    assertEquals(before, TorchScope.liveTensors());
  }

  @Test
  void withoutAScopeNothingIsMade() {
    assertThrows(IllegalStateException.class, () -> Tensor.ones(2));
  }

  @Test
  void scopesCloseInTheOppositeOrder() {
    TorchScope outer = TorchScope.open();
    TorchScope inner = TorchScope.open();
    assertThrows(IllegalStateException.class, outer::close);
    inner.close();
    outer.close();
  }

  @Test
  void aTensorStaysOnItsThread() throws InterruptedException {
    AtomicReference<String> fault = new AtomicReference<>("");
    AtomicReference<float[]> shared = new AtomicReference<>();
    try (TorchScope _ = TorchScope.open();
        Tensor kept = Tensor.full(7, 2).keep()) {
      Tensor bound = Tensor.ones(2);
      Thread other =
          Thread.ofPlatform()
              .name("other")
              .start(() -> {
                try (TorchScope _ = TorchScope.open()) {
                  shared.set(kept.mul(2).toFloatArray());
                  bound.mul(2);
                } catch (IllegalStateException e) {
                  fault.set(e.getMessage());
                }
              });
      other.join();
    }
    assertArrayEquals(new float[] {14, 14}, shared.get());
    assertTrue(fault.get().contains("on thread other"), fault.get());
  }

  @Test
  void numbersGoInAndComeOut() {
    try (TorchScope _ = TorchScope.open()) {
      float[] values = {1.5f, -2, 0, 4, 5, 6};
      Tensor t = Tensor.of(values, 2, 3);
      assertArrayEquals(new long[] {2, 3}, t.shape());
      assertEquals(DType.F32, t.dtype());
      assertEquals(Device.CPU, t.device());
      assertArrayEquals(values, t.toFloatArray());
      // A view's numbers come in the order of its own shape.
      assertArrayEquals(new float[] {1.5f, 4, -2, 5, 0, 6}, t.transpose(0, 1).toFloatArray());
      for (DType type : DType.values()) {
        Tensor cast = t.to(type);
        assertEquals(type, cast.dtype());
        assertEquals(6 * type.bytes(), cast.toByteArray().length);
      }
      assertArrayEquals(new float[] {1, -2, 0, 4, 5, 6}, t.to(DType.I64).toFloatArray());
      assertArrayEquals(
          new long[] {1L << 40, -1}, Tensor.of(new long[] {1L << 40, -1}, 2).toLongArray());
      assertEquals(0, Tensor.zeros(0, 3).toFloatArray().length);
      assertThrows(IllegalArgumentException.class, () -> Tensor.of(values, 7));
    }
  }

  @Test
  void layoutChangesMemoryAndNotNumbers() {
    try (TorchScope _ = TorchScope.open();
        TensorRandom random = new TensorRandom(1)) {
      for (long[] shape : new long[][] {{2, 3, 4, 5}, {2, 3, 2, 4, 5}}) {
        Tensor t = random.normal(shape);
        Tensor last = t.laidOut(MemoryLayout.CHANNELS_LAST);
        assertTrue(last.isLaidOut(MemoryLayout.CHANNELS_LAST));
        assertFalse(last.isLaidOut(MemoryLayout.CONTIGUOUS));
        assertArrayEquals(t.toFloatArray(), last.toFloatArray());
        assertTrue(last.laidOut(MemoryLayout.CHANNELS_LAST).isSame(last));
      }
    }
  }

  @Test
  void faultsOfLibtorchHaveTheirOperation() {
    try (TorchScope _ = TorchScope.open()) {
      TorchException e =
          assertThrows(TorchException.class, () -> Tensor.ones(2, 3).matmul(Tensor.ones(2, 3)));
      assertTrue(e.getMessage().startsWith("matmul: "), e.getMessage());
      assertFalse(e.getMessage().contains("\n"));
      UserError memory = assertThrows(UserError.class, () -> Tensor.zeros(1L << 30, 1L << 20));
      assertTrue(memory.getMessage().startsWith("memory: is not enough for zeros"));
    }
  }

  @Test
  void unknownDevicesAreNamed() {
    assertEquals(Device.CPU, Device.named("cpu"));
    assertThrows(UserError.class, () -> Device.named("tpu"));
    assertThrows(UserError.class, () -> Device.named("cuda:999"));
  }

  @Test
  void randomNumbersComeFromTheSeedAndItsState() {
    try (TorchScope _ = TorchScope.open();
        TensorRandom a = new TensorRandom(5);
        TensorRandom b = new TensorRandom(5);
        TensorRandom c = new TensorRandom(6)) {
      float[] first = a.normal(100).toFloatArray();
      assertArrayEquals(first, b.normal(100).toFloatArray());
      assertFalse(java.util.Arrays.equals(first, c.normal(100).toFloatArray()));
      Tensor state = a.state();
      float[] next = a.uniform(2, 3, 50).toFloatArray();
      c.restore(state);
      assertArrayEquals(next, c.uniform(2, 3, 50).toFloatArray());
      for (float value : next) {
        assertTrue(value >= 2 && value < 3);
      }
      // Standard normal: of 20000 numbers the mean is within 5/√20000 of 0.
      Tensor many = a.normal(20_000);
      assertEquals(0, many.mean().item(), 5 / Math.sqrt(20_000));
      assertEquals(1, many.square().mean().item(), 5 * Math.sqrt(2.0 / 20_000));
    }
  }

  private record Differentiable(String name, UnaryOperator<Tensor> function, long... shape) {}

  /** Gradients against central differences in double precision. */
  @TestFactory
  Stream<DynamicTest> gradientsAgreeWithDifferences() {
    return Stream.of(
            new Differentiable(
                "conv2d", x -> Ops.conv2d(x, wave(5, 4, 3, 3), wave(5), 2, 1, 1), 2, 4, 6, 6),
            new Differentiable(
                "grouped conv2d", x -> Ops.conv2d(x, wave(4, 2, 3, 3), null, 1, 1, 2), 2, 4, 5, 5),
            new Differentiable(
                "conv3d", x -> Ops.conv3d(x, wave(5, 4, 3, 1, 1), wave(5), 1, 0, 0), 1, 4, 3, 4, 4),
            new Differentiable("linear", x -> Ops.linear(x, wave(5, 4), wave(5)), 3, 4),
            new Differentiable(
                "groupNorm", x -> Ops.groupNorm(x, 2, wave(4), wave(4), 1e-5), 2, 4, 3, 3),
            new Differentiable("layerNorm", x -> Ops.layerNorm(x, wave(6), wave(6), 1e-5), 3, 6),
            new Differentiable("silu", Ops::silu, 10),
            new Differentiable("gelu", Ops::gelu, 10),
            new Differentiable("softmax", x -> Ops.softmax(x, -1), 3, 5),
            new Differentiable("attention", x -> Ops.attention(x, x.mul(0.7), x.sin()), 1, 2, 5, 4),
            new Differentiable("pixelShuffle", x -> Ops.pixelShuffle(x, 2), 1, 4, 3, 3),
            new Differentiable("pixelUnshuffle", x -> Ops.pixelUnshuffle(x, 2), 1, 2, 4, 4),
            new Differentiable("resizeNearest", x -> Ops.resizeNearest(x, 6, 8), 1, 2, 3, 4),
            new Differentiable("resizeBilinear", x -> Ops.resizeBilinear(x, 6, 8), 1, 2, 3, 4),
            new Differentiable("averagePool", x -> Ops.averagePool(x, 2), 1, 2, 4, 4),
            new Differentiable("pad", x -> Ops.pad(x, 0.5, 1, 2), 2, 4),
            new Differentiable("padEdge", x -> Ops.padEdge(x, 1, 0, 1, 0), 1, 2, 3, 3),
            new Differentiable("cat", x -> Ops.cat(1, x, x.square()), 2, 3),
            new Differentiable("lerp", x -> x.lerp(x.cos(), 0.3), 7),
            new Differentiable("meanSquaredError", x -> Ops.meanSquaredError(x, x.tanh()), 7),
            new Differentiable("repeatInterleave", x -> x.repeatInterleave(3, 0).log1p(), 2, 3),
            new Differentiable("gridSample", x -> Ops.gridSample(x, wave(1, 3, 3, 2)), 1, 2, 4, 4))
        .map(d -> DynamicTest.dynamicTest(d.name, () -> check(d)));
  }

  /** Numbers between 0.1 and 0.9 that look like noise. */
  private static Tensor wave(long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = 0.5 + 0.4 * Math.sin(12.9898 * i + 1);
    }
    return Tensor.of(values, shape);
  }

  private static void check(Differentiable d) {
    try (TorchScope _ = TorchScope.open()) {
      Tensor x = wave(d.shape).setRequiresGrad(true);
      Tensor y = d.function.apply(x);
      Tensor weights = wave(y.shape());
      y.mul(weights).sum().backward();
      double[] gradient = doubles(x.grad());
      double[] at = doubles(x);
      double step = 1e-6;
      for (int i = 0; i < at.length; i++) {
        double here = at[i];
        at[i] = here + step;
        double above = d.function.apply(Tensor.of(at, d.shape)).mul(weights).sum().item();
        at[i] = here - step;
        double below = d.function.apply(Tensor.of(at, d.shape)).mul(weights).sum().item();
        at[i] = here;
        double expected = (above - below) / (2 * step);
        assertEquals(expected, gradient[i], 1e-7 * Math.max(1, Math.abs(expected)));
      }
      x.clearGrad();
      assertNull(x.grad());
    }
  }

  private static double[] doubles(Tensor tensor) {
    double[] values = new double[(int) tensor.count()];
    Tensor flat = tensor.detach().reshape(-1);
    for (int i = 0; i < values.length; i++) {
      values[i] = flat.select(0, i).item();
    }
    return values;
  }

  @Test
  void gradientsAreReturnedToo() {
    try (TorchScope _ = TorchScope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2, 3}, 3).setRequiresGrad(true);
      Tensor cube = x.pow(3).sum();
      Tensor first = cube.gradients(List.of(x), true).getFirst();
      assertArrayEquals(new float[] {3, 12, 27}, first.toFloatArray(), 1e-5f);
      Tensor second = first.sum().gradients(List.of(x), false).getFirst();
      assertArrayEquals(new float[] {6, 12, 18}, second.toFloatArray(), 1e-5f);
      assertNull(x.grad());
    }
  }

  @Test
  void withoutGradientsNothingIsRecorded() {
    try (TorchScope _ = TorchScope.open()) {
      Tensor x = Tensor.ones(2).setRequiresGrad(true);
      try (NoGrad _ = NoGrad.open()) {
        assertFalse(x.mul(2).requiresGrad());
        try (NoGrad _ = NoGrad.undone()) {
          assertTrue(x.mul(2).requiresGrad());
        }
        assertFalse(x.mul(2).requiresGrad());
      }
      assertTrue(x.mul(2).requiresGrad());
    }
  }

  @Test
  void mixedPrecisionMultipliesInTheShortTypeAndEndsWithItsBlock() {
    try (TorchScope _ = TorchScope.open();
        TensorRandom random = new TensorRandom(2)) {
      Tensor a = random.normal(8, 8);
      try (Autocast _ = Autocast.open(Device.CPU, DType.BF16)) {
        assertEquals(DType.BF16, a.matmul(a).dtype());
        assertEquals(DType.F32, a.add(a).dtype());
        Tensor q = random.normal(1, 2, 6, 8);
        Tensor mixed = Ops.attention(q, q, q).to(DType.F32);
        try (NoGrad _ = NoGrad.open()) {
          assertEquals(DType.BF16, a.matmul(a).dtype());
        }
        // Eight bits of mantissa.
        assertEquals(0, mixed.sub(softmaxAttention(q)).abs().max().item(), 0.05);
      }
      assertEquals(DType.F32, a.matmul(a).dtype());
      assertThrows(IllegalArgumentException.class, () -> Autocast.open(Device.CPU, DType.F16));
    }
  }

  private static Tensor softmaxAttention(Tensor q) {
    Tensor d = q.to(DType.F64);
    return Ops.softmax(d.matmul(d.transpose(-1, -2)).div(Math.sqrt((double) q.size(-1))), -1)
        .matmul(d)
        .to(DType.F32);
  }

  @Test
  void attentionIsItsEquation() {
    try (TorchScope _ = TorchScope.open();
        TensorRandom random = new TensorRandom(3)) {
      Tensor q = random.normal(2, 3, 7, 8);
      assertEquals(0, Ops.attention(q, q, q).sub(softmaxAttention(q)).abs().max().item(), 1e-5);
    }
  }

  /** A layer over many rows takes another way through the library. */
  @Test
  void manyRowsGiveWhatFewRowsGive() {
    try (TorchScope _ = TorchScope.open();
        TensorRandom random = new TensorRandom(4)) {
      Tensor x = random.normal(5, 200, 24).setRequiresGrad(true);
      Tensor w = random.normal(7, 24).setRequiresGrad(true);
      Tensor b = random.normal(7).setRequiresGrad(true);
      Tensor y = Ops.linear(x, w, b);
      Tensor exact = x.to(DType.F64).matmul(w.to(DType.F64).transpose(0, 1)).add(b.to(DType.F64));
      assertArrayEquals(new long[] {5, 200, 7}, y.shape());
      assertEquals(0, exact.sub(y).abs().max().item(), 1e-4);
      List<Tensor> inputs = List.of(x, w, b);
      List<Tensor> found = y.square().sum().gradients(inputs, false);
      List<Tensor> expected = exact.square().sum().gradients(inputs, false);
      for (int i = 0; i < 3; i++) {
        double scale = expected.get(i).abs().max().item();
        assertEquals(0, expected.get(i).sub(found.get(i)).abs().max().item(), 1e-5 * scale);
      }
    }
  }

  @Test
  void memoryIsUsedAgainOnlyWhereNoGradientNeedsIt() {
    try (TorchScope _ = TorchScope.open()) {
      Tensor a = Tensor.of(new float[] {-1, 2}, 2);
      Tensor b = Tensor.of(new float[] {3, 4}, 2);
      assertFalse(a.addOver(b).isSame(a));
      assertFalse(Ops.siluOver(a).isSame(a));
      assertArrayEquals(new float[] {-1, 2}, a.toFloatArray());
      try (NoGrad _ = NoGrad.open()) {
        float[] gelu = Ops.gelu(a).toFloatArray();
        assertArrayEquals(gelu, Ops.geluOver(a.copy()).toFloatArray(), 1e-7f);
        assertTrue(a.addOver(b).isSame(a));
        assertArrayEquals(new float[] {2, 6}, a.toFloatArray());
        assertArrayEquals(new float[] {6, 24}, a.mulOver(b).toFloatArray());
        assertEquals(DType.F64, a.addOver(b.to(DType.F64)).dtype());
      }
    }
  }

  @Test
  void foldingWithChannelsLastIsFolding() {
    try (TorchScope _ = TorchScope.open();
        TensorRandom random = new TensorRandom(5)) {
      Tensor x = random.normal(2, 3, 8, 12);
      Tensor last = Ops.pixelUnshuffleLast(x, 4);
      assertTrue(last.isLaidOut(MemoryLayout.CHANNELS_LAST));
      assertArrayEquals(Ops.pixelUnshuffle(x, 4).toFloatArray(), last.toFloatArray());
    }
  }

  @Test
  void onlyFiniteNumbersAreFinite() {
    try (TorchScope _ = TorchScope.open()) {
      assertTrue(Tensor.ones(5).allFinite());
      assertFalse(Tensor.of(new float[] {1, Float.NaN}, 2).allFinite());
      assertFalse(Tensor.of(new float[] {1, Float.POSITIVE_INFINITY}, 2).allFinite());
    }
  }

  @Test
  void threadsAreSet() {
    int before = Torch.threads();
    Torch.setThreads(1);
    assertEquals(1, Torch.threads());
    Torch.setThreads(before);
    assertThrows(IllegalArgumentException.class, () -> Torch.setThreads(0));
    assertTrue(Torch.version().startsWith("2."));
  }

  @Test
  void clippingScalesAllGradientsByOneFactor() {
    try (TorchScope _ = TorchScope.open()) {
      Tensor a = Tensor.of(new float[] {1, 2}, 2).setRequiresGrad(true);
      Tensor b = Tensor.of(new float[] {3}, 1).setRequiresGrad(true);
      a.mul(3).sum().add(b.mul(4).sum()).backward();
      List<Tensor> both = List.of(a, b);
      assertEquals(Math.sqrt(9 + 9 + 16), Gradients.norm(both), 1e-6);
      assertEquals(Math.sqrt(34), Gradients.clipByNorm(both, 100), 1e-6);
      assertArrayEquals(new float[] {3, 3}, a.grad().toFloatArray());
      Gradients.clipByNorm(both, 1);
      assertEquals(1, Gradients.norm(both), 1e-6);
      assertEquals(3 / Math.sqrt(34), a.grad().toFloatArray()[1], 1e-6);
      Gradients.clear(both);
      assertEquals(0, Gradients.norm(both));
    }
  }

  /** The published algorithm in plain doubles. */
  @Test
  void adamWFollowsItsAlgorithm() {
    AdamW.Settings settings = new AdamW.Settings(0.9, 0.99, 1e-8, 0.1);
    double[] w = {0.5, -1.5, 2, 0.1};
    double[] m = new double[4];
    double[] v = new double[4];
    try (TorchScope _ = TorchScope.open();
        Tensor matrix =
            Tensor.of(new float[] {0.5f, -1.5f, 2, 0.1f}, 2, 2).keep().setRequiresGrad(true);
        Tensor vector = Tensor.of(new float[] {1, 2}, 2).keep().setRequiresGrad(true);
        AdamW adam = new AdamW(Map.of("matrix", matrix, "vector", vector), settings)) {
      for (int t = 1; t <= 20; t++) {
        double rate = 0.01 * t;
        matrix.clearGrad();
        matrix.pow(4).sum().backward();
        adam.step(rate);
        for (int i = 0; i < 4; i++) {
          double g = 4 * Math.pow(w[i], 3);
          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.99 * v[i] + 0.01 * g * g;
          double mHat = m[i] / (1 - Math.pow(0.9, t));
          double vHat = v[i] / (1 - Math.pow(0.99, t));
          w[i] -= rate * 0.1 * w[i];
          w[i] -= rate * mHat / (Math.sqrt(vHat) + 1e-8);
        }
        float[] found = matrix.toFloatArray();
        for (int i = 0; i < 4; i++) {
          assertEquals(w[i], found[i], 2e-5);
        }
      }
      assertEquals(20, adam.steps());
      assertArrayEquals(new float[] {1, 2}, vector.toFloatArray());
    }
  }

  @Test
  void adamWGoesOnFromItsStateToTheSameBits() {
    try (TorchScope _ = TorchScope.open();
        Tensor a = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).keep().setRequiresGrad(true);
        AdamW first = new AdamW(Map.of("a", a), AdamW.Settings.DEFAULT)) {
      descend(a, first, 5);
      try (Tensor b = a.detach().copy().keep().setRequiresGrad(true);
          AdamW second = new AdamW(Map.of("a", b), AdamW.Settings.DEFAULT)) {
        second.restore(first.state());
        descend(a, first, 5);
        descend(b, second, 5);
        assertArrayEquals(a.toFloatArray(), b.toFloatArray());
        assertThrows(IllegalArgumentException.class, () -> second.restore(Map.of()));
      }
    }
  }

  private static void descend(Tensor w, AdamW adam, int steps) {
    for (int i = 0; i < steps; i++) {
      w.clearGrad();
      w.sin().mul(w).sum().backward();
      adam.step(0.1);
    }
  }
}
