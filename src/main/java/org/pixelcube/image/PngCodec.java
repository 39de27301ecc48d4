package org.pixelcube.image;

import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.color.Primaries;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.UserError;

/**
 * PNG (W3C, third edition, 2025): pixels by {@code javax.imageio}; size, checksums and the colour
 * description by walking the chunks before.
 */
final class PngCodec {
  private static final int LARGEST_PROFILE = 1 << 24;

  private PngCodec() {}

  /**
   * Decodes.
   *
   * @param data whether the samples are no colour and are to be taken without a curve
   */
  static Image read(Path file, byte[] bytes, boolean data) {
    Rasters.Described described = examine(file, bytes);
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      BufferedImage picture = reader.read(0);
      return data ? Rasters.decodeData(picture) : Rasters.decode(picture, described);
    } catch (IOException | RuntimeException e) {
      throw ImageFile.damaged(file, "its pixels cannot be decompressed", e);
    } finally {
      reader.dispose();
    }
  }

  /** Checks the chunks and finds out what the colours mean. */
  private static Rasters.Described examine(Path file, byte[] bytes) {
    ByteBuffer b = ByteBuffer.wrap(bytes);
    b.position(8);
    boolean header = false;
    boolean pixels = false;
    boolean srgb = false;
    double gamma = 0;
    ICC_Profile icc = null;
    Rasters.Described cicp = null;
    while (true) {
      if (b.remaining() < 12) {
        throw broken(file, bytes);
      }
      int at = b.position();
      int length = b.getInt();
      if (length < 0 || length > b.remaining() - 8) {
        throw broken(file, bytes);
      }
      String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
      CRC32 crc = new CRC32();
      crc.update(bytes, at + 4, length + 4);
      if ((int) crc.getValue() != b.getInt(at + 8 + length)) {
        throw ImageFile.damaged(
            file, "the checksum of its %s chunk is wrong".formatted(printable(type)), null);
      }
      int body = at + 8;
      if (!header && !type.equals("IHDR")) {
        throw ImageFile.damaged(file, "it does not start with an IHDR chunk", null);
      }
      switch (type) {
        case "IHDR" -> {
          if (length != 13) {
            throw ImageFile.damaged(
                file, "its header has %d bytes (expected 13)".formatted(length), null);
          }
          header = true;
          ImageFile.checkSize(file, b.getInt(body) & 0xFFFFFFFFL, b.getInt(body + 4) & 0xFFFFFFFFL);
        }
        case "IDAT" -> pixels = true;
        case "sRGB" -> srgb = true;
        case "gAMA" -> {
          int g = length == 4 ? b.getInt(body) : 0;
          gamma = g > 0 ? 100000.0 / g : 0;
        }
        case "iCCP" -> icc = profile(bytes, body, length);
        case "cICP" -> cicp = length == 4 ? codePoints(bytes[body], bytes[body + 1]) : null;
        default -> {}
      }
      b.position(body + length + 4);
      if (type.equals("IEND")) {
        break;
      }
    }
    if (!pixels) {
      throw ImageFile.damaged(file, "it has no pixels (no IDAT chunk)", null);
    }
    if (cicp != null) {
      return cicp;
    }
    if (icc != null) {
      return Rasters.Described.icc(icc);
    }
    // 1 / 2.2 is what writers of sRGB files put there.
    boolean plain = srgb || gamma == 0 || Math.abs(gamma - 2.2) < 0.01;
    return plain ? Rasters.Described.SRGB : new Rasters.Described(null, null, null, gamma);
  }

  private static UserError broken(Path file, byte[] bytes) {
    return ImageFile.damaged(
        file, "it breaks off after %d bytes, before its IEND chunk".formatted(bytes.length), null);
  }

  private static String printable(String type) {
    return type.replaceAll("[^A-Za-z]", "?");
  }

  /** Colour by code points of ITU-T H.273; null if they are others than those known here. */
  private static Rasters.Described codePoints(byte primaries, byte transfer) {
    Primaries p =
        switch (primaries) {
          case 1 -> Primaries.BT709;
          case 9 -> Primaries.BT2020;
          case 12 -> Primaries.P3_D65;
          default -> null;
        };
    TransferFunction t =
        switch (transfer) {
          case 1, 6, 14, 15 -> TransferFunction.BT1886;
          case 4 -> TransferFunction.GAMMA22;
          case 5 -> TransferFunction.GAMMA28;
          case 8 -> TransferFunction.LINEAR;
          case 13 -> TransferFunction.SRGB;
          case 16 -> TransferFunction.PQ;
          default -> null;
        };
    return p == null || t == null ? null : new Rasters.Described(p, t, null, 0);
  }

  /** Name, zero, method 0, then the compressed profile; null if it is not sound. */
  private static ICC_Profile profile(byte[] bytes, int at, int length) {
    int name = at;
    int end = at + length;
    while (name < end && bytes[name] != 0) {
      name++;
    }
    if (name + 2 >= end) {
      return null;
    }
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(bytes, name + 2, end - name - 2);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 13];
      while (!inflater.finished()) {
        int n = inflater.inflate(buffer);
        if (n == 0 || out.size() > LARGEST_PROFILE) {
          return null;
        }
        out.write(buffer, 0, n);
      }
      return ICC_Profile.getInstance(out.toByteArray());
    } catch (DataFormatException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Encodes 1 to 4 channels of 8 or 16 bits; colour is marked as sRGB. */
  static byte[] encode(Path file, Image image, int bits) {
    if (image.channels() > 4) {
      throw new UserError(
          file.toString(),
          "PNG holds no picture of %d channels (expected 1 to 4)".formatted(image.channels()),
          "write fewer channels");
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(image.planeSize() / 2);
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      BufferedImage picture = Rasters.wrap(Rasters.encode(image, bits));
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(picture), null);
      if (image.space() != ColorSpace.DATA) {
        IIOMetadataNode root = new IIOMetadataNode("javax_imageio_png_1.0");
        IIOMetadataNode srgb = new IIOMetadataNode("sRGB");
        srgb.setAttribute("renderingIntent", "Relative colorimetric");
        root.appendChild(srgb);
        metadata.mergeTree("javax_imageio_png_1.0", root);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, metadata), null);
    } catch (IOException e) {
      throw new IllegalStateException("PNG into memory", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
