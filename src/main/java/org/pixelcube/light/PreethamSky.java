package org.pixelcube.light;

import org.pixelcube.math.Vector3;

/**
 * Clear daylight: Preetham, Shirley and Smits 1999, "A Practical Analytic Model for Daylight",
 * appendix A. Luminance of the sky in kcd/m², chromaticity in CIE xy, brought to linear Rec.709.
 */
final class PreethamSky {
  private final Vector3 sun;
  private final double turbidity;
  private final double sunZenith;
  private final double[] luminance;
  private final double[] chromaX;
  private final double[] chromaY;
  private final double zenithLuminance;
  private final double zenithX;
  private final double zenithY;

  /**
   * Makes the sky.
   *
   * @param sun unit direction of the sun, above the horizon
   * @param turbidity haze, 2 (clear) to 10 (hazy)
   */
  PreethamSky(Vector3 sun, double turbidity) {
    this.sun = sun;
    this.turbidity = turbidity;
    this.sunZenith = Math.acos(Math.clamp(sun.y(), 0, 1));
    double t = turbidity;
    luminance =
        new double[] {
          0.1787 * t - 1.4630,
          -0.3554 * t + 0.4275,
          -0.0227 * t + 5.3251,
          0.1206 * t - 2.5771,
          -0.0670 * t + 0.3703
        };
    chromaX =
        new double[] {
          -0.0193 * t - 0.2592,
          -0.0665 * t + 0.0008,
          -0.0004 * t + 0.2125,
          -0.0641 * t - 0.8989,
          -0.0033 * t + 0.0452
        };
    chromaY =
        new double[] {
          -0.0167 * t - 0.2608,
          -0.0950 * t + 0.0092,
          -0.0079 * t + 0.2102,
          -0.0441 * t - 1.6537,
          -0.0109 * t + 0.0529
        };
    double s = sunZenith;
    double chi = (4.0 / 9 - t / 120) * (Math.PI - 2 * s);
    zenithLuminance = (4.0453 * t - 4.9710) * Math.tan(chi) - 0.2155 * t + 2.4192;
    double s2 = s * s;
    double s3 = s2 * s;
    zenithX =
        t * t * (0.00166 * s3 - 0.00375 * s2 + 0.00209 * s)
            + t * (-0.02903 * s3 + 0.06377 * s2 - 0.03202 * s + 0.00394)
            + (0.11693 * s3 - 0.21196 * s2 + 0.06052 * s + 0.25886);
    zenithY =
        t * t * (0.00275 * s3 - 0.00610 * s2 + 0.00317 * s)
            + t * (-0.04214 * s3 + 0.08970 * s2 - 0.04153 * s + 0.00516)
            + (0.15346 * s3 - 0.26756 * s2 + 0.06670 * s + 0.26688);
  }

  /** Perez et al. 1993: (1 + A e^(B / cos θ)) (1 + C e^(D γ) + E cos² γ). */
  private static double perez(double[] k, double cosTheta, double gamma, double cosGamma) {
    return (1 + k[0] * Math.exp(k[1] / cosTheta))
        * (1 + k[2] * Math.exp(k[3] * gamma) + k[4] * cosGamma * cosGamma);
  }

  private double value(double[] k, double zenith, double cosTheta, double gamma, double cosGamma) {
    return zenith
        * perez(k, cosTheta, gamma, cosGamma)
        / perez(k, 1, sunZenith, Math.cos(sunZenith));
  }

  /**
   * Writes the sky's colour, luminance in kcd/m², for a unit direction; below the horizon that of
   * the horizon.
   */
  void at(double x, double y, double z, double[] rgb) {
    double cosTheta = Math.max(0.01, y);
    double cosGamma = Math.clamp(x * sun.x() + y * sun.y() + z * sun.z(), -1, 1);
    double gamma = Math.acos(cosGamma);
    double l = Math.max(0, value(luminance, zenithLuminance, cosTheta, gamma, cosGamma));
    double cx = value(chromaX, zenithX, cosTheta, gamma, cosGamma);
    double cy = Math.max(1e-3, value(chromaY, zenithY, cosTheta, gamma, cosGamma));
    double bigX = cx / cy * l;
    double bigZ = (1 - cx - cy) / cy * l;
    // IEC 61966-2-1: XYZ (D65) to linear Rec.709.
    rgb[0] = Math.max(0, 3.2406 * bigX - 1.5372 * l - 0.4986 * bigZ);
    rgb[1] = Math.max(0, -0.9689 * bigX + 1.8758 * l + 0.0415 * bigZ);
    rgb[2] = Math.max(0, 0.0557 * bigX - 0.2040 * l + 1.0570 * bigZ);
  }

  /**
   * Illuminance of the direct sun on a plane facing it, in klx: 127.5 klx outside the air, times
   * Rayleigh and aerosol transmittance of the same appendix at one wavelength for each channel.
   */
  Rgb sunIlluminance() {
    double zenithDegrees = Math.toDegrees(sunZenith);
    double mass =
        1
            / (Math.max(0, Math.cos(sunZenith))
                + 0.15 * Math.pow(93.885 - Math.min(90, zenithDegrees), -1.253));
    double beta = 0.04608 * turbidity - 0.04586;
    double[] micrometres = {0.610, 0.550, 0.465};
    double[] out = new double[3];
    for (int c = 0; c < 3; c++) {
      double rayleigh = Math.exp(-0.008735 * Math.pow(micrometres[c], -4.08) * mass);
      double aerosol = Math.exp(-beta * Math.pow(micrometres[c], -1.3) * mass);
      out[c] = 127.5 * rayleigh * aerosol;
    }
    return new Rgb(out[0], out[1], out[2]);
  }
}
