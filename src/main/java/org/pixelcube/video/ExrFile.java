package org.pixelcube.video;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

/**
 * OpenEXR pictures, scene-linear.
 *
 * <p>Reads scan-line and tiled files with half, float or uint channels and every compression but
 * B44 of odd layout; of several layers the unnamed one, R, G, B and A or Y. The picture is the
 * display window; outside the data window it is black and clear. EXR colour is premultiplied by its
 * alpha, {@link Image} is not: both ways convert. Primaries are taken to be Rec.709. Infinite
 * samples, which half files of the sun have, come through: see {@link
 * org.pixelcube.image.Repaired}.
 */
public final class ExrFile {
  private static final int DEEP = 0x800;
  private static final int MULTIPART = 0x1000;

  /** Rows in a block by compression: none, RLE, ZIPS, ZIP, PIZ, PXR24, B44, B44A, DWAA, DWAB. */
  private static final int[] ROWS = {1, 1, 1, 16, 32, 16, 32, 32, 32, 256};

  private ExrFile() {}

  /** How samples are stored. */
  public enum Samples {
    /** 16 bits, up to 65504, about three digits. */
    HALF,
    /** 32 bits, lossless. */
    FLOAT
  }

  /**
   * Reads a file.
   *
   * @throws UserError if it is missing, damaged or larger than 2^26 pixels
   */
  public static Image read(Path path) {
    return read(path, Libav.DEFAULT_MAX_PIXELS);
  }

  static Image read(Path path, long maxPixels) {
    Libav.checkReadable(path);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UserError(path.toString(), "cannot be read", "check the disk and permissions", e);
    }
    int broken = brokenChunk(bytes);
    if (broken >= 0) {
      throw new UserError(
          path.toString(),
          "is damaged: it breaks off in block %d of its pixels".formatted(broken),
          "make or download the file again");
    }
    return decode(path, bytes, maxPixels);
  }

  /**
   * The first block of pixels that the file does not hold whole, or −1: FFmpeg would leave it
   * black. By the layout of "OpenEXR File Layout" (ASWF): attributes, offsets, blocks; files of
   * several parts are not looked at, and a header that makes no sense is left to FFmpeg.
   */
  private static int brokenChunk(byte[] bytes) {
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if ((b.getInt(4) & (DEEP | MULTIPART)) != 0) {
        return -1;
      }
      long width = 0;
      long height = 0;
      long tileWidth = 0;
      long tileHeight = 0;
      int rows = 1;
      b.position(8);
      for (String name = name(b); !name.isEmpty(); name = name(b)) {
        name(b);
        int size = b.getInt();
        int at = b.position();
        switch (name) {
          case "compression" -> rows = ROWS[Math.min(b.get(at), ROWS.length - 1)];
          case "dataWindow" -> {
            width = (long) b.getInt(at + 8) - b.getInt(at) + 1;
            height = (long) b.getInt(at + 12) - b.getInt(at + 4) + 1;
          }
          case "tiles" -> {
            tileWidth = b.getInt(at);
            tileHeight = b.getInt(at + 4);
          }
          default -> {}
        }
        b.position(Math.addExact(at, size));
      }
      boolean tiled = tileWidth > 0 && tileHeight > 0;
      long count =
          tiled
              ? Math.ceilDiv(width, tileWidth) * Math.ceilDiv(height, tileHeight)
              : Math.ceilDiv(height, (long) rows);
      int sizeAt = tiled ? 16 : 4;
      for (int i = 0; i < count; i++) {
        long offset = b.remaining() >= 8 ? b.getLong() : -1;
        if (offset <= 0
            || offset + sizeAt + 4 > bytes.length
            || offset + sizeAt + 4 + b.getInt((int) offset + sizeAt) > bytes.length) {
          return i;
        }
      }
      return -1;
    } catch (RuntimeException _) {
      return -1;
    }
  }

  /** A text up to its NUL. */
  private static String name(ByteBuffer b) {
    StringBuilder text = new StringBuilder();
    for (byte c = b.get(); c != 0; c = b.get()) {
      text.append((char) c);
    }
    return text.toString();
  }

  private static Image decode(Path path, byte[] bytes, long maxPixels) {
    Libav.load();
    AVCodec decoder = avcodec_find_decoder(AV_CODEC_ID_EXR);
    AVCodecContext codec = avcodec_alloc_context3(decoder);
    AVPacket packet = av_packet_alloc();
    AVFrame frame = av_frame_alloc();
    try (PictureDecoder pictures = new PictureDecoder(new PictureDecoder.Tables())) {
      codec.max_pixels(maxPixels);
      codec.thread_count(1);
      int rc = avcodec_open2(codec, decoder, (PointerPointer<?>) null);
      rc = rc < 0 ? rc : av_new_packet(packet, bytes.length);
      if (rc >= 0) {
        MemorySegment to = Libav.memory(packet.data().address(), bytes.length);
        MemorySegment.copy(bytes, 0, to, JAVA_BYTE, 0, bytes.length);
        rc = avcodec_send_packet(codec, packet);
      }
      rc = rc < 0 ? rc : avcodec_receive_frame(codec, frame);
      if (rc < 0) {
        throw new UserError(
            path.toString(),
            "not an OpenEXR picture that can be decoded (%s)".formatted(Libav.reason(rc)),
            "check that the file is complete and at most %d pixels".formatted(maxPixels));
      }
      ColorTags tags =
          new ColorTags(
              ColorTags.Primaries.BT709,
              ColorTags.Transfer.LINEAR,
              ColorTags.Matrix.RGB,
              ColorTags.Range.FULL,
              true);
      Image image = pictures.decode(frame, tags, Orientation.UPRIGHT);
      unpremultiply(image);
      return image;
    } finally {
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(codec);
    }
  }

  /** In place, on an image not yet handed out. */
  private static void unpremultiply(Image image) {
    if (image.channels() != 4) {
      return;
    }
    float[] s = image.samples();
    int n = image.planeSize();
    for (int i = 0; i < n; i++) {
      float a = s[3 * n + i];
      if (a > 0 && a != 1) {
        for (int c = 0; c < 3; c++) {
          s[c * n + i] /= a;
        }
      }
    }
  }

  /**
   * Writes an image of 1 (as grey), 3 or 4 channels, ZIP-compressed in blocks of 16 rows; colour in
   * another space than Rec.709 is written as it is.
   *
   * @throws UserError if the file cannot be written
   */
  public static void write(Path path, Image image, Samples samples) {
    WholeFile.write(path, encode(image, samples));
  }

  static byte[] encode(Image image, Samples samples) {
    int channels = image.channels();
    if (channels != 1 && channels != 3 && channels != 4) {
      throw new IllegalArgumentException(channels + " channels (expected 1, 3 or 4)");
    }
    Libav.load();
    int w = image.width();
    int h = image.height();
    AVCodec encoder = avcodec_find_encoder(AV_CODEC_ID_EXR);
    AVCodecContext codec = avcodec_alloc_context3(encoder);
    AVPacket packet = av_packet_alloc();
    AVFrame frame = av_frame_alloc();
    try {
      codec.width(w).height(h);
      codec.pix_fmt(channels == 4 ? AV_PIX_FMT_GBRAPF32LE : AV_PIX_FMT_GBRPF32LE);
      codec.time_base().num(1).den(1);
      codec.thread_count(1);
      codec.flags(codec.flags() | AV_CODEC_FLAG_BITEXACT);
      av_opt_set(codec.priv_data(), "compression", "zip16", 0);
      av_opt_set(codec.priv_data(), "format", samples == Samples.HALF ? "half" : "float", 0);
      frame.width(w).height(h).format(codec.pix_fmt());
      int rc = avcodec_open2(codec, encoder, (PointerPointer<?>) null);
      rc = rc < 0 ? rc : av_frame_get_buffer(frame, 0);
      if (rc >= 0) {
        fill(frame, image, samples);
        rc = avcodec_send_frame(codec, frame);
      }
      rc = rc < 0 ? rc : avcodec_receive_packet(codec, packet);
      if (rc < 0) {
        throw new IllegalStateException("OpenEXR encoder: " + Libav.reason(rc));
      }
      return Libav.memory(packet.data().address(), packet.size()).toArray(JAVA_BYTE);
    } finally {
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(codec);
    }
  }

  private static void fill(AVFrame frame, Image image, Samples samples) {
    int n = image.planeSize();
    int w = image.width();
    float[] s = image.samples();
    float limit = samples == Samples.HALF ? 65504 : Float.MAX_VALUE;
    float[] row = new float[w];
    boolean alpha = image.channels() == 4;
    // FFmpeg's planes are green, blue, red, alpha.
    int[] plane = {2, 0, 1, 3};
    for (int c = 0; c < (alpha ? 4 : 3); c++) {
      int from = image.channels() == 1 ? 0 : c;
      for (int y = 0; y < image.height(); y++) {
        for (int x = 0, i = from * n + y * w; x < w; x++, i++) {
          float v = s[i];
          if (alpha && c < 3) {
            v *= s[3 * n + y * w + x];
          }
          row[x] = Math.clamp(v, -limit, limit);
        }
        MemorySegment.copy(
            row, 0, Libav.row(frame, plane[c], y, 4L * w), JAVA_FLOAT_UNALIGNED, 0, w);
      }
    }
  }
}
