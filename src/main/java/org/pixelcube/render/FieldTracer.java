package org.pixelcube.render;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * Path traces a frame once for all lights of a {@link LightBasis}.
 *
 * <p>A path from the camera costs the same whatever lights it in the end, so each of its vertices
 * asks every light at once: the first vertex every cell of the sphere (stratified: one direction in
 * each), the suns and the panels. Gloss at the first vertex and all light at later ones is drawn
 * from the surface's lobes and falls into the cell it escapes to. Nothing is clamped.
 */
public final class FieldTracer {
  /**
   * Each camera ray asks one light in so many at most, the next ray the next. What rays differ by
   * most is what they meet, so many rays that ask few lights each tell more than few that ask all.
   */
  private static final int MOST_TURNS = 8;

  /** Directions inside the cells and sun discs come from this many ready-made sets. */
  private static final int SETS = 64;

  /**
   * Cells that would give a hair less than this, of unit radiance, are asked with a chance in
   * proportion, and give this.
   */
  private static final float LEAST_FROM_CELL = 1f / 32;

  /**
   * Suns and panels that would give a later vertex less than this, of unit irradiance, are asked
   * with a chance in proportion, and give this. White matter facing one gives 1 ÷ π.
   */
  private static final float LEAST_FROM_LIGHT = 0.2f;

  /** One sun or panel in so many may be asked at a later vertex of full weight. */
  private static final float LATER_LIGHTS = 2;

  /** Paths that carry less end by chance. */
  private static final float LEAST_TO_GO_ON = 1f / 8;

  /** Walks that carry less carry nothing; far above the smallest float. */
  private static final float LEAST_WEIGHT = 1e-20f;

  /** Over how many camera rays the gain of a pixel's walks is averaged. */
  private static final int GAIN_RAYS = 6400;

  /** No further around the pixel than this, pixels. */
  private static final int GAIN_REACH = 7;

  /**
   * How much work to do.
   *
   * @param samplesPerPixel camera rays through each pixel, stratified
   * @param walks under the skin for each camera ray; each asks its share of the lights
   * @param glossSamples directions drawn from the glossy lobes at the first vertex
   * @param laterLights directions drawn at a later vertex that carries all light
   * @param bounces vertices after the first, at most; fair hair needs some 20
   * @param seed of all random numbers
   */
  public record Settings(
      int samplesPerPixel, int walks, int glossSamples, int laterLights, int bounces, long seed) {
    public Settings {
      if (samplesPerPixel < 1 || walks < 1 || glossSamples < 1 || laterLights < 1 || bounces < 1) {
        throw new IllegalArgumentException(
            "samples %d, walks %d, gloss %d, later lights %d, bounces %d: each must be at least 1"
                .formatted(samplesPerPixel, walks, glossSamples, laterLights, bounces));
      }
    }

    public static final Settings DEFAULT = new Settings(4, 4, 8, 16, 24, 1);

    /** With other camera rays; the more there are, the fewer walks and directions each needs. */
    public Settings withSamples(int samples) {
      return new Settings(
          samples,
          Math.clamp(64 / samples, 2, DEFAULT.walks),
          Math.clamp(128 / samples, 2, DEFAULT.glossSamples),
          Math.clamp(64 / samples, 8, DEFAULT.laterLights),
          bounces,
          seed);
    }

    public Settings withSeed(long newSeed) {
      return new Settings(samplesPerPixel, walks, glossSamples, laterLights, bounces, newSeed);
    }
  }

  private final SceneTracer tracer;
  private final Camera camera;
  private final Camera previousCamera;
  private final LightBasis basis;
  private final Settings settings;
  private final int cells;
  private final int suns;
  private final int columns;

  /** How many camera rays of a pixel ask all lights once. */
  private final int turns;

  /** How far around a pixel the gain of its walks is averaged, pixels. */
  private final int gainReach;

  /** Directions in world space: set, light, xyz. */
  private final float[] cellDirections;

  private final float[] sunDirections;
  private final List<LightBasis.Panel> panels;
  private final float[] worldToCamera;

  private FieldTracer(Scene scene, LightBasis basis, Settings settings) {
    this.tracer = new SceneTracer(scene);
    this.camera = scene.camera();
    this.previousCamera = scene.previousCamera();
    this.basis = basis;
    this.settings = settings;
    this.cells = basis.bins().count();
    this.suns = basis.suns().size();
    this.columns = basis.columns();
    this.turns = turns(settings.samplesPerPixel());
    double side = Math.sqrt((double) GAIN_RAYS / settings.samplesPerPixel());
    this.gainReach = Math.clamp(Math.round((side - 1) / 2), 0, GAIN_REACH);
    this.panels = basis.panels();
    RandomStream random = new RandomStream(settings.seed() ^ 0x5DEECE66DL);
    this.cellDirections = cellDirections(random);
    this.sunDirections = sunDirections(random);
    Rotation back = camera.pose().rotation().inverse();
    this.worldToCamera =
        new float[] {
          (float) back.m00(), (float) back.m01(), (float) back.m02(),
          (float) back.m10(), (float) back.m11(), (float) back.m12(),
          (float) back.m20(), (float) back.m21(), (float) back.m22()
        };
  }

  /** 2 turns from 4 rays a pixel on, 4 from 32, 8 from 256; they must divide the rays. */
  private static int turns(int samples) {
    int turns = 1;
    while (2 * turns <= MOST_TURNS
        && samples % (2 * turns) == 0
        && 4 * turns * turns * turns <= samples) {
      turns *= 2;
    }
    return turns;
  }

  /** Traces a frame on all processors. */
  public static ReflectanceField trace(Scene scene, LightBasis basis, Settings settings) {
    return new FieldTracer(scene, basis, settings).run();
  }

  private float[] cellDirections(RandomStream random) {
    float[] out = new float[SETS * cells * 3];
    int side = basis.bins().side();
    float[] d = new float[3];
    for (int set = 0; set < SETS; set++) {
      // The sets of a cell are an 8 × 8 stratification of it, in an order of its own.
      for (int bin = 0; bin < cells; bin++) {
        int stratum = (set * 37 + bin * 11) & 63;
        float a = ((stratum & 7) + random.nextFloat()) / 8;
        float b = ((stratum >> 3) + random.nextFloat()) / 8;
        int row = bin / side;
        DirectionBins.direction((bin % side + a) / side, (row + b) / side, d);
        toWorld(d, out, (set * cells + bin) * 3);
      }
    }
    return out;
  }

  private float[] sunDirections(RandomStream random) {
    float[] out = new float[SETS * suns * 3];
    for (int set = 0; set < SETS; set++) {
      for (int i = 0; i < suns; i++) {
        Vector3 axis = basis.suns().get(i).direction();
        double widest = 1 - Math.cos(Math.toRadians(basis.suns().get(i).diameterDegrees() / 2));
        Vector3 t = axis.perpendicular();
        Vector3 s = axis.cross(t);
        double cosine = 1 - widest * ((set & 7) + random.nextFloat()) / 8;
        double sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
        double phi = 2 * Math.PI * ((set >> 3) + random.nextFloat()) / 8;
        Vector3 d =
            axis.times(cosine)
                .plus(t.times(sine * Math.cos(phi)))
                .plus(s.times(sine * Math.sin(phi)));
        toWorld(
            new float[] {(float) d.x(), (float) d.y(), (float) d.z()}, out, (set * suns + i) * 3);
      }
    }
    return out;
  }

  private void toWorld(float[] cameraSpace, float[] out, int at) {
    Vector3 d =
        camera.pose().rotation().apply(new Vector3(cameraSpace[0], cameraSpace[1], cameraSpace[2]));
    out[at] = (float) d.x();
    out[at + 1] = (float) d.y();
    out[at + 2] = (float) d.z();
  }

  private ReflectanceField run() {
    int w = camera.width();
    int h = camera.height();
    float[][] responses = new float[w * h][];
    float[][] mirrors = new float[w * h][];
    float[][] bounced = new float[w * h][];
    float[][] walked = new float[w * h][];
    float[] fibres = new float[w * h];
    float[] walkMeans = new float[3 * w * h];
    float[] walkWeights = new float[3 * w * h];
    ReflectanceField.Aovs aovs = ReflectanceField.Aovs.of(w * h);
    AtomicInteger next = new AtomicInteger();
    IntStream.range(0, Runtime.getRuntime().availableProcessors())
        .parallel()
        .forEach(ignored -> {
          Worker worker = new Worker(aovs);
          for (int y = next.getAndIncrement(); y < h; y = next.getAndIncrement()) {
            for (int x = 0; x < w; x++) {
              if (worker.pixel(x, y)) {
                int i = y * w + x;
                responses[i] = worker.sum.clone();
                mirrors[i] = worker.mirror.clone();
                bounced[i] = worker.bounced.clone();
                fibres[i] = worker.fibres;
                if (worker.weighWalks(1f / settings.samplesPerPixel())) {
                  walked[i] = worker.walked.clone();
                  for (int c = 0; c < 3; c++) {
                    walkMeans[c * w * h + i] = worker.walkMean[c];
                    walkWeights[c * w * h + i] = worker.walkWeight[c];
                  }
                }
              }
            }
          }
        });
    IntStream.range(0, w * h)
        .parallel()
        .filter(i -> walked[i] != null)
        .forEach(i -> {
          for (int c = 0; c < 3; c++) {
            float gain = gain(i, c, aovs, walkMeans, walkWeights);
            for (int k = c; k < 3 * columns; k += 3) {
              responses[i][k] += gain * walked[i][k];
            }
          }
          walked[i] = null;
        });
    new BounceFilter(camera, aovs, fibres, settings.samplesPerPixel())
        .addFiltered(bounced, responses);
    int[] pixels = IntStream.range(0, w * h).filter(i -> responses[i] != null).toArray();
    float[] response = new float[pixels.length * columns * 3];
    float[] mirror = new float[pixels.length * 4];
    for (int p = 0; p < pixels.length; p++) {
      System.arraycopy(responses[pixels[p]], 0, response, p * columns * 3, columns * 3);
      System.arraycopy(mirrors[pixels[p]], 0, mirror, p * 4, 4);
    }
    return new ReflectanceField(camera, basis, pixels, response, mirror, aovs);
  }

  /**
   * What walks carry near a pixel over what the albedo says: more than 1 where the skin bulges,
   * less in hollows. A mean over neighbours of like normal and depth.
   */
  private float gain(
      int i, int c, ReflectanceField.Aovs aovs, float[] walkMeans, float[] walkWeights) {
    int w = camera.width();
    int plane = w * camera.height();
    int x0 = i % w;
    int y0 = i / w;
    float[] normal = aovs.normal();
    double weighed = 0;
    double expected = 0;
    for (int y = Math.max(0, y0 - gainReach);
        y <= Math.min(camera.height() - 1, y0 + gainReach);
        y++) {
      for (int x = Math.max(0, x0 - gainReach); x <= Math.min(w - 1, x0 + gainReach); x++) {
        int j = y * w + x;
        float mean = walkMeans[c * plane + j];
        if (mean > 0 && Math.abs(aovs.depth()[j] - aovs.depth()[i]) < 0.01f) {
          float cosine =
              normal[i] * normal[j]
                  + normal[plane + i] * normal[plane + j]
                  + normal[2 * plane + i] * normal[2 * plane + j];
          if (cosine > 0.8f) {
            weighed += walkWeights[c * plane + j];
            expected += mean;
          }
        }
      }
    }
    return expected > 0 ? (float) (weighed / expected) : 1;
  }

  /** What one thread needs. */
  private final class Worker {
    private final ReflectanceField.Aovs aovs;
    private final RandomStream random = new RandomStream(0);
    private final Ray ray = new Ray();
    private final Ray probe = new Ray();
    private final Ray mirroredRay = new Ray();
    private final Hit hit = new Hit();
    private final SurfacePoint point = new SurfacePoint();
    private final SurfacePoint later = new SurfacePoint();
    private final Bsdf.Sample sample = new Bsdf.Sample();
    private final Lobes firstLobes = new Lobes();
    private final Lobes exitLobes = new Lobes();
    private final Lobes laterLobes = new Lobes();
    private final float[] throughput = new float[3];
    private final float[] path = new float[3];
    private final float[] value = new float[3];
    private final float[] gloss = new float[3];
    private final float[] square = new float[2];
    private final float[] sum = new float[columns * 3];
    private final float[] bounced = new float[columns * 3];
    private final float[] mirror = new float[4];

    /** What the shells before the first vertex mirror of other surfaces, along one ray. */
    private float mirrored;

    /** Share of the covered part of the pixel that is hair. */
    private float fibres;

    // Light out of the skin: what was found, what the walks weighed, and what they weigh in the
    // mean.
    private final float[] walked = new float[columns * 3];
    private final float[] walkWeight = new float[3];
    private final float[] groupWeight = new float[settings.walks() * turns * 3];
    private final SurfacePoint[] exits = new SurfacePoint[settings.walks()];
    private final float[][] exitWeights = new float[settings.walks()][3];
    private final float[] upTo = new float[settings.walks()];
    private final float[] walkMean = new float[3];
    private final float[] carried = new float[3];
    private float[] target = sum;
    private int set;

    /** Which lights the camera ray asks, 0 to {@link #turns} − 1. */
    private int turn;

    Worker(ReflectanceField.Aovs aovs) {
      this.aovs = aovs;
      Arrays.setAll(exits, _ -> new SurfacePoint());
    }

    /** Traces one pixel; false if the subject does not cover any of it. */
    boolean pixel(int x, int y) {
      int w = camera.width();
      int index = y * w + x;
      int n = settings.samplesPerPixel();
      Arrays.fill(sum, 0);
      Arrays.fill(bounced, 0);
      Arrays.fill(mirror, 0);
      Arrays.fill(walked, 0);
      Arrays.fill(walkWeight, 0);
      Arrays.fill(groupWeight, 0);
      Arrays.fill(walkMean, 0);
      fibres = 0;
      int covered = 0;
      random.seed(settings.seed(), index, 0);
      // The R2 sequence of Roberts, shifted at random, spreads the rays over the pixel.
      float shiftX = random.nextFloat();
      float shiftY = random.nextFloat();
      int firstSet = random.nextInt() & 63;
      for (int s = 0; s < n; s++) {
        random.seed(settings.seed(), index, s + 1);
        float jx = shiftX + 0.7548777f * s;
        float jy = shiftY + 0.5698403f * s;
        // A set serves all turns, or some lights would never meet some sets.
        set = (firstSet + s / turns * 29) & 63;
        turn = s % turns;
        if (cameraRay(x + jx - (int) jx, y + jy - (int) jy, index)) {
          covered++;
        }
      }
      if (covered == 0) {
        return false;
      }
      fibres /= covered;
      float share = 1f / n;
      for (int i = 0; i < sum.length; i++) {
        sum[i] *= share;
        bounced[i] *= share;
      }
      if (mirror[3] > 0) {
        mirror[0] /= mirror[3];
        mirror[1] /= mirror[3];
        mirror[2] /= mirror[3];
        mirror[3] *= share;
      }
      int plane = w * camera.height();
      aovs.alpha()[index] = covered * share;
      scale(aovs.albedo(), index, plane, 3, 1f / covered);
      scale(aovs.normal(), index, plane, 3, 1f / covered);
      scale(aovs.depth(), index, plane, 1, 1f / covered);
      scale(aovs.motion(), index, plane, 2, 1f / covered);
      scale(aovs.uv(), index, plane, 2, 1f / covered);
      scale(aovs.roughness(), index, plane, 1, 1f / covered);
      return true;
    }

    private void scale(float[] planes, int index, int plane, int channels, float by) {
      for (int c = 0; c < channels; c++) {
        planes[c * plane + index] *= by;
      }
    }

    private boolean cameraRay(double x, double y, int index) {
      camera.ray(x, y, ray);
      throughput[0] = 1;
      throughput[1] = 1;
      throughput[2] = 1;
      mirrored = 0;
      if (!nextSolid(point, true, throughput)) {
        return false;
      }
      float ox = -ray.dx;
      float oy = -ray.dy;
      float oz = -ray.dz;
      writeAovs(index);
      if (mirrored > 0) {
        Arrays.fill(path, mirrored);
        ray.set(mirroredRay);
        follow(0);
      }
      int lobes = Bsdf.lobes(point);
      firstLobes.prepare(point, ox, oy, oz);

      // Where a surface asks the cells anyway it asks them for gloss too; under skin it is
      // elsewhere.
      boolean shared =
          lobes == (Bsdf.DIFFUSE | Bsdf.SPECULAR)
              && !(point.shape.material() instanceof Material.Skin);
      int draws = shared ? Math.max(2, settings.glossSamples() / 2) : settings.glossSamples();
      if ((lobes & Bsdf.SPECULAR) != 0) {
        gloss(draws, shared);
        // Suns and panels are too small for the lobes to find: they are asked.
        pathTimesTurns();
        askSmallLights(point, firstLobes, Bsdf.SPECULAR, turn, turns);
      }
      if ((lobes & Bsdf.DIFFUSE) == 0) {
        return true;
      }
      if (point.shape.material() instanceof Material.Skin) {
        underSkin(ox, oy, oz);
      } else {
        System.arraycopy(throughput, 0, path, 0, 3);
        if (point.shape.material() instanceof Material.Hair) {
          fibres++;
          askCellsOfHair();
          pathTimesTurns();
          askSmallLights(point, firstLobes, Bsdf.DIFFUSE, turn, turns);
        } else {
          pathTimesTurns();
          askEveryLight(point, firstLobes, turn, turns, shared ? draws : 0);
        }
        System.arraycopy(throughput, 0, path, 0, 3);
        goOn(point, firstLobes);
      }
      return true;
    }

    /** A light that is asked by one ray in some counts for all of them. */
    private void pathTimesTurns() {
      for (int c = 0; c < 3; c++) {
        path[c] = turns * throughput[c];
      }
    }

    /**
     * Walks under the skin, several times for one camera ray; where the walks come out, each light
     * is asked once.
     *
     * <p>What a walk carries scatters widely. So each group of lights takes one of the exits, drawn
     * by what the walks carry (resampling), and the exits that asked a group are weighed against
     * each other in each pixel (a ratio estimator). What they carry in the mean is the albedo,
     * times a gain by the shape around, which is smooth and taken from many pixels in {@link
     * #gain}.
     */
    private void underSkin(float ox, float oy, float oz) {
      int walks = settings.walks();
      float through = firstLobes.transmission();
      float total = 0;
      Arrays.fill(path, 0);
      for (int k = 0; k < walks; k++) {
        float[] weight = exitWeights[k];
        System.arraycopy(throughput, 0, weight, 0, 3);
        if (!SubsurfaceWalk.walk(tracer, point, ox, oy, oz, random, exits[k], weight)) {
          Arrays.fill(weight, 0);
        }
        for (int c = 0; c < 3; c++) {
          path[c] += weight[c] / walks;
        }
        total += weight[0] + weight[1] + weight[2];
        upTo[k] = total;
      }
      for (int c = 0; c < 3; c++) {
        walkMean[c] += throughput[c] * through * point.albedo[c];
        walkWeight[c] += path[c];
      }
      if (!(total > 0)) {
        return;
      }
      int last = 0;
      System.arraycopy(path, 0, carried, 0, 3);
      target = walked;
      for (int k = 0; k < walks; k++) {
        int group = walks * turn + k;
        float pick = random.nextFloat() * total;
        last = 0;
        while (last < walks - 1 && pick >= upTo[last]) {
          last++;
        }
        float[] weight = exitWeights[last];
        float sum3 = weight[0] + weight[1] + weight[2];
        for (int c = 0; c < 3; c++) {
          path[c] = weight[c] / sum3 * total / walks;
          groupWeight[3 * group + c] += path[c];
        }
        set = (set + 23) & 63;
        exitLobes.prepareExit(exits[last]);
        askEveryLight(exits[last], exitLobes, group, walks * turns, 0);
      }
      target = sum;
      System.arraycopy(carried, 0, path, 0, 3);
      goOn(exits[last], exitLobes);
    }

    /** Scales what the walks found to their mean weight; true if there were walks. */
    private boolean weighWalks(float share) {
      int groups = settings.walks() * turns;
      for (int group = 0; group < groups; group++) {
        for (int c = 0; c < 3; c++) {
          float weight = groupWeight[3 * group + c];
          // A walk may carry so little of a colour that its inverse is infinite.
          float scale = weight > LEAST_WEIGHT ? share * walkMean[c] / weight : 0;
          for (int column = group; column < columns; column += groups) {
            walked[3 * column + c] *= scale;
          }
        }
      }
      return walkMean[0] + walkMean[1] + walkMean[2] > 0;
    }

    /**
     * Follows the ray to the first surface that is not a clear shell; shells mirror part of the
     * light (kept apart if {@code keepMirror}) and let the rest through.
     *
     * @param weight of the path, of which the shells take their part
     */
    private boolean nextSolid(SurfacePoint at, boolean keepMirror, float[] weight) {
      for (int shells = 0; shells < 16; shells++) {
        if (!tracer.intersect(ray, hit, random)) {
          return false;
        }
        at.set(tracer, ray, hit);
        if (!(at.shape.material() instanceof Material.Clear clear)) {
          return true;
        }
        float cosine = -(ray.dx * at.nx + ray.dy * at.ny + ray.dz * at.nz);
        float reflectance = Fresnel.dielectric(Math.abs(cosine), clear.indexOfRefraction());
        if (keepMirror && !at.inside) {
          float mx = ray.dx + 2 * cosine * at.nx;
          float my = ray.dy + 2 * cosine * at.ny;
          float mz = ray.dz + 2 * cosine * at.nz;
          at.spawn(mx, my, mz, probe);
          float seen = weight[1] * reflectance;
          if (tracer.occluded(probe, random)) {
            mirrored += seen;
            if (random.nextFloat() * mirrored < seen) {
              mirroredRay.set(probe);
            }
          } else {
            float[] m = worldToCamera;
            mirror[0] += seen * (m[0] * mx + m[1] * my + m[2] * mz);
            mirror[1] += seen * (m[3] * mx + m[4] * my + m[5] * mz);
            mirror[2] += seen * (m[6] * mx + m[7] * my + m[8] * mz);
            mirror[3] += seen;
          }
        }
        clear.tint().at(at.u, at.v, value);
        for (int c = 0; c < 3; c++) {
          weight[c] *= (1 - reflectance) * value[c];
        }
        float dx = ray.dx;
        float dy = ray.dy;
        float dz = ray.dz;
        at.spawn(dx, dy, dz, ray);
      }
      return false;
    }

    private void writeAovs(int index) {
      int plane = camera.width() * camera.height();
      for (int c = 0; c < 3; c++) {
        aovs.albedo()[c * plane + index] += point.albedo[c];
      }
      float[] m = worldToCamera;
      aovs.normal()[index] += m[0] * point.nx + m[1] * point.ny + m[2] * point.nz;
      aovs.normal()[plane + index] += m[3] * point.nx + m[4] * point.ny + m[5] * point.nz;
      aovs.normal()[2 * plane + index] += m[6] * point.nx + m[7] * point.ny + m[8] * point.nz;
      aovs.uv()[index] += point.u;
      aovs.uv()[plane + index] += point.v;
      aovs.roughness()[index] += point.roughness;
      Vector3 now = new Vector3(point.px, point.py, point.pz);
      Vector3 seen = camera.project(now);
      aovs.depth()[index] += (float) seen.z();
      Instance instance = tracer.scene().instances().get(point.instance);
      int[] triangles = point.shape.mesh().triangles();
      float[] before = instance.previousPositions();
      int a = 3 * triangles[3 * point.triangle];
      int b = 3 * triangles[3 * point.triangle + 1];
      int c = 3 * triangles[3 * point.triangle + 2];
      float u = point.baryU;
      float v = point.baryV;
      Vector3 was =
          instance
              .previousPose()
              .point(
                  new Vector3(
                      (1 - u - v) * before[a] + u * before[b] + v * before[c],
                      (1 - u - v) * before[a + 1] + u * before[b + 1] + v * before[c + 1],
                      (1 - u - v) * before[a + 2] + u * before[b + 2] + v * before[c + 2]));
      Vector3 wasSeen = previousCamera.project(was);
      aovs.motion()[index] += (float) (seen.x() - wasSeen.x());
      aovs.motion()[plane + index] += (float) (seen.y() - wasSeen.y());
    }

    /**
     * Draws the first vertex's gloss: what escapes falls into its cell, the rest goes on.
     *
     * @param shared whether {@link #askEveryLight} finds escaping light as well
     */
    private void gloss(int draws, boolean shared) {
      for (int k = 0; k < draws; k++) {
        if (!firstLobes.sample(Bsdf.SPECULAR, random, sample)) {
          continue;
        }
        for (int c = 0; c < 3; c++) {
          path[c] = throughput[c] * sample.weight[c] / draws;
        }
        point.spawn(sample.wx, sample.wy, sample.wz, ray);
        follow(shared ? 1 - shareOfCells(draws, sample.pdf, turns) : 1);
      }
    }

    /**
     * How much of the gloss of a direction is left to the cells: both they and the lobe's own draws
     * find it, each counts by its density (the balance heuristic of Veach and Guibas 1995).
     *
     * @param density of one draw
     * @param stride one cell in so many is asked by a camera ray
     */
    private float shareOfCells(int draws, float density, int stride) {
      float asked = 1 / (stride * (float) basis.bins().solidAngle());
      return asked / (asked + draws * density);
    }

    /**
     * Asks all lights at the first vertex, whose path weight is in {@link #path}.
     *
     * @param glossDraws draws that {@link #gloss} makes of the same surface; 0 to leave gloss to it
     */
    private void askEveryLight(
        SurfacePoint at, Lobes lobes, int first, int stride, int glossDraws) {
      float scale = (float) basis.bins().solidAngle();
      int base = set * cells * 3;
      for (int bin = first; bin < cells; bin += stride) {
        float wx = cellDirections[base + 3 * bin];
        float wy = cellDirections[base + 3 * bin + 1];
        float wz = cellDirections[base + 3 * bin + 2];
        lobes.eval(wx, wy, wz, Bsdf.DIFFUSE, value);
        if (glossDraws > 0) {
          float density = lobes.pdf(wx, wy, wz, Bsdf.SPECULAR);
          float share = shareOfCells(glossDraws, density, stride);
          lobes.eval(wx, wy, wz, Bsdf.SPECULAR, gloss);
          for (int c = 0; c < 3; c++) {
            value[c] += share * gloss[c];
          }
        }
        if (value[0] + value[1] + value[2] > 0) {
          at.spawn(wx, wy, wz, probe);
          depositIfSeen(bin, scale);
        }
      }
      askSmallLights(at, lobes, Bsdf.DIFFUSE, first, stride);
    }

    /**
     * Asks the cells that matter to a hair: one whose light would be weak is asked with a chance in
     * proportion, spread evenly (systematic sampling), so that dark hair costs as few rays as it is
     * dark.
     */
    private void askCellsOfHair() {
      float scale = (float) basis.bins().solidAngle();
      int base = set * cells * 3;
      float turn = random.nextFloat();
      for (int bin = 0; bin < cells; bin++) {
        float wx = cellDirections[base + 3 * bin];
        float wy = cellDirections[base + 3 * bin + 1];
        float wz = cellDirections[base + 3 * bin + 2];
        firstLobes.eval(wx, wy, wz, Bsdf.DIFFUSE, value);
        multiply(value, path);
        float chance = strongest(value) * scale * (1 / LEAST_FROM_CELL);
        float weight = scale;
        if (chance < 1) {
          turn += chance;
          if (turn < 1) {
            continue;
          }
          turn -= 1;
          weight /= chance;
        }
        point.spawn(wx, wy, wz, probe);
        if (!tracer.occluded(probe, random)) {
          deposit(bin, weight * value[0], weight * value[1], weight * value[2]);
        }
      }
    }

    /** Asks the suns and panels whose columns leave a remainder of {@code first}. */
    private void askSmallLights(SurfacePoint at, Lobes lobes, int mask, int first, int stride) {
      for (int i = Math.floorMod(first - basis.firstSun(), stride); i < suns; i += stride) {
        askSun(at, lobes, i, mask, 1, 0);
      }
      for (int i = Math.floorMod(first - basis.firstPanel(), stride);
          i < panels.size();
          i += stride) {
        askPanel(at, lobes, i, mask, 1, 0);
      }
    }

    private void askSun(SurfacePoint at, Lobes lobes, int i, int mask, float scale, float least) {
      int k = (set * suns + i) * 3;
      float wx = sunDirections[k];
      float wy = sunDirections[k + 1];
      float wz = sunDirections[k + 2];
      if (scatter(lobes, wx, wy, wz, mask)) {
        float weight = atLeast(scale, least);
        if (weight > 0) {
          at.spawn(wx, wy, wz, probe);
          depositIfSeen(basis.firstSun() + i, weight);
        }
      }
    }

    private void askPanel(SurfacePoint at, Lobes lobes, int i, int mask, float scale, float least) {
      LightBasis.Panel panel = panels.get(i);
      Vector3 place =
          panel
              .corner()
              .plus(panel.right().times(random.nextFloat()))
              .plus(panel.up().times(random.nextFloat()));
      Vector3 towards = place.minus(new Vector3(at.px, at.py, at.pz));
      double distance = towards.length();
      Vector3 d = towards.times(1 / distance);
      double facing = -d.dot(panel.normal());
      if (facing <= 0) {
        return;
      }
      float wx = (float) d.x();
      float wy = (float) d.y();
      float wz = (float) d.z();
      if (scatter(lobes, wx, wy, wz, mask)) {
        float weight =
            atLeast(scale * (float) (panel.area() * facing / (distance * distance)), least);
        if (weight > 0) {
          at.spawn(wx, wy, wz, probe);
          probe.tMax = (float) distance;
          depositIfSeen(basis.firstPanel() + i, weight);
        }
      }
    }

    /**
     * Lets a light that gives little pass with a chance in proportion.
     *
     * @param weight of {@link #path} times {@link #value}
     * @return the weight with which the light counts; 0 if it is not asked
     */
    private float atLeast(float weight, float least) {
      float gives = 0;
      for (int c = 0; c < 3; c++) {
        gives = Math.max(gives, weight * path[c] * value[c]);
      }
      if (gives >= least) {
        return weight;
      }
      return random.nextFloat() * least < gives ? weight * least / gives : 0;
    }

    /** Deposits {@link #path} times {@link #value} if nothing is in the way of {@link #probe}. */
    private void depositIfSeen(int column, float weight) {
      if (!tracer.occluded(probe, random)) {
        deposit(
            column,
            weight * path[0] * value[0],
            weight * path[1] * value[1],
            weight * path[2] * value[2]);
      }
    }

    /** Writes the scattering into {@link #value}; false if it is nothing. */
    private boolean scatter(Lobes lobes, float wx, float wy, float wz, int mask) {
      lobes.eval(wx, wy, wz, mask, value);
      return value[0] + value[1] + value[2] > 0;
    }

    /** Leaves the first vertex in a direction drawn from its diffuse lobe. */
    private void goOn(SurfacePoint at, Lobes lobes) {
      if (lobes.sample(Bsdf.DIFFUSE, random, sample)) {
        multiply(path, sample.weight);
        if (survives()) {
          at.spawn(sample.wx, sample.wy, sample.wz, ray);
          follow(0);
        }
      }
    }

    /** Ends light paths, so that those that go on carry an eighth at least; false if it ends. */
    private boolean survives() {
      float chance = strongest(path) * (1 / LEAST_TO_GO_ON);
      if (chance >= 1) {
        return true;
      }
      if (random.nextFloat() >= chance) {
        return false;
      }
      for (int c = 0; c < 3; c++) {
        path[c] /= chance;
      }
      return true;
    }

    /**
     * Follows {@link #ray} with the weight {@link #path} from surface to surface. At each, some
     * directions are drawn from the surface, the more the heavier the path, so that none carries
     * much; those that escape fall into their cells. The last of them is the way on.
     *
     * @param escapeShare share of the path that falls into its cell if the first ray escapes; 0 if
     *     the cells have been asked
     */
    private void follow(float escapeShare) {
      bounce(escapeShare);
      target = sum;
    }

    private void bounce(float escapeShare) {
      float share = escapeShare;
      for (int depth = 1; depth <= settings.bounces(); depth++) {
        if (!nextSolid(later, false, path)) {
          if (share > 0) {
            // From the first vertex straight to the light: not bounced.
            deposit(cameraBin(ray), share * path[0], share * path[1], share * path[2]);
          }
          return;
        }
        target = bounced;
        int mask = Bsdf.DIFFUSE | Bsdf.SPECULAR;
        laterLobes.prepare(later, -ray.dx, -ray.dy, -ray.dz);
        askSome(suns, true, mask);
        askSome(panels.size(), false, mask);
        int most = settings.laterLights();
        int draws = Math.clamp((int) (strongest(path) * most + 0.5f), 1, most);
        boolean ends = depth == settings.bounces();
        share = 1f / draws;
        for (int k = ends ? 0 : 1; k < draws; k++) {
          if (laterLobes.sample(mask, random, sample)) {
            later.spawn(sample.wx, sample.wy, sample.wz, probe);
            if (!tracer.occluded(probe, random)) {
              deposit(
                  cameraBin(probe),
                  share * path[0] * sample.weight[0],
                  share * path[1] * sample.weight[1],
                  share * path[2] * sample.weight[2]);
            }
          }
        }
        if (ends || !laterLobes.sample(mask, random, sample)) {
          return;
        }
        multiply(path, sample.weight);
        if (!survives()) {
          return;
        }
        later.spawn(sample.wx, sample.wy, sample.wz, ray);
      }
    }

    private static float strongest(float[] rgb) {
      return Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
    }

    /** Asks some suns or panels, the fewer the lighter the path. */
    private void askSome(int lights, boolean sun, int mask) {
      float most = Math.max(1, lights / LATER_LIGHTS);
      float expected = Math.min(lights, most * Math.min(1, strongest(path)));
      if (!(expected > 0)) {
        return;
      }
      float step = lights / expected;
      for (float at = random.nextFloat() * step; at < lights; at += step) {
        int i = Math.min(lights - 1, (int) at);
        if (sun) {
          askSun(later, laterLobes, i, mask, step, LEAST_FROM_LIGHT);
        } else {
          askPanel(later, laterLobes, i, mask, step, LEAST_FROM_LIGHT);
        }
      }
    }

    private int cameraBin(Ray r) {
      float[] m = worldToCamera;
      return basis
          .bins()
          .bin(
              m[0] * r.dx + m[1] * r.dy + m[2] * r.dz,
              m[3] * r.dx + m[4] * r.dy + m[5] * r.dz,
              m[6] * r.dx + m[7] * r.dy + m[8] * r.dz,
              square);
    }

    private void deposit(int column, float r, float g, float b) {
      target[3 * column] += r;
      target[3 * column + 1] += g;
      target[3 * column + 2] += b;
    }

    private static void multiply(float[] a, float[] b) {
      a[0] *= b[0];
      a[1] *= b[1];
      a[2] *= b[2];
    }
  }
}
