package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

/** The first video stream of a file, demultiplexed and decoded by FFmpeg. */
final class VideoStream implements FrameSource {
  /** Formats that are lists of other files, or text drawn as pictures. */
  private static final Set<String> REFUSED =
      Set.of("hls", "dash", "concat", "imf", "tty", "webvtt", "srt");

  /** From avformat.h and frame.h, which the presets leave out. */
  private static final int AVINDEX_DISCARD_FRAME = 2;

  private static final int AV_FRAME_FLAG_CORRUPT = 1;

  private final Path path;
  private final ClipReader.Options options;
  private final PictureDecoder.Tables tables = new PictureDecoder.Tables();
  private final PictureDecoder pictures = new PictureDecoder(tables);
  private final RegionDecoder regions = new RegionDecoder(tables);
  private AVFormatContext format = new AVFormatContext(null);
  private AVStream stream;
  private AVCodecContext codec;
  private AVPacket packet;
  private AVFrame frame;
  private ClipInfo info;
  private ColorTags tags;
  private Orientation orientation = Orientation.UPRIGHT;
  private long defaultDuration;
  private boolean truncated;

  /** The frame to deliver next, decoded one ahead: it lasts until the one after. */
  private AVFrame held;

  private boolean holding;
  private long heldPts;
  private long nextIndex;
  private long lastPts = Long.MIN_VALUE;
  private boolean draining;
  private boolean ended;
  private String damage;

  /** Frames before this timestamp are decoded but not delivered, after a seek. */
  private long skipBelowPts = Long.MIN_VALUE;

  /** Frames still to be thrown away, where a seek could not use timestamps. */
  private long skipFrames;

  /** Timestamps of all frames in order of presentation; null until the first seek. */
  private long[] timeline;

  private VideoStream(Path path, ClipReader.Options options) {
    this.path = path;
    this.options = options;
  }

  static VideoStream open(Path path, ClipReader.Options options) {
    Libav.load();
    VideoStream v = new VideoStream(path, options);
    try {
      v.openFile();
      return v;
    } catch (Throwable t) {
      v.close();
      throw t;
    }
  }

  private UserError error(String reason, String remedy) {
    return new UserError(path.toString(), reason, remedy);
  }

  private static AVFormatContext demuxer(Path path) {
    AVFormatContext f = new AVFormatContext(null);
    Libav.withOptions(
        Map.of("protocol_whitelist", "file"),
        dict -> {
          int rc = avformat_open_input(f, Libav.url(path), null, dict);
          if (rc < 0) {
            throw new UserError(
                path.toString(),
                "not a picture or video FFmpeg can read (" + Libav.reason(rc) + ")",
                "check that the file is complete and is what its name says");
          }
        });
    return f;
  }

  private void openFile() {
    format = demuxer(path);
    String container = format.iformat().name().getString();
    if (container.equals("image2")) {
      // Known by its ending alone.
      throw error(
          "is no picture of the kind its name says",
          "check that the file is complete and is what its name says");
    }
    if (REFUSED.contains(container)) {
      throw error("is a " + container + " file, expected video", "name the video file itself");
    }
    int rc = avformat_find_stream_info(format, (PointerPointer<?>) null);
    int best =
        rc < 0 ? rc : av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
    if (best >= 0 && (format.streams(best).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
      best = AVERROR_STREAM_NOT_FOUND();
    }
    if (best < 0) {
      boolean sound =
          av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0) >= 0;
      throw error(
          sound ? "has sound but no video stream" : "has no video stream",
          "name a video or picture");
    }
    stream = format.streams(best);
    for (int i = 0; i < format.nb_streams(); i++) {
      format.streams(i).discard(i == best ? AVDISCARD_DEFAULT : AVDISCARD_ALL);
    }
    AVCodecParameters par = stream.codecpar();
    Libav.checkSize(path, par.width(), par.height(), options.maxPixels());
    openDecoder(par);
    packet = av_packet_alloc();
    frame = av_frame_alloc();
    held = av_frame_alloc();
    Rational rate = rate();
    defaultDuration =
        Math.max(1, Math.round(1 / (rate.toDouble() * rational(stream.time_base()).toDouble())));
    truncated = indexPointsPastEnd() || segmentEndsPastEnd(container);
    if (!advance()) {
      throw error(
          damage == null ? "holds no frame" : "first frame cannot be decoded (" + damage + ")",
          "the file is damaged; copy or export it again");
    }
    AVPixFmtDescriptor d = Libav.describe(frame.format());
    tags = tagsOf(frame, d);
    orientation = orientationOf(par);
    info = describe(container, rate, d);
    hold();
  }

  private void openDecoder(AVCodecParameters par) {
    AVCodec decoder = null;
    AVDictionaryEntry alphaMode = av_dict_get(stream.metadata(), "alpha_mode", null, 0);
    if (alphaMode != null && alphaMode.value().getString().equals("1")) {
      // FFmpeg's own VP8 and VP9 decoders leave the alpha layer out.
      String name = par.codec_id() == AV_CODEC_ID_VP9 ? "libvpx-vp9" : "libvpx";
      decoder = avcodec_find_decoder_by_name(name);
    }
    if (decoder == null) {
      decoder = avcodec_find_decoder(par.codec_id());
    }
    if (decoder == null) {
      throw error(
          "codec " + avcodec_get_name(par.codec_id()).getString() + " cannot be decoded",
          "convert the clip to H.264, ProRes or FFV1");
    }
    codec = avcodec_alloc_context3(decoder);
    avcodec_parameters_to_context(codec, par);
    codec.pkt_timebase(stream.time_base());
    codec.thread_count(options.threads());
    codec.max_pixels(options.maxPixels());
    int rc = avcodec_open2(codec, decoder, (PointerPointer<?>) null);
    if (rc < 0) {
      throw error(
          "codec " + decoder.name().getString() + " cannot be opened (" + Libav.reason(rc) + ")",
          "the file is damaged; copy or export it again");
    }
  }

  private ClipInfo describe(String container, Rational rate, AVPixFmtDescriptor d) {
    int w = frame.width();
    int h = frame.height();
    AVRational sar = av_guess_sample_aspect_ratio(format, stream, frame);
    Rational aspect =
        sar.num() > 0 && sar.den() > 0 ? new Rational(sar.num(), sar.den()) : new Rational(1, 1);
    List<AudioTrack> audio = new ArrayList<>();
    for (int i = 0; i < format.nb_streams(); i++) {
      AVCodecParameters p = format.streams(i).codecpar();
      if (p.codec_type() == AVMEDIA_TYPE_AUDIO) {
        audio.add(
            new AudioTrack(
                i,
                avcodec_get_name(p.codec_id()).getString(),
                p.sample_rate(),
                p.ch_layout().nb_channels()));
      }
    }
    Rational base = rational(stream.time_base());
    long count = frameCount(container);
    double seconds =
        stream.duration() != AV_NOPTS_VALUE && stream.duration() > 0
            ? stream.duration() * base.toDouble()
            : format.duration() > 0
                ? format.duration() / 1e6
                : count > 0 ? count / rate.toDouble() : Double.NaN;
    return new ClipInfo(
        path,
        container,
        avcodec_get_name(codec.codec_id()).getString(),
        orientation.width(w, h),
        orientation.height(w, h),
        base,
        rate,
        count,
        seconds,
        variableFrameRate(),
        orientation.degreesClockwise(),
        d.comp(0).depth(),
        PictureDecoder.hasAlpha(d),
        tags,
        audio,
        container.endsWith("_pipe"),
        orientation.transpose() ? aspect.inverse() : aspect);
  }

  private static Rational rational(AVRational r) {
    return new Rational(r.num(), Math.max(1, r.den()));
  }

  private Rational rate() {
    AVRational r = av_guess_frame_rate(format, stream, null);
    return r.num() > 0 && r.den() > 0 ? new Rational(r.num(), r.den()) : new Rational(25, 1);
  }

  /** The index of MOV and MP4 lists every frame. */
  private boolean indexIsComplete() {
    return format.iformat().name().getString().startsWith("mov")
        && avformat_index_get_entries_count(stream) > 0;
  }

  private long frameCount(String container) {
    if (indexIsComplete()) {
      long n = 0;
      for (int i = 0; i < avformat_index_get_entries_count(stream); i++) {
        n += (avformat_index_get_entry(stream, i).flags() & AVINDEX_DISCARD_FRAME) == 0 ? 1 : 0;
      }
      return n;
    }
    if (stream.nb_frames() > 0) {
      return stream.nb_frames();
    }
    return container.endsWith("_pipe") ? 1 : -1;
  }

  private boolean variableFrameRate() {
    if (indexIsComplete()) {
      int n = avformat_index_get_entries_count(stream);
      long min = Long.MAX_VALUE;
      long max = 0;
      long last = 0;
      for (int i = 0; i < n; i++) {
        long t = avformat_index_get_entry(stream, i).timestamp();
        if (i > 0) {
          min = Math.min(min, t - last);
          max = Math.max(max, t - last);
        }
        last = t;
      }
      return max > min + 1;
    }
    AVRational r = stream.r_frame_rate();
    AVRational a = stream.avg_frame_rate();
    return r.num() > 0
        && a.num() > 0
        && Math.abs(rational(r).toDouble() / rational(a).toDouble() - 1) > 0.02;
  }

  private boolean indexPointsPastEnd() {
    if (!indexIsComplete()) {
      return false;
    }
    long size = avio_size(format.pb());
    for (int i = 0; i < avformat_index_get_entries_count(stream); i++) {
      AVIndexEntry e = avformat_index_get_entry(stream, i);
      if (e.pos() + e.size() > size) {
        return true;
      }
    }
    return false;
  }

  /** Matroska says how long its segment is (RFC 8794, RFC 9559); a cut file is shorter. */
  private boolean segmentEndsPastEnd(String container) {
    if (!container.startsWith("matroska")) {
      return false;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long headerId = file.readInt() & 0xFFFFFFFFL;
      long headerSize = elementSize(file);
      if (headerId != 0x1A45DFA3L || headerSize < 0) {
        return false;
      }
      file.seek(file.getFilePointer() + headerSize);
      long segmentId = file.readInt() & 0xFFFFFFFFL;
      long size = elementSize(file);
      return segmentId == 0x18538067L && size >= 0 && file.getFilePointer() + size > file.length();
    } catch (IOException e) {
      return true;
    }
  }

  /** An EBML variable-length size; -1 for unknown. */
  private static long elementSize(RandomAccessFile file) throws IOException {
    int first = file.readUnsignedByte();
    int more = Integer.numberOfLeadingZeros(first) - 24;
    if (more > 7) {
      return -1;
    }
    long size = first & (0x7F >> more);
    boolean unknown = size == (0x7F >> more);
    for (int i = 0; i < more; i++) {
      int b = file.readUnsignedByte();
      unknown &= b == 0xFF;
      size = size << 8 | b;
    }
    return unknown ? -1 : size;
  }

  private static ColorTags tagsOf(AVFrame f, AVPixFmtDescriptor d) {
    boolean rgb = PictureDecoder.isRgb(d);
    boolean yuv = !rgb;
    int primaries = f.color_primaries();
    int transfer = f.color_trc();
    int space = f.colorspace();
    int range = f.color_range();
    boolean assumed =
        primaries == AVCOL_PRI_UNSPECIFIED
            || transfer == AVCOL_TRC_UNSPECIFIED
            || (yuv && (space == AVCOL_SPC_UNSPECIFIED || range == AVCOL_RANGE_UNSPECIFIED));
    ColorTags.Transfer curve =
        transfer == AVCOL_TRC_UNSPECIFIED && PictureDecoder.isFloat(d)
            ? ColorTags.Transfer.LINEAR
            : ColorTags.Transfer.of(transfer);
    boolean jpeg = av_get_pix_fmt_name(f.format()).getString().startsWith("yuvj");
    boolean full = jpeg || range == AVCOL_RANGE_JPEG || (rgb && range != AVCOL_RANGE_MPEG);
    return new ColorTags(
        ColorTags.Primaries.of(primaries),
        curve,
        rgb ? ColorTags.Matrix.RGB : ColorTags.Matrix.of(space, f.width(), f.height()),
        full ? ColorTags.Range.FULL : ColorTags.Range.LIMITED,
        assumed);
  }

  private Orientation orientationOf(AVCodecParameters par) {
    BytePointer data = null;
    if (par.nb_coded_side_data() > 0) {
      AVPacketSideData side =
          av_packet_side_data_get(
              par.coded_side_data(), par.nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
      data = side == null || side.isNull() || side.size() < 36 ? null : side.data();
    }
    if (data == null) {
      AVFrameSideData side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
      data = side == null || side.isNull() || side.size() < 36 ? null : side.data();
    }
    if (data == null) {
      return Orientation.UPRIGHT;
    }
    BytePointer m = new BytePointer((Pointer) data).capacity(36);
    return Orientation.ofDisplayMatrix(m.getInt(0), m.getInt(4), m.getInt(12), m.getInt(16));
  }

  @Override
  public ClipInfo info() {
    return info;
  }

  @Override
  public Optional<Frame> next() {
    if (!ready()) {
      return Optional.empty();
    }
    Image image = pictures.decode(held, tags, orientation);
    long pts = heldPts;
    long own = held.duration();
    holding = false;
    boolean more = advance();
    long duration = more ? lastPts - pts : lastDuration(pts, own);
    if (more) {
      hold();
    }
    return Optional.of(new Frame(image, nextIndex++, pts, duration));
  }

  @Override
  public <T> Optional<T> read(Function<DecodedPicture, T> use) {
    if (!ready()) {
      return Optional.empty();
    }
    T made = use.apply(new Held(nextIndex));
    holding = false;
    nextIndex++;
    return Optional.of(made);
  }

  /** Makes sure that the frame to deliver next is held; false at the end. */
  private boolean ready() {
    if (codec != null && !holding && advance()) {
      hold();
    }
    if (codec == null || !holding) {
      if (damage != null && options.damage() == ClipReader.Damage.STOP) {
        throw error(
            "frame %d cannot be decoded (%s)".formatted(nextIndex, damage),
            "the frames before it are good; repair the file, or skip damage");
      }
      return false;
    }
    checkSame(held);
    return true;
  }

  /** A frame as FFmpeg stores it. */
  private abstract class Stored implements DecodedPicture {
    private final long index;

    Stored(long index) {
      this.index = index;
    }

    abstract AVFrame frame();

    @Override
    public long index() {
      return index;
    }

    @Override
    public Image image() {
      return pictures.decode(frame(), tags, orientation);
    }

    @Override
    public Image image(DoubleUnaryOperator response) {
      return pictures.decode(frame(), tags, orientation, response);
    }

    @Override
    public KeptPicture kept() {
      AVFrame own = av_frame_clone(frame());
      if (own == null) {
        throw new OutOfMemoryError("no native memory to keep a picture");
      }
      return new Kept(index, own);
    }

    @Override
    public Image region(int x, int y, int width, int height) {
      if (x < 0
          || y < 0
          || width < 1
          || height < 1
          || x + width > info.width()
          || y + height > info.height()) {
        throw new IllegalArgumentException(
            "%d×%d at %d, %d of %d×%d".formatted(width, height, x, y, info.width(), info.height()));
      }
      return orientation.equals(Orientation.UPRIGHT)
          ? regions.decode(frame(), tags, x, y, width, height)
          : image().crop(x, y, width, height);
    }

    @Override
    public Image codes(int step) {
      return orientation.equals(Orientation.UPRIGHT) && PictureDecoder.hasCodes(frame())
          ? pictures.codes(frame(), step)
          : PictureDecoder.codesOf(image(), step);
    }
  }

  /** The frame that is held. */
  private final class Held extends Stored {
    Held(long index) {
      super(index);
    }

    @Override
    AVFrame frame() {
      if (index() != nextIndex || !holding) {
        throw new IllegalStateException("frame %d has been left".formatted(index()));
      }
      return held;
    }
  }

  /** A frame of which the decoder's memory is kept. */
  private final class Kept extends Stored implements KeptPicture {
    private AVFrame own;

    Kept(long index, AVFrame own) {
      super(index);
      this.own = own;
    }

    @Override
    AVFrame frame() {
      if (own == null || codec == null) {
        throw new IllegalStateException("frame %d has been closed".formatted(index()));
      }
      return own;
    }

    @Override
    public long bytes() {
      return av_image_get_buffer_size(frame().format(), frame().width(), frame().height(), 1);
    }

    @Override
    public void close() {
      if (own != null) {
        av_frame_free(own);
        own = null;
      }
    }
  }

  /** Puts the frame just decoded aside. */
  private void hold() {
    AVFrame other = held;
    held = frame;
    frame = other;
    heldPts = lastPts;
    holding = true;
  }

  /**
   * How long the last frame lasts. MP4 keeps durations in decoding order, so that with reordered
   * frames only the end of the track tells.
   */
  private long lastDuration(long pts, long own) {
    long start = stream.start_time();
    long length = stream.duration();
    if (codec.has_b_frames() > 0 && start != AV_NOPTS_VALUE && length != AV_NOPTS_VALUE) {
      long rest = start + length - pts;
      if (rest > 0) {
        return rest;
      }
    }
    return own > 0 ? own : defaultDuration;
  }

  private void checkSame(AVFrame f) {
    int w = orientation.width(f.width(), f.height());
    int h = orientation.height(f.width(), f.height());
    boolean alpha = PictureDecoder.hasAlpha(Libav.describe(f.format()));
    if (w != info.width() || h != info.height() || alpha != info.hasAlpha()) {
      throw error(
          "frame %d is %d×%d, but the clip began with %d×%d"
              .formatted(nextIndex, w, h, info.width(), info.height()),
          "split the clip where size or alpha change");
    }
  }

  /**
   * Decodes up to the next frame to deliver, its time in lastPts; false at the end or at damage.
   */
  private boolean advance() {
    while (!ended) {
      int rc = avcodec_receive_frame(codec, frame);
      if (rc == 0) {
        if (accept()) {
          return true;
        }
      } else if (rc == AVERROR_EAGAIN() && !draining) {
        feed();
      } else if (rc == AVERROR_EAGAIN() || rc == AVERROR_EOF()) {
        ended = true;
      } else if (draining || options.damage() == ClipReader.Damage.STOP) {
        damaged(Libav.reason(rc));
        ended = true;
      }
    }
    return false;
  }

  private boolean accept() {
    boolean corrupt =
        (frame.flags() & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags() != 0;
    long pts = frame.best_effort_timestamp();
    if (pts == AV_NOPTS_VALUE) {
      pts = lastPts == Long.MIN_VALUE ? 0 : lastPts + defaultDuration;
    }
    if (skipFrames > 0) {
      skipFrames--;
      return false;
    }
    if (pts < skipBelowPts) {
      return false;
    }
    if (corrupt && options.damage() == ClipReader.Damage.STOP) {
      damaged("damaged data");
      ended = true;
      return false;
    }
    if (pts <= lastPts) {
      pts = lastPts + 1;
    }
    skipBelowPts = Long.MIN_VALUE;
    Libav.checkSize(path, frame.width(), frame.height(), options.maxPixels());
    lastPts = pts;
    return true;
  }

  private void damaged(String reason) {
    if (damage == null) {
      damage = reason;
    }
  }

  private void drain() {
    draining = true;
    avcodec_send_packet(codec, null);
  }

  /** Sends the decoder one more packet of the stream, or tells it that there are none. */
  private void feed() {
    int rc = av_read_frame(format, packet);
    if (rc < 0) {
      if (rc != AVERROR_EOF()) {
        damaged(Libav.reason(rc));
      } else if (truncated) {
        damaged("the file ends early");
      }
      drain();
      return;
    }
    try {
      if (packet.stream_index() != stream.index()) {
        return;
      }
      boolean stop = options.damage() == ClipReader.Damage.STOP;
      if ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0 && stop) {
        damaged("damaged data");
        drain();
        return;
      }
      rc = avcodec_send_packet(codec, packet);
      if (rc < 0 && rc != AVERROR_EAGAIN() && stop && skipFrames == 0) {
        damaged(Libav.reason(rc));
        drain();
      }
    } finally {
      av_packet_unref(packet);
    }
  }

  @Override
  public void seek(long frameIndex) {
    if (timeline == null) {
      timeline = scanTimeline();
    }
    holding = false;
    lastPts = Long.MIN_VALUE;
    damage = null;
    draining = false;
    ended = false;
    skipFrames = 0;
    skipBelowPts = Long.MIN_VALUE;
    nextIndex = frameIndex;
    if (timeline.length > 0 && frameIndex >= timeline.length) {
      ended = true;
      return;
    }
    avcodec_flush_buffers(codec);
    if (timeline.length > 0) {
      long target = timeline[(int) frameIndex];
      int rc = av_seek_frame(format, stream.index(), target, AVSEEK_FLAG_BACKWARD);
      if (rc >= 0 && lands(target)) {
        return;
      }
      avcodec_flush_buffers(codec);
    }
    rewind();
    skipFrames = frameIndex;
  }

  /** Decodes from where the demuxer stands up to the target; false if that went past it. */
  private boolean lands(long target) {
    skipBelowPts = target;
    if (!advance() || lastPts != target) {
      draining = false;
      ended = false;
      damage = null;
      skipBelowPts = Long.MIN_VALUE;
      lastPts = Long.MIN_VALUE;
      return false;
    }
    hold();
    return true;
  }

  /** Opens the file anew, which works for every container. */
  private void rewind() {
    int index = stream.index();
    avformat_close_input(format);
    format = demuxer(path);
    if (avformat_find_stream_info(format, (PointerPointer<?>) null) < 0
        || index >= format.nb_streams()) {
      throw error("changed while it was read", "leave the file alone during the run");
    }
    stream = format.streams(index);
    avcodec_flush_buffers(codec);
  }

  /**
   * Timestamps of all frames, in order of presentation; empty where packets and frames do not
   * correspond or have no timestamps.
   */
  private long[] scanTimeline() {
    if (codec.codec_id() == AV_CODEC_ID_VP8) {
      // VP8 has packets that are never shown.
      return new long[0];
    }
    AVFormatContext f = demuxer(path);
    AVPacket p = av_packet_alloc();
    try {
      if (avformat_find_stream_info(f, (PointerPointer<?>) null) < 0) {
        return new long[0];
      }
      long[] all = new long[1024];
      int n = 0;
      while (av_read_frame(f, p) >= 0) {
        boolean ours = p.stream_index() == stream.index();
        boolean shown = (p.flags() & AV_PKT_FLAG_DISCARD) == 0;
        long pts = p.pts();
        av_packet_unref(p);
        if (!ours || !shown) {
          continue;
        }
        if (pts == AV_NOPTS_VALUE) {
          return new long[0];
        }
        all = n == all.length ? Arrays.copyOf(all, 2 * n) : all;
        all[n++] = pts;
      }
      long[] sorted = Arrays.copyOf(all, n);
      Arrays.sort(sorted);
      for (int i = 1; i < n; i++) {
        if (sorted[i] == sorted[i - 1]) {
          return new long[0];
        }
      }
      return sorted;
    } finally {
      av_packet_free(p);
      avformat_close_input(f);
    }
  }

  @Override
  public void close() {
    holding = false;
    ended = true;
    pictures.close();
    regions.close();
    if (held != null) {
      av_frame_free(held);
      held = null;
    }
    if (frame != null) {
      av_frame_free(frame);
      frame = null;
    }
    if (packet != null) {
      av_packet_free(packet);
      packet = null;
    }
    if (codec != null) {
      avcodec_free_context(codec);
      codec = null;
    }
    if (format != null && !format.isNull()) {
      avformat_close_input(format);
    }
    format = null;
  }
}
