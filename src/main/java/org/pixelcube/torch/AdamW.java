package org.pixelcube.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pixelcube.config.InvalidSetting;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).
 *
 * <p>Its whole state can be written down and taken up again to the same bits. Tensors of rank 0 and
 * 1 (biases, scales of norms) do not decay.
 */
public final class AdamW implements AutoCloseable {
  private static final String MEAN = "mean.";
  private static final String SQUARE = "square.";
  private static final String STEP = "step";

  /**
   * What the optimiser is set to.
   *
   * @param beta1 memory of the mean gradient, 0 to below 1
   * @param beta2 memory of its mean square, 0 to below 1
   * @param epsilon added to the root of the mean square
   * @param weightDecay how much of a weight is lost per step, times the learning rate
   */
  public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
    /** β 0.9 and 0.999, ε 1e-8, decay 0.01. */
    public static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8, 0.01);

    public Settings {
      InvalidSetting.inRange("beta1", beta1, 0, 0.999999);
      InvalidSetting.inRange("beta2", beta2, 0, 0.9999999);
      InvalidSetting.inRange("epsilon", epsilon, 1e-16, 1);
      InvalidSetting.inRange("weightDecay", weightDecay, 0, 1);
    }
  }

  private final Map<String, Tensor> parameters;
  private final Settings settings;
  private final Map<String, Tensor> means = new LinkedHashMap<>();
  private final Map<String, Tensor> squares = new LinkedHashMap<>();
  private long step;

  /**
   * An optimiser that has made no step.
   *
   * @param parameters kept tensors by name; they are changed in place
   */
  public AdamW(Map<String, Tensor> parameters, Settings settings) {
    this.parameters = new LinkedHashMap<>(parameters);
    this.settings = settings;
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      this.parameters.forEach((name, parameter) -> {
        means.put(name, like(parameter));
        squares.put(name, like(parameter));
      });
    }
  }

  /** Zeros of the parameter's shape, place and order in memory, in {@link DType#F32}. */
  private static Tensor like(Tensor parameter) {
    return parameter.detach().to(DType.F32).mul(0).keep();
  }

  /** Number of steps made. */
  public long steps() {
    return step;
  }

  /** Goes on as if that many steps had been made, with means taken from elsewhere. */
  public void setSteps(long steps) {
    step = steps;
  }

  /** Changes the parameters by their gradients; one without a gradient stays as it is. */
  public void step(double learningRate) {
    step++;
    double meanCorrection = 1 - Math.pow(settings.beta1, (double) step);
    double squareCorrection = Math.sqrt(1 - Math.pow(settings.beta2, (double) step));
    try (NoGrad _ = NoGrad.open()) {
      parameters.forEach((name, parameter) -> {
        try (TorchScope _ = TorchScope.open()) {
          Tensor gradient = parameter.grad();
          if (gradient == null) {
            return;
          }
          gradient = gradient.to(DType.F32);
          Tensor mean = means.get(name).lerpInPlace(gradient, 1 - settings.beta1);
          Tensor square =
              squares
                  .get(name)
                  .mulInPlace(settings.beta2)
                  .addProductInPlace(gradient, gradient, 1 - settings.beta2);
          Tensor root = square.sqrt().mulInPlace(1 / squareCorrection).add(settings.epsilon);
          if (settings.weightDecay > 0 && parameter.rank() > 1) {
            parameter.mulInPlace(1 - learningRate * settings.weightDecay);
          }
          parameter.addQuotientInPlace(mean, root, -learningRate / meanCorrection);
        }
      });
    }
  }

  /** The state by name, in tensors of the innermost scope; those of the optimiser are shared. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put(STEP, Tensor.of(new long[] {step}));
    means.forEach((name, tensor) -> state.put(MEAN + name, tensor));
    squares.forEach((name, tensor) -> state.put(SQUARE + name, tensor));
    return state;
  }

  /**
   * Goes on from a {@link #state()} of an optimiser of the same parameters.
   *
   * @throws IllegalArgumentException if a tensor is missing or has another shape
   */
  public void restore(Map<String, Tensor> state) {
    step = need(state, STEP).toLongArray()[0];
    try (NoGrad _ = NoGrad.open()) {
      means.forEach((name, tensor) -> tensor.copyInPlace(need(state, MEAN + name)));
      squares.forEach((name, tensor) -> tensor.copyInPlace(need(state, SQUARE + name)));
    }
  }

  private static Tensor need(Map<String, Tensor> state, String name) {
    Tensor tensor = state.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("the optimiser's state lacks " + name);
    }
    return tensor;
  }

  /** Frees the state; the parameters stay. */
  @Override
  public void close() {
    means.values().forEach(Tensor::close);
    squares.values().forEach(Tensor::close);
  }
}
