package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.config.UserError;

class SegmentsTest {
  @TempDir Path folder;

  private record Sound(double seconds, int hash) {}

  /** Time and content of all packets of all sound streams. */
  private static List<Sound> packets(Path path) {
    Libav.load();
    AVFormatContext f = new AVFormatContext(null);
    assertEquals(0, avformat_open_input(f, path.toString(), null, (AVDictionary) null));
    avformat_find_stream_info(f, (PointerPointer<?>) null);
    AVPacket p = av_packet_alloc();
    List<Sound> all = new ArrayList<>();
    while (av_read_frame(f, p) >= 0) {
      AVStream s = f.streams(p.stream_index());
      if (s.codecpar().codec_type() == AVMEDIA_TYPE_AUDIO) {
        byte[] b = Libav.memory(p.data().address(), p.size()).toArray(ValueLayout.JAVA_BYTE);
        double t = p.pts() * (double) s.time_base().num() / s.time_base().den();
        all.add(new Sound(t, Arrays.hashCode(b)));
      }
      av_packet_unref(p);
    }
    av_packet_free(p);
    avformat_close_input(f);
    return all;
  }

  @ParameterizedTest
  @CsvSource({"h264, mp4", "h264, mov", "av1, mp4", "prores4444, mov", "ffv1, mkv", "h264, mkv"})
  void joinedSegmentsAreTheWholeClip(String codec, String extension) {
    Path out = folder.resolve("joined." + extension);
    Encoding e = Encoding.forPath(out, codec);
    ClipInfo info = TestClips.info(64, 64, false);
    List<Path> segments = new ArrayList<>();
    List<Frame> in = TestClips.frames(64, 64, 0, 20, false);
    List<float[]> single = new ArrayList<>();
    for (int from = 0; from < 20; from += 7) {
      Path segment = folder.resolve("s" + from + ".segment");
      List<Frame> part = in.subList(from, Math.min(20, from + 7));
      try (ClipWriter w = ClipWriter.openSegment(segment, e, info, ClipWriter.Options.DEFAULT)) {
        part.forEach(w::write);
        w.finish();
      }
      List<Frame> back = TestClips.readAll(segment);
      assertEquals(part.stream().map(Frame::pts).toList(), back.stream().map(Frame::pts).toList());
      back.forEach(f -> single.add(f.image().samples()));
      segments.add(segment);
    }
    Segments.join(segments, null, out);
    try (ClipReader r = ClipReader.open(out)) {
      List<Frame> back = TestClips.rest(r);
      assertEquals(20, back.size());
      for (int i = 0; i < 20; i++) {
        assertArrayEquals(single.get(i), back.get(i).image().samples());
        assertEquals(i * 0.04, r.info().timeSeconds(back.get(i).pts()), 1e-9);
      }
      assertEquals(0.8, r.info().durationSeconds(), 1e-3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "aac, m.mp4, out.mp4",
    "aac, m.mov, out.mov",
    "aac, m.mkv, out.mkv",
    "aac, m.mkv, out.mp4",
    "ac3, m.mkv, out.mp4"
  })
  void soundIsCopiedPacketByPacket(String codec, String source, String name) {
    Path sound = TestClips.sound(folder.resolve(source), codec, 1.3);
    Path out = folder.resolve(name);
    TestClips.write(
        out,
        Encoding.forPath(out, "h264"),
        TestClips.info(64, 64, false),
        TestClips.frames(64, 64, 0, 30, false),
        ClipWriter.Options.DEFAULT.withAudioFrom(sound));
    List<Sound> expected = packets(sound);
    List<Sound> actual = packets(out);
    assertTrue(expected.size() > 30);
    assertEquals(
        expected.stream().map(Sound::hash).toList(), actual.stream().map(Sound::hash).toList());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).seconds, actual.get(i).seconds, 0.0011);
    }
    try (ClipReader r = ClipReader.open(out)) {
      assertEquals(1, r.info().audio().size());
      assertEquals(48000, r.info().audio().getFirst().sampleRateHz());
      List<Frame> back = TestClips.rest(r);
      assertEquals(30, back.size());
      assertEquals(29 * 0.04, r.info().timeSeconds(back.getLast().pts()), 1e-9);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "mov", "mkv"})
  void aRangeKeepsTheSoundOfItsTime(String extension) {
    Path sound = TestClips.sound(folder.resolve("m.mkv"), "aac", 1.3);
    Path segment = folder.resolve("s.segment");
    Path out = folder.resolve("range." + extension);
    try (ClipWriter w =
        ClipWriter.openSegment(
            segment,
            Encoding.forPath(out, "h264"),
            TestClips.info(64, 64, false),
            ClipWriter.Options.DEFAULT)) {
      TestClips.frames(64, 64, 0, 10, false).forEach(w::write);
      w.finish();
    }
    Segments.join(List.of(segment), Segments.Sound.from(sound, 0.5), out, folder.resolve("part"));
    List<Sound> expected =
        packets(sound).stream().filter(p -> p.seconds >= 0.5 && p.seconds < 0.9).toList();
    List<Sound> actual = packets(out);
    assertTrue(expected.size() > 15);
    assertEquals(
        expected.stream().map(Sound::hash).toList(), actual.stream().map(Sound::hash).toList());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).seconds - 0.5, actual.get(i).seconds, 0.0011);
    }
    try (ClipReader r = ClipReader.open(out)) {
      assertEquals(0, r.info().timeSeconds(r.next().orElseThrow().pts()), 1e-9);
    }
    assertTrue(Files.notExists(folder.resolve("part")));
  }

  @Test
  void waveSoundGoesIntoMov() throws IOException {
    Path wave = TestClips.wave(folder.resolve("a.wav"), 0.5);
    Path out = folder.resolve("a.mov");
    TestClips.write(
        out,
        Encoding.forPath(out),
        TestClips.info(64, 64, false),
        TestClips.frames(64, 64, 0, 5, false),
        ClipWriter.Options.DEFAULT.withAudioFrom(wave));
    try (ClipReader r = ClipReader.open(out)) {
      assertEquals("pcm_s16le", r.info().audio().getFirst().codec());
    }
  }

  @Test
  void soundThatDoesNotFitNamesAContainerThatTakesIt() throws IOException {
    Path sound = TestClips.sound(folder.resolve("m.mkv"), "wmav2", 0.3);
    Path out = folder.resolve("a.mp4");
    UserError e =
        assertThrows(
            UserError.class,
            () ->
                TestClips.write(
                    out,
                    Encoding.forPath(out),
                    TestClips.info(64, 64, false),
                    TestClips.frames(64, 64, 0, 2, false),
                    ClipWriter.Options.DEFAULT.withAudioFrom(sound)));
    assertTrue(e.getMessage().contains(".mkv"), e.getMessage());
    try (var files = Files.list(folder)) {
      assertEquals(List.of(sound), files.toList());
    }
  }

  @Test
  void segmentsOfOtherSettingsAreRefused() {
    List<Path> segments = new ArrayList<>();
    for (int side : new int[] {64, 80}) {
      Path p = folder.resolve(side + ".segment");
      try (ClipWriter w =
          ClipWriter.openSegment(
              p,
              Encoding.forPath(folder.resolve("a.mp4")),
              TestClips.info(side, side, false),
              ClipWriter.Options.DEFAULT)) {
        TestClips.frames(side, side, 0, 2, false).forEach(w::write);
        w.finish();
      }
      segments.add(p);
    }
    assertThrows(UserError.class, () -> Segments.join(segments, null, folder.resolve("out.mp4")));
    assertTrue(Files.notExists(folder.resolve("out.mp4")));
  }
}
