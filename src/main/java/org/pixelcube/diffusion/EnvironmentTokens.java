package org.pixelcube.diffusion;

import java.util.List;
import java.util.Optional;
import org.pixelcube.model.EnvironmentEncoder;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Parameters.Initial;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * The environment as context: the tokens of {@link EnvironmentEncoder}, or, beside a token that a
 * published network knows already, copies of that token, each changed by one of those, at first by
 * nothing. Attention to copies is attention to the one, so a network that begins to be taught gives
 * what it gave before; tokens of zeros would take attention away.
 */
final class EnvironmentTokens implements AutoCloseable {
  /** Channels of the encoder of maps before and after each halving. */
  private static final List<Integer> CHANNELS = List.of(16, 32, 64, 64);

  private static final int GROUPS = 8;

  private final Parameters parameters;
  private final EnvironmentEncoder encoder;
  private final Optional<Tensor> weight;

  private EnvironmentTokens(Branch root, int size, Optional<Integer> beside) {
    parameters = root.parameters();
    encoder =
        new EnvironmentEncoder(
            new EnvironmentEncoder.Config(EnvironmentImages.HEIGHT, CHANNELS, size, GROUPS), root);
    weight = beside.map(wide -> root.in("beside").tensor("weight", Initial.ZERO, wide, size));
  }

  /**
   * Builds the network over parameters, which it then owns.
   *
   * @param size of the encoder's tokens
   * @param beside size of the tokens that they change, if there are such
   */
  static EnvironmentTokens of(Parameters parameters, int size, Optional<Integer> beside) {
    return parameters.build(() -> new EnvironmentTokens(parameters.root(), size, beside));
  }

  Parameters parameters() {
    return parameters;
  }

  /**
   * The context of clips.
   *
   * @param maps {@code (n, t, 9, 32, 64)}
   * @param known {@code (n, t, 1, size)}, or null where there is none
   * @return {@code (n, t, keys, size)}
   */
  Tensor context(Tensor maps, Tensor known) {
    return TorchScope.in(() -> {
      Tensor tokens = encoder.forward(maps);
      return weight
          .map(w -> Ops.cat(2, known, known.add(Ops.linear(tokens, w, null))))
          .orElse(tokens);
    });
  }

  @Override
  public void close() {
    parameters.close();
  }
}
