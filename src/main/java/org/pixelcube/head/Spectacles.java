package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Material;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

/**
 * Spectacles made to measure: two rims (or half rims, or none) on a slightly wrapped, slightly
 * tilted front, a bridge over the nose, pads on its flanks, sides that run to the ears and bend
 * down behind them, and clear lenses. The front sits as near to the face as lashes, brows and
 * cheeks allow.
 */
final class Spectacles {
  /** Outlines that rims have. */
  enum Outline {
    ROUND,
    PANTO,
    OVAL,
    RECTANGLE,
    SQUARE,
    AVIATOR,
    CAT_EYE
  }

  /** What holds the lenses. */
  enum Frame {
    ACETATE,
    METAL,
    HALF_RIM,
    RIMLESS
  }

  private static final int RIM_POINTS = 72;
  private static final int LENS_RINGS = 10;

  /** How far the front recedes to the sides: z = −WRAP · x², 1/m. */
  private static final double WRAP = 1.5;

  /** Tilt of the front, its lower edge nearer to the face. */
  private static final double TILT = Math.tan(Math.toRadians(8));

  /** From the skin between the lids to the back of the lens, metres. */
  private static final double VERTEX_DISTANCE = 0.0105;

  /** Left between front and skin, metres. */
  private static final double CLEARANCE = 0.0015;

  private final Outline outline;
  private final Frame frame;
  private final TriangleMesh skin;
  private final Relief relief;
  private final double scale;
  private final double middleX;
  private final double middleY;
  private final double halfBridge;
  private final double lensHalfWidth;
  private final double lensHalfHeight;
  private final double frontZ;
  private final double templeX;
  private final Vector3 ear;
  private final List<Shape> shapes = new ArrayList<>();

  private Spectacles(TriangleMesh skin, float[] landmarks, Traits traits) {
    Random random = new Random(traits.seed() * 0x5851F42D4C957F2DL + 0x5EE);
    this.skin = skin;
    outline = outline(random, traits.female());
    frame = frame(random, outline);
    scale = distance(landmarks, 36, 45) / 0.09;
    middleX = (landmarks[3 * 27] + landmarks[3 * 28]) / 2;
    double eyesY = 0;
    double eyesZ = -1;
    for (int i = 36; i < 48; i++) {
      eyesY += landmarks[3 * i + 1] / 12;
      eyesZ = Math.max(eyesZ, landmarks[3 * i + 2]);
    }
    relief = new Relief(skin);
    ear = ear(skin, landmarks, eyesY);
    templeX = halfWidth(skin, ear.y(), ear.z() + 0.016) + 0.001;
    double sideX = halfWidth(skin, eyesY, ear.z() + 0.045);
    double halfFront = Math.clamp(sideX + 0.001, 0.060 * scale, 0.074 * scale);
    halfBridge = (0.0085 + 0.0015 * random.nextDouble()) * scale;
    double endPiece = frame == Frame.ACETATE ? 0.005 : 0.0035;
    lensHalfWidth =
        Math.clamp((halfFront - halfBridge - endPiece) / 2, 0.0215 * scale, 0.0285 * scale)
            * (outline == Outline.ROUND ? 0.9 : 1);
    lensHalfHeight = lensHalfWidth * aspect(random);
    middleY = eyesY - (0.002 + 0.12 * (lensHalfHeight - 0.018)) * scale;
    frontZ = nearest(eyesZ);
    build(random);
  }

  /**
   * Fits spectacles.
   *
   * @param skin at rest, world metres, the origin between the eyes
   * @param landmarks 68 Multi-PIE points on it: 204 floats
   * @return "spectacles" and "lenses", rigid with the head
   */
  static List<Shape> fit(TriangleMesh skin, float[] landmarks, Traits traits) {
    return List.copyOf(new Spectacles(skin, landmarks, traits).shapes);
  }

  private static Outline outline(Random random, boolean female) {
    Outline[] kinds =
        female
            ? new Outline[] {
              Outline.ROUND,
              Outline.PANTO,
              Outline.OVAL,
              Outline.RECTANGLE,
              Outline.SQUARE,
              Outline.CAT_EYE,
              Outline.CAT_EYE
            }
            : new Outline[] {
              Outline.ROUND,
              Outline.PANTO,
              Outline.PANTO,
              Outline.RECTANGLE,
              Outline.RECTANGLE,
              Outline.SQUARE,
              Outline.AVIATOR
            };
    return kinds[random.nextInt(kinds.length)];
  }

  private static Frame frame(Random random, Outline outline) {
    double pick = random.nextDouble();
    if (outline == Outline.AVIATOR) {
      return Frame.METAL;
    }
    if (outline == Outline.OVAL || outline == Outline.RECTANGLE) {
      return pick < 0.35
          ? Frame.ACETATE
          : pick < 0.6 ? Frame.METAL : pick < 0.85 ? Frame.HALF_RIM : Frame.RIMLESS;
    }
    return pick < 0.65 ? Frame.ACETATE : Frame.METAL;
  }

  private double aspect(Random random) {
    double base =
        switch (outline) {
          case ROUND -> 0.97;
          case PANTO -> 0.87;
          case OVAL -> 0.68;
          case RECTANGLE -> 0.64;
          case SQUARE -> 0.78;
          case AVIATOR -> 0.86;
          case CAT_EYE -> 0.72;
        };
    return base * (0.96 + 0.08 * random.nextDouble());
  }

  private static double distance(float[] p, int a, int b) {
    double dx = p[3 * a] - p[3 * b];
    double dy = p[3 * a + 1] - p[3 * b + 1];
    double dz = p[3 * a + 2] - p[3 * b + 2];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  /** The notch between the left ear and the skull, where a side rests. */
  private static Vector3 ear(TriangleMesh skin, float[] landmarks, double eyesY) {
    float[] p = skin.positions();
    double back = landmarks[3 * 16 + 2];
    double widest = 0;
    for (int i = 0; i < p.length; i += 3) {
      if (atEar(p, i, eyesY, back)) {
        widest = Math.max(widest, p[i]);
      }
    }
    // The helix is what stands out farthest; its top is the ear's.
    double top = -Double.MAX_VALUE;
    double front = -Double.MAX_VALUE;
    for (int i = 0; i < p.length; i += 3) {
      if (atEar(p, i, eyesY, back) && p[i] > widest - 0.012) {
        top = Math.max(top, p[i + 1]);
      }
    }
    for (int i = 0; i < p.length; i += 3) {
      if (atEar(p, i, eyesY, back) && p[i] > widest - 0.012 && p[i + 1] > top - 0.012) {
        front = Math.max(front, p[i + 2]);
      }
    }
    if (front == -Double.MAX_VALUE) {
      return new Vector3(landmarks[3 * 16], eyesY + 0.004, back - 0.012);
    }
    return new Vector3(
        widest, Math.clamp(top - 0.004, eyesY - 0.008, eyesY + 0.016), Math.min(front, back));
  }

  private static boolean atEar(float[] p, int i, double eyesY, double back) {
    return p[i] > 0.05
        && p[i + 1] < eyesY + 0.035
        && p[i + 1] > eyesY - 0.05
        && p[i + 2] < back + 0.006
        && p[i + 2] > back - 0.055;
  }

  /** Half the width of the head at a height and depth, metres. */
  private static double halfWidth(TriangleMesh skin, double y, double z) {
    float[] p = skin.positions();
    double widest = 0;
    for (double reach = 0.005; widest == 0 && reach < 0.04; reach *= 1.6) {
      for (int i = 0; i < p.length; i += 3) {
        if (Math.abs(p[i + 1] - y) < reach && Math.abs(p[i + 2] - z) < reach) {
          widest = Math.max(widest, Math.abs(p[i]));
        }
      }
    }
    return widest == 0 ? 0.07 : widest;
  }

  /** Radius of a rim's outline by angle, for half axes of 1; angle 0 at the temple, π/2 up. */
  private double[] edge(double angle) {
    double c = Math.cos(angle);
    double s = Math.sin(angle);
    double power =
        switch (outline) {
          case ROUND, OVAL -> 2;
          case PANTO -> s > 0 ? 2.9 : 2.1;
          case RECTANGLE -> 3.6;
          case SQUARE -> s > 0 ? 3.6 : 2.7;
          case AVIATOR -> s > 0 ? 3.0 : 2.3;
          case CAT_EYE -> s > 0 ? 3.2 : 2.3;
        };
    double r = Math.pow(Math.pow(Math.abs(c), power) + Math.pow(Math.abs(s), power), -1 / power);
    double x = r * c;
    double y = r * s;
    switch (outline) {
      case PANTO, SQUARE -> x *= 1 + 0.06 * y;
      case AVIATOR -> {
        // A drop that hangs outwards, cut away beside the nose.
        y *= 1 + 0.1 * (y < 0 ? x : 0);
        x *= 1 + 0.05 * y;
        x += 0.06 * (1 - y) * (x < 0 ? 1 - x * x : 0);
      }
      case CAT_EYE -> {
        y += 0.24 * Math.max(0, x) * Math.max(0, x) * Math.max(0, y + 0.35);
        x *= 1 + 0.08 * y;
      }
      default -> {}
    }
    return new double[] {x, y};
  }

  /** Depth of the front's surface, metres before its middle. */
  private double surface(double x, double y) {
    return -WRAP * (x - middleX) * (x - middleX) + TILT * (y - middleY);
  }

  private Vector3 rim(int side, double angle, double grown) {
    double[] e = edge(angle);
    double x = middleX + side * (halfBridge + lensHalfWidth + e[0] * (lensHalfWidth + grown));
    double y = middleY + e[1] * (lensHalfHeight + grown);
    return new Vector3(x, y, frontZ + surface(x, y));
  }

  /** The least depth of the front's middle at which neither lashes nor skin are touched. */
  private double nearest(double eyesZ) {
    double depth = eyesZ + VERTEX_DISTANCE * scale + WRAP * 0.03 * 0.03;
    double most = depth + 0.008 * scale;
    for (int side = -1; side <= 1; side += 2) {
      for (int i = 0; i < RIM_POINTS; i++) {
        double[] e = edge(2 * Math.PI * i / RIM_POINTS);
        double x = middleX + side * (halfBridge + lensHalfWidth * (1 + e[0]));
        double y = middleY + e[1] * lensHalfHeight;
        // Beside the nose the pads carry the front: the rim may be as near as they are.
        double give = Math.abs(x - middleX) < 0.014 * scale ? 0.004 : 0;
        double skin = relief.at(x, y);
        depth = Math.max(depth, skin + CLEARANCE + 0.0015 - give - surface(x, y));
      }
    }
    return Math.min(depth, most);
  }

  private void build(Random random) {
    Tubes tubes = new Tubes();
    double rimWide =
        switch (frame) {
          case ACETATE -> (0.0014 + 0.0012 * random.nextDouble()) * scale;
          case METAL, HALF_RIM -> 0.0006 + 0.0002 * random.nextDouble();
          case RIMLESS -> 0;
        };
    double rimDeep = frame == Frame.ACETATE ? 0.0017 : 0.0009;
    Vector3 ahead = new Vector3(0, 0, 1);
    for (int side = -1; side <= 1; side += 2) {
      if (frame == Frame.ACETATE || frame == Frame.METAL) {
        Vector3[] loop = new Vector3[RIM_POINTS];
        for (int i = 0; i < RIM_POINTS; i++) {
          loop[i] = rim(side, 2 * Math.PI * i / RIM_POINTS, 0.6 * rimWide);
        }
        tubes.loop(loop, ahead, rimWide, rimDeep);
      } else if (frame == Frame.HALF_RIM) {
        Vector3[] arc = new Vector3[RIM_POINTS / 2 + 7];
        for (int i = 0; i < arc.length; i++) {
          arc[i] = rim(side, Math.PI * (-0.06 + 1.12 * i / (arc.length - 1)), 0.0004);
        }
        tubes.path(arc, ahead, 0.0009, 0.0011);
      }
      side(tubes, side, random);
      if (frame != Frame.ACETATE) {
        pad(tubes, side);
      }
    }
    bridge(tubes, rimWide);
    Material material = material(random);
    shapes.add(new Shape("spectacles", tubes.mesh(), material));
    shapes.add(
        new Shape("lenses", lenses(), new Material.Clear(1.5f, Texture.constant(tint(random)))));
  }

  /** A side: from the hinge straight to the ear, then down behind it. */
  private void side(Tubes tubes, int side, Random random) {
    boolean thick = frame == Frame.ACETATE;
    double hingeAngle =
        switch (outline) {
          case AVIATOR, PANTO, SQUARE -> 0.5;
          case CAT_EYE -> 0.75;
          default -> 0.3;
        };
    Vector3 onRim = rim(side, hingeAngle, 0);
    double outX = middleX + side * Math.max(Math.abs(onRim.x() - middleX) + 0.003, templeX - 0.002);
    Vector3 hinge = new Vector3(outX, onRim.y(), onRim.z() - 0.004);
    // The end piece turns from the front to the side.
    Vector3 corner = new Vector3(outX - side * 0.0005, onRim.y(), onRim.z() + 0.0002);
    double high = thick ? 0.0022 + 0.0012 * random.nextDouble() : 0.0011;
    double wide = thick ? 0.0013 : 0.0006;
    tubes.path(
        new Vector3[] {onRim, onRim.times(0.5).plus(corner.times(0.5)), corner},
        new Vector3(0, 0, 1),
        0.8 * high,
        thick ? 0.0017 : 0.0008);
    Vector3 rest = new Vector3(middleX + side * templeX, ear.y(), ear.z() - 0.006);
    List<Vector3> path = new ArrayList<>();
    path.add(new Vector3(corner.x(), corner.y(), corner.z() + 0.0008));
    path.add(hinge);
    double widest = 0;
    for (int i = 1; i <= 10; i++) {
      double t = i / 10.0;
      double bow = 0.0015 * Math.sin(Math.PI * t);
      Vector3 at = hinge.times(1 - t).plus(rest.times(t)).plus(new Vector3(side * bow, 0, 0));
      // On the skin where the head is widest, up to the ear.
      double least = at.z() > ear.z() + 0.004 ? halfWidth(skin, at.y(), at.z()) + wide : 0;
      widest = Math.max(widest, least);
      path.add(
          new Vector3(
              middleX + side * Math.max(side * (at.x() - middleX), widest), at.y(), at.z()));
    }
    for (int i = 1; i <= 9; i++) {
      double t = i / 9.0;
      double bend = Math.toRadians(52) * Math.min(1, 1.6 * t);
      Vector3 last = path.getLast();
      path.add(
          last.plus(
              new Vector3(-side * 0.0009 * t, -0.0048 * Math.sin(bend), -0.0048 * Math.cos(bend))));
    }
    double[] highs = new double[path.size()];
    for (int i = 0; i < highs.length; i++) {
      double t = (double) i / (highs.length - 1);
      highs[i] = thick ? high * (1 - 0.35 * Math.sin(Math.PI * Math.min(1, 1.1 * t))) : high;
      if (!thick && i > 9) {
        // Ear pieces of plastic on wire.
        highs[i] = 0.0018;
      }
    }
    tubes.path(path.toArray(Vector3[]::new), new Vector3(side, 0, 0), highs, wide);
  }

  /** A pad of silicone on the flank of the nose, on a wire from the rim. */
  private void pad(Tubes tubes, int side) {
    double y = middleY - 0.1 * lensHalfHeight;
    double z = frontZ + surface(middleX + side * halfBridge, y) - 0.0055;
    double x = middleX + side * relief.flank(middleX, side, y, z, 0.5 * halfBridge);
    Vector3 place = new Vector3(x + side * 0.0006, y - 0.002, z);
    tubes.blob(place, new Vector3(0.0011, 0.0052, 0.0026), new Vector3(side * 0.45, 0.12, 0.88));
    Vector3 from = rim(side, Math.PI * 0.93, 0);
    Vector3 between =
        new Vector3(
            from.x() - side * 0.0012, (from.y() + place.y()) / 2 + 0.0015, place.z() - 0.0012);
    tubes.path(
        new Vector3[] {from, from.times(0.4).plus(between.times(0.6)), between, place},
        new Vector3(0, 1, 0),
        0.00035,
        0.00035);
  }

  private void bridge(Tubes tubes, double rimWide) {
    int n = 14;
    boolean thick = frame == Frame.ACETATE;
    double at = Math.PI - (outline == Outline.AVIATOR ? 0.85 : 0.5);
    tubes.path(
        bow(rim(-1, at, 0.3 * rimWide), rim(1, at, 0.3 * rimWide), thick ? 0.0015 : 0.003, n),
        new Vector3(0, 0, 1),
        thick ? 1.1 * rimWide + 0.0006 : 0.0009,
        thick ? 0.0019 : 0.0009);
    if (outline == Outline.AVIATOR) {
      double brow = Math.PI - 1.15;
      tubes.path(
          bow(rim(-1, brow, 0), rim(1, brow, 0), 0.001, n), new Vector3(0, 0, 1), 0.0008, 0.0008);
    }
  }

  /** An arc between two points that rises and keeps before the nose. */
  private Vector3[] bow(Vector3 from, Vector3 to, double rise, int n) {
    Vector3[] out = new Vector3[n];
    for (int i = 0; i < n; i++) {
      double t = (double) i / (n - 1);
      double arch = 4 * t * (1 - t);
      Vector3 p = from.times(1 - t).plus(to.times(t));
      double y = p.y() + rise * arch;
      double over = relief.at(p.x(), y) + 0.0022;
      out[i] = new Vector3(p.x(), y, Math.max(p.z() + 0.001 * arch, over));
    }
    // What the nose asks for is asked for softly.
    for (int pass = 0; pass < 3; pass++) {
      for (int i = 1; i + 1 < n; i++) {
        double z = (out[i - 1].z() + 2 * out[i].z() + out[i + 1].z()) / 4;
        out[i] = new Vector3(out[i].x(), out[i].y(), Math.max(out[i].z(), z));
      }
    }
    return out;
  }

  /** Both lenses: what the rims enclose, bulging forwards a little. */
  private TriangleMesh lenses() {
    int perLens = 1 + LENS_RINGS * RIM_POINTS;
    float[] p = new float[2 * 3 * perLens];
    List<int[]> faces = new ArrayList<>();
    for (int lens = 0; lens < 2; lens++) {
      int side = lens == 0 ? -1 : 1;
      int first = lens * perLens;
      Vector3 middle = new Vector3(middleX + side * (halfBridge + lensHalfWidth), middleY, 0);
      put(p, first, middle.x(), middle.y(), 0);
      for (int r = 0; r < LENS_RINGS; r++) {
        double t = (r + 1.0) / LENS_RINGS;
        for (int i = 0; i < RIM_POINTS; i++) {
          Vector3 edge = rim(side, 2 * Math.PI * i / RIM_POINTS, 0);
          put(
              p,
              first + 1 + r * RIM_POINTS + i,
              middle.x() + t * (edge.x() - middle.x()),
              middle.y() + t * (edge.y() - middle.y()),
              t);
          int a = first + 1 + r * RIM_POINTS + i;
          int b = first + 1 + r * RIM_POINTS + (i + 1) % RIM_POINTS;
          boolean mirrored = side < 0;
          if (r == 0) {
            faces.add(mirrored ? new int[] {first, b, a} : new int[] {first, a, b});
          } else {
            int c = a - RIM_POINTS;
            int d = b - RIM_POINTS;
            faces.add(mirrored ? new int[] {c, b, a} : new int[] {c, a, b});
            faces.add(mirrored ? new int[] {c, d, b} : new int[] {c, b, d});
          }
        }
      }
    }
    int[] t = faces.stream().flatMapToInt(java.util.Arrays::stream).toArray();
    return TriangleMesh.smooth(p, new float[p.length / 3 * 2], t);
  }

  private void put(float[] p, int vertex, double x, double y, double t) {
    p[3 * vertex] = (float) x;
    p[3 * vertex + 1] = (float) y;
    p[3 * vertex + 2] = (float) (frontZ + surface(x, y) + 0.0012 * (1 - t * t));
  }

  private static float[] tint(Random random) {
    if (random.nextDouble() < 0.15) {
      // Tinted a little: brown or grey.
      float deep = 0.12f + 0.28f * random.nextFloat();
      return random.nextBoolean()
          ? new float[] {1 - 0.4f * deep, 1 - 0.6f * deep, 1 - 0.8f * deep}
          : new float[] {1 - 0.6f * deep, 1 - 0.55f * deep, 1 - 0.5f * deep};
    }
    return new float[] {0.985f, 0.99f, 0.985f};
  }

  private Material material(Random random) {
    if (frame != Frame.ACETATE) {
      float[][] metals = {
        {0.30f, 0.20f, 0.08f},
        {0.28f, 0.28f, 0.29f},
        {0.05f, 0.05f, 0.055f},
        {0.012f, 0.012f, 0.013f}
      };
      int kind = random.nextInt(metals.length);
      float[] specular = {0.45f, 0.5f, 0.3f, 0.06f};
      return new Material.Glossy(
          Texture.constant(metals[kind]), Texture.constant(0.28f), specular[kind]);
    }
    double pick = random.nextDouble();
    Texture gloss = Texture.constant(0.16f + 0.12f * random.nextFloat());
    if (pick < 0.25) {
      return new Material.Glossy(tortoise(random), gloss, 0.045f);
    }
    float[][] plastics = {
      {0.012f, 0.012f, 0.013f},
      {0.012f, 0.012f, 0.013f},
      {0.02f, 0.028f, 0.06f},
      {0.08f, 0.018f, 0.02f},
      {0.05f, 0.03f, 0.018f},
      {0.03f, 0.05f, 0.035f},
      {0.62f, 0.58f, 0.52f},
      {0.35f, 0.36f, 0.38f},
      {0.45f, 0.25f, 0.22f}
    };
    return new Material.Glossy(
        Texture.constant(plastics[random.nextInt(plastics.length)]), gloss, 0.045f);
  }

  /** Tortoiseshell: dark clouds in amber. */
  private static Texture tortoise(Random random) {
    int w = 256;
    int h = 32;
    GradientNoise noise = new GradientNoise(random.nextLong());
    float[] s = new float[3 * w * h];
    double[] amber = {0.30, 0.12, 0.03};
    double[] dark = {0.022, 0.011, 0.006};
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double a = 2 * Math.PI * y / h;
        double n = noise.octaves(x / 14.0, 0.8 * Math.cos(a), 0.8 * Math.sin(a), 2);
        double share = SkinAtlas.smoothStep(-0.25, 0.2, n);
        for (int k = 0; k < 3; k++) {
          s[(k * h + y) * w + x] = (float) (dark[k] + (1 - share) * (amber[k] - dark[k]));
        }
      }
    }
    return Texture.of(Image.rgb(w, h, s));
  }

  /** The face as a height field seen from the front: depth by x and y, in cells of a millimetre. */
  private static final class Relief {
    private static final int HALF = 100;
    private static final int SIZE = 2 * HALF + 1;
    private static final double CELL = 0.001;
    private final float[] depth = new float[SIZE * SIZE];

    Relief(TriangleMesh skin) {
      java.util.Arrays.fill(depth, -1);
      float[] p = skin.positions();
      int[] t = skin.triangles();
      for (int i = 0; i < t.length; i += 3) {
        int a = 3 * t[i];
        int b = 3 * t[i + 1];
        int c = 3 * t[i + 2];
        double ax = p[a] / CELL + HALF;
        double ay = p[a + 1] / CELL + HALF;
        double bx = p[b] / CELL + HALF;
        double by = p[b + 1] / CELL + HALF;
        double cx = p[c] / CELL + HALF;
        double cy = p[c + 1] / CELL + HALF;
        double area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
        int x0 = Math.max(0, (int) Math.ceil(Math.min(ax, Math.min(bx, cx))));
        int x1 = Math.min(SIZE - 1, (int) Math.max(ax, Math.max(bx, cx)));
        int y0 = Math.max(0, (int) Math.ceil(Math.min(ay, Math.min(by, cy))));
        int y1 = Math.min(SIZE - 1, (int) Math.max(ay, Math.max(by, cy)));
        if (area <= 1e-12) {
          continue;
        }
        for (int y = y0; y <= y1; y++) {
          for (int x = x0; x <= x1; x++) {
            double u = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
            double v = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
            if (u >= 0 && v >= 0 && u + v <= 1) {
              double z = (1 - u - v) * p[a + 2] + u * p[b + 2] + v * p[c + 2];
              depth[y * SIZE + x] = Math.max(depth[y * SIZE + x], (float) z);
            }
          }
        }
      }
    }

    /** The foremost skin within a millimetre, metres; −1 where there is none. */
    double at(double x, double y) {
      int cx = (int) Math.round(x / CELL) + HALF;
      int cy = (int) Math.round(y / CELL) + HALF;
      double best = -1;
      for (int j = Math.max(0, cy - 1); j <= Math.min(SIZE - 1, cy + 1); j++) {
        for (int i = Math.max(0, cx - 1); i <= Math.min(SIZE - 1, cx + 1); i++) {
          best = Math.max(best, depth[j * SIZE + i]);
        }
      }
      return best;
    }

    /** How far from the middle the flank of the nose lies at a height and depth, metres. */
    double flank(double middleX, int side, double y, double z, double least) {
      for (double d = least; d < 0.018; d += 0.0005) {
        if (at(middleX + side * d, y) < z) {
          return d;
        }
      }
      return 0.012;
    }
  }

  /** Collects bent tubes of rounded section, and blobs, into one mesh. */
  private static final class Tubes {
    private static final int AROUND = 12;
    private final List<float[]> positions = new ArrayList<>();
    private final List<float[]> uvs = new ArrayList<>();
    private final List<int[]> triangles = new ArrayList<>();
    private int vertices;

    void loop(Vector3[] points, Vector3 deepAxis, double across, double deep) {
      double[] all = new double[points.length];
      java.util.Arrays.fill(all, across);
      sweep(points, deepAxis, all, deep, true);
    }

    void path(Vector3[] points, Vector3 deepAxis, double across, double deep) {
      double[] all = new double[points.length];
      java.util.Arrays.fill(all, across);
      path(points, deepAxis, all, deep);
    }

    /**
     * A tube along points.
     *
     * @param deepAxis the direction in which the section measures {@code deep} to either side
     * @param across half the section's other side at each point
     */
    void path(Vector3[] points, Vector3 deepAxis, double[] across, double deep) {
      sweep(points, deepAxis, across, deep, false);
    }

    private void sweep(
        Vector3[] points, Vector3 deepAxis, double[] across, double deep, boolean closed) {
      int n = points.length;
      int caps = closed ? 0 : 2;
      float[] p = new float[3 * (n * AROUND + caps)];
      float[] uv = new float[2 * (n * AROUND + caps)];
      int rows = closed ? n : n - 1;
      int[] t = new int[6 * rows * AROUND + 3 * caps * AROUND];
      int k = 0;
      double arc = 0;
      for (int i = 0; i < n; i++) {
        Vector3 before = points[closed ? (i + n - 1) % n : Math.max(0, i - 1)];
        Vector3 after = points[closed ? (i + 1) % n : Math.min(n - 1, i + 1)];
        Vector3 along = after.minus(before).normalized();
        Vector3 wide = deepAxis.cross(along).normalized();
        Vector3 thick = along.cross(wide);
        if (i > 0) {
          arc += points[i].minus(points[i - 1]).length();
        }
        for (int j = 0; j < AROUND; j++) {
          double a = 2 * Math.PI * j / AROUND;
          double c = Math.cos(a);
          double s = Math.sin(a);
          // A section between ellipse and rectangle.
          double r = Math.pow(c * c * c * c + s * s * s * s, -0.25);
          Vector3 at =
              points[i].plus(wide.times(across[i] * r * c)).plus(thick.times(deep * r * s));
          int v = i * AROUND + j;
          put(p, v, at);
          uv[2 * v] = (float) Math.min(1, arc / 0.18);
          uv[2 * v + 1] = (float) j / AROUND;
        }
      }
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < AROUND; j++) {
          int a = i * AROUND + j;
          int b = i * AROUND + (j + 1) % AROUND;
          int c = (i + 1) % n * AROUND + j;
          int d = (i + 1) % n * AROUND + (j + 1) % AROUND;
          k = face(t, k, a, b, d);
          k = face(t, k, a, d, c);
        }
      }
      if (!closed) {
        int first = n * AROUND;
        put(p, first, points[0]);
        put(p, first + 1, points[n - 1]);
        for (int j = 0; j < AROUND; j++) {
          int next = (j + 1) % AROUND;
          k = face(t, k, first, next, j);
          k = face(t, k, first + 1, (n - 1) * AROUND + j, (n - 1) * AROUND + next);
        }
      }
      add(p, uv, t);
    }

    /** An ellipsoid whose least axis points along a direction in the horizontal plane. */
    void blob(Vector3 middle, Vector3 radii, Vector3 facing) {
      Vector3 out = facing.normalized();
      Vector3 up = new Vector3(0, 1, 0).minus(out.times(out.y())).normalized();
      Vector3 across = up.cross(out);
      int rings = 8;
      float[] p = new float[3 * (rings + 1) * AROUND];
      int[] t = new int[6 * rings * AROUND];
      int k = 0;
      for (int i = 0; i <= rings; i++) {
        double polar = Math.PI * i / rings;
        for (int j = 0; j < AROUND; j++) {
          double a = 2 * Math.PI * j / AROUND;
          double s = Math.sin(polar);
          put(
              p,
              i * AROUND + j,
              middle
                  .plus(out.times(radii.x() * s * Math.cos(a)))
                  .plus(up.times(radii.y() * Math.cos(polar)))
                  .plus(across.times(radii.z() * s * Math.sin(a))));
          if (i < rings) {
            int b = i * AROUND + (j + 1) % AROUND;
            k = face(t, k, i * AROUND + j, b, b + AROUND);
            k = face(t, k, i * AROUND + j, b + AROUND, (i + 1) * AROUND + j);
          }
        }
      }
      add(p, new float[p.length / 3 * 2], t);
    }

    private static void put(float[] p, int v, Vector3 at) {
      p[3 * v] = (float) at.x();
      p[3 * v + 1] = (float) at.y();
      p[3 * v + 2] = (float) at.z();
    }

    private static int face(int[] t, int k, int a, int b, int c) {
      t[k] = a;
      t[k + 1] = b;
      t[k + 2] = c;
      return k + 3;
    }

    private void add(float[] p, float[] uv, int[] t) {
      for (int i = 0; i < t.length; i++) {
        t[i] += vertices;
      }
      vertices += p.length / 3;
      positions.add(p);
      uvs.add(uv);
      triangles.add(t);
    }

    TriangleMesh mesh() {
      return TriangleMesh.smooth(joined(positions), joined(uvs), joinedFaces(triangles));
    }

    private static float[] joined(List<float[]> parts) {
      float[] out = new float[parts.stream().mapToInt(a -> a.length).sum()];
      int at = 0;
      for (float[] part : parts) {
        System.arraycopy(part, 0, out, at, part.length);
        at += part.length;
      }
      return out;
    }

    private static int[] joinedFaces(List<int[]> parts) {
      return parts.stream().flatMapToInt(java.util.Arrays::stream).toArray();
    }
  }
}
