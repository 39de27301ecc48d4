package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pixelcube.config.UserError;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.math.Vector3;

/**
 * A Macbeth chart in a picture: where its patches are, from the middles of the four in its corners
 * by a homography, and what light they have.
 *
 * @param patches linear Rec.709 of each patch, row by row, relative to saturation
 * @param outlines where each patch was sampled: four corners, each x and y in pixels
 */
public record ChartPicture(List<Vector3> patches, List<double[]> outlines) {
  private static final int COLUMNS = 6;
  private static final int ROWS = 4;

  /** The share of the distance between patches, a side, that is sampled. */
  private static final double SPAN = 0.4;

  /** Points a side in a patch. */
  private static final int GRID = 16;

  /** Standard deviation in a patch, relative to white, above which it is no patch. */
  private static final double UNEVEN = 0.08;

  public ChartPicture {
    patches = List.copyOf(patches);
    outlines = List.copyOf(outlines);
  }

  /**
   * Reads the patches.
   *
   * @param name of the picture, for messages
   * @param corners x and y of the middles of dark skin, bluish green, black and white, pixels
   * @throws UserError if the chart is saturated, too dark or not where the corners say
   */
  public static ChartPicture read(String name, CameraPicture picture, double[] corners) {
    double[] h = homography(corners);
    List<Vector3> patches = new ArrayList<>();
    List<double[]> outlines = new ArrayList<>();
    double[] unevenness = new double[COLUMNS * ROWS];
    for (int patch = 0; patch < COLUMNS * ROWS; patch++) {
      patches.add(sample(name, picture, h, patch, unevenness));
      double[] outline = new double[8];
      for (int k = 0; k < 4; k++) {
        double u = patch % COLUMNS + SPAN * (k == 1 || k == 2 ? 0.5 : -0.5);
        double v = patch / COLUMNS + SPAN * (k > 1 ? 0.5 : -0.5);
        double[] at = map(h, u, v);
        outline[2 * k] = at[0];
        outline[2 * k + 1] = at[1];
      }
      outlines.add(outline);
    }
    check(name, patches, unevenness);
    return new ChartPicture(patches, outlines);
  }

  private static void check(String name, List<Vector3> patches, double[] unevenness) {
    double white = patches.get(ColorChart.WHITE).y();
    if (!(white > 0.05)) {
      throw new UserError(
          name,
          String.format(Locale.ROOT, "shows the white patch at %.1f %% of saturation", 100 * white),
          "expose longer, or check that the corners begin at dark skin and go round by bluish green"
              + " and black to white");
    }
    for (int grey = ColorChart.WHITE + 1; grey < patches.size(); grey++) {
      if (!(patches.get(grey).y() < patches.get(grey - 1).y())) {
        throw new UserError(
            name,
            "has grey patches that do not darken from white to black (patch %d)"
                .formatted(grey + 1),
            "give the middles of dark skin, bluish green, black and white, in this order");
      }
    }
    for (int patch = 0; patch < patches.size(); patch++) {
      if (unevenness[patch] > UNEVEN * white) {
        throw new UserError(
            name,
            "is uneven where patch %d should be".formatted(patch + 1),
            "correct the corners, and keep shadows and reflections off the chart");
      }
    }
    double likeness = likeness(patches, ColorChart.linear());
    if (likeness < 0.8) {
      throw new UserError(
          name,
          String.format(Locale.ROOT, "has no Macbeth chart there (likeness %.2f)", likeness),
          "give the middles of dark skin, bluish green, black and white, in this order");
    }
  }

  /** Mean over channels of the correlation of logarithms over the patches. */
  private static double likeness(List<Vector3> a, List<Vector3> b) {
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      int channel = c;
      double[] x = a.stream().mapToDouble(v -> log(v, channel)).toArray();
      double[] y = b.stream().mapToDouble(v -> log(v, channel)).toArray();
      sum += correlation(x, y) / 3;
    }
    return sum;
  }

  private static double log(Vector3 v, int channel) {
    return Math.log(Math.max(1e-3, channel == 0 ? v.x() : channel == 1 ? v.y() : v.z()));
  }

  private static double correlation(double[] x, double[] y) {
    double mx = java.util.Arrays.stream(x).average().orElseThrow();
    double my = java.util.Arrays.stream(y).average().orElseThrow();
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - mx) * (x[i] - mx);
      xy += (x[i] - mx) * (y[i] - my);
      yy += (y[i] - my) * (y[i] - my);
    }
    return xy / Math.sqrt(xx * yy);
  }

  private static Vector3 sample(
      String name, CameraPicture picture, double[] h, int patch, double[] unevenness) {
    int n = picture.width() * picture.height();
    double[] sum = new double[3];
    double squares = 0;
    for (int k = 0; k < GRID * GRID; k++) {
      double u = patch % COLUMNS + SPAN * ((k % GRID + 0.5) / GRID - 0.5);
      double v = patch / COLUMNS + SPAN * ((k / GRID + 0.5) / GRID - 0.5);
      double[] at = map(h, u, v);
      int x = (int) Math.floor(at[0]);
      int y = (int) Math.floor(at[1]);
      if (x < 0 || y < 0 || x >= picture.width() || y >= picture.height()) {
        throw new UserError(
            name,
            "ends before patch %d".formatted(patch + 1),
            "give corners inside the picture, or film the whole chart");
      }
      float[] light = picture.linear();
      int i = y * picture.width() + x;
      if (!Float.isFinite(light[i] + light[n + i] + light[2 * n + i])) {
        throw new UserError(
            name,
            "is saturated in patch %d".formatted(patch + 1),
            "give less exposure and take it again");
      }
      for (int c = 0; c < 3; c++) {
        sum[c] += light[c * n + i];
      }
      squares += (double) light[n + i] * light[n + i];
    }
    double samples = GRID * GRID;
    double mean = sum[1] / samples;
    unevenness[patch] = Math.sqrt(Math.max(0, squares / samples - mean * mean));
    return new Vector3(sum[0] / samples, mean, sum[2] / samples);
  }

  /** From columns and rows of patches, from the middle of the first, to the picture. */
  private static double[] homography(double[] corners) {
    double[] u = {0, COLUMNS - 1, COLUMNS - 1, 0};
    double[] v = {0, 0, ROWS - 1, ROWS - 1};
    double turn = 0;
    for (int k = 0; k < 4; k++) {
      double ax = corners[2 * ((k + 1) % 4)] - corners[2 * k];
      double ay = corners[2 * ((k + 1) % 4) + 1] - corners[2 * k + 1];
      double bx = corners[2 * ((k + 2) % 4)] - corners[2 * ((k + 1) % 4)];
      double by = corners[2 * ((k + 2) % 4) + 1] - corners[2 * ((k + 1) % 4) + 1];
      double cross = ax * by - ay * bx;
      if (k > 0 && !(cross * turn > 0) || Math.abs(cross) < 16) {
        throw new UserError(
            "--corners",
            "make no quadrangle",
            "give the middles of dark skin, bluish green, black and white, in this order");
      }
      turn = cross;
    }
    LeastSquares system = new LeastSquares(8);
    for (int k = 0; k < 4; k++) {
      double x = corners[2 * k];
      double y = corners[2 * k + 1];
      system.add(new double[] {u[k], v[k], 1, 0, 0, 0, -u[k] * x, -v[k] * x}, x, 1);
      system.add(new double[] {0, 0, 0, u[k], v[k], 1, -u[k] * y, -v[k] * y}, y, 1);
    }
    try {
      return system.solve(0);
    } catch (ArithmeticException e) {
      throw new UserError("--corners", "make no quadrangle", "give the middles of four patches", e);
    }
  }

  private static double[] map(double[] h, double u, double v) {
    double w = h[6] * u + h[7] * v + 1;
    return new double[] {(h[0] * u + h[1] * v + h[2]) / w, (h[3] * u + h[4] * v + h[5]) / w};
  }
}
