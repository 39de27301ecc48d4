package org.pixelcube.diffusion;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * The exponential moving average of parameters over training steps, which is what is used
 * afterwards: θ̄ ← d θ̄ + (1 − d) θ. The decay d begins small, (1 + n)/(10 + n) after n steps, so
 * that the start is soon forgotten.
 */
public final class MovingAverage implements AutoCloseable {
  private final double decay;
  private final Map<String, Tensor> average = new LinkedHashMap<>();
  private long steps;

  /**
   * Starts from the parameters as they are.
   *
   * @param decay 0 for no average, below 1
   */
  public MovingAverage(Map<String, Tensor> parameters, double decay) {
    this.decay = InvalidSetting.inRange("decay", decay, 0, 0.999999);
    try (NoGrad _ = NoGrad.open();
        TorchScope _ = TorchScope.open()) {
      parameters.forEach((name, p) -> average.put(name, p.detach().copy().keep()));
    }
  }

  /** Takes one step of training in. */
  public void update(Map<String, Tensor> parameters) {
    steps++;
    double d = Math.min(decay, (1.0 + steps) / (10 + steps));
    try (NoGrad _ = NoGrad.open();
        TorchScope _ = TorchScope.open()) {
      average.forEach((name, mean) -> mean.lerpInPlace(parameters.get(name).detach(), 1 - d));
    }
  }

  /** Steps taken in. */
  public long steps() {
    return steps;
  }

  /** Goes on from a stored average. */
  public void restore(Map<String, Tensor> stored, long stepsTaken) {
    try (NoGrad _ = NoGrad.open()) {
      average.forEach((name, mean) -> mean.copyInPlace(stored.get(name)));
    }
    steps = stepsTaken;
  }

  /** The averages by name; they belong to this object. */
  public Map<String, Tensor> parameters() {
    return Map.copyOf(average);
  }

  @Override
  public void close() {
    average.values().forEach(Tensor::close);
  }
}
