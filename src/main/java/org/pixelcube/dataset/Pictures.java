package org.pixelcube.dataset;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.image.Image;

/** Pictures in memory, encoded as sRGB in PNG or JPEG. */
final class Pictures {
  private Pictures() {}

  /** A picture of three channels as an 8-bit PNG. */
  static byte[] png(Image linear) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(encoded(linear), "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * A picture through an 8-bit JPEG, colour at half the resolution, and back.
   *
   * @param quality 0 to 1
   */
  static BufferedImage throughJpeg(BufferedImage picture, double quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality((float) quality);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, null), param);
      stream.flush();
      return ImageIO.read(new ByteArrayInputStream(out.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }

  /** The first three channels of a linear picture as 8-bit sRGB codes, what is beyond cut off. */
  static BufferedImage encoded(Image linear) {
    int w = linear.width();
    int h = linear.height();
    int n = w * h;
    byte[] codes = new byte[3 * n];
    float[] samples = linear.samples();
    for (int c = 0; c < 3; c++) {
      TransferFunction.SRGB.encode(samples, c * n, codes, c * n, n);
    }
    BufferedImage picture = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[w];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int i = y * w + x;
        row[x] =
            ((codes[i] & 0xFF) << 16) | ((codes[n + i] & 0xFF) << 8) | (codes[2 * n + i] & 0xFF);
      }
      picture.setRGB(0, y, w, 1, row, 0, w);
    }
    return picture;
  }

  /** A picture of sRGB codes as linear Rec.709, {@code (3, h, w)}. */
  static Image linear(BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    Raster raster = picture.getRaster();
    int bands = raster.getNumBands();
    float[] out = new float[3 * w * h];
    int[] row = new int[w];
    for (int c = 0; c < 3; c++) {
      int band = bands >= 3 ? c : 0;
      int bits = raster.getSampleModel().getSampleSize(band);
      float[] table = TransferFunction.SRGB.decodeTable(bits);
      for (int y = 0; y < h; y++) {
        raster.getSamples(0, y, w, 1, band, row);
        for (int x = 0; x < w; x++) {
          out[(c * h + y) * w + x] = table[row[x]];
        }
      }
    }
    return Image.rgb(w, h, out);
  }

  /**
   * Decodes an encoded picture.
   *
   * @throws org.pixelcube.config.UserError if it cannot be read
   */
  static Image decode(String name, byte[] bytes) {
    try {
      BufferedImage picture = ImageIO.read(new ByteArrayInputStream(bytes));
      if (picture != null) {
        return linear(picture);
      }
    } catch (IOException | RuntimeException e) {
      throw Clip.damaged(name, "the picture cannot be read", e);
    }
    throw Clip.damaged(name, "it is no picture", null);
  }
}
