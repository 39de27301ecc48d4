package org.pixelcube.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/** The numbers that tools/reference/make_svd_goldens.py fills parameters and inputs with. */
public final class Formula {
  private Formula() {}

  /** Numbers in [−1, 1) from a hash of the name and the index. */
  private static double[] noise(String name, int count) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    int seed = (int) crc.getValue();
    double[] u = new double[count];
    for (int i = 0; i < count; i++) {
      int h = i * 0x9E3779B9 + seed;
      h = (h ^ (h >>> 16)) * 0x85EBCA6B;
      h = (h ^ (h >>> 13)) * 0xC2B2AE35;
      h ^= h >>> 16;
      u[i] = Integer.toUnsignedLong(h) / 2147483648.0 - 1;
    }
    return u;
  }

  private static Tensor tensor(double[] u, double scale, double offset, long[] shape) {
    float[] values = new float[u.length];
    for (int i = 0; i < u.length; i++) {
      values[i] = (float) (offset + scale * u[i]);
    }
    return Tensor.of(values, shape);
  }

  /** An input: uniform with unit variance. */
  public static Tensor given(String name, long... shape) {
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return tensor(noise("input." + name, count), Math.sqrt(3), 0, shape);
  }

  /** Fills every parameter by its name. */
  public static void fill(Parameters parameters) {
    try (NoGrad _ = NoGrad.open()) {
      parameters
          .tensors()
          .forEach((name, parameter) -> {
            try (TorchScope _ = TorchScope.open()) {
              long[] shape = parameter.shape();
              double[] u = noise(name, (int) parameter.count());
              double scale = 1;
              double offset = 0;
              if (shape.length > 1) {
                scale = Math.sqrt(3.0 * shape[0] / parameter.count());
              } else if (name.endsWith("weight")) {
                scale = 0.25;
                offset = 1;
              } else if (name.endsWith("bias")) {
                scale = 0.1;
              }
              parameter.copyInPlace(tensor(u, scale, offset, shape));
            }
          });
    }
  }
}
