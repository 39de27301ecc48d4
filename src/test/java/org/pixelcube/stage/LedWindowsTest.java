package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

@Randomized
class LedWindowsTest {
  private static final DriveSettings SETTINGS =
      new DriveSettings(100, DriveSettings.Range.CLIP, 1, DriveSettings.Fill.NONE);

  /** A closed cube turned at random, seen from anywhere inside, its pictures lying anyhow. */
  private static Rig rig(int pixels, Random random) {
    Rig rig = RigTest.closedCube(pixels);
    Rotation turn =
        Rotation.yawPitchRoll(
            360 * random.nextDouble(), 360 * random.nextDouble(), 360 * random.nextDouble());
    List<Rig.Panel> panels =
        rig.panels().stream()
            .map(p ->
                new Rig.Panel(
                    p.name(),
                    p.type(),
                    turn.apply(p.corner()),
                    turn.apply(p.right()),
                    turn.apply(p.up()),
                    new RasterPlace(
                        p.raster().u(),
                        p.raster().v(),
                        90 * random.nextInt(4),
                        random.nextBoolean(),
                        random.nextBoolean())))
            .toList();
    Vector3 head =
        new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
            .normalized()
            .times(0.5 * random.nextDouble());
    return new Rig(
        rig.name(), head, rig.panelTypes(), panels, rig.raster(), rig.processors(), rig.cameras());
  }

  /** Waves in all directions, a period of at least {@code pixels} of the map's. */
  private static EnvironmentMap waves(int width, double pixels, Random random) {
    int height = width / 2;
    float[] s = new float[3 * width * height];
    for (int c = 0; c < 3; c++) {
      Vector3 k =
          new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
              .normalized()
              .times(width / pixels);
      double phase = 6 * random.nextDouble();
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          Vector3 d = EnvironmentMap.direction((x + 0.5) / width, (y + 0.5) / height);
          s[(c * height + y) * width + x] = (float) (5 + 2 * Math.sin(k.dot(d) + phase));
        }
      }
    }
    return EnvironmentMap.of(Image.rgb(width, height, s));
  }

  @Test
  void panelsShowWhatTheExactWayGives(Random random) {
    Rig rig = rig(50 + random.nextInt(20), random);
    int width = (int) (2 * Math.PI / LedFootprints.widest(rig)) / 32 * 32;
    StageDriver slow = StageDriver.exact(rig, SETTINGS);
    StageDriver fast = new StageDriver(rig, SETTINGS);
    for (double pixels : new double[] {16, 64}) {
      EnvironmentMap map = waves(width, pixels, random);
      float[] exact = slow.frames(map).getFirst().samples();
      float[] found = fast.frames(map).getFirst().samples();
      double squares = 0;
      double worst = 0;
      for (int i = 0; i < exact.length; i++) {
        double e = (found[i] - exact[i]) / (2 * 100.0 / 1000);
        squares += e * e;
        worst = Math.max(worst, Math.abs(e));
      }
      // Relative to the waves' height. Towards the poles columns are brought together in twos,
      // fours:
      // up to (2π · 2 / pixels)² / 12 of a wave is lost; next to them its place is off by 0.1
      // pixels.
      double slope = 2 * Math.PI / pixels;
      double blur = 4 * slope * slope / 12;
      assertTrue(worst < 1.5 * blur + 0.1 * slope, worst + " worst of waves of " + pixels);
      double rms = Math.sqrt(squares / exact.length);
      assertTrue(rms < 0.25 * blur + 0.005 * slope, rms + " rms of waves of " + pixels);
    }
  }

  @Test
  void noiseAwayFromThePolesIsTheSame(Random random) {
    Rig rig = RigTest.closedCube(64);
    int width = 160;
    float[] s = new float[3 * width * width / 2];
    for (int i = 0; i < s.length; i++) {
      s[i] = random.nextFloat();
    }
    EnvironmentMap map = EnvironmentMap.of(Image.rgb(width, width / 2, s));
    DriveFrame exact = StageDriver.exact(rig, SETTINGS).frames(map).getFirst();
    DriveFrame found = new StageDriver(rig, SETTINGS).frames(map).getFirst();
    for (PanelGeometry g : rig.geometry()) {
      if (Math.abs(g.normal().y()) < 0.5) {
        assertArrayEquals(exact.panel(g).samples(), found.panel(g).samples(), 1e-4f);
      }
    }
  }

  @Test
  void whatIsCoveredGivesTheLightOfThePanels(Random random) {
    Rig rig = rig(48, random);
    int width = 128;
    float[] s = new float[3 * width * width / 2];
    for (int i = 0; i < s.length; i++) {
      s[i] = random.nextFloat();
    }
    EnvironmentMap map = EnvironmentMap.of(Image.rgb(width, width / 2, s));
    double[] covered = new LedWindows(rig, width, width / 2).covered();
    double red = 0;
    double all = 0;
    for (int i = 0; i < covered.length; i++) {
      red += covered[i] * s[i];
      all += covered[i];
    }
    assertEquals(4 * Math.PI, all, 1e-3);
    DriveFrame frame = new StageDriver(rig, SETTINGS).frames(map).getFirst();
    int plane = frame.width() * frame.height();
    double shown = 0;
    PanelType type = rig.panelTypes().getFirst();
    for (PanelGeometry g : rig.geometry()) {
      double area = g.type().widthMetres() * g.type().heightMetres() / (48.0 * 48);
      for (int y = 0; y < 48; y++) {
        for (int x = 0; x < 48; x++) {
          Vector3 to = g.pixel(x, y).minus(rig.head());
          double omega = -to.dot(g.normal()) * area / Math.pow(to.length(), 3);
          int i = g.rasterIndex(x, y, frame.width());
          Vector3 light =
              type.toRec709()
                  .apply(
                      new Vector3(
                          frame.samples()[i],
                          frame.samples()[plane + i],
                          frame.samples()[2 * plane + i]));
          shown += omega * light.x() * 10;
        }
      }
    }
    // Native primaries are wider: noise has colours that are cut off at 0, but few.
    assertEquals(red, shown, 0.02 * red);
    EnvironmentMap even = EnvironmentMap.uniform(width, width / 2, Rgb.grey(3));
    for (float sample : new StageDriver(rig, SETTINGS).frames(even).getFirst().samples()) {
      assertEquals(0.3, sample, 1e-5);
    }
  }
}
