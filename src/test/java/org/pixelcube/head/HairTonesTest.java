package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.render.Material;

@Randomized
class HairTonesTest {

  @Test
  void pigmentDarkensEveryChannelAndBlueMost() {
    double[] last = {1, 1, 1};
    for (double m = 0; m <= 1; m += 0.01) {
      double[] c = HairColour.pigmented(m, 0);
      for (int k = 0; k < 3; k++) {
        assertTrue(c[k] < last[k] && c[k] > 0);
      }
      assertTrue(c[0] >= c[1] && c[1] >= c[2]);
      last = c;
    }
  }

  @Test
  void redPigmentWarmsAllButBlackHair() {
    for (double m = 0; m < 0.9; m += 0.1) {
      double[] brown = HairColour.pigmented(m, 0);
      double[] red = HairColour.pigmented(m, 1);
      assertTrue(red[0] / red[2] > brown[0] / brown[2]);
    }
    double[] black = HairColour.pigmented(1, 0);
    double[] still = HairColour.pigmented(1, 1);
    assertEquals(black[0], still[0], 1e-12);
  }

  @Test
  void everyStrandReadsItsOwnBand(Random random) {
    Traits traits = HairGroomTest.traits(3, false, Traits.HairStyle.SHORT, 0);
    Material.Hair material = HairTones.material(traits, 0, 1, 0.3, random);
    float[] c = new float[3];
    for (int i = 0; i < 400; i++) {
      double grey = i % 2;
      byte tone = HairTones.tone(grey, random);
      float v = HairTones.bandCoordinate(tone, random.nextFloat());
      assertEquals(tone, (int) (v * HairTones.TONES));
      material.albedo().at(0.5f, v, c);
      // Grey hair has hardly any hue, brown hair has.
      double hue = (c[0] - c[2]) / c[0];
      assertTrue(grey > 0 ? hue < 0.1 : hue > 0.3, "tone " + tone + " hue " + hue);
    }
  }

  @Test
  void rootsAreDarkerThanTips(Random random) {
    Traits traits = HairGroomTest.traits(3, true, Traits.HairStyle.LONG, 0);
    Material.Hair material = HairTones.material(traits, 0, 1, 0.3, random);
    float[] root = new float[3];
    float[] tip = new float[3];
    for (int i = 0; i < 20; i++) {
      byte tone = HairTones.tone(0, random);
      material.albedo().at(0.5f, HairTones.bandCoordinate(tone, 0), root);
      material.albedo().at(0.5f, HairTones.bandCoordinate(tone, 1), tip);
      assertTrue(root[0] < tip[0]);
    }
  }
}
