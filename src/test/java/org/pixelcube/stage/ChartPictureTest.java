package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

@Randomized
class ChartPictureTest {
  private static final int WIDTH = 320;
  private static final int HEIGHT = 240;

  /** Middles of dark skin, bluish green, black and white in a chart seen aslant. */
  private static final double[] CORNERS = {60, 50, 270, 70, 250, 190, 70, 170};

  /** A chart whose patches are nine tenths of their distance, drawn by the inverse homography. */
  private static CameraPicture picture(List<Vector3> patches, double noise, Random random) {
    double[] h = new double[8];
    // Projective map of the unit square (Heckbert 1989, section 2.2.2), by hand.
    double[] c = CORNERS;
    double sx = c[0] - c[2] + c[4] - c[6];
    double sy = c[1] - c[3] + c[5] - c[7];
    double dx1 = c[2] - c[4];
    double dx2 = c[6] - c[4];
    double dy1 = c[3] - c[5];
    double dy2 = c[7] - c[5];
    double det = dx1 * dy2 - dx2 * dy1;
    h[6] = (sx * dy2 - dx2 * sy) / det;
    h[7] = (dx1 * sy - sx * dy1) / det;
    h[0] = c[2] - c[0] + h[6] * c[2];
    h[1] = c[6] - c[0] + h[7] * c[6];
    h[2] = c[0];
    h[3] = c[3] - c[1] + h[6] * c[3];
    h[4] = c[7] - c[1] + h[7] * c[7];
    h[5] = c[1];
    Matrix3 back = new Matrix3(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1).inverse();
    float[] out = new float[3 * WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      Vector3 at = back.apply(new Vector3(i % WIDTH + 0.5, i / WIDTH + 0.5, 1));
      double u = 5 * at.x() / at.z();
      double v = 3 * at.y() / at.z();
      long column = Math.round(u);
      long row = Math.round(v);
      boolean on =
          column >= 0
              && column < 6
              && row >= 0
              && row < 4
              && Math.abs(u - column) < 0.45
              && Math.abs(v - row) < 0.45;
      Vector3 light = on ? patches.get((int) (6 * row + column)) : new Vector3(0.02, 0.02, 0.02);
      out[i] = (float) (light.x() + noise * random.nextGaussian());
      out[WIDTH * HEIGHT + i] = (float) (light.y() + noise * random.nextGaussian());
      out[2 * WIDTH * HEIGHT + i] = (float) (light.z() + noise * random.nextGaussian());
    }
    return new CameraPicture(WIDTH, HEIGHT, out);
  }

  private static List<Vector3> scaled(Matrix3 camera, double exposure) {
    return ColorChart.linear().stream().map(v -> camera.apply(v).times(exposure)).toList();
  }

  @Test
  void patchesAreReadThroughThePerspective(Random random) {
    List<Vector3> truth = scaled(Matrix3.IDENTITY, 0.6);
    ChartPicture chart = ChartPicture.read("chart", picture(truth, 0.003, random), CORNERS);
    for (int i = 0; i < 24; i++) {
      assertEquals(0, chart.patches().get(i).minus(truth.get(i)).length(), 0.002, "patch " + i);
    }
  }

  /** A camera that differs by a matrix alone is put right by its inverse. */
  @Test
  void aMatrixIsUndone(Random random) {
    Matrix3 camera = new Matrix3(0.8, 0.15, 0.05, 0.1, 0.9, 0, 0, 0.2, 0.7);
    ChartFit fit = ChartFit.of(scaled(camera, 0.5), ColorChart.linear());
    Vector3 v = new Vector3(random.nextDouble(), random.nextDouble(), random.nextDouble());
    assertEquals(0, fit.matrix().apply(camera.apply(v).times(0.5)).minus(v).length(), 1e-9);
    assertTrue(fit.before().mean() > 3, fit.report());
    assertEquals(0, fit.after().worst(), 1e-6);
    assertEquals(0, fit.leftOut(), 1e-6);
  }

  private static String refused(List<Vector3> patches, double[] corners) {
    CameraPicture picture = picture(patches, 0.001, new Random(1));
    CameraPicture saturated = new CameraPicture(WIDTH, HEIGHT, picture.linear().clone());
    for (int i = 0; i < saturated.linear().length; i++) {
      if (saturated.linear()[i] >= 1) {
        saturated.linear()[i] = Float.POSITIVE_INFINITY;
      }
    }
    return assertThrows(UserError.class, () -> ChartPicture.read("chart.png", saturated, corners))
        .getMessage();
  }

  @Test
  void whatIsNoChartIsRefusedInOneLine() {
    List<Vector3> good = scaled(Matrix3.IDENTITY, 0.6);
    // The first patch of which a channel reaches 1.
    List<Vector3> bright = scaled(Matrix3.IDENTITY, 1.3);
    int first = 0;
    while (Math.max(Math.max(bright.get(first).x(), bright.get(first).y()), bright.get(first).z())
        < 1) {
      first++;
    }
    String message = refused(bright, CORNERS);
    assertTrue(message.contains("saturated in patch %d;".formatted(first + 1)), message);
    assertTrue(refused(scaled(Matrix3.IDENTITY, 0.01), CORNERS).contains("expose longer"));
    double[] upsideDown = {250, 190, 70, 170, 60, 50, 270, 70};
    assertTrue(refused(good, upsideDown).contains("in this order"), refused(good, upsideDown));
    double[] beside = CORNERS.clone();
    for (int i = 0; i < 8; i += 2) {
      beside[i] += 20;
    }
    assertTrue(refused(good, beside).contains("corners"), refused(good, beside));
    double[] outside = {60, 50, 400, 70, 250, 190, 70, 170};
    assertTrue(refused(good, outside).contains("inside the picture"), refused(good, outside));
    double[] crossed = {60, 50, 250, 190, 270, 70, 70, 170};
    assertTrue(refused(good, crossed).contains("no quadrangle"), refused(good, crossed));
    List<Vector3> grey = new ArrayList<>(good);
    for (int i = 0; i < 18; i++) {
      grey.set(i, new Vector3(0.2, 0.2 + 0.005 * i, 0.3));
    }
    assertTrue(refused(grey, CORNERS).contains("no Macbeth chart"), refused(grey, CORNERS));
  }
}
