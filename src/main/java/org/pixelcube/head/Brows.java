package org.pixelcube.head;

import java.util.SplittableRandom;
import org.pixelcube.render.TriangleMesh;

/**
 * Eyebrows: a band along the brow landmarks, thick in its inner half and thin at its tail. Inner
 * hairs stand up, the others lie outwards, those of the upper and the lower edge towards each
 * other.
 */
public final class Brows {
  private static final int POINTS = 5;

  private final SmoothCurve right;
  private final SmoothCurve left;
  private final double middleX;
  private final double scale;
  private final double thickness;
  private final double arch;
  private final double density;
  private final GradientNoise noise;
  private final SmoothCurve.Place place = new SmoothCurve.Place();

  private Brows(float[] landmarks, Traits traits, SplittableRandom random) {
    // Both from the inner end outwards.
    right = curve(landmarks, 21, -1);
    left = curve(landmarks, 22, 1);
    middleX = (landmarks[3 * 21] + landmarks[3 * 22]) / 2;
    scale =
        Math.hypot(
                landmarks[3 * 45] - landmarks[3 * 36],
                landmarks[3 * 45 + 2] - landmarks[3 * 36 + 2])
            / 0.09;
    double age = Math.clamp((traits.ageYears() - 30) / 50, 0, 1);
    thickness =
        (traits.female() ? 0.0034 : 0.0047)
            * scale
            * Math.clamp(1 + 0.2 * random.nextGaussian(), 0.65, 1.5);
    arch = (traits.female() ? 0.0016 : 0.0003) * scale + 0.0006 * random.nextGaussian();
    density =
        Math.clamp(1 + 0.2 * random.nextGaussian() - 0.25 * age + 0.25 * traits.makeup(), 0.5, 1.5);
    noise = new GradientNoise(random.nextLong());
  }

  private static SmoothCurve curve(float[] landmarks, int first, int step) {
    double[] points = new double[15];
    for (int i = 0; i < 5; i++) {
      for (int k = 0; k < 3; k++) {
        points[3 * i + k] = landmarks[3 * (first + step * i) + k];
      }
    }
    return new SmoothCurve(points);
  }

  /** Half the band's height at a share of its length from the inner end, metres. */
  private double halfHeight(double along) {
    double inner = 0.78 + 0.22 * Math.min(1, along / 0.25);
    double tail = 1 - 0.78 * smoothstep(0.45, 1, along);
    return thickness * inner * tail;
  }

  private static double smoothstep(double a, double b, double x) {
    double t = Math.clamp((x - a) / (b - a), 0, 1);
    return t * t * (3 - 2 * t);
  }

  /** Finds the place along the brow; returns the height over its middle line, metres, upwards. */
  private double locate(double x, double y) {
    boolean isLeft = x > middleX;
    (isLeft ? left : right).nearest(x, y, place);
    double up = isLeft ? place.offset : -place.offset;
    double bulge = Math.exp(-Math.pow((place.along - 0.62) / 0.22, 2));
    return up - arch * bulge + 0.0008 * scale;
  }

  private double densityAt(double x, double y, double z, double nz) {
    if (nz < 0.05) {
      return 0;
    }
    double up = locate(x, y);
    if (Math.abs(z - place.z) > 0.014 * scale) {
      return 0;
    }
    // The nearest point of an end is the end itself: what lies beyond is cut by its distance.
    double half = halfHeight(place.along);
    double across = Math.abs(up) / half;
    if (across > 1.5) {
      return 0;
    }
    double patchy = 1 + 0.35 * noise.at(x * 400, y * 400, z * 400);
    double ends =
        (0.35 + 0.65 * smoothstep(0, 0.22, place.along))
            * (1 - 0.75 * smoothstep(0.75, 1, place.along));
    return Math.clamp((1 - smoothstep(0.45, 1.5, across)) * ends * patchy, 0, 1);
  }

  /**
   * Grows both brows.
   *
   * @param skin at rest, world metres
   * @param landmarks 68 Multi-PIE points on it: 204 floats
   */
  public static Strands grow(TriangleMesh skin, float[] landmarks, Traits traits) {
    SplittableRandom random =
        new SplittableRandom(traits.seed() * 0x9E3779B97F4A7C15L + 0x42524F57);
    return new Brows(landmarks, traits, random).strands(skin, traits, random);
  }

  private Strands strands(TriangleMesh skin, Traits traits, SplittableRandom random) {
    int wanted = (int) ((traits.female() ? 640 : 820) * density);
    Roots roots =
        Roots.scatter(skin, (x, y, z, nx, ny, nz) -> densityAt(x, y, z, nz), wanted, random);
    int count = roots.count();
    float[] points = new float[3 * POINTS * count];
    float[] radii = new float[POINTS * count];
    byte[] tones = new byte[count];
    double[] root = new double[3];
    double[] normal = new double[3];
    double[] direction = new double[3];
    double[] bend = new double[3];
    double age = Math.clamp((traits.ageYears() - 40) / 40, 0, 1);
    for (int s = 0; s < count; s++) {
      roots.place(s, skin.triangles(), skin.positions(), root);
      FaceStrand.normal(skin.positions(), skin.triangles(), roots.triangles()[s], normal);
      double up = locate(root[0], root[1]);
      double along = place.along;
      double across = Math.clamp(up / halfHeight(along), -1.2, 1.2);
      double degrees =
          62 * (1 - smoothstep(0, 0.34, along))
              + 20 * (1 - smoothstep(0.3, 0.7, along))
              - 6 * smoothstep(0.7, 1, along)
              - 20 * across * smoothstep(0.05, 0.4, along)
              + 9 * random.nextGaussian();
      double sign = root[0] > middleX ? 1 : -1;
      // In the plane of the skin: outwards along the brow, and up across it.
      direction[0] = place.tx;
      direction[1] = place.ty;
      direction[2] = place.tz;
      FaceStrand.along(direction, normal);
      double ux = sign * (normal[1] * direction[2] - normal[2] * direction[1]);
      double uy = sign * (normal[2] * direction[0] - normal[0] * direction[2]);
      double uz = sign * (normal[0] * direction[1] - normal[1] * direction[0]);
      double angle = Math.toRadians(degrees);
      double cos = Math.cos(angle);
      double sin = Math.sin(angle);
      double length =
          scale
              * (0.0058 + 0.0032 * smoothstep(0, 0.3, along) - 0.0028 * smoothstep(0.7, 1, along))
              * (1 + 0.25 * age)
              * (0.75 + 0.5 * random.nextDouble());
      double lift = Math.toRadians(13 + 12 * random.nextDouble());
      double flat = length * Math.cos(lift);
      double rise = length * Math.sin(lift);
      double turn = 0.22 * length * (1 - across * 0.4);
      direction[0] = flat * (cos * direction[0] + sin * ux) + rise * normal[0];
      direction[1] = flat * (cos * direction[1] + sin * uy) + rise * normal[1];
      direction[2] = flat * (cos * direction[2] + sin * uz) + rise * normal[2];
      // Back to the skin, and round towards the tail.
      double down = 0.72 * rise;
      bend[0] = -turn * sin * ux - down * normal[0];
      bend[1] = -turn * sin * uy - down * normal[1];
      bend[2] = -turn * sin * uz - down * normal[2];
      FaceStrand.arc(points, 3 * POINTS * s, POINTS, root, direction, bend);
      FaceStrand.aboveSkin(points, 3 * POINTS * s, POINTS, root, normal);
      double width = (traits.female() ? 58e-6 : 68e-6) * (0.8 + 0.4 * random.nextDouble());
      FaceStrand.taper(radii, POINTS * s, POINTS, width, 0.3);
      tones[s] = HairTones.tone(0.75 * traits.grey(), random);
    }
    return new Strands(
        "brows",
        skin,
        roots,
        POINTS,
        points,
        radii,
        tones,
        HairTones.material(traits, 0.08 + 0.15 * traits.makeup(), 0, 0.3, random),
        random);
  }
}
