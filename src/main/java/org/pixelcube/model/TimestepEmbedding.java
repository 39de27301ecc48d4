package org.pixelcube.model;

import org.pixelcube.model.Layers.Linear;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Tensor;

/** A number as a vector: cosines and sines of it (Ho et al. 2020), then a small network. */
final class TimestepEmbedding {
  private final Linear first;
  private final Linear second;

  TimestepEmbedding(Branch branch, int in, int hidden, int out) {
    first = Linear.of(branch.in("linear_1"), in, hidden);
    second = Linear.of(branch.in("linear_2"), hidden, out);
  }

  /** (n, in) to (n, out). */
  Tensor forward(Tensor waves) {
    return second.forward(Ops.silu(first.forward(waves)));
  }

  /**
   * cos(v ωᵢ), then sin(v ωᵢ), with ωᵢ = 10000^(−i / (size / 2)).
   *
   * @param values (n)
   * @param size of the result, even or odd; the last of an odd one is 0
   * @return (n, size), F32
   */
  static Tensor waves(Tensor values, int size) {
    int half = size / 2;
    float[] frequencies = new float[half];
    for (int i = 0; i < half; i++) {
      // In the reference's precision: exponents are floats.
      frequencies[i] = (float) Math.exp((float) -Math.log(10000) * i / half);
    }
    Tensor phase =
        values.to(DType.F32).unsqueeze(1).mul(Tensor.of(frequencies, 1, half).to(values.device()));
    Tensor waves = Ops.cat(1, phase.cos(), phase.sin());
    return size % 2 == 0 ? waves : Ops.pad(waves, 0, 0, 1);
  }
}
