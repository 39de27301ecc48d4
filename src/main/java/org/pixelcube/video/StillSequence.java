package org.pixelcube.video;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.Repaired;

/** A numbered sequence of stills, or a single one, as a clip; the time base is one frame. */
final class StillSequence implements FrameSource {
  private static final Pattern NUMBER = Pattern.compile("%0?(\\d*)d");
  private static final List<String> EXTENSIONS =
      List.of("png", "exr", "jpg", "jpeg", "hdr", "tif", "tiff", "webp", "bmp");

  private final List<Path> files;
  private final ClipReader.Options options;
  private final ClipInfo info;
  private Image first;
  private long next;

  private StillSequence(Path path, List<Path> files, boolean still, ClipReader.Options options) {
    this.files = files;
    this.options = options;
    PictureFile.Decoded d = PictureFile.decode(files.getFirst(), options.maxPixels());
    first = usable(d.image());
    Rational rate = options.sequenceRate();
    info =
        new ClipInfo(
            path,
            still ? "still" : "sequence",
            d.kind(),
            first.width(),
            first.height(),
            rate.inverse(),
            rate,
            files.size(),
            still ? 0 : files.size() / rate.toDouble(),
            false,
            0,
            d.bitsPerSample(),
            first.channels() == 4,
            d.color(),
            List.of(),
            still,
            new Rational(1, 1));
  }

  static boolean isPattern(Path path) {
    return path.getFileName() != null && NUMBER.matcher(path.getFileName().toString()).find();
  }

  /** The file of the pattern with this number; {@code %05d} is the number in five digits. */
  static Path numbered(Path pattern, long number) {
    Matcher m = NUMBER.matcher(pattern.getFileName().toString());
    if (!m.find()) {
      throw new IllegalArgumentException(pattern + " has no %d");
    }
    String digits = m.group(1).isEmpty() ? "%d" : "%0" + Integer.parseInt(m.group(1)) + "d";
    return pattern.resolveSibling(
        m.replaceFirst(Matcher.quoteReplacement(digits.formatted(number))));
  }

  static StillSequence single(Path path, ClipReader.Options options) {
    return new StillSequence(path, List.of(path), true, options);
  }

  static StillSequence open(Path path, ClipReader.Options options) {
    List<Path> files = isPattern(path) ? matching(path) : pictures(path);
    if (files.isEmpty()) {
      throw new UserError(
          path.toString(),
          "no pictures found, expected numbered files such as 0001.png or 0001.exr",
          "check the folder and the pattern");
    }
    return new StillSequence(path, files, false, options);
  }

  private static List<Path> pictures(Path folder) {
    List<Path> all = list(folder).filter(p -> EXTENSIONS.contains(extension(p))).sorted().toList();
    List<String> kinds = all.stream().map(StillSequence::extension).distinct().toList();
    if (kinds.size() > 1) {
      throw new UserError(
          folder.toString(),
          "holds pictures of several kinds (" + String.join(", ", kinds) + "), expected one",
          "name one kind with a pattern such as " + folder.resolve("%04d." + kinds.getFirst()));
    }
    return all;
  }

  private static List<Path> matching(Path pattern) {
    String name = pattern.getFileName().toString();
    Matcher m = NUMBER.matcher(name);
    if (!m.find()) {
      return List.of();
    }
    Pattern file =
        Pattern.compile(
            Pattern.quote(name.substring(0, m.start()))
                + "(\\d{1,18})"
                + Pattern.quote(name.substring(m.end())));
    record Numbered(long number, Path path) {}
    Path folder = pattern.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new UserError(folder.toString(), "no such folder", "check the name");
    }
    List<Numbered> found =
        list(folder)
            .map(p -> {
              Matcher f = file.matcher(p.getFileName().toString());
              return f.matches() ? new Numbered(Long.parseLong(f.group(1)), p) : null;
            })
            .filter(n -> n != null && numbered(pattern, n.number).endsWith(n.path.getFileName()))
            .sorted((a, b) -> Long.compare(a.number, b.number))
            .toList();
    for (int i = 1; i < found.size(); i++) {
      if (found.get(i).number != found.get(i - 1).number + 1) {
        throw new UserError(
            pattern.toString(),
            "number %d is missing after %d"
                .formatted(found.get(i - 1).number + 1, found.get(i - 1).number),
            "restore the file, or name the folder instead of a pattern to take what is there");
      }
    }
    return found.stream().map(Numbered::path).toList();
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList().stream();
    } catch (IOException e) {
      throw new UserError(
          folder.toString(), "cannot be listed", "check the permissions of the folder", e);
    }
  }

  /** Frames of a clip are finite; negative light, which wide gamuts have, stays. */
  private static Image usable(Image image) {
    Repaired r = Repaired.of(image);
    return r.notANumber() + r.infinite() > 0 ? r.image() : image;
  }

  private static String extension(Path p) {
    String name = p.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  @Override
  public ClipInfo info() {
    return info;
  }

  @Override
  public Optional<Frame> next() {
    if (next >= files.size()) {
      return Optional.empty();
    }
    long index = next++;
    Image image = first;
    first = null;
    if (image == null || index != 0) {
      Path file = files.get((int) index);
      image = usable(PictureFile.decode(file, options.maxPixels()).image());
      if (image.width() != info.width()
          || image.height() != info.height()
          || (image.channels() == 4) != info.hasAlpha()) {
        throw new UserError(
            file.toString(),
            "%d×%d with %d channels, but the sequence began with %d×%d and %d"
                .formatted(
                    image.width(),
                    image.height(),
                    image.channels(),
                    info.width(),
                    info.height(),
                    info.hasAlpha() ? 4 : 3),
            "bring all pictures to one size");
      }
    }
    return Optional.of(new Frame(image, index, index, 1));
  }

  @Override
  public <T> Optional<T> read(Function<DecodedPicture, T> use) {
    return next().map(frame -> use.apply(new Whole(frame)));
  }

  /** A picture that is light already. */
  record Whole(Frame frame) implements KeptPicture {
    @Override
    public KeptPicture kept() {
      return this;
    }

    @Override
    public long bytes() {
      return (long) Float.BYTES * frame.image().samples().length;
    }

    @Override
    public void close() {
      // Of Java's memory.
    }

    @Override
    public long index() {
      return frame.index();
    }

    @Override
    public Image image() {
      return frame.image();
    }

    @Override
    public Image region(int x, int y, int width, int height) {
      return frame.image().crop(x, y, width, height);
    }

    @Override
    public Image codes(int step) {
      return PictureDecoder.codesOf(frame.image(), step);
    }
  }

  @Override
  public void seek(long frameIndex) {
    next = frameIndex;
  }

  @Override
  public void close() {
    first = null;
    next = files.size();
  }
}
