package org.pixelcube.video;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;

/** Any still picture, recognised by its content, whatever its name. */
public final class PictureFile {
  private PictureFile() {}

  /** A picture and what is known of its file. */
  record Decoded(Image image, String kind, int bitsPerSample, ColorTags color) {}

  /**
   * Reads a picture: PNG, JPEG, Radiance, OpenEXR, TIFF, WebP, BMP and what else FFmpeg knows; of a
   * video the first frame.
   *
   * @return linear Rec.709, 3 channels, or 4 with straight alpha
   * @throws UserError if it is missing, damaged, no picture, or larger than 2^26 pixels
   */
  public static Image read(Path path) {
    return decode(path, Libav.DEFAULT_MAX_PIXELS).image();
  }

  /**
   * Writes a picture as the encoding says: PNG, JPEG, Radiance or OpenEXR.
   *
   * @throws UserError if the file cannot be written, or its name ends otherwise
   */
  static void write(Path file, Image image, Encoding e) {
    if (e.codec() == Encoding.Codec.EXR) {
      ExrFile.write(
          file, image, e.bitsPerSample() == 32 ? ExrFile.Samples.FLOAT : ExrFile.Samples.HALF);
    } else {
      int bits = e.bitsPerSample() == 16 ? 16 : 8;
      ImageFile.write(
          file, image, new ImageFile.Options(bits, Math.max(0.01, e.quality() / 100.0)));
    }
  }

  /** True for the content of a still, as against a video or something else. */
  static boolean isStill(Path path) {
    return ImageFile.detect(path) != ImageFile.Format.UNKNOWN || isOtherStill(path);
  }

  /** TIFF, WebP and BMP, by their first bytes. */
  private static boolean isOtherStill(Path path) {
    byte[] head;
    try (InputStream in = Files.newInputStream(path)) {
      head = in.readNBytes(16);
    } catch (IOException e) {
      throw new UserError(path.toString(), "cannot be read", "check the disk and permissions", e);
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    return text.startsWith("II*\0")
        || text.startsWith("MM\0*")
        || (text.startsWith("RIFF") && text.startsWith("WEBP", 8))
        || (text.startsWith("BM") && text.startsWith("\0\0\0\0", 6));
  }

  static Decoded decode(Path path, long maxPixels) {
    Libav.checkReadable(path);
    Decoded d =
        switch (ImageFile.detect(path)) {
          case OPENEXR ->
              new Decoded(
                  ExrFile.read(path, maxPixels), "exr", 32, tags(ColorTags.Transfer.LINEAR));
          case RADIANCE ->
              new Decoded(ImageFile.read(path), "hdr", 32, tags(ColorTags.Transfer.LINEAR));
          case PNG -> new Decoded(ImageFile.read(path), "png", 8, tags(ColorTags.Transfer.SDR));
          case JPEG -> new Decoded(ImageFile.read(path), "jpeg", 8, tags(ColorTags.Transfer.SDR));
          case UNKNOWN -> firstFrame(path, maxPixels);
        };
    Libav.checkSize(path, d.image().width(), d.image().height(), maxPixels);
    return d;
  }

  /** An image in Rec.709, as the rooms that read stills hand it out. */
  private static ColorTags tags(ColorTags.Transfer transfer) {
    return new ColorTags(
        ColorTags.Primaries.BT709, transfer, ColorTags.Matrix.RGB, ColorTags.Range.FULL, true);
  }

  private static Decoded firstFrame(Path path, long maxPixels) {
    try (VideoStream v =
        VideoStream.open(path, ClipReader.Options.DEFAULT.withMaxPixels(maxPixels))) {
      ClipInfo i = v.info();
      return new Decoded(v.next().orElseThrow().image(), i.codec(), i.bitsPerSample(), i.color());
    }
  }
}
