package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.PointerPointer;
import org.pixelcube.config.UserError;

/** The encoded sound of a file, packet by packet: to see whether a copy is a copy. */
public final class SoundPackets {
  private SoundPackets() {}

  /**
   * One packet.
   *
   * @param track the number of its sound stream among the sound streams, from 0
   * @param timeSeconds when it is heard; numerator {@link Long#MIN_VALUE} if the file does not say
   * @param sha256 of its bytes, in hexadecimal digits
   */
  public record Packet(int track, Rational timeSeconds, String sha256) {
    /** Whether both are the same bytes of the same track at the same moment. */
    public boolean sameAs(Packet o) {
      return track == o.track && timeSeconds.sameValueAs(o.timeSeconds) && sha256.equals(o.sha256);
    }
  }

  /**
   * All packets of all sound streams, stream by stream in the order of the file.
   *
   * @throws UserError if the file cannot be read
   */
  public static List<Packet> of(Path path) {
    Libav.load();
    Libav.checkReadable(path);
    AVFormatContext format = new AVFormatContext(null);
    int rc = avformat_open_input(format, Libav.url(path), null, (AVDictionary) null);
    if (rc < 0) {
      throw new UserError(
          path.toString(), "cannot be read (" + Libav.reason(rc) + ")", "check the file");
    }
    AVPacket packet = av_packet_alloc();
    Map<Integer, List<Packet>> tracks = new HashMap<>();
    List<Integer> order = new ArrayList<>();
    try {
      avformat_find_stream_info(format, (PointerPointer<?>) null);
      for (int i = 0; i < format.nb_streams(); i++) {
        if (format.streams(i).codecpar().codec_type() == AVMEDIA_TYPE_AUDIO) {
          tracks.put(i, new ArrayList<>());
          order.add(i);
        }
      }
      while (!order.isEmpty() && av_read_frame(format, packet) >= 0) {
        int stream = packet.stream_index();
        if (tracks.containsKey(stream) && packet.size() > 0) {
          tracks.get(stream).add(read(packet, format.streams(stream), order.indexOf(stream)));
        }
        av_packet_unref(packet);
      }
    } finally {
      av_packet_free(packet);
      avformat_close_input(format);
    }
    return order.stream().flatMap(i -> tracks.get(i).stream()).toList();
  }

  private static Packet read(AVPacket packet, AVStream stream, int track) {
    byte[] bytes =
        Libav.memory(packet.data().address(), packet.size()).toArray(ValueLayout.JAVA_BYTE);
    AVRational base = stream.time_base();
    Rational time =
        packet.pts() == AV_NOPTS_VALUE
            ? new Rational(Long.MIN_VALUE, 1)
            : new Rational(packet.pts() * base.num(), base.den());
    return new Packet(track, time, HexFormat.of().formatHex(sha256().digest(bytes)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
