package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.pixelcube.image.Image;
import org.pixelcube.render.Material;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

/**
 * What is worn on the shoulders: cloth that falls from a line around the neck over shoulders, chest
 * and back, with one of several necks, alone or over another piece. The line lies where the skin
 * meets a slanting plane through throat and nape, lowered by the cut of the neck.
 */
final class Top {
  /** Cuts of the neck. */
  enum Cut {
    CREW,
    TURTLENECK,
    T_SHIRT,
    SCOOP,
    V_NECK_OVER_T_SHIRT,
    V_NECK_OVER_SHIRT,
    SHIRT,
    OPEN_SHIRT
  }

  /** A piece of it. */
  record Part(TriangleMesh mesh, Material material) {}

  private static final int SECTORS = 128;
  private static final int COLLAR_RINGS = 10;
  private static final int RINGS = 72;
  private static final int BINS = 64;

  /** The plane of the neck: y + SLOPE · z is the same all over it. */
  private static final double SLOPE = 0.4545;

  /** From the chin down to the front of the plane, metres. */
  private static final double UNDER_CHIN = 0.078;

  /** Drop below the collar at each knot of the profiles, metres. */
  private static final double[] SIDE_DROP = {0, 0.008, 0.026, 0.055, 0.098, 0.20, 0.42};

  private static final double[] FRONT_DROP = {0, 0.012, 0.034, 0.070, 0.120, 0.21, 0.42};
  private static final double[] BACK_DROP = {0, 0.018, 0.050, 0.100, 0.160, 0.27, 0.46};

  private final Cut cut;
  private final double planeHeight;
  private final double axisZ;
  private final double[] line;
  private final double[] side;
  private final double[] front;
  private final double[] back;
  private final GradientNoise noise;
  private final List<Part> parts = new ArrayList<>();

  private Top(TriangleMesh skin, float[] landmarks, Traits traits, Cut cut, Random random) {
    this.cut = cut;
    noise = new GradientNoise(random.nextLong());
    double throatY = landmarks[3 * 8 + 1] - UNDER_CHIN;
    planeHeight = throatY - SLOPE * 0.03;
    double[] extent = extent(skin);
    axisZ = (extent[0] + extent[1]) / 2;
    line = line(skin);
    double w = traits.female() ? 0.172 : 0.200;
    double d = traits.female() ? 0.92 : 1;
    // Distance from the neck's axis at each knot.
    side = new double[] {0.070, 0.090, 0.126, w - 0.014, w + 0.006, w + 0.022, w + 0.03};
    front = new double[] {0.060, 0.072, 0.088, 0.104 * d, 0.118 * d, 0.13 * d, 0.13 * d};
    back = new double[] {0.060, 0.074, 0.086, 0.097 * d, 0.106 * d, 0.112 * d, 0.105 * d};
    make(random);
  }

  /**
   * Fits what the traits' seed draws.
   *
   * @param skin at rest, metres
   * @param landmarks 68 points at rest
   */
  static Top fit(TriangleMesh skin, float[] landmarks, Traits traits) {
    Random random = new Random(traits.seed() * 0x9E6C63D0876A9A47L + 21);
    return new Top(skin, landmarks, traits, cut(random, traits.female()), random);
  }

  /** Fits a given cut. */
  static Top fit(TriangleMesh skin, float[] landmarks, Traits traits, Cut cut) {
    Random random = new Random(traits.seed() * 0x9E6C63D0876A9A47L + 21);
    return new Top(skin, landmarks, traits, cut, random);
  }

  private static Cut cut(Random random, boolean female) {
    double pick = random.nextDouble();
    if (female && pick < 0.2) {
      return Cut.SCOOP;
    }
    Cut[] others = {
      Cut.CREW,
      Cut.TURTLENECK,
      Cut.T_SHIRT,
      Cut.T_SHIRT,
      Cut.V_NECK_OVER_T_SHIRT,
      Cut.V_NECK_OVER_SHIRT,
      Cut.SHIRT,
      Cut.SHIRT,
      Cut.OPEN_SHIRT
    };
    return others[random.nextInt(others.length)];
  }

  List<Part> parts() {
    return parts;
  }

  /** Depth of the neck's axis, metres. */
  double axisZ() {
    return axisZ;
  }

  /** How far a point lies under the line of the neck, metres. */
  double under(double x, double y, double z) {
    return planeHeight - y - SLOPE * z - lowered(Math.atan2(x, z - axisZ));
  }

  /** Half the width of the opening at the shoulders, metres. */
  double halfOpening() {
    return Math.max(at(line, Math.PI / 2), at(line, -Math.PI / 2));
  }

  /** How far the cut lowers the line at an azimuth, metres: 0 in front. */
  private double lowered(double azimuth) {
    double ahead = Math.max(0, Math.cos(azimuth));
    double aside = Math.sin(azimuth) * Math.sin(azimuth);
    return switch (cut) {
      case T_SHIRT -> 0.004 + 0.010 * ahead + 0.002 * aside;
      case SCOOP -> 0.008 + 0.013 * ahead + 0.006 * aside;
      default -> 0;
    };
  }

  private double[] extent(TriangleMesh skin) {
    double lo = Double.MAX_VALUE;
    double hi = -Double.MAX_VALUE;
    float[] p = skin.positions();
    for (int i = 0; i < p.length; i += 3) {
      boolean onPlane = Math.abs(planeHeight - p[i + 1] - SLOPE * p[i + 2]) < 0.007;
      if (onPlane && Math.abs(p[i]) < 0.03) {
        lo = Math.min(lo, p[i + 2]);
        hi = Math.max(hi, p[i + 2]);
      }
    }
    if (hi <= lo) {
      throw new IllegalArgumentException("the skin has no neck at the collar's height");
    }
    return new double[] {lo, hi};
  }

  /** Radius of the line around the neck by azimuth (0 in front), smoothed. */
  private double[] line(TriangleMesh skin) {
    double[] r = new double[BINS];
    // Shoulders are wider than any neck: what lies far out belongs to them.
    double widest = cut == Cut.SCOOP ? 0.1 : cut == Cut.T_SHIRT ? 0.085 : 0.075;
    float[] p = skin.positions();
    int[] t = skin.triangles();
    for (int i = 0; i < t.length; i++) {
      int a = 3 * t[i];
      int b = 3 * t[i % 3 == 2 ? i - 2 : i + 1];
      double ua = under(p[a], p[a + 1], p[a + 2]);
      double ub = under(p[b], p[b + 1], p[b + 2]);
      if (ua < 0 != ub < 0) {
        double f = ua / (ua - ub);
        double x = p[a] + f * (p[b] - p[a]);
        double z = p[a + 2] + f * (p[b + 2] - p[a + 2]) - axisZ;
        if (Math.abs(x) < widest) {
          int bin = Math.floorMod(Math.round(Math.atan2(x, z) / (2 * Math.PI) * BINS), BINS);
          r[bin] = Math.max(r[bin], Math.hypot(x, z));
        }
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

  private static double superellipse(double x, double z, double sin, double cos) {
    double sum = Math.pow(Math.abs(sin) / x, 2.4) + Math.pow(Math.abs(cos) / z, 2.4);
    return 1 / Math.pow(sum, 1 / 2.4);
  }

  // The surface that all pieces follow: by azimuth, and s from 0 at the line to 1 at the hem.

  private double radius(double a, double s) {
    double sin = Math.sin(a);
    double cos = Math.cos(a);
    double rn = at(line, a) + 0.0045;
    double[] depth = cos > 0 ? front : back;
    double around = superellipse(curve(side, s), curve(depth, s), sin, cos);
    double snug = rn + 0.008 - superellipse(side[0], depth[0], sin, cos);
    return around + snug * (1 - SkinAtlas.smoothStep(0, 0.5, s));
  }

  private static double drop(double a, double s) {
    double sin = Math.sin(a);
    double cos = Math.cos(a);
    double[] low = cos > 0 ? FRONT_DROP : BACK_DROP;
    return 0.010 + sin * sin * curve(SIDE_DROP, s) + cos * cos * curve(low, s);
  }

  /** Where the surface has dropped so far. */
  private static double whereDropped(double a, double drop) {
    double lo = 0;
    double hi = 1;
    for (int i = 0; i < 24; i++) {
      double s = (lo + hi) / 2;
      if (drop(a, s) < drop) {
        lo = s;
      } else {
        hi = s;
      }
    }
    return lo;
  }

  private double fold(double a, double s, double radius, double drop) {
    double px = radius * Math.sin(a);
    double pz = radius * Math.cos(a);
    double fold =
        noise.at(13 * px, 13 * drop, 13 * pz) + 0.5 * noise.at(30 * px, 22 * drop, 30 * pz + 9);
    return 0.0055 * SkinAtlas.smoothStep(0.05, 0.4, s) * fold;
  }

  /** Writes the place at an azimuth, a distance from the axis and a drop below the line. */
  private void place(double a, double radius, double drop, float[] p, int vertex) {
    double collarZ = axisZ + (at(line, a) + 0.0045) * Math.cos(a);
    p[3 * vertex] = (float) (radius * Math.sin(a));
    p[3 * vertex + 1] = (float) (planeHeight - SLOPE * collarZ - lowered(a) - drop);
    p[3 * vertex + 2] = (float) (axisZ + radius * Math.cos(a));
  }

  private void make(Random random) {
    Cloth cloth = Cloth.knitted(random);
    switch (cut) {
      case CREW -> {
        parts.add(new Part(body(0, this::crewRib, _ -> 0), cloth.material(this)));
      }
      case TURTLENECK -> {
        double high = 0.030 + 0.022 * random.nextDouble();
        parts.add(
            new Part(
                body(0, (a, t, out) -> turtle(a, t, high, out), _ -> 0), cloth.material(this)));
      }
      case T_SHIRT, SCOOP -> {
        parts.add(new Part(body(0, this::flatRib, _ -> 0), Cloth.jersey(random).material(this)));
      }
      case V_NECK_OVER_T_SHIRT -> {
        parts.add(new Part(body(0, this::flatRib, _ -> 0), Cloth.jersey(random).material(this)));
        double deep = 0.045 + 0.04 * random.nextDouble();
        parts.add(new Part(opened(0.0045, v(deep, 0.75)), cloth.material(this)));
      }
      case V_NECK_OVER_SHIRT -> {
        Material shirt = Cloth.woven(random).material(this);
        parts.add(new Part(body(0, this::stand, _ -> 0), shirt));
        parts.add(new Part(collar(0.10, 0.35 + 0.25 * random.nextDouble()), shirt));
        double deep = 0.055 + 0.03 * random.nextDouble();
        parts.add(new Part(opened(0.0045, v(deep, 0.75)), cloth.material(this)));
      }
      case SHIRT -> {
        Material shirt = Cloth.woven(random).material(this);
        parts.add(new Part(body(0, this::stand, Top::placket), shirt));
        parts.add(new Part(collar(0.09, 0.3 + 0.3 * random.nextDouble()), shirt));
      }
      case OPEN_SHIRT -> {
        parts.add(new Part(body(0, this::flatRib, _ -> 0), Cloth.jersey(random).material(this)));
        Material shirt = Cloth.woven(random).material(this);
        double deep = 0.07 + 0.09 * random.nextDouble();
        parts.add(new Part(opened(0.004, v(deep, 0.5)), shirt));
        parts.add(new Part(collar(0.42, 0.22), shirt));
      }
    }
  }

  /** The drop of a V's edge by azimuth. */
  private static DoubleUnaryOperator v(double deep, double halfAngle) {
    return a -> {
      double off = Math.abs(Math.atan2(Math.sin(a), Math.cos(a)));
      return 0.012 + deep * Math.max(0, 1 - off / halfAngle);
    };
  }

  /** The profile of a collar: distance beyond the line and drop below it, t from 0 to 1. */
  private interface CollarProfile {
    void at(double azimuth, double t, double[] out);
  }

  private void crewRib(double a, double t, double[] out) {
    // A rolled rib: up from inside the collar and over it.
    double turn = Math.PI * (-0.35 + 1.35 * t);
    out[0] = 0.004 - 0.0042 * Math.cos(turn);
    out[1] = 0.010 - 0.0125 * Math.max(-0.2, Math.sin(turn));
  }

  private void flatRib(double a, double t, double[] out) {
    // A narrow band, flat on the skin, a seam under it.
    double edge = SkinAtlas.smoothStep(0, 0.25, t);
    out[0] = -0.0015 + 0.0035 * edge + 0.006 * t - 0.0012 * SkinAtlas.smoothStep(0.8, 1, t);
    out[1] = -0.004 + 0.014 * t;
  }

  private void stand(double a, double t, double[] out) {
    // The stand of a collar: hidden under its leaves.
    out[0] = 0.001 + 0.006 * t * t;
    out[1] = -0.018 + 0.028 * t;
  }

  private void turtle(double a, double t, double high, double[] out) {
    // Up the neck inside, over the fold, and down outside, bulging.
    double up = t < 0.3 ? t / 0.3 : 1 - (t - 0.3) / 0.7;
    double bulge = t < 0.3 ? 0 : Math.sin(Math.PI * (t - 0.3) / 0.7);
    double slack = 0.0012 * noise.at(3 * Math.sin(a), 9 * t, 3 * Math.cos(a));
    out[0] = (t < 0.3 ? 0.0005 : 0.0035) + 0.004 * bulge + 0.004 * t + slack;
    out[1] = 0.010 - high * up;
  }

  /** Where the buttons of a shirt are: the cloth stands out a little along the middle. */
  private static double placket(double a) {
    double off = Math.atan2(Math.sin(a), Math.cos(a));
    return 0.0012 * (1 - SkinAtlas.smoothStep(0.10, 0.125, Math.abs(off)));
  }

  /** A whole piece: a collar by its profile, then the surface. */
  private TriangleMesh body(double out, CollarProfile collar, DoubleUnaryOperator raised) {
    int rings = COLLAR_RINGS + RINGS;
    double[] at = new double[2];
    Sheet sheet = new Sheet(rings, SECTORS);
    for (int j = 0; j <= SECTORS; j++) {
      double a = 2 * Math.PI * (j % SECTORS) / SECTORS;
      for (int i = 0; i < rings; i++) {
        double radius;
        double drop;
        double v;
        if (i < COLLAR_RINGS) {
          collar.at(a, i / (COLLAR_RINGS - 1.0), at);
          radius = at(line, a) + 0.0045 + at[0];
          drop = at[1];
          v = 1 - 0.1 * i / COLLAR_RINGS;
        } else {
          double s = (i - COLLAR_RINGS) / (RINGS - 1.0);
          drop = drop(a, s);
          radius = radius(a, s);
          radius += fold(a, s, radius, drop) + raised.applyAsDouble(a);
          v = 0.9 - 0.9 * s;
        }
        place(a, radius + out, drop, sheet.p, i * (SECTORS + 1) + j);
        sheet.uv(i, j, (double) j / SECTORS, v);
      }
    }
    return sheet.closed();
  }

  /** A piece that begins at an edge below the line, ribbed along it. */
  private TriangleMesh opened(double out, DoubleUnaryOperator edge) {
    int rings = RINGS;
    Sheet sheet = new Sheet(rings, SECTORS);
    for (int j = 0; j <= SECTORS; j++) {
      double a = 2 * Math.PI * (j % SECTORS) / SECTORS;
      double from = whereDropped(a, edge.applyAsDouble(a));
      for (int i = 0; i < rings; i++) {
        double t = i / (rings - 1.0);
        double s = from + (1 - from) * Math.pow(t, 1.4);
        double drop = drop(a, s);
        double radius = radius(a, s);
        radius += fold(a, s, radius, drop);
        // The band stands out from the cloth and turns in at its edge.
        double band = SkinAtlas.smoothStep(0, 0.03, t) * (1 - SkinAtlas.smoothStep(0.13, 0.17, t));
        radius += -0.003 * (1 - SkinAtlas.smoothStep(0, 0.03, t)) + 0.0012 * band;
        place(a, radius + out, drop, sheet.p, i * (SECTORS + 1) + j);
        sheet.uv(i, j, (double) j / SECTORS, 0.9 - 0.9 * s);
      }
    }
    return sheet.closed();
  }

  /**
   * The leaves of a shirt's collar, folded down over its stand.
   *
   * @param open half the azimuth between their upper ends
   * @param spread how much farther apart the points are
   */
  private TriangleMesh collar(double open, double spread) {
    int rows = 14;
    int columns = 96;
    Sheet sheet = new Sheet(rows + 1, columns);
    for (int j = 0; j <= columns; j++) {
      double u = 2.0 * j / columns - 1;
      // Near the ends the leaf is longer: its points.
      double end = Math.pow(Math.max(0, (Math.abs(u) - 0.5) / 0.5), 1.7);
      double up = 0.021 - 0.010 * end;
      double length = 0.034 + 0.024 * end;
      for (int i = 0; i <= rows; i++) {
        double t = (double) i / rows;
        double start = open + spread * t;
        double a = Math.PI + u * (Math.PI - start);
        double drop = -up + length * t;
        double fall = at(line, a) + 0.0095 + 0.003 * Math.min(1, 6 * t) + 0.003 * t;
        double on = drop > 0.010 ? radius(a, whereDropped(a, drop)) + 0.006 : 0;
        // Over the fold from the stand's upper edge.
        double radius = Math.max(fall, on) - 0.006 * (1 - SkinAtlas.smoothStep(0, 0.12, t));
        double lift = 0.0025 * SkinAtlas.smoothStep(0, 0.08, t);
        place(a, radius, drop - lift, sheet.p, i * (columns + 1) + j);
        sheet.uv(i, j, Math.clamp(a / (2 * Math.PI), 0, 1), 0.9 - 0.3 * t);
      }
    }
    return sheet.open();
  }

  /** A grid of vertices, rows from the neck outwards. */
  private static final class Sheet {
    private final int rows;
    private final int columns;
    private final float[] p;
    private final float[] uv;

    Sheet(int rows, int columns) {
      this.rows = rows;
      this.columns = columns;
      p = new float[3 * rows * (columns + 1)];
      uv = new float[2 * rows * (columns + 1)];
    }

    void uv(int row, int column, double u, double v) {
      int k = 2 * (row * (columns + 1) + column);
      uv[k] = (float) u;
      uv[k + 1] = (float) v;
    }

    private int[] faces() {
      int[] t = new int[6 * (rows - 1) * columns];
      int n = 0;
      for (int i = 0; i + 1 < rows; i++) {
        for (int j = 0; j < columns; j++) {
          int a = i * (columns + 1) + j;
          int b = a + columns + 1;
          for (int v : new int[] {a, b, b + 1, a, b + 1, a + 1}) {
            t[n++] = v;
          }
        }
      }
      return t;
    }

    TriangleMesh open() {
      return TriangleMesh.smooth(p, uv, faces());
    }

    /** First and last column are the same place. */
    TriangleMesh closed() {
      int[] t = faces();
      float[] normals = TriangleMesh.smoothNormals(p, t);
      weld(normals);
      return new TriangleMesh(p, normals, uv, t);
    }

    private void weld(float[] normals) {
      for (int i = 0; i < rows; i++) {
        int l = 3 * i * (columns + 1);
        int r = l + 3 * columns;
        double x = normals[l] + normals[r];
        double y = normals[l + 1] + normals[r + 1];
        double z = normals[l + 2] + normals[r + 2];
        double unit = Math.max(1e-9, Math.sqrt(x * x + y * y + z * z));
        normals[l] = normals[r] = (float) (x / unit);
        normals[l + 1] = normals[r + 1] = (float) (y / unit);
        normals[l + 2] = normals[r + 2] = (float) (z / unit);
      }
    }
  }

  // Cloth.

  private enum Pattern {
    PLAIN,
    HEATHER,
    HOOPS,
    STRIPES,
    CHECKS
  }

  private enum Relief {
    JERSEY,
    STOCKINETTE,
    RIBS,
    WEAVE
  }

  /** What a piece is made of: its colours, what pattern they make, and how the cloth is made. */
  private record Cloth(
      double[] first,
      double[] second,
      Pattern pattern,
      Relief relief,
      double repeatMetres,
      long seed) {
    private static final int TEXELS = 768;
    private static final int CELLS = 96;

    static Cloth knitted(Random random) {
      double pick = random.nextDouble();
      Pattern pattern = pick < 0.45 ? Pattern.PLAIN : pick < 0.8 ? Pattern.HEATHER : Pattern.HOOPS;
      double make = random.nextDouble();
      Relief relief = make < 0.4 ? Relief.JERSEY : make < 0.75 ? Relief.STOCKINETTE : Relief.RIBS;
      return of(random, pattern, relief, 0.02 + 0.05 * random.nextDouble());
    }

    static Cloth jersey(Random random) {
      double pick = random.nextDouble();
      Pattern pattern = pick < 0.7 ? Pattern.PLAIN : pick < 0.85 ? Pattern.HEATHER : Pattern.HOOPS;
      return of(random, pattern, Relief.JERSEY, 0.016 + 0.02 * random.nextDouble());
    }

    static Cloth woven(Random random) {
      double pick = random.nextDouble();
      Pattern pattern = pick < 0.5 ? Pattern.PLAIN : pick < 0.75 ? Pattern.STRIPES : Pattern.CHECKS;
      double repeat =
          pattern == Pattern.STRIPES
              ? 0.006 + 0.012 * random.nextDouble()
              : 0.014 + 0.05 * random.nextDouble() * random.nextDouble();
      Cloth cloth = of(random, pattern, Relief.WEAVE, repeat);
      if (random.nextDouble() < 0.45) {
        // White and pale blue are what most shirts are.
        double[] pale =
            random.nextBoolean()
                ? new double[] {0.66, 0.66, 0.65}
                : new double[] {0.42, 0.52, 0.66};
        return new Cloth(
            pale, cloth.second, cloth.pattern, cloth.relief, cloth.repeatMetres, cloth.seed);
      }
      return cloth;
    }

    private static Cloth of(Random random, Pattern pattern, Relief relief, double repeat) {
      return new Cloth(dye(random), dye(random), pattern, relief, repeat, random.nextLong());
    }

    Material material(Top top) {
      // Where the texels lie, on a coarse grid: patterns are laid out in space.
      float[] places = new float[3 * (CELLS + 1) * (CELLS + 1)];
      for (int i = 0; i <= CELLS; i++) {
        double s = Math.clamp((i / (double) CELLS - 0.1) / 0.9, 0, 1);
        for (int j = 0; j <= CELLS; j++) {
          double a = 2 * Math.PI * j / CELLS;
          top.place(a, top.radius(a, s), drop(a, s), places, i * (CELLS + 1) + j);
        }
      }
      int n = TEXELS * TEXELS;
      float[] s = new float[3 * n];
      float[] normal = new float[3 * n];
      GradientNoise grains = new GradientNoise(seed);
      java.util.stream.IntStream.range(0, TEXELS)
          .parallel()
          .forEach(y -> row(y, places, grains, s, normal));
      return new Material.Glossy(
          Texture.of(Image.rgb(TEXELS, TEXELS, s)),
          Texture.constant(relief == Relief.WEAVE ? 0.65f : 0.8f),
          0.02f,
          Texture.of(Image.data(TEXELS, TEXELS, 3, normal)),
          Material.Opaque.ONE);
    }

    private void row(int y, float[] places, GradientNoise grains, float[] s, float[] normal) {
      int n = TEXELS * TEXELS;
      double[] at = new double[3];
      for (int x = 0; x < TEXELS; x++) {
        int i = y * TEXELS + x;
        interpolate(places, (x + 0.5) / TEXELS * CELLS, (y + 0.5) / TEXELS * CELLS, at);
        double a = 2 * Math.PI * x / TEXELS;
        double cos = Math.cos(a);
        double sin = Math.sin(a);
        double grain = grains.at(70 * cos, 0.7 * y, 70 * sin);
        double other = grains.at(70 * cos + 50, 0.7 * y, 70 * sin + 9);
        double share = share(at, y);
        double shade = 1 + shadeOf(grain, other);
        double nu = 0.2 * grain;
        double nv = 0.2 * other;
        switch (relief) {
          case STOCKINETTE -> {
            // Columns of stitches, each a V.
            double wale = 2 * Math.PI * x / 3.0;
            nu += 0.34 * Math.sin(wale);
            nv += 0.2 * Math.sin(2 * Math.PI * (y + Math.abs(x % 3 - 1)) / 4.0);
            shade *= 1 - 0.13 * (0.5 + 0.5 * Math.cos(wale));
          }
          case RIBS -> {
            double rib = 2 * Math.PI * x / 6.0;
            nu += 0.5 * Math.sin(rib);
            shade *= 1 - 0.22 * Math.pow(0.5 + 0.5 * Math.cos(rib), 2);
          }
          case WEAVE -> {
            nu *= 0.5;
            nv *= 0.5;
          }
          default -> {}
        }
        for (int k = 0; k < 3; k++) {
          double c = first[k] + share * (second[k] - first[k]);
          s[k * n + i] = (float) Math.clamp(c * shade, 0.005, 0.8);
        }
        double unit = 1 / Math.sqrt(1 + nu * nu + nv * nv);
        normal[i] = (float) (nu * unit);
        normal[n + i] = (float) (nv * unit);
        normal[2 * n + i] = (float) unit;
      }
    }

    private double shadeOf(double grain, double other) {
      return switch (pattern) {
        case HEATHER -> 0.75 * grain + 0.3 * other;
        default -> (relief == Relief.WEAVE ? 0.06 : 0.13) * grain;
      };
    }

    /** Share of the second colour at a place. */
    private double share(double[] at, int y) {
      double phaseX = Math.abs(at[0]) / repeatMetres;
      double phaseY = -at[1] / repeatMetres;
      return switch (pattern) {
        case PLAIN, HEATHER -> 0;
        case HOOPS -> y > TEXELS / 5 ? band(phaseY, 0.36) : 0;
        case STRIPES -> 0.85 * band(phaseX, 0.2);
        case CHECKS -> 0.5 * band(phaseX, 0.5) + 0.5 * band(phaseY, 0.5);
      };
    }

    private static double band(double phase, double width) {
      double f = phase - Math.floor(phase);
      double edge = 0.06;
      return SkinAtlas.smoothStep(0, edge, f) * (1 - SkinAtlas.smoothStep(width, width + edge, f));
    }

    private static void interpolate(float[] places, double x, double y, double[] out) {
      int j = Math.min(CELLS - 1, (int) x);
      int i = Math.min(CELLS - 1, (int) y);
      double f = x - j;
      double g = y - i;
      for (int k = 0; k < 3; k++) {
        double a = places[3 * (i * (CELLS + 1) + j) + k];
        double b = places[3 * (i * (CELLS + 1) + j + 1) + k];
        double c = places[3 * ((i + 1) * (CELLS + 1) + j) + k];
        double d = places[3 * ((i + 1) * (CELLS + 1) + j + 1) + k];
        out[k] = (a * (1 - f) + b * f) * (1 - g) + (c * (1 - f) + d * f) * g;
      }
    }

    /** A colour that clothes have: much black, white, grey and navy, some of everything. */
    private static double[] dye(Random random) {
      double lightness = 12 + 75 * random.nextDouble();
      double chroma = random.nextDouble() < 0.5 ? 3 : 38 * Math.pow(random.nextDouble(), 0.9);
      double hue = 2 * Math.PI * random.nextDouble();
      if (random.nextDouble() < 0.3) {
        lightness = 12 + 18 * random.nextDouble();
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
}
