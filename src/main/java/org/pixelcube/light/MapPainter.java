package org.pixelcube.light;

import java.util.Arrays;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;

/** Paints lights of given shape and radiance into a map; edges are soft over a pixel or more. */
final class MapPainter {
  private final int width;
  private final int height;
  private final float[] samples;
  private final double[] sin;
  private final double[] cos;

  MapPainter(int width, int height) {
    this.width = width;
    this.height = height;
    this.samples = new float[3 * width * height];
    this.sin = new double[width];
    this.cos = new double[width];
    for (int x = 0; x < width; x++) {
      double phi = Math.PI * (2 * (x + 0.5) / width - 1);
      sin[x] = Math.sin(phi);
      cos[x] = Math.cos(phi);
    }
  }

  /** Radiance by direction. */
  @FunctionalInterface
  interface Field {
    /** Writes red, green and blue for the unit direction (x, y, z); they are 0 at first. */
    void at(double x, double y, double z, double[] rgb);
  }

  /** The part of a pixel in [0, 1] a light covers. */
  @FunctionalInterface
  interface Coverage {
    double at(double x, double y, double z);
  }

  /** A direction by yaw from the camera (+Z) to the right (+X), and elevation, in degrees. */
  static Vector3 direction(double yawDegrees, double elevationDegrees) {
    double yaw = Math.toRadians(yawDegrees);
    double up = Math.toRadians(elevationDegrees);
    return new Vector3(Math.cos(up) * Math.sin(yaw), Math.sin(up), Math.cos(up) * Math.cos(yaw));
  }

  /** 0 below {@code from}, 1 above {@code to}, a cubic between. */
  static double smoothStep(double from, double to, double x) {
    double t = Math.clamp((x - from) / (to - from), 0, 1);
    return t * t * (3 - 2 * t);
  }

  /** Adds a radiance that varies over the whole sphere. */
  MapPainter fill(Field field) {
    double[] rgb = new double[3];
    int plane = width * height;
    for (int y = 0, k = 0; y < height; y++) {
      double theta = Math.PI * (y + 0.5) / height;
      double s = Math.sin(theta);
      double c = Math.cos(theta);
      for (int x = 0; x < width; x++, k++) {
        Arrays.fill(rgb, 0);
        field.at(s * sin[x], c, -s * cos[x], rgb);
        samples[k] += (float) rgb[0];
        samples[plane + k] += (float) rgb[1];
        samples[2 * plane + k] += (float) rgb[2];
      }
    }
    return this;
  }

  /** Adds the same radiance everywhere. */
  MapPainter fill(Rgb radiance) {
    return fill((x, y, z, rgb) -> {
      rgb[0] = radiance.red();
      rgb[1] = radiance.green();
      rgb[2] = radiance.blue();
    });
  }

  /** Lays a light of even radiance over what is there, in proportion to its coverage. */
  MapPainter light(Rgb radiance, Coverage coverage) {
    int plane = width * height;
    for (int y = 0, k = 0; y < height; y++) {
      double theta = Math.PI * (y + 0.5) / height;
      double s = Math.sin(theta);
      double c = Math.cos(theta);
      for (int x = 0; x < width; x++, k++) {
        double a = coverage.at(s * sin[x], c, -s * cos[x]);
        if (a > 0) {
          samples[k] += (float) (a * (radiance.red() - samples[k]));
          samples[plane + k] += (float) (a * (radiance.green() - samples[plane + k]));
          samples[2 * plane + k] += (float) (a * (radiance.blue() - samples[2 * plane + k]));
        }
      }
    }
    return this;
  }

  /** Half the width of an edge that never aliases, in radians: one pixel. */
  private double edge() {
    return Math.PI / height;
  }

  /** A disc of angular radius {@code radiusDegrees}. */
  MapPainter disc(Vector3 centre, double radiusDegrees, Rgb radiance) {
    double radius = Math.toRadians(radiusDegrees);
    double outer = Math.cos(radius + edge() / 2);
    double inner = Math.cos(Math.max(0, radius - edge() / 2));
    return light(
        radiance,
        (x, y, z) -> smoothStep(outer, inner, x * centre.x() + y * centre.y() + z * centre.z()));
  }

  /** A ring of light between two angular radii. */
  MapPainter ring(Vector3 centre, double innerDegrees, double outerDegrees, Rgb radiance) {
    double out = Math.toRadians(outerDegrees);
    double in = Math.toRadians(innerDegrees);
    double e = edge() / 2;
    double[] cosines = {
      Math.cos(out + e), Math.cos(out - e), Math.cos(in + e), Math.cos(Math.max(0, in - e))
    };
    return light(
        radiance,
        (x, y, z) -> {
          double c = x * centre.x() + y * centre.y() + z * centre.z();
          return c < cosines[0]
              ? 0
              : smoothStep(cosines[0], cosines[1], c) * (1 - smoothStep(cosines[2], cosines[3], c));
        });
  }

  /**
   * A flat rectangular panel that faces the subject, upright, seen under two half angles, with soft
   * edges.
   *
   * @param edgeDegrees width of the fall-off at the edge; at least a pixel is used
   */
  MapPainter panel(
      Vector3 centre,
      double halfWidthDegrees,
      double halfHeightDegrees,
      double edgeDegrees,
      Rgb radiance) {
    Vector3 right = new Vector3(0, 1, 0).cross(centre);
    if (right.length() < 1e-6) {
      right = new Vector3(1, 0, 0);
    }
    Vector3 across = right.normalized();
    Vector3 up = centre.cross(across);
    double w = Math.tan(Math.toRadians(halfWidthDegrees));
    double h = Math.tan(Math.toRadians(halfHeightDegrees));
    double e = Math.max(edge(), Math.toRadians(edgeDegrees)) / 2;
    return light(
        radiance,
        (x, y, z) -> {
          double along = x * centre.x() + y * centre.y() + z * centre.z();
          if (along <= 0.05) {
            return 0;
          }
          double a = Math.abs(x * across.x() + y * across.y() + z * across.z()) / along;
          double b = Math.abs(x * up.x() + y * up.y() + z * up.z()) / along;
          if (a > w + e || b > h + e) {
            return 0;
          }
          return (1 - smoothStep(w - e, w + e, a)) * (1 - smoothStep(h - e, h + e, b));
        });
  }

  /**
   * Adds a disc that holds exactly the given irradiance (on a plane facing it), however few pixels
   * it covers.
   */
  MapPainter sun(Vector3 centre, double radiusDegrees, Rgb irradiance) {
    double radius = Math.toRadians(radiusDegrees);
    double e = edge() / 2;
    double[] coverage = new double[width * height];
    double total = 0;
    for (int y = 0, k = 0; y < height; y++) {
      double theta = Math.PI * (y + 0.5) / height;
      double s = Math.sin(theta);
      double c = Math.cos(theta);
      double omega = EnvironmentMap.solidAngle(y, width, height);
      for (int x = 0; x < width; x++, k++) {
        double cosine = s * sin[x] * centre.x() + c * centre.y() - s * cos[x] * centre.z();
        if (cosine > 0.9) {
          double angle = Math.acos(Math.min(1, cosine));
          // Wider than half a pixel's diagonal, so that no place falls between the centres.
          coverage[k] = 1 - smoothStep(radius - e, radius + 1.6 * e, angle);
          total += coverage[k] * omega;
        }
      }
    }
    int plane = width * height;
    for (int k = 0; k < plane; k++) {
      if (coverage[k] > 0) {
        samples[k] += (float) (irradiance.red() * coverage[k] / total);
        samples[plane + k] += (float) (irradiance.green() * coverage[k] / total);
        samples[2 * plane + k] += (float) (irradiance.blue() * coverage[k] / total);
      }
    }
    return this;
  }

  /**
   * Fills the lower half with ground that reflects the light of the upper half: albedo · E / π,
   * with a horizon soft over a pixel.
   */
  MapPainter ground(Rgb albedo) {
    Rgb e = map().irradiance(new Vector3(0, 1, 0));
    double soft = edge() / 2;
    return light(
        new Rgb(
            albedo.red() * e.red() / Math.PI,
            albedo.green() * e.green() / Math.PI,
            albedo.blue() * e.blue() / Math.PI),
        (x, y, z) -> 1 - smoothStep(-soft, soft, y));
  }

  /** The map as painted so far. */
  EnvironmentMap map() {
    return EnvironmentMap.of(Image.rgb(width, height, samples));
  }
}
