package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.PointerPointer;
import org.pixelcube.config.UserError;

/**
 * Consecutive pieces of one encoded clip, which can be written one by one and joined at the end.
 */
public final class Segments {
  private Segments() {}

  /**
   * Sound and subtitles to go with joined segments.
   *
   * @param source the file they are copied from
   * @param fromSeconds the time of the source that becomes 0
   * @param cut whether packets before that time and after the video's end are left out
   */
  public record Sound(Path source, double fromSeconds, boolean cut) {
    /** All of it, with its own times. */
    public static Sound all(Path source) {
      return new Sound(source, 0, false);
    }

    /** What is heard from a time of the source on, as long as the video lasts. */
    public static Sound from(Path source, double seconds) {
      return new Sound(source, seconds, true);
    }

    /**
     * Finds out early whether all sound streams can go into a container.
     *
     * @throws UserError if one cannot, naming its codec
     */
    public void requireFit(Path out) {
      Libav.load();
      AVOutputFormat container = av_guess_format(muxerName(out), null, null);
      AVFormatContext format = open(source);
      try {
        for (int i = 0; i < format.nb_streams(); i++) {
          AVCodecParameters p = format.streams(i).codecpar();
          if (p.codec_type() == AVMEDIA_TYPE_AUDIO
              && avformat_query_codec(container, p.codec_id(), 0) != 1) {
            throw Muxer.wrongContainer(out, "sound", avcodec_get_name(p.codec_id()).getString());
          }
        }
      } finally {
        avformat_close_input(format);
      }
    }
  }

  /**
   * Joins segments of {@link ClipWriter#openSegment} into one file without encoding again, with the
   * sound of another.
   *
   * <p>All sound streams, and the subtitles that the container takes, are copied packet by packet
   * with their timestamps. MP4 and MOV get their index at the front.
   *
   * @param segments in order of time, of the same codec, size and settings
   * @param audioSource where the sound comes from, or null
   * @param out {@code .mp4}, {@code .mov} or {@code .mkv}; replaced if it exists
   * @throws UserError if segments do not fit together, the container does not take a codec, or the
   *     file cannot be written
   */
  public static void join(List<Path> segments, Path audioSource, Path out) {
    Path temporary = WholeFile.temporaryFor(out);
    join(segments, audioSource == null ? null : Sound.all(audioSource), out, temporary);
  }

  /**
   * The same with a stretch of the sound.
   *
   * @param sound null for none
   * @param temporary the name until the file is whole, on the file system of {@code out}
   */
  public static void join(List<Path> segments, Sound sound, Path out, Path temporary) {
    boolean done = false;
    try {
      if (segments.isEmpty()) {
        throw new IllegalArgumentException("no segments");
      }
      Libav.load();
      String container = container(out);
      join(segments, Timing.of(segments), sound, out, container, temporary);
      done = true;
    } finally {
      if (!done) {
        WholeFile.discard(temporary);
      }
    }
    WholeFile.publish(temporary, out);
  }

  private static String container(Path out) {
    String name = out.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String muxerName(Path out) {
    String container = container(out);
    return switch (container) {
      case "mp4", "mov" -> container;
      case "mkv" -> "matroska";
      default ->
          throw new UserError(out.toString(), "not a video container", "use .mp4, .mov or .mkv");
    };
  }

  private static void join(
      List<Path> segments, Timing timing, Sound sound, Path out, String container, Path temporary) {
    try (Muxer muxer = new Muxer(temporary, out, muxerName(out));
        Video video = new Video(segments, timing);
        Other other = sound == null ? null : new Other(sound, timing.endSeconds(video.base))) {
      AVStream videoOut = video.addTo(muxer, out, container);
      if (other != null) {
        other.addTo(muxer, out);
      }
      muxer.begin(options(container, video.base.den()));
      boolean haveVideo = video.next();
      boolean haveOther = other != null && other.next();
      while (haveVideo || haveOther) {
        if (haveVideo && (!haveOther || video.isBefore(other))) {
          muxer.write(video.packet, videoOut, video.base);
          haveVideo = video.next();
        } else {
          other.write(muxer);
          haveOther = other.next();
        }
      }
      muxer.finish();
    }
  }

  private static Map<String, String> options(String container, int timeScale) {
    if (container.equals("mkv")) {
      return Map.of();
    }
    String scale = Integer.toString(timeScale);
    return Map.of(
        "movflags",
        "+faststart",
        "video_track_timescale",
        scale,
        "movie_timescale",
        scale,
        "strict",
        "-2");
  }

  /**
   * Decoding times over all segments, as one encoder run would have given them: the presentation
   * times in order, put back by the depth of reordering.
   */
  private static final class Timing {
    private final long[] dts;

    /** Whether packets are stored in another order than they are shown. */
    private final boolean reordered;

    /** Presentation times in order, and where the last frame ends. */
    private final long[] shown;

    private Timing(long[] dts, boolean reordered, long[] shown) {
      this.dts = dts;
      this.reordered = reordered;
      this.shown = shown;
    }

    /**
     * How long the frame is shown; for the packet that is last in the file, what makes the track as
     * long as what is shown.
     */
    long duration(int index, long pts) {
      int last = dts.length - 1;
      return index == last
          ? shown[last + 1] - shown[0] + dts[0] - dts[last]
          : shown[Arrays.binarySearch(shown, pts) + 1] - pts;
    }

    /** When the last frame ends. */
    double endSeconds(AVRational base) {
      return shown[shown.length - 1] * (double) base.num() / base.den();
    }

    static Timing of(List<Path> segments) {
      long[] pts = new long[1024];
      int n = 0;
      long end;
      try (Video v = new Video(segments, null)) {
        while (v.next()) {
          pts = n == pts.length ? Arrays.copyOf(pts, 2 * n) : pts;
          pts[n++] = v.packet.pts();
          av_packet_unref(v.packet);
        }
        end = v.stream.start_time() + v.stream.duration();
      }
      long[] sorted = Arrays.copyOf(pts, n);
      Arrays.sort(sorted);
      long step = Long.MAX_VALUE;
      for (int i = 1; i < n; i++) {
        step = Math.min(step, sorted[i] - sorted[i - 1]);
      }
      int depth = 0;
      for (int i = 0; i < n; i++) {
        while (sorted[Math.max(i - depth, 0)] > pts[i]) {
          depth++;
        }
      }
      long[] dts = new long[n];
      for (int i = 0; i < n; i++) {
        dts[i] = i >= depth ? sorted[i - depth] : sorted[0] - (depth - i) * step;
      }
      long[] shown = Arrays.copyOf(sorted, n + 1);
      shown[n] = Math.max(end, sorted[n - 1] + 1);
      return new Timing(dts, depth > 0, shown);
    }
  }

  private static AVFormatContext open(Path path) {
    Libav.checkReadable(path);
    AVFormatContext f = new AVFormatContext(null);
    Libav.withOptions(
        Map.of("protocol_whitelist", "file"),
        dict -> {
          int rc = avformat_open_input(f, Libav.url(path), null, dict);
          if (rc < 0) {
            throw new UserError(
                path.toString(),
                "cannot be read as video (" + Libav.reason(rc) + ")",
                "write it again");
          }
        });
    int rc = avformat_find_stream_info(f, (PointerPointer<?>) null);
    if (rc < 0) {
      avformat_close_input(f);
      throw new UserError(
          path.toString(), "cannot be read as video (" + Libav.reason(rc) + ")", "write it again");
    }
    return f;
  }

  /** The packets of the segments, one after the other. */
  private static final class Video implements AutoCloseable {
    private final List<Path> segments;
    private final Timing timing;
    private final AVPacket packet = av_packet_alloc();
    private final AVCodecParameters parameters = avcodec_parameters_alloc();
    private final AVRational base = new AVRational();
    private final AVRational aspect = new AVRational();
    private final AVRational rate = new AVRational();
    private AVFormatContext format;
    private AVStream stream;
    private int segment;
    private int index;
    private byte[] extradata;

    Video(List<Path> segments, Timing timing) {
      this.segments = segments;
      this.timing = timing;
      try {
        openNext();
      } catch (Throwable t) {
        close();
        throw t;
      }
    }

    private void openNext() {
      Path path = segments.get(segment);
      format = open(path);
      int best = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
      if (best < 0) {
        throw new UserError(path.toString(), "has no video stream", "write it again");
      }
      stream = format.streams(best);
      AVCodecParameters p = stream.codecpar();
      AVRational b = stream.time_base();
      byte[] extra = extra(p);
      if (segment == 0) {
        avcodec_parameters_copy(parameters, p);
        base.num(b.num()).den(b.den());
        aspect.num(p.sample_aspect_ratio().num()).den(p.sample_aspect_ratio().den());
        rate.num(stream.avg_frame_rate().num()).den(stream.avg_frame_rate().den());
        extradata = extra;
      } else if (p.codec_id() != parameters.codec_id()
          || p.width() != parameters.width()
          || p.height() != parameters.height()
          || b.num() != base.num()
          || b.den() != base.den()
          || !Arrays.equals(extra, extradata)) {
        throw new UserError(
            path.toString(),
            "was written with other settings than " + segments.getFirst(),
            "delete the segments and write them again");
      }
      segment++;
    }

    private static byte[] extra(AVCodecParameters p) {
      byte[] b = new byte[p.extradata_size()];
      if (b.length > 0) {
        p.extradata().get(b);
      }
      return b;
    }

    AVStream addTo(Muxer muxer, Path out, String container) {
      if (!muxer.takes(parameters.codec_id()) && !container.equals("mov")) {
        throw Muxer.wrongContainer(
            out, "video", avcodec_get_name(parameters.codec_id()).getString());
      }
      AVStream s = muxer.addStream(parameters, base);
      if (parameters.codec_id() == AV_CODEC_ID_HEVC && !container.equals("mkv")) {
        // Apple's players know H.265 only by this tag.
        s.codecpar().codec_tag(MKTAG((byte) 'h', (byte) 'v', (byte) 'c', (byte) '1'));
      }
      s.sample_aspect_ratio().num(aspect.num()).den(aspect.den());
      s.avg_frame_rate().num(rate.num()).den(rate.den());
      return s;
    }

    boolean next() {
      while (true) {
        int rc = av_read_frame(format, packet);
        if (rc >= 0 && packet.stream_index() == stream.index()) {
          if (timing != null) {
            packet.dts(timing.dts[index]);
            if (timing.reordered) {
              packet.duration(timing.duration(index, packet.pts()));
            }
          }
          index++;
          return true;
        } else if (rc >= 0) {
          av_packet_unref(packet);
        } else if (rc != AVERROR_EOF()) {
          throw new UserError(
              segments.get(segment - 1).toString(),
              "is damaged (" + Libav.reason(rc) + ")",
              "delete it and write it again");
        } else if (segment == segments.size()) {
          return false;
        } else {
          avformat_close_input(format);
          openNext();
        }
      }
    }

    boolean isBefore(Other o) {
      return av_compare_ts(packet.dts(), base, o.time(), o.base()) <= 0;
    }

    @Override
    public void close() {
      av_packet_free(packet);
      avcodec_parameters_free(parameters);
      if (format != null && !format.isNull()) {
        avformat_close_input(format);
      }
      base.close();
      aspect.close();
      rate.close();
    }
  }

  /** Sound and subtitles of the source. */
  private static final class Other implements AutoCloseable {
    private final AVFormatContext format;
    private final Sound sound;
    private final double endSeconds;
    private final AVPacket packet = av_packet_alloc();
    private final Map<Integer, AVStream> streams = new HashMap<>();

    Other(Sound sound, double endSeconds) {
      this.sound = sound;
      this.endSeconds = endSeconds;
      format = open(sound.source());
    }

    void addTo(Muxer muxer, Path out) {
      for (int i = 0; i < format.nb_streams(); i++) {
        AVStream s = format.streams(i);
        int type = s.codecpar().codec_type();
        boolean taken = muxer.takes(s.codecpar().codec_id());
        if (type == AVMEDIA_TYPE_AUDIO && !taken) {
          throw Muxer.wrongContainer(
              out, "sound", avcodec_get_name(s.codecpar().codec_id()).getString());
        }
        if (taken && (type == AVMEDIA_TYPE_AUDIO || type == AVMEDIA_TYPE_SUBTITLE)) {
          AVStream to = muxer.addStream(s.codecpar(), s.time_base());
          to.disposition(s.disposition());
          AVDictionary metadata = new AVDictionary(null);
          av_dict_copy(metadata, s.metadata(), 0);
          to.metadata(metadata);
          streams.put(i, to);
        } else {
          s.discard(AVDISCARD_ALL);
        }
      }
    }

    boolean next() {
      while (av_read_frame(format, packet) >= 0) {
        if (streams.containsKey(packet.stream_index()) && packet.size() > 0 && placed()) {
          return true;
        }
        av_packet_unref(packet);
      }
      return false;
    }

    /** Moves the packet to its time in the output; false if it lies outside. */
    private boolean placed() {
      if (!sound.cut()) {
        return true;
      }
      AVRational b = base();
      double unit = (double) b.num() / b.den();
      long shift = Math.round(sound.fromSeconds() / unit);
      long pts = packet.pts() == AV_NOPTS_VALUE ? packet.dts() : packet.pts();
      if (pts == AV_NOPTS_VALUE || pts < shift || (pts - shift) * unit >= endSeconds) {
        return false;
      }
      packet.pts(pts - shift);
      packet.dts(packet.dts() == AV_NOPTS_VALUE ? pts - shift : packet.dts() - shift);
      return true;
    }

    AVRational base() {
      return format.streams(packet.stream_index()).time_base();
    }

    long time() {
      return packet.dts() == AV_NOPTS_VALUE ? 0 : packet.dts();
    }

    void write(Muxer muxer) {
      AVRational b = base();
      muxer.write(packet, streams.get(packet.stream_index()), b);
    }

    @Override
    public void close() {
      av_packet_free(packet);
      avformat_close_input(format);
    }
  }
}
