package org.pixelcube.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Vector3;

@Randomized
class LightPlanesTest {
  private static EnvironmentMap random(Random random) {
    float[] s = new float[3 * 64 * 32];
    for (int i = 0; i < s.length; i++) {
      s[i] = (float) Math.exp(random.nextGaussian());
    }
    return EnvironmentMap.of(Image.rgb(64, 32, s));
  }

  private static float[] normals(Random random, int n) {
    float[] out = new float[3 * n];
    for (int i = 0; i < n; i++) {
      Vector3 v =
          new Vector3(random.nextGaussian(), random.nextGaussian(), Math.abs(random.nextGaussian()))
              .normalized();
      out[i] = (float) v.x();
      out[n + i] = (float) v.y();
      out[2 * n + i] = (float) v.z();
    }
    return out;
  }

  @Test
  void uniformLightIsItself(Random random) {
    EnvironmentMap map = EnvironmentMap.uniform(64, 32, new Rgb(1, 2, 3));
    float[] n = normals(random, 50);
    LightPlanes planes = LightPlanes.Light.of(map).on(n);
    for (int i = 0; i < 150; i++) {
      double level = 1 + i / 50;
      assertEquals(level, planes.diffuse()[i], 0.01 * level);
      assertEquals(level, planes.sharp()[i], 0.01 * level);
      assertEquals(level, planes.broad()[i], 0.01 * level);
    }
  }

  @Test
  void diffuseLightIsTheSumOverTheMap(Random random) {
    EnvironmentMap map = random(random);
    float[] n = normals(random, 20);
    float[] diffuse = LightPlanes.Light.of(map).on(n).diffuse();
    for (int i = 0; i < 20; i++) {
      Rgb e = map.irradiance(new Vector3(n[i], n[20 + i], n[40 + i]));
      assertEquals(e.red() / Math.PI, diffuse[i], 0.02 * e.red());
      assertEquals(e.blue() / Math.PI, diffuse[40 + i], 0.02 * e.blue());
    }
  }

  @Test
  void mirroredLightIsThatOfTheMirroredMap(Random random) {
    EnvironmentMap map = random(random);
    float[] s = map.image().samples().clone();
    for (int row = 0; row < 3 * 32; row++) {
      for (int x = 0; x < 64; x++) {
        s[row * 64 + x] = map.image().samples()[row * 64 + 63 - x];
      }
    }
    LightPlanes.Light other = LightPlanes.Light.of(EnvironmentMap.of(Image.rgb(64, 32, s)));
    LightPlanes.Light mirrored = LightPlanes.Light.of(map).mirrored();
    float[] n = normals(random, 40);
    assertArrayEquals(other.on(n).diffuse(), mirrored.on(n).diffuse(), 0.02f);
    assertArrayEquals(other.on(n).sharp(), mirrored.on(n).sharp(), 0.1f);
    assertArrayEquals(
        LightPlanes.Light.of(map).on(n).broad(), mirrored.mirrored().on(n).broad(), 0);
  }

  @Test
  void nothingIsLitWhereThereAreNoNormals() {
    EnvironmentMap map = EnvironmentMap.uniform(64, 32, new Rgb(1, 1, 1));
    float[] none = new float[12];
    LightPlanes planes = LightPlanes.Light.of(map).on(none);
    float[] background = new float[12];
    Arrays.fill(background, 0.3f);
    assertArrayEquals(none, planes.diffuse());
    assertArrayEquals(
        background, planes.plainPicture(new float[12], none, new float[4], background));
  }

  @Test
  void imagesOfTheMap(Random random) {
    assertEquals(1, EnvironmentImages.curve(16), 1e-12);
    assertEquals(0.5, EnvironmentImages.curve(1), 2e-3);
    assertEquals(1, EnvironmentImages.logarithm(10_000), 1e-12);
    EnvironmentMap map = random(random);
    float[] planes = EnvironmentImages.of(map);
    int n = 64 * 32;
    for (int k = 0; k < 40; k++) {
      int x = random.nextInt(64);
      int y = random.nextInt(32);
      int i = y * 64 + x;
      float v = map.image().at(1, y, x);
      assertEquals(v * (1 + v / 256) / (1 + v), planes[n + i], 1e-5);
      assertEquals(Math.log1p(v) / Math.log1p(1e4), planes[4 * n + i], 1e-5);
      Vector3 d = map.pixelDirection(x, y);
      assertEquals(d.x(), planes[6 * n + i], 1e-6);
      assertEquals(d.y(), planes[7 * n + i], 1e-6);
      assertEquals(d.z(), planes[8 * n + i], 1e-6);
    }
  }

  /** What a state says comes back from it. */
  @Test
  void statesHoldTheirPictures(Random random) {
    int n = 64;
    float[] picture = positive(random, 3 * n);
    float[] flat = positive(random, 3 * n);
    float[] target = positive(random, 3 * n);
    float[] background = positive(random, 3 * n);
    float[] normals = normals(random, n);
    float[] matte = new float[n];
    for (int i = 0; i < n; i++) {
      matte[i] = i % 5 == 0 ? 0 : random.nextFloat();
    }
    DelightFrame delight = DelightFrame.of(picture, matte, Optional.empty());
    float[] state = delight.state(flat, normals, matte);
    assertEquals(DelightFrame.STATE * n, state.length);
    assertEquals(DelightFrame.CONDITIONS * n, delight.conditions().length);
    near(flat, delight.flatLit(state));
    float[] told = delight.normals(state);
    for (int i = 0; i < 3 * n; i++) {
      assertEquals(normals[i] * matte[i % n], told[i], 1e-5);
    }
    RelightFrame relight =
        RelightFrame.of(
            flat,
            normals,
            matte,
            background,
            LightPlanes.Light.of(random(random)),
            Optional.empty());
    assertEquals(RelightFrame.CONDITIONS * n, relight.conditions().length);
    near(target, relight.picture(relight.state(target)));
    float[] plain = relight.picture(new float[3 * n]);
    for (int i = 0; i < 3 * n; i++) {
      assertEquals(relight.plain()[i], PictureCode.of(plain[i]), 1e-3);
      assertEquals(relight.plain()[i], relight.conditions()[i]);
    }
  }

  /** Networks that are told of a shape give the change from its normals, and see its light. */
  @Test
  void shapesAreToldAndBegunFrom(Random random) {
    int n = 64;
    float[] picture = positive(random, 3 * n);
    float[] matte = positive(random, n);
    for (int i = 0; i < n; i++) {
      matte[i] = Math.min(1, matte[i]);
    }
    float[] truth = normals(random, n);
    SubjectShape shape = new SubjectShape(normals(random, n), positive(random, 3 * n));
    DelightFrame delight = DelightFrame.of(picture, matte, Optional.of(shape));
    assertEquals((DelightFrame.CONDITIONS + DelightFrame.SHAPE) * n, delight.conditions().length);
    float[] begun = delight.normals(new float[DelightFrame.STATE * n]);
    float[] found = delight.normals(delight.state(picture, truth, matte));
    for (int i = 0; i < 3 * n; i++) {
      assertEquals(shape.normals()[i] * matte[i % n], begun[i], 1e-5);
      assertEquals(truth[i] * matte[i % n], found[i], 1e-5);
    }
    LightPlanes.Light light = LightPlanes.Light.of(random(random));
    RelightFrame without = RelightFrame.of(picture, truth, matte, picture, light, Optional.empty());
    RelightFrame with = RelightFrame.of(picture, truth, matte, picture, light, Optional.of(shape));
    int told = RelightFrame.CONDITIONS * n;
    assertEquals(told + RelightFrame.SHAPE * n, with.conditions().length);
    for (int i = 0; i < told; i++) {
      assertEquals(without.conditions()[i], with.conditions()[i]);
    }
    for (int i = 0; i < 3 * n; i++) {
      assertEquals(PictureCode.of(shape.shaded()[i]), with.conditions()[told + i], 1e-5);
    }
  }

  private static void near(float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-3 * (expected[i] + PictureCode.TOE));
    }
  }

  private static float[] positive(Random random, int n) {
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      out[i] = (float) Math.exp(random.nextGaussian() - 1);
    }
    return out;
  }
}
