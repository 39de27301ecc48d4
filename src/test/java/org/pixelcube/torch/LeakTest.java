package org.pixelcube.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Native memory of a training loop stays where it is. */
class LeakTest {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void aTrainingLoopNeitherLeaksTensorsNorMemory() {
    long before = TorchScope.liveTensors();
    try (TensorRandom random = new TensorRandom(1);
        Parameters parameters = Parameters.random(1, Device.CPU, MemoryLayout.CHANNELS_LAST)) {
      Parameters.Initial initial = Parameters.Initial.uniform(9 * 16);
      Tensor first = parameters.root().tensor("first", initial, 16, 16, 3, 3);
      Tensor second = parameters.root().tensor("second", initial, 16, 16, 3, 3);
      Tensor scale = parameters.root().tensor("scale", Parameters.Initial.ONE, 16);
      parameters.setRequiresGrad(true);
      try (AdamW adam = new AdamW(parameters.tensors(), AdamW.Settings.DEFAULT)) {
        long tensors = 0;
        long pointers = 0;
        long resident = 0;
        for (int step = 0; step < 300; step++) {
          try (TorchScope _ = TorchScope.open()) {
            Tensor x = random.normal(2, 16, 64, 64).laidOut(MemoryLayout.CHANNELS_LAST);
            Tensor y =
                TorchScope.in(() ->
                    Ops.groupNorm(
                        Ops.silu(Ops.conv2d(x, first, null, 1, 1, 1)), 4, scale, null, 1e-5));
            Ops.meanSquaredError(Ops.conv2d(y, second, null, 1, 1, 1), x).backward();
            Gradients.clipByNorm(parameters.tensors().values(), 1);
            adam.step(1e-3);
            Gradients.clear(parameters.tensors().values());
          }
          if (step == 100) {
            tensors = TorchScope.liveTensors();
            pointers = Pointer.totalCount();
            resident = Pointer.physicalBytes();
          }
        }
        assertEquals(tensors, TorchScope.liveTensors());
        assertEquals(pointers, Pointer.totalCount());
        // One step makes 6 MB of tensors; what remains is the Java heap growing into its pages.
        assertTrue(Pointer.physicalBytes() < resident + 100 * MEGABYTE);
      }
    }
    assertEquals(before, TorchScope.liveTensors());
  }
}
