package org.pixelcube.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

/** Measures relighting from file to file. */
public final class RelightBenchmark {
  private RelightBenchmark() {}

  /**
   * One stage's time.
   *
   * @param name the stage
   * @param millisPerFrame thread time per frame; stages on other threads run at the same time
   */
  public record Stage(String name, double millisPerFrame) {}

  /**
   * One clip's figures.
   *
   * @param frames frames relit
   * @param framesPerSecond frames over wall time, start-up of the networks included
   * @param stages where the time went
   * @param peakBytes largest resident memory of the process so far, −1 if the system does not tell
   */
  public record Run(long frames, double framesPerSecond, List<Stage> stages, long peakBytes) {
    /** Copies the list. */
    public Run {
      stages = List.copyOf(stages);
    }
  }

  /**
   * Brings a clip to a size and length: scaled to the height, its sides continued by the outermost
   * columns or cut, and played to and fro.
   *
   * @return an H.264 file in {@code folder}
   */
  public static Path prepare(Path input, int width, int height, int frames, Path folder) {
    List<Image> images = new ArrayList<>();
    try (ClipReader reader = ClipReader.open(input)) {
      int keep = Math.min(frames, 60);
      for (Optional<Frame> next = reader.next();
          next.isPresent() && images.size() < keep;
          next = reader.next()) {
        images.add(framed(next.get().image(), width, height));
      }
    }
    if (images.isEmpty()) {
      throw new UserError(input.toString(), "has no frame", "give another clip");
    }
    Path clip = folder.resolve("bench-%dx%d-%d.mp4".formatted(width, height, frames));
    Rational rate = new Rational(25, 1);
    try (ClipWriter writer =
        ClipWriter.open(
            clip, Encoding.forPath(clip), ClipInfo.synthetic(width, height, rate, false))) {
      int period = Math.max(1, 2 * images.size() - 2);
      for (int i = 0; i < frames; i++) {
        int k = i % period;
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
      RelightSettings settings,
      FrameProcessor.Factory processors,
      Progress.Opener progress,
      Warnings warnings,
      Interruption interruption) {
    StageClock clock = new StageClock();
    Path output = clip.resolveSibling("relit-" + clip.getFileName());
    long start = System.nanoTime();
    long frames =
        ClipRelight.run(
            new ClipRelight.Request(clip, output, settings, true, true),
            (s, info, w) -> new Timed(processors.open(s, info, w), clock),
            progress,
            warnings,
            interruption,
            clock);
    double seconds = (System.nanoTime() - start) * 1e-9;
    List<Stage> stages =
        clock.seconds().entrySet().stream()
            .map(e -> new Stage(e.getKey(), e.getValue() * 1e3 / frames))
            .toList();
    return new Run(frames, frames / seconds, stages, peakBytes());
  }

  /** Times the two halves of a processor, or the stages that it counts itself. */
  private record Timed(FrameProcessor inner, StageClock clock) implements FrameProcessor {
    @Override
    public Supplier<Output> process(Frame in) {
      Supplier<Output> rest = clock.time("analyse", () -> inner.process(in));
      return () -> clock.time("render", rest);
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

  /** VmHWM of Linux, in bytes; −1 elsewhere. */
  static long peakBytes() {
    Path status = Path.of("/proc/self/status");
    try {
      return Files.isReadable(status)
          ? Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
              .findFirst()
              .orElse(-1)
          : -1;
    } catch (IOException e) {
      return -1;
    }
  }
}
