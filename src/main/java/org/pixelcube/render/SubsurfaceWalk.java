package org.pixelcube.render;

/**
 * The walk of light under skin: a path through a medium of isotropic scattering with the boundary
 * of the mesh, as in Chiang, Kutz and Burley 2016 ("Practical and controllable subsurface
 * scattering for production path tracing"). The index of refraction does not change at the
 * boundary, light enters by a cosine law.
 *
 * <p>A channel's extinction is 1/(d s) with d the mean distance that light wanders and s = 1.9 − A
 * + 3.5 (A − 0.8)², the paper's fit. The single-scattering albedo α inverts van de Hulst's diffuse
 * albedo of a half space, A = (1 − s)(1 − 0.139 s)/(1 + 1.17 s) with s = √(1 − α), in the closed
 * form of Kulla and Conty 2017: unlike the paper's own fit it is exact at A = 0 and A = 1, and
 * within 0.5 % of full white between.
 *
 * <p>The three channels share each step's distance: it is drawn for one of them, picked by what the
 * channels still carry, and weighted by the balance heuristic.
 */
public final class SubsurfaceWalk {
  /** Steps before light is given up at random by what it still carries. */
  private static final int SURE_STEPS = 16;

  /**
   * Roulette ends the walks under real skin after some tens of steps. Where nothing is absorbed
   * they only end outside: a ball of radius R takes 4R/3 free paths in the mean, and the longest
   * die out as exp(−n / 0.3 (R/l)²). This bound is for matter so dense that no picture would be
   * ready.
   */
  private static final int MOST_STEPS = 1 << 18;

  private SubsurfaceWalk() {}

  /**
   * Walks from a point of {@link Material.Skin}, entered from outside, to where the light leaves.
   *
   * @param ox the unit direction to where the light goes, away from the skin
   * @param throughput multiplied by the walk's weight per channel (the diffuse lobe's share of the
   *     light included)
   * @param exit receives the point of exit, normals facing outwards; light falls on it as on a
   *     white Lambert surface. May not be {@code entry}
   * @return false if the light is absorbed, or leaves through a hole of the mesh
   */
  public static boolean walk(
      SceneTracer tracer,
      SurfacePoint entry,
      float ox,
      float oy,
      float oz,
      RandomStream random,
      SurfacePoint exit,
      float[] throughput) {
    Material.Skin skin = (Material.Skin) entry.shape.material();
    float sigmaR = extinction(entry.albedo[0], skin.scatterRed());
    float sigmaG = extinction(entry.albedo[1], skin.scatterGreen());
    float sigmaB = extinction(entry.albedo[2], skin.scatterBlue());
    float alphaR = scatteringAlbedo(entry.albedo[0]);
    float alphaG = scatteringAlbedo(entry.albedo[1]);
    float alphaB = scatteringAlbedo(entry.albedo[2]);

    float weightR = 1;
    float weightG = 1;
    float weightB = 1;
    Ray ray = new Ray();
    Hit hit = new Hit();
    enter(entry, random, ray);
    float[] box = tracer.placed(entry.instance).surroundings;
    for (int step = 0; step < MOST_STEPS; step++) {
      // A distance for one channel, picked by what the channels would carry on from here.
      float shareR = weightR * alphaR;
      float shareG = weightG * alphaG;
      float shareB = weightB * alphaB;
      float sum = shareR + shareG + shareB;
      if (!(sum > 0)) {
        return false;
      }
      shareR /= sum;
      shareG /= sum;
      shareB /= sum;
      float pick = random.nextFloat();
      float sigma = pick < shareR ? sigmaR : pick < shareR + shareG ? sigmaG : sigmaB;
      float t = (float) -Math.log(1 - random.nextFloat()) / sigma;
      ray.tMax = t;
      boolean leaves = tracer.intersectInstance(entry.instance, ray, hit);
      if (leaves) {
        t = hit.t;
      }
      float passR = HairFibre.exp(-sigmaR * t);
      float passG = HairFibre.exp(-sigmaG * t);
      float passB = HairFibre.exp(-sigmaB * t);
      if (leaves) {
        float scale = 1 / (shareR * passR + shareG * passG + shareB * passB);
        leave(tracer, ray, hit, exit);
        float through = transmission(skin, entry, ox, oy, oz) * scale;
        throughput[0] *= through * weightR * passR;
        throughput[1] *= through * weightG * passG;
        throughput[2] *= through * weightB * passB;
        return Float.isFinite(throughput[0] + throughput[1] + throughput[2]);
      }
      passR *= sigmaR;
      passG *= sigmaG;
      passB *= sigmaB;
      float scale = 1 / (shareR * passR + shareG * passG + shareB * passB);
      if (!Float.isFinite(scale)) {
        return false;
      }
      weightR *= alphaR * passR * scale;
      weightG *= alphaG * passG * scale;
      weightB *= alphaB * passB * scale;
      if (step >= SURE_STEPS) {
        float survive = Math.max(weightR, Math.max(weightG, weightB));
        // White skin must lose nothing: weights that only rounding keeps below 1 are no reason.
        if (survive < 0.9f) {
          if (random.nextFloat() >= survive) {
            return false;
          }
          weightR /= survive;
          weightG /= survive;
          weightB /= survive;
        }
      }
      scatter(ray, t, random);
      if (!(ray.ox >= box[0]
          && ray.oy >= box[1]
          && ray.oz >= box[2]
          && ray.ox <= box[3]
          && ray.oy <= box[4]
          && ray.oz <= box[5])) {
        // Far out through a hole of the mesh.
        return false;
      }
    }
    return false;
  }

  /** Extinction per metre for the albedo asked for and the distance that light wanders. */
  static float extinction(float albedo, float distance) {
    float a = Math.clamp(albedo, 0, 1);
    return 1 / (Math.max(distance, 1e-6f) * (1.9f - a + 3.5f * (a - 0.8f) * (a - 0.8f)));
  }

  /** Single-scattering albedo that gives a half space the albedo asked for. */
  static float scatteringAlbedo(float albedo) {
    double a = Math.clamp(albedo, 0, 1);
    double s = 4.09712 + 4.20863 * a - Math.sqrt(9.59217 + 41.6808 * a + 17.7126 * a * a);
    return (float) Math.clamp(1 - s * s, 0, 1);
  }

  private static float transmission(
      Material.Skin skin, SurfacePoint entry, float ox, float oy, float oz) {
    float cos = Math.clamp(entry.nx * ox + entry.ny * oy + entry.nz * oz, 0, 1);
    float broad = entry.roughness;
    return 1
        - CoatAlbedo.coat(skin.specular(), broad, broad * skin.sharpness(), skin.sharpShare(), cos);
  }

  /** Starts the ray below the surface, by a cosine law about the inward normal. */
  private static void enter(SurfacePoint p, RandomStream random, Ray ray) {
    float r2 = random.nextFloat();
    float r = (float) Math.sqrt(r2);
    double phi = 2 * Math.PI * random.nextFloat();
    float x = r * (float) Math.cos(phi);
    float y = r * (float) Math.sin(phi);
    float z = Math.max((float) Math.sqrt(1 - r2), 1e-4f);
    // Frame about the geometric normal (Duff et al. 2017).
    float sign = Math.copySign(1, p.gz);
    float a = -1 / (sign + p.gz);
    float b = p.gx * p.gy * a;
    p.spawn(
        x * (1 + sign * p.gx * p.gx * a) + y * b - z * p.gx,
        x * sign * b + y * (sign + p.gy * p.gy * a) - z * p.gy,
        -x * sign * p.gx - y * p.gy - z * p.gz,
        ray);
  }

  /** Moves on by t and turns anywhere. */
  private static void scatter(Ray ray, float t, RandomStream random) {
    ray.ox += t * ray.dx;
    ray.oy += t * ray.dy;
    ray.oz += t * ray.dz;
    float z = 1 - 2 * random.nextFloat();
    float r = (float) Math.sqrt(Math.max(0, 1 - z * z));
    double phi = 2 * Math.PI * random.nextFloat();
    ray.dx = r * (float) Math.cos(phi);
    ray.dy = r * (float) Math.sin(phi);
    ray.dz = z;
  }

  /** The point of exit, seen from outside. */
  private static void leave(SceneTracer tracer, Ray ray, Hit hit, SurfacePoint exit) {
    exit.set(tracer, ray, hit);
    if (exit.inside) {
      exit.inside = false;
      exit.gx = -exit.gx;
      exit.gy = -exit.gy;
      exit.gz = -exit.gz;
      exit.nx = -exit.nx;
      exit.ny = -exit.ny;
      exit.nz = -exit.nz;
    }
  }
}
