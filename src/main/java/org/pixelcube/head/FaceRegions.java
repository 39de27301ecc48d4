package org.pixelcube.head;

import org.pixelcube.head.SkinAtlas.Furrow;
import org.pixelcube.head.SkinAtlas.Region;
import org.pixelcube.math.Vector3;

/** Regions and furrows of a face as functions of the place, laid out by the 68 landmarks. */
final class FaceRegions {
  private final Vector3[] points = new Vector3[68];

  /** Size against a face whose outer eye corners are 90 mm apart. */
  private final double scale;

  private final double browHeight;
  private final double axisZ;
  private final GradientNoise noise = new GradientNoise(0xF0220);

  FaceRegions(float[] landmarks) {
    for (int i = 0; i < points.length; i++) {
      points[i] = new Vector3(landmarks[3 * i], landmarks[3 * i + 1], landmarks[3 * i + 2]);
    }
    scale = points[45].minus(points[36]).length() / 0.09;
    double sum = 0;
    for (int i = 17; i <= 26; i++) {
      sum += points[i].y() / 10;
    }
    browHeight = sum;
    axisZ = (points[0].z() + points[16].z()) / 2 - 0.01 * scale;
  }

  private static double step(double from, double to, double x) {
    return SkinAtlas.smoothStep(from, to, x);
  }

  /** A soft blob: 1 at its middle, falling off by the given radii. */
  private static double blob(
      Vector3 c, double rx, double ry, double rz, double x, double y, double z) {
    double dx = (x - c.x()) / rx;
    double dy = (y - c.y()) / ry;
    double dz = (z - c.z()) / rz;
    return Math.exp(-(dx * dx + dy * dy + dz * dz));
  }

  /** Writes the masks of a place, one per {@link Region} in order. */
  void at(double x, double y, double z, float[] out) {
    int at = 0;
    for (Region region : Region.values()) {
      out[at++] =
          (float)
              switch (region) {
                case LIPS -> lips(x, y, z);
                case MUCOSA -> 0;
                case CHEEKS -> cheeks(x, y, z);
                case NOSE -> nose(x, y, z);
                case OILY -> oily(x, y, z);
                case LIDS -> 1 - step(0.003 * scale, 0.010 * scale, toEyes(x, y, z));
                case LASH_LINE -> 1 - step(0.0008 * scale, 0.0026 * scale, toEyes(x, y, z));
                case UNDER_EYES -> underEyes(x, y, z);
                case SCALP -> scalp(x, y, z);
                case BEARD -> beard(x, y, z) * (1 - lips(x, y, z));
                case BROWS -> brows(x, y, z);
                case FACE -> face(y, z);
              };
    }
  }

  /** Where brows grow: a band along their landmarks, densest in its inner half. */
  private double brows(double x, double y, double z) {
    if (Math.abs(y - browHeight) > 0.03 * scale || z < axisZ) {
      return 0;
    }
    int first = x < 0 ? 17 : 22;
    double best = 0;
    for (int i = 0; i < 4; i++) {
      // Thick at the nose, thin at the tail.
      double inner = x < 0 ? (i + 1) / 4.0 : 1 - i / 4.0;
      double half = (0.0022 + 0.0026 * inner) * scale;
      double d = toSegment(points[first + i], points[first + i + 1], x, y, z);
      best = Math.max(best, (0.45 + 0.55 * inner) * (1 - step(0.45 * half, 1.25 * half, d)));
    }
    return best;
  }

  private double face(double y, double z) {
    double front = step(-0.02, 0.03, z - axisZ - 0.02 * scale);
    double chin = points[8].y();
    return front
        * step(chin - 0.04 * scale, chin - 0.01 * scale, y)
        * (1 - step(browHeight + 0.05 * scale, browHeight + 0.075 * scale, y));
  }

  private double lips(double x, double y, double z) {
    if (z < points[48].z() - 0.006 * scale || Math.abs(x) > 0.04 * scale) {
      return 0;
    }
    return step(-0.0012 * scale, 0.0008 * scale, insidePolygon(48, 60, x, y));
  }

  /** Distance to the edge of a polygon of landmarks seen from the front, positive inside. */
  private double insidePolygon(int from, int to, double x, double y) {
    boolean inside = false;
    double nearest = Double.MAX_VALUE;
    for (int i = from; i < to; i++) {
      Vector3 a = points[i];
      Vector3 b = points[i + 1 == to ? from : i + 1];
      double ex = b.x() - a.x();
      double ey = b.y() - a.y();
      double t = Math.clamp(((x - a.x()) * ex + (y - a.y()) * ey) / (ex * ex + ey * ey), 0, 1);
      nearest = Math.min(nearest, Math.hypot(x - a.x() - t * ex, y - a.y() - t * ey));
      if ((a.y() > y) != (b.y() > y) && x < a.x() + (y - a.y()) / ey * ex) {
        inside = !inside;
      }
    }
    return inside ? nearest : -nearest;
  }

  private double cheeks(double x, double y, double z) {
    double sum = 0;
    for (int side = 0; side < 2; side++) {
      Vector3 eye = points[side == 0 ? 36 : 45];
      Vector3 mouth = points[side == 0 ? 48 : 54];
      Vector3 jaw = points[side == 0 ? 2 : 14];
      Vector3 c = eye.times(0.42).plus(mouth.times(0.38)).plus(jaw.times(0.2));
      sum += blob(c, 0.024 * scale, 0.02 * scale, 0.03 * scale, x, y, z);
    }
    return Math.min(1, sum);
  }

  private double nose(double x, double y, double z) {
    Vector3 tip = points[30];
    Vector3 bridge = points[29].times(0.6).plus(points[28].times(0.4));
    return Math.min(
        1,
        blob(tip, 0.017 * scale, 0.013 * scale, 0.025 * scale, x, y, z)
            + 0.5 * blob(bridge, 0.011 * scale, 0.018 * scale, 0.02 * scale, x, y, z));
  }

  private double oily(double x, double y, double z) {
    Vector3 forehead = new Vector3(0, browHeight + 0.028 * scale, points[27].z());
    Vector3 chin = points[8].times(0.55).plus(points[57].times(0.45));
    return Math.min(
        1,
        nose(x, y, z)
            + blob(forehead, 0.045 * scale, 0.024 * scale, 0.05 * scale, x, y, z)
            + 0.7 * blob(chin, 0.018 * scale, 0.013 * scale, 0.03 * scale, x, y, z));
  }

  /** Distance to the nearer loop of lid edges, metres; 5 cm for whatever is farther. */
  private double toEyes(double x, double y, double z) {
    double nearest = 0.05 * scale;
    if (Math.abs(y - points[39].y()) > nearest || z < axisZ) {
      return nearest;
    }
    for (int eye = 36; eye <= 42; eye += 6) {
      for (int i = 0; i < 6; i++) {
        nearest = Math.min(nearest, toSegment(points[eye + i], points[eye + (i + 1) % 6], x, y, z));
      }
    }
    return nearest;
  }

  private static double toSegment(Vector3 a, Vector3 b, double x, double y, double z) {
    double ex = b.x() - a.x();
    double ey = b.y() - a.y();
    double ez = b.z() - a.z();
    double px = x - a.x();
    double py = y - a.y();
    double pz = z - a.z();
    double t = Math.clamp((px * ex + py * ey + pz * ez) / (ex * ex + ey * ey + ez * ez), 0, 1);
    double dx = px - t * ex;
    double dy = py - t * ey;
    double dz = pz - t * ez;
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  private double underEyes(double x, double y, double z) {
    double sum = 0;
    for (int side = 0; side < 2; side++) {
      Vector3 a = points[side == 0 ? 40 : 46];
      Vector3 b = points[side == 0 ? 41 : 47];
      Vector3 c = a.times(0.6).plus(b.times(0.4)).plus(new Vector3(0, -0.008 * scale, 0));
      sum += blob(c, 0.014 * scale, 0.0055 * scale, 0.02 * scale, x, y, z);
    }
    return Math.min(1, sum);
  }

  /** Azimuth about the head's axis: 0 in front, π at the nape, either side alike. */
  private double azimuth(double x, double z) {
    return Math.abs(Math.atan2(x, z - axisZ));
  }

  private static double along(double[] xs, double[] ys, double x) {
    for (int i = 1; i < xs.length; i++) {
      if (x < xs[i]) {
        double t = Math.max(0, (x - xs[i - 1]) / (xs[i] - xs[i - 1]));
        return ys[i - 1] + t * (ys[i] - ys[i - 1]);
      }
    }
    return ys[ys.length - 1];
  }

  private static final double[] HAIRLINE_AZIMUTH = {
    0, 0.45, 0.8, 1.05, 1.25, 1.4, 1.9, 2.05, 2.3, 3.15
  };
  private static final double[] HAIRLINE_HEIGHT = {
    0.060, 0.058, 0.040, 0.012, -0.018, 0.004, 0.004, -0.03, -0.07, -0.085
  };

  private double scalp(double x, double y, double z) {
    double ragged = 0.006 * noise.at(90 * x, 90 * y, 90 * z);
    double line = along(HAIRLINE_AZIMUTH, HAIRLINE_HEIGHT, azimuth(x, z));
    return step(-0.007 * scale, 0.009 * scale, y - browHeight - line * scale + ragged);
  }

  private static final double[] BEARD_AZIMUTH = {0, 0.3, 0.6, 0.95, 1.15, 1.35, 1.6};

  private double beard(double x, double y, double z) {
    double az = azimuth(x, z);
    double nose = points[33].y();
    double mouth = (points[48].y() + points[54].y()) / 2;
    double eye = (points[36].y() + points[45].y()) / 2;
    double upper =
        along(
            BEARD_AZIMUTH,
            new double[] {
              nose - 0.001,
              nose - 0.004 * scale,
              mouth + 0.006 * scale,
              mouth + 0.014 * scale,
              nose + 0.01 * scale,
              eye,
              eye - 0.03 * scale
            },
            az);
    double jaw =
        along(
            new double[] {0, 0.7, 1.6},
            new double[] {points[8].y(), points[5].y(), points[2].y()},
            az);
    double ragged = 0.004 * noise.at(110 * x + 9, 110 * y, 110 * z);
    return (1 - step(-0.008 * scale, 0.004 * scale, y - upper + ragged))
        * step(-0.045 * scale, -0.015 * scale, y - jaw + ragged)
        * (1 - step(1.35, 1.5, az));
  }

  // Furrows.

  /** Height of a furrow's relief at full strength, metres: not above 0.5 mm deep. */
  double furrow(Furrow furrow, double x, double y, double z) {
    return switch (furrow) {
      case FOREHEAD -> forehead(x, y, z);
      case GLABELLA -> glabella(x, y, z);
      case CROWS_FEET -> crowsFeet(x, y, z);
      case NASOLABIAL -> nasolabial(x, y, z);
    };
  }

  /** A groove's profile: deepest at 0, with raised banks. */
  private static double groove(double d, double width) {
    double r = d / width;
    return -Math.exp(-r * r) + 0.35 * Math.exp(-0.25 * r * r);
  }

  private double forehead(double x, double y, double z) {
    double h = y - browHeight;
    double extent =
        step(0.008 * scale, 0.018 * scale, h)
            * (1 - step(0.045 * scale, 0.06 * scale, h))
            * (1 - step(0.035 * scale, 0.055 * scale, Math.abs(x)))
            * step(0, 0.02, z - axisZ);
    if (extent == 0) {
      return 0;
    }
    double bent =
        h - 0.004 * scale * Math.cos(60 * x / scale) + 0.0025 * scale * noise.at(45 * x, 30 * y, 7);
    double spacing = 0.0105 * scale;
    double phase = bent / spacing;
    double d = (phase - Math.rint(phase)) * spacing;
    double broken = 0.6 + 0.55 * noise.at(30 * x, 3 * Math.rint(phase), 3);
    return 0.45e-3 * scale * extent * Math.max(0, broken) * groove(d, 0.0016 * scale);
  }

  private double glabella(double x, double y, double z) {
    double h = y - (points[21].y() + points[22].y()) / 2;
    double extent =
        step(-0.014 * scale, -0.004 * scale, h)
            * (1 - step(0.006 * scale, 0.018 * scale, h))
            * step(0.03 * scale, 0.05 * scale, z - axisZ);
    double at = 0.0062 * scale + 0.0015 * scale * noise.at(0, 120 * y, 2 + Math.signum(x));
    return extent == 0
        ? 0
        : 0.45e-3
            * scale
            * extent
            * groove(Math.abs(x) - at - 0.1 * Math.max(0, h), 0.0014 * scale);
  }

  private double crowsFeet(double x, double y, double z) {
    double sum = 0;
    if (Math.abs(y - points[36].y()) > 0.05 * scale || z < axisZ) {
      return 0;
    }
    for (int side = 0; side < 2; side++) {
      Vector3 corner = points[side == 0 ? 36 : 45];
      double sign = side == 0 ? -1 : 1;
      double dy = y - corner.y();
      double out = sign * (x - corner.x()) + 0.8 * (corner.z() - z);
      double r = Math.hypot(out, dy);
      if (out <= 0) {
        continue;
      }
      double extent =
          step(0.005 * scale, 0.011 * scale, r) * (1 - step(0.018 * scale, 0.034 * scale, r));
      double angle = Math.atan2(dy, out) + 0.12 * noise.at(110 * x, 110 * y, 5 + side);
      double fan = 1 - step(0.55, 0.95, Math.abs(angle + 0.1));
      double spacing = 0.30;
      double phase = angle / spacing;
      double d = (phase - Math.rint(phase)) * spacing * r;
      sum += 0.3e-3 * scale * extent * fan * groove(d, 0.0011 * scale);
    }
    return sum;
  }

  private double nasolabial(double x, double y, double z) {
    double best = Double.MAX_VALUE;
    double along = 0;
    if (z < axisZ + 0.03 * scale
        || y > points[33].y() + 0.03 * scale
        || y < points[57].y() - 0.02 * scale) {
      return 0;
    }
    for (int side = 0; side < 2; side++) {
      Vector3 wing = points[side == 0 ? 31 : 35];
      Vector3 mouth = points[side == 0 ? 48 : 54];
      double sign = side == 0 ? -1 : 1;
      // A bow from above the nostril's wing, around the mouth's corner, to below it.
      double x0 = wing.x() + sign * 0.007 * scale;
      double y0 = wing.y() + 0.009 * scale;
      double x1 = mouth.x() + sign * 0.011 * scale;
      double y1 = (wing.y() + mouth.y()) / 2;
      double x2 = mouth.x() + sign * 0.011 * scale;
      double y2 = mouth.y() - 0.012 * scale;
      for (int i = 0; i <= 24; i++) {
        double t = i / 24.0;
        double s = 1 - t;
        double px = s * s * x0 + 2 * s * t * x1 + t * t * x2;
        double py = s * s * y0 + 2 * s * t * y1 + t * t * y2;
        double d = Math.hypot(x - px, y - py);
        if (d < best) {
          best = d;
          along = t;
        }
      }
    }
    if (best > 0.01 * scale) {
      return 0;
    }
    double extent = step(-0.05, 0.2, along) * (1 - step(0.6, 1, along));
    return 0.5e-3 * scale * extent * groove(best, 0.0024 * scale);
  }
}
