package org.pixelcube.head;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.pixelcube.config.UserError;

/**
 * MakeHuman's morphable body: a base mesh, targets that shape it by ethnicity, sex, age, muscle and
 * weight, targets for details of the face, and expression units. Lengths are decimetres, as in its
 * files. Files are read when first asked for and kept; safe to share between threads.
 */
public final class MakeHuman {
  /** Vertices of the base mesh, helpers and joints included. */
  static final int VERTICES = 19158;

  /** The first vertex that is not skin. */
  static final int BODY_VERTICES = 13380;

  /** Peoples that the shape targets know. */
  enum Ethnicity {
    CAUCASIAN,
    ASIAN,
    AFRICAN;

    String fileName() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** A feature of the face: two opposite targets, and how far people differ in it. */
  private record Feature(String folder, String name, String less, String more, double spread) {}

  private static final List<Feature> FEATURES =
      List.of(
          feature("head/head-scale-horiz", "decr", "incr", 0.13),
          feature("head/head-scale-vert", "decr", "incr", 0.1),
          feature("head/head-scale-depth", "decr", "incr", 0.14),
          feature("head/head-back-scale-depth", "decr", "incr", 0.14),
          feature("head/head-fat", "decr", "incr", 0.35),
          feature("head/head-angle", "in", "out", 0.2),
          feature("forehead/forehead-nubian", "decr", "incr", 0.1),
          feature("forehead/forehead-scale-vert", "decr", "incr", 0.1),
          feature("forehead/forehead-temple", "decr", "incr", 0.35),
          feature("forehead/forehead-trans", "backward", "forward", 0.3),
          feature("eyebrows/eyebrows-angle", "down", "up", 0.35),
          feature("eyebrows/eyebrows-trans", "down", "up", 0.25),
          feature("eyes/*-eye-trans", "in", "out", 0.25),
          feature("eyes/*-eye-height2", "decr", "incr", 0.3),
          feature("eyes/*-eye-corner1", "down", "up", 0.35),
          feature("eyes/*-eye-corner2", "down", "up", 0.35),
          feature("eyes/*-eye-eyefold-angle", "down", "up", 0.3),
          feature("eyes/*-eye-bag", "decr", "incr", 0.35),
          feature("nose/nose-base", "down", "up", 0.3),
          feature("nose/nose-curve", "concave", "convex", 0.35),
          feature("nose/nose-flaring", "decr", "incr", 0.3),
          feature("nose/nose-hump", "decr", "incr", 0.3),
          feature("nose/nose-point", "down", "up", 0.3),
          feature("nose/nose-point-width", "decr", "incr", 0.35),
          feature("nose/nose-scale-depth", "decr", "incr", 0.2),
          feature("nose/nose-scale-horiz", "decr", "incr", 0.3),
          feature("nose/nose-scale-vert", "decr", "incr", 0.25),
          feature("nose/nose-width1", "decr", "incr", 0.3),
          feature("nose/nose-width2", "decr", "incr", 0.3),
          feature("nose/nose-volume", "decr", "incr", 0.25),
          feature("cheek/*-cheek-bones", "decr", "incr", 0.4),
          feature("cheek/*-cheek-volume", "decr", "incr", 0.35),
          feature("cheek/*-cheek-inner", "decr", "incr", 0.3),
          feature("mouth/mouth-angles", "down", "up", 0.25),
          feature("mouth/mouth-cupidsbow", "decr", "incr", 0.35),
          feature("mouth/mouth-lowerlip-volume", "decr", "incr", 0.35),
          feature("mouth/mouth-upperlip-volume", "decr", "incr", 0.35),
          feature("mouth/mouth-lowerlip-height", "decr", "incr", 0.3),
          feature("mouth/mouth-upperlip-height", "decr", "incr", 0.3),
          feature("mouth/mouth-scale-horiz", "decr", "incr", 0.3),
          feature("mouth/mouth-trans", "down", "up", 0.2),
          feature("mouth/mouth-philtrum-volume", "decr", "incr", 0.3),
          feature("chin/chin-bones", "decr", "incr", 0.3),
          feature("chin/chin-cleft", "decr", "incr", 0.35),
          feature("chin/chin-height", "decr", "incr", 0.25),
          feature("chin/chin-jaw-drop", "decr", "incr", 0.25),
          feature("chin/chin-prognathism", "decr", "incr", 0.2),
          feature("chin/chin-prominent", "decr", "incr", 0.3),
          feature("chin/chin-width", "decr", "incr", 0.3),
          feature("ears/*-ear-scale", "decr", "incr", 0.3),
          feature("ears/*-ear-lobe", "decr", "incr", 0.4),
          feature("ears/*-ear-wing", "decr", "incr", 0.3),
          feature("neck/neck-scale-horiz", "decr", "incr", 0.25),
          feature("neck/neck-scale-depth", "decr", "incr", 0.2));

  private static final List<String> FACE_SHAPES =
      List.of(
          "head-oval",
          "head-round",
          "head-square",
          "head-rectangular",
          "head-triangular",
          "head-invertedtriangular",
          "head-diamond");

  private static Feature feature(String path, String less, String more, double spread) {
    int slash = path.indexOf('/');
    return new Feature(path.substring(0, slash), path.substring(slash + 1), less, more, spread);
  }

  private final Path folder;
  private final QuadMesh base;
  private final Map<String, MorphTarget> targets = new HashMap<>();

  private MakeHuman(Path folder, QuadMesh base) {
    this.folder = folder;
    this.base = base;
  }

  /**
   * Opens MakeHuman's folder and reads the base mesh.
   *
   * @param folder the one that holds {@code 3dobjs}, {@code targets}, {@code base} and {@code
   *     skins}
   * @throws UserError if the base mesh is missing, broken or another one
   */
  public static MakeHuman open(Path folder) {
    Path file = folder.resolve("3dobjs/base.obj");
    QuadMesh base = QuadMesh.read(file);
    if (base.vertexCount() != VERTICES) {
      throw new UserError(
          file.toString(),
          "it has %d vertices, MakeHuman's base mesh has %d"
              .formatted(base.vertexCount(), VERTICES),
          "restore it from the archive of heads");
    }
    return new MakeHuman(folder, base);
  }

  /** The folder of the files. */
  Path folder() {
    return folder;
  }

  /** The base mesh, every group of it. */
  QuadMesh base() {
    return base;
  }

  /** A target by its path under {@code targets}, without the ending. */
  synchronized MorphTarget target(String name) {
    return targets.computeIfAbsent(
        name,
        key -> MorphTarget.read(folder.resolve("targets").resolve(key + ".target"), VERTICES));
  }

  /** A mesh that rides on the body, by its path under {@code base}. */
  Mhclo proxy(String name) {
    return Mhclo.read(folder.resolve("base").resolve(name), VERTICES);
  }

  /** Shares of the peoples in a person's looks, by {@link Ethnicity#ordinal()}; they sum to 1. */
  static double[] ethnicities(Traits traits) {
    Random random = random(traits, 1);
    // How likely each is given the skin, then one of them mixed with a little of another.
    double m = traits.melanin();
    double[] chance = {
      Math.exp(-Math.pow((m - 0.15) / 0.25, 2)),
      Math.exp(-Math.pow((m - 0.35) / 0.2, 2)),
      Math.exp(-Math.pow((m - 0.85) / 0.25, 2))
    };
    int first = pick(random, chance);
    int second = pick(random, chance);
    double share = 0.25 * random.nextDouble();
    double[] shares = new double[3];
    shares[first] += 1 - share;
    shares[second] += share;
    return shares;
  }

  private static int pick(Random random, double[] chance) {
    double sum = 0;
    for (double c : chance) {
      sum += c;
    }
    double at = random.nextDouble() * sum;
    for (int i = 0; i < chance.length - 1; i++) {
      at -= chance[i];
      if (at < 0) {
        return i;
      }
    }
    return chance.length - 1;
  }

  /** The people that has the largest share. */
  static Ethnicity mainEthnicity(Traits traits) {
    double[] shares = ethnicities(traits);
    int best = 0;
    for (int i = 1; i < shares.length; i++) {
      best = shares[i] > shares[best] ? i : best;
    }
    return Ethnicity.values()[best];
  }

  private static Random random(Traits traits, int purpose) {
    return new Random(traits.seed() * 0x9E3779B97F4A7C15L + 31L * purpose);
  }

  /**
   * A person's body at rest.
   *
   * @return x, y, z of all {@link #VERTICES} vertices, decimetres, the file's own axes and origin
   */
  float[] shape(Traits traits) {
    float[] v = base.positions().clone();
    macroWeights(traits).forEach((name, w) -> target("macrodetails/" + name).addTo(v, w));
    Random random = random(traits, 2);
    for (Feature f : FEATURES) {
      float w = (float) Math.clamp(f.spread() * random.nextGaussian(), -0.7, 0.7);
      float skew = (float) (0.04 * random.nextGaussian());
      if (f.name().startsWith("*")) {
        apply(v, f, "l" + f.name().substring(1), w + skew);
        apply(v, f, "r" + f.name().substring(1), w - skew);
      } else {
        apply(v, f, f.name(), w);
      }
    }
    String faceShape = FACE_SHAPES.get(random.nextInt(FACE_SHAPES.size()));
    target("head/" + faceShape).addTo(v, 0.3f * random.nextFloat());
    if (mainEthnicity(traits) == Ethnicity.ASIAN) {
      float fold = 0.3f * random.nextFloat();
      target("eyes/l-eye-epicanthus-in").addTo(v, fold);
      target("eyes/r-eye-epicanthus-in").addTo(v, fold);
    }
    return v;
  }

  private void apply(float[] v, Feature f, String name, float weight) {
    String end = weight < 0 ? f.less() : f.more();
    target(f.folder() + "/" + name + "-" + end).addTo(v, Math.abs(weight));
  }

  /** Weights of the macro targets: products of the shares of their parts, which interpolate. */
  static Map<String, Float> macroWeights(Traits traits) {
    Random random = random(traits, 3);
    double muscle = Math.clamp((traits.female() ? 0.4 : 0.55) + 0.15 * random.nextGaussian(), 0, 1);
    double weight = Math.clamp(0.5 + 0.17 * random.nextGaussian(), 0.1, 0.95);
    String sex = traits.female() ? "female" : "male";
    Map<String, Double> ages = ages(traits.ageYears());
    Map<String, Float> out = new HashMap<>();
    double[] shares = ethnicities(traits);
    for (Ethnicity e : Ethnicity.values()) {
      ages.forEach((age, a) ->
          put(out, "%s-%s-%s".formatted(e.fileName(), sex, age), shares[e.ordinal()] * a));
    }
    thirds(muscle)
        .forEach((m, mw) ->
            thirds(weight)
                .forEach((w, ww) ->
                    ages.forEach((age, a) ->
                        put(
                            out,
                            "universal-%s-%s-%smuscle-%sweight".formatted(sex, age, m, w),
                            mw * ww * a))));
    return out;
  }

  private static void put(Map<String, Float> out, String name, double weight) {
    if (weight > 1e-3) {
      out.put(name, (float) weight);
    }
  }

  /** MakeHuman's own line of age: child at 12 years, young at 25, old at 90. */
  private static Map<String, Double> ages(double years) {
    double a = Math.clamp(years, 12, 90);
    return a < 25
        ? Map.of("child", (25 - a) / 13, "young", (a - 12) / 13)
        : Map.of("young", (90 - a) / 65, "old", (a - 25) / 65);
  }

  private static Map<String, Double> thirds(double value) {
    return value < 0.5
        ? Map.of("min", 1 - 2 * value, "average", 2 * value)
        : Map.of("average", 2 - 2 * value, "max", 2 * value - 1);
  }

  /** What moves for each {@link Expression}, by ordinal, for a people. */
  MorphTarget[] expressions(Ethnicity ethnicity) {
    return new ExpressionUnits(this, ethnicity).all();
  }

  /** The names of the files of a folder that end in {@code ending}, in order, without it. */
  List<String> list(String path, String ending) {
    Path directory = folder.resolve(path);
    try (var files = Files.list(directory)) {
      List<String> names = new ArrayList<>();
      files
          .map(f -> f.getFileName().toString())
          .filter(n -> n.endsWith(ending))
          .sorted()
          .forEach(n -> names.add(n.substring(0, n.length() - ending.length())));
      return names;
    } catch (java.io.IOException e) {
      throw UserError.of(directory, e);
    }
  }
}
