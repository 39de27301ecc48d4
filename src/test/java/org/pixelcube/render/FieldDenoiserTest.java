package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class FieldDenoiserTest {
  private static double relativeError(float[] found, float[] truth) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < truth.length; i++) {
      error += (found[i] - truth[i]) * (double) (found[i] - truth[i]);
      power += truth[i] * (double) truth[i];
    }
    return Math.sqrt(error / power);
  }

  @Test
  void mostOfTheNoiseGoes(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField clean = TestFields.ball(64, 0, lights, 0, random);
    ReflectanceField noisy = TestFields.ball(64, 0, lights, 0.5, random);
    ReflectanceField denoised = FieldDenoiser.denoised(noisy);
    double before = relativeError(noisy.response(), clean.response());
    double after = relativeError(denoised.response(), clean.response());
    assertTrue(after < 0.45 * before, after + " of " + before);
    // Light is neither added nor lost.
    double sum = 0;
    double truth = 0;
    for (int i = 0; i < clean.response().length; i++) {
      sum += denoised.response()[i];
      truth += clean.response()[i];
    }
    assertEquals(1, sum / truth, 0.02);
  }

  @Test
  void aFieldWithoutNoiseStaysNearlyAsItIs(Random random) {
    ReflectanceField clean = TestFields.ball(64, 1, TestFields.lights(), 0, random);
    ReflectanceField denoised = FieldDenoiser.denoised(clean);
    assertTrue(relativeError(denoised.response(), clean.response()) < 0.1);
    assertArrayEquals(clean.pixels(), denoised.pixels());
  }

  @Test
  void aPathOfGreatWeightIsBroughtDown(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField clean = TestFields.ball(64, 0, lights, 0, random);
    ReflectanceField spotted = TestFields.ball(64, 0, lights, 0, random);
    int n = 3 * lights.columns();
    int middle = clean.pixels().length / 2 + 10;
    for (int i = 0; i < n; i++) {
      spotted.response()[middle * n + i] *= 40;
    }
    float[] truth = FieldDenoiser.denoised(clean).response();
    float[] found = FieldDenoiser.denoised(spotted).response();
    assertTrue(relativeError(spotted.response(), clean.response()) > 0.5);
    assertTrue(relativeError(found, truth) < 0.02);
  }

  /** As in hair: normals at random, and one pixel in eight holds all the light. */
  @Test
  void roughSurfacesKeepTheirLight(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField field = TestFields.ball(64, 0, lights, 0, random);
    int n = 3 * lights.columns();
    float[] normal = field.aovs().normal();
    double before = 0;
    for (int p = 0; p < field.pixels().length; p++) {
      double[] d = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
      double l = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
      for (int c = 0; c < 3; c++) {
        normal[c * 64 * 64 + field.pixels()[p]] = (float) (d[c] / l);
      }
      float scale = random.nextInt(8) == 0 ? 8 : 0;
      for (int i = 0; i < 3 * lights.bins().count(); i++) {
        field.response()[p * n + i] *= scale;
        before += field.response()[p * n + i];
      }
    }
    float[] denoised = FieldDenoiser.denoised(field).response();
    double after = 0;
    for (int p = 0; p < field.pixels().length; p++) {
      for (int i = 0; i < 3 * lights.bins().count(); i++) {
        after += denoised[p * n + i];
      }
    }
    assertEquals(1, after / before, 0.15);
  }

  /** The seam of the ball's two colours is not blurred: white light is the same on both. */
  @Test
  void textureStays(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField clean = TestFields.ball(64, 0, lights, 0, random);
    float[] weights = new float[3 * lights.columns()];
    java.util.Arrays.fill(weights, 0, 3 * lights.bins().count(), 1);
    float[] before = clean.product(weights);
    float[] after = FieldDenoiser.denoised(clean).product(weights);
    int y = 32 * 64;
    float step = before[y + 31] - before[y + 32];
    assertEquals(step, after[y + 31] - after[y + 32], 0.1 * Math.abs(step));
  }

  @Test
  void aConstantFieldIsKeptExactly() {
    LightBasis lights = TestFields.lights();
    int size = 12;
    int plane = size * size;
    int[] pixels = java.util.stream.IntStream.range(0, plane).toArray();
    float[] response = new float[plane * 3 * lights.columns()];
    java.util.Arrays.fill(response, 0.25f);
    ReflectanceField.Aovs aovs = ReflectanceField.Aovs.of(plane);
    java.util.Arrays.fill(aovs.alpha(), 1);
    java.util.Arrays.fill(aovs.albedo(), 0.5f);
    ReflectanceField field =
        new ReflectanceField(
            Camera.portrait(size, size, 1, 0.5),
            lights,
            pixels,
            response,
            new float[4 * plane],
            aovs);
    assertArrayEquals(response, FieldDenoiser.denoised(field).response(), 1e-6f);
  }
}
