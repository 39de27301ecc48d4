package org.pixelcube.capture;

import java.util.SplittableRandom;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.image.Image;

/**
 * A textured ellipsoid that turns, nods and moves before a textured ground, under one of some
 * lights; each pixel's light is in closed form, so that any moment has its truth.
 */
final class TurningHead {
  static final int SIZE = 160;
  private static final int SAMPLES = 3;
  private static final double[] RADII = {42, 56, 46};

  private final double speed;

  /**
   * A performance.
   *
   * @param speed 1 turns by a degree a frame at most and moves by half a pixel
   */
  TurningHead(double speed) {
    this.speed = speed;
  }

  /** The picture of a moment: linear, without noise, and where the head is. */
  record Truth(Image picture, Image head) {}

  Truth at(double frame, int light) {
    int n = SIZE * SIZE;
    float[] s = new float[3 * n];
    float[] alpha = new float[n];
    double time = speed * frame;
    double yaw = 0.6 * Math.sin(0.029 * time + 0.3);
    double pitch = 0.12 * Math.sin(0.05 * time);
    double cx = 80 + 10 * Math.sin(0.05 * time);
    double cy = 80 + 5 * Math.sin(0.07 * time + 1);
    double[] l = light(light);
    double cosYaw = Math.cos(yaw);
    double sinYaw = Math.sin(yaw);
    double cosPitch = Math.cos(pitch);
    double sinPitch = Math.sin(pitch);
    for (int y = 0, i = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++, i++) {
        for (int q = 0; q < SAMPLES * SAMPLES; q++) {
          double px = x + (q % SAMPLES + 0.5) / SAMPLES - cx;
          double py = y + (q / SAMPLES + 0.5) / SAMPLES - cy;
          // The ellipsoid is turned: of the ray (px, py, t) the axes see these.
          double[] o = turned(px, py, 0, cosYaw, sinYaw, cosPitch, sinPitch);
          double[] d = turned(0, 0, 1, cosYaw, sinYaw, cosPitch, sinPitch);
          double a = 0;
          double b = 0;
          double c = -1;
          for (int k = 0; k < 3; k++) {
            double r = RADII[k] * RADII[k];
            a += d[k] * d[k] / r;
            b += d[k] * o[k] / r;
            c += o[k] * o[k] / r;
          }
          double disc = b * b - a * c;
          double u;
          double v;
          double shade;
          if (disc > 0) {
            double t = (-b + Math.sqrt(disc)) / a;
            double[] m = new double[3];
            double[] normal = new double[3];
            double length = 0;
            for (int k = 0; k < 3; k++) {
              m[k] = o[k] + t * d[k];
              normal[k] = m[k] / (RADII[k] * RADII[k]);
              length += normal[k] * normal[k];
            }
            length = Math.sqrt(length);
            double[] world = back(normal, cosYaw, sinYaw, cosPitch, sinPitch);
            double cos = (world[0] * l[0] + world[1] * l[1] + world[2] * l[2]) / length;
            double facing = world[2] / length;
            double half = Math.max(0, (cos + facing) / Math.sqrt(2 + 2 * l[2]));
            shade = l[3] * (0.06 + 0.8 * Math.max(0, cos) + 0.25 * Math.pow(half, 30));
            u = 40 * Math.atan2(m[0], m[2]);
            v = m[1];
            alpha[i] += 1f / (SAMPLES * SAMPLES);
          } else {
            u = px + cx + 300;
            v = py + cy;
            shade = 0.35 * l[3];
          }
          for (int k = 0; k < 3; k++) {
            double texture =
                0.45
                    + 0.12 * Math.sin(0.9 * u + 0.3 * v + k)
                    + 0.1 * Math.sin(0.7 * v - 0.45 * u + 2 * k)
                    + 0.12 * Math.sin(0.21 * u + 0.17 * v + 1)
                    + (Math.sin(0.33 * u + 1) * Math.sin(0.29 * v) > 0.55 ? -0.2 : 0);
            s[k * n + i] += (float) (Math.max(0.02, texture) * shade / (SAMPLES * SAMPLES));
          }
        }
      }
    }
    return new Truth(Image.rgb(SIZE, SIZE, s), Image.data(SIZE, SIZE, 1, alpha));
  }

  private static double[] light(int light) {
    return switch (light) {
      case 0 -> new double[] {-0.8, -0.3, Math.sqrt(1 - 0.64 - 0.09), 1};
      case 1 -> new double[] {0.75, -0.2, Math.sqrt(1 - 0.5625 - 0.04), 0.9};
      default -> new double[] {0, 0, 1, 0.7};
    };
  }

  private static double[] turned(
      double x,
      double y,
      double z,
      double cosYaw,
      double sinYaw,
      double cosPitch,
      double sinPitch) {
    double y1 = cosPitch * y - sinPitch * z;
    double z1 = sinPitch * y + cosPitch * z;
    return new double[] {cosYaw * x - sinYaw * z1, y1, sinYaw * x + cosYaw * z1};
  }

  private static double[] back(
      double[] m, double cosYaw, double sinYaw, double cosPitch, double sinPitch) {
    double x = cosYaw * m[0] + sinYaw * m[2];
    double z1 = -sinYaw * m[0] + cosYaw * m[2];
    return new double[] {x, cosPitch * m[1] + sinPitch * z1, -sinPitch * m[1] + cosPitch * z1};
  }

  /** What a camera makes of it. */
  static Image filmed(Image light, double noise, SplittableRandom random) {
    float[] out = light.samples().clone();
    for (int i = 0; i < out.length; i++) {
      double v = out[i] + noise * (0.1 + Math.sqrt(out[i])) * random.nextGaussian();
      out[i] = (float) Math.clamp(v, 0, 1);
    }
    return Image.rgb(light.width(), light.height(), out);
  }

  /** Of sRGB-coded pictures on the head, where valid, in dB. */
  static double psnr(Image a, Truth truth, Image valid) {
    double sum = 0;
    long count = 0;
    int n = SIZE * SIZE;
    for (int i = 0; i < n; i++) {
      if (truth.head.samples()[i] > 0.5f && (valid == null || valid.samples()[i] > 0.5f)) {
        for (int c = 0; c < 3; c++) {
          double d = code(a.samples()[c * n + i]) - code(truth.picture.samples()[c * n + i]);
          sum += d * d;
          count++;
        }
      }
    }
    return -10 * Math.log10(Math.max(sum / count, 1e-12));
  }

  private static double code(float v) {
    return TransferFunction.SRGB.fromLinear(Math.clamp(v / 0.5, 0, 1));
  }
}
