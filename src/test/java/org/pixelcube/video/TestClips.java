package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;
import org.pixelcube.image.Image;

/** Small clips, pictures and sounds made for the tests. */
final class TestClips {
  static final Rational FPS = new Rational(25, 1);

  private TestClips() {}

  /** A smooth coloured picture that moves with {@code k}; alpha falls from left to right. */
  static Image picture(int w, int h, int k, boolean alpha) {
    int n = w * h;
    float[] s = new float[(alpha ? 4 : 3) * n];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int i = y * w + x;
        s[i] = 0.5f + 0.4f * (float) Math.sin(0.05 * x + 0.3 * k);
        s[n + i] = 0.4f + 0.3f * (float) Math.cos(0.04 * y + 0.2 * k);
        s[2 * n + i] = 0.3f + 0.2f * (float) Math.sin(0.03 * (x + y));
        if (alpha) {
          s[3 * n + i] = (x + 1) / (float) w;
        }
      }
    }
    return Image.rgb(w, h, s);
  }

  static ClipInfo info(int w, int h, boolean alpha) {
    return ClipInfo.synthetic(w, h, FPS, new Rational(1, 12800), alpha);
  }

  /** Frames {@code from} to {@code to} of the moving picture at 25 frames a second. */
  static List<Frame> frames(int w, int h, int from, int to, boolean alpha) {
    List<Frame> frames = new ArrayList<>();
    for (int k = from; k < to; k++) {
      frames.add(new Frame(picture(w, h, k, alpha), k, 512L * k, 512));
    }
    return frames;
  }

  static Path write(Path out, String codec, ClipInfo info, List<Frame> frames) {
    return write(out, Encoding.forPath(out, codec), info, frames, ClipWriter.Options.DEFAULT);
  }

  static Path write(
      Path out, Encoding e, ClipInfo info, List<Frame> frames, ClipWriter.Options options) {
    try (ClipWriter w = ClipWriter.open(out, e, info, options)) {
      frames.forEach(w::write);
      w.finish();
    }
    return out;
  }

  static List<Frame> readAll(Path path) {
    try (ClipReader r = ClipReader.open(path)) {
      return rest(r);
    }
  }

  static List<Frame> rest(ClipReader r) {
    List<Frame> frames = new ArrayList<>();
    for (Optional<Frame> f = r.next(); f.isPresent(); f = r.next()) {
      frames.add(f.get());
    }
    return frames;
  }

  /** Peak signal to noise ratio over all channels, in dB, against a peak of 1. */
  static double psnr(Image a, Image b) {
    double sum = 0;
    for (int i = 0; i < a.samples().length; i++) {
      double d = a.samples()[i] - b.samples()[i];
      sum += d * d;
    }
    return -10 * Math.log10(sum / a.samples().length);
  }

  /** A PCM sine as a WAVE file. */
  static Path wave(Path out, double seconds) throws IOException {
    int rate = 48000;
    int n = (int) (seconds * rate);
    ByteBuffer b = ByteBuffer.allocate(44 + 2 * n).order(ByteOrder.LITTLE_ENDIAN);
    b.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * n);
    b.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    b.putShort((short) 1).putShort((short) 1).putInt(rate).putInt(2 * rate);
    b.putShort((short) 2).putShort((short) 16);
    b.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * n);
    for (int i = 0; i < n; i++) {
      b.putShort((short) (10000 * Math.sin(2 * Math.PI * 440 * i / rate)));
    }
    return Files.write(out, b.array());
  }

  /** A sine through an audio encoder, in the container that the name ends with. */
  static Path sound(Path out, String encoderName, double seconds) {
    Libav.load();
    AVCodec encoder = avcodec_find_encoder_by_name(encoderName);
    AVCodecContext c = avcodec_alloc_context3(encoder);
    AVFrame f = av_frame_alloc();
    AVPacket p = av_packet_alloc();
    AVCodecParameters par = avcodec_parameters_alloc();
    String name = out.toString();
    try (Muxer muxer =
        new Muxer(
            out, out, name.endsWith(".mkv") ? "matroska" : name.substring(name.length() - 3))) {
      c.sample_rate(48000).sample_fmt(AV_SAMPLE_FMT_FLTP).bit_rate(64000);
      c.time_base().num(1).den(48000);
      c.strict_std_compliance(-2);
      av_channel_layout_default(c.ch_layout(), 2);
      c.flags(AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT);
      check(avcodec_open2(c, encoder, (PointerPointer<?>) null));
      check(avcodec_parameters_from_context(par, c));
      AVStream s = muxer.addStream(par, c.time_base());
      muxer.begin(Map.of());
      int block = c.frame_size() > 0 ? c.frame_size() : 1024;
      for (long t = 0; t < seconds * 48000; t += block) {
        av_frame_unref(f);
        f.nb_samples(block).format(AV_SAMPLE_FMT_FLTP).sample_rate(48000).pts(t);
        av_channel_layout_default(f.ch_layout(), 2);
        check(av_frame_get_buffer(f, 0));
        for (int ch = 0; ch < 2; ch++) {
          var memory = Libav.memory(f.data(ch).address(), 4L * block);
          for (int i = 0; i < block; i++) {
            float v = (float) Math.sin((t + i) * (0.05 + 0.01 * ch));
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, v);
          }
        }
        check(avcodec_send_frame(c, f));
        drain(c, p, muxer, s);
      }
      check(avcodec_send_frame(c, null));
      drain(c, p, muxer, s);
      muxer.finish();
    } finally {
      avcodec_parameters_free(par);
      av_packet_free(p);
      av_frame_free(f);
      avcodec_free_context(c);
    }
    return out;
  }

  private static void drain(AVCodecContext c, AVPacket p, Muxer muxer, AVStream s) {
    while (avcodec_receive_packet(c, p) >= 0) {
      muxer.write(p, s, c.time_base());
    }
  }

  private static void check(int rc) {
    if (rc < 0) {
      throw new IllegalStateException(Libav.reason(rc));
    }
  }
}
