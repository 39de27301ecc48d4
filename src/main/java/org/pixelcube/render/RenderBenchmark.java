package org.pixelcube.render;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Exposure;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.light.MapPyramid;
import org.pixelcube.light.Rgb;

/** Measures how true, how noisy and how fast reflectance fields are. */
public final class RenderBenchmark {
  /** Maps of {@link MapLibrary}: hard sun, small and large panels, colours, broad light. */
  public static final List<String> MAPS =
      List.of("hard-sun", "rembrandt", "softbox", "neon", "overcast");

  private static final int MOST_SUNS = 4;
  private static final int MOST_PARTS = 32;
  private static final TransferFunction CURVE = TransferFunction.SRGB;

  private static final int MOST_RUNS = 2048;

  private RenderBenchmark() {}

  /** Something to render, frame by frame. */
  public interface Subject {
    String name();

    /**
     * A frame, posed anew.
     *
     * @param frame 0 and up
     * @param size pixels a side
     */
    Scene scene(int frame, int size);
  }

  /** A ball with hair over a floor, where there is no head. */
  public static Subject ball() {
    return new HairyBall();
  }

  /**
   * Time that some work took.
   *
   * @param wallSeconds on the clock
   * @param coreSeconds on all processors together
   */
  public record Cost(double wallSeconds, double coreSeconds) {
    private static Cost now() {
      long cpu =
          ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
              ? system.getProcessCpuTime()
              : System.nanoTime();
      return new Cost(System.nanoTime() * 1e-9, cpu * 1e-9);
    }

    private Cost over(int count) {
      return new Cost(wallSeconds / count, coreSeconds / count);
    }

    private static Cost since(Cost start) {
      Cost end = now();
      return new Cost(end.wallSeconds - start.wallSeconds, end.coreSeconds - start.coreSeconds);
    }
  }

  // ---- Furnace.

  /**
   * White matter under uniform light of radiance 1, which must look white.
   *
   * @param field whether measured on a reflectance field; else by {@link PathTracer}
   * @param deviation of the mean over a ball from 1
   * @param standardError of that mean
   */
  public record Furnace(
      String material, boolean field, double deviation, double standardError, Cost cost) {}

  /**
   * Measures all kinds of matter.
   *
   * @param coreSeconds to spend on each at most; four times as much on skin, whose direct rendering
   *     is noisy (a path takes either the gloss or the walk), and twenty times on hair, in which
   *     few paths go on for very long
   */
  public static List<Furnace> furnaces(double coreSeconds, Consumer<String> watcher) {
    Texture white = Texture.constant(1, 1, 1);
    Map<String, Material> materials = new java.util.LinkedHashMap<>();
    materials.put("Lambert", new Material.Lambert(white));
    materials.put("Glossy", new Material.Glossy(white, Texture.constant(0.4f), 0.04f));
    // As far as red light wanders. Light crosses the ball in some forty free paths in the mean, and
    // no walk is cut short.
    materials.put(
        "Skin",
        new Material.Skin(
            white, 3e-3f, 3e-3f, 3e-3f, Texture.constant(0.5f), 0.6f, 0.3f, 0.028f, null));
    materials.put("Hair", new Material.Hair(white, 0.3f, 0.3f, 2, Material.Opaque.ONE));
    List<Furnace> out = new ArrayList<>();
    materials.forEach((name, material) -> {
      Scene scene =
          new Scene(
              List.of(Instance.still(new Shape("ball", HairyBall.sphere(0.1f, 64), material))),
              Camera.portrait(32, 32, 1, 0.23));
      watcher.accept("furnace, " + name);
      // White hair lets light into the ball, where it may go about for long.
      int bounces = material instanceof Material.Hair ? 200 : 5;
      double budget =
          switch (material) {
            case Material.Skin _ -> 4 * coreSeconds;
            case Material.Hair _ -> 20 * coreSeconds;
            default -> coreSeconds;
          };
      out.add(
          furnace(
              name,
              true,
              budget,
              seed ->
                  FieldTracer.trace(
                          scene,
                          LightBasis.cells(),
                          new FieldTracer.Settings(16, 4, 8, 8, bounces, seed))
                      .flatLit()));
      EnvironmentMap light = EnvironmentMap.uniform(32, 16, new Rgb(1, 1, 1));
      out.add(
          furnace(
              name,
              false,
              budget,
              seed -> PathTracer.render(scene, light, new PathTracer.Settings(64, bounces, seed))));
    });
    return out;
  }

  private static Furnace furnace(
      String material, boolean field, double coreSeconds, Function<Long, Image> render) {
    Cost start = Cost.now();
    List<Double> means = new ArrayList<>();
    double error = 1;
    for (long seed = 1;
        means.size() < 4
            || (error > 1e-4
                && means.size() < MOST_RUNS
                && Cost.since(start).coreSeconds < coreSeconds);
        seed++) {
      Image image = render.apply(seed);
      int plane = image.planeSize();
      double sum = 0;
      double weight = 0;
      for (int i = 0; i < plane; i++) {
        float alpha = image.samples()[3 * plane + i];
        for (int c = 0; c < 3; c++) {
          sum += alpha * image.samples()[c * plane + i];
          weight += alpha;
        }
      }
      means.add(sum / weight);
      error = standardError(means);
    }
    return new Furnace(material, field, mean(means) - 1, error, Cost.since(start));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElse(0);
  }

  private static double standardError(List<Double> values) {
    double mean = mean(values);
    double sum = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    int n = values.size();
    return n < 2 ? Double.POSITIVE_INFINITY : Math.sqrt(sum / (n - 1) / n);
  }

  // ---- Fields against direct rendering.

  /**
   * A field lit by a map against a picture traced under the map. Both are exposed as by a
   * photographer, sRGB, clamped to 0 to 1, over black, and compared over the pixels that the
   * subject covers.
   *
   * @param psnr of one field, two runs averaged, against two runs of direct rendering averaged,
   *     decibels
   * @param ceiling what the noise of the direct pictures alone would give
   * @param psnrWithoutNoise from the product of the errors of independent runs; infinite where that
   *     is not above 0
   * @param fieldNoise mean variance of a pixel, one run
   * @param directSamples rays a pixel of direct rendering, as many as make it as noisy
   * @param directNoise the same of direct rendering
   * @param directCost of one run
   */
  public record Difference(
      String map,
      int directSamples,
      double psnr,
      double ceiling,
      double psnrWithoutNoise,
      double fieldNoise,
      double directNoise,
      Cost directCost) {
    /** What direct rendering costs until it is as noisy as the field, core-seconds. */
    public double equalNoiseCoreSeconds() {
      return directCost.coreSeconds * directNoise / fieldNoise;
    }
  }

  /**
   * All maps.
   *
   * @param fieldCost of one run
   */
  public record Fidelity(
      int size, int fieldSamples, int columns, Cost fieldCost, List<Difference> differences) {
    /** The cost of all lights at once over that of one, at the same noise. */
    public double costRatio() {
      return fieldCost.coreSeconds
          / differences.stream()
              .mapToDouble(Difference::equalNoiseCoreSeconds)
              .average()
              .orElseThrow();
    }
  }

  /** Exposed maps, in the order of {@link #MAPS}. */
  public static List<EnvironmentMap> maps() {
    return MAPS.stream().map(MapLibrary::find).map(map -> Exposure.auto(map).apply(map)).toList();
  }

  /** A basis whose suns stand where the maps' hard sources are, and are as wide. */
  public static LightBasis basisFor(List<EnvironmentMap> maps, int side) {
    List<LightBasis.Sun> suns =
        maps.stream()
            .flatMap(map -> HardSources.inParts(map, MOST_PARTS).sources().stream())
            .map(s ->
                new LightBasis.Sun(
                    s.direction(), Math.max(LightBasis.Sun.SUN_DEGREES, s.diameterDegrees())))
            .toList();
    return new LightBasis(new DirectionBins(side), suns, List.of());
  }

  /** Rays a pixel that tell how many more it takes. */
  private static final int TRIAL_SAMPLES = 64;

  /** Compares, under each of {@link #MAPS}, at equal noise. */
  public static Fidelity fidelity(
      Scene scene, int fieldSamples, int side, Consumer<String> watcher) {
    List<EnvironmentMap> maps = maps();
    LightBasis basis = basisFor(maps, side);
    FieldTracer.Settings settings = FieldTracer.Settings.DEFAULT.withSamples(fieldSamples);
    float[][][] fields = new float[2][][];
    Cost fieldCost = new Cost(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    for (int run = 0; run < 2; run++) {
      watcher.accept("field, run " + (run + 1));
      Cost start = Cost.now();
      ReflectanceField field = FieldTracer.trace(scene, basis, settings.withSeed(run + 1));
      Cost cost = Cost.since(start);
      fieldCost = cost.coreSeconds < fieldCost.coreSeconds ? cost : fieldCost;
      fields[run] =
          maps.stream()
              .map(map -> toned(field.relit(map, HardSources.inParts(map, MOST_PARTS))))
              .toArray(float[][]::new);
    }
    List<Difference> differences = new ArrayList<>();
    for (int m = 0; m < maps.size(); m++) {
      watcher.accept("direct rendering under " + MAPS.get(m));
      // Noise falls as rays grow in number.
      double noise = noise(fields[0][m], fields[1][m]);
      double trial = direct(scene, maps.get(m), TRIAL_SAMPLES, 100 * m).noise();
      int samples =
          Math.clamp(Math.round(TRIAL_SAMPLES * trial / noise), TRIAL_SAMPLES, 64 * TRIAL_SAMPLES);
      Direct direct = direct(scene, maps.get(m), samples, 100 * m + 50);
      differences.add(difference(MAPS.get(m), fields[0][m], fields[1][m], samples, direct));
    }
    return new Fidelity(
        scene.camera().width(), fieldSamples, basis.columns(), fieldCost, differences);
  }

  /** Two pictures traced under a map, and what the cheaper one cost. */
  private record Direct(float[] first, float[] second, Cost cost) {
    double noise() {
      return RenderBenchmark.noise(first, second);
    }
  }

  private static Direct direct(Scene scene, EnvironmentMap map, int samples, long seed) {
    float[][] toned = new float[2][];
    Cost cheaper = new Cost(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    for (int run = 0; run < 2; run++) {
      Cost start = Cost.now();
      int bounces = FieldTracer.Settings.DEFAULT.bounces();
      Image image =
          PathTracer.render(scene, map, new PathTracer.Settings(samples, bounces, seed + run));
      Cost cost = Cost.since(start);
      cheaper = cost.coreSeconds < cheaper.coreSeconds ? cost : cheaper;
      toned[run] = toned(image);
    }
    return new Direct(toned[0], toned[1], cheaper);
  }

  /** Mean variance of a pixel that is covered, from two runs. */
  private static double noise(float[] first, float[] second) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < first.length; i++) {
      if (!Float.isNaN(first[i]) || !Float.isNaN(second[i])) {
        double e = orBlack(first[i]) - orBlack(second[i]);
        sum += e * e / 2;
        count++;
      }
    }
    return sum / count;
  }

  private static Difference difference(
      String map, float[] f1, float[] f2, int directSamples, Direct direct) {
    float[] d1 = direct.first;
    float[] d2 = direct.second;
    double error = 0;
    double cross = 0;
    int count = 0;
    for (int i = 0; i < f1.length; i++) {
      if (Float.isNaN(f1[i]) && Float.isNaN(d1[i])) {
        continue;
      }
      // A pixel that only one of them found is black to the other.
      double a = orBlack(f1[i]);
      double b = orBlack(f2[i]);
      double p = orBlack(d1[i]);
      double q = orBlack(d2[i]);
      double e = (a + b - p - q) / 2;
      error += e * e;
      cross += ((a - p) * (b - q) + (a - q) * (b - p)) / 2;
      count++;
    }
    return new Difference(
        map,
        directSamples,
        psnr(error / count),
        psnr(direct.noise() / 2),
        psnr(cross / count),
        noise(f1, f2),
        direct.noise(),
        direct.cost);
  }

  private static double orBlack(float v) {
    return Float.isNaN(v) ? 0 : v;
  }

  private static double psnr(double meanSquare) {
    return meanSquare > 0 ? -10 * Math.log10(meanSquare) : Double.POSITIVE_INFINITY;
  }

  /** Encoded, over black, {@code (3, h, w)}; NaN where nothing is. */
  static float[] toned(Image image) {
    int plane = image.planeSize();
    float[] out = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      float alpha = image.samples()[3 * plane + i];
      for (int c = 0; c < 3; c++) {
        out[c * plane + i] =
            alpha > 0
                ? (float) CURVE.fromLinear(Math.clamp(alpha * image.samples()[c * plane + i], 0, 1))
                : Float.NaN;
      }
    }
    return out;
  }

  // ---- Time.

  /**
   * What a frame's field costs, its pose and hierarchies included.
   *
   * @param pixels covered
   * @param cost of each frame after the first
   */
  public record FieldTime(String subject, int pixels, List<Cost> cost) {
    /** The frame in the middle. */
    public Cost median() {
      return cost.stream()
          .sorted((a, b) -> Double.compare(a.coreSeconds, b.coreSeconds))
          .skip(cost.size() / 2)
          .findFirst()
          .orElseThrow();
    }
  }

  /** A few frames of a subject and what they cost. */
  public record Frames(FieldTime time, List<ReflectanceField> fields) {}

  /**
   * Traces frames as a dataset is made: 144 cells, 16 suns, default settings. The first frame, in
   * which the machine warms up, is not timed.
   */
  public static Frames frames(Subject subject, int size, int count) {
    LightBasis basis = LightBasis.cells().withSuns(LightBasis.spreadSuns(16, 0, 50));
    List<ReflectanceField> fields = new ArrayList<>();
    List<Cost> costs = new ArrayList<>();
    for (int frame = 0; frame <= count; frame++) {
      Cost start = Cost.now();
      ReflectanceField field =
          FieldTracer.trace(
              subject.scene(frame, size), basis, FieldTracer.Settings.DEFAULT.withSeed(frame + 1));
      if (frame > 0) {
        costs.add(Cost.since(start));
        fields.add(field);
      }
    }
    int pixels = fields.getFirst().pixels().length;
    return new Frames(new FieldTime(subject.name(), pixels, costs), fields);
  }

  /**
   * How fast stored light turns into pictures, mirrors and alpha included, the weights of the
   * lights given.
   *
   * @param field pictures a second on the clock, from the raw field
   * @param coded from the coefficients
   * @param fieldCore pictures a core-second
   * @param weightSeconds to find the weights of a map of 1024 × 512
   */
  public record Rates(
      double field, double coded, double fieldCore, double codedCore, double weightSeconds) {}

  /**
   * How well frames are stored.
   *
   * @param rank patterns
   * @param fieldBytes a frame, without its planes
   * @param planeBytes a frame
   * @param basisBytes a clip
   * @param rawBytes a frame's field as floats
   * @param errors relative root mean square error over the subject under each of {@link #MAPS}
   */
  public record Coding(
      int rank,
      long fieldBytes,
      long planeBytes,
      long basisBytes,
      long rawBytes,
      List<Double> errors,
      Cost denoise,
      Cost encode,
      Cost decode,
      Rates rates) {}

  /**
   * Stores frames as a dataset does and measures what comes back.
   *
   * @param tolerance of {@link FieldBasis}
   */
  public static Coding coding(List<ReflectanceField> raw, double tolerance) {
    Cost start = Cost.now();
    List<ReflectanceField> fields = raw.stream().map(FieldDenoiser::denoised).toList();
    Cost denoise = Cost.since(start).over(fields.size());
    FieldBasis basis = FieldBasis.of(fields, tolerance);
    ReflectanceField field = fields.getFirst();
    byte[] coded = FieldCodec.encode(field, basis);
    byte[] planes = FieldCodec.encodeAovs(field);
    start = Cost.now();
    for (ReflectanceField f : fields) {
      coded = FieldCodec.encode(f, basis);
      planes = FieldCodec.encodeAovs(f);
      field = f;
    }
    Cost encode = Cost.since(start).over(fields.size());
    start = Cost.now();
    CodedField back = FieldCodec.decode("field", coded, planes, basis, field.camera());
    Cost decode = Cost.since(start);
    List<Double> errors = new ArrayList<>();
    for (EnvironmentMap map : maps()) {
      float[] weights = field.basis().weights(HardSources.of(map, MOST_SUNS), 10);
      errors.add(relativeError(field.product(weights), back.product(weights)));
    }
    return new Coding(
        basis.rank(),
        coded.length,
        planes.length,
        basis.toBytes().length,
        4L * field.response().length,
        errors,
        denoise,
        encode,
        decode,
        rates(field, back));
  }

  private static double relativeError(float[] truth, float[] other) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < truth.length; i++) {
      error += (double) (other[i] - truth[i]) * (other[i] - truth[i]);
      power += (double) truth[i] * truth[i];
    }
    return Math.sqrt(error / power);
  }

  private static Rates rates(ReflectanceField field, CodedField coded) {
    EnvironmentMap map = maps().get(1);
    Cost start = Cost.now();
    float[] weights = field.basis().weights(HardSources.of(map, MOST_SUNS), 3);
    double weightSeconds = Cost.since(start).wallSeconds;
    MapPyramid small = MapPyramid.of(map.downsampled(256, 128));
    Cost raw =
        best(() -> {
          float[] picture = field.product(weights);
          field.addMirrored(small, picture);
          return field.straight(picture);
        });
    Cost stored =
        best(() -> {
          float[] picture = coded.product(weights);
          coded.addMirrored(small, picture);
          return coded.straight(picture);
        });
    return new Rates(
        1 / raw.wallSeconds,
        1 / stored.wallSeconds,
        1 / raw.coreSeconds,
        1 / stored.coreSeconds,
        weightSeconds);
  }

  /** What one run costs: the median of rounds of many. */
  private static Cost best(java.util.function.Supplier<Image> work) {
    int rounds = 7;
    int each = 40;
    double[] wall = new double[rounds];
    double[] core = new double[rounds];
    float keep = 0;
    for (int round = -2; round < rounds; round++) {
      Cost start = Cost.now();
      for (int i = 0; i < each; i++) {
        keep += work.get().samples()[0];
      }
      Cost cost = Cost.since(start);
      if (round >= 0) {
        wall[round] = cost.wallSeconds / each;
        core[round] = cost.coreSeconds / each;
      }
    }
    if (Float.isInfinite(keep)) {
      throw new ArithmeticException("a picture is not finite");
    }
    Arrays.sort(wall);
    Arrays.sort(core);
    return new Cost(wall[rounds / 2], core[rounds / 2]);
  }
}
