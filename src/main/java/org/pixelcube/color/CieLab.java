package org.pixelcube.color;

import org.pixelcube.math.Vector3;

/**
 * A colour in CIE 1976 L*a*b* (CIE 015:2018, 8.2.1).
 *
 * @param lightness L*, 0 black to 100 the white it is relative to
 * @param a from green to red
 * @param b from blue to yellow
 */
public record CieLab(double lightness, double a, double b) {
  private static final double DELTA = 6.0 / 29;
  private static final double POWER_25_7 = 6103515625.0;

  /** The colour of CIE XYZ tristimulus values against a white in the same units. */
  public static CieLab ofXyz(Vector3 xyz, Vector3 white) {
    double x = root(xyz.x() / white.x());
    double y = root(xyz.y() / white.y());
    double z = root(xyz.z() / white.z());
    return new CieLab(116 * y - 16, 500 * (x - y), 200 * (y - z));
  }

  /** The colour of linear RGB against RGB (1, 1, 1). */
  public static CieLab ofRgb(Vector3 linear, Primaries primaries) {
    return ofXyz(primaries.toXyz().apply(linear), primaries.white());
  }

  private static double root(double t) {
    return t > DELTA * DELTA * DELTA ? Math.cbrt(t) : t / (3 * DELTA * DELTA) + 4.0 / 29;
  }

  /**
   * The difference CIEDE2000 (CIE 142-2001) with k_L = k_C = k_H = 1, in the form of Sharma, Wu and
   * Dalal 2005, "The CIEDE2000 color-difference formula: implementation notes". About 1 is just
   * noticed side by side.
   */
  public double deltaE2000(CieLab o) {
    double mean7 = Math.pow((Math.hypot(a, b) + Math.hypot(o.a, o.b)) / 2, 7);
    double stretch = 1 + 0.5 * (1 - Math.sqrt(mean7 / (mean7 + POWER_25_7)));
    double a1 = stretch * a;
    double a2 = stretch * o.a;
    double c1 = Math.hypot(a1, b);
    double c2 = Math.hypot(a2, o.b);
    double h1 = hueDegrees(a1, b);
    double h2 = hueDegrees(a2, o.b);

    boolean grey = c1 * c2 == 0;
    double turn = h2 - h1;
    if (grey) {
      turn = 0;
    } else if (turn > 180) {
      turn -= 360;
    } else if (turn < -180) {
      turn += 360;
    }
    double dl = o.lightness - lightness;
    double dc = c2 - c1;
    double dh = 2 * Math.sqrt(c1 * c2) * Math.sin(Math.toRadians(turn / 2));

    double l = (lightness + o.lightness) / 2;
    double c = (c1 + c2) / 2;
    double h = h1 + h2;
    if (!grey) {
      if (Math.abs(h1 - h2) > 180) {
        h += h < 360 ? 360 : -360;
      }
      h /= 2;
    }
    double t =
        1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.20 * cos(4 * h - 63);
    double fromMiddle = (l - 50) * (l - 50);
    double sl = 1 + 0.015 * fromMiddle / Math.sqrt(20 + fromMiddle);
    double sc = 1 + 0.045 * c;
    double sh = 1 + 0.015 * c * t;
    double c7 = Math.pow(c, 7);
    double blue = 30 * Math.exp(-Math.pow((h - 275) / 25, 2));
    double rotation = -2 * Math.sqrt(c7 / (c7 + POWER_25_7)) * Math.sin(Math.toRadians(2 * blue));
    double x = dl / sl;
    double y = dc / sc;
    double z = dh / sh;
    return Math.sqrt(Math.max(0, x * x + y * y + z * z + rotation * y * z));
  }

  private static double hueDegrees(double a, double b) {
    if (a == 0 && b == 0) {
      return 0;
    }
    double h = Math.toDegrees(Math.atan2(b, a));
    return h < 0 ? h + 360 : h;
  }

  private static double cos(double degrees) {
    return Math.cos(Math.toRadians(degrees));
  }
}
