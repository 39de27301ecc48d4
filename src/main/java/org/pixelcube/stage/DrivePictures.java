package org.pixelcube.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;

/**
 * Drive frames from a lossless video, from numbered pictures in a folder, or from a single picture,
 * as {@code stage drive} and {@code stage sequence} write them: code values, which are played as
 * they are. The first picture fades in from black and the last one out to black.
 */
public final class DrivePictures implements PlaybackSource {
  private final Path path;
  private final WallPixels pixels;
  private final long ramp;
  private final Optional<ClipReader> video;
  private final List<Path> files;
  private final Image first;
  private final AtomicBoolean firstTaken = new AtomicBoolean();
  private long count;
  private Image lastRead;
  private Image lastFile;

  private DrivePictures(
      Path path, WallPixels pixels, int rampFrames, Optional<ClipReader> video, List<Path> files) {
    this.path = path;
    this.pixels = pixels;
    this.ramp = rampFrames;
    this.video = video;
    this.files = files;
    this.count = video.isPresent() ? Long.MAX_VALUE / 2 : files.size();
    try {
      first =
          video.isPresent()
              ? video.get().next().orElseThrow(() -> empty(path)).image()
              : read(files.getFirst());
      lastRead = first;
      check(path, first);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static UserError empty(Path path) {
    return new UserError(path.toString(), "has no frames", "write it again");
  }

  /**
   * Opens drive frames.
   *
   * @param path a video, a folder with raster.mkv or raster-000000.png and so on (or .exr), or a
   *     picture
   * @param rampFrames of fading in, and of fading out
   * @throws UserError if there are none, or they are of another raster or rate than the rig's
   */
  public static DrivePictures open(Path path, WallPixels pixels, int rampFrames) {
    if (!Files.isDirectory(path)) {
      if (isPicture(path)) {
        return new DrivePictures(path, pixels, rampFrames, Optional.empty(), List.of(path));
      }
      return ofVideo(path, pixels, rampFrames);
    }
    List<Path> all = list(path);
    List<Path> numbered =
        all.stream()
            .filter(f -> f.getFileName().toString().matches("raster-\\d+\\.(png|exr)"))
            .toList();
    if (numbered.isEmpty() && all.contains(path.resolve("raster.mkv"))) {
      return ofVideo(path.resolve("raster.mkv"), pixels, rampFrames);
    }
    if (numbered.isEmpty()) {
      throw new UserError(
          path.toString(),
          "holds neither raster.mkv nor raster-000000.png",
          "name a folder that stage drive or stage sequence wrote");
    }
    return new DrivePictures(path, pixels, rampFrames, Optional.empty(), numbered);
  }

  private static DrivePictures ofVideo(Path path, WallPixels pixels, int rampFrames) {
    int threads = Runtime.getRuntime().availableProcessors();
    ClipReader reader = ClipReader.open(path, ClipReader.Options.DEFAULT.withThreads(threads));
    Rational found = reader.info().frameRate();
    double wanted = pixels.rig().raster().framesPerSecond();
    if (found.num() <= 0 || Math.abs(found.toDouble() - wanted) > 1e-3 * wanted) {
      reader.close();
      throw new UserError(
          path.toString(),
          found.num() <= 0
              ? String.format(Locale.ROOT, "does not tell its rate, the wall's is %s", wanted)
              : String.format(
                  Locale.ROOT,
                  "has %.4g frames a second, the wall has %s",
                  found.toDouble(),
                  wanted),
          "write it again for this rig");
    }
    return new DrivePictures(path, pixels, rampFrames, Optional.of(reader), List.of());
  }

  private static boolean isPicture(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".png") || name.endsWith(".exr");
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  /** PNG holds bare codes; so does EXR, whose values are read without a curve. */
  private static Image read(Path file) {
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      return ImageFile.readData(file);
    }
    try (ClipReader reader = ClipReader.open(file)) {
      return reader.next().orElseThrow(() -> empty(file)).image();
    }
  }

  private void check(Path file, Image image) {
    Rig.Raster raster = pixels.rig().raster();
    if (image.width() != raster.width()
        || image.height() != raster.height()
        || image.channels() < 3) {
      throw new UserError(
          file.toString(),
          "is a picture of %d×%d with %d channels, the raster has %d×%d with 3"
              .formatted(
                  image.width(), image.height(), image.channels(), raster.width(), raster.height()),
          "give the rig that it was made for");
    }
  }

  @Override
  public WallPixels pixels() {
    return pixels;
  }

  @Override
  public long frameCount() {
    if (video.isPresent()) {
      long told = video.get().info().frameCount();
      return told < 0 ? -1 : told + 2 * ramp;
    }
    return count + 2 * ramp;
  }

  @Override
  public int threads() {
    return video.isPresent() ? 1 : Runtime.getRuntime().availableProcessors();
  }

  @Override
  public double fill(long index, int[] out) {
    if (index < ramp) {
      pixels.ofCodes(first, out);
      return faded((index + 1.0) / (ramp + 1), out);
    }
    long frame = index - ramp;
    if (frame < count) {
      Image image = image(frame);
      if (image != null) {
        pixels.ofCodes(image, out);
        return pixels.meanNits(out);
      }
      count = frame;
    }
    if (frame >= count + ramp) {
      return Double.NaN;
    }
    pixels.ofCodes(last(), out);
    return faded(1 - (frame - count + 1.0) / ramp, out);
  }

  private double faded(double x, int[] out) {
    pixels.fade(out, WallPixels.easing(x), out);
    return pixels.meanNits(out);
  }

  /** A frame's picture; null after the last of a video. */
  private Image image(long frame) {
    if (frame == 0 && firstTaken.compareAndSet(false, true)) {
      return first;
    }
    if (video.isEmpty()) {
      Image image = read(files.get((int) frame));
      check(files.get((int) frame), image);
      return image;
    }
    Optional<Frame> next = video.get().next();
    if (next.isEmpty()) {
      return null;
    }
    lastRead = next.get().image();
    check(path, lastRead);
    return lastRead;
  }

  private synchronized Image last() {
    if (video.isEmpty() && lastFile == null) {
      lastFile = read(files.getLast());
      check(files.getLast(), lastFile);
    }
    return video.isPresent() ? lastRead : lastFile;
  }

  @Override
  public void close() {
    video.ifPresent(ClipReader::close);
  }
}
