package org.pixelcube.head;

import java.util.List;
import java.util.Random;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Material;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

/**
 * An eye: a ball with a hollow for the iris, and a clear cornea that bulges over it. Lengths follow
 * the ball's radius in the proportions of an adult eye (radius 12 mm, iris 5.9 mm, corneal apex
 * 13.1 mm). The eye looks along its own +Z, its middle is the origin.
 */
public final class Eyeball {
  private static final int SECTORS = 64;
  private static final int IRIS_TEXELS = 256;
  private static final int SCLERA_WIDTH = 512;
  private static final int SCLERA_HEIGHT = 256;

  /** Iris radius over the ball's. */
  private static final double IRIS = 0.388;

  /** Corneal apex over the ball's radius. */
  private static final double APEX = 1.085;

  /** How deep the iris lies under its rim, over the ball's radius. */
  private static final double DEPTH = 0.03;

  private final List<Shape> shapes;

  private Eyeball(List<Shape> shapes) {
    this.shapes = shapes;
  }

  /** The parts: ball, iris and cornea, rigid together. */
  public List<Shape> shapes() {
    return shapes;
  }

  /**
   * Makes an eye.
   *
   * @param side "left" or "right", for the names of the parts
   * @param radius of the ball, metres
   * @param look colour and pattern, the same for both eyes of a person
   */
  public static Eyeball of(String side, double radius, Look look) {
    double rim = Math.asin(IRIS);
    // The ball, from the rim of the iris backwards; v is the angle from the axis over π.
    int rings = 40;
    double[][] ball = new double[rings + 1][];
    for (int i = 0; i <= rings; i++) {
      double f = (double) i / rings;
      double angle = rim + (Math.PI - rim) * Math.pow(f, 1.4);
      ball[i] = new double[] {Math.sin(angle), Math.cos(angle), angle / Math.PI};
    }
    // The iris: a shallow cone with the pupil inmost; v is the distance from the axis over its own.
    int irisRings = 8;
    double[][] iris = new double[irisRings + 1][];
    double rimZ = Math.cos(rim);
    for (int i = 0; i <= irisRings; i++) {
      double f = (double) i / irisRings;
      iris[i] = new double[] {1.02 * IRIS * f, rimZ - DEPTH * (1 + 0.5 * (1 - f)), f};
    }
    // The cornea: a cap of the sphere through its rim and apex, melted into the ball.
    double sag = APEX - rimZ;
    double capRadius = (IRIS * IRIS + sag * sag) / (2 * sag);
    double capAngle = Math.asin(IRIS / capRadius);
    int capRings = 16;
    double[][] cap = new double[capRings + 1][];
    for (int i = 0; i <= capRings; i++) {
      double angle = capAngle * i / capRings;
      cap[i] =
          new double[] {
            capRadius * Math.sin(angle),
            APEX - capRadius * (1 - Math.cos(angle)),
            (double) i / capRings
          };
    }
    Material white = new Material.Glossy(Texture.of(look.sclera), Texture.constant(0.22f), 0.025f);
    Material coloured = new Material.Glossy(Texture.of(look.iris), Texture.constant(0.5f), 0.01f);
    Material clear = new Material.Clear(1.376f, Texture.constant(1, 1, 1));
    return new Eyeball(
        List.of(
            new Shape(side + " sclera", revolve(ball, radius, false), white),
            new Shape(side + " iris", revolve(iris, radius, true), coloured),
            new Shape(side + " cornea", revolve(cap, radius, false), clear)));
  }

  /**
   * A surface of revolution about +Z.
   *
   * @param profile distance from the axis, place along it and v of each ring, from the front back
   * @param disc whether texture coordinates are those of the disc seen from the front, (x, y) / 2 +
   *     ½, rather than azimuth and v
   */
  private static TriangleMesh revolve(double[][] profile, double radius, boolean disc) {
    int rings = profile.length;
    int row = SECTORS + 1;
    float[] p = new float[3 * rings * row];
    float[] uv = new float[2 * rings * row];
    for (int i = 0; i < rings; i++) {
      for (int j = 0; j <= SECTORS; j++) {
        double a = 2 * Math.PI * (j % SECTORS) / SECTORS;
        int k = i * row + j;
        p[3 * k] = (float) (radius * profile[i][0] * Math.cos(a));
        p[3 * k + 1] = (float) (radius * profile[i][0] * Math.sin(a));
        p[3 * k + 2] = (float) (radius * profile[i][1]);
        double f = profile[i][2];
        uv[2 * k] = (float) (disc ? 0.5 + 0.5 * f * Math.cos(a) : (double) j / SECTORS);
        uv[2 * k + 1] = (float) (disc ? 0.5 + 0.5 * f * Math.sin(a) : f);
      }
    }
    int[] t = new int[6 * (rings - 1) * SECTORS];
    int n = 0;
    for (int i = 0; i + 1 < rings; i++) {
      for (int j = 0; j < SECTORS; j++) {
        int a = i * row + j;
        int b = a + row;
        boolean frontPole = profile[i][0] < 1e-9;
        boolean backPole = profile[i + 1][0] < 1e-9;
        if (!backPole) {
          t[n++] = a;
          t[n++] = b;
          t[n++] = b + 1;
        }
        if (!frontPole) {
          t[n++] = a;
          t[n++] = b + 1;
          t[n++] = a + 1;
        }
      }
    }
    int[] triangles = java.util.Arrays.copyOf(t, n);
    return new TriangleMesh(p, smoothNormals(profile, p), uv, triangles);
  }

  /** Normals of the profile itself, so that the seam does not show. */
  private static float[] smoothNormals(double[][] profile, float[] p) {
    float[] n = new float[p.length];
    int row = SECTORS + 1;
    for (int i = 0; i < profile.length; i++) {
      double[] before = profile[Math.max(0, i - 1)];
      double[] after = profile[Math.min(profile.length - 1, i + 1)];
      double outwards = before[1] - after[1];
      double along = after[0] - before[0];
      boolean pole = profile[i][0] < 1e-9;
      for (int j = 0; j <= SECTORS; j++) {
        double a = 2 * Math.PI * (j % SECTORS) / SECTORS;
        Vector3 v =
            pole
                ? new Vector3(0, 0, i == 0 ? 1 : -1)
                : new Vector3(outwards * Math.cos(a), outwards * Math.sin(a), along).normalized();
        int k = 3 * (i * row + j);
        n[k] = (float) v.x();
        n[k + 1] = (float) v.y();
        n[k + 2] = (float) v.z();
      }
    }
    return n;
  }

  /**
   * Colours of a pair of eyes.
   *
   * @param iris linear Rec.709 over the disc, {@code (3, h, w)}
   * @param sclera linear Rec.709; columns are azimuth, rows the angle from the axis, {@code (3, h,
   *     w)}
   */
  public record Look(Image iris, Image sclera) {

    /**
     * The eyes of a person: brown, hazel, green, grey or blue as skin and hair make likely.
     *
     * @param traits of the person; redness and age tint the white
     */
    public static Look of(Traits traits) {
      Random random = new Random(traits.seed() * 31 + 0xE7E);
      double brown =
          Math.clamp(
              0.2
                  + 1.1 * traits.melanin()
                  + 0.5 * (traits.hairMelanin() - 0.5)
                  + 0.35 * random.nextGaussian(),
              0,
              1);
      return new Look(iris(random, brown), sclera(random, traits));
    }

    private static double[] mix(double[] a, double[] b, double f) {
      double[] out = new double[3];
      for (int k = 0; k < 3; k++) {
        out[k] = a[k] + f * (b[k] - a[k]);
      }
      return out;
    }

    private static Image iris(Random random, double brown) {
      int n = IRIS_TEXELS;
      float[] s = new float[3 * n * n];
      // Stroma over its dark backing: blue and grey scatter, green has a little, brown much
      // pigment.
      double[] light = {0.13, 0.19, 0.26};
      double[] green = {0.13, 0.145, 0.075};
      double[] hazel = {0.14, 0.085, 0.032};
      double[] dark = {0.035, 0.016, 0.008};
      double[] outer =
          brown < 0.3
              ? mix(light, green, brown / 0.3 * random.nextDouble())
              : brown < 0.6
                  ? mix(green, hazel, (brown - 0.3) / 0.3)
                  : mix(hazel, dark, Math.min(1, (brown - 0.6) / 0.35));
      double[] inner = brown < 0.6 ? mix(outer, hazel, 0.55) : mix(outer, dark, -0.35);
      double pupil = 0.27 + 0.08 * random.nextDouble();
      GradientNoise noise = new GradientNoise(random.nextLong());
      for (int y = 0; y < n; y++) {
        for (int x = 0; x < n; x++) {
          double dx = 2 * (x + 0.5) / n - 1;
          double dy = 1 - 2 * (y + 0.5) / n;
          double r = Math.hypot(dx, dy);
          double cos = r > 1e-6 ? dx / r : 1;
          double sin = r > 1e-6 ? dy / r : 0;
          // Fibres run from the pupil outwards, crossing a little.
          double fibres = noise.at(9 * cos, 9 * sin, 1.3 * r);
          fibres += 0.6 * noise.at(21 * cos, 21 * sin, 2.2 * r + 7);
          double crypts = noise.at(4 * cos * r, 4 * sin * r, 19);
          double collarette = pupil + 0.17 + 0.03 * noise.at(3 * cos, 3 * sin, 31);
          double toOuter = SkinAtlas.smoothStep(collarette - 0.08, collarette + 0.1, r);
          double limbus = SkinAtlas.smoothStep(0.74, 0.98, r);
          double open = SkinAtlas.smoothStep(pupil - 0.015, pupil + 0.025, r);
          double gain = (1 + 0.55 * fibres + 0.3 * crypts) * (1 - 0.72 * limbus) * open;
          for (int k = 0; k < 3; k++) {
            double base = inner[k] + toOuter * (outer[k] - inner[k]);
            s[(k * n + y) * n + x] = (float) Math.clamp(base * Math.max(0.15, gain), 0.002, 0.6);
            if (open == 0) {
              s[(k * n + y) * n + x] = 0.002f;
            }
          }
        }
      }
      return Image.rgb(n, n, s);
    }

    private static Image sclera(Random random, Traits traits) {
      int w = SCLERA_WIDTH;
      int h = SCLERA_HEIGHT;
      float[] s = new float[3 * w * h];
      GradientNoise noise = new GradientNoise(random.nextLong());
      double yellow =
          Math.clamp(0.15 + 0.004 * (traits.ageYears() - 20) + 0.25 * traits.melanin(), 0, 1);
      double[] base = mix(new double[] {0.50, 0.47, 0.45}, new double[] {0.46, 0.40, 0.32}, yellow);
      double[] blood = {0.42, 0.2, 0.17};
      double[] ring = {0.16, 0.14, 0.135};
      double rim = Math.asin(IRIS) / Math.PI;
      for (int y = 0; y < h; y++) {
        double v = 1 - (y + 0.5) / h;
        for (int x = 0; x < w; x++) {
          double a = 2 * Math.PI * (x + 0.5) / w;
          double sin = Math.sin(Math.PI * v);
          double px = sin * Math.cos(a);
          double py = sin * Math.sin(a);
          double pz = Math.cos(Math.PI * v);
          // Vessels wind from the corners towards the iris and thin out.
          double wx = px + 0.05 * noise.at(9 * px, 9 * py, 9 * pz);
          double wy = py + 0.05 * noise.at(9 * px + 5, 9 * py, 9 * pz);
          double line = Math.abs(noise.at(4 * wx, 16 * wy, 4 * pz + 3));
          double fine = Math.abs(noise.at(9 * wx, 30 * wy, 9 * pz + 13));
          double away = SkinAtlas.smoothStep(rim + 0.02, rim + 0.22, v);
          double vessel =
              away
                  * (0.5 * (1 - SkinAtlas.smoothStep(0, 0.05, line))
                      + 0.35 * (1 - SkinAtlas.smoothStep(0, 0.06, fine)));
          double pink = 0.12 * traits.redness() + 0.35 * away + 0.5 * vessel;
          double limbus = 1 - SkinAtlas.smoothStep(rim - 0.002, rim + 0.022, v);
          double[] c = mix(mix(base, blood, Math.min(0.8, pink * 0.7)), ring, limbus);
          for (int k = 0; k < 3; k++) {
            s[(k * h + y) * w + x] = (float) c[k];
          }
        }
      }
      return Image.rgb(w, h, s);
    }
  }
}
