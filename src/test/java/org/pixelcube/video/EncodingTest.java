package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

class EncodingTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "a.mp4, , H264, MP4",
    "a.MOV, , PRORES_4444, MOV",
    "a.mkv, , FFV1, MKV",
    "a.mkv, AV1, AV1, MKV",
    "a.mp4, hevc, H265, MP4",
    "a.png, , PNG, STILL",
    "a_%05d.png, , PNG, SEQUENCE",
    "a.exr, , EXR, STILL",
    "a.hdr, , HDR, STILL",
    "a.jpeg, , JPEG, STILL",
    "shots, , PNG, SEQUENCE",
    "shots, exr, EXR, SEQUENCE"
  })
  void isChosenByName(
      String name, String codec, Encoding.Codec expected, Encoding.Container container) {
    Encoding e = Encoding.forPath(folder.resolve(name), codec);
    assertEquals(expected, e.codec());
    assertEquals(container, e.container());
  }

  @ParameterizedTest
  @CsvSource({
    "a.mp4, prores4444, .mov",
    "a.avi, , .mp4",
    "a.mp4, vp10, h264",
    "a.png, h264, change",
    "shots, h264, .mp4",
    "a.mov, av1, .mp4"
  })
  void whatDoesNotFitSaysWhatDoes(String name, String codec, String remedy) {
    UserError e =
        assertThrows(UserError.class, () -> Encoding.forPath(folder.resolve(name), codec));
    assertTrue(e.getMessage().contains(remedy), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"a.mp4", "a.jpg", "a.hdr", "%03d.jpg"})
  void alphaNeedsACodecThatKeepsIt(String name) {
    Path out = folder.resolve(name);
    ClipInfo info = TestClips.info(64, 64, true);
    assertThrows(UserError.class, () -> ClipWriter.open(out, Encoding.forPath(out), info).close());
  }

  @Test
  void h265WithoutAnEncoderNamesTheBuild() {
    Path out = folder.resolve("a.mp4");
    Encoding e = Encoding.forPath(out, "h265");
    try {
      TestClips.write(
          out,
          e,
          TestClips.info(64, 64, false),
          TestClips.frames(64, 64, 0, 3, false),
          ClipWriter.Options.DEFAULT);
      try (ClipReader r = ClipReader.open(out)) {
        assertEquals("hevc", r.info().codec());
      }
    } catch (UserError error) {
      assertTrue(error.getMessage().contains("-Dffmpeg.build=-gpl"), error.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"h264, 1, 1", "av1, 8, 64", "h264, 64, 15"})
  void tinyPicturesAreRefusedWhereTheEncoderWould(String codec, int w, int h) {
    Path out = folder.resolve("a.mp4");
    Encoding e = Encoding.forPath(out, codec);
    UserError error =
        assertThrows(
            UserError.class, () -> ClipWriter.open(out, e, TestClips.info(w, h, false)).close());
    assertTrue(error.getMessage().contains("16×16"), error.getMessage());
  }

  @Test
  void highDynamicRangeNeedsTenBits() {
    Path out = folder.resolve("a.mp4");
    assertThrows(UserError.class, () -> Encoding.forPath(out).withColor(ColorTags.REC2100_PQ));
  }

  @ParameterizedTest
  @CsvSource({"a.png, 48", "a.exr, 60", "a.hdr, 40", "a.jpg, 30"})
  void aStillIsAClipOfOneFrame(String name, double decibels) {
    Path out = folder.resolve(name);
    Image image = TestClips.picture(40, 24, 0, false);
    ClipInfo info = TestClips.info(40, 24, false);
    TestClips.write(out, null, info, List.of(new Frame(image, 0, 0, 1)));
    try (ClipReader r = ClipReader.open(out)) {
      assertTrue(r.info().still());
      assertEquals(1, r.info().frameCount());
      double db = TestClips.psnr(image, r.next().orElseThrow().image());
      assertTrue(db > decibels, db + " dB");
      assertTrue(r.next().isEmpty());
    }
    assertThrows(
        UserError.class,
        () -> TestClips.write(out, null, info, TestClips.frames(40, 24, 0, 2, false)));
  }

  @Test
  void folderThatDoesNotExistIsNamed() {
    Path out = folder.resolve("none/a.mp4");
    UserError e =
        assertThrows(
            UserError.class,
            () ->
                ClipWriter.open(out, Encoding.forPath(out), TestClips.info(64, 64, false)).close());
    assertTrue(e.getMessage().contains("none"), e.getMessage());
    assertTrue(Files.notExists(out.getParent()));
  }
}
