package org.pixelcube.head;

import java.util.random.RandomGenerator;

/**
 * Where hair grows on a head: a hairline drawn in the unrolled coordinates of {@link HeadShape}
 * from the forehead over temple, sideburn and ear to the nape, placed by the landmarks.
 */
final class Scalp implements Roots.Density {
  // Azimuth in degrees and height in metres on a head whose outer eye corners are 90 mm apart.
  private static final double[][] HAIRLINE = {
    {0, 0.044},
    {18, 0.045},
    {34, 0.049},
    {46, 0.046},
    {54, 0.035},
    {59, 0.020},
    {62, 0.000},
    {66, -0.022},
    {67.5, -0.038},
    {72, -0.040},
    {75, -0.026},
    {80, -0.014},
    {92, -0.012},
    {104, -0.014},
    {111, -0.026},
    {117, -0.052},
    {124, -0.078},
    {145, -0.094},
    {180, -0.098}
  };

  private final HeadShape head;
  private final double[] around = new double[HAIRLINE.length];
  private final double[] along = new double[HAIRLINE.length];
  private final double softness;
  private final GradientNoise noise;
  private final double sideburn;

  /**
   * @param random draws the height and the recession of the hairline
   */
  Scalp(HeadShape head, Traits traits, RandomGenerator random) {
    this.head = head;
    noise = new GradientNoise(random.nextLong());
    double s = head.scale;
    // Brow to hairline is about as far as brow to the base of the nose; the skull is rounder.
    double rise = 0.003 * random.nextGaussian() * s;
    double recession =
        traits.female()
            ? -0.004
            : Math.clamp((traits.ageYears() - 25) / 40 + 0.25 * random.nextGaussian(), -0.2, 1.1)
                * 0.022;
    double ear = head.landmarkY(0) / 2 + head.landmarkY(16) / 2 - head.cy;
    sideburn = traits.female() ? 0.018 : 0;
    for (int i = 0; i < HAIRLINE.length; i++) {
      double a = HAIRLINE[i][0];
      double m = HAIRLINE[i][1];
      if (traits.female()) {
        // Lower over the forehead, and farther forwards at the temples.
        double temple = Math.exp(-Math.pow((a - 52) / 10, 2));
        m -= 0.004 * Math.exp(-Math.pow(a / 40, 2)) + 0.009 * temple;
        a -= 5 * temple;
      }
      double y;
      if (a < 60) {
        double temple = Math.exp(-Math.pow((a - 38) / 13, 2));
        double front = Math.exp(-Math.pow(a / 30, 2));
        y = m * s + rise + recession * (temple + 0.35 * front) * s;
      } else if (a > 65 && a < 74) {
        y = (m + sideburn + 0.026) * s + ear;
      } else {
        // Around the ear everything hangs on where the ear is joined to the face.
        y = (m + 0.026) * s + ear;
      }
      around[i] = Math.toRadians(a) * head.radius;
      along[i] = y;
    }
    softness = traits.female() ? 0.010 : 0.008;
  }

  /** Signed distance to the hairline over the unrolled skin, metres, positive on the scalp. */
  double inside(double x, double y, double z) {
    double a = Math.abs(head.azimuth(x, z)) * head.radius;
    double m = head.meridian(x, y, z);
    double best = Double.MAX_VALUE;
    double line = along[around.length - 1];
    for (int i = 0; i + 1 < around.length; i++) {
      double ex = around[i + 1] - around[i];
      double ey = along[i + 1] - along[i];
      double px = a - around[i];
      double py = m - along[i];
      double t = Math.clamp((px * ex + py * ey) / (ex * ex + ey * ey), 0, 1);
      double dx = px - t * ex;
      double dy = py - t * ey;
      best = Math.min(best, dx * dx + dy * dy);
      if (a >= around[i] && a < around[i + 1]) {
        line = along[i] + ey * px / ex;
      }
    }
    return Math.copySign(Math.sqrt(best), m - line);
  }

  @Override
  public double at(double x, double y, double z, double nx, double ny, double nz) {
    if (y < head.cy - 0.16 * head.scale) {
      return 0;
    }
    double d = inside(x, y, z);
    if (d < -0.004) {
      return 0;
    }
    // Ears stand on the scalp's coordinates but not on the scalp; so do folds that face inwards.
    double hx = x - head.cx;
    double hz = z - head.cz;
    double outwards = nx * hx + nz * hz + (y > head.cy ? ny * (y - head.cy) : 0);
    if (outwards <= 0) {
      return 0;
    }
    double ragged =
        0.004 * noise.at(x * 60 + 5, y * 60, z * 60)
            + 0.0035 * noise.at(x * 160, y * 160, z * 160)
            + 0.0025 * noise.at(x * 500 + 31, y * 500, z * 500);
    double t = Math.clamp((d + ragged + 0.002) / softness, 0, 1);
    return t * t * (3 - 2 * t);
  }
}
