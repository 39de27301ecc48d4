package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;

@Randomized
class DetailTransferTest {
  private static float[][] three(float value, int n) {
    float[][] planes = new float[3][n];
    for (float[] plane : planes) {
      Arrays.fill(plane, value);
    }
    return planes;
  }

  private static float[][] apply(DetailTransfer transfer, Image picture) {
    float[][] out = new float[3][picture.planeSize()];
    float[][] row = new float[3][picture.width()];
    float[] cover = new float[picture.planeSize()];
    Arrays.fill(cover, 1);
    DetailTransfer.Rows rows = transfer.rows(picture.width());
    for (int y = 0; y < picture.height(); y++) {
      transfer.row(picture, cover, y, rows, row);
      for (int c = 0; c < 3; c++) {
        System.arraycopy(row[c], 0, out[c], y * picture.width(), picture.width());
      }
    }
    return out;
  }

  @RepeatedTest(5)
  void unchangedLightLeavesEveryPixelOfThePicture(Random random) {
    int g = 16;
    float[][] before = new float[3][g * g];
    for (float[] plane : before) {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = random.nextFloat();
      }
    }
    float[] weight = new float[g * g];
    Arrays.fill(weight, 1);
    DetailTransfer transfer = new DetailTransfer(before, before, new float[3][g * g], weight, g, g);
    float[] samples = new float[3 * 50 * 50];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    float[][] out = apply(transfer, Image.rgb(50, 50, samples));
    for (int i = 0; i < samples.length; i++) {
      assertEquals(samples[i], out[i / 2500][i % 2500], 2e-4 * samples[i] + 1e-6);
    }
  }

  @Test
  void aUniformChangeIsAGainAndDetailScalesWithIt() {
    int g = 24;
    float[] weight = new float[g * g];
    Arrays.fill(weight, 1);
    DetailTransfer transfer =
        new DetailTransfer(
            three(0.2f, g * g), three(0.4f, g * g), three(0.05f, g * g), weight, g, g);
    float[] samples = new float[3 * 96 * 96];
    Random random = new Random(3);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = 0.15f + 0.1f * random.nextFloat();
    }
    float[][] out = apply(transfer, Image.rgb(96, 96, samples));
    double gain = (0.4 + Delighter.EPSILON) / (0.2 + Delighter.EPSILON);
    for (int i = 0; i < 9216; i++) {
      // What is added shines as far as the pixel stands out from the even 0.2 around it.
      double luminance =
          0.2126 * samples[i] + 0.7152 * samples[9216 + i] + 0.0722 * samples[2 * 9216 + i];
      double relief = (luminance + Delighter.EPSILON) / (0.2 + Delighter.EPSILON);
      double added = 0.05 * Math.clamp(relief, 0.25, 2);
      for (int c = 0; c < 3; c++) {
        assertEquals(gain * samples[c * 9216 + i] + added, out[c][i], 1e-4);
      }
    }
  }

  @Test
  void aShadowThatIsTakenOffEndsAtItsOwnEdgeInThePicture() {
    int g = 64;
    int full = 256;
    float[] samples = new float[3 * full * full];
    // The edge runs between grid columns: only the picture knows where.
    int edge = 4 * 32 + 2;
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < full * full; i++) {
        samples[c * full * full + i] = i % full < edge ? 0.1f : 0.4f;
      }
    }
    Image picture = Image.rgb(full, full, samples);
    float[][] before = ForegroundColour.planes(picture, g, g);
    float[] weight = new float[g * g];
    Arrays.fill(weight, 1);
    DetailTransfer transfer =
        new DetailTransfer(before, three(0.4f, g * g), new float[3][g * g], weight, g, g);
    float[][] out = apply(transfer, picture);
    double guided = 0;
    double plain = 0;
    for (int x = edge - 6; x < edge + 6; x++) {
      guided = Math.max(guided, Math.abs(out[0][128 * full + x] - 0.4));
      float grid = Inflation.bilinear(before[0], g, g, (x + 0.5f) / 4 - 0.5f, 32);
      plain = Math.max(plain, Math.abs(samples[128 * full + x] * 0.4 / grid - 0.4));
    }
    assertTrue(guided < 0.6 * plain, guided + " against " + plain);
  }
}
