package org.pixelcube.image;

import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.pixelcube.config.UserError;

/**
 * JPEG: pixels by {@code javax.imageio}; size, number of components, Exif orientation and ICC
 * profile by walking the segments before.
 */
final class JpegCodec {
  private static final String PROFILE_MARK = "ICC_PROFILE\0";
  private static final String EXIF_MARK = "Exif\0\0";

  private JpegCodec() {}

  /** What stands before the pixels. */
  private record Header(int orientation, ICC_Profile profile) {}

  /** Decodes and turns upright. */
  static Image read(Path file, byte[] bytes) {
    Header header = examine(file, bytes);
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    AtomicReference<String> warning = new AtomicReference<>();
    // The decoder fills what is missing with grey and only warns.
    reader.addIIOReadWarningListener((source, text) -> {
      if (text.startsWith("Truncated")
          || text.startsWith("Premature")
          || (text.startsWith("Corrupt") && !text.contains("extraneous"))) {
        warning.compareAndSet(null, text);
      }
    });
    BufferedImage picture;
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      picture = reader.read(0);
    } catch (IOException | RuntimeException e) {
      throw ImageFile.damaged(file, "its pixels cannot be decompressed", e);
    } finally {
      reader.dispose();
    }
    if (warning.get() != null) {
      throw ImageFile.damaged(file, warning.get(), null);
    }
    Rasters.Described described =
        header.profile() == null ? Rasters.Described.SRGB : Rasters.Described.icc(header.profile());
    return Orientation.upright(Rasters.decode(picture, described), header.orientation());
  }

  private static Header examine(Path file, byte[] bytes) {
    ByteBuffer b = ByteBuffer.wrap(bytes);
    int orientation = 1;
    boolean frame = false;
    Map<Integer, byte[]> profile = new TreeMap<>();
    int at = 2;
    while (true) {
      // Fill bytes may stand before a marker.
      while (at < bytes.length && (bytes[at] & 0xFF) == 0xFF) {
        at++;
      }
      if (at + 3 > bytes.length) {
        throw ImageFile.damaged(
            file, "it breaks off after %d bytes, before its pixels".formatted(bytes.length), null);
      }
      int marker = bytes[at] & 0xFF;
      int length = b.getShort(at + 1) & 0xFFFF;
      int body = at + 3;
      if (bytes[at - 1] != (byte) 0xFF || length < 2 || at + 1 + length > bytes.length) {
        throw ImageFile.damaged(file, "a segment before its pixels is wrong", null);
      }
      if (marker == 0xDA) {
        break;
      }
      int n = length - 2;
      boolean startOfFrame =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (startOfFrame) {
        frame = true;
        checkFrame(file, b, body, n, marker);
      } else if (marker == 0xE1 && startsWith(bytes, body, n, EXIF_MARK)) {
        orientation = orientation(bytes, body + EXIF_MARK.length(), n - EXIF_MARK.length());
      } else if (marker == 0xE2 && n > 14 && startsWith(bytes, body, n, PROFILE_MARK)) {
        byte[] part = new byte[n - 14];
        System.arraycopy(bytes, body + 14, part, 0, part.length);
        profile.put(bytes[body + 12] & 0xFF, part);
      }
      at += 1 + length;
    }
    if (!frame) {
      throw ImageFile.damaged(file, "it has no frame header", null);
    }
    return new Header(orientation, join(profile));
  }

  private static void checkFrame(Path file, ByteBuffer b, int body, int n, int marker) {
    if (n < 6) {
      throw ImageFile.damaged(file, "its frame header is too short", null);
    }
    ImageFile.checkSize(file, b.getShort(body + 3) & 0xFFFF, b.getShort(body + 1) & 0xFFFF);
    int bits = b.get(body);
    int components = b.get(body + 5) & 0xFF;
    if (components != 1 && components != 3) {
      throw new UserError(
          file.toString(),
          "has %d colour components%s (expected 1 for grey or 3 for colour)"
              .formatted(components, components == 4 ? ", CMYK" : ""),
          "convert it to RGB");
    }
    if (bits != 8 || marker > 0xC2) {
      throw new UserError(
          file.toString(),
          "is a JPEG of %d bits, coding process %d (expected 8 bits, process 0 to 2)"
              .formatted(bits, marker - 0xC0),
          "convert it to PNG");
    }
  }

  private static boolean startsWith(byte[] bytes, int at, int n, String mark) {
    byte[] m = mark.getBytes(StandardCharsets.ISO_8859_1);
    return n >= m.length && Arrays.equals(bytes, at, at + m.length, m, 0, m.length);
  }

  private static ICC_Profile join(Map<Integer, byte[]> parts) {
    if (parts.isEmpty()) {
      return null;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.values().forEach(all::writeBytes);
    try {
      return ICC_Profile.getInstance(all.toByteArray());
    } catch (IllegalArgumentException e) {
      // A damaged profile says nothing; sRGB is what the picture most likely is.
      return null;
    }
  }

  /** Tag 0x0112 of the first directory of a TIFF structure; 1 if there is none. */
  private static int orientation(byte[] bytes, int at, int n) {
    try {
      ByteBuffer t = ByteBuffer.wrap(bytes, at, n).slice();
      t.order(t.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      int directory = t.getInt(4);
      int entries = t.getShort(directory) & 0xFFFF;
      for (int i = 0; i < entries; i++) {
        int entry = directory + 2 + 12 * i;
        if ((t.getShort(entry) & 0xFFFF) == 0x0112) {
          int value = t.getShort(entry + 8) & 0xFFFF;
          return value >= 1 && value <= 8 ? value : 1;
        }
      }
    } catch (IndexOutOfBoundsException e) {
      return 1;
    }
    return 1;
  }

  /** Encodes 1 or 3 channels. */
  static byte[] encode(Path file, Image image, double quality) {
    if (image.channels() != 1 && image.channels() != 3) {
      throw new UserError(
          file.toString(),
          "JPEG holds no picture of %d channels (expected 1 or 3)".formatted(image.channels()),
          "write PNG, or take the colour alone");
    }
    if (image.width() > 65500 || image.height() > 65500) {
      throw new UserError(
          file.toString(),
          "JPEG holds no picture of %d×%d pixels (expected at most 65500 a side)"
              .formatted(image.width(), image.height()),
          "write PNG");
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(image.planeSize() / 2);
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality((float) quality);
      writer.setOutput(out);
      BufferedImage picture = Rasters.wrap(Rasters.encode(image, 8));
      writer.write(null, new IIOImage(picture, null, null), param);
    } catch (IOException e) {
      throw new IllegalStateException("JPEG into memory", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
