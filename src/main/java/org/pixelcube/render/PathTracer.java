package org.pixelcube.render;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapSampler;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * Path traces a frame under one environment map: the truth that reflectance fields are checked
 * against. Light is drawn from the map and from the surfaces, weighed by the power heuristic (Veach
 * 1997). Nothing is clamped.
 */
public final class PathTracer {

  /**
   * How much work to do.
   *
   * @param samplesPerPixel camera rays through each pixel
   * @param bounces vertices after the first
   * @param seed of all random numbers
   */
  public record Settings(int samplesPerPixel, int bounces, long seed) {}

  private final SceneTracer tracer;
  private final Camera camera;
  private final MapSampler lights;
  private final Settings settings;

  private PathTracer(Scene scene, EnvironmentMap map, Settings settings) {
    this.tracer = new SceneTracer(scene);
    this.camera = scene.camera();
    this.lights = map.isBlack() ? null : MapSampler.of(map);
    this.settings = settings;
  }

  /**
   * Renders on all processors.
   *
   * @param map in camera space
   * @return linear Rec.709 with straight alpha, {@code (4, h, w)}
   */
  public static Image render(Scene scene, EnvironmentMap map, Settings settings) {
    return new PathTracer(scene, map, settings).run();
  }

  /** 24 bounces at most, seed 1. */
  public static Image render(Scene scene, EnvironmentMap map, int samplesPerPixel) {
    return render(scene, map, new Settings(samplesPerPixel, 24, 1));
  }

  private Image run() {
    int w = camera.width();
    int h = camera.height();
    int plane = w * h;
    float[] out = new float[4 * plane];
    AtomicInteger next = new AtomicInteger();
    IntStream.range(0, Runtime.getRuntime().availableProcessors())
        .parallel()
        .forEach(ignored -> {
          Worker worker = new Worker();
          for (int y = next.getAndIncrement(); y < h; y = next.getAndIncrement()) {
            for (int x = 0; x < w; x++) {
              worker.pixel(x, y);
              int i = y * w + x;
              if (worker.covered > 0) {
                for (int c = 0; c < 3; c++) {
                  out[c * plane + i] = (float) (worker.sum[c] / worker.covered);
                }
                out[3 * plane + i] = (float) worker.covered / settings.samplesPerPixel();
              }
            }
          }
        });
    return Image.of(w, h, 4, ColorSpace.LINEAR_REC709, out);
  }

  /** What one thread needs. */
  private final class Worker {
    private final RandomStream random = new RandomStream(0);
    private final Ray ray = new Ray();
    private final Ray probe = new Ray();
    private final Hit hit = new Hit();
    private final SurfacePoint first = new SurfacePoint();
    private final SurfacePoint second = new SurfacePoint();
    private final Bsdf.Sample sample = new Bsdf.Sample();
    private final Lobes prepared = new Lobes();
    private final float[] path = new float[3];
    private final float[] value = new float[3];
    private final double[] sum = new double[3];
    private final Rotation toWorld = camera.pose().rotation();
    private final Rotation toCamera = toWorld.inverse();
    private int covered;

    void pixel(int x, int y) {
      int index = y * camera.width() + x;
      sum[0] = 0;
      sum[1] = 0;
      sum[2] = 0;
      covered = 0;
      random.seed(settings.seed(), index, 0);
      float shiftX = random.nextFloat();
      float shiftY = random.nextFloat();
      for (int s = 0; s < settings.samplesPerPixel(); s++) {
        random.seed(settings.seed(), index, s + 1);
        float jx = shiftX + 0.7548777f * s;
        float jy = shiftY + 0.5698403f * s;
        camera.ray(x + jx - (int) jx, y + jy - (int) jy, ray);
        if (follow()) {
          covered++;
        }
      }
    }

    /** Follows one path; false if the camera's ray meets nothing. */
    private boolean follow() {
      path[0] = 1;
      path[1] = 1;
      path[2] = 1;
      // The density with which the ray was drawn; 0 where the map could not have been asked.
      float density = 0;
      boolean met = false;
      boolean mirrored = false;
      int shells = 0;
      for (int depth = 0; depth <= settings.bounces(); ) {
        if (!tracer.intersect(ray, hit, random)) {
          if (met || mirrored) {
            escape(density);
          }
          return met || mirrored;
        }
        SurfacePoint at = first;
        at.set(tracer, ray, hit);
        float ox = -ray.dx;
        float oy = -ray.dy;
        float oz = -ray.dz;
        if (at.shape.material() instanceof Material.Clear clear) {
          if (++shells > 16) {
            return met;
          }
          float cosine = ox * at.nx + oy * at.ny + oz * at.nz;
          float reflectance = Fresnel.dielectric(Math.abs(cosine), clear.indexOfRefraction());
          if (!at.inside && !met && random.nextFloat() < reflectance) {
            at.spawn(
                -ox + 2 * cosine * at.nx, -oy + 2 * cosine * at.ny, -oz + 2 * cosine * at.nz, ray);
            mirrored = true;
          } else {
            clear.tint().at(at.u, at.v, value);
            float passed = at.inside || met ? 1 - reflectance : 1;
            for (int c = 0; c < 3; c++) {
              path[c] *= passed * value[c];
            }
            at.spawn(-ox, -oy, -oz, ray);
          }
          continue;
        }
        met = true;
        int lobes = Bsdf.lobes(at) & (Bsdf.DIFFUSE | Bsdf.SPECULAR);
        boolean white = false;
        if (depth == 0 && at.shape.material() instanceof Material.Skin) {
          for (int c = 0; c < 3; c++) {
            path[c] *= 2;
          }
          if (random.nextFloat() < 0.5f) {
            lobes = Bsdf.SPECULAR;
          } else {
            if (!SubsurfaceWalk.walk(tracer, at, ox, oy, oz, random, second, path)) {
              return true;
            }
            at = second;
            white = true;
            lobes = Bsdf.DIFFUSE;
          }
        }
        if (white) {
          prepared.prepareExit(at);
        } else {
          prepared.prepare(at, ox, oy, oz);
        }
        askMap(at, lobes);
        if (!prepared.sample(lobes, random, sample)) {
          return true;
        }
        for (int c = 0; c < 3; c++) {
          path[c] *= sample.weight[c];
        }
        density = sample.pdf;
        if (depth >= 2) {
          float survive = Math.min(0.95f, Math.max(path[0], Math.max(path[1], path[2])));
          if (random.nextFloat() >= survive) {
            return true;
          }
          for (int c = 0; c < 3; c++) {
            path[c] /= survive;
          }
        }
        at.spawn(sample.wx, sample.wy, sample.wz, ray);
        depth++;
      }
      // The last ray may still reach the map.
      if (!tracer.occluded(ray, random)) {
        escape(density);
      }
      return true;
    }

    private void escape(float density) {
      Vector3 d = toCamera.apply(new Vector3(ray.dx, ray.dy, ray.dz));
      Rgb radiance = lights == null ? new Rgb(0, 0, 0) : lights.radiance(d);
      double weight = 1;
      if (density > 0 && lights != null) {
        double other = lights.pdf(d);
        weight = density * density / (density * density + other * other);
      }
      sum[0] += weight * path[0] * radiance.red();
      sum[1] += weight * path[1] * radiance.green();
      sum[2] += weight * path[2] * radiance.blue();
    }

    private void askMap(SurfacePoint at, int lobes) {
      if (lights == null) {
        return;
      }
      MapSampler.Sample light = lights.sample(random.nextFloat(), random.nextFloat());
      if (light.pdf() <= 0) {
        return;
      }
      Vector3 d = toWorld.apply(light.direction());
      float wx = (float) d.x();
      float wy = (float) d.y();
      float wz = (float) d.z();
      prepared.eval(wx, wy, wz, lobes, value);
      if (value[0] + value[1] + value[2] <= 0) {
        return;
      }
      double other = prepared.pdf(wx, wy, wz, lobes);
      at.spawn(wx, wy, wz, probe);
      if (tracer.occluded(probe, random)) {
        return;
      }
      double weight = light.pdf() / (light.pdf() * light.pdf() + other * other);
      Rgb radiance = light.radiance();
      sum[0] += weight * path[0] * value[0] * radiance.red();
      sum[1] += weight * path[1] * value[1] * radiance.green();
      sum[2] += weight * path[2] * value[2] * radiance.blue();
    }
  }
}
