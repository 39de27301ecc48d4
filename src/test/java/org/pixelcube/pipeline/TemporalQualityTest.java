package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.UserError;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;
import org.pixelcube.vision.Matting;

@Randomized
class TemporalQualityTest {
  private static final int SIDE = 64;
  private static final int FRAMES = 8;

  @TempDir Path folder;

  /** Everything is the subject. */
  private static final Matting ALL =
      new Matting() {
        @Override
        public int[] workingSize(int width, int height) {
          return new int[] {width, height};
        }

        @Override
        public Image matte(Image frame) {
          float[] ones = new float[frame.planeSize()];
          Arrays.fill(ones, 1);
          return Image.data(frame.width(), frame.height(), 1, ones);
        }
      };

  private Path clip(String name, int side, IntFunction<Image> pictures) {
    Path path = folder.resolve(name);
    ClipInfo info = ClipInfo.synthetic(side, side, new Rational(25, 1), false);
    try (ClipWriter writer = ClipWriter.open(path, Encoding.forPath(path), info)) {
      for (int i = 0; i < FRAMES; i++) {
        writer.write(new Frame(pictures.apply(i), i, i, 1));
      }
      writer.finish();
    }
    return path;
  }

  /** A smooth texture, each sample an sRGB code value within [0.2, 0.8], moved to the right. */
  private static float[] texture(Random random) {
    int wide = SIDE + FRAMES;
    float[] noise = new float[wide * SIDE];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextFloat();
    }
    float[] smooth = GaussianBlur.blur(Image.data(wide, SIDE, 1, noise), 2).samples();
    float[] codes = new float[noise.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = Math.clamp(0.5f + 3 * (smooth[i] - 0.5f), 0.2f, 0.8f);
    }
    return codes;
  }

  private static Image grey(float[] codes, int shift, double gain, double added) {
    float[] rgb = new float[3 * SIDE * SIDE];
    for (int y = 0, i = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++, i++) {
        double code = added + gain * codes[y * (SIDE + FRAMES) + x + FRAMES - shift];
        float light = (float) TransferFunction.SRGB.toLinear(Math.clamp(code, 0.0, 1.0));
        rgb[i] = light;
        rgb[SIDE * SIDE + i] = light;
        rgb[2 * SIDE * SIDE + i] = light;
      }
    }
    return Image.rgb(SIDE, SIDE, rgb);
  }

  private TemporalQuality measure(Path in, Path out) {
    return TemporalQuality.measure(in, out, ALL, 1, Interruption.manual());
  }

  @Test
  void theInputItselfIsAsSteady(Random random) {
    float[] codes = texture(random);
    Path in = clip("in.mkv", SIDE, i -> grey(codes, i, 1, 0));
    TemporalQuality q = measure(in, in);
    assertEquals(FRAMES - 1, q.pairs());
    assertEquals(1, q.warpRatio());
    assertEquals(1, q.contrastRatio(), 1e-9);
    assertEquals(1, q.lumaRatio());
    assertTrue(q.compared() > 0.8, () -> "compared " + q.compared());
    assertTrue(q.inputWarpError() < 3, () -> "error along the flow " + q.inputWarpError());
  }

  @Test
  void motionIsNoFlickerButLightIs(Random random) {
    float[] codes = texture(random);
    Path in = clip("in.mkv", SIDE, i -> grey(codes, 0, 1, 0));
    Path flickers = clip("out.mkv", SIDE, i -> grey(codes, 0, 1, i % 2 == 0 ? 0 : 4 / 255.0));
    TemporalQuality q = measure(in, flickers);
    assertEquals(0, q.inputWarpError(), 1e-3);
    assertEquals(4, q.outputWarpError(), 0.05);
    assertEquals(4, q.outputWarpRms(), 0.05);
    assertEquals(2, q.outputLumaDeviation(), 0.05);
    assertEquals(4, q.outputLumaStep(), 0.05);
    assertEquals(0, q.steadyAlphaFlicker());
  }

  @Test
  void halfTheContrastIsHalfTheError(Random random) {
    float[] codes = texture(random);
    Random noise = new Random(random.nextLong());
    float[][] frames = new float[FRAMES][];
    for (int i = 0; i < FRAMES; i++) {
      frames[i] = codes.clone();
      for (int j = 0; j < codes.length; j++) {
        frames[i][j] += (float) (0.02 * noise.nextGaussian());
      }
    }
    Path in = clip("in.mkv", SIDE, i -> grey(frames[i], i, 1, 0));
    Path out = clip("out.mkv", SIDE, i -> grey(frames[i], i, 0.5, 0.25));
    TemporalQuality q = measure(in, out);
    assertEquals(0.5, q.warpRatio(), 0.01);
    assertEquals(0.5, q.contrastRatio(), 0.01);
  }

  @Test
  void sizesMustAgree() {
    Path in = clip("in.mkv", 64, i -> Image.rgb(64, 64, new float[3 * 64 * 64]));
    Path out = clip("out.mkv", 32, i -> Image.rgb(32, 32, new float[3 * 32 * 32]));
    UserError error = assertThrows(UserError.class, () -> measure(in, out));
    assertTrue(error.getMessage().contains("32×32"), error::getMessage);
  }

  @Test
  void integrityTellsALostFrameAndAMovedOne() {
    Image black = Image.rgb(32, 32, new float[3 * 32 * 32]);
    Path in = clip("in.mp4", 32, i -> black);
    Path moved = folder.resolve("moved.mp4");
    Path cut = folder.resolve("cut.mp4");
    ClipInfo info = ClipInfo.synthetic(32, 32, new Rational(25, 1), false);
    try (ClipWriter late = ClipWriter.open(moved, Encoding.forPath(moved), info);
        ClipWriter fewer = ClipWriter.open(cut, Encoding.forPath(cut), info)) {
      for (int i = 0; i < FRAMES; i++) {
        late.write(new Frame(black, i, i < 5 ? i : i + 1, 1));
        if (i < FRAMES - 1) {
          fewer.write(new Frame(black, i, i, 1));
        }
      }
      late.finish();
      fewer.finish();
    }
    assertTrue(ClipIntegrity.compare(in, in).whole());
    ClipIntegrity shifted = ClipIntegrity.compare(in, moved);
    assertEquals(FRAMES, shifted.outputFrames());
    assertFalse(shifted.timesAgree());
    assertFalse(shifted.whole());
    ClipIntegrity shorter = ClipIntegrity.compare(in, cut);
    assertEquals(FRAMES - 1, shorter.outputFrames());
    assertFalse(shorter.whole());
  }
}
