package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Randomized
class HairGroomTest {
  private final EggHead egg = new EggHead();

  static Traits traits(long seed, boolean female, Traits.HairStyle style, double beard) {
    return new Traits(
        seed,
        Traits.Family.ICT_FACEKIT,
        female,
        30,
        0.3,
        0.4,
        0,
        style,
        0.6,
        0.1,
        0.2,
        beard,
        0,
        false);
  }

  @ParameterizedTest
  @EnumSource(value = Traits.HairStyle.class, mode = EnumSource.Mode.EXCLUDE, names = "BALD")
  void everyHairStartsOnTheScalpAndStaysOutOfTheHead(Traits.HairStyle style, Random random) {
    Traits traits = traits(random.nextLong(), random.nextBoolean(), style, 0);
    Strands hair = HairGroom.grow(egg.skin, egg.landmarks, traits);
    assertTrue(hair.count() > 4000, "hairs: " + hair.count());
    assertTrue(hair.mesh().triangleCount() <= 250_000);
    int n = hair.pointsPerStrand();
    double inside = 0;
    for (int s = 0; s < hair.count(); s++) {
      int root = 3 * n * s;
      float[] p = hair.points();
      // Roots lie on the facets, up to 0.1 mm under the ellipsoid.
      assertEquals(1, EggHead.level(p[root], p[root + 1], p[root + 2]), 2e-3);
      boolean overTheFace = p[root + 2] > -0.02 && p[root + 1] < 0.04 && Math.abs(p[root]) < 0.05;
      assertFalse(overTheFace, "a root in the face");
      for (int i = root + 3; i < root + 3 * n; i += 3) {
        assertTrue(Float.isFinite(p[i] + p[i + 1] + p[i + 2]));
        inside = Math.max(inside, 1 - EggHead.level(p[i], p[i + 1], p[i + 2]));
        boolean beforeTheEyes = p[i + 2] > 0 && Math.abs(p[i]) < 0.03 && Math.abs(p[i + 1]) < 0.01;
        assertFalse(beforeTheEyes, "hair before the eyes");
      }
    }
    // Facets lie up to 0.1 mm under the ellipsoid; 0.004 of the radius is 0.4 mm.
    assertTrue(inside < 0.004, "inside by " + inside);
  }

  /** Length of a strand, metres. */
  private static double length(Strands hair, int strand) {
    int n = hair.pointsPerStrand();
    float[] p = hair.points();
    double sum = 0;
    for (int i = 3 * n * strand; i < 3 * (n * strand + n - 1); i += 3) {
      sum += Math.hypot(Math.hypot(p[i + 3] - p[i], p[i + 4] - p[i + 1]), p[i + 5] - p[i + 2]);
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(
      value = Traits.HairStyle.class,
      names = {"BOB", "LONG", "PONYTAIL"})
  void shortFineHairsGrowAlongTheHairlineAlone(Traits.HairStyle style) {
    Traits traits = traits(7, true, style, 0);
    Strands hair = HairGroom.grow(egg.skin, egg.landmarks, traits);
    Scalp scalp =
        new Scalp(
            new HeadShape(egg.skin, egg.landmarks),
            traits,
            new SplittableRandom(traits.seed() * 0x9E3779B97F4A7C15L + 0x48414952));
    int n = hair.pointsPerStrand();
    float[] p = hair.points();
    int atTheLine = 0;
    int shortOnes = 0;
    for (int s = 0; s < hair.count(); s++) {
      int r = 3 * n * s;
      double inside = scalp.inside(p[r], p[r + 1], p[r + 2]);
      boolean small = length(hair, s) < 0.045;
      if (inside < 0.003) {
        atTheLine++;
        shortOnes += small ? 1 : 0;
      } else if (inside > 0.02
          && p[r + 1] > EggHead.CY + 0.04
          && style != Traits.HairStyle.PONYTAIL) {
        // Lower down a bob is short because it ends at the nape.
        assertFalse(small, "a short hair %.1f mm from the hairline".formatted(1e3 * inside));
      }
    }
    assertTrue(shortOnes > 0.2 * atTheLine, shortOnes + " of " + atTheLine);
    assertTrue(shortOnes < 0.9 * atTheLine, shortOnes + " of " + atTheLine);
  }

  @Test
  void tipsOfABobThinOutAndAreNotCutOnOneLine() {
    Strands hair =
        HairGroom.grow(egg.skin, egg.landmarks, traits(9, true, Traits.HairStyle.BOB, 0));
    int n = hair.pointsPerStrand();
    double[] tips =
        java.util.stream.IntStream.range(0, hair.count())
            .filter(s -> length(hair, s) > 0.1)
            .mapToDouble(s -> hair.points()[3 * (n * s + n - 1) + 1])
            .sorted()
            .toArray();
    double low = tips[tips.length / 10];
    double high = tips[tips.length * 7 / 10];
    assertTrue(high - low > 0.012, "within %.1f mm".formatted(1e3 * (high - low)));
  }

  @Test
  void someLongHairIsPutBehindTheEar() {
    int bare = 0;
    for (long seed = 0; seed < 8; seed++) {
      Strands hair =
          HairGroom.grow(egg.skin, egg.landmarks, traits(seed, true, Traits.HairStyle.LONG, 0));
      for (int side = -1; side <= 1; side += 2) {
        int over = 0;
        for (int i = 0; i < hair.points().length; i += 3) {
          float x = side * hair.points()[i];
          float y = hair.points()[i + 1];
          double azimuth = Math.atan2(x, hair.points()[i + 2] - EggHead.CZ);
          over += Math.abs(y + 0.03) < 0.02 && azimuth > 1.0 && azimuth < 1.6 ? 1 : 0;
        }
        bare += over < 300 ? 1 : 0;
      }
    }
    assertTrue(bare >= 2 && bare <= 11, bare + " of 16 ears are bare");
  }

  @Test
  void oneSeedIsOneHeadOfHair() {
    Traits traits = traits(4, false, Traits.HairStyle.SHORT, 0);
    Strands a = HairGroom.grow(egg.skin, egg.landmarks, traits);
    Strands b = HairGroom.grow(egg.skin, egg.landmarks, traits);
    assertArrayEquals(a.mesh().positions(), b.mesh().positions());
    assertArrayEquals(a.mesh().uvs(), b.mesh().uvs());
    Strands other =
        HairGroom.grow(egg.skin, egg.landmarks, traits(5, false, Traits.HairStyle.SHORT, 0));
    assertFalse(Arrays.equals(a.points(), other.points()));
  }

  @Test
  void theBaldHaveNone() {
    Strands none =
        HairGroom.grow(egg.skin, egg.landmarks, traits(1, false, Traits.HairStyle.BALD, 0));
    assertEquals(0, none.count());
    assertEquals(0, none.mesh().triangleCount());
  }

  @Test
  void theHairlineFallsSoftlyAndLeavesTheFaceFree() {
    HeadShape head = new HeadShape(egg.skin, egg.landmarks);
    Traits traits = traits(1, false, Traits.HairStyle.SHORT, 0);
    Scalp scalp = new Scalp(head, traits, new SplittableRandom(1));
    assertEquals(1, scalp.at(0, EggHead.CY + EggHead.RY, EggHead.CZ, 0, 1, 0), 1e-9);
    assertEquals(1, scalp.at(0, 0.03, EggHead.CZ - EggHead.RZ, 0, 0, -1), 1e-9);
    assertEquals(0, scalp.at(0, 0.02, EggHead.CZ + EggHead.RZ, 0, 0, 1), 1e-9);
    assertEquals(0, scalp.at(0.02, 0.05, EggHead.CZ + 0.9 * EggHead.RZ, 0, 0.3, 0.95), 1e-9);
    // Up the middle of the forehead the distance to the hairline only grows.
    double last = Double.NEGATIVE_INFINITY;
    for (double a = 0.15; a < 1.3; a += 0.02) {
      double d =
          scalp.inside(
              0, EggHead.CY + EggHead.RY * Math.sin(a), EggHead.CZ + EggHead.RZ * Math.cos(a));
      assertTrue(d > last);
      last = d;
    }
    assertTrue(last > 0.03);
  }
}
