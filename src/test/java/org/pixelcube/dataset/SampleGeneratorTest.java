package org.pixelcube.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.image.Image;
import org.pixelcube.light.Exposure;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.light.MapPyramid;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.CodedField;
import org.pixelcube.render.HardSources;

@Randomized
class SampleGeneratorTest {
  private static final Clip CLIP = TestClips.rendered("ball", "someone", 4, 3);
  private static final LightCollection MAPS = LightCollection.of(MapLibrary.names().subList(0, 4));
  private static final SampleGenerator GENERATOR = SampleGenerator.of(MAPS, 2);

  @Test
  void theSameNumbersGiveTheSameSample(Random random) {
    long seed = random.nextLong();
    TrainingSample a = GENERATOR.draw(CLIP, new Random(seed));
    TrainingSample b = GENERATOR.draw(CLIP, new Random(seed));
    assertEquals(a.source(), b.source());
    assertEquals(a.target(), b.target());
    assertEquals(a.camera(), b.camera());
    assertEquals(a.firstFrame(), b.firstFrame());
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(a.frames().get(i).input().samples(), b.frames().get(i).input().samples());
      assertArrayEquals(a.frames().get(i).target().samples(), b.frames().get(i).target().samples());
    }
  }

  @Test
  void picturesFitTheirContract(Random random) {
    for (int k = 0; k < 4; k++) {
      TrainingSample sample = GENERATOR.draw(CLIP, random);
      assertEquals(2, sample.frames().size());
      for (int i = 0; i < 2; i++) {
        TrainingSample.Frame f = sample.frames().get(i);
        CodedField field = CLIP.field(sample.firstFrame() + i);
        for (float v : f.input().samples()) {
          assertTrue(v >= 0 && v <= 1);
        }
        for (float v : f.target().samples()) {
          assertTrue(v >= 0 && Float.isFinite(v));
        }
        int n = f.matte().planeSize();
        for (int p = 0; p < n; p++) {
          float alpha = f.matte().samples()[p];
          for (int c = 0; c < 3 && alpha == 0; c++) {
            assertEquals(
                f.background().samples()[c * n + p], f.target().samples()[c * n + p], 1e-6);
          }
        }
        assertArrayEquals(field.flatLit().color().samples(), f.flatLit().samples());
        Image again =
            SampleGenerator.composite(
                field,
                PigmentChange.NONE.factors(field.frontLit()),
                new SampleGenerator.Lit(
                    MapPyramid.of(f.targetMap()), field.basis().lights().weights(f.targetMap())),
                f.background());
        if (!sample.target().sharp()) {
          assertArrayEquals(again.samples(), f.target().samples(), 1e-4f);
        }
      }
    }
  }

  /** Light that the subject scatters once is multiplied as its albedo, whatever the light. */
  @Test
  void recolouredSubjectsKeepTheirLight(Random random) {
    SampleGenerator recolouring = GENERATOR.recolouring(1);
    assertArrayEquals(
        CLIP.field(0).frontLit().color().samples(),
        SampleGenerator.of(MAPS, 4)
            .frontLit(true)
            .draw(CLIP, random)
            .frames()
            .getFirst()
            .flatLit()
            .samples());
    int changed = 0;
    for (int k = 0; k < 4; k++) {
      long seed = random.nextLong();
      TrainingSample a = GENERATOR.draw(CLIP, new Random(seed));
      TrainingSample b = recolouring.draw(CLIP, new Random(seed));
      assertEquals(a.target(), b.target());
      TrainingSample.Frame f = a.frames().getFirst();
      TrainingSample.Frame g = b.frames().getFirst();
      assertArrayEquals(f.background().samples(), g.background().samples());
      CodedField field = CLIP.field(a.firstFrame());
      float[] mirrored = new float[3 * f.matte().planeSize()];
      field.addMirrored(MapPyramid.of(f.targetMap()), mirrored);
      int n = f.matte().planeSize();
      for (int i = 0; i < 3 * n; i++) {
        float ratio = g.flatLit().samples()[i] / f.flatLit().samples()[i];
        float alpha = f.matte().samples()[i % n];
        if (alpha == 0 || !Float.isFinite(ratio)) {
          continue;
        }
        float other = (1 - alpha) * f.background().samples()[i] + mirrored[i];
        float own = f.target().samples()[i] - other;
        if (own > 1e-3f) {
          assertEquals(ratio * own, g.target().samples()[i] - other, 1e-4 + 1e-3 * own);
          changed += Math.abs(ratio - 1) > 0.02 ? 1 : 0;
        }
      }
    }
    assertTrue(changed > 0);
    assertThrows(IllegalArgumentException.class, () -> GENERATOR.recolouring(1.1));
  }

  @Test
  void pigmentsChangeAsTheySay() {
    Image skinAndHair = Image.rgb(2, 1, new float[] {0.35f, 0.08f, 0.35f, 0.04f, 0.35f, 0.02f});
    assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, PigmentChange.NONE.factors(skinAndHair));
    float y = 0.2126f * 0.08f + 0.7152f * 0.04f + 0.0722f * 0.02f;
    float[] darker = new PigmentChange(1.5, 1, 0, 0, 0).factors(skinAndHair);
    assertEquals(1, darker[0], 1e-6);
    assertEquals(Math.sqrt(y / 0.35), darker[1], 1e-6);
    assertEquals(darker[1], darker[5], 1e-6);
    float[] stronger = new PigmentChange(1, 1.5, 0, 0, 0).factors(skinAndHair);
    assertEquals(1, stronger[2], 1e-6);
    assertEquals(Math.sqrt(0.08 / y), stronger[1], 1e-6);
    float[] redder = new PigmentChange(1, 1, 0.5, 0, 0).factors(skinAndHair);
    assertEquals(Math.exp(0.5 / (1 + Math.pow(y / 0.15, 2))), redder[1], 1e-6);
    assertEquals(1, redder[3], 1e-6);
    assertThrows(InvalidSetting.class, () -> new PigmentChange(5, 1, 0, 0, 0));
  }

  @Test
  void lightsAreMeteredAndExposed(Random random) {
    for (int k = 0; k < 6; k++) {
      TrainingSample sample = GENERATOR.draw(CLIP, random);
      if (sample.target().stands()) {
        double scale = Exposure.auto(sample.frames().getFirst().targetMap()).scale();
        double stops = -Math.log(scale) / Math.log(2);
        // Metered on a map of a quarter of the size.
        assertEquals(sample.target().exposureStops(), stops, 0.1);
      }
    }
  }

  /** A hard source that is to be sharp lies at a sun of the clip. */
  @Test
  void sharpSourcesMeetASun(Random random) {
    int sharp = 0;
    for (int k = 0; k < 300; k++) {
      DrawnLight light = DrawnLight.draw(MAPS, CLIP.basis().lights(), random);
      if (light.sharp()) {
        sharp++;
        Vector3 source = MAPS.get(light.map()).hard().sources().getFirst().direction();
        Vector3 turned = light.rotation(0).apply(source);
        double best =
            CLIP.basis().lights().suns().stream()
                .mapToDouble(s -> turned.dot(s.direction()))
                .max()
                .orElseThrow();
        assertTrue(best > Math.cos(Math.toRadians(0.01)));
      }
    }
    boolean any =
        MAPS.names().stream()
            .map(n -> MAPS.get(n).hard())
            .map(HardSources::sources)
            .anyMatch(s -> !s.isEmpty());
    assertEquals(any, sharp > 0);
  }

  @Test
  void lightMovesInSomeSamplesAndOnlyThere(Random random) {
    int moving = 0;
    for (int k = 0; k < 40; k++) {
      TrainingSample sample = GENERATOR.draw(CLIP, random);
      var first = sample.frames().getFirst().targetMap().image().samples();
      var last = sample.frames().getLast().targetMap().image().samples();
      boolean same = java.util.Arrays.equals(first, last);
      // A map that is the same all round may turn unseen; one that stands never differs.
      assertTrue(same || !sample.target().stands());
      moving += same ? 0 : 1;
    }
    assertTrue(moving > 0 && moving < 40);
  }

  @Test
  void fewFramesAndCapturedClips(Random random) {
    assertEquals(4, SampleGenerator.of(MAPS, 9).draw(CLIP, random).frames().size());
    Clip captured =
        TestClips.captured(
            "shot", "a", Image.filled(8, 8, ColorSpace.LINEAR_REC709, 0.1f, 0.1f, 0.1f));
    assertThrows(IllegalArgumentException.class, () -> GENERATOR.draw(captured, random));
    assertFalse(List.of(0, 1, 3, 4).contains(GENERATOR.draw(CLIP, random).frames().size()));
  }
}
