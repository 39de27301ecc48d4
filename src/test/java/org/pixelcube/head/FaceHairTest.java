package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class FaceHairTest {
  private final EggHead egg = new EggHead();

  private static Traits traits(long seed, double beard) {
    return HairGroomTest.traits(seed, seed % 2 == 0, Traits.HairStyle.SHORT, beard);
  }

  @Test
  void browsLieAlongTheirLandmarks(Random random) {
    Strands brows = Brows.grow(egg.skin, egg.landmarks, traits(random.nextLong(), 0));
    assertTrue(brows.count() > 250, "hairs: " + brows.count());
    int right = 0;
    int n = brows.pointsPerStrand();
    for (int s = 0; s < brows.count(); s++) {
      float x = brows.points()[3 * n * s];
      float y = brows.points()[3 * n * s + 1];
      right += x < 0 ? 1 : 0;
      assertTrue(Math.abs(x) > 0.004 && Math.abs(x) < 0.066, "x " + x);
      assertTrue(y > 0.005 && y < 0.04, "y " + y);
    }
    assertEquals(0.5, (double) right / brows.count(), 0.12);
    outside(brows, 0.006);
  }

  @Test
  void lashesStandOnTheLidsAndPointForwards(Random random) {
    Strands lashes = Lashes.grow(egg.skin, egg.landmarks, traits(random.nextLong(), 0));
    assertTrue(lashes.count() > 200, "hairs: " + lashes.count());
    int n = lashes.pointsPerStrand();
    for (int s = 0; s < lashes.count(); s++) {
      int root = 3 * n * s;
      int tip = root + 3 * n - 3;
      float[] p = lashes.points();
      double x = Math.abs(p[root]);
      assertTrue(x > 0.013 && x < 0.05, "x " + x);
      assertTrue(Math.abs(p[root + 1]) < 0.01, "y " + p[root + 1]);
      assertTrue(p[tip + 2] > p[root + 2], "a lash that points into the eye");
    }
  }

  @Test
  void beardsLeaveLipsAndCheeksFree(Random random) {
    for (double amount : new double[] {0.2, 1}) {
      Strands beard = Beard.grow(egg.skin, egg.landmarks, traits(random.nextLong(), amount));
      assertTrue(beard.count() > 5000, "hairs: " + beard.count());
      int n = beard.pointsPerStrand();
      for (int s = 0; s < beard.count(); s++) {
        float x = beard.points()[3 * n * s];
        float y = beard.points()[3 * n * s + 1];
        float z = beard.points()[3 * n * s + 2];
        assertTrue(y < 0.012, "a beard over the eyes");
        boolean lips = z > -0.02 && Math.abs(x) < 0.012 && y > -0.059 && y < -0.048;
        assertTrue(!lips, "a beard on the lips");
        boolean nose = z > -0.02 && Math.abs(x) < 0.012 && y > -0.034;
        assertTrue(!nose, "a beard on the nose");
      }
      outside(beard, 0.01);
    }
    assertEquals(0, Beard.grow(egg.skin, egg.landmarks, traits(3, 0)).count());
  }

  private static void outside(Strands strands, double tolerance) {
    float[] p = strands.points();
    for (int i = 0; i < p.length; i += 3) {
      assertTrue(EggHead.level(p[i], p[i + 1], p[i + 2]) > 1 - tolerance, "inside the head");
    }
  }

  @Test
  void oneSeedIsOneFace() {
    Traits traits = traits(8, 0.7);
    assertArrayEquals(
        Brows.grow(egg.skin, egg.landmarks, traits).mesh().positions(),
        Brows.grow(egg.skin, egg.landmarks, traits).mesh().positions());
    assertArrayEquals(
        Lashes.grow(egg.skin, egg.landmarks, traits).mesh().positions(),
        Lashes.grow(egg.skin, egg.landmarks, traits).mesh().positions());
    assertArrayEquals(
        Beard.grow(egg.skin, egg.landmarks, traits).mesh().positions(),
        Beard.grow(egg.skin, egg.landmarks, traits).mesh().positions());
  }
}
