package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.Warnings;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Lighting;
import org.pixelcube.light.Rgb;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;

class BackdropsTest {
  private static final int W = 40;
  private static final int H = 20;

  @TempDir Path folder;

  private static Backdrops backdrops(RelightSettings settings) {
    return new Backdrops(settings, ClipInfo.synthetic(W, H, new Rational(25, 1), false));
  }

  private static RelightSettings behind(String source) {
    return RelightSettings.DEFAULTS.with("background.source", source).with("background.blur", 0.0);
  }

  private static Frame frame() {
    return new Frame(Image.filled(W, H, ColorSpace.LINEAR_REC709, 0.1f, 0.2f, 0.3f), 0, 0, 1);
  }

  private static IlluminationTrack.Moment moment(double radiance) {
    return new IlluminationTrack(
            Lighting.fixed(EnvironmentMap.uniform(32, 16, Rgb.grey(radiance))),
            RelightSettings.DEFAULTS.with("autoExposure", false),
            Warnings.silent())
        .at(0);
  }

  private static Image next(Backdrops backdrops) {
    return backdrops.next(frame(), null).get().orElseThrow().picture();
  }

  @Test
  void aColourIsTheColour() {
    try (Backdrops b = backdrops(behind("#ff8040").with("background.exposure", 1.0))) {
      Image picture = next(b);
      assertEquals(W, picture.width());
      assertEquals(H, picture.height());
      double[] encoded = {1, 0x80 / 255.0, 0x40 / 255.0};
      for (int c = 0; c < 3; c++) {
        for (int i = 0; i < W * H; i++) {
          assertEquals(
              2 * TransferFunction.SRGB.toLinear(encoded[c]),
              picture.samples()[c * W * H + i],
              1e-6);
        }
      }
    }
  }

  @Test
  void theShotItselfAndNothing() {
    Frame frame = frame();
    try (Backdrops original = backdrops(behind("original"));
        Backdrops none = backdrops(behind("transparent"))) {
      Backdrop plate = original.next(frame, null).get().orElseThrow();
      assertTrue(plate.plate());
      assertSame(frame.image(), plate.picture());
      assertTrue(none.next(frame, null).get().isEmpty());
    }
  }

  @Test
  void aPictureCoversTheFrameFromItsMiddle() {
    // Three bands across, the outer ones a quarter each: 2:1 of a 4:1 picture leaves the middle.
    int w = 160;
    int h = 40;
    float[] s = new float[3 * w * h];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < w * h; i++) {
        int x = i % w;
        s[c * w * h + i] = x < 40 || x >= 120 ? 1 : 0.25f;
      }
    }
    Path file = folder.resolve("bands.png");
    ImageFile.write(file, Image.rgb(w, h, s), ImageFile.Options.sixteenBit());
    try (Backdrops b = backdrops(behind(file.toString()))) {
      Backdrop backdrop = b.next(frame(), null).get().orElseThrow();
      assertFalse(backdrop.plate());
      Image picture = backdrop.picture();
      assertEquals(W, picture.width());
      assertEquals(H, picture.height());
      for (float v : picture.samples()) {
        assertEquals(0.25, v, 1e-3);
      }
      // A still stays.
      assertSame(picture, next(b));
    }
  }

  @Test
  void aTallPictureIsCutAboveAndBelow() {
    int w = 20;
    int h = 40;
    float[] s = new float[3 * w * h];
    for (int i = 0; i < s.length; i++) {
      int row = i % (w * h) / w;
      s[i] = row < 13 || row >= 27 ? 1 : 0.25f;
    }
    Path file = folder.resolve("tall.png");
    ImageFile.write(file, Image.rgb(w, h, s), ImageFile.Options.sixteenBit());
    try (Backdrops b = backdrops(behind(file.toString()))) {
      // Ten of the forty rows are seen, doubled.
      for (float v : next(b).samples()) {
        assertEquals(0.25, v, 1e-3);
      }
    }
  }

  private static float grey(int picture) {
    return 0.1f + 0.2f * picture;
  }

  private Path sequence() {
    for (int k = 0; k < 3; k++) {
      Image image = Image.filled(W, H, ColorSpace.LINEAR_REC709, grey(k), grey(k), grey(k));
      ImageFile.write(
          folder.resolve("shot-%02d.png".formatted(k)), image, ImageFile.Options.sixteenBit());
    }
    return folder.resolve("shot-%02d.png");
  }

  @Test
  void footageStartsAgainAtItsEnd() {
    try (Backdrops b = backdrops(behind(sequence().toString()))) {
      for (int k = 0; k < 8; k++) {
        assertEquals(k, b.position());
        assertEquals(grey(k % 3), next(b).samples()[7], 1e-3, "picture " + k);
      }
    }
  }

  @Test
  void footageGoesOnWhereItWasLeft() {
    String source = sequence().toString();
    for (int from = 0; from < 7; from++) {
      try (Backdrops b = backdrops(behind(source))) {
        b.restore(from);
        for (int k = from; k < from + 4; k++) {
          assertEquals(grey(k % 3), next(b).samples()[7], 1e-3, from + ", picture " + k);
        }
      }
    }
  }

  @Test
  void theEnvironmentHasTheSubjectsExposureAndItsOwn() {
    RelightSettings settings = behind("environment").with("tone", "OFF");
    try (Backdrops b = backdrops(settings.with("background.exposure", -1.0))) {
      Backdrop seen = b.next(frame(), moment(0.6)).get().orElseThrow();
      for (float v : seen.picture().samples()) {
        assertEquals(0.3, v, 1e-4);
      }
      IlluminationTrack.Moment still = moment(0.5);
      Image first = b.next(frame(), still).get().orElseThrow().picture();
      assertSame(first, b.next(frame(), still).get().orElseThrow().picture());
    }
    try (Backdrops b = backdrops(behind("environment"))) {
      Image toned = b.next(frame(), moment(3)).get().orElseThrow().picture();
      assertEquals(ToneCurve.apply(3), toned.samples()[0], 1e-4);
    }
  }
}
