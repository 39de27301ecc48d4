package org.pixelcube.diffusion;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.model.BlockKind;
import org.pixelcube.model.EnvironmentEncoder;
import org.pixelcube.model.SpatioTemporalUNet;
import org.pixelcube.model.UNetConfig;
import org.pixelcube.torch.Autocast;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TensorRandom;
import org.pixelcube.torch.TorchScope;
import org.pixelcube.torch.Weights;

/**
 * A network of this project with its preconditioning: takes noise off the states of clips, told of
 * their frames and their light.
 *
 * <pre>
 *   states · c_in ─┐
 *   conditions ────┴─► UNet over patches ─ · c_out ─► + ─►
 *   environment ─ encoder ─► tokens ──┘   states · c_skip ┘
 * </pre>
 *
 * Used by one thread at a time.
 */
public final class VideoNetwork implements AutoCloseable {
  /** Key of the header of a weights file under which the shape of the network is. */
  public static final String NETWORK = "network";

  private static final String UNET = "unet.";
  private static final String ENVIRONMENT = "environment.";

  /** Noise from which a state is found: so much that the state is lost in it. */
  private static final KarrasSchedule SCHEDULE = new KarrasSchedule(0.002, 80, 7);

  /** Channels of the encoder of maps before and after each halving. */
  private static final List<Integer> ENCODER_CHANNELS = List.of(16, 32, 64, 64);

  /** A network with the header of the file it came from. */
  public record Loaded(VideoNetwork network, Map<String, String> metadata) {}

  private final NetworkSettings settings;
  private final EdmScaling scaling;
  private final Device device;
  private final SpatioTemporalUNet unet;
  private final Optional<EnvironmentEncoder> encoder;
  private Optional<DType> shortType = Optional.empty();

  private VideoNetwork(
      NetworkSettings settings, Device device, Parameters unet, Optional<Parameters> encoder) {
    this.settings = settings;
    this.scaling = new EdmScaling(settings.deviation());
    this.device = device;
    this.unet = SpatioTemporalUNet.of(config(settings), unet);
    this.encoder =
        encoder.map(parameters ->
            EnvironmentEncoder.of(
                new EnvironmentEncoder.Config(
                    EnvironmentImages.HEIGHT, ENCODER_CHANNELS, settings.tokenChannels(), 8),
                parameters));
  }

  private static UNetConfig config(NetworkSettings s) {
    int levels = s.channels().size();
    List<BlockKind> down =
        s.attention().stream()
            .map(a -> a ? BlockKind.ATTENTION_IN_TIME : BlockKind.CONVOLUTION_IN_TIME)
            .toList();
    return new UNetConfig(
        s.task().state() + s.task().conditions(),
        s.task().state(),
        s.patch(),
        down,
        down.reversed(),
        s.channels(),
        Collections.nCopies(levels, s.layers()),
        Collections.nCopies(levels, 1),
        s.channels().stream().map(c -> Math.max(1, c / s.headChannels())).toList(),
        s.task().environment() ? Collections.nCopies(levels, s.tokenChannels()) : List.of(),
        // Pixels look at each other where there are few.
        IntStream.range(0, levels).mapToObj(i -> i == levels - 1).toList(),
        OptionalInt.empty(),
        0,
        8,
        8,
        0);
  }

  /** A network that has learnt nothing: from no noise it finds a state of zeros. */
  public static VideoNetwork random(NetworkSettings settings, long seed, Device device) {
    Parameters unet = Parameters.random(seed, device, MemoryLayout.CHANNELS_LAST);
    Optional<Parameters> encoder =
        settings.task().environment()
            ? Optional.of(Parameters.random(seed ^ 0xE7, device, MemoryLayout.CHANNELS_LAST))
            : Optional.empty();
    VideoNetwork network = new VideoNetwork(settings, device, unet, encoder);
    try (NoGrad _ = NoGrad.open();
        TorchScope _ = TorchScope.open()) {
      unet.tensors().get("conv_out.weight").fillInPlace(0);
      unet.tensors().get("conv_out.bias").fillInPlace(0);
    }
    return network;
  }

  /**
   * A network from a file of weights.
   *
   * @throws UserError if the file is damaged or not one of this project's networks
   */
  public static Loaded load(Path file, Device device) {
    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
      String json = weights.metadata().get(NETWORK);
      if (json == null) {
        throw new UserError(
            file.toString(),
            "says nothing of its network (expected '%s' in its header)".formatted(NETWORK),
            "give a snapshot that 'pixelcube train' wrote");
      }
      NetworkSettings settings =
          JsonSettings.parse(file + ": " + NETWORK, json, NetworkSettings.class);
      boolean environment = settings.task().environment();
      for (String name : weights.names()) {
        if (!name.startsWith(UNET) && !(environment && name.startsWith(ENVIRONMENT))) {
          throw new UserError(
              file.toString(),
              "holds tensor '%s', which the network does not have".formatted(name),
              "give a snapshot that 'pixelcube train' wrote");
        }
      }
      return new Loaded(
          new VideoNetwork(
              settings,
              device,
              loaded(weights, UNET, device),
              environment ? Optional.of(loaded(weights, ENVIRONMENT, device)) : Optional.empty()),
          weights.metadata());
    }
  }

  private static Parameters loaded(Weights weights, String prefix, Device device) {
    return Parameters.loaded(
        new Part(weights, prefix), DType.F32, device, MemoryLayout.CHANNELS_LAST);
  }

  /** The tensors of a file whose names begin alike, without that beginning. */
  private record Part(Weights whole, String prefix) implements Weights {
    @Override
    public Collection<String> names() {
      return whole.names().stream()
          .filter(name -> name.startsWith(prefix))
          .map(name -> name.substring(prefix.length()))
          .toList();
    }

    @Override
    public long[] shape(String name) {
      return whole.shape(prefix + name);
    }

    @Override
    public DType dtype(String name) {
      return whole.dtype(prefix + name);
    }

    @Override
    public Path file(String name) {
      return whole.file(prefix + name);
    }

    @Override
    public Tensor read(String name) {
      return whole.read(prefix + name);
    }

    @Override
    public void close() {}
  }

  public NetworkSettings settings() {
    return settings;
  }

  public EdmScaling scaling() {
    return scaling;
  }

  /** Where it computes. */
  public Device device() {
    return device;
  }

  /** The learned tensors by name; they belong to the network. */
  public Map<String, Tensor> parameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    unet.parameters().tensors().forEach((name, p) -> all.put(UNET + name, p));
    encoder.ifPresent(
        e -> e.parameters().tensors().forEach((name, p) -> all.put(ENVIRONMENT + name, p)));
    return all;
  }

  /** Numbers in all parameters. */
  public long parameterCount() {
    return unet.parameters().count() + encoder.map(e -> e.parameters().count()).orElse(0L);
  }

  /** Asks for gradients of all parameters, or no longer. */
  public void setRequiresGrad(boolean required) {
    unet.parameters().setRequiresGrad(required);
    encoder.ifPresent(e -> e.parameters().setRequiresGrad(required));
  }

  /** Convolutions and products in a short type from now on; empty for single precision. */
  public VideoNetwork setShortType(Optional<DType> type) {
    shortType = type;
    return this;
  }

  /**
   * Takes noise off.
   *
   * @param noisy states with noise, {@code (n, s, t, h, w)}
   * @param sigma the noise of each clip, {@code n} numbers
   * @param conditions {@code (n, c, t, h, w)}
   * @param environment {@code (n, t, 9, 32, 64)}, or null for a task that does not look at it
   * @return {@code (n, s, t, h, w)}, {@link DType#F32}
   */
  public Tensor denoise(Tensor noisy, double[] sigma, Tensor conditions, Tensor environment) {
    return TorchScope.in(() -> {
      Tensor in = perClip(sigma, scaling::in);
      Tensor told =
          Tensor.of(Arrays.stream(sigma).map(scaling::noise).toArray(), sigma.length)
              .to(DType.F32)
              .to(device);
      Tensor seen = Ops.cat(1, noisy.mul(in), conditions).transpose(1, 2);
      Tensor found;
      if (shortType.isPresent()) {
        try (Autocast _ = Autocast.open(device, shortType.get())) {
          found = forward(seen, told, environment);
        }
      } else {
        found = forward(seen, told, environment);
      }
      return found
          .to(DType.F32)
          .transpose(1, 2)
          .mul(perClip(sigma, scaling::out))
          .add(noisy.mul(perClip(sigma, scaling::skip)));
    });
  }

  private Tensor forward(Tensor clips, Tensor noise, Tensor environment) {
    Tensor context = encoder.map(e -> e.forward(environment)).orElse(null);
    return unet.forward(clips, noise, context, null);
  }

  /** A number for each clip, in the shape that clips are multiplied by. */
  private Tensor perClip(double[] sigma, java.util.function.DoubleUnaryOperator of) {
    return Tensor.of(Arrays.stream(sigma).map(of).toArray(), sigma.length, 1, 1, 1, 1)
        .to(DType.F32)
        .to(device);
  }

  /** The noise that states are found from, the most that training draws. */
  public static double mostNoise() {
    return SCHEDULE.most();
  }

  /**
   * Finds states.
   *
   * @param conditions {@code (n, c, t, h, w)}
   * @param environment as in {@link #denoise}
   * @param steps looks at the network; with one, it starts from no noise and the result is the one
   *     that training end to end aims at
   * @param seed of the noise, which is the same in all frames
   * @return {@code (n, s, t, h, w)}
   */
  public Tensor sample(Tensor conditions, Tensor environment, int steps, long seed) {
    long[] shape = conditions.shape();
    shape[1] = settings.task().state();
    try (NoGrad _ = NoGrad.open();
        TensorRandom random = new TensorRandom(seed)) {
      return TorchScope.in(() -> {
        Tensor start = Tensor.zeros(DType.F32, device, shape);
        if (steps > 1) {
          start =
              start.add(
                  random
                      .normal(shape[0], shape[1], 1, shape[3], shape[4])
                      .mul(SCHEDULE.most())
                      .to(device));
        }
        Denoiser denoiser =
            (x, sigma) -> {
              double[] each = new double[(int) shape[0]];
              Arrays.fill(each, sigma);
              return denoise(x, each, conditions, environment);
            };
        return Sampler.EULER.sample(denoiser, start, SCHEDULE.levels(steps));
      });
    }
  }

  @Override
  public void close() {
    unet.close();
    encoder.ifPresent(EnvironmentEncoder::close);
  }
}
