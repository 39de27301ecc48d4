package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.TriangleMesh;

@Randomized
class SkinTexturesTest {
  private static final int SIZE = 160;

  /** A face drawn flat: jaw, brows, nose, eyes and lips where they belong, metres. */
  private static float[] landmarks() {
    Vector3[] p = new Vector3[68];
    for (int i = 0; i < 17; i++) {
      double a = Math.PI * i / 16;
      p[i] =
          new Vector3(-0.07 * Math.cos(a), 0.02 - 0.12 * Math.sin(a), -0.05 + 0.06 * Math.sin(a));
    }
    for (int i = 17; i < 27; i++) {
      p[i] = new Vector3(-0.055 + 0.11 * (i - 17) / 9, 0.022, 0.02);
    }
    for (int i = 27; i < 36; i++) {
      p[i] =
          i < 31
              ? new Vector3(0, -0.01 * (i - 27), 0.03)
              : new Vector3(0.007 * (i - 33), -0.042, 0.03);
    }
    for (int i = 36; i < 48; i++) {
      double a = Math.PI - 2 * Math.PI * (i % 6) / 6;
      p[i] =
          new Vector3((i < 42 ? -0.031 : 0.031) + 0.014 * Math.cos(a), 0.005 * Math.sin(a), 0.012);
    }
    for (int i = 48; i < 68; i++) {
      double a =
          i < 60 ? Math.PI - 2 * Math.PI * (i - 48) / 12 : Math.PI - 2 * Math.PI * (i - 60) / 8;
      double r = i < 60 ? 1 : 0.6;
      p[i] = new Vector3(r * 0.025 * Math.cos(a), -0.07 + r * 0.01 * Math.sin(a), 0.025);
    }
    float[] out = new float[204];
    for (int i = 0; i < 68; i++) {
      out[3 * i] = (float) p[i].x();
      out[3 * i + 1] = (float) p[i].y();
      out[3 * i + 2] = (float) p[i].z();
    }
    return out;
  }

  /** A slanted sheet of 20 × 24 cm with skewed texture coordinates. */
  private static TriangleMesh sheet() {
    float[] p = {-0.1f, -0.14f, 0.02f, 0.1f, -0.14f, 0.02f, 0.1f, 0.1f, 0.02f, -0.1f, 0.1f, 0.02f};
    float[] uv = {0.05f, 0.05f, 0.8f, 0.05f, 0.95f, 0.95f, 0.2f, 0.95f};
    return TriangleMesh.smooth(p, uv, new int[] {0, 1, 2, 0, 2, 3});
  }

  private static SkinAtlas atlas() {
    float[] photo = new float[3 * 64 * 64];
    Arrays.fill(photo, 0, 4096, 0.6f);
    Arrays.fill(photo, 4096, 8192, 0.4f);
    Arrays.fill(photo, 8192, 12288, 0.3f);
    Image image = Image.rgb(64, 64, photo);
    return SkinAtlas.of(
        sheet(), landmarks(), SIZE, SIZE, new SkinAtlas.Photos(image, image, 1), new float[4]);
  }

  private static Traits traits(double melanin, double age) {
    return new Traits(
        9,
        Traits.Family.ICT_FACEKIT,
        true,
        age,
        melanin,
        0.4,
        0,
        Traits.HairStyle.BALD,
        0.5,
        0,
        0,
        0,
        0,
        false);
  }

  @Test
  void slopesOfATiltedPlaneAreItsGradient() {
    SkinAtlas atlas = atlas();
    float[] heights = new float[SIZE * SIZE];
    for (int i = 0; i < heights.length; i++) {
      heights[i] = 0.3f * atlas.place[0][i] - 0.2f * atlas.place[1][i];
    }
    float[][] slope = atlas.slopes(heights);
    // u grows along +X, so tangent and bitangent are +X and +Y whatever the skew.
    int middle = SIZE / 2 * SIZE + SIZE / 2;
    for (int i : new int[] {middle, middle + 9 * SIZE - 20, middle - 20 * SIZE + 11}) {
      assertTrue(atlas.covered(i));
      assertEquals(0.3, slope[0][i], 2e-3);
      assertEquals(-0.2, slope[1][i], 2e-3);
    }
  }

  @Test
  void albedoDarkensWithMelaninAndStaysInRange() {
    SkinAtlas atlas = atlas();
    double last = 1;
    for (double melanin : new double[] {0, 0.2, 0.4, 0.6, 0.8, 1}) {
      float[] s = SkinTextures.albedoImage(atlas, traits(melanin, 30)).samples();
      double sum = 0;
      int n = 0;
      for (int i = 0; i < SIZE * SIZE; i++) {
        if (atlas.covered(i)) {
          sum += 0.2126 * s[i] + 0.7152 * s[SIZE * SIZE + i] + 0.0722 * s[2 * SIZE * SIZE + i];
          n++;
        }
      }
      assertTrue(sum / n < last, "melanin " + melanin);
      last = sum / n;
      for (float v : s) {
        assertTrue(v >= 0.01f && v <= 0.9f);
      }
    }
  }

  @Test
  void sameSeedIsTheSameSkin() {
    SkinAtlas atlas = atlas();
    assertArrayEquals(
        SkinTextures.albedoImage(atlas, traits(0.3, 50)).samples(),
        SkinTextures.albedoImage(atlas, traits(0.3, 50)).samples());
  }

  @Test
  void raisedBrowsFurrowTheForehead() {
    SkinTextures skin = SkinTextures.of(atlas(), traits(0.3, 45));
    float[] raised = new float[Expression.COUNT];
    int at = 0;
    for (Expression e : Expression.values()) {
      raised[at++] =
          switch (e) {
            case BROW_INNER_UP_L, BROW_INNER_UP_R, BROW_OUTER_UP_L, BROW_OUTER_UP_R -> 1;
            default -> 0;
          };
    }
    FramePose up = new FramePose(0, raised, Pose.IDENTITY, Pose.IDENTITY, 0, 0, 0, 0);
    Material.Skin rest = skin.material(FramePose.REST);
    assertSame(rest, skin.material(FramePose.REST));
    Material.Skin moved = skin.material(up);
    double restBend = bend(rest, 0.055f);
    double movedBend = bend(moved, 0.055f);
    assertTrue(movedBend > 1.3 * restBend, restBend + " against " + movedBend);
    // The chin does not care.
    assertEquals(bend(rest, -0.11f), bend(moved, -0.11f), 1e-6);
  }

  /** Mean slope of the normals along a stretch of the sheet around a height. */
  private static double bend(Material.Skin skin, float y) {
    float[] n = new float[3];
    double sum = 0;
    for (int k = 0; k < 60; k++) {
      double height = y - 0.01 + 0.02 * k / 60;
      double v = 0.05 + 0.9 * (height + 0.14) / 0.24;
      double u = 0.05 + 0.15 * (v - 0.05) / 0.9 + 0.75 * 0.5;
      skin.normalMap().at((float) u, (float) v, n);
      sum += Math.hypot(n[0], n[1]) / 60;
      assertEquals(1, Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]), 0.02);
    }
    return sum;
  }
}
