package org.pixelcube.pipeline;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;
import org.pixelcube.vision.Modnet;

/** Measures relighting from file to file. */
public final class RelightBenchmark {
  /** Frames that a looped clip holds in memory while it is written. */
  private static final int LOOP_FRAMES = 60;

  private RelightBenchmark() {}

  /** The size at which clips are measured. */
  public enum Picture {
    /** The area of 512×512 in the clip's own shape, even sides. */
    P512("512"),
    /** 1920×1080: scaled to the height, sides cut or continued by the outermost columns. */
    P1080("1080");

    private final String optionName;

    Picture(String optionName) {
      this.optionName = optionName;
    }

    /** The name by which a user asks for it. */
    public String optionName() {
      return optionName;
    }

    private int[] size(int width, int height) {
      if (this == P1080) {
        return new int[] {1920, 1080};
      }
      double k = 512 / Math.sqrt((double) width * height);
      return new int[] {even(k * width), even(k * height)};
    }

    private static int even(double side) {
      return 2 * Math.max(1, (int) Math.round(side / 2));
    }
  }

  /**
   * One stage's time.
   *
   * @param name the stage
   * @param millisPerFrame wall time of the threads that work on it, per frame, waiting for a
   *     processor included; stages on other threads run at the same time
   */
  public record Stage(String name, double millisPerFrame) {}

  /**
   * One clip's figures.
   *
   * @param width of the frames, pixels
   * @param height of the frames, pixels
   * @param frames frames relit
   * @param seconds wall time from opening the input to the whole output
   * @param firstSeconds the part of it up to the first finished frame: networks loaded, the clip
   *     looked ahead at
   * @param cpuSeconds processor time of the process in {@code seconds}
   * @param steadyCpuSeconds processor time after the first finished frame
   * @param collectorSeconds time in garbage collection
   * @param stages where the threads' time went
   * @param waits how long each kind of thread had nothing to do
   */
  public record Run(
      int width,
      int height,
      long frames,
      double seconds,
      double firstSeconds,
      double cpuSeconds,
      double steadyCpuSeconds,
      double collectorSeconds,
      List<Stage> stages,
      List<Stage> waits) {
    /** Copies the lists. */
    public Run {
      stages = List.copyOf(stages);
      waits = List.copyOf(waits);
    }

    /** Frames over all the time. */
    public double framesPerSecond() {
      return frames / seconds;
    }

    /** The frames after the first over the time after it; not a number for a single frame. */
    public double steadyFramesPerSecond() {
      return frames < 2 ? Double.NaN : (frames - 1) / (seconds - firstSeconds);
    }

    /** Processor time per frame once running; not a number for a single frame. */
    public double steadyCpuSecondsPerFrame() {
      return frames < 2 ? Double.NaN : steadyCpuSeconds / (frames - 1);
    }
  }

  /**
   * A clip at the size to be measured, with its own times and sound.
   *
   * @param frames frames at most
   * @return the input itself where it is so already, else an H.264 file in {@code folder}
   */
  public static Path prepare(Path input, Picture picture, long frames, Path folder) {
    try (ClipReader reader = ClipReader.open(input)) {
      ClipInfo info = reader.info();
      if (info.still()) {
        throw new UserError(input.toString(), "is a picture", "give a clip");
      }
      int[] size = picture.size(info.width(), info.height());
      boolean sized = info.width() == size[0] && info.height() == size[1];
      if (sized && info.frameCount() >= 0 && info.frameCount() <= frames) {
        return input;
      }
      String name = input.getFileName().toString();
      Path clip = folder.resolve("%s-%s.mp4".formatted(name, picture.optionName()));
      ClipWriter.Options options =
          info.audio().isEmpty()
              ? ClipWriter.Options.DEFAULT
              : ClipWriter.Options.DEFAULT.withAudioFrom(input);
      ClipInfo like =
          ClipInfo.synthetic(size[0], size[1], info.frameRate(), info.timeBase(), false);
      try (ClipWriter writer = ClipWriter.open(clip, Encoding.forPath(clip), like, options)) {
        long count = 0;
        for (Optional<Frame> next = reader.next();
            next.isPresent() && count < frames;
            next = reader.next()) {
          Frame frame = next.get();
          Image image = frame.image().color();
          Image scaled =
              picture == Picture.P1080
                  ? framed(image, size[0], size[1])
                  : Resize.to(image, size[0], size[1]);
          writer.write(frame.withImage(scaled));
          count++;
        }
        writer.finish();
      }
      return clip;
    }
  }

  /**
   * A clip played to and fro until it has a length; silent.
   *
   * @return an H.264 file in {@code folder}
   */
  public static Path looped(Path input, double seconds, Path folder) {
    List<Image> images = new ArrayList<>();
    Rational rate;
    try (ClipReader reader = ClipReader.open(input)) {
      rate = reader.info().frameRate();
      for (Optional<Frame> next = reader.next();
          next.isPresent() && images.size() < LOOP_FRAMES;
          next = reader.next()) {
        images.add(next.get().image().color());
      }
    }
    Image first = images.getFirst();
    long frames = Math.max(1, Math.round(seconds * rate.toDouble()));
    Path clip = folder.resolve("loop-%d.mp4".formatted(frames));
    try (ClipWriter writer =
        ClipWriter.open(
            clip,
            Encoding.forPath(clip),
            ClipInfo.synthetic(first.width(), first.height(), rate, false))) {
      int period = Math.max(1, 2 * images.size() - 2);
      for (long i = 0; i < frames; i++) {
        int k = (int) (i % period);
        writer.write(new Frame(images.get(k < images.size() ? k : period - k), i, i, 1));
      }
      writer.finish();
    }
    return clip;
  }

  private static Image framed(Image image, int width, int height) {
    int scaled = Math.max(1, Math.round((float) image.width() * height / image.height()));
    Image sized = Resize.to(image, scaled, height);
    float[] in = sized.samples();
    float[] out = new float[3 * width * height];
    int shift = (width - scaled) / 2;
    for (int row = 0; row < 3 * height; row++) {
      for (int x = 0; x < width; x++) {
        out[row * width + x] = in[row * scaled + Math.clamp(x - shift, 0, scaled - 1)];
      }
    }
    return Image.rgb(width, height, out);
  }

  /** Relights a clip and measures it. */
  public static Run measure(
      Path clip,
      Path output,
      RelightSettings settings,
      FrameProcessor.Factory processors,
      Progress.Opener progress,
      Warnings warnings,
      Interruption interruption) {
    StageClock clock = new StageClock();
    Moments moments = new Moments();
    int[] size = new int[2];
    Reading start = Reading.now();
    long frames =
        ClipRelight.run(
            new ClipRelight.Request(clip, output, settings, true, true),
            (s, info, w) -> {
              size[0] = info.width();
              size[1] = info.height();
              FrameProcessor inner = processors.open(s, info, w);
              inner.timeStages(clock);
              return new Timed(inner, clock, moments);
            },
            progress,
            warnings,
            interruption,
            clock);
    Reading end = Reading.now();
    Reading first = moments.first();
    double span = seconds(moments.begun(), end.nanos());
    return new Run(
        size[0],
        size[1],
        frames,
        seconds(start.nanos(), end.nanos()),
        seconds(start.nanos(), first.nanos()),
        seconds(start.cpuNanos(), end.cpuNanos()),
        seconds(first.cpuNanos(), end.cpuNanos()),
        (end.collectorMillis() - start.collectorMillis()) * 1e-3,
        stages(clock.seconds(), frames),
        waits(clock.seconds(), frames, span, settings.workers()));
  }

  private static double seconds(long fromNanos, long toNanos) {
    return (toNanos - fromNanos) * 1e-9;
  }

  /** The stages in the order of a frame's way; what is not said of the analysis is its rest. */
  private static List<Stage> stages(Map<String, Double> seconds, long frames) {
    Map<String, Double> named = new LinkedHashMap<>();
    double matte = seconds.getOrDefault("matte", 0.0);
    double faces = seconds.getOrDefault("faces", 0.0);
    named.put("decode", seconds.getOrDefault("read", 0.0));
    named.put("matte", matte);
    named.put("face tracking", faces);
    named.put("other analysis", seconds.getOrDefault("analyse", 0.0) - matte - faces);
    named.put("render", seconds.getOrDefault("render", 0.0));
    named.put("encode", seconds.getOrDefault("write", 0.0));
    return list(named, frames);
  }

  /** What is left to each thread of the time from the first frame's start to the end. */
  private static List<Stage> waits(
      Map<String, Double> seconds, long frames, double span, int workers) {
    Map<String, Double> idle = new LinkedHashMap<>();
    idle.put("reading thread", span - seconds.getOrDefault("read", 0.0));
    idle.put("analysing thread", span - seconds.getOrDefault("analyse", 0.0));
    idle.put(
        "rendering threads (%d)".formatted(workers),
        workers * span - seconds.getOrDefault("render", 0.0));
    idle.put("writing thread", span - seconds.getOrDefault("write", 0.0));
    return list(idle, frames);
  }

  private static List<Stage> list(Map<String, Double> seconds, long frames) {
    return seconds.entrySet().stream()
        .map(e -> new Stage(e.getKey(), Math.max(0, e.getValue()) * 1e3 / frames))
        .toList();
  }

  /**
   * How steady a relit clip is beside its input.
   *
   * @param models where the matting network comes from
   */
  public static TemporalQuality quality(
      Path clip, Path output, ModelStore models, Interruption interruption) {
    ClipInfo info;
    try (ClipReader reader = ClipReader.open(clip)) {
      info = reader.info();
    }
    int shortSide =
        RelightProcessor.matteShortSide(Math.min(info.width(), info.height()), info.still());
    int threads = Runtime.getRuntime().availableProcessors();
    try (Modnet network = Modnet.open(models.fetch(Model.MODNET), shortSide, threads)) {
      return TemporalQuality.measure(
          clip, output, network, RelightProcessor.MATTE_EVERY, interruption);
    }
  }

  /** The machine's load over the last minute, in processors; negative where it is not known. */
  public static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** The clocks at a moment. */
  private record Reading(long nanos, long cpuNanos, long collectorMillis) {
    static Reading now() {
      long cpu =
          ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
              ? system.getProcessCpuTime()
              : 0;
      long collector =
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .mapToLong(GarbageCollectorMXBean::getCollectionTime)
              .sum();
      return new Reading(System.nanoTime(), cpu, collector);
    }
  }

  /** When the first frame was begun, and when one was finished first. */
  private static final class Moments {
    private long begun;
    private Reading first;

    synchronized void begin() {
      if (begun == 0) {
        begun = System.nanoTime();
      }
    }

    synchronized void finish() {
      if (first == null) {
        first = Reading.now();
      }
    }

    synchronized long begun() {
      return begun;
    }

    synchronized Reading first() {
      return first;
    }
  }

  /** Times the two halves of a processor. */
  private record Timed(FrameProcessor inner, StageClock clock, Moments moments)
      implements FrameProcessor {
    @Override
    public Supplier<Output> process(Frame in) {
      moments.begin();
      Supplier<Output> rest = clock.time("analyse", () -> inner.process(in));
      return () -> {
        Output output = clock.time("render", rest);
        moments.finish();
        return output;
      };
    }

    @Override
    public int lookahead() {
      return inner.lookahead();
    }

    @Override
    public void end() {
      inner.end();
    }

    @Override
    public void abandon() {
      inner.abandon();
    }

    @Override
    public byte[] state() {
      return inner.state();
    }

    @Override
    public void restore(byte[] state) {
      inner.restore(state);
    }

    @Override
    public void close() {
      inner.close();
    }
  }
}
