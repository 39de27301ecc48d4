package org.pixelcube.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.dataset.ClipMeta;
import org.pixelcube.dataset.DatasetIndex;
import org.pixelcube.dataset.LightCollection;
import org.pixelcube.dataset.SampleGenerator;
import org.pixelcube.dataset.Split;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.diffusion.LightPlanes;
import org.pixelcube.light.EnvironmentMap;

/**
 * Examples in an order that depends on the seed alone, made by threads of their own while others
 * are used: examples come in blocks of {@code pool}, a block is gone through {@code reuse} times,
 * each time in another order, and the next block is made meanwhile. So memory holds two blocks, and
 * a run that goes on at any item sees what it would have seen.
 */
final class ExamplePool implements AutoCloseable {
  private static final int CLIPS_KEPT = 4;

  /** A clip to draw from. */
  private record Source(ClipDataset dataset, DatasetIndex.Entry entry) {}

  private final DataSettings settings;
  private final long seed;
  private final LongPredicate taken;
  private final List<Source> sources = new ArrayList<>();
  private final LightCollection maps;
  private final Map<String, LightPlanes.Source> prepared = new ConcurrentHashMap<>();
  private final SampleGenerator generator;
  private final Optional<ShapeFinder> shapes;
  private final ExecutorService threads;
  private final Map<Source, Clip> clips =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, Clip> eldest) {
          return size() > CLIPS_KEPT;
        }
      };
  private long block = -1;
  private List<Future<Example>> now = List.of();
  private List<Future<Example>> next = List.of();

  /**
   * Opens the datasets.
   *
   * @throws UserError if one cannot be read, or there is no clip to draw from
   */
  ExamplePool(DataSettings settings, Split split, long seed, Optional<ShapeFinder> shapes) {
    this(settings, split, seed, shapes, _ -> true);
  }

  /**
   * Opens the datasets for one of several processes.
   *
   * @param shapes finds the shapes of examples where they are wanted; stays open
   * @param taken which items will be asked for; examples of others alone are not made
   */
  ExamplePool(
      DataSettings settings,
      Split split,
      long seed,
      Optional<ShapeFinder> shapes,
      LongPredicate taken) {
    this.shapes = shapes;
    this.taken = taken;
    this.settings = settings;
    this.seed = seed;
    for (String folder : settings.datasets()) {
      ClipDataset dataset = ClipDataset.open(Path.of(folder));
      for (DatasetIndex.Entry entry : dataset.index().clips()) {
        boolean wanted =
            settings
                .clips()
                .map(names -> names.contains(entry.name()))
                .orElse(entry.split() == split);
        if (wanted) {
          sources.add(new Source(dataset, entry));
        }
      }
    }
    if (sources.isEmpty()) {
      throw new UserError(
          String.join(", ", settings.datasets()),
          settings.clips().isPresent()
              ? "holds none of the clips " + String.join(", ", settings.clips().get())
              : "holds no clip of the split " + split.name().toLowerCase(java.util.Locale.ROOT),
          "render more clips, or name others");
    }
    this.maps = lights(settings);
    this.generator =
        SampleGenerator.of(maps, settings.frames())
            .recolouring(settings.recoloured().orElse(0.0))
            .frontLit(settings.frontLit().orElse(false));
    this.threads =
        Executors.newFixedThreadPool(
            settings.workers(), Thread.ofPlatform().name("examples-", 0).daemon().factory());
  }

  private static LightCollection lights(DataSettings settings) {
    if (settings.builtIn().isPresent()) {
      List<String> names = new ArrayList<>(settings.builtIn().get());
      if (settings.maps().isPresent()) {
        LightCollection.of(settings.maps().map(Path::of)).names().stream()
            .filter(name -> name.contains("."))
            .forEach(names::add);
      }
      return LightCollection.of(names);
    }
    return LightCollection.of(settings.maps().map(Path::of));
  }

  /** How many clips are drawn from. */
  int clips() {
    return sources.size();
  }

  /**
   * The example of an item.
   *
   * @param item counted from 0; asked in growing order
   * @throws UserError if its clip is damaged
   */
  Example at(long item) {
    long perBlock = (long) settings.pool() * settings.reuse();
    long wanted = item / perBlock;
    if (wanted != block) {
      now = wanted == block + 1 && !next.isEmpty() ? next : order(wanted);
      block = wanted;
      next = order(wanted + 1);
    }
    long within = item % perBlock;
    int round = (int) (within / settings.pool());
    int[] order = shuffled(block, round);
    return finished(now.get(order[(int) (within % settings.pool())]));
  }

  private int[] shuffled(long ofBlock, int round) {
    Random random = new Random(mixed(seed ^ 0x5EED, ofBlock * 1_000_003 + round));
    int[] order = IntStream.range(0, settings.pool()).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int v = order[i];
      order[i] = order[j];
      order[j] = v;
    }
    return order;
  }

  /** Which examples of a block are asked for at least once. */
  private boolean[] needed(long ofBlock) {
    boolean[] needed = new boolean[settings.pool()];
    for (int round = 0; round < settings.reuse(); round++) {
      int[] order = shuffled(ofBlock, round);
      long first = (ofBlock * settings.reuse() + round) * settings.pool();
      for (int i = 0; i < order.length; i++) {
        needed[order[i]] |= taken.test(first + i);
      }
    }
    return needed;
  }

  private List<Future<Example>> order(long ofBlock) {
    boolean[] needed = needed(ofBlock);
    List<Future<Example>> made = new ArrayList<>();
    for (int i = 0; i < settings.pool(); i++) {
      long number = ofBlock * settings.pool() + i;
      Callable<Example> work = () -> make(number);
      made.add(needed[i] ? threads.submit(work) : null);
    }
    return made;
  }

  private Example make(long number) {
    // Clips in an order of their own for each time round, so that each is seen as often.
    long turn = number / settings.inARow();
    long round = turn / sources.size();
    int place = (int) (turn % sources.size());
    Random shuffle = new Random(mixed(seed ^ 0xC11B, round));
    int[] order = IntStream.range(0, sources.size()).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = shuffle.nextInt(i + 1);
      int v = order[i];
      order[i] = order[j];
      order[j] = v;
    }
    Clip clip = clip(sources.get(order[place]));
    TrainingSample sample = generator.draw(clip, new Random(mixed(seed, number)));
    return Example.of(
        sample,
        prepared.computeIfAbsent(
            sample.target().map(), name -> new LightPlanes.Source(maps.light(name))),
        shapes.map(finder -> finder.shapes(views(sample))).orElse(List.of()));
  }

  private List<ShapeFinder.View> views(TrainingSample sample) {
    EnvironmentMap map = maps.light(sample.target().map());
    return sample.frames().stream()
        .map(f ->
            new ShapeFinder.View(
                f.input(), f.matte(), new ShapeFinder.Light(map, f.targetTurn(), f.targetGain())))
        .toList();
  }

  private Clip clip(Source source) {
    synchronized (clips) {
      Clip clip = clips.get(source);
      if (clip == null) {
        clip = source.dataset().read(source.entry());
        if (clip.meta().kind() != ClipMeta.Kind.RENDERED) {
          throw new UserError(
              "clip '%s'".formatted(clip.meta().name()),
              "is captured (expected rendered)",
              "leave it out of the training data");
        }
        clips.put(source, clip);
      }
      return clip;
    }
  }

  /** SplitMix64's finaliser over both numbers: neighbours get seeds that have nothing in common. */
  static long mixed(long a, long b) {
    long z = a * 0x9E3779B97F4A7C15L + b + 0x632BE59BD9B4E019L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static Example finished(Future<Example> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
