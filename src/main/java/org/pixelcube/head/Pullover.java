package org.pixelcube.head;

import java.util.Random;
import org.pixelcube.image.Image;
import org.pixelcube.render.Material;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

/**
 * A round-necked pullover around any neck: its collar lies on a slanting plane through throat and
 * nape, from there it falls over shoulders, chest and back.
 */
final class Pullover {
  private static final int SECTORS = 128;
  private static final int COLLAR_RINGS = 10;
  private static final int RINGS = 72;
  private static final int BINS = 64;
  private static final int TEXELS = 512;

  /** Beyond this half width the neck has become shoulder, metres. */
  private static final double WIDEST_NECK = 0.075;

  /** The plane of the collar: y + SLOPE · z is the same all over it. */
  private static final double SLOPE = 0.4545;

  /** From the chin down to the front of the collar, metres. */
  private static final double UNDER_CHIN = 0.078;

  /** Drop below the collar at each knot of the profiles, metres. */
  private static final double[] SIDE_DROP = {0, 0.008, 0.026, 0.055, 0.098, 0.20, 0.42};

  private static final double[] FRONT_DROP = {0, 0.012, 0.034, 0.070, 0.120, 0.21, 0.42};
  private static final double[] BACK_DROP = {0, 0.018, 0.050, 0.100, 0.160, 0.27, 0.46};

  private final double planeHeight;
  private final double axisZ;
  private final TriangleMesh mesh;
  private final Material material;

  private Pullover(TriangleMesh skin, float[] landmarks, Traits traits) {
    Random random = new Random(traits.seed() * 0x9E6C63D0876A9A47L + 21);
    double throatY = landmarks[3 * 8 + 1] - UNDER_CHIN;
    planeHeight = throatY - SLOPE * 0.03;
    double[] extent = extent(skin);
    axisZ = (extent[0] + extent[1]) / 2;
    double[] neck = neckRadii(skin);
    mesh = loft(neck, traits, new GradientNoise(random.nextLong()));
    material = cloth(random);
  }

  /**
   * Fits a pullover.
   *
   * @param skin at rest, metres
   * @param landmarks 68 points at rest
   */
  static Pullover fit(TriangleMesh skin, float[] landmarks, Traits traits) {
    return new Pullover(skin, landmarks, traits);
  }

  TriangleMesh mesh() {
    return mesh;
  }

  Material material() {
    return material;
  }

  /** Depth of the neck's axis, metres. */
  double axisZ() {
    return axisZ;
  }

  /** How far a point lies under the collar's plane, metres. */
  double under(double y, double z) {
    return planeHeight - y - SLOPE * z;
  }

  private boolean atCollar(double x, double y, double z) {
    return Math.abs(under(y, z)) < 0.007 && Math.abs(x) < WIDEST_NECK;
  }

  private double[] extent(TriangleMesh skin) {
    double lo = Double.MAX_VALUE;
    double hi = -Double.MAX_VALUE;
    float[] p = skin.positions();
    for (int i = 0; i < p.length; i += 3) {
      if (atCollar(p[i], p[i + 1], p[i + 2]) && Math.abs(p[i]) < 0.03) {
        lo = Math.min(lo, p[i + 2]);
        hi = Math.max(hi, p[i + 2]);
      }
    }
    if (hi <= lo) {
      throw new IllegalArgumentException("the skin has no neck at the collar's height");
    }
    return new double[] {lo, hi};
  }

  /** Radius of the neck on the collar's plane by azimuth (0 in front), smoothed. */
  private double[] neckRadii(TriangleMesh skin) {
    double[] r = new double[BINS];
    float[] p = skin.positions();
    for (int i = 0; i < p.length; i += 3) {
      if (atCollar(p[i], p[i + 1], p[i + 2])) {
        double a = Math.atan2(p[i], p[i + 2] - axisZ);
        int bin = Math.floorMod(Math.round(a / (2 * Math.PI) * BINS), BINS);
        r[bin] = Math.max(r[bin], Math.hypot(p[i], p[i + 2] - axisZ));
      }
    }
    for (int pass = 0; pass < BINS; pass++) {
      for (int i = 0; i < BINS; i++) {
        double a = r[(i + BINS - 1) % BINS];
        double b = r[(i + 1) % BINS];
        if (r[i] == 0 && Math.max(a, b) > 0) {
          r[i] = a > 0 && b > 0 ? (a + b) / 2 : Math.max(a, b);
        }
      }
    }
    for (int pass = 0; pass < 6; pass++) {
      double[] old = r.clone();
      for (int i = 0; i < BINS; i++) {
        r[i] = (old[(i + BINS - 1) % BINS] + 2 * old[i] + old[(i + 1) % BINS]) / 4;
      }
    }
    return r;
  }

  private static double at(double[] ring, double a) {
    double f = a / (2 * Math.PI) * BINS;
    int i = (int) Math.floor(f);
    double t = f - i;
    return ring[Math.floorMod(i, BINS)] * (1 - t) + ring[Math.floorMod(i + 1, BINS)] * t;
  }

  /** A smooth curve through knots at equal steps (Catmull and Rom 1974). */
  private static double curve(double[] knots, double s) {
    double f = s * (knots.length - 1);
    int i = Math.clamp((int) f, 0, knots.length - 2);
    double t = f - i;
    double p1 = knots[i];
    double p2 = knots[i + 1];
    double p0 = i > 0 ? knots[i - 1] : 2 * p1 - p2;
    double p3 = i + 2 < knots.length ? knots[i + 2] : 2 * p2 - p1;
    return p1
        + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
  }

  private TriangleMesh loft(double[] neck, Traits traits, GradientNoise noise) {
    double w = traits.female() ? 0.172 : 0.200;
    double d = traits.female() ? 0.92 : 1;
    // Distance from the neck's axis at each knot.
    double[] side = {0.070, 0.090, 0.126, w - 0.014, w + 0.006, w + 0.022, w + 0.03};
    double[] front = {0.060, 0.072, 0.088, 0.104 * d, 0.118 * d, 0.13 * d, 0.13 * d};
    double[] back = {0.060, 0.074, 0.086, 0.097 * d, 0.106 * d, 0.112 * d, 0.105 * d};
    int row = SECTORS + 1;
    int rings = COLLAR_RINGS + RINGS;
    float[] p = new float[3 * rings * row];
    float[] uv = new float[2 * rings * row];
    for (int j = 0; j <= SECTORS; j++) {
      double a = 2 * Math.PI * (j % SECTORS) / SECTORS;
      double sin = Math.sin(a);
      double cos = Math.cos(a);
      double rn = at(neck, a) + 0.0045;
      for (int i = 0; i < rings; i++) {
        double radius;
        double drop;
        if (i < COLLAR_RINGS) {
          // A rolled rib: up from inside the collar and over it.
          double turn = Math.PI * (-0.35 + 1.35 * i / (COLLAR_RINGS - 1));
          radius = rn + 0.004 - 0.0042 * Math.cos(turn);
          drop = 0.010 - 0.0125 * Math.max(-0.2, Math.sin(turn));
        } else {
          double s = (i - COLLAR_RINGS) / (RINGS - 1.0);
          double[] depth = cos > 0 ? front : back;
          double[] low = cos > 0 ? FRONT_DROP : BACK_DROP;
          double around = superellipse(curve(side, s), curve(depth, s), sin, cos);
          double snug = rn + 0.008 - superellipse(side[0], depth[0], sin, cos);
          radius = around + snug * (1 - SkinAtlas.smoothStep(0, 0.5, s));
          drop = 0.010 + sin * sin * curve(SIDE_DROP, s) + cos * cos * curve(low, s);
          double px = radius * sin;
          double pz = radius * cos;
          double fold =
              noise.at(13 * px, 13 * drop, 13 * pz)
                  + 0.5 * noise.at(30 * px, 22 * drop, 30 * pz + 9);
          radius += 0.0055 * SkinAtlas.smoothStep(0.05, 0.4, s) * fold;
        }
        int k = i * row + j;
        double z = axisZ + radius * cos;
        double collarZ = axisZ + rn * cos;
        p[3 * k] = (float) (radius * sin);
        p[3 * k + 1] = (float) (planeHeight - SLOPE * collarZ - drop);
        p[3 * k + 2] = (float) z;
        uv[2 * k] = (float) j / SECTORS;
        uv[2 * k + 1] = 1 - (float) i / (rings - 1);
      }
    }
    int[] t = new int[6 * (rings - 1) * SECTORS];
    int n = 0;
    for (int i = 0; i + 1 < rings; i++) {
      for (int j = 0; j < SECTORS; j++) {
        int a = i * row + j;
        int b = a + row;
        n = triangle(t, n, a, b, b + 1);
        n = triangle(t, n, a, b + 1, a + 1);
      }
    }
    float[] normals = TriangleMesh.smoothNormals(p, t);
    // First and last column are the same place.
    for (int i = 0; i < rings; i++) {
      int l = 3 * i * row;
      int r = l + 3 * SECTORS;
      double x = normals[l] + normals[r];
      double y = normals[l + 1] + normals[r + 1];
      double z = normals[l + 2] + normals[r + 2];
      double unit = Math.max(1e-9, Math.sqrt(x * x + y * y + z * z));
      normals[l] = normals[r] = (float) (x / unit);
      normals[l + 1] = normals[r + 1] = (float) (y / unit);
      normals[l + 2] = normals[r + 2] = (float) (z / unit);
    }
    return new TriangleMesh(p, normals, uv, t);
  }

  private static double superellipse(double x, double z, double sin, double cos) {
    double sum = Math.pow(Math.abs(sin) / x, 2.4) + Math.pow(Math.abs(cos) / z, 2.4);
    return 1 / Math.pow(sum, 1 / 2.4);
  }

  private static int triangle(int[] t, int n, int a, int b, int c) {
    t[n] = a;
    t[n + 1] = b;
    t[n + 2] = c;
    return n + 3;
  }

  /** Cloth of one colour, mottled, or in stripes, and its soft unevenness. */
  private static Material cloth(Random random) {
    double[] first = dye(random);
    double[] second = dye(random);
    boolean striped = random.nextDouble() < 0.2;
    int stripes = 9 + random.nextInt(18);
    double mottle = random.nextDouble() * random.nextDouble();
    GradientNoise noise = new GradientNoise(random.nextLong());
    int n = TEXELS * TEXELS;
    float[] s = new float[3 * n];
    float[] normal = new float[3 * n];
    for (int y = 0; y < TEXELS; y++) {
      for (int x = 0; x < TEXELS; x++) {
        int i = y * TEXELS + x;
        double a = 2 * Math.PI * x / TEXELS;
        double cos = Math.cos(a);
        double sin = Math.sin(a);
        double grain = noise.at(70 * cos, 0.7 * y, 70 * sin);
        double other = noise.at(70 * cos + 50, 0.7 * y, 70 * sin + 9);
        boolean band = striped && (y * stripes / TEXELS) % 3 == 0 && y > TEXELS / 6;
        for (int k = 0; k < 3; k++) {
          double c = band ? second[k] : first[k];
          s[k * n + i] = (float) Math.clamp(c * (1 + (0.12 + 0.6 * mottle) * grain), 0.005, 0.8);
        }
        normal[i] = (float) (0.22 * grain);
        normal[n + i] = (float) (0.22 * other);
        normal[2 * n + i] = (float) Math.sqrt(1 - 0.0484 * (grain * grain + other * other));
      }
    }
    return new Material.Glossy(
        Texture.of(Image.rgb(TEXELS, TEXELS, s)),
        Texture.constant(0.8f),
        0.02f,
        Texture.of(Image.data(TEXELS, TEXELS, 3, normal)),
        Material.Opaque.ONE);
  }

  /** A colour that clothes have: much black, white, grey and navy, some of everything. */
  private static double[] dye(Random random) {
    double lightness = 12 + 75 * random.nextDouble();
    double chroma = random.nextDouble() < 0.45 ? 3 : 45 * Math.pow(random.nextDouble(), 0.8);
    double hue = 2 * Math.PI * random.nextDouble();
    if (random.nextDouble() < 0.25) {
      lightness = 15 + 15 * random.nextDouble();
      chroma = 18 * random.nextDouble();
      hue = Math.toRadians(270);
    }
    double limit = Math.min(chroma, 0.75 * lightness);
    double[] rgb =
        Chromophores.linearRec709(lightness, limit * Math.cos(hue), limit * Math.sin(hue));
    for (int k = 0; k < 3; k++) {
      rgb[k] = Math.clamp(rgb[k], 0.008, 0.75);
    }
    return rgb;
  }
}
