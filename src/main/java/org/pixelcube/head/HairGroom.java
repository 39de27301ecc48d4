package org.pixelcube.head;

import java.util.List;
import java.util.SplittableRandom;
import org.pixelcube.render.TriangleMesh;

/**
 * Scalp hair combed into a style. Every hair is grown from its root in small steps: it turns
 * towards the direction it is combed in (over the skin, away from a whorl or a parting), is lifted
 * off the skin by the style's volume, falls where the head no longer carries it, and is kept out of
 * head and shoulders. Hairs then gather in locks towards their tips, and locks in strands; they
 * curl, end where their lock and they themselves were cut, and a few fly away. Along the hairline
 * some stay short and fine.
 */
public final class HairGroom {
  private static final int MOST_STEPS = 110;
  private static final double FACE_HALF_ANGLE = 0.38;
  private static final byte FRINGE = 2;

  /** Azimuth of the back of the ear, radians. */
  private static final double BEHIND_THE_EAR = 1.98;

  private static final double STEP_METRES = 0.006;

  /**
   * A style in numbers; lengths in metres.
   *
   * @param halfWidth of a ribbon at its root
   * @param tip width at the tip against the root
   * @param liftDegrees angle between hair and skin
   * @param volume how high over the skin the outermost hairs lie
   * @param stiffness length over which a hair turns to where it is combed
   * @param gravity against the comb's 1
   * @param hold 1 keeps hairs at their height over the skin, 0 lets them stand
   * @param locks how many strands share a lock
   * @param clump how far tips come together, 0 to 1
   * @param strayDegrees how far directions wander
   * @param curlRadius of the helix
   * @param curlPitch of the helix
   */
  private record Style(
      int strands,
      int segments,
      double halfWidth,
      double tip,
      double liftDegrees,
      double volume,
      double stiffness,
      double gravity,
      double hold,
      int locks,
      double clump,
      double strayDegrees,
      double curlRadius,
      double curlPitch) {}

  private static Style style(Traits.HairStyle style) {
    return switch (style) {
      case BALD -> new Style(0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1);
      case BUZZ -> new Style(41000, 3, 125e-6, 0.5, 48, 0, 0.01, 0.05, 0, 8, 0.1, 18, 0, 1);
      case SHORT ->
          new Style(24500, 5, 150e-6, 0.3, 31, 0.018, 0.022, 0.3, 0.4, 60, 0.6, 10, 0.0006, 0.03);
      case SIDE_PARTED ->
          new Style(20000, 6, 160e-6, 0.3, 26, 0.022, 0.018, 0.16, 0.6, 46, 0.5, 8, 0.0006, 0.05);
      case SWEPT_BACK ->
          new Style(17000, 7, 175e-6, 0.3, 16, 0.017, 0.014, 0.12, 0.85, 60, 0.6, 5, 0.0006, 0.07);
      case CURLY ->
          new Style(5600, 22, 260e-6, 0.5, 45, 0.03, 0.03, 0.5, 0.3, 20, 0.9, 18, 0.0058, 0.022);
      case AFRO ->
          new Style(8200, 15, 300e-6, 0.6, 85, 0.06, 0.05, 0.0, 0, 8, 0.5, 16, 0.0034, 0.012);
      case BOB ->
          new Style(13500, 9, 190e-6, 0.35, 17, 0.02, 0.018, 0.55, 0.7, 150, 0.5, 9, 0.0034, 0.09);
      case LONG ->
          new Style(11300, 11, 215e-6, 0.35, 17, 0.02, 0.018, 0.55, 0.7, 140, 0.5, 10, 0.006, 0.11);
      case PONYTAIL ->
          new Style(20500, 6, 190e-6, 0.5, 8, 0.011, 0.008, 0.0, 1, 60, 0.4, 6, 0.0008, 0.09);
    };
  }

  private final HeadShape head;
  private final Scalp scalp;
  private final Traits traits;
  private final Style style;
  private final TriangleMesh skin;
  private final SplittableRandom random;
  private final GradientNoise noise;

  // Which side the hair is parted on, where, and where the whorl is.
  private final double side;
  private final double partingX;
  private final double whorlX;
  private final double whorlY;
  private final double whorlZ;
  private final double lengthFactor;
  private final double wave;
  private final boolean fringed;

  // Of long hair: on which sides it is put behind the ear, how far back the hair before the
  // shoulders is rooted, how wavy it is.
  private final boolean tuckedRight;
  private final boolean tuckedLeft;
  private final double forwardsFrom;
  private final double waviness;

  private final HeadShape.Foot foot = new HeadShape.Foot();
  private final double[] comb = new double[3];

  // Of the hair grown last: its side of the parting, or the fringe; locks keep to their group.
  private byte lockGroup;

  // Whether it is one of the short, fine hairs along the hairline.
  private boolean grownShort;

  private HairGroom(
      TriangleMesh skin, float[] landmarks, List<TriangleMesh> clothes, Traits traits) {
    this.skin = skin;
    this.traits = traits;
    random = new SplittableRandom(traits.seed() * 0x9E3779B97F4A7C15L + 0x48414952);
    head = new HeadShape(skin, landmarks, clothes);
    scalp = new Scalp(head, traits, random);
    style = style(traits.hairStyle());
    noise = new GradientNoise(random.nextLong());
    side = random.nextInt(3) == 0 ? -1 : 1;
    double s = head.scale;
    partingX =
        switch (traits.hairStyle()) {
          case SIDE_PARTED -> head.cx + side * (0.034 + 0.006 * random.nextGaussian()) * s;
          case BOB, LONG -> head.cx + side * 0.03 * s * random.nextDouble();
          default -> head.cx;
        };
    whorlX = head.cx + side * 0.016 * s;
    whorlY = head.cy + 0.85 * head.height;
    whorlZ = head.cz - 0.55 * head.radius;
    lengthFactor = Math.clamp(1 + 0.18 * random.nextGaussian(), 0.7, 1.4);
    wave = random.nextDouble();
    fringed = random.nextDouble() < 0.35;
    boolean one = random.nextDouble() < 0.35;
    tuckedLeft = one && (side > 0 || random.nextDouble() < 0.4);
    tuckedRight = one && (side < 0 || random.nextDouble() < 0.4);
    forwardsFrom = head.cz + (-0.02 + 0.07 * random.nextDouble()) * s;
    waviness = random.nextDouble();
  }

  /**
   * Grows the hair of a person.
   *
   * @param skin at rest, world metres, the origin between the eyes
   * @param landmarks 68 Multi-PIE points on it: 204 floats
   * @return the hairs; none for the bald
   */
  public static Strands grow(TriangleMesh skin, float[] landmarks, Traits traits) {
    return grow(skin, landmarks, List.of(), traits);
  }

  /**
   * Grows the hair of a person who wears clothes, over which long hair falls.
   *
   * @param clothes at rest, world metres
   */
  public static Strands grow(
      TriangleMesh skin, float[] landmarks, List<TriangleMesh> clothes, Traits traits) {
    return new HairGroom(skin, landmarks, clothes, traits).strands();
  }

  private Strands strands() {
    Roots roots = Roots.scatter(skin, this::densityAt, style.strands, random);
    int count = roots.count();
    int n = style.segments + 1;
    float[] points = new float[3 * count * n];
    float[] radii = new float[count * n];
    byte[] tones = new byte[count];
    byte[] sides = new byte[count];
    float[] rootPlaces = new float[3 * count];
    double[] path = new double[3 * (MOST_STEPS + 1)];
    double[] at = new double[3];
    for (int s = 0; s < count; s++) {
      roots.place(s, skin.triangles(), skin.positions(), at);
      for (int k = 0; k < 3; k++) {
        rootPlaces[3 * s + k] = (float) at[k];
      }
      int steps = growOne(at, path);
      sides[s] = lockGroup;
      resample(path, steps, points, 3 * s * n, n);
      double rim = Math.clamp((scalp.inside(at[0], at[1], at[2]) + 0.004) / 0.014, 0.45, 1);
      double width =
          style.halfWidth * rim * (0.8 + 0.4 * random.nextDouble()) * (grownShort ? 0.6 : 1);
      for (int i = 0; i < n; i++) {
        double t = (double) i / (n - 1);
        radii[s * n + i] = (float) (width * (1 - (1 - style.tip) * t * t));
      }
      double temple = 1.35 - 0.6 * Math.clamp((at[1] - head.cy) / head.height, 0, 1);
      tones[s] = HairTones.tone(traits.grey() * Math.min(1.2, temple), random);
    }
    gather(rootPlaces, sides, points, count, n);
    flyAway(points, count, n);
    double roughness = traits.hairStyle() == Traits.HairStyle.AFRO ? 0.4 : 0.28;
    double bleached = style.strands > 0 && traits.female() ? 1 : 0.4;
    return new Strands(
        "hair",
        skin,
        roots,
        n,
        points,
        radii,
        tones,
        HairTones.material(traits, 0, bleached, roughness, random),
        random);
  }

  /** Where hair is combed away from an edge, the edge has to be covered by the hair at it. */
  private double densityAt(double x, double y, double z, double nx, double ny, double nz) {
    double d = scalp.at(x, y, z, nx, ny, nz);
    if (d == 0) {
      return 0;
    }
    double rim = Math.exp(-Math.max(0, scalp.inside(x, y, z)) / 0.014);
    double bare =
        switch (traits.hairStyle()) {
          case SIDE_PARTED, BOB, LONG -> {
            double parting = z > head.cz - 0.6 * head.radius ? (x - partingX) / 0.02 : 9;
            // Where the fringe parts from the hair that is combed aside.
            double behind =
                fringed && Math.abs(head.azimuth(x, z)) < 1
                    ? (scalp.inside(x, y, z) - 0.03 * head.scale) / 0.016
                    : 9;
            yield Math.max(
                0.8 * rim, Math.max(Math.exp(-parting * parting), Math.exp(-behind * behind)));
          }
          case SWEPT_BACK, PONYTAIL -> rim;
          default -> 0.35 * rim;
        };
    return d * (0.42 + 0.58 * bare);
  }

  /** Length of the hair that grows at a point, metres. */
  private double length(double x, double y, double z, double rim) {
    double s = head.scale;
    double m = head.meridian(x, y, z);
    double top = smoothstep(0.022 * s, 0.062 * s, m);
    double front = Math.clamp(((z - head.cz) / head.radius + 0.3) / 1.2, 0, 1);
    double low = smoothstep(-0.002, 0.028, rim);
    double length =
        switch (traits.hairStyle()) {
          case BALD -> 0.001;
          case BUZZ -> 0.0032 + 0.0035 * wave * (0.6 + 0.4 * top);
          case SHORT ->
              (0.006 + 0.010 * low) * (1 - top) + top * (0.036 + 0.016 * front * (0.4 + wave));
          case SIDE_PARTED -> (0.008 + 0.014 * low) * (1 - top) + top * (0.046 + 0.03 * front);
          case SWEPT_BACK -> (0.012 + 0.026 * low) * (1 - top) + top * (0.075 + 0.035 * front);
          case CURLY -> (0.022 + 0.02 * low) * (1 - top) + top * (0.055 + 0.035 * wave);
          case AFRO -> (0.6 + 0.4 * low) * (0.035 + 0.035 * wave) * (0.8 + 0.2 * top);
          case BOB -> 0.30;
          case LONG -> 0.34 + 0.1 * wave;
          case PONYTAIL -> 0.45;
        };
    return length * s * lengthFactor;
  }

  private static double smoothstep(double a, double b, double x) {
    double t = Math.clamp((x - a) / (b - a), 0, 1);
    return t * t * (3 - 2 * t);
  }

  /** Where hair is combed at a point of the head; not of unit length, not yet along the skin. */
  private void combAt(double x, double y, double z, double rootSide) {
    double wx = x - whorlX;
    double wy = y - whorlY;
    double wz = z - whorlZ;
    double w = 1 / Math.max(0.004, Math.sqrt(wx * wx + wy * wy + wz * wz));
    double m = head.meridian(x, y, z);
    double top = smoothstep(0.02 * head.scale, 0.06 * head.scale, m);
    switch (traits.hairStyle()) {
      case SHORT, CURLY -> {
        // From the whorl outwards, the top swept a little to one side.
        comb[0] = wx * w - side * 0.45 * top;
        comb[1] = wy * w;
        comb[2] = wz * w + 0.1 * top;
      }
      case SIDE_PARTED -> {
        double back = smoothstep(0.3, -0.6, (z - head.cz) / head.radius);
        comb[0] = rootSide * (1 - back) * (0.4 + 0.6 * top) + back * wx * w;
        comb[1] = -0.7 * (1 - top) + back * wy * w;
        comb[2] = -0.42 * (1 - back) + back * wz * w;
      }
      case SWEPT_BACK -> {
        comb[0] = (x - head.cx) / head.radius * 0.25;
        comb[1] = -0.45 * (1 - top) - 0.7 * smoothstep(-0.3, -0.9, (z - head.cz) / head.radius);
        comb[2] = -1;
      }
      case BOB, LONG -> {
        double back = smoothstep(0.1, -0.7, (z - head.cz) / head.radius);
        comb[0] = rootSide * (1 - 0.75 * back);
        comb[1] = -0.9 * (1 - top) - 0.4 * back;
        comb[2] = -0.28 * (1 - back) * top - 0.6 * back * top;
      }
      case PONYTAIL -> {
        comb[0] = head.cx - x;
        comb[1] = tieY() - y;
        comb[2] = tieZ() - z;
      }
      default -> {
        comb[0] = wx * w;
        comb[1] = wy * w;
        comb[2] = wz * w;
      }
    }
  }

  private double tieY() {
    return head.cy + 0.25 * head.height;
  }

  private double tieZ() {
    return head.cz - head.radius * 1.12;
  }

  /**
   * Which side of the parting a root at this x is combed to: −1 or 1; the parting is not a ruler's.
   */
  private int sideOf(double x) {
    lockGroup = (byte) (x + 0.002 * random.nextGaussian() < partingX ? -1 : 1);
    return lockGroup;
  }

  /** Whether the style bares the hairline, so that its short hairs show. */
  private boolean combedFromTheFace() {
    return switch (traits.hairStyle()) {
      case SIDE_PARTED, SWEPT_BACK, BOB, LONG, PONYTAIL, CURLY -> true;
      default -> false;
    };
  }

  private boolean makesTail(double[] root) {
    double dx = root[0] - head.cx;
    double dy = root[1] - tieY();
    double dz = root[2] - tieZ();
    return dx * dx + dy * dy + dz * dz < 0.058 * 0.058;
  }

  /** Grows a hair from its root; returns how many steps were written to {@code path}. */
  private int growOne(double[] root, double[] path) {
    double x = root[0];
    double y = root[1];
    double z = root[2];
    Traits.HairStyle worn = traits.hairStyle();
    double rim = scalp.inside(x, y, z);
    double lock = noise.at(x * 90 + 31, y * 90, z * 90);
    double rootAzimuth = Math.abs(head.azimuth(x, z));
    // From a ponytail a few locks escape before the ears.
    boolean escaped =
        worn == Traits.HairStyle.PONYTAIL
            && rim < 0.011 * head.scale
            && rootAzimuth > 0.72
            && rootAzimuth < 1.12
            && lock > 0.22;
    boolean hanging = worn == Traits.HairStyle.BOB || worn == Traits.HairStyle.LONG || escaped;
    int rootSide = sideOf(x);
    boolean tucked = !escaped && hanging && (x > head.cx ? tuckedLeft : tuckedRight);
    grownShort =
        combedFromTheFace()
            && rim < 0.007 * head.scale
            && random.nextDouble() < 0.5 * (1 - rim / (0.007 * head.scale));
    double uneven = worn == Traits.HairStyle.AFRO ? 0.35 : 1;
    double length =
        length(x, y, z, rim)
            * (1 + 0.12 * uneven * lock)
            * (1 + uneven * (0.26 * random.nextDouble() - 0.18));
    if (escaped) {
      length = (0.12 + 0.1 * waviness) * head.scale * (0.8 + 0.3 * random.nextDouble());
    }
    if (grownShort) {
      length = Math.min(length, (0.008 + 0.026 * random.nextDouble()) * head.scale);
    }
    boolean stray = grownShort || random.nextDouble() < 0.03;
    // A fringe: the hair over the forehead falls straight to the brows.
    boolean fringe =
        hanging
            && fringed
            && !escaped
            && rim < 0.03 * head.scale
            && Math.abs(head.azimuth(x, z)) < 0.75 + 0.05 * random.nextGaussian();
    double brows = (head.landmarkY(19) + head.landmarkY(24)) / 2 + 0.003 * lock;
    if (fringe) {
      lockGroup = FRINGE;
    }
    double layer = Math.pow(random.nextDouble(), 0.7) * (stray ? 1.25 : 1);
    int steps = Math.clamp(Math.round(Math.ceil(length / STEP_METRES)), style.segments, MOST_STEPS);
    double step = length / steps;
    double turn = 1 - Math.exp(-step / style.stiffness);
    double strayAngle =
        Math.toRadians(style.strayDegrees) * (stray ? 2.2 : 0.55) * random.nextGaussian();
    double lift =
        Math.toRadians(style.liftDegrees) * (0.75 + 0.5 * random.nextDouble()) * (stray ? 1.4 : 1);
    double sinLift = Math.sin(lift);
    double cosLift = Math.cos(lift);
    double volume =
        style.volume
            * head.scale
            * (0.55 + 0.45 * Math.clamp(rim / 0.03, 0, 1))
            * (0.85 + 0.3 * wave);
    double cut =
        head.landmarkY(8)
            + (0.018 - 0.05 * (1 - lengthFactor)) * head.scale
            + 0.006 * random.nextGaussian()
            + 0.012 * lock;
    // What hangs sways lock by lock.
    double swayX = 0.42 * noise.at(x * 30 + 7, y * 30, z * 30);
    double swayZ = 0.16 * noise.at(x * 30, y * 30 + 19, z * 30);
    double forwards = forwardsFrom + 0.025 * noise.at(x * 40, y * 40, z * 40 + 3);
    double tailRadius = 0.013 * Math.sqrt(random.nextDouble());
    double tailAngle = 2 * Math.PI * random.nextDouble();
    boolean tied = false;
    double tailStart = 0;

    head.foot(x, y, z, foot);
    double dx = 0;
    double dy = 0;
    double dz = 0;
    path[0] = x;
    path[1] = y;
    path[2] = z;
    for (int i = 0; i < steps; i++) {
      double arc = i * step;
      head.foot(x, y, z, foot);
      double nx = foot.nx;
      double ny = foot.ny;
      double nz = foot.nz;
      double fx;
      double fy;
      double fz;
      if (tied) {
        double t = arc - tailStart;
        double along = Math.exp(-t / 0.035);
        double spread = (0.6 + 0.9 * smoothstep(0.01, 0.08, t) - 0.7 * smoothstep(0.15, 0.3, t));
        double px = head.cx + spread * tailRadius * Math.cos(tailAngle);
        fx = (px - x) * 18;
        fy = -1 + 1.25 * along;
        fz = -1.1 * along + spread * tailRadius * Math.sin(tailAngle) * 4;
        nx = 0;
        ny = 0;
        nz = 0;
      } else {
        combAt(x, y, z, rootSide);
        if (fringe) {
          comb[0] = 0.9 * (x - head.cx) / head.radius + 0.25 * side;
          comb[1] = -0.6;
          comb[2] = 1;
        }
        double into = comb[0] * nx + comb[1] * ny + comb[2] * nz;
        double cx = comb[0] - into * nx;
        double cy = comb[1] - into * ny;
        double cz = comb[2] - into * nz;
        double l = 1 / Math.max(1e-6, Math.sqrt(cx * cx + cy * cy + cz * cz));
        cx *= l;
        cy *= l;
        cz *= l;
        // Turned about the normal: the noise bends whole locks, the stray angle one hair.
        double wander =
            strayAngle
                + Math.toRadians(style.strayDegrees) * 1.6 * noise.at(x * 45, y * 45, z * 45);
        double cos = Math.cos(wander);
        double sin = Math.sin(wander);
        double ax = ny * cz - nz * cy;
        double ay = nz * cx - nx * cz;
        double az = nx * cy - ny * cx;
        double m = head.meridian(x, y, z);
        double carried = hanging && !fringe ? smoothstep(-0.035, 0.02, m) : 1;
        double height =
            volume
                * layer
                * (0.35 + 0.65 * smoothstep(0, 0.055 * head.scale, m))
                * (1 - Math.exp(-arc / (0.9 * volume + 0.004)));
        double rise =
            style.hold > 0
                ? style.hold * Math.clamp((height - foot.distance) / 0.006, -0.6, 1.2)
                : 0;
        rise = (rise + sinLift * (1 - 0.7 * style.hold)) * carried;
        fx = (cx * cos + ax * sin) * cosLift * carried + rise * nx;
        fy = (cy * cos + ay * sin) * cosLift * carried + rise * ny - style.gravity;
        fz = (cz * cos + az * sin) * cosLift * carried + rise * nz;
        double azimuth = Math.abs(head.azimuth(x, z));
        boolean behindEar =
            tucked
                && !fringe
                && azimuth > 0.6
                && azimuth < BEHIND_THE_EAR
                && m < 0.042 * head.scale
                && m > -0.03 * head.scale;
        if (behindEar) {
          // Back over the ear, close to the head; it falls once it is behind.
          double away = Math.signum(x - head.cx);
          double back = head.azimuth(x, z) * away;
          double low = smoothstep(0.03 * head.scale, 0.012 * head.scale, m);
          fx = away * Math.cos(back) + 0.6 * rise * nx;
          fy = -0.8 * (1 - low) + 0.5 * rise * ny;
          fz = -Math.sin(back) + 0.6 * rise * nz;
        } else if (hanging && !fringe) {
          fx += swayX * (1 - carried);
          fz += swayZ * (1 - carried);
          fy -= 1 - carried;
          // Kept off the face; turned in at the ends of a bob.
          if (azimuth < 1.0 && m < 0.03 * head.scale) {
            fz -= 0.9 * (1.0 - azimuth);
            double away = Math.abs(x - head.cx) < 0.01 ? rootSide : Math.signum(x - head.cx);
            fx += away * 1.1 * (1.0 - azimuth);
          }
          if (worn == Traits.HairStyle.BOB) {
            double in = smoothstep(cut + 0.075, cut, y) * 0.7;
            fx -= in * Math.sin(head.azimuth(x, z));
            fz -= in * Math.cos(head.azimuth(x, z));
          }
        }
      }
      if (i == 0) {
        // Out of the skin first, more upright than the hair will lie.
        double up = Math.max(0.35, sinLift);
        dx = fx + up * nx;
        dy = fy + up * ny;
        dz = fz + up * nz;
      } else {
        double l = 1 / Math.max(1e-6, Math.sqrt(fx * fx + fy * fy + fz * fz));
        dx += turn * (fx * l - dx);
        dy += turn * (fy * l - dy);
        dz += turn * (fz * l - dz);
      }
      double l = 1 / Math.max(1e-6, Math.sqrt(dx * dx + dy * dy + dz * dz));
      dx *= l;
      dy *= l;
      dz *= l;
      x += step * dx;
      y += step * dy;
      z += step * dz;
      if (!tied) {
        double clear = Math.min(0.35 * (arc + step), 0.0006 + 0.35 * volume * layer);
        head.foot(x, y, z, foot);
        if (foot.distance < clear) {
          double push = Math.min(0.02, clear - foot.distance);
          if (y < head.cy - 0.15 * head.scale) {
            // On the shoulders it slides to the breast or the back, not along to the arms.
            x += 0.15 * push * foot.nx;
            y += push * foot.ny;
            z += push * (foot.nz + (root[2] > forwards && !tucked ? 0.9 : -0.9));
          } else {
            x += push * foot.nx;
            y += push * foot.ny;
            z += push * foot.nz;
          }
        }
      }
      if (worn == Traits.HairStyle.LONG) {
        double[] out = shoulders(x, y, z, !tucked && root[2] > forwards);
        x = out[0];
        y = out[1];
        z = out[2];
      }
      if (worn == Traits.HairStyle.PONYTAIL && !tied && !escaped) {
        // Hairs from afar end under the band; those from around it make the tail.
        double tx = x - head.cx;
        double ty = y - tieY();
        double tz = z - tieZ();
        if (tx * tx + ty * ty + tz * tz < 0.022 * 0.022) {
          if (i + 1 >= style.segments && !makesTail(root)) {
            path[3 * i + 3] = x;
            path[3 * i + 4] = y;
            path[3 * i + 5] = z;
            return i + 1;
          }
          tied = true;
          tailStart = arc;
          dx = 0;
          dy = 0.2;
          dz = -1;
        }
      }
      path[3 * i + 3] = x;
      path[3 * i + 4] = y;
      path[3 * i + 5] = z;
      if (fringe && y < brows) {
        return i + 1;
      }
      if (worn == Traits.HairStyle.BOB && y < cut && i + 1 >= style.segments) {
        return i + 1;
      }
    }
    return steps;
  }

  private final double[] moved = new double[3];
  private final float[] scratch = new float[3 * (MOST_STEPS + 1)];

  /** Moves a point out of two capsules for the shoulders, to the breast or to the back. */
  private double[] shoulders(double x, double y, double z, boolean forwards) {
    double s = head.scale;
    double ax = 0.02 * s;
    double ay = head.cy - 0.205 * s;
    double bx = 0.18 * s;
    double by = head.cy - 0.245 * s;
    double cz = head.cz - 0.015 * s;
    double radius = 0.06 * s;
    double mirror = x < head.cx ? -1 : 1;
    double px = mirror * (x - head.cx) - ax;
    double py = y - ay;
    double ex = bx - ax;
    double ey = by - ay;
    double t = Math.clamp((px * ex + py * ey) / (ex * ex + ey * ey), 0, 1);
    double qx = px - t * ex;
    double qy = py - t * ey;
    double qz = z - cz;
    double d = Math.sqrt(qx * qx + qy * qy + qz * qz);
    moved[0] = x;
    moved[1] = y;
    moved[2] = z;
    if (d < radius) {
      // Over the ridge to the breast or the back, as far as a hair slides in a step; never along.
      double reach = Math.sqrt(Math.max(0, radius * radius - qx * qx - qy * qy));
      double slide = (forwards ? reach : -reach) - qz;
      moved[2] += Math.clamp(slide, -0.006, 0.006);
      if (Math.abs(slide) > 0.006 && qy > 0) {
        moved[1] += 0.7 * Math.min(0.006, Math.sqrt(radius * radius - qx * qx) - qy);
      }
    }
    return moved;
  }

  /** Writes a path of equal steps as {@code n} points at equal distances. */
  private static void resample(double[] path, int steps, float[] out, int offset, int n) {
    for (int i = 0; i < n; i++) {
      double t = (double) i * steps / (n - 1);
      int a = Math.min(steps - 1, (int) t);
      double f = t - a;
      for (int k = 0; k < 3; k++) {
        out[offset + 3 * i + k] =
            (float) (path[3 * a + k] + f * (path[3 * a + 3 + k] - path[3 * a + k]));
      }
    }
  }

  /** Hairs of a strand, the finest that gathers; a lock has several. */
  private static final int STRAND = 11;

  /** Gathers hairs in locks, then in the strands of those, and cuts them. */
  private void gather(float[] rootPlaces, byte[] sides, float[] points, int count, int n) {
    if (count == 0) {
      return;
    }
    gather(rootPlaces, sides, points, count, n, style.locks, style.clump, true);
    if (style.locks > 2 * STRAND) {
      gather(rootPlaces, sides, points, count, n, STRAND, 0.78, false);
    }
    for (int s = 0; s < count; s++) {
      for (int i = 1; i < n; i++) {
        keepOutside(points, 3 * (n * s + i));
      }
    }
  }

  /** How much shorter than it grew the hair of a lock was cut, at most. */
  private double layering() {
    return switch (traits.hairStyle()) {
      case LONG -> 0.3;
      case PONYTAIL -> 0.15;
      case BOB -> 0.13;
      case CURLY, SWEPT_BACK, SIDE_PARTED, SHORT -> 0.25;
      default -> 0;
    };
  }

  /** Cuts a hair to a share of its length: its points move towards its root, along it. */
  private void cut(float[] points, int base, int n, double share) {
    for (int i = 1; i < n; i++) {
      double t = share * i;
      int a = (int) t;
      double f = t - a;
      for (int k = 0; k < 3; k++) {
        scratch[i * 3 + k] =
            (float)
                (points[base + 3 * a + k] * (1 - f)
                    + points[base + 3 * Math.min(n - 1, a + 1) + k] * f);
      }
    }
    System.arraycopy(scratch, 3, points, base + 3, 3 * (n - 1));
  }

  /** A few hairs leave the mass: out of it in a slack bow, across it, or up. */
  private void flyAway(float[] points, int count, int n) {
    double reach =
        switch (traits.hairStyle()) {
          case BOB, LONG -> 0.014;
          case PONYTAIL -> 0.008;
          case SWEPT_BACK, SIDE_PARTED -> 0.006;
          default -> 0;
        };
    if (reach == 0) {
      return;
    }
    for (int s = 0; s < count; s++) {
      if (random.nextDouble() > 0.045) {
        continue;
      }
      double a = reach * Math.pow(random.nextDouble(), 1.5);
      double phase = 2 * Math.PI * random.nextDouble();
      double turns = 0.5 + random.nextDouble();
      double sideways = random.nextGaussian();
      int base = 3 * n * s;
      for (int i = 1; i < n; i++) {
        double t = (double) i / (n - 1);
        int p = base + 3 * i;
        head.foot(points[p], points[p + 1], points[p + 2], foot);
        double out = a * Math.sin(Math.PI * 0.85 * t) * (1.1 + Math.sin(phase + 6 * turns * t));
        double across = 0.6 * a * sideways * Math.sin(phase + 5 * turns * t) * t;
        points[p] += (float) (out * foot.nx - across * foot.nz);
        points[p + 1] += (float) (out * foot.ny);
        points[p + 2] += (float) (out * foot.nz + across * foot.nx);
        keepOutside(points, p);
      }
    }
  }

  private void keepOutside(float[] points, int p) {
    offTheFace(points, p);
    head.foot(points[p], points[p + 1], points[p + 2], foot);
    double clear = 0.0003;
    if (foot.distance < clear && foot.distance > -0.03) {
      double push = clear - foot.distance;
      points[p] += (float) (push * foot.nx);
      points[p + 1] += (float) (push * foot.ny);
      points[p + 2] += (float) (push * foot.nz);
    }
  }

  /**
   * Draws the hairs of a lock together towards their tips.
   *
   * @param perLock hairs of a lock
   * @param strength how far tips come together, 0 to 1
   * @param shape whether locks are cut and curled, too
   */
  private void gather(
      float[] rootPlaces,
      byte[] sides,
      float[] points,
      int count,
      int n,
      int perLock,
      double strength,
      boolean shape) {
    int locks = Math.max(1, count / perLock);
    int[] centre = new int[locks];
    double[] phase = new double[locks];
    double[] pitch = new double[locks];
    double[] curl = new double[locks];
    double[] clump = new double[locks];
    double[] length = new double[locks];
    double curliness =
        switch (traits.hairStyle()) {
          case LONG, BOB -> 0.1 + 2.1 * waviness * waviness;
          default -> 1;
        };
    for (int j = 0; j < locks; j++) {
      centre[j] = random.nextInt(count);
      phase[j] = 2 * Math.PI * random.nextDouble();
      pitch[j] = style.curlPitch * (0.75 + 0.5 * random.nextDouble());
      curl[j] = curliness * style.curlRadius * (0.4 + 1.0 * random.nextDouble());
      clump[j] = strength * (0.5 + 0.6 * random.nextDouble());
      length[j] = 1 - (shape ? layering() : 0.05) * random.nextDouble();
    }
    float[] centres = new float[3 * n * locks];
    for (int j = 0; j < locks; j++) {
      System.arraycopy(points, 3 * n * centre[j], centres, 3 * n * j, 3 * n);
    }
    for (int s = 0; s < count; s++) {
      int j = nearest(rootPlaces, sides, s, centre);
      boolean loose = random.nextDouble() < 0.06;
      double own = (loose ? 0.2 : 1) * clump[j] * (0.7 + 0.3 * random.nextDouble());
      int base = 3 * n * s;
      for (int i = 1; i < n; i++) {
        double t = (double) i / (n - 1);
        // Hairs that have parted ways, before and behind a shoulder, stay apart.
        double apart = 0;
        for (int k = 0; k < 3; k++) {
          double d = centres[3 * n * j + 3 * i + k] - points[base + 3 * i + k];
          apart += d * d;
        }
        double w = Math.min(0.96, own * Math.pow(t, 0.8)) * Math.exp(-apart / (0.035 * 0.035));
        for (int k = 0; k < 3; k++) {
          points[base + 3 * i + k] +=
              (float) (w * (centres[3 * n * j + 3 * i + k] - points[base + 3 * i + k]));
        }
      }
      if (shape && style.curlRadius > 0) {
        double jitter = loose ? 1.2 : traits.hairStyle() == Traits.HairStyle.CURLY ? 0.16 : 0.35;
        curl(
            points,
            base,
            n,
            curl[j] * (0.8 + 0.4 * random.nextDouble()) * (sides[s] == FRINGE ? 0.25 : 1),
            pitch[j] * (1 + 0.1 * jitter * random.nextGaussian()),
            phase[j] + jitter * random.nextGaussian());
      }
      if (shape && length[j] < 1) {
        // Tips do not end on one line: the mass thins towards them.
        double ownCut = 1 - layering() * 0.6 * Math.pow(random.nextDouble(), 2);
        cut(points, base, n, length[j] * ownCut);
      }
    }
  }

  /** Turns a point that curl or lock brought before the face about the head's axis to its edge. */
  private void offTheFace(float[] points, int p) {
    double y = points[p + 1];
    if (y > Math.min(head.landmarkY(19), head.landmarkY(24)) - 0.01 * head.scale
        || y < head.landmarkY(8)) {
      return;
    }
    double dx = points[p] - head.cx;
    double dz = points[p + 2] - head.cz;
    double azimuth = Math.atan2(dx, dz);
    if (Math.abs(azimuth) < FACE_HALF_ANGLE) {
      double r = Math.sqrt(dx * dx + dz * dz);
      double turned = Math.copySign(FACE_HALF_ANGLE, azimuth);
      points[p] = (float) (head.cx + r * Math.sin(turned));
      points[p + 2] = (float) (head.cz + r * Math.cos(turned));
    }
  }

  /** The lock whose root is nearest; locks do not reach across a parting. */
  private int nearest(float[] rootPlaces, byte[] sides, int s, int[] centre) {
    float x = rootPlaces[3 * s];
    float y = rootPlaces[3 * s + 1];
    float z = rootPlaces[3 * s + 2];
    int best = 0;
    float least = Float.MAX_VALUE;
    for (int j = 0; j < centre.length; j++) {
      int c = 3 * centre[j];
      float dx = rootPlaces[c] - x;
      float dy = rootPlaces[c + 1] - y;
      float dz = rootPlaces[c + 2] - z;
      float d = dx * dx + dy * dy + dz * dz;
      if (d < least && sides[centre[j]] == sides[s]) {
        least = d;
        best = j;
      }
    }
    return best;
  }

  /** Winds a strand into a helix about its own path, tighter from a little off the root. */
  private static void curl(
      float[] points, int base, int n, double radius, double pitch, double phase) {
    double arc = 0;
    double sx = 1;
    double sy = 0.2;
    double sz = 0.1;
    double px = points[base];
    double py = points[base + 1];
    double pz = points[base + 2];
    for (int i = 1; i < n; i++) {
      int p = base + 3 * i;
      double tx = points[p] - px;
      double ty = points[p + 1] - py;
      double tz = points[p + 2] - pz;
      px = points[p];
      py = points[p + 1];
      pz = points[p + 2];
      double l = Math.max(1e-9, Math.sqrt(tx * tx + ty * ty + tz * tz));
      arc += l;
      tx /= l;
      ty /= l;
      tz /= l;
      double along = sx * tx + sy * ty + sz * tz;
      sx -= along * tx;
      sy -= along * ty;
      sz -= along * tz;
      double m = Math.sqrt(sx * sx + sy * sy + sz * sz);
      if (m < 1e-6) {
        sx = ty;
        sy = -tx;
        sz = 0;
        m = Math.max(1e-6, Math.hypot(sx, sy));
      }
      sx /= m;
      sy /= m;
      sz /= m;
      double bx = ty * sz - tz * sy;
      double by = tz * sx - tx * sz;
      double bz = tx * sy - ty * sx;
      double angle = 2 * Math.PI * arc / pitch + phase;
      double r = radius * (1 - Math.exp(-arc / (0.6 * pitch)));
      double cos = r * Math.cos(angle);
      double sin = r * Math.sin(angle);
      points[p] = (float) (px + cos * sx + sin * bx);
      points[p + 1] = (float) (py + cos * sy + sin * by);
      points[p + 2] = (float) (pz + cos * sz + sin * bz);
    }
  }
}
