package org.pixelcube.head;

import java.util.SplittableRandom;
import org.pixelcube.render.TriangleMesh;

/**
 * Beards from shadow to full: moustache, chin, cheeks and jaw under a cheek line that runs from the
 * ear to the nose, over a neck line below the jaw, with the lips left free. Which parts are worn is
 * drawn per person.
 */
public final class Beard {
  private final HeadShape head;
  private final double[] cheekAround;
  private final double[] cheekHeight;
  private final double[] lipX = new double[12];
  private final double[] lipY = new double[12];
  private final double goatee;
  private final double cheekDensity;
  private final double full;
  private final GradientNoise noise;

  private Beard(TriangleMesh skin, float[] landmarks, Traits traits, SplittableRandom random) {
    head = new HeadShape(skin, landmarks);
    full = Math.clamp(traits.beard(), 0, 1);
    noise = new GradientNoise(random.nextLong());
    goatee = traits.beard() > 0.35 && random.nextDouble() < 0.3 ? 1 : 0;
    cheekDensity = 0.45 + 0.55 * random.nextDouble();
    double s = head.scale;
    double low = 0.004 * random.nextGaussian() * s;
    // Cheek line, both halves in one, from the nose outwards.
    double cornerX = (head.landmarkX(54) - head.landmarkX(48)) / 2;
    double cornerZ = (head.landmarkZ(54) + head.landmarkZ(48)) / 2;
    double noseY = head.landmarkY(33);
    double cornerY = (head.landmarkY(54) + head.landmarkY(48)) / 2;
    double earY = (head.landmarkY(0) + head.landmarkY(16)) / 2;
    double earAround = Math.abs(head.azimuth(head.landmarkX(16), head.landmarkZ(16)));
    double corner = Math.atan2(cornerX, cornerZ - head.cz);
    cheekAround =
        new double[] {
          0,
          0.45 * corner,
          1.15 * corner,
          0.55 * (corner + earAround) - 0.05,
          0.93 * earAround,
          earAround + 0.06
        };
    cheekHeight =
        new double[] {
          noseY - 0.0015 * s,
          noseY - 0.004 * s,
          0.6 * noseY + 0.4 * cornerY + low,
          cornerY + 0.014 * s + low,
          earY - 0.02 * s,
          earY + 0.004 * s
        };
    for (int i = 0; i < 12; i++) {
      lipX[i] = head.landmarkX(48 + i);
      lipY[i] = head.landmarkY(48 + i);
    }
  }

  /** Distance to the outline of the lips seen from the front, metres; negative on them. */
  private double lipDistance(double x, double y) {
    double best = Double.MAX_VALUE;
    boolean inside = false;
    for (int i = 0, j = 11; i < 12; j = i++) {
      double ex = lipX[i] - lipX[j];
      double ey = lipY[i] - lipY[j];
      double t =
          Math.clamp(
              ((x - lipX[j]) * ex + (y - lipY[j]) * ey) / Math.max(1e-18, ex * ex + ey * ey), 0, 1);
      best = Math.min(best, Math.hypot(x - lipX[j] - t * ex, y - lipY[j] - t * ey));
      if (lipY[i] > y != lipY[j] > y && x < lipX[j] + (y - lipY[j]) * ex / ey) {
        inside = !inside;
      }
    }
    return inside ? -best : best;
  }

  private double densityAt(double x, double y, double z, double nx, double ny, double nz) {
    double s = head.scale;
    double hx = x - head.cx;
    double hz = z - head.cz;
    double around = Math.abs(Math.atan2(hx, hz));
    double chinY = head.landmarkY(8);
    double chinZ = head.landmarkZ(8);
    if (around > cheekAround[cheekAround.length - 1] + 0.1
        || y > cheekHeight[cheekHeight.length - 1]
        || y < chinY - 0.035 * s
        || nx * hx + nz * hz - 0.08 * ny <= -0.03) {
      return 0;
    }
    double line = cheekHeight[cheekHeight.length - 1];
    for (int i = 0; i + 1 < cheekAround.length; i++) {
      if (around < cheekAround[i + 1]) {
        double t = (around - cheekAround[i]) / (cheekAround[i + 1] - cheekAround[i]);
        line = cheekHeight[i] + t * (cheekHeight[i + 1] - cheekHeight[i]);
        break;
      }
    }
    double edge = around < 0.25 ? 0.0035 : 0.011;
    double below = smoothstep(-0.001, edge * s, line - y);
    // Under the jaw the beard ends on a line that rises towards the ear, well before the throat.
    double under =
        smoothstep(chinY - 0.03 * s, chinY - 0.008 * s, y)
            * smoothstep(chinZ - 0.085 * s, chinZ - 0.05 * s, z + 0.3 * (y - chinY));
    if (y > chinY + 0.02 * s) {
      under = 1;
    }
    double back =
        smoothstep(
            cheekAround[cheekAround.length - 1] + 0.1,
            cheekAround[cheekAround.length - 1] - 0.04,
            around);
    boolean front = z > head.landmarkZ(48) - 0.02 * s;
    double lips = front ? smoothstep(0.0003, 0.0026, lipDistance(x, y)) : 1;
    // Sparse beside the chin's tuft under the lip.
    double cheek =
        smoothstep(0.28, 0.5, around) * (1 - cheekDensity) * (y > chinY + 0.012 * s ? 1 : 0.3);
    double worn = goatee * smoothstep(0.24, 0.36, around);
    double patchy = 1 + 0.4 * noise.at(x * 120, y * 120, z * 120);
    return Math.clamp(below * under * back * lips * (1 - cheek) * (1 - worn) * patchy, 0, 1);
  }

  private static double smoothstep(double a, double b, double x) {
    double t = Math.clamp((x - a) / (b - a), 0, 1);
    return t * t * (3 - 2 * t);
  }

  /**
   * Grows the beard; no hairs where {@link Traits#beard} is 0.
   *
   * @param skin at rest, world metres
   * @param landmarks 68 Multi-PIE points on it: 204 floats
   */
  public static Strands grow(TriangleMesh skin, float[] landmarks, Traits traits) {
    SplittableRandom random =
        new SplittableRandom(traits.seed() * 0x9E3779B97F4A7C15L + 0x42454152);
    return new Beard(skin, landmarks, traits, random).strands(skin, traits, random);
  }

  private Strands strands(TriangleMesh skin, Traits traits, SplittableRandom random) {
    // Shaven to stubble: hairs appear and grow; from there on they grow.
    double stubble = Math.clamp(full / 0.3, 0, 1);
    double grown = Math.clamp((full - 0.3) / 0.7, 0, 1);
    int n = grown > 0 ? 4 : 3;
    int wanted = full <= 0 ? 0 : (int) (4500 + 5500 * stubble + 3000 * grown);
    Roots roots = Roots.scatter(skin, this::densityAt, wanted, random);
    int count = roots.count();
    float[] points = new float[3 * n * count];
    float[] radii = new float[n * count];
    byte[] tones = new byte[count];
    double[] root = new double[3];
    double[] normal = new double[3];
    double[] down = new double[3];
    double[] bend = new double[3];
    double s = head.scale;
    double mouthY = head.landmarkY(62);
    double chinY = head.landmarkY(8);
    double curl = 0.25 + 0.3 * random.nextDouble();
    for (int i = 0; i < count; i++) {
      roots.place(i, skin.triangles(), skin.positions(), root);
      FaceStrand.normal(skin.positions(), skin.triangles(), roots.triangles()[i], normal);
      double around = head.azimuth(root[0], root[2]);
      double moustache =
          smoothstep(-0.004 * s, 0.004 * s, root[1] - mouthY)
              * smoothstep(0.36, 0.26, Math.abs(around));
      double chin =
          smoothstep(0.45, 0.1, Math.abs(around)) * smoothstep(mouthY - 0.012 * s, chinY, root[1]);
      double length =
          s
              * (0.0006
                  + 0.0014 * stubble
                  + grown * (0.010 + 0.016 * grown * chin - 0.002 * moustache));
      length *= 0.7 + 0.5 * random.nextDouble();
      // Whiskers grow down and back along the jaw, those of the lip outwards.
      double side = Math.signum(around);
      double wobble = 0.35 * noise.at(root[0] * 70 + 31, root[1] * 70, root[2] * 70);
      down[0] =
          side * moustache * (0.35 + 14 * Math.abs(root[0] - head.cx))
              + wobble
              + 0.15 * random.nextGaussian();
      down[1] = -1;
      down[2] = -0.25 * (1 - chin) * (1 - moustache) + 0.15 * random.nextGaussian();
      FaceStrand.along(down, normal);
      double lift =
          Math.toRadians((grown > 0 ? 34 : 48) - 8 * moustache + 10 * random.nextGaussian());
      lift = Math.clamp(lift, 0.15, 1.4);
      double flat = length * Math.cos(lift);
      double rise = length * Math.sin(lift);
      double sag = 0.35 * grown * length;
      for (int k = 0; k < 3; k++) {
        double stray = curl * grown * 0.35 * length * random.nextGaussian();
        bend[k] = (k == 1 ? -sag : 0) - 0.35 * rise * normal[k] + stray;
        down[k] = flat * down[k] + rise * normal[k];
      }
      FaceStrand.arc(points, 3 * n * i, n, root, down, bend);
      FaceStrand.aboveSkin(points, 3 * n * i, n, root, normal);
      double width = (62e-6 + 42e-6 * grown) * (0.8 + 0.4 * random.nextDouble());
      FaceStrand.taper(radii, n * i, n, width, grown > 0 ? 0.35 : 0.7);
      tones[i] = HairTones.tone(Math.min(1, traits.grey() * (1 + 0.5 * chin)), random);
    }
    return new Strands(
        "beard",
        skin,
        roots,
        n,
        points,
        radii,
        tones,
        HairTones.material(traits, 0.03, 0, 0.33, random),
        random);
  }
}
