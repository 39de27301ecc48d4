package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pixelcube.render.Material;
import org.pixelcube.render.TriangleMesh;

/** Tops around a neck that is an upright pillar, so that what it must keep out of is known. */
class TopTest {
  private static final double RADIUS = 0.055;
  private static final double AXIS_Z = -0.06;
  private final TriangleMesh neck = pillar();
  private final float[] landmarks = new float[204];

  TopTest() {
    landmarks[3 * 8 + 1] = -0.11f;
    landmarks[3 * 8 + 2] = 0.02f;
  }

  private static TriangleMesh pillar() {
    int rows = 90;
    int columns = 96;
    float[] p = new float[3 * (rows + 1) * columns];
    int[] t = new int[6 * rows * columns];
    for (int i = 0; i <= rows; i++) {
      for (int j = 0; j < columns; j++) {
        double a = 2 * Math.PI * j / columns;
        int v = i * columns + j;
        p[3 * v] = (float) (RADIUS * Math.sin(a));
        p[3 * v + 1] = -0.05f - 0.004f * i;
        p[3 * v + 2] = (float) (AXIS_Z + RADIUS * Math.cos(a));
        if (i < rows) {
          int b = i * columns + (j + 1) % columns;
          int k = 6 * v;
          t[k] = v;
          t[k + 1] = v + columns;
          t[k + 2] = b + columns;
          t[k + 3] = v;
          t[k + 4] = b + columns;
          t[k + 5] = b;
        }
      }
    }
    return TriangleMesh.smooth(p, new float[2 * (rows + 1) * columns], t);
  }

  private Top top(long seed, Top.Cut cut) {
    return Top.fit(
        neck, landmarks, HairGroomTest.traits(seed, seed % 2 == 0, Traits.HairStyle.BALD, 0), cut);
  }

  @ParameterizedTest
  @EnumSource(Top.Cut.class)
  void clothLiesAroundTheNeckAndNotInIt(Top.Cut cut) {
    Top top = top(3, cut);
    assertEquals(AXIS_Z, top.axisZ(), 0.003);
    assertEquals(RADIUS, top.halfOpening(), 0.002);
    for (Top.Part part : top.parts()) {
      float[] p = part.mesh().positions();
      double nearest = Double.MAX_VALUE;
      double widest = 0;
      for (int i = 0; i < p.length; i += 3) {
        double r = Math.hypot(p[i], p[i + 2] - AXIS_Z);
        nearest = Math.min(nearest, r);
        widest = Math.max(widest, Math.abs(p[i]));
      }
      assertTrue(nearest > RADIUS - 0.001, "%.1f mm from the axis".formatted(1e3 * nearest));
      assertTrue(nearest < RADIUS + 0.02, "%.1f mm from the axis".formatted(1e3 * nearest));
      boolean leaves = part.mesh().triangleCount() < 4000;
      assertTrue(leaves || widest > 0.15, "shoulders are covered");
    }
  }

  /** The highest point of a piece near the plane of symmetry, in front or behind, metres. */
  private static double edge(Top.Part part, boolean before) {
    float[] p = part.mesh().positions();
    double top = -1;
    for (int i = 0; i < p.length; i += 3) {
      if (Math.abs(p[i]) < 0.004 && p[i + 2] > AXIS_Z == before) {
        top = Math.max(top, p[i + 1]);
      }
    }
    return top;
  }

  @Test
  void cutsDifferWhereTheyShould() {
    double crew = edge(top(5, Top.Cut.CREW).parts().getFirst(), true);
    assertTrue(edge(top(5, Top.Cut.TURTLENECK).parts().getFirst(), true) > crew + 0.015);
    assertTrue(edge(top(5, Top.Cut.T_SHIRT).parts().getFirst(), true) < crew - 0.005);
    assertTrue(edge(top(5, Top.Cut.SCOOP).parts().getFirst(), true) < crew - 0.01);
    Top two = top(5, Top.Cut.V_NECK_OVER_T_SHIRT);
    assertEquals(2, two.parts().size());
    double deep = edge(two.parts().getFirst(), true) - edge(two.parts().get(1), true);
    double nape = edge(two.parts().getFirst(), false) - edge(two.parts().get(1), false);
    assertTrue(deep > nape + 0.03, "a V of %.1f mm".formatted(1e3 * (deep - nape)));
    assertEquals(3, top(5, Top.Cut.V_NECK_OVER_SHIRT).parts().size());
    Top.Part leaves = top(5, Top.Cut.SHIRT).parts().get(1);
    float[] p = leaves.mesh().positions();
    for (int i = 0; i < p.length; i += 3) {
      boolean ahead = p[i + 2] > AXIS_Z && Math.abs(p[i]) < 0.003;
      assertTrue(!ahead, "a collar opens in front");
    }
  }

  @Test
  void peopleWearEveryCutInManyColours() {
    Set<String> shapes = new HashSet<>();
    Set<Integer> colours = new HashSet<>();
    float[] rgb = new float[3];
    for (long seed = 0; seed < 24; seed++) {
      Top top =
          Top.fit(
              neck, landmarks, HairGroomTest.traits(seed, seed % 2 == 0, Traits.HairStyle.BALD, 0));
      Top.Part part = top.parts().getLast();
      shapes.add(top.parts().size() + "/" + part.mesh().triangleCount());
      ((Material.Glossy) part.material()).albedo().at(0.3f, 0.3f, rgb);
      int red = (int) (5 * rgb[0]);
      int green = (int) (5 * rgb[1]);
      int blue = (int) (5 * rgb[2]);
      colours.add(100 * red + 10 * green + blue);
    }
    assertTrue(shapes.size() >= 4, shapes.toString());
    assertTrue(colours.size() >= 6, colours.toString());
  }
}
