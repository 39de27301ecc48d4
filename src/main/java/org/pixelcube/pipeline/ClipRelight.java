package org.pixelcube.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.light.Lighting;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Segments;

/** Relights one clip or still from file to file. */
public final class ClipRelight {
  private ClipRelight() {}

  /**
   * What to do.
   *
   * @param input a video, a picture, or a folder or pattern of pictures
   * @param output see {@link Encoding#forPath(Path, String)}
   * @param settings how
   * @param overwrite whether an output that is there is replaced
   * @param restart whether an interrupted run of the same job is thrown away
   */
  public record Request(
      Path input, Path output, RelightSettings settings, boolean overwrite, boolean restart) {}

  /**
   * Runs it and returns the number of frames of the output.
   *
   * @throws UserError for faults the user can mend
   * @throws Interruption.Requested if the user wants to stop; the same call goes on later
   */
  public static long run(
      Request request,
      FrameProcessor.Factory processors,
      Progress.Opener progress,
      Warnings warnings,
      Interruption interruption) {
    return run(request, processors, progress, warnings, interruption, new StageClock());
  }

  /** The same, with reading and writing timed. */
  static long run(
      Request request,
      FrameProcessor.Factory processors,
      Progress.Opener progress,
      Warnings warnings,
      Interruption interruption,
      StageClock clock) {
    RelightSettings settings = request.settings();
    if (settings.env().isEmpty()) {
      throw new UserError(
          "--env", "is missing", "name a map (pixelcube probe --list) or give its file");
    }
    Encoding chosen = Encoding.forPath(request.output(), settings.codec().orElse(null));
    Encoding encoding = settings.quality().map(chosen::withQuality).orElse(chosen);
    boolean alpha =
        Background.parse(settings.background().source()) instanceof Background.Transparent;
    if (alpha && !encoding.codec().keepsAlpha()) {
      throw new UserError(
          request.output().toString(),
          encoding.codec().optionName() + " cannot hold the alpha of a transparent background",
          "write .mov (ProRes 4444), .mkv (FFV1), .png or .exr");
    }
    checkOutput(request);
    ClipReader.Options reading = ClipReader.Options.DEFAULT;
    try (ClipReader reader = ClipReader.open(request.input(), reading)) {
      ClipInfo info = reader.info();
      checkRange(request, info, encoding);
      Optional<Segments.Sound> sound = Optional.empty();
      long offset = settings.start() == 0 ? 0 : ptsOf(request.input(), settings.start(), reading);
      if (encoding.container().isVideo() && !info.audio().isEmpty()) {
        sound = Optional.of(sound(request, info.timeSeconds(offset)));
        sound.get().requireFit(request.output());
      }
      try (FrameProcessor processor = processors.open(settings, info, warnings)) {
        ClipTarget target =
            new ClipTarget(
                request.output(),
                encoding,
                withAlpha(info, alpha),
                sound,
                passFiles(request),
                offset,
                1,
                clock);
        return encoding.container() == Encoding.Container.STILL
            ? runStill(reader, processor, target, settings.start())
            : new RelightJob(job(request, info, target), progress, warnings, interruption)
                .run(new ClipSource(reader, clock), processor);
      }
    }
  }

  private static RelightJob.Request job(Request request, ClipInfo info, ClipTarget target) {
    RelightSettings settings = request.settings();
    long wanted = settings.frames().map(Integer::longValue).orElse(Long.MAX_VALUE);
    long expected =
        info.frameCount() < 0
            ? settings.frames().map(Integer::longValue).orElse(-1L)
            : Math.min(wanted, info.frameCount() - settings.start());
    return new RelightJob.Request(
        // The networks' results depend on the number of threads.
        JsonSettings.toJson(settings.with("threads", settings.workers())),
        target,
        inputs(request),
        request.restart(),
        settings.start(),
        wanted,
        expected,
        RelightJob.SEGMENT_FRAMES,
        settings.workers());
  }

  private static long runStill(
      ClipReader reader, FrameProcessor processor, ClipTarget target, int start) {
    reader.seek(start);
    Frame frame =
        reader
            .next()
            .orElseThrow(() ->
                new UserError(
                    reader.info().path().toString(),
                    "has no frame %d".formatted(start),
                    "lower --start"));
    Supplier<FrameProcessor.Output> rest =
        processor.process(new Frame(frame.image(), 0, frame.pts(), frame.duration()));
    processor.end();
    target.writeStill(rest.get());
    return 1;
  }

  /** The sound of the input, or of the range of frames taken. */
  private static Segments.Sound sound(Request request, double fromSeconds) {
    RelightSettings settings = request.settings();
    boolean range = settings.start() > 0 || settings.frames().isPresent();
    return range
        ? Segments.Sound.from(request.input(), fromSeconds)
        : Segments.Sound.all(request.input());
  }

  private static long ptsOf(Path input, int start, ClipReader.Options reading) {
    try (ClipReader reader = ClipReader.open(input, reading)) {
      reader.seek(start);
      return reader
          .next()
          .map(Frame::pts)
          .orElseThrow(() ->
              new UserError(input.toString(), "has no frame %d".formatted(start), "lower --start"));
    }
  }

  private static void checkOutput(Request request) {
    Path output = request.output();
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UserError(
          output.toString(), "its folder does not exist", "create it or give another path");
    }
    if (!Files.isWritable(folder)) {
      throw new UserError(
          output.toString(),
          "its folder cannot be written to",
          "change its permissions or give another path");
    }
    try {
      if (Files.exists(output)
          && Files.exists(request.input())
          && Files.isSameFile(output, request.input())) {
        throw new UserError(output.toString(), "is the input itself", "give another output");
      }
      if (!request.overwrite() && Files.exists(output) && !isEmptyFolder(output)) {
        throw new UserError(
            output.toString(), "exists already", "give another name, or --overwrite");
      }
    } catch (IOException e) {
      throw UserError.of(output, e);
    }
  }

  private static boolean isEmptyFolder(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    }
  }

  private static void checkRange(Request request, ClipInfo info, Encoding encoding) {
    RelightSettings settings = request.settings();
    if (info.frameCount() >= 0 && settings.start() >= info.frameCount()) {
      throw new UserError(
          "--start",
          "is %d, but the input has %d frames".formatted(settings.start(), info.frameCount()),
          "give a number below that");
    }
    boolean oneFrame = info.still() || settings.frames().equals(Optional.of(1));
    if (encoding.container() == Encoding.Container.STILL && !oneFrame) {
      throw new UserError(
          request.output().toString(),
          "is one picture, but the input is a clip",
          "write a clip or a folder, or give --frames 1");
    }
  }

  private static Optional<PassFiles> passFiles(Request request) {
    RelightSettings.PassSettings passes = request.settings().passes();
    if (passes.names().isEmpty()) {
      return Optional.empty();
    }
    Path folder =
        passes
            .dir()
            .map(Path::of)
            .orElseGet(() ->
                request
                    .output()
                    .resolveSibling(stem(request.output().getFileName().toString()) + "-passes"));
    return Optional.of(new PassFiles(folder, passes.format()));
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return (dot > 0 ? name.substring(0, dot) : name).replaceAll("[-_.]?%0?\\d*d", "");
  }

  /** Every file that shapes the output. */
  private static List<Path> inputs(Request request) {
    RelightSettings settings = request.settings();
    List<Path> inputs = new ArrayList<>(List.of(request.input()));
    settings.env().map(Lighting::files).ifPresent(inputs::addAll);
    settings.alpha().map(Path::of).ifPresent(inputs::add);
    inputs.addAll(RelightProcessor.weights(settings));
    if (Background.parse(settings.background().source()) instanceof Background.Footage footage) {
      inputs.add(footage.path());
    }
    return inputs;
  }

  private static ClipInfo withAlpha(ClipInfo info, boolean alpha) {
    return new ClipInfo(
        info.path(),
        info.container(),
        info.codec(),
        info.width(),
        info.height(),
        info.timeBase(),
        info.frameRate(),
        info.frameCount(),
        info.durationSeconds(),
        info.variableFrameRate(),
        info.rotationDegrees(),
        info.bitsPerSample(),
        alpha,
        info.color(),
        info.audio(),
        info.still(),
        info.pixelAspect());
  }
}
