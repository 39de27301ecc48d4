package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Lighting;

@Randomized
class WallPixelsTest {
  /** Turned and mirrored panels on a raster of eight bits. */
  private static final Rig RIG = eightBits(SequenceRasterTest.RIG);

  private static final int WIDTH = RIG.raster().width();
  private static final int PLANE = WIDTH * RIG.raster().height();

  @TempDir Path folder;

  private static Rig eightBits(Rig rig) {
    Rig.Raster r = rig.raster();
    return new Rig(
        rig.name(),
        rig.head(),
        rig.panelTypes(),
        rig.panels(),
        new Rig.Raster(r.width(), r.height(), r.framesPerSecond(), 8),
        rig.processors(),
        rig.cameras());
  }

  private static float[] light(Random random) {
    float[] light = new float[3 * PLANE];
    for (int i = 0; i < light.length; i++) {
      light[i] = random.nextFloat() * random.nextFloat();
    }
    return light;
  }

  private static int channel(int rgb, int c) {
    return rgb >> 16 - 8 * c & 255;
  }

  private static void assertCodes(Image wanted, int[] found, int tolerance) {
    for (int i = 0; i < PLANE; i++) {
      for (int c = 0; c < 3; c++) {
        int code = Math.round(255 * wanted.samples()[c * PLANE + i]);
        assertEquals(code, channel(found[i], c), tolerance);
      }
    }
  }

  @Test
  void codesAreThoseOfDriveFrames(Random random) {
    WallPixels pixels = WallPixels.raster(RIG);
    float[] light = light(random);
    Image codes = new DriveFrame(WIDTH, RIG.raster().height(), light).codes(RIG);
    int[] found = pixels.black();
    pixels.encode(light, found);
    assertCodes(codes, found, 0);
    int[] again = pixels.black();
    pixels.ofCodes(codes, again);
    assertArrayEquals(found, again);
    light[RIG.geometry().getFirst().rasterIndex(0, 0, WIDTH)] = Float.NaN;
    pixels.encode(light, found);
    assertEquals(0, channel(found[RIG.geometry().getFirst().rasterIndex(0, 0, WIDTH)], 0));
  }

  @Test
  void fadingScalesLight(Random random) {
    WallPixels pixels = WallPixels.raster(RIG);
    float[] light = light(random);
    int[] full = pixels.black();
    pixels.encode(light, full);
    double nits = pixels.meanNits(full);
    int[] faded = pixels.black();
    for (double gain : new double[] {1, 0.7, 0.25, 0.01, 0}) {
      pixels.fade(full, gain, faded);
      // Half a code of eight bits at most in each place; the mean of thousands is much closer.
      assertEquals(gain * nits, pixels.meanNits(faded), 2e-3 * nits);
      for (int i = 0; i < PLANE; i++) {
        assertTrue(channel(faded[i], 1) <= channel(full[i], 1));
      }
    }
    assertArrayEquals(pixels.black(), faded);
    pixels.fade(full, 0.25, full);
    pixels.fade(full, 1, faded);
    assertArrayEquals(full, faded);
  }

  @Test
  void theMeanIsThatOfThePanels() {
    for (WallPixels pixels : List.of(WallPixels.raster(RIG), WallPixels.panels(RIG))) {
      int[] all = pixels.black();
      int[] lit = java.util.stream.IntStream.range(0, RIG.panels().size()).toArray();
      pixels.fill(lit, 1, all);
      assertEquals(1900, pixels.meanNits(all), 1e-6);
      pixels.fill(new int[] {7}, 1, all);
      assertEquals(1900.0 / lit.length, pixels.meanNits(all), 1e-6);
    }
  }

  @Test
  void aPanelOfOneColourTakesItsMean(Random random) {
    WallPixels pixels = WallPixels.panels(RIG);
    float[] light = new float[3 * PLANE];
    List<PanelGeometry> panels = RIG.geometry();
    double[] mean = new double[panels.size()];
    for (int p = 0; p < panels.size(); p++) {
      PanelGeometry g = panels.get(p);
      for (int y = 0; y < g.pixelsHigh(); y++) {
        for (int x = 0; x < g.pixelsWide(); x++) {
          float v = random.nextFloat();
          light[PLANE + g.rasterIndex(x, y, WIDTH)] = v;
          mean[p] += v / g.pixelsWide() / g.pixelsHigh();
        }
      }
    }
    int[] found = pixels.black();
    assertEquals(panels.size(), found.length);
    pixels.encode(light, found);
    for (int p = 0; p < panels.size(); p++) {
      // The EOTF of the cube's tiles is a power of 2.4.
      assertEquals(255 * Math.pow(mean[p], 1 / 2.4), channel(found[p], 1), 0.51);
      assertEquals(0, channel(found[p], 0));
    }
  }

  @Test
  void aSequencesPicturesAreThoseOfItsRaster(Random random) {
    float[][] lights = {light(random), light(random)};
    for (boolean stands : new boolean[] {false, true}) {
      SequenceRaster.Lights still =
          new SequenceRaster.Lights() {
            @Override
            public float[] at(int index, double mapSeconds) {
              return lights[index];
            }

            @Override
            public boolean stands(int index) {
              return stands;
            }
          };
      Sequence sequence =
          new Sequence(
              Sequence.FORMAT,
              9,
              60,
              SequenceTest.LIGHTS,
              List.of("light-0", "flat", "olat-7", "light-1", "tracking", "matte", "black"),
              2,
              12,
              new Sequence.Levels(0.3, 0.2, 0.9, 0.5),
              new SafetyLimits(600, 0, 5, 0.1),
              List.of(
                  new Sequence.MarkerPlace(3, 1, 1, 0.25),
                  new Sequence.MarkerPlace(30, 20, 2, 0.8)));
      SequenceRaster raster = new SequenceRaster("s", RIG, sequence, still);
      WallPixels pixels = WallPixels.raster(RIG);
      SequencePictures pictures = new SequencePictures(raster, pixels);
      int[] found = pixels.black();
      for (int i = 0; i < sequence.frameCount(); i++) {
        double nits = pictures.fill(i, found);
        Image codes = new DriveFrame(WIDTH, RIG.raster().height(), raster.frame(i)).codes(RIG);
        boolean faded = sequence.frame(i).label().kind() == Label.Kind.LIGHT && !sequence.isFull(i);
        assertCodes(codes, found, faded ? 1 : 0);
        double wanted = raster.luminance().nits(sequence.frame(i).label(), 0);
        assertEquals(wanted * sequence.frame(i).gain(), nits, 0.002 * wanted + 1e-9);
      }
      assertTrue(Double.isNaN(pictures.fill(sequence.frameCount(), found)));
    }
  }

  @Test
  void driveFramesFadeInPlayAndFadeOut(Random random) {
    Image[] codes = new Image[3];
    WallPixels pixels = WallPixels.raster(RIG);
    for (int k = 0; k < codes.length; k++) {
      codes[k] = new DriveFrame(WIDTH, RIG.raster().height(), light(random)).codes(RIG);
      ImageFile.write(
          folder.resolve("raster-00000%d.png".formatted(k)),
          codes[k],
          ImageFile.Options.sixteenBit());
    }
    int[] found = pixels.black();
    int[] wanted = pixels.black();
    try (DrivePictures frames = DrivePictures.open(folder, pixels, 4)) {
      assertEquals(11, frames.frameCount());
      for (int i = 0; i < 11; i++) {
        double x = Math.min((i + 1) / 5.0, (10 - i) / 4.0);
        pixels.ofCodes(codes[Math.clamp(i - 4, 0, 2)], wanted);
        pixels.fade(wanted, x >= 1 ? 1 : 3 * x * x - 2 * x * x * x, wanted);
        assertEquals(pixels.meanNits(wanted), frames.fill(i, found), 1e-9);
        assertArrayEquals(wanted, found);
      }
      assertArrayEquals(pixels.black(), found);
      assertTrue(Double.isNaN(frames.fill(11, found)));
    }
  }

  @Test
  void driveFramesThatDoNotFitAreNamed() throws Exception {
    WallPixels pixels = WallPixels.raster(RIG);
    UserError error = assertThrows(UserError.class, () -> open(folder, pixels));
    assertTrue(error.getMessage().contains("holds neither raster.mkv"), error.getMessage());
    Path small = folder.resolve("raster-000000.png");
    ImageFile.write(small, Image.rgb(8, 4, new float[96]));
    error = assertThrows(UserError.class, () -> open(folder, pixels));
    assertTrue(
        error
            .getMessage()
            .contains("8×4 with 3 channels, the raster has %d×%d".formatted(WIDTH, PLANE / WIDTH)),
        error.getMessage());
    Files.writeString(small, "no picture");
    assertThrows(UserError.class, () -> open(folder, pixels));
    assertThrows(UserError.class, () -> open(folder.resolve("none.mkv"), pixels));
  }

  private static void open(Path path, WallPixels pixels) {
    DrivePictures.open(path, pixels, 4).close();
  }

  @Test
  void anEnvironmentIsShownAtItsLevel() {
    Rig rig = new CubeRig(2, 1, 4, 1000, 60, 8, List.of()).rig();
    WallPixels pixels = WallPixels.panels(rig);
    try (Lighting lighting = Lighting.find("overcast", 30)) {
      EnvironmentMap map = lighting.at(0);
      DriveSettings settings =
          new DriveSettings(50, DriveSettings.Range.CLIP, 1, DriveSettings.Fill.IRRADIANCE);
      int[] wanted = pixels.black();
      pixels.encode(new StageDriver(rig, settings).frames(map).getFirst().samples(), wanted);
      try (EnvironmentPictures pictures =
          new EnvironmentPictures(lighting, pixels, settings, 0.1, 3)) {
        int[] found = pixels.black();
        assertEquals(12, pictures.frameCount());
        for (int i = 0; i < 12; i++) {
          double nits = pictures.fill(i, found);
          if (i >= 3 && i < 9) {
            assertArrayEquals(wanted, found);
            assertEquals(pixels.meanNits(wanted), nits, 1e-9);
          }
        }
        assertArrayEquals(pixels.black(), found);
      }
    }
  }
}
