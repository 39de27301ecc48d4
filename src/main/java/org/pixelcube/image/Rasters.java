package org.pixelcube.image;

import java.awt.Transparency;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.List;
import java.util.Optional;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.color.Primaries;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.math.Matrix3;

/** Between {@code java.awt} rasters of codes and planar linear floats. */
final class Rasters {
  private Rasters() {}

  /**
   * The colour description that comes with a file; the first that is there counts.
   *
   * @param cicpPrimaries with {@code cicpCurve}: coding-independent code points, or null
   * @param icc profile or null
   * @param gamma exponent from signal to light, or 0
   */
  record Described(
      Primaries cicpPrimaries, TransferFunction cicpCurve, ICC_Profile icc, double gamma) {
    static final Described SRGB = new Described(null, null, null, 0);

    static Described icc(ICC_Profile profile) {
      return new Described(null, null, profile, 0);
    }
  }

  /** Decodes to linear Rec.709 with 3 or 4 channels. */
  static Image decode(BufferedImage picture, Described described) {
    Codes codes = codes(picture);
    int colors = codes.channels() <= 2 ? 1 : 3;
    int bits = codes.bits();
    SourceColor color;
    if (described.cicpPrimaries() != null) {
      color = SourceColor.of(described.cicpCurve(), bits, described.cicpPrimaries());
    } else if (described.icc() != null) {
      Optional<SourceColor> matrix = SourceColor.of(described.icc(), colors, bits);
      if (matrix.isEmpty() && colors == 3 && described.icc().getNumComponents() == 3) {
        codes = throughTables(codes, described.icc());
      }
      color = matrix.orElseGet(() -> SourceColor.of(TransferFunction.SRGB, bits));
    } else if (described.gamma() > 0) {
      color = SourceColor.power(described.gamma(), bits);
    } else {
      color = SourceColor.of(TransferFunction.SRGB, bits);
    }
    int w = codes.width();
    int h = codes.height();
    int n = w * h;
    boolean alpha = codes.channels() % 2 == 0;
    float[] out = new float[Math.multiplyExact(alpha ? 4 : 3, n)];
    List<short[]> planes = codes.planes();
    for (int c = 0; c < 3; c++) {
      lookUp(planes.get(colors == 1 ? 0 : c), color.tables().get(c), out, c * n);
    }
    if (alpha) {
      lookUp(planes.get(colors), TransferFunction.LINEAR.decodeTable(bits), out, 3 * n);
    }
    if (colors == 3 && !color.transform().matrix().equals(Matrix3.IDENTITY)) {
      color.transform().apply(out, out, n);
    }
    return Image.rgb(w, h, out);
  }

  /** The codes divided by the largest, in as many channels as the file has. */
  static Image decodeData(BufferedImage picture) {
    Codes codes = codes(picture);
    int n = codes.width() * codes.height();
    float[] table = TransferFunction.LINEAR.decodeTable(codes.bits());
    float[] out = new float[Math.multiplyExact(codes.channels(), n)];
    for (int c = 0; c < codes.channels(); c++) {
      lookUp(codes.planes().get(c), table, out, c * n);
    }
    return Image.data(codes.width(), codes.height(), codes.channels(), out);
  }

  private static void lookUp(short[] codes, float[] table, float[] out, int at) {
    for (int i = 0; i < codes.length; i++) {
      out[at + i] = table[codes[i] & 0xFFFF];
    }
  }

  /** Unsigned codes, plane after plane: grey, grey and alpha, RGB, or RGB and alpha. */
  private record Codes(int width, int height, int bits, List<short[]> planes) {
    int channels() {
      return planes.size();
    }
  }

  private static Codes codes(BufferedImage picture) {
    Raster raster = picture.getRaster();
    int w = raster.getWidth();
    int h = raster.getHeight();
    if (picture.getColorModel() instanceof IndexColorModel palette) {
      return indexed(raster, palette);
    }
    int bands = raster.getNumBands();
    int type = raster.getTransferType();
    if (bands > 4 || (type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT)) {
      throw new IllegalArgumentException(
          "%d channels of storage type %d (expected up to 4 of 8 or 16 bits)"
              .formatted(bands, type));
    }
    short[][] planes = new short[bands][w * h];
    if (type == DataBuffer.TYPE_BYTE) {
      byte[] row = new byte[bands * w];
      for (int y = 0; y < h; y++) {
        raster.getDataElements(0, y, w, 1, row);
        for (int c = 0; c < bands; c++) {
          short[] plane = planes[c];
          for (int x = 0, i = c, o = y * w; x < w; x++, i += bands, o++) {
            plane[o] = (short) (row[i] & 0xFF);
          }
        }
      }
      return new Codes(w, h, 8, List.of(planes));
    }
    short[] row = new short[bands * w];
    for (int y = 0; y < h; y++) {
      raster.getDataElements(0, y, w, 1, row);
      for (int c = 0; c < bands; c++) {
        short[] plane = planes[c];
        for (int x = 0, i = c, o = y * w; x < w; x++, i += bands, o++) {
          plane[o] = row[i];
        }
      }
    }
    return new Codes(w, h, 16, List.of(planes));
  }

  private static Codes indexed(Raster raster, IndexColorModel palette) {
    int w = raster.getWidth();
    int h = raster.getHeight();
    int size = palette.getMapSize();
    boolean grey = true;
    for (int i = 0; i < size; i++) {
      grey &= palette.getRed(i) == palette.getGreen(i) && palette.getRed(i) == palette.getBlue(i);
    }
    int colors = grey ? 1 : 3;
    short[][] planes = new short[palette.hasAlpha() ? colors + 1 : colors][w * h];
    int[] row = new int[w];
    for (int y = 0; y < h; y++) {
      raster.getSamples(0, y, w, 1, 0, row);
      for (int x = 0, o = y * w; x < w; x++, o++) {
        // An index beyond the palette is an error of the file; the last entry stands in.
        int i = Math.min(row[x], size - 1);
        planes[0][o] = (short) palette.getRed(i);
        if (colors == 3) {
          planes[1][o] = (short) palette.getGreen(i);
          planes[2][o] = (short) palette.getBlue(i);
        }
        if (palette.hasAlpha()) {
          planes[colors][o] = (short) palette.getAlpha(i);
        }
      }
    }
    return new Codes(w, h, 8, List.of(planes));
  }

  /** Converts RGB codes of a profile with tables to sRGB codes of the same depth. */
  private static Codes throughTables(Codes codes, ICC_Profile profile) {
    int w = codes.width();
    int h = codes.height();
    int type = codes.bits() == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
    WritableRaster from = Raster.createInterleavedRaster(type, w, h, 3, null);
    WritableRaster to = Raster.createInterleavedRaster(type, w, h, 3, null);
    int[] row = new int[w];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          row[x] = codes.planes().get(c)[y * w + x] & 0xFFFF;
        }
        from.setSamples(0, y, w, 1, c, row);
      }
    }
    ICC_Profile srgb = ICC_Profile.getInstance(java.awt.color.ColorSpace.CS_sRGB);
    new ColorConvertOp(new ICC_Profile[] {profile, srgb}, null).filter(from, to);
    short[][] planes = codes.planes().toArray(new short[0][]);
    for (int c = 0; c < 3; c++) {
      planes[c] = new short[w * h];
      for (int y = 0; y < h; y++) {
        to.getSamples(0, y, w, 1, c, row);
        for (int x = 0; x < w; x++) {
          planes[c][y * w + x] = (short) row[x];
        }
      }
    }
    return new Codes(w, h, codes.bits(), List.of(planes));
  }

  /**
   * Codes of a picture, interleaved: colour by the sRGB curve, {@link ColorSpace#DATA} and alpha
   * without one.
   */
  static WritableRaster encode(Image image, int bits) {
    int w = image.width();
    int h = image.height();
    int channels = image.channels();
    int n = w * h;
    short[] plane = new short[n];
    int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
    WritableRaster raster = Raster.createInterleavedRaster(type, w, h, channels, null);
    DataBuffer buffer = raster.getDataBuffer();
    for (int c = 0; c < channels; c++) {
      boolean alpha = channels % 2 == 0 && c == channels - 1;
      boolean data = alpha || image.space() == ColorSpace.DATA;
      TransferFunction curve = data ? TransferFunction.LINEAR : TransferFunction.SRGB;
      curve.encode(image.samples(), c * n, bits, plane, 0, n);
      if (buffer instanceof DataBufferByte bytes) {
        byte[] to = bytes.getData();
        for (int i = 0, o = c; i < n; i++, o += channels) {
          to[o] = (byte) plane[i];
        }
      } else if (buffer instanceof DataBufferUShort shorts) {
        short[] to = shorts.getData();
        for (int i = 0, o = c; i < n; i++, o += channels) {
          to[o] = plane[i];
        }
      }
    }
    return raster;
  }

  /** A picture over this raster, for a writer. */
  static BufferedImage wrap(WritableRaster raster) {
    int bands = raster.getNumBands();
    boolean alpha = bands % 2 == 0;
    var model =
        new ComponentColorModel(
            java.awt.color.ColorSpace.getInstance(
                bands <= 2 ? java.awt.color.ColorSpace.CS_GRAY : java.awt.color.ColorSpace.CS_sRGB),
            alpha,
            false,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            raster.getTransferType());
    return new BufferedImage(model, raster, false, null);
  }
}
