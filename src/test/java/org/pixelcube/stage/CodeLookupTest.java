package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class CodeLookupTest {
  private static final int WHITE = 65535;

  private static PanelType type(TransferCurve eotf) {
    PanelType t = CubeRig.PIXEL_CUBE.rig().panelTypes().getFirst();
    return new PanelType(
        t.name(),
        t.widthMetres(),
        t.heightMetres(),
        t.pixelsWide(),
        t.pixelsHigh(),
        t.peakNits(),
        t.blackNits(),
        t.primaries(),
        eotf,
        new ViewingAngle(0, Optional.empty()),
        t.refreshHertz(),
        t.scan());
  }

  @Test
  void rowsHaveTheNearestCodes(Random random) {
    for (double gamma : new double[] {2.4, 2.2, 1, 0.6 + 3 * random.nextDouble()}) {
      PanelType type = type(TransferCurve.gamma(gamma));
      CodeLookup lookup = new CodeLookup.Cache(WHITE).of(type);
      // The light of every code, and of places between.
      float[] light = new float[3 * WHITE];
      for (int i = 0; i < light.length; i++) {
        light[i] = (float) type.eotf().toLinear(i / 3.0 / WHITE, type.peakNits());
      }
      short[] found = new short[light.length];
      lookup.codes(light, light.length, found, 0);
      for (int i = 0; i < light.length; i++) {
        double wanted = type.eotf().fromLinear(light[i], type.peakNits()) * WHITE;
        // What is darker than 1e-9 of the peak may be black.
        double dark = light[i] < 1e-9 ? wanted : 0;
        assertEquals(wanted, found[i] & 0xFFFF, 0.55 + dark, "gamma " + gamma);
      }
    }
  }

  @Test
  void rowsAreCutOffAndOfAnyLength(Random random) {
    for (TransferCurve eotf :
        new TransferCurve[] {TransferCurve.gamma(2.4), TransferCurve.PQ, TransferCurve.SRGB}) {
      CodeLookup lookup = new CodeLookup.Cache(WHITE).of(type(eotf));
      float[] light = new float[1 + random.nextInt(60)];
      for (int i = 0; i < light.length; i++) {
        light[i] =
            switch (random.nextInt(4)) {
              case 0 -> -random.nextFloat();
              case 1 -> 1 + random.nextFloat();
              case 2 -> i % 2;
              default -> random.nextFloat();
            };
      }
      short[] found = new short[light.length + 3];
      found[light.length + 2] = 7;
      lookup.codes(light, light.length, found, 2);
      for (int i = 0; i < light.length; i++) {
        assertEquals(lookup.code(light[i]), found[2 + i] & 0xFFFF, 1);
        if (light[i] <= 0 || light[i] >= 1) {
          assertEquals(lookup.code(light[i]), found[2 + i] & 0xFFFF);
        }
      }
      assertEquals(7, found[light.length + 2]);
      assertEquals(0, found[0]);
    }
  }
}
