package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

class FieldTracerTest {
  private static final EnvironmentMap WHITE = EnvironmentMap.uniform(32, 16, new Rgb(1, 1, 1));

  private static Scene ball(Material material, int size) {
    return new Scene(
        List.of(Instance.still(new Shape("ball", Shapes.sphere(0, 0, 0, 0.1, 48), material))),
        Camera.portrait(size, size, 1, 0.24));
  }

  /** A ball over a floor, with interreflection and a shadow. */
  private static Scene ballOnFloor(Material material, int size) {
    return new Scene(
        List.of(
            Instance.still(new Shape("ball", Shapes.sphere(0, 0, 0, 0.1, 48), material)),
            Instance.still(
                new Shape(
                    "floor",
                    Shapes.floor(-0.1, 0.3),
                    new Material.Lambert(Texture.constant(0.7f, 0.5f, 0.3f))))),
        Camera.portrait(size, size, 1, 0.3));
  }

  private static double mean(float[] plane, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += plane[i];
    }
    return sum / (to - from);
  }

  @Test
  void aWhiteBallInAFurnaceIsWhite() {
    for (Material material :
        List.of(
            new Material.Lambert(Texture.constant(1, 1, 1)),
            new Material.Glossy(Texture.constant(1, 1, 1), Texture.constant(0.4f), 0.04f))) {
      Scene scene = ball(material, 48);
      ReflectanceField field =
          FieldTracer.trace(scene, LightBasis.cells(), new FieldTracer.Settings(16, 4, 8, 8, 5, 1));
      Image flat = field.flatLit();
      double sum = 0;
      double weight = 0;
      for (int i = 0; i < flat.planeSize(); i++) {
        float a = field.aovs().alpha()[i];
        sum += a * flat.samples()[flat.planeSize() + i];
        weight += a;
      }
      assertEquals(1, sum / weight, 0.001, material.getClass().getSimpleName());
      Image traced = PathTracer.render(scene, WHITE, 64);
      sum = 0;
      weight = 0;
      for (int i = 0; i < flat.planeSize(); i++) {
        float a = traced.samples()[3 * flat.planeSize() + i];
        sum += a * traced.samples()[flat.planeSize() + i];
        weight += a;
      }
      assertEquals(1, sum / weight, 0.001, material.getClass().getSimpleName());
    }
  }

  /** Light that goes through the hair into the ball and out again is not lost either. */
  @Test
  void aBallOfWhiteHairInAFurnaceIsWhite() {
    ReflectanceField field =
        FieldTracer.trace(
            ball(hair(1, 1, 1), 48),
            LightBasis.cells(),
            FieldTracer.Settings.DEFAULT.withSamples(16));
    float[] weights = new float[3 * field.basis().columns()];
    java.util.Arrays.fill(weights, 1);
    float[] out = field.product(weights);
    double alpha = mean(field.aovs().alpha(), 0, 48 * 48);
    for (int c = 0; c < 3; c++) {
      assertEquals(1, mean(out, c * 48 * 48, (c + 1) * 48 * 48) / alpha, 0.004);
    }
  }

  /** An eye seen in few pixels mirrors most of the sphere in each, and the floor below it. */
  @Test
  void anEyeOfFewPixelsMirrorsAllThatDirectRenderingSees() {
    Scene scene =
        new Scene(
            List.of(
                Instance.still(
                    new Shape(
                        "cornea",
                        Shapes.sphere(0, 0, 0, 0.1, 48),
                        new Material.Clear(1.38f, Texture.constant(1, 1, 1)))),
                Instance.still(
                    new Shape(
                        "iris",
                        Shapes.sphere(0, 0, 0, 0.095, 48),
                        new Material.Lambert(Texture.constant(0, 0, 0)))),
                Instance.still(
                    new Shape(
                        "floor",
                        Shapes.floor(-0.11, 0.3),
                        new Material.Lambert(Texture.constant(0.9f, 0.9f, 0.9f))))),
            Camera.portrait(4, 4, 1, 0.2));
    float[] samples = new float[3 * 64 * 32];
    for (int i = 0; i < samples.length; i++) {
      int x = i % 64;
      int y = i / 64 % 32;
      samples[i] = x / 8 % 3 == 0 && y > 8 && y < 16 ? 20 : 0.05f;
    }
    EnvironmentMap lamps = EnvironmentMap.of(Image.rgb(64, 32, samples));
    Image direct = PathTracer.render(scene, lamps, 4096);
    ReflectanceField field =
        FieldTracer.trace(
            scene, LightBasis.cells(), FieldTracer.Settings.DEFAULT.withSamples(1024));
    // As if each pixel mirrored one direction.
    float[] single = field.mirror().clone();
    for (int i = 0; i < single.length; i += 4) {
      double length = Math.hypot(Math.hypot(single[i], single[i + 1]), single[i + 2]);
      for (int k = 0; k < 3; k++) {
        single[i + k] /= (float) length;
      }
    }
    ReflectanceField sharp =
        new ReflectanceField(
            field.camera(), field.basis(), field.pixels(), field.response(), single, field.aovs());
    double error = middleError(field.relit(lamps), direct);
    assertTrue(error < 0.25, "error " + error);
    double before = middleError(sharp.relit(lamps), direct);
    assertTrue(
        error < before / 2, "error %.3f, of single directions %.3f".formatted(error, before));
  }

  /** Σ|a − b| ÷ Σb over the four pixels in the middle of 4 × 4, red. */
  private static double middleError(Image a, Image b) {
    double far = 0;
    double all = 0;
    for (int i : new int[] {5, 6, 9, 10}) {
      far += Math.abs(a.samples()[i] - b.samples()[i]);
      all += b.samples()[i];
    }
    return far / all;
  }

  private static Material.Hair hair(float... albedo) {
    return new Material.Hair(Texture.constant(albedo), 0.3f, 0.3f, 2, Material.Opaque.ONE);
  }

  @Test
  void theProductOfHairIsWhatDirectRenderingGives() {
    productIsDirect(ballOnFloor(hair(0.5f, 0.3f, 0.1f), 32), 0.02);
  }

  /** The quarters of the picture agree within the noise, which is about 0.5 %. */
  @Test
  void theProductIsWhatDirectRenderingGives() {
    Material material =
        new Material.Glossy(Texture.constant(0.5f, 0.4f, 0.3f), Texture.constant(0.5f), 0.04f);
    productIsDirect(ballOnFloor(material, 32), 0.015);
  }

  private static void productIsDirect(Scene scene, double tolerance) {
    LightBasis basis = new LightBasis(new DirectionBins(8), List.of(), List.of());
    ReflectanceField field =
        FieldTracer.trace(scene, basis, new FieldTracer.Settings(64, 4, 8, 8, 24, 3));
    // A map that is constant over each cell has no more detail than the field can tell apart.
    float[] weights = new float[3 * basis.columns()];
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextFloat() * random.nextFloat() * 4;
    }
    int w = 512;
    int h = 256;
    float[] blocky = new float[3 * w * h];
    float[] scratch = new float[2];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / w, (y + 0.5) / h);
        int bin = basis.bins().bin((float) d.x(), (float) d.y(), (float) d.z(), scratch);
        for (int c = 0; c < 3; c++) {
          blocky[c * w * h + y * w + x] = weights[3 * bin + c];
        }
      }
    }
    Image direct = PathTracer.render(scene, EnvironmentMap.of(Image.rgb(w, h, blocky)), 512);
    float[] product = field.product(weights);
    int plane = 32 * 32;
    for (int c = 0; c < 3; c++) {
      for (int ty = 0; ty < 2; ty++) {
        for (int tx = 0; tx < 2; tx++) {
          double a = 0;
          double b = 0;
          for (int y = 16 * ty; y < 16 * ty + 16; y++) {
            for (int x = 16 * tx; x < 16 * tx + 16; x++) {
              int i = y * 32 + x;
              a += product[c * plane + i];
              b += direct.samples()[c * plane + i] * direct.samples()[3 * plane + i];
            }
          }
          assertEquals(b, a, tolerance * b, "channel %d tile %d,%d".formatted(c, tx, ty));
        }
      }
    }
  }

  @Test
  void aSunGivesTheClosedFormOnALambertBall() {
    Scene scene = ball(new Material.Lambert(Texture.constant(0.6f, 0.6f, 0.6f)), 33);
    Vector3 sun = new Vector3(0.6, 0, 0.8);
    ReflectanceField field =
        FieldTracer.trace(
            scene,
            LightBasis.cells().withSuns(List.of(new LightBasis.Sun(sun, 0.53))),
            FieldTracer.Settings.DEFAULT.withSamples(16));
    float[] weights = new float[3 * field.basis().columns()];
    weights[3 * field.basis().firstSun() + 1] = 2;
    float[] out = field.product(weights);
    int i = 16 * 33 + 16;
    // In the middle of the ball the normal is +Z: albedo / π · irradiance · cos.
    assertEquals(0.6 / Math.PI * 2 * 0.8, out[33 * 33 + i], 0.02);
    assertEquals(0, mean(out, 0, 33 * 33));
  }

  @Test
  void panelsThatSurroundTheBallAreAFurnace() {
    Scene scene = ball(new Material.Lambert(Texture.constant(0.5f, 0.5f, 0.5f)), 24);
    List<LightBasis.Panel> cube = new java.util.ArrayList<>();
    for (int axis = 0; axis < 3; axis++) {
      for (int sign = -1; sign <= 1; sign += 2) {
        Vector3 n = new Vector3(axis == 0 ? sign : 0, axis == 1 ? sign : 0, axis == 2 ? sign : 0);
        Vector3 up = axis == 1 ? new Vector3(0, 0, 1) : new Vector3(0, 1, 0);
        Vector3 inward = n.times(-1);
        Vector3 right = up.cross(inward);
        cube.add(
            new LightBasis.Panel(n.times(1).minus(right).minus(up), right.times(2), up.times(2)));
      }
    }
    ReflectanceField field =
        FieldTracer.trace(
            scene,
            new LightBasis(new DirectionBins(2), List.of(), cube),
            FieldTracer.Settings.DEFAULT.withSamples(64));
    float[] weights = new float[3 * field.basis().columns()];
    for (int i = 3 * field.basis().firstPanel(); i < weights.length; i++) {
      weights[i] = 1;
    }
    float[] out = field.product(weights);
    double mean = mean(out, 0, 24 * 24) / mean(field.aovs().alpha(), 0, 24 * 24);
    assertEquals(0.5, mean, 0.01);
  }

  @Test
  void cellsTurnWithTheCamera() {
    Material material = new Material.Lambert(Texture.constant(0.5f, 0.5f, 0.5f));
    Scene still = ball(material, 24);
    Rotation turn = Rotation.yawPitchRoll(90, 0, 0);
    Camera camera =
        new Camera(
            new Pose(turn, turn.apply(new Vector3(0, 0, 1))),
            24,
            24,
            still.camera().focalLengthPixels());
    Scene turned = new Scene(still.instances(), camera);
    FieldTracer.Settings settings = FieldTracer.Settings.DEFAULT.withSamples(16);
    float[] weights = LightBasis.cells().weights(MapLibrary.find("rembrandt").resampled(128, 64));
    float[] a = FieldTracer.trace(still, LightBasis.cells(), settings).product(weights);
    float[] b = FieldTracer.trace(turned, LightBasis.cells(), settings).product(weights);
    assertEquals(mean(a, 0, 24 * 24), mean(b, 0, 24 * 24), 0.01 * mean(a, 0, 24 * 24));
  }

  @Test
  void theSameSeedGivesTheSameField() {
    Scene scene = ballOnFloor(new Material.Lambert(Texture.constant(0.5f, 0.5f, 0.5f)), 16);
    FieldTracer.Settings settings = FieldTracer.Settings.DEFAULT;
    ReflectanceField a = FieldTracer.trace(scene, LightBasis.cells(), settings);
    ReflectanceField b = FieldTracer.trace(scene, LightBasis.cells(), settings);
    assertArrayEquals(a.response(), b.response());
    ReflectanceField c = FieldTracer.trace(scene, LightBasis.cells(), settings.withSeed(2));
    assertTrue(!java.util.Arrays.equals(a.response(), c.response()));
  }

  @Test
  void motionIsWhereThePointWas() {
    Shape ball =
        new Shape(
            "ball",
            Shapes.sphere(0, 0, 0, 0.1, 24),
            new Material.Lambert(Texture.constant(0.5f, 0.5f, 0.5f)));
    Pose before = new Pose(Rotation.IDENTITY, new Vector3(-0.01, 0.005, 0));
    Camera camera = Camera.portrait(32, 32, 1, 0.24);
    Scene scene = new Scene(List.of(Instance.rigid(ball, Pose.IDENTITY, before)), camera);
    ReflectanceField field =
        FieldTracer.trace(scene, LightBasis.cells(), FieldTracer.Settings.DEFAULT);
    int i = 16 * 32 + 16;
    // The near side of the ball is 0.9 m from a camera with a focal length of 32 / 0.24 pixels.
    assertEquals(32 / 0.24 / 0.9 * 0.01, field.aovs().motion()[i], 0.02);
    assertEquals(32 / 0.24 / 0.9 * 0.005, field.aovs().motion()[32 * 32 + i], 0.02);
  }
}
