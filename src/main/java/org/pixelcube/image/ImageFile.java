package org.pixelcube.image;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.config.UserError;

/**
 * Still pictures on disk: PNG, JPEG and Radiance, told apart by their first bytes, not their name.
 *
 * <p>Read pictures are linear Rec.709, one (grey becomes three) … four channels: 8- and 16-bit
 * samples go through the sRGB curve, or through the file's own ICC profile, cICP or gAMA chunk.
 * Colours of a wider profile may have negative components.
 */
public final class ImageFile {
  /** Most pixels a picture may have: 2²⁶, for instance 8192 × 8192. */
  public static final long MAX_PIXELS = 1L << 26;

  /** A kind of picture file. */
  public enum Format {
    PNG,
    JPEG,
    RADIANCE,
    /** Recognised, but read by the room that holds FFmpeg. */
    OPENEXR,
    UNKNOWN;

    /** The format of a file that starts with these bytes. */
    public static Format of(byte[] start) {
      if (startsWith(start, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
        return PNG;
      }
      if (startsWith(start, 0xFF, 0xD8, 0xFF)) {
        return JPEG;
      }
      if (startsWith(start, '#', '?')) {
        return RADIANCE;
      }
      return startsWith(start, 0x76, 0x2F, 0x31, 0x01) ? OPENEXR : UNKNOWN;
    }

    private static boolean startsWith(byte[] bytes, int... magic) {
      if (bytes.length < magic.length) {
        return false;
      }
      for (int i = 0; i < magic.length; i++) {
        if ((bytes[i] & 0xFF) != magic[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private ImageFile() {}

  /**
   * The format of a file by its content.
   *
   * @throws UserError if the file cannot be read
   */
  public static Format detect(Path file) {
    try (var in = Files.newInputStream(file)) {
      return Format.of(in.readNBytes(16));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads a picture to linear Rec.709: {@code (3, h, w)}, or {@code (4, h, w)} with straight alpha.
   *
   * @throws UserError if the file is missing, empty, cut short, damaged, too large or of another
   *     kind
   */
  public static Image read(Path file) {
    byte[] bytes = bytes(file);
    try {
      return switch (Format.of(bytes)) {
        case PNG -> PngCodec.read(file, bytes, false);
        case JPEG -> JpegCodec.read(file, bytes);
        case RADIANCE -> RadianceCodec.read(file, bytes);
        case OPENEXR ->
            throw new UserError(
                file.toString(),
                "is an OpenEXR file (expected PNG, JPEG or Radiance here)",
                "convert it to Radiance .hdr or 16-bit PNG");
        case UNKNOWN -> throw unknown(file, bytes);
      };
    } catch (OutOfMemoryError e) {
      throw new UserError(
          file.toString(),
          "needs more memory than the %d MiB given to Java"
              .formatted(Runtime.getRuntime().maxMemory() >> 20),
          "make the picture smaller or raise -Xmx",
          e);
    }
  }

  /**
   * Reads a picture of something that is no colour, such as a matte: the codes divided by the
   * largest code, without any curve; {@code (1, h, w)} from grey files, otherwise 2 to 4 channels.
   *
   * @throws UserError if the file is no PNG, or cannot be read
   */
  public static Image readData(Path file) {
    byte[] bytes = bytes(file);
    if (Format.of(bytes) != Format.PNG) {
      throw new UserError(
          file.toString(),
          "is not a PNG file (expected one for data such as a matte)",
          "convert it to PNG");
    }
    return PngCodec.read(file, bytes, true);
  }

  /** Options of {@link #write(Path, Image, Options)}. */
  public record Options(int bits, double quality) {
    /** 8 bits; JPEG quality 0.92. */
    public static final Options DEFAULT = new Options(8, 0.92);

    /**
     * Checks.
     *
     * @param bits of a PNG sample, 8 or 16
     * @param quality of a JPEG in (0, 1]
     */
    public Options {
      if (bits != 8 && bits != 16) {
        throw new IllegalArgumentException(bits + " bits (expected 8 or 16)");
      }
      if (!(quality > 0 && quality <= 1)) {
        throw new IllegalArgumentException("quality " + quality + " (expected above 0, to 1)");
      }
    }

    /** 16 bits a sample. */
    public static Options sixteenBit() {
      return new Options(16, DEFAULT.quality);
    }
  }

  /** Writes 8-bit PNG, JPEG or Radiance, as the name ends. */
  public static void write(Path file, Image image) {
    write(file, image, Options.DEFAULT);
  }

  /**
   * Writes a picture in the format its name ends with: {@code .png}, {@code .jpg}, {@code .jpeg},
   * {@code .hdr} or {@code .pic}. Colour is brought to Rec.709, and for PNG and JPEG coded by the
   * sRGB curve, clamped to [0, 1], NaN as 0; {@link ColorSpace#DATA} is written to PNG without a
   * curve. The file appears under its name only when it is complete.
   *
   * @param image 1, 3 or 4 channels; JPEG and Radiance hold no alpha; 2 channels go to PNG only, as
   *     data with alpha
   * @throws UserError if the name ends otherwise, the picture does not fit the format, or the disk
   *     refuses
   */
  public static void write(Path file, Image image, Options options) {
    store(file, encode(file, image, options));
  }

  /**
   * The bytes that {@link #write(Path, Image, Options)} stores.
   *
   * @param file whose name ends with the format; it is not touched
   */
  public static byte[] encode(Path file, Image image, Options options) {
    return switch (formatByName(file)) {
      case PNG -> PngCodec.encode(file, displayable(image), options.bits());
      case JPEG -> JpegCodec.encode(file, displayable(image), options.quality());
      default -> RadianceCodec.encode(file, displayable(image));
    };
  }

  private static Image displayable(Image image) {
    return image.space() == ColorSpace.DATA ? image : image.to(ColorSpace.LINEAR_REC709);
  }

  private static Format formatByName(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    String suffix = dot < 0 ? "" : name.substring(dot);
    return switch (suffix) {
      case ".png" -> Format.PNG;
      case ".jpg", ".jpeg" -> Format.JPEG;
      case ".hdr", ".pic" -> Format.RADIANCE;
      default ->
          throw new UserError(
              file.toString(),
              suffix.isEmpty()
                  ? "has no ending that tells the format"
                  : "ends with %s (expected .png, .jpg, .hdr or .pic)".formatted(suffix),
              "name it with .png, .jpg or .hdr");
    };
  }

  /** Puts the bytes under the name in one step. */
  private static void store(Path file, byte[] bytes) {
    Path folder = file.toAbsolutePath().getParent();
    Path name = file.getFileName();
    if (folder == null || name == null || !Files.isDirectory(folder)) {
      throw new UserError(
          file.toString(), "its folder does not exist", "make the folder or choose another");
    }
    Path temporary =
        folder.resolve("." + name + "." + Long.toHexString(System.nanoTime()) + ".part");
    try {
      try {
        Files.write(temporary, bytes);
        try {
          Files.move(
              temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
          Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        }
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UserError(
          file.toString(),
          "could not be written (%s)".formatted(cause(e)),
          "check the space and the permissions of its folder",
          e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      long size = Files.size(file);
      if (size > Integer.MAX_VALUE - 16) {
        throw new UserError(
            file.toString(),
            "has %d bytes (expected less than 2 GiB)".formatted(size),
            "make it smaller");
      }
      if (Files.isDirectory(file)) {
        throw new UserError(
            file.toString(), "is a folder (expected a picture file)", "name a file in it");
      }
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length == 0) {
        throw new UserError(
            file.toString(), "is empty (0 bytes)", "make or download the file again");
      }
      return bytes;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static UserError unreadable(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new UserError(file.toString(), "does not exist", "check the path", e);
    }
    return new UserError(
        file.toString(),
        "could not be read (%s)".formatted(cause(e)),
        "check the file and its permissions",
        e);
  }

  private static UserError unknown(Path file, byte[] bytes) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      hex.append("%02x".formatted(bytes[i] & 0xFF));
    }
    return new UserError(
        file.toString(),
        "is no picture of a known kind, it starts with the bytes %s (expected PNG, JPEG or Radiance)"
            .formatted(hex),
        "convert it to PNG");
  }

  /** The error for a picture with more pixels than are allowed, or with none. */
  static void checkSize(Path file, long width, long height) {
    if (width <= 0 || height <= 0) {
      throw new UserError(
          file.toString(),
          "says it has %d×%d pixels (expected at least 1×1)".formatted(width, height),
          "make or download the file again");
    }
    if (width > MAX_PIXELS || height > MAX_PIXELS || width * height > MAX_PIXELS) {
      throw new UserError(
          file.toString(),
          "has %d×%d pixels (expected at most %d in all)".formatted(width, height, MAX_PIXELS),
          "make the picture smaller");
    }
  }

  /** The error for a file that breaks off or contradicts its format. */
  static UserError damaged(Path file, String what, Throwable cause) {
    return new UserError(
        file.toString(), "is damaged: " + what, "make or download the file again", cause);
  }

  private static String cause(IOException e) {
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
