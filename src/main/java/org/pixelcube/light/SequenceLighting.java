package org.pixelcube.light;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pixelcube.config.UserError;
import org.pixelcube.image.ImageFile;
import org.pixelcube.math.Rotation;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;

/**
 * One map after another at a frame rate, cross-faded in linear light between two. Maps are loaded
 * when they are needed and the last few kept, so a sequence of any length takes bounded memory.
 */
public final class SequenceLighting implements Lighting {
  private static final int KEPT = 4;
  private static final Pattern NUMBER = Pattern.compile("%0?(\\d*)d");

  private final int count;
  private final double framesPerSecond;
  private final IntFunction<EnvironmentMap> source;
  private final Runnable closing;
  private final Map<Double, EnvironmentMap> recent =
      new LinkedHashMap<>(2 * KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Double, EnvironmentMap> eldest) {
          return size() > KEPT;
        }
      };

  private SequenceLighting(
      int count, double framesPerSecond, IntFunction<EnvironmentMap> source, Runnable closing) {
    this.count = count;
    this.framesPerSecond = framesPerSecond;
    this.source = source;
    this.closing = closing;
  }

  /**
   * Maps from any source.
   *
   * @param source gives map 0 to {@code count} − 1, called again for a map long past
   */
  public static SequenceLighting of(
      int count, double framesPerSecond, IntFunction<EnvironmentMap> source) {
    if (count < 1) {
      throw new IllegalArgumentException(count + " maps (expected at least 1)");
    }
    if (!(framesPerSecond > 0 && framesPerSecond < Double.POSITIVE_INFINITY)) {
      throw new UserError(
          "map sequence",
          "frame rate is %s (expected above 0)".formatted(framesPerSecond),
          "give the frames per second");
    }
    return new SequenceLighting(count, framesPerSecond, source, () -> {});
  }

  /**
   * The maps of a folder in the order of their names ({@code .hdr}, {@code .pic}, {@code .exr}), or
   * of a numbered pattern such as {@code maps/%04d.hdr} from its lowest number up to the first gap.
   *
   * @throws UserError if there are none
   */
  public static SequenceLighting of(String folderOrPattern, double framesPerSecond) {
    List<Path> files = files(folderOrPattern);
    return of(files.size(), framesPerSecond, i -> EnvironmentMap.load(files.get(i)));
  }

  /**
   * The frames of a video as maps, decoded to linear light at its own frame rate.
   *
   * @throws UserError if it cannot be read or is not 2:1
   */
  public static SequenceLighting video(Path file) {
    VideoMaps maps = new VideoMaps(file);
    return new SequenceLighting(maps.count(), maps.framesPerSecond(), maps, maps::close);
  }

  /** Whether this file is a video, by its content. */
  static boolean isVideo(String text) {
    Path path = Path.of(text);
    if (!Files.isRegularFile(path) || ImageFile.detect(path) != ImageFile.Format.UNKNOWN) {
      return false;
    }
    try (ClipReader reader = ClipReader.open(path)) {
      return !reader.info().still();
    }
  }

  /** Maps from the frames of a video; forward steps decode on, others seek. */
  private static final class VideoMaps implements IntFunction<EnvironmentMap>, AutoCloseable {
    private final Path file;
    private final ClipReader reader;
    private int next;
    private EnvironmentMap last;

    VideoMaps(Path file) {
      this.file = file;
      this.reader = ClipReader.open(file);
      int w = reader.info().width();
      int h = reader.info().height();
      if (w != 2 * h) {
        reader.close();
        throw new UserError(
            file.toString(),
            "is %d×%d (expected width = 2 × height, equirectangular)".formatted(w, h),
            "give a video of environment maps, cropped or resampled to 2:1");
      }
    }

    int count() {
      long told = reader.info().frameCount();
      double seconds = reader.info().durationSeconds();
      long count = told > 0 ? told : Math.round(seconds * framesPerSecond());
      // Where the file tells neither, its last frame is held.
      return Math.clamp(count > 0 ? count : Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
    }

    double framesPerSecond() {
      return reader.info().frameRate().toDouble();
    }

    @Override
    public EnvironmentMap apply(int frame) {
      if (frame != next) {
        reader.seek(frame);
      }
      Optional<Frame> decoded = reader.next();
      next = frame + 1;
      if (decoded.isPresent()) {
        last = EnvironmentMap.of(decoded.get().image(), file.toString());
      } else if (last == null) {
        throw new UserError(
            file.toString(), "has no frame %d".formatted(frame), "give a complete video");
      }
      return last;
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  /** Whether this is a folder or a numbered pattern. */
  static boolean isSequence(String text) {
    return NUMBER.matcher(text).find() || Files.isDirectory(Path.of(text));
  }

  private static List<Path> files(String folderOrPattern) {
    Matcher number = NUMBER.matcher(Path.of(folderOrPattern).getFileName().toString());
    boolean pattern = number.find();
    Path path = Path.of(folderOrPattern);
    Path folder = pattern ? path.toAbsolutePath().getParent() : path;
    if (!Files.isDirectory(folder)) {
      throw new UserError(
          folderOrPattern,
          "is neither a folder nor a numbered pattern in one",
          "give a folder of .hdr or .exr maps, or a pattern like map-#.hdr with # as printf has it");
    }
    List<Path> found;
    try (Stream<Path> all = Files.list(folder)) {
      found = pattern ? numbered(all, number) : named(all);
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
    if (found.isEmpty()) {
      throw new UserError(
          folderOrPattern, "holds no maps (expected .hdr or .exr files)", "check the name");
    }
    return found;
  }

  private static List<Path> named(Stream<Path> all) {
    return all.filter(
            p -> {
              String name = p.getFileName().toString().toLowerCase(Locale.ROOT);
              return name.endsWith(".hdr") || name.endsWith(".exr") || name.endsWith(".pic");
            })
        .sorted()
        .toList();
  }

  private static List<Path> numbered(Stream<Path> all, Matcher number) {
    StringBuilder regex = new StringBuilder();
    number.reset();
    number.find();
    String digits = number.group(1).isEmpty() ? "1" : number.group(1);
    StringBuilder text = new StringBuilder();
    number.appendReplacement(text, "");
    regex.append(Pattern.quote(text.toString())).append("(\\d{").append(digits).append(",})");
    text.setLength(0);
    number.appendTail(text);
    regex.append(Pattern.quote(text.toString()));
    Pattern name = Pattern.compile(regex.toString());
    Map<Long, Path> byNumber = new TreeMap<>();
    all.forEach(p -> {
      Matcher m = name.matcher(p.getFileName().toString());
      if (m.matches() && m.group(1).length() < 18) {
        byNumber.put(Long.parseLong(m.group(1)), p);
      }
    });
    List<Path> files = new ArrayList<>();
    long expected = -1;
    for (Map.Entry<Long, Path> entry : byNumber.entrySet()) {
      if (expected >= 0 && entry.getKey() != expected) {
        break;
      }
      files.add(entry.getValue());
      expected = entry.getKey() + 1;
    }
    return files;
  }

  @Override
  public LightingState state(double timeSeconds) {
    double frame = Math.clamp(timeSeconds * framesPerSecond, 0, count - 1.0);
    // Times of frames are rounded: a thousandth of a frame is no fade.
    if (Math.abs(frame - Math.rint(frame)) < 1e-3) {
      frame = Math.rint(frame);
    }
    return new LightingState(map(frame), Rotation.IDENTITY, 0);
  }

  private synchronized EnvironmentMap map(double frame) {
    EnvironmentMap known = recent.get(frame);
    if (known == null) {
      int whole = (int) frame;
      known =
          frame == whole ? source.apply(whole) : map(whole).blended(map(whole + 1), frame - whole);
      recent.put(frame, known);
    }
    return known;
  }

  @Override
  public double durationSeconds() {
    return (count - 1) / framesPerSecond;
  }

  @Override
  public void close() {
    closing.run();
  }
}
