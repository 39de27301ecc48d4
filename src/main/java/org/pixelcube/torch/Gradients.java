package org.pixelcube.torch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is done to the gradients of all parameters between backward and the optimiser's step. */
public final class Gradients {
  private Gradients() {}

  /** Euclidean norm over all gradients; not finite if one of them is not. */
  public static double norm(Collection<Tensor> parameters) {
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      List<Tensor> norms = new ArrayList<>();
      for (Tensor parameter : parameters) {
        Tensor gradient = parameter.grad();
        if (gradient != null) {
          norms.add(gradient.norm().to(DType.F32));
        }
      }
      return norms.isEmpty() ? 0 : Ops.stack(0, norms).norm().item();
    }
  }

  /**
   * Scales all gradients down by one factor if their norm is above {@code maximum} (Pascanu et al.
   * 2013).
   *
   * @return the norm before; if it is not finite nothing was changed
   */
  public static double clipByNorm(Collection<Tensor> parameters, double maximum) {
    double norm = norm(parameters);
    if (norm > maximum && Double.isFinite(norm)) {
      scale(parameters, maximum / norm);
    }
    return norm;
  }

  /** Multiplies all gradients by a factor. */
  public static void scale(Collection<Tensor> parameters, double factor) {
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      for (Tensor parameter : parameters) {
        Tensor gradient = parameter.grad();
        if (gradient != null) {
          gradient.mulInPlace(factor);
        }
      }
    }
  }

  /** Forgets all gradients. */
  public static void clear(Collection<Tensor> parameters) {
    try (TorchScope _ = TorchScope.open()) {
      parameters.forEach(Tensor::clearGrad);
    }
  }
}
