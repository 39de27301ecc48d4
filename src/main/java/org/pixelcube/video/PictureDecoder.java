package org.pixelcube.video;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swscale.*;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.ffmpeg.avutil.AVComponentDescriptor;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.IntPointer;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.HlgOotf;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.image.Image;

/**
 * Turns FFmpeg's frames of any pixel format into linear light.
 *
 * <p>Luma and chroma go through swscale to 16-bit R'G'B' (bicubic chroma, within 4 of 65535 of the
 * closed form); RGB and grey are read as they are. One table then takes code values to light, so
 * that every code has the same light wherever it comes from. Keeps swscale's state between frames;
 * not for several threads.
 */
final class PictureDecoder implements AutoCloseable {
  private SwsContext scaler;
  private AVFrame converted;
  private int scalerWidth;
  private int scalerHeight;
  private int scalerFormat;
  private int scalerTarget;
  private int scalerChroma;
  private ColorTags scalerTags;

  private final Tables tables;
  private short[] shorts = new short[0];
  private byte[] bytes = new byte[0];

  private record TableKey(
      TransferFunction curve,
      int entries,
      double black,
      double white,
      DoubleUnaryOperator response) {}

  /** The tables from codes to light that were used last; decoders of one clip share them. */
  static final class Tables {
    private static final int MOST = 4;
    private final Map<TableKey, float[]> light = new LinkedHashMap<>();
    private TableKey last;
    private float[] table;

    private float[] of(TableKey key) {
      if (!key.equals(last)) {
        table = light.computeIfAbsent(key, PictureDecoder::table);
        last = key;
        if (light.size() > MOST) {
          light.remove(light.keySet().iterator().next());
        }
      }
      return table;
    }
  }

  /** What light goes through after its code; null for nothing. */
  private DoubleUnaryOperator response;

  PictureDecoder(Tables tables) {
    this.tables = tables;
  }

  /** True for formats whose samples are light in floating point. */
  static boolean isFloat(AVPixFmtDescriptor d) {
    return (d.flags() & AV_PIX_FMT_FLAG_FLOAT) != 0;
  }

  static boolean hasAlpha(AVPixFmtDescriptor d) {
    return (d.flags() & AV_PIX_FMT_FLAG_ALPHA) != 0 || (d.flags() & AV_PIX_FMT_FLAG_PAL) != 0;
  }

  /** True if the format's samples are R, G, B or grey, without luma and chroma. */
  static boolean isRgb(AVPixFmtDescriptor d) {
    return (d.flags() & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0 || d.nb_components() <= 2;
  }

  private static boolean readable(AVPixFmtDescriptor d) {
    int other =
        AV_PIX_FMT_FLAG_PAL
            | AV_PIX_FMT_FLAG_BITSTREAM
            | AV_PIX_FMT_FLAG_BAYER
            | AV_PIX_FMT_FLAG_HWACCEL;
    return isRgb(d) && (d.flags() & other) == 0;
  }

  /**
   * Decodes one frame.
   *
   * @return linear Rec.709, upright; a fourth channel if the format has alpha
   */
  Image decode(AVFrame frame, ColorTags tags, Orientation orientation) {
    int w = frame.width();
    int h = frame.height();
    AVPixFmtDescriptor d = Libav.describe(frame.format());
    boolean alpha = hasAlpha(d);
    float[] out = new float[Math.multiplyExact(Math.multiplyExact(w, h), alpha ? 4 : 3)];
    if (isFloat(d)) {
      readFloat(frame, d, tags, out, orientation);
    } else if (readable(d)) {
      readRgb(frame, d, tags, out, orientation);
    } else if (isRgb(d)) {
      AVFrame rgba = convert(frame, AV_PIX_FMT_RGBA, tags);
      readRgb(rgba, Libav.describe(AV_PIX_FMT_RGBA), full(tags), out, orientation);
    } else {
      readYuv(frame, d, tags, out, orientation);
    }
    int plane = w * h;
    if (tags.transfer() == ColorTags.Transfer.HLG) {
      HlgOotf.toDisplay(out, plane, tags.primaries().chromaticities());
    }
    if (tags.primaries() != ColorTags.Primaries.BT709) {
      ColorTransform.between(
              tags.primaries().chromaticities(), ColorTags.Primaries.BT709.chromaticities())
          .apply(out, out, plane);
    }
    return Image.rgb(orientation.width(w, h), orientation.height(w, h), out);
  }

  /**
   * Decodes one frame and passes its colours through a function.
   *
   * @param through from linear light to linear light
   */
  Image decode(
      AVFrame frame, ColorTags tags, Orientation orientation, DoubleUnaryOperator through) {
    // Where light is mixed after the table, the function comes after that.
    if (tags.transfer() == ColorTags.Transfer.HLG
        || tags.primaries() != ColorTags.Primaries.BT709
        || isFloat(Libav.describe(frame.format()))) {
      return DecodedPicture.through(decode(frame, tags, orientation), through);
    }
    response = through;
    try {
      return decode(frame, tags, orientation);
    } finally {
      response = null;
    }
  }

  /** Whether {@link #codes} can read the format: integers in planes or side by side. */
  static boolean hasCodes(AVFrame frame) {
    AVPixFmtDescriptor d = Libav.describe(frame.format());
    int other =
        AV_PIX_FMT_FLAG_PAL
            | AV_PIX_FMT_FLAG_BITSTREAM
            | AV_PIX_FMT_FLAG_BAYER
            | AV_PIX_FMT_FLAG_HWACCEL
            | AV_PIX_FMT_FLAG_FLOAT;
    return (d.flags() & other) == 0;
  }

  /** {@link DecodedPicture#codes} of a stored picture. */
  Image codes(AVFrame frame, int step) {
    AVPixFmtDescriptor d = Libav.describe(frame.format());
    boolean colour = (d.flags() & AV_PIX_FMT_FLAG_RGB) != 0 && d.nb_components() > 2;
    AVComponentDescriptor comp = d.comp(colour ? 1 : 0);
    int w = frame.width() / step;
    int h = frame.height() / step;
    boolean narrow = comp.depth() + comp.shift() <= 8;
    int size = narrow ? 1 : 2;
    int stride = comp.step() / size;
    int offset = comp.offset() / size;
    int length = (w * step - 1) * stride + offset + 1;
    ValueLayout.OfShort layout =
        JAVA_SHORT_UNALIGNED.withOrder(
            Libav.bigEndian(d) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    bytes = narrow && bytes.length < length ? new byte[length] : bytes;
    shorts = !narrow && shorts.length < length ? new short[length] : shorts;
    int mask = (1 << comp.depth()) - 1;
    int shift = comp.shift();
    int[] sums = new int[w];
    float scale = 1f / ((float) mask * step * step);
    float[] out = new float[w * h];
    for (int y = 0; y < h * step; y++) {
      MemorySegment row = Libav.row(frame, comp.plane(), y, (long) size * length);
      if (narrow) {
        MemorySegment.copy(row, JAVA_BYTE, 0, bytes, 0, length);
        for (int x = 0, i = offset; x < w; x++) {
          for (int k = 0; k < step; k++, i += stride) {
            sums[x] += (bytes[i] >> shift) & mask;
          }
        }
      } else {
        MemorySegment.copy(row, layout, 0, shorts, 0, length);
        for (int x = 0, i = offset; x < w; x++) {
          for (int k = 0; k < step; k++, i += stride) {
            sums[x] += ((shorts[i] & 0xFFFF) >> shift) & mask;
          }
        }
      }
      if (y % step == step - 1) {
        for (int x = 0; x < w; x++) {
          out[y / step * w + x] = sums[x] * scale;
          sums[x] = 0;
        }
      }
    }
    return Image.data(w, h, 1, out);
  }

  /** {@link DecodedPicture#codes} where there are none: the square root of green. */
  static Image codesOf(Image picture, int step) {
    int w = picture.width() / step;
    int h = picture.height() / step;
    float[] s = picture.samples();
    int from = picture.channels() > 2 ? picture.planeSize() : 0;
    float[] out = new float[w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        float sum = 0;
        for (int q = 0; q < step; q++) {
          for (int p = 0; p < step; p++) {
            float v = s[from + (y * step + q) * picture.width() + x * step + p];
            sum += v > 0 ? (float) Math.sqrt(v) : 0;
          }
        }
        out[y * w + x] = sum / (step * step);
      }
    }
    return Image.data(w, h, 1, out);
  }

  private static ColorTags full(ColorTags t) {
    return new ColorTags(
        t.primaries(), t.transfer(), ColorTags.Matrix.RGB, ColorTags.Range.FULL, t.assumed());
  }

  private void readYuv(
      AVFrame frame, AVPixFmtDescriptor d, ColorTags tags, float[] out, Orientation o) {
    AVFrame rgb = convert(frame, AV_PIX_FMT_GBRP16LE, tags);
    int depth = d.comp(0).depth();
    // swscale widens codes by shifting: the white of 8 bits is 255·256, of 10 bits 1023·64.
    double white =
        tags.range() == ColorTags.Range.FULL
            ? (double) ((1 << depth) - 1) * (1 << (16 - depth))
            : 255 * 256;
    float[] light = table(tags.transfer().curve, 1 << 16, 0, white);
    for (int c = 0; c < 3; c++) {
      read16(rgb, c == 0 ? 2 : c - 1, light, out, c, o);
    }
    if (hasAlpha(d)) {
      readComponent(frame, d, 3, straight(d, 3), out, 3, o);
    }
  }

  private void readRgb(
      AVFrame frame, AVPixFmtDescriptor d, ColorTags tags, float[] out, Orientation o) {
    boolean grey = d.nb_components() <= 2;
    int depth = d.comp(0).depth();
    int max = (1 << depth) - 1;
    boolean limited = tags.range() == ColorTags.Range.LIMITED;
    double black = limited ? 16 << (depth - 8) : 0;
    double white = limited ? 235 << (depth - 8) : max;
    for (int c = 0; c < 3; c++) {
      if (grey && c > 0) {
        System.arraycopy(out, 0, out, c * out.length / channels(d), out.length / channels(d));
        continue;
      }
      int ownDepth = d.comp(c).depth();
      float[] light =
          ownDepth == depth
              ? table(tags.transfer().curve, max + 1, black, white)
              : table(tags.transfer().curve, 1 << ownDepth, 0, (1 << ownDepth) - 1);
      readComponent(frame, d, c, light, out, c, o);
    }
    if (hasAlpha(d)) {
      int c = d.nb_components() - 1;
      readComponent(frame, d, c, straight(d, c), out, 3, o);
    }
  }

  private static int channels(AVPixFmtDescriptor d) {
    return hasAlpha(d) ? 4 : 3;
  }

  private static float[] straight(AVPixFmtDescriptor d, int component) {
    float[] t = new float[1 << d.comp(component).depth()];
    for (int i = 0; i < t.length; i++) {
      t[i] = (float) (i / (double) (t.length - 1));
    }
    return t;
  }

  private float[] table(TransferFunction curve, int entries, double black, double white) {
    return tables.of(new TableKey(curve, entries, black, white, response));
  }

  private static float[] table(TableKey key) {
    float[] table = new float[key.entries];
    for (int i = 0; i < key.entries; i++) {
      float light = (float) key.curve.toLinear((i - key.black) / (key.white - key.black));
      table[i] = key.response == null ? light : (float) key.response.applyAsDouble(light);
    }
    return table;
  }

  /**
   * Reads component {@code c} of an integer format through {@code light} into channel {@code to}.
   */
  private void readComponent(
      AVFrame frame,
      AVPixFmtDescriptor d,
      int c,
      float[] light,
      float[] out,
      int to,
      Orientation o) {
    AVComponentDescriptor comp = d.comp(c);
    int p = comp.plane();
    int w = frame.width();
    int h = frame.height();
    int step = comp.step();
    int shift = comp.shift();
    int mask = light.length - 1;
    int dx = o.stepX(w, h);
    int dy = o.stepY(w, h);
    int start = to * w * h + o.start(w, h);
    if (comp.depth() + shift <= 8) {
      int length = (w - 1) * step + comp.offset() + 1;
      bytes = bytes.length < length ? new byte[length] : bytes;
      for (int y = 0; y < h; y++) {
        MemorySegment.copy(Libav.row(frame, p, y, length), JAVA_BYTE, 0, bytes, 0, length);
        int j = start + y * dy;
        for (int x = 0, i = comp.offset(); x < w; x++, i += step, j += dx) {
          out[j] = light[(bytes[i] >> shift) & mask];
        }
      }
      return;
    }
    ValueLayout.OfShort layout =
        JAVA_SHORT_UNALIGNED.withOrder(
            Libav.bigEndian(d) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int offset = comp.offset() / 2;
    int stride = step / 2;
    int length = (w - 1) * stride + offset + 1;
    shorts = shorts.length < length ? new short[length] : shorts;
    for (int y = 0; y < h; y++) {
      MemorySegment.copy(Libav.row(frame, p, y, 2L * length), layout, 0, shorts, 0, length);
      int j = start + y * dy;
      for (int x = 0, i = offset; x < w; x++, i += stride, j += dx) {
        out[j] = light[((shorts[i] & 0xFFFF) >> shift) & mask];
      }
    }
  }

  /** Reads a plane of 16-bit little-endian codes. */
  private void read16(AVFrame frame, int p, float[] light, float[] out, int to, Orientation o) {
    int w = frame.width();
    int h = frame.height();
    int dx = o.stepX(w, h);
    int dy = o.stepY(w, h);
    int start = to * w * h + o.start(w, h);
    ValueLayout.OfShort layout = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    shorts = shorts.length < w ? new short[w] : shorts;
    short[] codes = shorts;
    for (int y = 0; y < h; y++) {
      MemorySegment.copy(Libav.row(frame, p, y, 2L * w), layout, 0, codes, 0, w);
      int j = start + y * dy;
      if (dx == 1) {
        for (int x = 0; x < w; x++) {
          out[j + x] = light[codes[x] & 0xFFFF];
        }
      } else {
        for (int x = 0; x < w; x++, j += dx) {
          out[j] = light[codes[x] & 0xFFFF];
        }
      }
    }
  }

  private void readFloat(
      AVFrame frame, AVPixFmtDescriptor d, ColorTags tags, float[] out, Orientation o) {
    int w = frame.width();
    int h = frame.height();
    int dx = o.stepX(w, h);
    int dy = o.stepY(w, h);
    int channels = channels(d);
    boolean grey = d.nb_components() <= 2;
    ByteOrder order = Libav.bigEndian(d) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    float[] row = new float[0];
    for (int c = 0; c < channels; c++) {
      int source = grey ? (c == 3 ? 1 : 0) : c;
      AVComponentDescriptor comp = d.comp(source);
      int size = comp.depth() / 8;
      int stride = comp.step() / size;
      int offset = comp.offset() / size;
      int length = (w - 1) * stride + offset + 1;
      row = row.length < length ? new float[length] : row;
      shorts = shorts.length < length ? new short[length] : shorts;
      int start = c * w * h + o.start(w, h);
      for (int y = 0; y < h; y++) {
        MemorySegment from = Libav.row(frame, comp.plane(), y, (long) size * length);
        if (size == 2) {
          MemorySegment.copy(from, JAVA_SHORT_UNALIGNED.withOrder(order), 0, shorts, 0, length);
          for (int i = 0; i < length; i++) {
            row[i] = Float.float16ToFloat(shorts[i]);
          }
        } else {
          MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED.withOrder(order), 0, row, 0, length);
        }
        int j = start + y * dy;
        for (int x = 0, i = offset; x < w; x++, i += stride, j += dx) {
          out[j] = row[i];
        }
      }
    }
    if (tags.transfer() != ColorTags.Transfer.LINEAR) {
      TransferFunction curve = tags.transfer().curve;
      for (int i = 0; i < 3 * w * h; i++) {
        out[i] = (float) curve.toLinear(out[i]);
      }
    }
  }

  /** Runs swscale; the frame that comes back is valid until the next call. */
  private AVFrame convert(AVFrame frame, int target, ColorTags tags) {
    int w = frame.width();
    int h = frame.height();
    int format = withoutRange(frame.format());
    if (scaler == null
        || w != scalerWidth
        || h != scalerHeight
        || format != scalerFormat
        || target != scalerTarget
        || frame.chroma_location() != scalerChroma
        || !tags.equals(scalerTags)) {
      close();
      AVPixFmtDescriptor d = Libav.describe(format);
      scaler = sws_alloc_context();
      scaler.src_w(w).src_h(h).dst_w(w).dst_h(h).src_format(format).dst_format(target);
      scaler.flags(SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP);
      setChromaPosition(scaler, d, frame.chroma_location());
      if (sws_init_context(scaler, null, null) < 0) {
        close();
        throw new IllegalStateException(
            "no conversion from " + av_get_pix_fmt_name(frame.format()).getString());
      }
      IntPointer matrix = sws_getCoefficients(coefficients(tags.matrix()));
      int range = tags.range() == ColorTags.Range.FULL ? 1 : 0;
      sws_setColorspaceDetails(scaler, matrix, range, matrix, 1, 0, 1 << 16, 1 << 16);
      converted = av_frame_alloc();
      converted.width(w);
      converted.height(h);
      converted.format(target);
      if (av_frame_get_buffer(converted, 0) < 0) {
        close();
        throw new OutOfMemoryError("no native memory for a picture of %d×%d".formatted(w, h));
      }
      scalerWidth = w;
      scalerHeight = h;
      scalerFormat = format;
      scalerTarget = target;
      scalerChroma = frame.chroma_location();
      scalerTags = tags;
    }
    int rows =
        sws_scale(
            scaler, frame.data(), frame.linesize(), 0, h, converted.data(), converted.linesize());
    if (rows != h) {
      throw new IllegalStateException("swscale converted %d of %d rows".formatted(rows, h));
    }
    return converted;
  }

  /** The old names for full range, which swscale would take over the tags. */
  private static int withoutRange(int format) {
    if (format == AV_PIX_FMT_YUVJ420P) {
      return AV_PIX_FMT_YUV420P;
    } else if (format == AV_PIX_FMT_YUVJ422P) {
      return AV_PIX_FMT_YUV422P;
    } else if (format == AV_PIX_FMT_YUVJ444P) {
      return AV_PIX_FMT_YUV444P;
    } else if (format == AV_PIX_FMT_YUVJ440P) {
      return AV_PIX_FMT_YUV440P;
    } else if (format == AV_PIX_FMT_YUVJ411P) {
      return AV_PIX_FMT_YUV411P;
    }
    return format;
  }

  /** Where chroma lies, in 1/256 of a chroma sample; MPEG-2's place if the stream does not say. */
  private static void setChromaPosition(SwsContext s, AVPixFmtDescriptor d, int location) {
    boolean centredX =
        location == AVCHROMA_LOC_CENTER
            || location == AVCHROMA_LOC_TOP
            || location == AVCHROMA_LOC_BOTTOM;
    boolean top = location == AVCHROMA_LOC_TOPLEFT || location == AVCHROMA_LOC_TOP;
    boolean bottom = location == AVCHROMA_LOC_BOTTOMLEFT || location == AVCHROMA_LOC_BOTTOM;
    if (d.log2_chroma_w() == 1) {
      s.src_h_chr_pos(centredX ? 128 : 0);
    }
    if (d.log2_chroma_h() == 1) {
      s.src_v_chr_pos(top ? 0 : bottom ? 256 : 128);
    }
  }

  private static int coefficients(ColorTags.Matrix m) {
    return switch (m) {
      case RGB, BT709 -> SWS_CS_ITU709;
      case FCC -> SWS_CS_FCC;
      case BT601 -> SWS_CS_ITU601;
      case SMPTE240M -> SWS_CS_SMPTE240M;
      case BT2020 -> SWS_CS_BT2020;
    };
  }

  @Override
  public void close() {
    if (scaler != null) {
      sws_freeContext(scaler);
      scaler = null;
    }
    if (converted != null) {
      av_frame_free(converted);
      converted = null;
    }
  }
}
