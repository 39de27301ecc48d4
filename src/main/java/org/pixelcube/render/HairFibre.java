package org.pixelcube.render;

/**
 * Light scattered by one hair, seen from afar: the model of Chiang et al. 2016 ("A practical and
 * controllable hair and fur model for production path tracing"), built on Marschner et al. 2003 and
 * d'Eon et al. 2011, averaged over the fibre's width, as strands are thinner than pixels. Light is
 * mirrored by the surface (R), passes the fibre (TT) or is mirrored inside it (TRT and beyond);
 * each share is spread along the fibre and around it, and keeps its energy exactly.
 *
 * <p>Angles: θ from the plane normal to the fibre, given as its sine, positive towards the tip; φ
 * around the fibre from the way out. Prepared once for a way out; mutable, one per thread.
 */
final class HairFibre {
  /** Index of refraction of keratin. */
  static final float INDEX = 1.55f;

  private static final int SHARES = FibreTables.SHARES;
  private static final int AROUND = AzimuthalTable.NODES;
  private static final int ROW = AzimuthalTable.STRIDE;

  /** Luminance of the channels. */
  static final float RED = 0.2126f;

  static final float GREEN = 0.7152f;
  static final float BLUE = 0.0722f;

  /** Tables of the materials met last. */
  private final FibreTables[] known = new FibreTables[4];

  private int oldest;
  private FibreTables tables;

  /** The way out. */
  private float inclination;

  private final float[] albedo = new float[3];
  private final float[] sinO = new float[SHARES];
  private final float[] cosO = new float[SHARES];

  /** What is worked out only when asked for. */
  private boolean sharpReady;

  private boolean drawReady;

  private final float[] sharp = new float[AzimuthalTable.ROWS * ROW];

  /** The shares' luminance, and its running integrals from azimuth 0, in node steps. */
  private final float[] bright = new float[SHARES * ROW];

  private final float[] running = new float[SHARES * ROW];

  private final float[] chance = new float[SHARES];
  private float toDensity;
  private float density;

  /** A direction drawn: sine of θ, and the azimuth from the way out. */
  float sampledSin;

  float sampledPhi;

  /**
   * Makes ready for a way out.
   *
   * @param massAlbedo of a mass of such hair, three channels
   * @param sine of the way out's θ
   */
  void prepare(Material.Hair hair, float[] massAlbedo, float sine) {
    tables = tables(hair);
    albedo[0] = massAlbedo[0];
    albedo[1] = massAlbedo[1];
    albedo[2] = massAlbedo[2];
    float sin = Math.clamp(sine, -0.99999f, 0.99999f);
    float cos = (float) Math.sqrt(1 - sin * sin);
    inclination = (float) Math.asin(sin);
    for (int p = 0; p < SHARES; p++) {
      sinO[p] = sin * tables.tiltCosine[p] - cos * tables.tiltSine[p];
      cosO[p] = Math.abs(cos * tables.tiltCosine[p] + sin * tables.tiltSine[p]);
    }
    sharpReady = false;
    drawReady = false;
  }

  private FibreTables tables(Material.Hair hair) {
    for (FibreTables t : known) {
      if (t != null && t.fits(hair)) {
        return t;
      }
    }
    FibreTables t = FibreTables.of(hair);
    known[oldest] = t;
    oldest = (oldest + 1) % known.length;
    return t;
  }

  /**
   * Scattered light times the cosine to the normal plane, three channels.
   *
   * @param sin sine of the way in's θ
   * @param cosPhi cosine of its azimuth from the way out
   */
  void eval(float sin, float cosPhi, float[] out) {
    if (!sharpReady) {
      tables.sharp.rows(inclination, albedo, sharp);
      sharpReady = true;
    }
    float cos = (float) Math.sqrt(Math.max(0, 1 - sin * sin));
    sum(
        along(0, sin, cos),
        along(1, sin, cos),
        along(2, sin, cos),
        sharp,
        AzimuthalTable.position(cosPhi),
        out);
  }

  /** Adds the shares up, and their luminance into {@link #density}. */
  private void sum(float r, float tt, float trt, float[] rows, float x, float[] out) {
    int i = Math.min((int) x, AROUND - 2);
    float f = x - i;
    float e = 1 - f;
    float mirrored = r * (rows[i] * e + rows[i + 1] * f);
    i += ROW;
    float red = tt * (rows[i] * e + rows[i + 1] * f);
    i += ROW;
    float green = tt * (rows[i] * e + rows[i + 1] * f);
    i += ROW;
    float blue = tt * (rows[i] * e + rows[i + 1] * f);
    i += ROW;
    red += trt * (rows[i] * e + rows[i + 1] * f) + mirrored;
    i += ROW;
    green += trt * (rows[i] * e + rows[i + 1] * f) + mirrored;
    i += ROW;
    blue += trt * (rows[i] * e + rows[i + 1] * f) + mirrored;
    out[0] = red;
    out[1] = green;
    out[2] = blue;
    density = RED * red + GREEN * green + BLUE * blue;
  }

  /** The density of {@link #sample} for the directions that {@link #eval} was last asked for. */
  float pdf() {
    readyToDraw();
    return density * toDensity;
  }

  private float along(int p, float sin, float cos) {
    return along(tables.inverseVariance[p], tables.scale[p], sinO[p], cosO[p], sin, cos);
  }

  /**
   * d'Eon's longitudinal distribution, I₀(c c′/v) exp(−s s′/v) / (2 v sinh(1/v)), with its large
   * factors taken together.
   *
   * @param k one over the variance v
   * @param scale 1 / (v (1 − exp(−2/v)))
   */
  static float along(float k, float scale, float sinO, float cosO, float sin, float cos) {
    float a = cos * cosO * k;
    float b = sin * sinO * k;
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
    return scale * bessel / (float) Math.sqrt(a) * exp((cos * cosO - sin * sinO - 1) * k);
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

  /** Integrates the shares' luminance, by which directions are drawn. */
  private void readyToDraw() {
    if (drawReady) {
      return;
    }
    drawReady = true;
    if (!sharpReady) {
      tables.sharp.rows(inclination, albedo, sharp);
      sharpReady = true;
    }
    System.arraycopy(sharp, 0, bright, 0, AROUND);
    AzimuthalTable.luminance(sharp, ROW, bright, ROW);
    AzimuthalTable.luminance(sharp, 4 * ROW, bright, 2 * ROW);
    float a = 0;
    float b = 0;
    float c = 0;
    for (int j = 1; j < AROUND; j++) {
      a += 0.5f * (bright[j - 1] + bright[j]);
      b += 0.5f * (bright[ROW + j - 1] + bright[ROW + j]);
      c += 0.5f * (bright[2 * ROW + j - 1] + bright[2 * ROW + j]);
      running[j] = a;
      running[ROW + j] = b;
      running[2 * ROW + j] = c;
    }
    float all = a + b + c;
    chance[0] = a / all;
    chance[1] = b / all;
    chance[2] = c / all;
    toDensity = AzimuthalTable.NODES_PER_RADIAN / (2 * all);
  }

  /** Draws a direction into {@link #sampledSin} and {@link #sampledPhi}. */
  void sample(RandomStream random) {
    readyToDraw();
    float pick = random.nextFloat();
    int p = 0;
    while (p < SHARES - 1 && pick >= chance[p]) {
      pick -= chance[p];
      p++;
    }
    float v = 1 / tables.inverseVariance[p];
    float low = tables.lowest[p];
    float xi = Math.max(random.nextFloat(), 1e-7f);
    double c = 1 + v * Math.log(xi + (1 - xi) * low);
    double s = Math.sqrt(Math.max(0, 1 - c * c));
    sampledSin =
        (float)
            Math.clamp(
                -c * sinO[p] + s * Math.cos(2 * Math.PI * random.nextFloat()) * cosO[p], -1, 1);

    // The segment between nodes, and the place in it, where the density is linear.
    float turn = 2 * random.nextFloat() - 1;
    int first = p * ROW;
    float target = Math.abs(turn) * running[first + AROUND - 1];
    int from = 0;
    int to = AROUND - 1;
    while (to - from > 1) {
      int middle = (from + to) >>> 1;
      if (running[first + middle] <= target) {
        from = middle;
      } else {
        to = middle;
      }
    }
    float left = bright[first + from];
    float right = bright[first + from + 1];
    float rest = target - running[first + from];
    float root = (float) Math.sqrt(Math.max(0, left * left + 2 * (right - left) * rest));
    float part = left + root > 0 ? Math.min(2 * rest / (left + root), 1) : 0.5f;
    sampledPhi = Math.copySign((from + part) / AzimuthalTable.NODES_PER_RADIAN, turn);
  }
}
