package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.render.Bvh;
import org.pixelcube.render.Hit;
import org.pixelcube.render.Material;
import org.pixelcube.render.Ray;
import org.pixelcube.render.Shape;
import org.pixelcube.render.TriangleMesh;

class SpectaclesTest {
  private final EggHead egg = new EggHead();

  private List<Shape> fitted(long seed) {
    return Spectacles.fit(
        egg.skin,
        egg.landmarks,
        HairGroomTest.traits(seed, seed % 2 == 0, Traits.HairStyle.BALD, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void frontAndLensesStandBeforeTheFace(long seed) {
    for (Shape shape : fitted(seed)) {
      float[] p = shape.mesh().positions();
      for (int i = 0; i < p.length; i += 3) {
        assertTrue(Float.isFinite(p[i] + p[i + 1] + p[i + 2]));
        if (p[i + 2] > -0.02) {
          double level = EggHead.level(p[i], p[i + 1], p[i + 2]);
          assertTrue(
              level > 1,
              "%s at %.1f %.1f %.1f mm: %.3f"
                  .formatted(shape.name(), 1e3 * p[i], 1e3 * p[i + 1], 1e3 * p[i + 2], level));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void bothEyesLookThroughALens(long seed) {
    Shape lenses = fitted(seed).get(1);
    assertTrue(lenses.material() instanceof Material.Clear);
    Bvh bvh = Bvh.build(lenses.mesh());
    for (int first : new int[] {36, 42}) {
      float x = 0;
      float y = 0;
      float z = 0;
      for (int i = first; i < first + 6; i++) {
        x += egg.landmarks[3 * i] / 6;
        y += egg.landmarks[3 * i + 1] / 6;
        z += egg.landmarks[3 * i + 2] / 6;
      }
      Hit hit = new Hit();
      assertTrue(bvh.intersect(new Ray().set(x, y, z, 0, 0, 1), hit), "no lens before an eye");
      assertTrue(hit.t > 0.008 && hit.t < 0.03, "the lens is %.1f mm off".formatted(1e3 * hit.t));
    }
    float[] p = lenses.mesh().positions();
    double low = Double.MAX_VALUE;
    double high = -Double.MAX_VALUE;
    for (int i = 0; i < p.length; i += 3) {
      low = Math.min(low, p[i]);
      high = Math.max(high, p[i]);
    }
    assertEquals(0, low + high, 1e-4, "one lens is farther out than the other");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void sidesReachBehindTheEarsAndTheFrameIsASolid(long seed) {
    TriangleMesh frame = fitted(seed).getFirst().mesh();
    float[] p = frame.positions();
    double back = 0;
    for (int i = 0; i < p.length; i += 3) {
      back = Math.min(back, p[i + 2]);
    }
    assertTrue(back < egg.landmarks[2] - 0.03, "the sides end at %.1f mm".formatted(1e3 * back));
    // Faces look outwards: the volume they enclose (divergence theorem) is that of a few grams.
    double volume = 0;
    int[] t = frame.triangles();
    for (int i = 0; i < t.length; i += 3) {
      int a = 3 * t[i];
      int b = 3 * t[i + 1];
      int c = 3 * t[i + 2];
      volume +=
          (p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1])
                  - p[a + 1] * (p[b] * p[c + 2] - p[b + 2] * p[c])
                  + p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]))
              / 6;
    }
    assertTrue(volume > 0.3e-6 && volume < 12e-6, "%.2f cm³".formatted(1e6 * volume));
  }

  @Test
  void everySixthPersonWearsThem() {
    int people = 6000;
    long wearing = 0;
    for (long seed = 0; seed < people; seed++) {
      wearing += Traits.of(seed).glasses() ? 1 : 0;
    }
    double share = (double) wearing / people;
    assertTrue(share > 0.15 && share < 0.2, "share " + share);
  }
}
