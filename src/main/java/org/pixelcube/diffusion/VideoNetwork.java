package org.pixelcube.diffusion;

import java.nio.file.Path;
import java.util.Arrays;
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
import org.pixelcube.torch.WeightFolder;
import org.pixelcube.torch.Weights;

/**
 * A network of this project with its preconditioning: takes noise off clips, told of their frames
 * and their light. It is one of two kinds: our own over pixels folded into channels, or Stable
 * Video Diffusion taught further, over latents. What comes in and goes out is the same.
 *
 * <pre>
 *   states ─ codec ─ · c_in ─┐
 *   conditions ─ codec ──────┴─► UNet ─ · c_out ─► + ─ codec ─►
 *   environment ─ encoder ─ tokens ┘   · c_skip ───┘
 * </pre>
 *
 * Used by one thread at a time.
 */
public final class VideoNetwork implements AutoCloseable {
  /** Key of the header of a weights file under which {@link NetworkSettings} are. */
  public static final String NETWORK = "network";

  /** The same for {@link TuningSettings}. */
  public static final String TUNING = "tuning";

  private static final String UNET = "unet.";
  private static final String ENVIRONMENT = "environment.";

  /** Noise from which a state is found: so much that the state is lost in it. */
  private static final KarrasSchedule SCHEDULE = new KarrasSchedule(0.002, 80, 7);

  /** Frames a second that published weights are told of: what training's clips have. */
  private static final double TOLD_RATE = 25;

  /** Size of the encoder's tokens where they change known ones. */
  private static final int TOKEN_SIZE = 64;

  /** A network with the header of the file it came from. */
  public record Loaded(VideoNetwork network, Map<String, String> metadata) {}

  private final NetworkShape shape;
  private final Device device;
  private final SpatioTemporalUNet unet;
  private final Optional<EnvironmentTokens> environment;
  private final FrameCodec codec;
  private final EdmScaling scaling;
  private final KarrasSchedule schedule;
  private final int divisor;
  private Optional<DType> shortType = Optional.empty();

  /** One of our own. */
  private VideoNetwork(
      NetworkSettings settings, Device device, Parameters unet, Optional<Parameters> environment) {
    this.shape = settings;
    this.device = device;
    this.unet = SpatioTemporalUNet.of(config(settings), unet);
    this.environment =
        environment.map(parameters ->
            EnvironmentTokens.of(parameters, settings.tokenChannels(), Optional.empty()));
    this.codec = FrameCodec.PIXELS;
    this.scaling = new EdmScaling(settings.deviation());
    this.schedule = SCHEDULE;
    this.divisor = settings.divisor();
  }

  /** A published one taught further. */
  private VideoNetwork(
      TuningSettings settings,
      Device device,
      SpatioTemporalUNet unet,
      Optional<EnvironmentTokens> environment,
      LatentCodec codec) {
    this.shape = settings;
    this.device = device;
    this.unet = unet;
    this.environment = environment;
    this.codec = new LatentFrames(settings.task(), codec);
    // The denoiser tells the velocity: see Denoiser#ofVelocity.
    this.scaling = new EdmScaling(1);
    this.schedule = codec.folder().schedule();
    this.divisor = codec.folder().divisor();
  }

  private static UNetConfig config(NetworkSettings s) {
    int levels = s.channels().size();
    List<BlockKind> down =
        s.attention().stream()
            .map(a -> a ? BlockKind.ATTENTION_IN_TIME : BlockKind.CONVOLUTION_IN_TIME)
            .toList();
    return new UNetConfig(
        s.task().state() + s.conditions(),
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
   * A network that has learnt nothing beyond what it begins from.
   *
   * @param seed of what is drawn
   * @throws UserError if the folder of a base is missing or damaged
   */
  public static VideoNetwork begun(NetworkShape shape, long seed, Device device) {
    return switch (shape) {
      case NetworkSettings settings -> random(settings, seed, device);
      case TuningSettings settings ->
          tuned(settings, Optional.empty(), seed, Optional.empty(), DType.F32, device);
    };
  }

  /**
   * A network from a file of weights, in single precision.
   *
   * @throws UserError if the file is damaged or not one of this project's networks
   */
  public static Loaded load(Path file, Device device) {
    return load(file, Optional.empty(), DType.F32, device);
  }

  /**
   * A network from a file of weights.
   *
   * @param base the folder that a network was taught from, where it is not at its old place
   * @param dtype the kind of numbers that a network with a base computes in
   * @throws UserError if a file is damaged or not one of this project's networks
   */
  public static Loaded load(Path file, Optional<Path> base, DType dtype, Device device) {
    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
      NetworkShape shape = shape(file, weights.metadata());
      boolean environment = shape.task().environment();
      for (String name : weights.names()) {
        if (!name.startsWith(UNET) && !(environment && name.startsWith(ENVIRONMENT))) {
          throw new UserError(
              file.toString(),
              "holds tensor '%s', which the network does not have".formatted(name),
              "give a snapshot that 'pixelcube train' wrote");
        }
      }
      VideoNetwork network =
          switch (shape) {
            case NetworkSettings settings ->
                new VideoNetwork(
                    settings,
                    device,
                    loaded(weights, UNET, DType.F32, device),
                    environment
                        ? Optional.of(loaded(weights, ENVIRONMENT, DType.F32, device))
                        : Optional.empty());
            case TuningSettings settings ->
                tuned(settings, Optional.of(weights), 0, base, dtype, device);
          };
      return new Loaded(network, weights.metadata());
    }
  }

  /**
   * A network from weights that were not told of a {@link SubjectShape}, made ready to learn from
   * it: what they know of the subject stays, the normals begin at those of the shape.
   *
   * @throws UserError if the file is damaged or holds no such network of our own
   */
  public static VideoNetwork widened(Path file, Device device) {
    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
      if (!(shape(file, weights.metadata()) instanceof NetworkSettings settings)
          || settings.toldOfShape()) {
        throw new UserError(
            file.toString(),
            "holds no network that could be told of shapes as well",
            "give a snapshot of one of our own, or leave 'start' out");
      }
      int pixels = settings.patch() * settings.patch();
      return new VideoNetwork(
          settings.taught(settings.frames(), Optional.of(true)),
          device,
          Parameters.loaded(
              new ShapeWeights(
                  new WeightsPart(weights, UNET),
                  settings.task().shape() * pixels,
                  settings.task() == Task.DELIGHT ? DelightFrame.SHAPE * pixels : 0),
              DType.F32,
              device,
              MemoryLayout.CHANNELS_LAST),
          settings.task().environment()
              ? Optional.of(loaded(weights, ENVIRONMENT, DType.F32, device))
              : Optional.empty());
    }
  }

  /**
   * What the header of a file of weights says.
   *
   * @throws UserError if it says nothing
   */
  public static NetworkShape shape(Path file, Map<String, String> metadata) {
    String tuning = metadata.get(TUNING);
    if (tuning != null) {
      return JsonSettings.parse(file + ": " + TUNING, tuning, TuningSettings.class);
    }
    String json = metadata.get(NETWORK);
    if (json == null) {
      throw new UserError(
          file.toString(),
          "says nothing of its network (expected '%s' or '%s' in its header)"
              .formatted(NETWORK, TUNING),
          "give a snapshot that 'pixelcube train' wrote");
    }
    return JsonSettings.parse(file + ": " + NETWORK, json, NetworkSettings.class);
  }

  /** What a file of weights has in its header. */
  public static Map<String, String> header(NetworkShape shape) {
    return switch (shape) {
      case NetworkSettings settings -> Map.of(NETWORK, JsonSettings.toJson(settings));
      case TuningSettings settings -> Map.of(TUNING, JsonSettings.toJson(settings));
    };
  }

  private static VideoNetwork tuned(
      TuningSettings settings,
      Optional<Weights> taught,
      long seed,
      Optional<Path> base,
      DType dtype,
      Device device) {
    SvdFolder folder = SvdFolder.read(base.orElseGet(() -> Path.of(settings.base())));
    for (String part : settings.taught()) {
      requireKnown(folder, part);
    }
    LatentCodec codec = LatentCodec.load(folder, dtype, device);
    try {
      SpatioTemporalUNet unet = denoiser(folder, settings.task(), taught, dtype, device);
      try {
        Optional<EnvironmentTokens> tokens =
            settings.task().environment()
                ? Optional.of(
                    EnvironmentTokens.of(
                        taught
                            .map(weights -> loaded(weights, ENVIRONMENT, dtype, device))
                            .orElseGet(
                                () -> Parameters.random(seed, device, MemoryLayout.CHANNELS_LAST)),
                        TOKEN_SIZE,
                        Optional.of(folder.encoder().projection())))
                : Optional.empty();
        return new VideoNetwork(settings, device, unet, tokens, codec);
      } catch (RuntimeException e) {
        unet.close();
        throw e;
      }
    } catch (RuntimeException e) {
      codec.close();
      throw e;
    }
  }

  private static void requireKnown(SvdFolder folder, String part) {
    try (WeightFolder weights = WeightFolder.open(folder.path().resolve("unet"))) {
      if (weights.names().stream().noneMatch(name -> name.contains(part))) {
        throw new UserError(
            "tuning.taught",
            "has '%s', which is in no tensor's name".formatted(part),
            "give a part of one, such as temporal, attn2 or up_blocks.3");
      }
    }
  }

  private static SpatioTemporalUNet denoiser(
      SvdFolder folder, Task task, Optional<Weights> taught, DType dtype, Device device) {
    int further = LatentFrames.furtherChannels(task, folder.autoencoder().latentChannels());
    try (WeightFolder base = WeightFolder.open(folder.path().resolve("unet"))) {
      // Without taught weights no name has this beginning.
      Weights over = new WeightsPart(taught.orElse(base), taught.isPresent() ? UNET : "\0");
      return SpatioTemporalUNet.of(
          folder.unet().widened(further),
          Parameters.loaded(
              new TunedWeights(over, base, further), dtype, device, MemoryLayout.CHANNELS_LAST));
    }
  }

  private static Parameters loaded(Weights weights, String prefix, DType dtype, Device device) {
    return Parameters.loaded(
        new WeightsPart(weights, prefix), dtype, device, MemoryLayout.CHANNELS_LAST);
  }

  /** What it is. */
  public NetworkShape shape() {
    return shape;
  }

  public Task task() {
    return shape.task();
  }

  /** What width and height of pictures must be multiples of. */
  public int divisor() {
    return divisor;
  }

  /** Frames at once that it was made for; 0 where nothing says so. */
  public int frames() {
    return switch (shape) {
      case TuningSettings _ -> unet.config().frames();
      case NetworkSettings settings -> settings.frames().orElse(0);
    };
  }

  /** Whether a delighter finds normals too; if not, its states have zeros in their place. */
  public boolean findsNormals() {
    return shape instanceof NetworkSettings;
  }

  public EdmScaling scaling() {
    return scaling;
  }

  /** Where it computes. */
  public Device device() {
    return device;
  }

  /** The tensors that training changes, by name; they belong to the network. */
  public Map<String, Tensor> parameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    unet.parameters()
        .tensors()
        .forEach((name, p) -> {
          if (!(shape instanceof TuningSettings tuning) || tuning.teaches(name)) {
            all.put(UNET + name, p);
          }
        });
    environment.ifPresent(
        e -> e.parameters().tensors().forEach((name, p) -> all.put(ENVIRONMENT + name, p)));
    return all;
  }

  /** Numbers in the parameters of the denoiser and the encoder of maps. */
  public long parameterCount() {
    return unet.parameters().count() + environment.map(e -> e.parameters().count()).orElse(0L);
  }

  /** Asks for gradients of {@link #parameters}, or no longer. */
  public void setRequiresGrad(boolean required) {
    parameters().values().forEach(p -> p.setRequiresGrad(required));
  }

  /** Convolutions and products in a short type from now on; empty for single precision. */
  public VideoNetwork setShortType(Optional<DType> type) {
    shortType = type;
    return this;
  }

  /**
   * What the denoiser is told of frames; records nothing for gradients.
   *
   * @param conditions {@code (n, c, t, h, w)}
   */
  public Conditions told(Tensor conditions) {
    return new Conditions(codec.told(conditions));
  }

  /** What a network is told of the frames of clips, in its own form. */
  public static final class Conditions {
    private final FrameCodec.Told told;

    private Conditions(FrameCodec.Told told) {
      this.told = told;
    }

    /**
     * The same for some clips only; of the others nothing is told.
     *
     * @param mask 1 or 0 for each clip, {@code (n, 1, 1, 1, 1)}
     */
    public Conditions shown(Tensor mask) {
      return new Conditions(told.shown(mask));
    }
  }

  /**
   * What is denoised where states are sought: states themselves, or latents.
   *
   * @param states {@code (n, s, t, h, w)}
   * @param conditions {@code (n, c, t, h, w)}
   */
  public Tensor encoded(Tensor states, Tensor conditions) {
    return codec.encoded(states, conditions);
  }

  /** Planes {@code (n, c, t, h, w)} at the size of what is denoised. */
  public Tensor shrunk(Tensor planes) {
    return codec.shrunk(planes);
  }

  /**
   * Takes noise off.
   *
   * @param noisy what is denoised, with noise, {@code (n, d, t, h', w')}
   * @param sigma the noise of each clip, {@code n} numbers
   * @param environment {@code (n, t, 9, 32, 64)}, or null for a task that does not look at it
   * @return of the shape of {@code noisy}, {@link DType#F32}
   */
  public Tensor denoise(Tensor noisy, double[] sigma, Conditions conditions, Tensor environment) {
    return TorchScope.in(() -> {
      Tensor in = perClip(sigma, scaling::in);
      Tensor noise =
          Tensor.of(Arrays.stream(sigma).map(scaling::noise).toArray(), sigma.length)
              .to(DType.F32)
              .to(device);
      Tensor seen = Ops.cat(1, noisy.mul(in), conditions.told.planes()).transpose(1, 2);
      Tensor tokens = conditions.told.tokens();
      Tensor found;
      if (shortType.isPresent()) {
        try (Autocast _ = Autocast.open(device, shortType.get())) {
          found = forward(seen, noise, tokens, environment);
        }
      } else {
        found = forward(seen, noise, tokens, environment);
      }
      // Published weights tell the velocity, whose sign is the other one.
      double sign = shape instanceof TuningSettings ? -1 : 1;
      return found
          .to(DType.F32)
          .transpose(1, 2)
          .mul(perClip(sigma, s -> sign * scaling.out(s)))
          .add(noisy.mul(perClip(sigma, scaling::skip)));
    });
  }

  private Tensor forward(Tensor clips, Tensor noise, Tensor tokens, Tensor maps) {
    Tensor context = environment.map(e -> e.context(maps, tokens)).orElse(tokens);
    Tensor added = null;
    if (shape instanceof TuningSettings) {
      float[] each = VideoPrior.added(TOLD_RATE);
      added = Tensor.of(each, 1, each.length).repeat(clips.size(0), 1).to(device);
    }
    return unet.forward(clips, noise, context, added);
  }

  /** A number for each clip, in the shape that clips are multiplied by. */
  private Tensor perClip(double[] sigma, java.util.function.DoubleUnaryOperator of) {
    return Tensor.of(Arrays.stream(sigma).map(of).toArray(), sigma.length, 1, 1, 1, 1)
        .to(DType.F32)
        .to(device);
  }

  /** The noise that states are found from, the most that training draws. */
  public double mostNoise() {
    return schedule.most();
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
    try (NoGrad _ = NoGrad.open();
        TensorRandom random = new TensorRandom(seed)) {
      return TorchScope.in(() -> {
        Conditions told = told(conditions);
        long[] sought = told.told.planes().shape();
        sought[1] = unet.config().outChannels();
        Tensor noise = random.normal(sought[0], sought[1], 1, sought[3], sought[4]);
        return codec.decoded(
            Sampler.EULER.sample(
                denoiser(told, environment), start(noise, sought, steps), schedule.levels(steps)),
            conditions);
      });
    }
  }

  /** Where a run begins: at noise of the first level, but in a single step at none. */
  private Tensor start(Tensor noise, long[] sought, int steps) {
    Tensor start = Tensor.zeros(DType.F32, device, sought);
    return steps > 1 ? start.add(noise.mul(schedule.most()).to(device)) : start;
  }

  private Denoiser denoiser(Conditions told, Tensor environment) {
    return (x, sigma) -> {
      double[] each = new double[x.extent(0)];
      Arrays.fill(each, sigma);
      return denoise(x, each, told, environment);
    };
  }

  /**
   * The guess that a run of {@link #sample} has after some of its steps, with a gradient of the
   * last look alone.
   *
   * @param noise normal, {@code (n, d, 1, h', w')}
   * @param steps of the whole run
   * @param before made before the guess, fewer than {@code steps}
   * @param environment as in {@link #denoise}
   * @return what is denoised, {@code (n, d, t, h', w')}
   */
  public Tensor guess(Tensor noise, int steps, int before, Conditions told, Tensor environment) {
    long[] sought = told.told.planes().shape();
    sought[1] = unet.config().outChannels();
    return Sampler.EULER.guess(
        denoiser(told, environment), start(noise, sought, steps), schedule.levels(steps), before);
  }

  @Override
  public void close() {
    unet.close();
    environment.ifPresent(EnvironmentTokens::close);
    codec.close();
  }
}
