package org.pixelcube.capture;

import org.pixelcube.image.Image;

/**
 * A textured disc that moves, turns and grows before a textured ground, under one of some lights.
 */
final class MovingScene {
  static final int SIZE = 144;

  private MovingScene() {}

  /**
   * A picture, linear.
   *
   * @param frame time in frames of the wall
   * @param light 0, 1 … are lights from different sides, −1 is flat
   * @param speed pixels that the disc moves in a frame
   */
  static Image at(double frame, int light, double speed) {
    float[] s = new float[3 * SIZE * SIZE];
    double cx = 60 + speed * frame;
    double cy = 72 + 10 * Math.sin(0.05 * speed * frame);
    double turn = 0.02 * speed * frame;
    double radius = 34 * (1 + 0.004 * speed * frame);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        double[] sum = new double[3];
        for (int sub = 0; sub < 4; sub++) {
          double px = x + (sub % 2 + 0.5) / 2 - cx;
          double py = y + (sub / 2 + 0.5) / 2 - cy;
          double r = Math.hypot(px, py) / radius;
          boolean disc = r < 1;
          double u = disc ? (Math.cos(turn) * px + Math.sin(turn) * py) / radius * 34 : px + cx;
          double v = disc ? (-Math.sin(turn) * px + Math.cos(turn) * py) / radius * 34 : py + cy;
          double shade = shade(light, disc ? px / radius : 0, disc ? py / radius : 0, disc);
          for (int c = 0; c < 3; c++) {
            double texture =
                0.4
                    + 0.15 * Math.sin(0.45 * u + 0.2 * v + c)
                    + 0.12 * Math.sin(0.5 * v - 0.31 * u + 2 * c)
                    + 0.1 * Math.sin(0.17 * u * (disc ? 1 : 1.7) + 0.23 * v + 1);
            sum[c] += (disc ? texture : 0.35 * texture) * shade / 4;
          }
        }
        for (int c = 0; c < 3; c++) {
          s[(c * SIZE + y) * SIZE + x] = (float) sum[c];
        }
      }
    }
    return Image.rgb(SIZE, SIZE, s);
  }

  /** A ball's shading by a light from the left, right … of a flat ground's. */
  private static double shade(int light, double nx, double ny, boolean disc) {
    if (light < 0) {
      return 0.8;
    }
    double angle = Math.PI * light + 0.4;
    double nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
    double lambert = 0.6 * nz + 0.7 * (Math.cos(angle) * nx + Math.sin(angle) * ny);
    return disc ? Math.max(0.03, lambert) : 0.5 + 0.2 * light;
  }

  /** The truth of a matte: 1 on the disc. */
  static double psnr(Image a, Image b, Image mask) {
    double sum = 0;
    long count = 0;
    int n = a.planeSize();
    // Away from the border, where nothing is known of what comes in.
    for (int y = 8; y < SIZE - 8; y++) {
      for (int x = 8; x < SIZE - 8; x++) {
        int i = y * SIZE + x;
        if (mask != null && mask.samples()[i] < 0.5) {
          continue;
        }
        for (int c = 0; c < 3; c++) {
          double d = a.samples()[c * n + i] - b.samples()[c * n + i];
          sum += d * d;
          count++;
        }
      }
    }
    return -10 * Math.log10(Math.max(sum / count, 1e-12));
  }
}
