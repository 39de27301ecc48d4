package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

/** Encodes frames into a segment file, and at the end makes the final file of it. */
final class VideoSink implements FrameSink {
  /** The smallest side that OpenH264 takes; the other encoders of 4:2:0 are no better. */
  private static final int LEAST_SIDE = 16;

  private final Path out;
  private final Path temporary;
  private final boolean segment;
  private final Path audioSource;
  private final int width;
  private final int height;
  private final PictureEncoder pictures;
  private final Map<Long, Long> durations = new HashMap<>();
  private AVCodecContext codec;
  private AVFrame frame;
  private AVPacket incoming;

  /** Written when the next one comes: only then is it known not to be the last. */
  private AVPacket packet;

  private Muxer muxer;
  private AVStream stream;
  private long lastPts = Long.MIN_VALUE;
  private long lastDuration;
  private long firstPts = Long.MIN_VALUE;
  private long firstDts;
  private boolean published;

  VideoSink(
      Path out, Encoding encoding, ClipInfo like, ClipWriter.Options options, boolean segment) {
    this.out = out;
    this.segment = segment;
    audioSource = options.audioSource();
    width = like.width();
    height = like.height();
    String encoderName = encoding.encoderName();
    Libav.load();
    AVCodec encoder = avcodec_find_encoder_by_name(encoderName);
    if (encoder == null || encoder.isNull()) {
      throw new UserError(
          encoding.codec().optionName(),
          "this build of FFmpeg has no encoder " + encoderName,
          "use another codec, such as ffv1 or prores4444");
    }
    if (like.hasAlpha() && !encoding.codec().keepsAlpha()) {
      throw new UserError(
          out.toString(),
          encoding.codec().optionName() + " cannot keep the clip's alpha",
          "write .mov (ProRes 4444), .mkv (FFV1) or a PNG or EXR sequence");
    }
    boolean small = width < LEAST_SIDE || height < LEAST_SIDE;
    boolean halvesChroma =
        switch (encoding.codec()) {
          case H264, H265, AV1 -> true;
          default -> false;
        };
    if (small && halvesChroma) {
      throw new UserError(
          out.toString(),
          "%s does not take %d×%d, expected at least %d×%d"
              .formatted(encoding.codec().optionName(), width, height, LEAST_SIDE, LEAST_SIDE),
          "use ffv1 or prores4444, or a PNG sequence");
    }
    temporary = WholeFile.temporaryFor(out);
    try {
      int format = pixelFormat(encoding, like.hasAlpha());
      boolean halved = Libav.describe(format).log2_chroma_w() == 1;
      int codedWidth = halved ? width + (width & 1) : width;
      int codedHeight = halved ? height + (height & 1) : height;
      pictures = new PictureEncoder(format, codedWidth, codedHeight, encoding.color());
      openEncoder(encoder, encoding, like, options.threads(), format, codedWidth, codedHeight);
      packet = av_packet_alloc();
      incoming = av_packet_alloc();
      frame = av_frame_alloc();
      frame.width(codedWidth).height(codedHeight).format(format);
      AVCodecParameters par = avcodec_parameters_alloc();
      try {
        avcodec_parameters_from_context(par, codec);
        // FFmpeg's MOV has no AV1 and its MP4 no FFV1; both keep times and durations exactly.
        boolean mov =
            encoding.codec() == Encoding.Codec.PRORES_4444
                || encoding.codec() == Encoding.Codec.FFV1;
        muxer = new Muxer(temporary, out, mov ? "mov" : "mp4");
        stream = muxer.addStream(par, codec.time_base());
        stream.sample_aspect_ratio().num(par.sample_aspect_ratio().num());
        stream.sample_aspect_ratio().den(par.sample_aspect_ratio().den());
        stream.avg_frame_rate().num(codec.framerate().num()).den(codec.framerate().den());
      } finally {
        avcodec_parameters_free(par);
      }
      String scale = Long.toString(like.timeBase().den());
      muxer.begin(Map.of("video_track_timescale", scale, "movie_timescale", scale, "strict", "-2"));
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  private static int pixelFormat(Encoding e, boolean alpha) {
    return switch (e.codec()) {
      case FFV1 -> alpha ? AV_PIX_FMT_GBRAP16LE : AV_PIX_FMT_GBRP16LE;
      case PRORES_4444 -> alpha ? AV_PIX_FMT_YUVA444P10LE : AV_PIX_FMT_YUV444P10LE;
      default -> e.bitsPerSample() == 8 ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV420P10LE;
    };
  }

  private void openEncoder(
      AVCodec encoder, Encoding e, ClipInfo like, int threads, int format, int w, int h) {
    codec = avcodec_alloc_context3(encoder);
    codec.width(w).height(h).pix_fmt(format);
    codec.time_base().num(Math.toIntExact(like.timeBase().num()));
    codec.time_base().den(Math.toIntExact(like.timeBase().den()));
    codec.framerate().num(Math.toIntExact(like.frameRate().num()));
    codec.framerate().den(Math.toIntExact(like.frameRate().den()));
    codec.sample_aspect_ratio().num(Math.toIntExact(like.pixelAspect().num()));
    codec.sample_aspect_ratio().den(Math.toIntExact(like.pixelAspect().den()));
    ColorTags tags = e.color();
    boolean rgb = PictureDecoder.isRgb(Libav.describe(format));
    codec.color_primaries(tags.primaries().code);
    // A player shows BT.709-tagged SDR as it showed the source; an RGB master says sRGB.
    codec.color_trc(
        rgb && tags.transfer() == ColorTags.Transfer.SDR
            ? AVCOL_TRC_IEC61966_2_1
            : tags.transfer().code);
    codec.colorspace(rgb ? AVCOL_SPC_RGB : tags.matrix().code);
    codec.color_range(rgb ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG);
    if (Libav.describe(format).log2_chroma_w() == 1) {
      codec.chroma_sample_location(AVCHROMA_LOC_LEFT);
    }
    codec.gop_size(Math.clamp(Math.round(2 * like.frameRate().toDouble()), 1, 250));
    codec.thread_count(threads);
    codec.flags(codec.flags() | AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT);
    int q = e.quality();
    switch (encoder.name().getString()) {
      case "libopenh264" -> {
        // FFmpeg passes no quantiser on, so rate control is held between two equal bounds.
        int quantiser = Math.round(45 - 0.29f * q);
        set("rc_mode", "quality");
        codec.qmin(quantiser);
        codec.qmax(quantiser);
        set("allow_skip_frames", "0");
        set("profile", "high");
      }
      case "libx264" -> {
        set("crf", Float.toString(40 - 0.25f * q));
        set("preset", "medium");
      }
      case "libx265" -> {
        set("crf", Float.toString(40 - 0.25f * q));
        set("preset", "medium");
        set("x265-params", "log-level=none");
      }
      case "libsvtav1" -> {
        set("crf", Integer.toString(Math.round(63 - 0.5f * q)));
        set("preset", "8");
        set("svtav1-params", "lp=" + threads);
      }
      case "prores_ks" -> {
        codec.profile(AV_PROFILE_PRORES_4444);
        set("profile", "4444");
        set("alpha_bits", like.hasAlpha() ? "16" : "0");
        set("vendor", "apl0");
      }
      case "ffv1" -> {
        codec.level(3);
        set("slicecrc", "1");
        codec.gop_size(1);
      }
      default -> throw new IllegalStateException(encoder.name().getString());
    }
    int rc = avcodec_open2(codec, encoder, (PointerPointer<?>) null);
    if (rc < 0) {
      throw new UserError(
          out.toString(),
          "encoder %s does not take %d×%d (%s)"
              .formatted(encoder.name().getString(), w, h, Libav.reason(rc)),
          "use another size, or ffv1 or a PNG sequence");
    }
  }

  private void set(String option, String value) {
    int rc = av_opt_set(codec.priv_data(), option, value, 0);
    if (rc < 0) {
      throw new IllegalStateException(
          "encoder option %s=%s: %s".formatted(option, value, Libav.reason(rc)));
    }
  }

  @Override
  public void write(Frame f) {
    Image image = f.image();
    if (image.width() != width || image.height() != height || image.channels() < 3) {
      throw new IllegalArgumentException(
          "frame %d is %s in a colour clip of %d×%d".formatted(f.index(), image, width, height));
    }
    if (f.pts() <= lastPts) {
      throw new IllegalArgumentException(
          "frame %d at time %d follows one at %d".formatted(f.index(), f.pts(), lastPts));
    }
    lastPts = f.pts();
    lastDuration = f.duration();
    av_frame_unref(frame);
    frame.width(codec.width()).height(codec.height()).format(codec.pix_fmt());
    if (av_frame_get_buffer(frame, 0) < 0) {
      throw new OutOfMemoryError(
          "no native memory for a picture of %d×%d".formatted(width, height));
    }
    pictures.encode(image, frame);
    frame.pts(f.pts());
    frame.duration(f.duration());
    frame.color_primaries(codec.color_primaries());
    frame.color_trc(codec.color_trc());
    frame.colorspace(codec.colorspace());
    frame.color_range(codec.color_range());
    durations.put(f.pts(), f.duration());
    send(frame);
  }

  private void send(AVFrame f) {
    int rc = avcodec_send_frame(codec, f);
    if (rc < 0) {
      throw WholeFile.failed(out, "encoder: " + Libav.reason(rc));
    }
    while ((rc = avcodec_receive_packet(codec, incoming)) >= 0) {
      writePacket();
      Long duration = durations.remove(incoming.pts());
      incoming.duration(duration == null ? 0 : duration);
      if (firstPts == Long.MIN_VALUE) {
        firstPts = incoming.pts();
        firstDts = incoming.dts();
      }
      av_packet_move_ref(packet, incoming);
    }
    if (rc != AVERROR_EAGAIN() && rc != AVERROR_EOF()) {
      throw WholeFile.failed(out, "encoder: " + Libav.reason(rc));
    }
  }

  private void writePacket() {
    if (packet.size() > 0) {
      muxer.write(packet, stream, codec.time_base());
    }
  }

  @Override
  public void finish() {
    if (lastPts == Long.MIN_VALUE) {
      throw new UserError(out.toString(), "no frame to write", "check the input clip");
    }
    send(null);
    if (packet.size() > 0 && packet.pts() != lastPts) {
      // The track ends with the last packet: stretched to where the last frame shown ends.
      long end = lastPts + lastDuration - (firstPts - firstDts);
      packet.duration(Math.max(1, end - packet.dts()));
    }
    writePacket();
    muxer.finish();
    muxer.close();
    muxer = null;
    if (segment) {
      WholeFile.publish(temporary, out);
    } else {
      Segments.join(List.of(temporary), audioSource, out);
      WholeFile.discard(temporary);
    }
    published = true;
  }

  @Override
  public void close() {
    if (frame != null) {
      av_frame_free(frame);
      frame = null;
    }
    if (packet != null) {
      av_packet_free(packet);
      packet = null;
    }
    if (incoming != null) {
      av_packet_free(incoming);
      incoming = null;
    }
    if (codec != null) {
      avcodec_free_context(codec);
      codec = null;
    }
    if (muxer != null) {
      muxer.close();
      muxer = null;
    }
    if (!published) {
      WholeFile.discard(temporary);
    }
  }
}
