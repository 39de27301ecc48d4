package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.*;

import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.pixelcube.config.UserError;

/** Writes encoded packets into a file; the bytes depend on nothing but the packets. */
final class Muxer implements AutoCloseable {
  private final Path target;
  private AVFormatContext format = new AVFormatContext(null);

  /**
   * @param file where to write
   * @param target the name to give in errors
   */
  Muxer(Path file, Path target, String muxer) {
    this.target = target;
    Libav.load();
    int rc = avformat_alloc_output_context2(format, (AVOutputFormat) null, muxer, file.toString());
    if (rc < 0) {
      throw new IllegalStateException("no muxer " + muxer + ": " + Libav.reason(rc));
    }
    format.flags(format.flags() | AVFormatContext.AVFMT_FLAG_BITEXACT);
    AVIOContext io = new AVIOContext(null);
    rc = avio_open(io, Libav.url(file), AVIO_FLAG_WRITE);
    if (rc < 0) {
      avformat_free_context(format);
      format = null;
      throw WholeFile.failed(target, Libav.reason(rc));
    }
    format.pb(io);
  }

  /** True if the container takes the codec. */
  boolean takes(int codecId) {
    return avformat_query_codec(format.oformat(), codecId, 0) == 1;
  }

  /** Adds a stream with these parameters; the muxer may choose a finer time base. */
  AVStream addStream(AVCodecParameters parameters, AVRational timeBase) {
    AVStream s = avformat_new_stream(format, null);
    if (s == null || s.isNull()) {
      throw new OutOfMemoryError("no native memory for a stream");
    }
    avcodec_parameters_copy(s.codecpar(), parameters);
    s.codecpar().codec_tag(0);
    s.time_base().num(timeBase.num()).den(timeBase.den());
    return s;
  }

  void begin(Map<String, String> options) {
    Libav.withOptions(options, (AVDictionary d) -> check(avformat_write_header(format, d)));
  }

  /** Writes one packet, whose times are in {@code timeBase}; the packet is used up. */
  void write(AVPacket packet, AVStream to, AVRational timeBase) {
    packet.stream_index(to.index());
    av_packet_rescale_ts(packet, timeBase, to.time_base());
    packet.pos(-1);
    check(av_interleaved_write_frame(format, packet));
  }

  void finish() {
    check(av_write_trailer(format));
    int rc = format.pb().error();
    AVIOContext io = format.pb();
    int closed = avio_close(io);
    format.pb(null);
    check(rc < 0 ? rc : closed);
  }

  private void check(int rc) {
    if (rc < 0) {
      throw WholeFile.failed(target, Libav.reason(rc));
    }
  }

  @Override
  public void close() {
    if (format != null) {
      if (format.pb() != null && !format.pb().isNull()) {
        avio_close(format.pb());
      }
      avformat_free_context(format);
      format = null;
    }
  }

  /** The error for a codec that the container has no place for. */
  static UserError wrongContainer(Path target, String kind, String codec) {
    return new UserError(
        target.toString(),
        "%s codec %s of the source does not go into this container".formatted(kind, codec),
        "write to a .mkv file, which takes it");
  }
}
