package org.pixelcube.render;

import org.pixelcube.math.ArcTangent;

/**
 * Light scattered by one hair: the model of Chiang et al. 2016 ("A practical and controllable hair
 * and fur model for production path tracing"), built on Marschner et al. 2003 and d'Eon et al.
 * 2011. Light is mirrored by the surface (R), passes the fibre (TT), is mirrored once inside (TRT)
 * or more often (the rest); each share is spread along the fibre and around it, and keeps its
 * energy exactly.
 *
 * <p>Angles: θ from the plane normal to the fibre, given as its sine, positive towards the tip; φ
 * around the fibre. Prepared once for a way out; mutable, one per thread.
 */
final class HairFibre {
  /** Index of refraction of keratin. */
  static final float INDEX = 1.55f;

  private static final int SHARES = 4;
  private static final float PI = (float) Math.PI;
  private static final float HALF_TURN_DENSITY = 0.5f / PI;

  /** Roughness that the last preparation was for, and what follows from it alone. */
  private float longitudinal = Float.NaN;

  private float azimuthal = Float.NaN;
  private float tilt = Float.NaN;

  /** Longitudinal variance and its inverse per share. */
  private final float[] inverseVariance = new float[SHARES];

  private final float[] longitudinalScale = new float[SHARES];
  private float absorptionDivisor;
  private float inverseSpread;
  private float logisticScale;
  private float logisticLow;
  private float logisticHigh;
  private final float[] tiltSine = new float[3];
  private final float[] tiltCosine = new float[3];

  /** What the way out decides. */
  private final float[] sinO = new float[SHARES];

  private final float[] cosO = new float[SHARES];

  /** Where a share leaves around the fibre, relative to the way out, −π to π. */
  private final float[] azimuth = new float[3];

  /** Energy of the shares, three channels each. */
  private final float[] energy = new float[SHARES * 3];

  private final float[] chance = new float[SHARES];
  private final float[] value = new float[SHARES];

  /** A direction drawn: sine of θ and the azimuth from the way out. */
  float sampledSin;

  float sampledPhi;

  /**
   * Makes ready for a way out.
   *
   * @param albedo of a mass of such hair, three channels
   * @param offset where the fibre is met across its width, −1 to 1; positive where the azimuth is
   *     less than that of the way out
   * @param sine of the way out's θ
   */
  void prepare(Material.Hair hair, float[] albedo, float offset, float sine) {
    if (hair.longitudinalRoughness() != longitudinal
        || hair.azimuthalRoughness() != azimuthal
        || hair.tiltDegrees() != tilt) {
      roughness(hair);
    }
    float sin = Math.clamp(sine, -0.99999f, 0.99999f);
    float cos = (float) Math.sqrt(1 - sin * sin);
    for (int p = 0; p < 3; p++) {
      sinO[p] = sin * tiltCosine[p] - cos * tiltSine[p];
      cosO[p] = Math.abs(cos * tiltCosine[p] + sin * tiltSine[p]);
    }
    sinO[3] = sin;
    cosO[3] = cos;

    // Refraction in the fibre's cross-section, with Bravais' index for the tilted ray.
    float h = Math.clamp(offset, -0.9999f, 0.9999f);
    float cosGammaO = (float) Math.sqrt(1 - h * h);
    float modified = (float) Math.sqrt(INDEX * INDEX - sin * sin) / cos;
    float sinGammaT = h / modified;
    float cosGammaT = (float) Math.sqrt(1 - sinGammaT * sinGammaT);
    float sinThetaT = sin / INDEX;
    float cosThetaT = (float) Math.sqrt(1 - sinThetaT * sinThetaT);
    float path = 2 * cosGammaT / cosThetaT;
    double gammaO = Math.asin(h);
    double gammaT = Math.asin(sinGammaT);
    for (int p = 0; p < 3; p++) {
      azimuth[p] =
          (float) Math.IEEEremainder(2 * p * gammaT - 2 * gammaO + p * Math.PI, 2 * Math.PI);
    }

    float mirrored = Fresnel.dielectric(cos * cosGammaO, INDEX);
    float entered = (1 - mirrored) * (1 - mirrored);
    for (int c = 0; c < 3; c++) {
      float root = (float) Math.log(Math.clamp(albedo[c], 1e-4f, 1)) / absorptionDivisor;
      float passed = (float) Math.exp(-root * root * path);
      float through = entered * passed;
      float once = through * passed * mirrored;
      energy[c] = mirrored;
      energy[3 + c] = through;
      energy[6 + c] = once;
      energy[9 + c] = once * passed * mirrored / (1 - passed * mirrored);
    }
    float sum = 0;
    for (int p = 0; p < SHARES; p++) {
      chance[p] =
          0.2126f * energy[3 * p] + 0.7152f * energy[3 * p + 1] + 0.0722f * energy[3 * p + 2];
      sum += chance[p];
    }
    for (int p = 0; p < SHARES; p++) {
      chance[p] /= sum;
    }
  }

  /** The paper's fits of variance, logistic spread and absorption to perceptual roughness. */
  private void roughness(Material.Hair hair) {
    longitudinal = hair.longitudinalRoughness();
    azimuthal = hair.azimuthalRoughness();
    tilt = hair.tiltDegrees();
    double m = Math.clamp(longitudinal, 0.02, 1);
    double n = Math.clamp(azimuthal, 0.02, 1);
    double base = 0.726 * m + 0.812 * m * m + 3.7 * Math.pow(m, 20);
    double[] variance = {base * base, base * base / 4, base * base * 4, base * base * 4};
    for (int p = 0; p < SHARES; p++) {
      double v = variance[p];
      inverseVariance[p] = (float) (1 / v);
      longitudinalScale[p] = (float) (1 / (v * -Math.expm1(-2 / v)));
    }
    double s = Math.sqrt(Math.PI / 8) * (0.265 * n + 1.194 * n * n + 5.372 * Math.pow(n, 22));
    double low = 1 / (1 + Math.exp(Math.PI / s));
    inverseSpread = (float) (1 / s);
    logisticLow = (float) low;
    logisticHigh = (float) (1 - low);
    logisticScale = (float) (1 / (s * (1 - 2 * low)));
    absorptionDivisor =
        (float)
            (5.969
                - 0.215 * n
                + 2.532 * n * n
                - 10.73 * n * n * n
                + 5.574 * Math.pow(n, 4)
                + 0.245 * Math.pow(n, 5));
    // R leans by twice the tilt towards the root, TT by one and TRT by four towards the tip.
    double[] lean = {2, -1, -4};
    for (int p = 0; p < 3; p++) {
      double angle = Math.toRadians(tilt) * lean[p];
      tiltSine[p] = (float) Math.sin(angle);
      tiltCosine[p] = (float) Math.cos(angle);
    }
  }

  /**
   * Scattered light times the cosine to the normal plane, three channels.
   *
   * @param sin sine of the way in's θ
   * @param phi its azimuth less that of the way out, −π to π
   */
  void eval(float sin, float phi, float[] out) {
    shares(sin, phi);
    float a = value[0];
    float b = value[1];
    float c = value[2];
    float d = value[3];
    for (int k = 0; k < 3; k++) {
      out[k] = a * energy[k] + b * energy[3 + k] + c * energy[6 + k] + d * energy[9 + k];
    }
  }

  /** Density per steradian of {@link #sample}. */
  float pdf(float sin, float phi) {
    shares(sin, phi);
    return pdfOfShares();
  }

  /** The density for the directions that {@link #eval} was last asked for. */
  float pdfOfShares() {
    return value[0] * chance[0]
        + value[1] * chance[1]
        + value[2] * chance[2]
        + value[3] * chance[3];
  }

  /** Each share's distribution over directions. */
  private void shares(float sin, float phi) {
    float cos = (float) Math.sqrt(Math.max(0, 1 - sin * sin));
    for (int p = 0; p < 3; p++) {
      value[p] = along(p, sin, cos) * around(phi - azimuth[p]);
    }
    value[3] = along(3, sin, cos) * HALF_TURN_DENSITY;
  }

  /**
   * d'Eon's longitudinal distribution, I₀(c c′/v) exp(−s s′/v) / (2 v sinh(1/v)), with its large
   * factors taken together.
   */
  private float along(int p, float sin, float cos) {
    float k = inverseVariance[p];
    float a = cos * cosO[p] * k;
    float b = sin * sinO[p] * k;
    float scale = longitudinalScale[p];
    // Modified Bessel function of order 0: Abramowitz and Stegun 9.8.1 and 9.8.2.
    if (a < 3.75f) {
      float t = a * a * (1 / 14.0625f);
      float bessel =
          1
              + t
                  * (3.5156229f
                      + t
                          * (3.0899425f
                              + t
                                  * (1.2067492f
                                      + t * (0.2659732f + t * (0.0360768f + t * 0.0045813f)))));
      return scale * bessel * exp(-b - k);
    }
    float t = 3.75f / a;
    float bessel =
        0.3989423f
            + t
                * (0.01328592f
                    + t
                        * (0.00225319f
                            + t
                                * (-0.00157565f
                                    + t
                                        * (0.00916281f
                                            + t
                                                * (-0.02057706f
                                                    + t
                                                        * (0.02635537f
                                                            + t
                                                                * (-0.01647633f
                                                                    + t * 0.00392377f)))))));
    return scale * bessel / (float) Math.sqrt(a) * exp((cos * cosO[p] - sin * sinO[p] - 1) * k);
  }

  /** The logistic distribution trimmed to a full turn. */
  private float around(float difference) {
    float x = difference;
    if (x > PI) {
      x -= 2 * PI;
    } else if (x < -PI) {
      x += 2 * PI;
    }
    float e = exp(-Math.abs(x) * inverseSpread);
    return logisticScale * e / ((1 + e) * (1 + e));
  }

  /** e to the x for x up to a little above 0; relative error under 2e-7. */
  static float exp(float x) {
    if (x < -87) {
      return 0;
    }
    float y = x * 1.442695f;
    int i = (int) Math.floor(y + 0.5f);
    // The remainder in two steps, as x − i ln 2 would cancel.
    float f = (x - i * (355f / 512)) + i * 2.1219444e-4f;
    float e =
        1
            + f
                * (1
                    + f
                        * (0.5f
                            + f
                                * (0.16666667f
                                    + f
                                        * (0.041666668f
                                            + f * (0.008333334f + f * 0.0013888889f)))));
    return e * Float.intBitsToFloat((i + 127) << 23);
  }

  /** Draws a direction into {@link #sampledSin} and {@link #sampledPhi}. */
  void sample(RandomStream random) {
    float pick = random.nextFloat();
    int p = 0;
    while (p < SHARES - 1 && pick >= chance[p]) {
      pick -= chance[p];
      p++;
    }
    double v = 1 / (double) inverseVariance[p];
    double low = Math.exp(-2 / v);
    double xi = Math.max(random.nextFloat(), 1e-7);
    double c = 1 + v * Math.log(xi + (1 - xi) * low);
    double s = Math.sqrt(Math.max(0, 1 - c * c));
    sampledSin =
        (float)
            Math.clamp(
                -c * sinO[p] + s * Math.cos(2 * Math.PI * random.nextFloat()) * cosO[p], -1, 1);
    float turn = random.nextFloat();
    if (p == 3) {
      sampledPhi = 2 * PI * turn - PI;
    } else {
      double x = logisticLow + turn * (logisticHigh - logisticLow);
      double phi = azimuth[p] - Math.log(1 / x - 1) / inverseSpread;
      sampledPhi = (float) Math.IEEEremainder(phi, 2 * Math.PI);
    }
  }

  /** The azimuth of one direction from another, both across the fibre, −π to π. */
  static float phi(float fromX, float fromY, float toX, float toY) {
    return (float) ArcTangent.atan2(fromX * toY - fromY * toX, fromX * toX + fromY * toY);
  }
}
