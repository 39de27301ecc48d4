package org.pixelcube.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.Split;
import org.pixelcube.diffusion.DelightFrame;
import org.pixelcube.diffusion.EnvironmentImages;
import org.pixelcube.diffusion.MovingAverage;
import org.pixelcube.diffusion.NetworkSettings;
import org.pixelcube.diffusion.NetworkShape;
import org.pixelcube.diffusion.NoiseLevels;
import org.pixelcube.diffusion.Task;
import org.pixelcube.diffusion.VideoNetwork;
import org.pixelcube.image.ImageFile;
import org.pixelcube.torch.AdamW;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.Gradients;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Ranks;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TensorRandom;
import org.pixelcube.torch.Torch;
import org.pixelcube.torch.TorchScope;

/**
 * One training run. What a step does depends on the settings and the number of the step alone, and
 * on the state before it, which can be stored: a run that was interrupted goes on to the same bits
 * on a processor.
 *
 * <p>Several processes make the same steps as one, up to rounding: each takes its share of the
 * clips of a batch, and gradients are averaged over all. What is drawn for a clip depends on its
 * number alone. The first process reads and writes the folder of the run.
 */
public final class Trainer implements AutoCloseable {
  private static final int STATS_EVERY = 10;

  /** Looks at the network where one that learns few steps is tried, beside one. */
  private static final int SEVERAL_LOOKS = 4;

  private static final String PARAMETER = "parameter.";
  private static final String AVERAGE = "average.";
  private static final String OPTIMIZER = "optimizer.";

  private final TrainSettings settings;
  private final Ranks ranks;
  private final Device device;
  private final VideoNetwork network;
  private final Optional<VideoNetwork> delighter;
  private final Optional<ShapeFinder> shapes;
  private final ExamplePool pool;
  private final AdamW optimizer;
  private final MovingAverage average;
  private HeldOut heldOut;
  private long step;

  /** What a step came to. */
  record Outcome(double loss, double gradientNorm) {}

  /**
   * A clip of a batch.
   *
   * @param parts of its frames
   * @param random for what else is drawn for it
   * @param seed of its noise
   */
  private record Drawn(List<Example.Part> parts, Random random, long seed) {}

  private Trainer(TrainSettings settings, Ranks ranks, Supplier<ShapeFinder> shapes) {
    this.settings = settings;
    this.ranks = ranks;
    this.device = ranks.device();
    settings.requireShares(ranks.size());
    Optional<DType> shortType = settings.bf16() ? Optional.of(DType.BF16) : Optional.empty();
    this.network =
        settings
            .start()
            .map(file -> started(Path.of(file)))
            .orElseGet(() -> VideoNetwork.begun(settings.shape(), settings.seed(), device))
            .setShortType(shortType);
    requireFit();
    network.setRequiresGrad(true);
    this.delighter = settings.delighter().map(file -> delighter(Path.of(file)));
    boolean shaped =
        network.shape().toldOfShape()
            || delighter.map(other -> other.shape().toldOfShape()).orElse(false);
    this.shapes = shaped ? Optional.of(shapes.get()) : Optional.empty();
    this.pool =
        new ExamplePool(settings.data(), Split.TRAIN, settings.seed(), this.shapes, ranks::takes);
    this.optimizer = new AdamW(network.parameters(), settings.optimizer());
    this.average = new MovingAverage(network.parameters(), settings.averageDecay());
  }

  private void requireFit() {
    try {
      settings.requireFit(network.divisor());
    } catch (InvalidSetting e) {
      network.close();
      throw new UserError(e.key(), e.reason(), e.remedy(), e);
    }
  }

  private VideoNetwork started(Path file) {
    VideoNetwork loaded = VideoNetwork.load(file, device).network();
    if (settings.shape().toldOfShape() && !loaded.shape().toldOfShape()) {
      loaded.close();
      loaded = VideoNetwork.widened(file, device);
    }
    if (!weightsFit(loaded.shape(), settings.shape())) {
      loaded.close();
      throw new UserError(
          file.toString(),
          "holds another network than the configuration asks for",
          "give a snapshot of the same network, or leave 'start' out");
    }
    return loaded;
  }

  /** Whether a network has the tensors of another, in whatever rows of frames it was taught. */
  private static boolean weightsFit(NetworkShape has, NetworkShape wanted) {
    return has instanceof NetworkSettings a && wanted instanceof NetworkSettings b
        ? a.toldOfShape() == b.toldOfShape() && a.taught(b.frames(), b.shape()).equals(b)
        : has.equals(wanted);
  }

  private VideoNetwork delighter(Path file) {
    VideoNetwork loaded = VideoNetwork.load(file, device).network();
    if (loaded.task() != Task.DELIGHT) {
      loaded.close();
      throw new UserError(
          file.toString(), "is no delighting network", "give a snapshot of one, or leave it out");
    }
    return loaded;
  }

  /** Says what a run would do, after one step on one batch; writes nothing. */
  public static void dryRun(
      TrainSettings settings, Ranks ranks, Supplier<ShapeFinder> shapes, Consumer<String> out) {
    try (Trainer trainer = new Trainer(settings, ranks, shapes)) {
      trainer.share();
      out.accept(
          "network: %s, %.2f million parameters"
              .formatted(
                  settings.task().name().toLowerCase(Locale.ROOT),
                  trainer.network.parameterCount() / 1e6));
      out.accept(
          "data: %d clips, %d examples at hand"
              .formatted(trainer.pool.clips(), settings.data().pool()));
      long first = 0;
      for (Stage stage : settings.stages()) {
        Outcome warm = trainer.step(stage, first);
        long start = System.nanoTime();
        Outcome outcome = trainer.step(stage, first);
        double seconds = (System.nanoTime() - start) * 1e-9;
        out.accept(
            String.format(
                Locale.ROOT,
                "stage %s: %d steps of %d × %d pictures of %d²: loss %.4g, %.2f s a step, %s in all",
                stage.objective().name().toLowerCase(Locale.ROOT),
                stage.steps(),
                stage.clips(),
                stage.frames(),
                stage.size(),
                Math.max(warm.loss(), outcome.loss()),
                seconds,
                duration(seconds * stage.steps())));
        first += stage.steps();
      }
    }
  }

  private static String duration(double seconds) {
    long minutes = Math.round(seconds / 60);
    return "%d:%02d h".formatted(minutes / 60, minutes % 60);
  }

  /**
   * Runs to the end, or goes on with a run that was begun in the same folder, by as many processes
   * or by others.
   *
   * @param folder looked at by the first process only
   * @param ranks the processes; they stay open
   * @param shapes opens what finds the shapes of examples, if a network is told of them
   * @param out takes lines for people
   * @throws Interruption.Requested if the user wants to stop, in whichever process; the state is
   *     stored
   * @throws UserError if the loss is no number any more
   * @throws Ranks.Lost if another process has ended
   */
  public static void run(
      TrainSettings settings,
      Path folder,
      Ranks ranks,
      Supplier<ShapeFinder> shapes,
      Progress.Opener progress,
      Consumer<String> out,
      Interruption interruption) {
    Optional<RunDirectory> run =
        ranks.first() ? Optional.of(RunDirectory.open(folder, settings)) : Optional.empty();
    try (Trainer trainer = new Trainer(settings, ranks, shapes)) {
      run.flatMap(RunDirectory::state).ifPresent(trainer::restore);
      trainer.share();
      run.ifPresent(r -> r.rewindStats(trainer.step));
      if (trainer.step >= settings.steps()) {
        out.accept(folder + ": is finished already");
        return;
      }
      String begin =
          "%s step %d of %d, %.2f million parameters, %d clips%s"
              .formatted(
                  trainer.step == 0 ? "begins" : "goes on",
                  trainer.step,
                  settings.steps(),
                  trainer.network.parameterCount() / 1e6,
                  trainer.pool.clips(),
                  ranks.size() == 1 ? "" : ", %d processes".formatted(ranks.size()));
      run.ifPresent(r -> r.log(begin));
      out.accept(begin);
      trainer.loop(run, progress, out, interruption);
    }
  }

  /** Gives all processes what the first one has. */
  private void share() {
    if (ranks.size() == 1) {
      return;
    }
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      ranks.spread(network.parameters().values());
      // In the order of the names, which a map of averages does not keep.
      ranks.spread(new java.util.TreeMap<>(average.parameters()).values());
      ranks.spread(
          optimizer.state().values().stream().filter(t -> t.dtype() == DType.F32).toList());
      step = (long) ranks.ofFirst((double) step)[0];
      optimizer.setSteps(step);
      average.restore(average.parameters(), step);
    }
  }

  private long pictures(long upTo) {
    long sum = 0;
    long left = upTo;
    for (Stage stage : settings.stages()) {
      long taken = Math.min(left, stage.steps());
      sum += taken * stage.clips() * stage.frames();
      left -= taken;
    }
    return sum;
  }

  private void loop(
      Optional<RunDirectory> run,
      Progress.Opener progress,
      Consumer<String> out,
      Interruption interruption) {
    double lossSum = 0;
    double normSum = 0;
    int summed = 0;
    long begun = System.nanoTime();
    try (Progress shown = progress.open("train", pictures(settings.steps()), pictures(step))) {
      long before = 0;
      for (Stage stage : settings.stages()) {
        for (; step < before + stage.steps(); ) {
          if (ranks.any(interruption.requested())) {
            run.ifPresent(this::store);
            run.ifPresent(r -> r.log("interrupted before step " + step));
            throw new Interruption.Requested();
          }
          Outcome outcome = step(stage, before);
          lossSum += outcome.loss();
          normSum += outcome.gradientNorm();
          summed++;
          shown.done(pictures(step));
          if (run.isEmpty()) {
            continue;
          }
          boolean last = step == settings.steps();
          if (step % STATS_EVERY == 0 || last) {
            Map<String, Double> stats = new LinkedHashMap<>();
            stats.put("loss", lossSum / summed);
            stats.put("gradientNorm", normSum / summed);
            stats.put("learningRate", stage.rate(step - 1 - before));
            stats.put("seconds", (System.nanoTime() - begun) * 1e-9);
            stats.put("residentMiB", (double) (Torch.residentBytes() >> 20));
            run.get().stats(step, stats);
            lossSum = 0;
            normSum = 0;
            summed = 0;
          }
          if (step % settings.sheetEvery() == 0 || last) {
            look(run.get(), out);
          }
          if (step % settings.snapshotEvery() == 0 || last) {
            snapshot(run.get());
          }
          if (step % settings.stateEvery() == 0 || last) {
            store(run.get());
          }
        }
        before += stage.steps();
      }
    }
    run.ifPresent(r -> r.log("finished step " + step));
  }

  /** Makes one step of a stage whose first step has the number {@code before}. */
  private Outcome step(Stage stage, long before) {
    List<Drawn> clips = drawn(stage);
    Outcome outcome;
    try (TorchScope _ = TorchScope.open()) {
      Batch batch = batch(clips);
      batch.evenWeights(ranks.mean(batch.meanWeight())[0]);
      Gradients.clear(network.parameters().values());
      // The same in all processes.
      Random ofAll = new Random(ExamplePool.mixed(settings.seed() ^ 0x57E9, step));
      Tensor loss = new Loss(network, device).of(batch, stage, settings.noise(), clips, ofAll);
      double value = ranks.mean(loss.item())[0];
      if (!Double.isFinite(value)) {
        throw diverged("the loss is " + value);
      }
      loss.backward();
      ranks.meanGradients(network.parameters().values());
      double norm = Gradients.clipByNorm(network.parameters().values(), settings.clip());
      if (!Double.isFinite(norm)) {
        throw diverged("the gradient is %s at a loss of %s".formatted(norm, value));
      }
      optimizer.step(stage.rate(step - before));
      average.update(network.parameters());
      outcome = new Outcome(value, norm);
    }
    step++;
    return outcome;
  }

  private UserError diverged(String what) {
    return new UserError(
        "training",
        "has diverged: %s in step %d".formatted(what, step),
        "lower learningRate or clip and begin again; what was stored before is kept");
  }

  /** This process's share of the clips of a batch. */
  private List<Drawn> drawn(Stage stage) {
    long first = settings.clipsBefore(step);
    List<Drawn> clips = new ArrayList<>();
    for (long item = first; item < first + stage.clips(); item++) {
      if (ranks.takes(item)) {
        Random random = new Random(ExamplePool.mixed(settings.seed() ^ 0xC119, item));
        clips.add(
            new Drawn(
                parts(pool.at(item), stage, random),
                random,
                ExamplePool.mixed(settings.seed(), item)));
      }
    }
    return clips;
  }

  private static List<Example.Part> parts(Example example, Stage stage, Random random) {
    Example.Look look = look(example, stage, random);
    int frames = Math.min(stage.frames(), example.frames().size());
    int first = random.nextInt(example.frames().size() - frames + 1);
    List<Example.Part> clip = new ArrayList<>();
    for (int t = 0; t < frames; t++) {
      clip.add(example.part(first + t, look));
    }
    return clip;
  }

  private static Example.Look look(Example example, Stage stage, Random random) {
    int size = stage.size();
    int most = example.width();
    if (Math.min(example.width(), example.height()) < size) {
      throw new UserError(
          "stages.size",
          "is %d, but clips are %d×%d".formatted(size, example.width(), example.height()),
          "lower it, or render larger clips");
    }
    int least = Math.min(most, Math.max(size, stage.smallest()));
    int scaled = least + random.nextInt(most - least + 1);
    int tall = Math.max(size, Math.round((float) scaled * example.height() / example.width()));
    return new Example.Look(
        scaled,
        random.nextInt(scaled - size + 1),
        random.nextInt(tall - size + 1),
        size,
        random.nextBoolean());
  }

  private Batch batch(List<Drawn> clips) {
    List<List<Example.Part>> parts = clips.stream().map(Drawn::parts).toList();
    if (settings.task() == Task.DELIGHT) {
      return Batch.delight(parts, network.shape());
    }
    boolean[] told = new boolean[parts.size()];
    for (int i = 0; i < told.length; i++) {
      told[i] =
          delighter.isPresent() && clips.get(i).random().nextDouble() < settings.delighterShare();
    }
    return Batch.relight(parts, flats(parts, told), network.shape());
  }

  /** What the relighter is told of the subject: the truth, or what the delighter finds. */
  private List<List<Batch.Flat>> flats(List<List<Example.Part>> parts, boolean[] told) {
    List<List<Batch.Flat>> flats = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Example.Part> clip = parts.get(i);
      flats.add(told[i] ? found(clip) : clip.stream().map(Batch.Flat::of).toList());
    }
    return flats;
  }

  private List<Batch.Flat> found(List<Example.Part> clip) {
    VideoNetwork known = delighter.get();
    Batch batch = Batch.delight(List.of(clip), known.shape());
    int m = batch.size() * batch.size();
    float[] states;
    try (TorchScope _ = TorchScope.open()) {
      Tensor conditions = tensor(batch.conditions(), batch, known.shape().conditions());
      states = known.sample(conditions, null, 1, 0).toFloatArray();
    }
    List<Batch.Flat> flats = new ArrayList<>();
    for (int t = 0; t < batch.frames(); t++) {
      float[] state = Batch.frame(states, Task.DELIGHT.state(), batch.frames(), m, 0, t);
      DelightFrame told = batch.delightFrame(0, t);
      // A network without normals leaves them to physics; here they are those of the render.
      float[] normals =
          known.findsNormals() ? told.normals(state) : Batch.Flat.of(clip.get(t)).normals();
      flats.add(new Batch.Flat(told.flatLit(state), normals));
    }
    return flats;
  }

  private Tensor tensor(float[] values, Batch batch, int channels) {
    return Tensor.of(values, batch.clips(), channels, batch.frames(), batch.size(), batch.size())
        .to(device);
  }

  private Tensor environment(Batch batch) {
    return batch.environment().length == 0
        ? null
        : Tensor.of(
                batch.environment(),
                batch.clips(),
                batch.frames(),
                EnvironmentImages.CHANNELS,
                EnvironmentImages.HEIGHT,
                EnvironmentImages.WIDTH)
            .to(device);
  }

  // What it makes of examples

  /** Measures the averaged weights on held-out examples and draws a sheet of them. */
  private void look(RunDirectory run, Consumer<String> out) {
    if (heldOut == null) {
      heldOut = HeldOut.of(settings, network.divisor(), shapes);
    }
    int looks = settings.looks();
    Map<String, Double> measures =
        withAverage(() -> {
          OptionalDouble inSeveral =
              settings.fewSteps()
                  ? OptionalDouble.of(
                      heldOut.look(clip -> evaluated(clip, SEVERAL_LOOKS)).get(HeldOut.PSNR))
                  : OptionalDouble.empty();
          Map<String, Double> found = heldOut.look(clip -> evaluated(clip, looks));
          inSeveral.ifPresent(psnr -> found.put("psnrIn" + SEVERAL_LOOKS, psnr));
          return found;
        });
    ImageFile.write(run.sheetPath(step), heldOut.sheet());
    run.stats(step, measures);
    StringBuilder line = new StringBuilder("step %d:".formatted(step));
    measures.forEach(
        (key, value) -> line.append(String.format(Locale.ROOT, " %s %.3f", key, value)));
    run.log(line.toString());
    out.accept(line.toString());
  }

  /** States found of one clip by the network as it stands. */
  private HeldOut.Result evaluated(List<Example.Part> clip, int looks) {
    Batch batch =
        settings.task() == Task.DELIGHT
            ? Batch.delight(List.of(clip), network.shape())
            : Batch.relight(
                List.of(clip),
                flats(List.of(clip), new boolean[] {delighter.isPresent()}),
                network.shape());
    try (TorchScope _ = TorchScope.open()) {
      Tensor states =
          network.sample(
              tensor(batch.conditions(), batch, network.shape().conditions()),
              environment(batch),
              looks,
              0);
      return new HeldOut.Result(batch, states.toFloatArray());
    }
  }

  private <T> T withAverage(Supplier<T> work) {
    Map<String, Tensor> now = network.parameters();
    Map<String, Tensor> raw = new LinkedHashMap<>();
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      now.forEach((name, p) -> raw.put(name, p.detach().copy()));
      now.forEach((name, p) -> p.copyInPlace(average.parameters().get(name)));
      try {
        return work.get();
      } finally {
        now.forEach((name, p) -> p.copyInPlace(raw.get(name)));
      }
    }
  }

  // Files

  private void snapshot(RunDirectory run) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("step", Long.toString(step));
    provenance.put("pictures", Long.toString(pictures(step)));
    provenance.put("clips", Integer.toString(pool.clips()));
    provenance.put("training", JsonSettings.toJson(settings));
    Snapshot.write(run.snapshotPath(step), settings.shape(), average.parameters(), provenance);
    run.keepSnapshots(settings.snapshotsKept());
  }

  private void store(RunDirectory run) {
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      Map<String, Tensor> state = new LinkedHashMap<>();
      network.parameters().forEach((name, p) -> state.put(PARAMETER + name, p.detach()));
      average.parameters().forEach((name, p) -> state.put(AVERAGE + name, p));
      optimizer.state().forEach((name, p) -> state.put(OPTIMIZER + name, p));
      SafetensorsFile.write(
          run.statePath(),
          state,
          Map.of(
              "format",
              "pixelcube-training-state",
              "step",
              Long.toString(step),
              "averaged",
              Long.toString(average.steps())));
    }
  }

  private void restore(Path file) {
    try (SafetensorsFile stored = SafetensorsFile.open(file);
        TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      Map<String, Tensor> parameters = new LinkedHashMap<>();
      Map<String, Tensor> averages = new LinkedHashMap<>();
      Map<String, Tensor> optimizing = new LinkedHashMap<>();
      for (String name : stored.names()) {
        for (Map.Entry<String, Map<String, Tensor>> kind :
            List.of(
                Map.entry(PARAMETER, parameters),
                Map.entry(AVERAGE, averages),
                Map.entry(OPTIMIZER, optimizing))) {
          if (name.startsWith(kind.getKey())) {
            kind.getValue().put(name.substring(kind.getKey().length()), stored.read(name));
          }
        }
      }
      if (!parameters.keySet().equals(network.parameters().keySet())
          || !averages.keySet().equals(parameters.keySet())) {
        throw new UserError(
            file.toString(), "belongs to another network", "give another --run, or remove it");
      }
      network.parameters().forEach((name, p) -> p.copyInPlace(parameters.get(name)));
      average.restore(averages, Long.parseLong(stored.metadata().get("averaged")));
      optimizer.restore(optimizing);
      step = Long.parseLong(stored.metadata().get("step"));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          file.toString(),
          "is no state of this run: " + e.getMessage(),
          "give another --run, or remove it",
          e);
    }
  }

  @Override
  public void close() {
    pool.close();
    shapes.ifPresent(ShapeFinder::close);
    average.close();
    optimizer.close();
    delighter.ifPresent(VideoNetwork::close);
    network.close();
  }

  /** The loss of a batch. */
  private record Loss(VideoNetwork network, Device device) {
    /** Weights of the differences in space and in time beside the picture itself. */
    private static final double EDGES = 0.5;

    private static final double STEADINESS = 0.5;

    Tensor of(Batch batch, Stage stage, NoiseLevels levels, List<Drawn> clips, Random ofAll) {
      Task task = network.task();
      long n = batch.clips();
      long t = batch.frames();
      long size = batch.size();
      Tensor weight = network.shrunk(Tensor.of(batch.weight(), n, 1, t, size, size).to(device));
      float[] told = new float[batch.clips()];
      for (int i = 0; i < told.length; i++) {
        told[i] = clips.get(i).random().nextDouble() < stage.dropout() ? 0 : 1;
      }
      boolean anyHidden = Arrays.stream(doubles(told)).anyMatch(v -> v == 0);
      Tensor planes =
          Tensor.of(batch.conditions(), n, network.shape().conditions(), t, size, size).to(device);
      Tensor truth =
          network.encoded(
              Tensor.of(batch.state(), n, task.state(), t, size, size).to(device), planes);
      VideoNetwork.Conditions conditions = network.told(planes);
      Tensor environment =
          batch.environment().length == 0
              ? null
              : Tensor.of(
                      batch.environment(),
                      n,
                      t,
                      EnvironmentImages.CHANNELS,
                      EnvironmentImages.HEIGHT,
                      EnvironmentImages.WIDTH)
                  .to(device);
      if (anyHidden) {
        Tensor shown = Tensor.of(told, n, 1, 1, 1, 1).to(device);
        conditions = conditions.shown(shown);
        environment = environment == null ? null : environment.mul(shown);
      }
      return switch (stage.objective()) {
        case DENOISE -> {
          double[] sigma = new double[batch.clips()];
          double[] lambda = new double[sigma.length];
          for (int i = 0; i < sigma.length; i++) {
            sigma[i] = Math.min(levels.draw(clips.get(i).random()), network.mostNoise());
            lambda[i] = network.scaling().weight(sigma[i]);
          }
          Tensor noise =
              noise(clips, truth.shape(), clip -> clip.random().nextBoolean() ? 1 : t).to(device);
          Tensor scale = Tensor.of(sigma, n, 1, 1, 1, 1).to(DType.F32).to(device);
          Tensor noisy = truth.add(noise.mul(scale));
          Tensor guess = network.denoise(noisy, sigma, conditions, environment);
          Tensor per = Tensor.of(lambda, n, 1, 1, 1, 1).to(DType.F32).to(device);
          yield guess.sub(truth).square().mul(weight).mul(per).mean();
        }
        case END_TO_END -> {
          double[] sigma = new double[batch.clips()];
          Arrays.fill(sigma, network.mostNoise());
          Tensor nothing = Tensor.zeros(DType.F32, device, truth.shape());
          yield distance(network.denoise(nothing, sigma, conditions, environment), truth, weight);
        }
        case FEW_STEPS -> {
          int steps = 1 + ofAll.nextInt(Stage.Objective.MOST_STEPS);
          // The last look of several is at so little noise that it changes nothing.
          int made = steps == 1 ? 0 : ofAll.nextInt(steps - 1);
          Tensor noise = noise(clips, truth.shape(), _ -> 1);
          Tensor guess = network.guess(noise, steps, made, conditions, environment);
          yield distance(guess, truth, weight);
        }
      };
    }

    /** Normal noise, for each clip its own, the same in all its frames or different. */
    private static Tensor noise(List<Drawn> clips, long[] shape, ToLongFunction<Drawn> frames) {
      List<Tensor> each = new ArrayList<>();
      for (Drawn clip : clips) {
        try (TensorRandom normal = new TensorRandom(clip.seed())) {
          each.add(
              normal
                  .normal(1, shape[1], frames.applyAsLong(clip), shape[3], shape[4])
                  .expand(1, -1, shape[2], -1, -1));
        }
      }
      return Ops.cat(0, each);
    }

    /** How far a guess is off, and its differences in space and time. */
    private Tensor distance(Tensor guess, Tensor truth, Tensor weight) {
      Tensor error = guess.sub(truth).mul(weight);
      Tensor sum = error.abs().mean();
      sum = sum.add(difference(error, 4).add(difference(error, 3)).mul(EDGES));
      if (error.size(2) > 1) {
        sum = sum.add(difference(error, 2).mul(STEADINESS));
      }
      return sum.div(network.scaling().deviation());
    }

    private static Tensor difference(Tensor x, int dimension) {
      long count = x.size(dimension) - 1;
      return x.narrow(dimension, 1, count).sub(x.narrow(dimension, 0, count)).abs().mean();
    }

    private static double[] doubles(float[] values) {
      double[] out = new double[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = values[i];
      }
      return out;
    }
  }
}
