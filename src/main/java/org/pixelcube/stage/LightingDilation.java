package org.pixelcube.stage;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.pixelcube.config.UserError;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * HDR lighting dilation (Debevec and LeGendre, "HDR Lighting Dilation for Dynamic Range Reduction
 * on Virtual Production Stages", 2022): regions of a map brighter than a limit are widened until
 * their mean is within it, and take that mean. One region for all channels, so that no colour
 * fringes arise; every channel's energy is kept.
 *
 * <p>Regions grow over the sphere pixel by pixel, nearest first, so no further than they must;
 * those that meet become one.
 */
public final class LightingDilation {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  /** As many floats as {@link #DOUBLES} has doubles. */
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(
          float.class, VectorShape.forBitSize(Math.max(64, DOUBLES.vectorBitSize() / 2)));

  private final int width;
  private final int height;
  private final double[] sin;
  private final double[] cos;
  private final double[] cosColumns;
  private final double[] longitudeSin;
  private final double[] longitudeCos;
  private final float[] limit;

  /** Rows of the matrices to the channels in which the limit holds. */
  private final float[] lines;

  private final double[] covered;
  private final int[] owner;

  /** The nearest that a pixel was reached from, while a region grows. */
  private final double[] nearest;

  private float[] samples = {};
  private Region[] regions = new Region[16];
  private int count;

  /**
   * A map that fits, and what it took.
   *
   * @param map the map
   * @param before energy Σ L·Ω before
   * @param after and after
   * @param regions how many regions were averaged
   * @param widestDegrees largest angle from a region's bright centre to its edge; 0 without regions
   * @param spreadFraction part of the luminance that left the pixel it was in
   */
  public record Result(
      EnvironmentMap map,
      Rgb before,
      Rgb after,
      int regions,
      double widestDegrees,
      double spreadFraction) {}

  private static final class Region {
    int[] pixels = new int[16];
    int size;
    double red;
    double green;
    double blue;
    double omega;
    float limit = Float.POSITIVE_INFINITY;
    boolean merged;
  }

  /**
   * For what is shown of maps of one size; for one thread at a time.
   *
   * @param limit largest value of each pixel, {@code (h, w)}, above 0
   * @param primaries matrices from Rec.709 to the channels in which the limit holds; each channel
   *     of each must be within it
   * @param covered solid angle that is shown of each pixel, {@code (h, w)}: energies are those of
   *     what is shown; regions cross what is not, and leave no light there
   */
  LightingDilation(
      int width, int height, float[] limit, List<Matrix3> primaries, double[] covered) {
    if (limit.length != width * height || covered.length != limit.length) {
      throw new IllegalArgumentException(
          "%d limits for a map of %d×%d (expected one a pixel)"
              .formatted(limit.length, width, height));
    }
    this.width = width;
    this.height = height;
    this.limit = limit;
    this.covered = covered;
    lines = new float[9 * primaries.size()];
    for (int i = 0; i < primaries.size(); i++) {
      Matrix3 m = primaries.get(i);
      double[] of = {
        m.m00(), m.m01(), m.m02(), m.m10(), m.m11(), m.m12(), m.m20(), m.m21(), m.m22()
      };
      for (int k = 0; k < 9; k++) {
        lines[9 * i + k] = (float) of[k];
      }
    }
    owner = new int[width * height];
    Arrays.fill(owner, -1);
    nearest = new double[width * height];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    sin = new double[height];
    cos = new double[height];
    for (int y = 0; y < height; y++) {
      sin[y] = Math.sin(Math.PI * (y + 0.5) / height);
      cos[y] = Math.cos(Math.PI * (y + 0.5) / height);
    }
    cosColumns = new double[width];
    longitudeSin = new double[width];
    longitudeCos = new double[width];
    for (int x = 0; x < width; x++) {
      cosColumns[x] = Math.cos(2 * Math.PI * x / width);
      Vector3 d = EnvironmentMap.direction((x + 0.5) / width, 0.5);
      longitudeSin[x] = d.x();
      longitudeCos[x] = d.z();
    }
  }

  /**
   * Dilates.
   *
   * @param limit largest value of each pixel, {@code (h, w)}, above 0
   * @param primaries matrices from Rec.709 to the channels in which the limit holds; each channel
   *     of each must be within it
   * @throws UserError if even the mean of the whole map is beyond the limit
   */
  public static Result dilate(EnvironmentMap map, float[] limit, List<Matrix3> primaries) {
    double[] all = new double[map.width() * map.height()];
    for (int y = 0; y < map.height(); y++) {
      Arrays.fill(all, y * map.width(), (y + 1) * map.width(), map.solidAngle(y));
    }
    Result result = dilate(map, limit, primaries, all);
    return new Result(
        result.map(),
        map.energy(),
        result.map().energy(),
        result.regions(),
        result.widestDegrees(),
        result.spreadFraction());
  }

  /** As the other {@code dilate}; of what is {@code covered}, as in the constructor. */
  static Result dilate(
      EnvironmentMap map, float[] limit, List<Matrix3> primaries, double[] covered) {
    return new LightingDilation(map.width(), map.height(), limit, primaries, covered).dilate(map);
  }

  /** Σ L·Ω of what is shown. */
  private Rgb energy() {
    int plane = width * height;
    double[] sum = new double[3];
    int lanes = DOUBLES.length();
    int whole = DOUBLES.loopBound(plane);
    for (int c = 0; c < 3; c++) {
      DoubleVector s = DoubleVector.zero(DOUBLES);
      for (int p = 0; p < whole; p += lanes) {
        DoubleVector l =
            (DoubleVector)
                FloatVector.fromArray(HALF, samples, c * plane + p)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
        s = DoubleVector.fromArray(DOUBLES, covered, p).fma(l, s);
      }
      sum[c] = s.reduceLanes(VectorOperators.ADD);
      for (int p = whole; p < plane; p++) {
        sum[c] += covered[p] * samples[c * plane + p];
      }
    }
    return new Rgb(sum[0], sum[1], sum[2]);
  }

  /** Collects the regions over the limit. */
  private void collect() {
    int plane = width * height;
    int lanes = LANES.length();
    int whole = LANES.loopBound(plane);
    for (int p = 0; p < whole; p += lanes) {
      FloatVector r = FloatVector.fromArray(LANES, samples, p);
      FloatVector g = FloatVector.fromArray(LANES, samples, plane + p);
      FloatVector b = FloatVector.fromArray(LANES, samples, 2 * plane + p);
      // A little less than the limit, for rounding: what is close is looked at in full.
      FloatVector top = FloatVector.fromArray(LANES, limit, p).mul(1 - 1e-5f);
      VectorMask<Float> over = LANES.maskAll(false);
      for (int k = 0; k < lines.length; k += 3) {
        over =
            r.mul(lines[k])
                .add(g.mul(lines[k + 1]))
                .add(b.mul(lines[k + 2]))
                .compare(VectorOperators.GT, top)
                .or(over);
      }
      if (over.anyTrue()) {
        for (int q = p; q < p + lanes; q++) {
          collectFrom(q);
        }
      }
    }
    for (int p = whole; p < plane; p++) {
      collectFrom(p);
    }
  }

  private void collectFrom(int p) {
    if (owner[p] < 0 && over(p)) {
      collect(p);
    }
  }

  /**
   * Dilates a map.
   *
   * @throws UserError if even the mean of what is shown is beyond the limit
   */
  Result dilate(EnvironmentMap map) {
    if (map.width() != width || map.height() != height) {
      throw new IllegalArgumentException("%s (expected %d×%d)".formatted(map, width, height));
    }
    samples = map.image().samples();
    count = 0;
    try {
      return run(map);
    } finally {
      for (int r = 0; r < count; r++) {
        for (int k = 0; k < regions[r].size; k++) {
          owner[regions[r].pixels[k]] = -1;
        }
      }
    }
  }

  private Result run(EnvironmentMap map) {
    collect();
    int seeds = count;
    for (int r = 0; r < seeds; r++) {
      if (!regions[r].merged) {
        grow(r);
      }
    }
    Rgb before = energy();
    if (seeds == 0) {
      return new Result(map, before, before, 0, 0, 0);
    }
    float[] out = samples.clone();
    int plane = width * height;
    int alive = 0;
    double widest = 0;
    double moved = 0;
    double[] change = new double[3];
    for (int r = 0; r < seeds; r++) {
      Region region = regions[r];
      if (region.merged) {
        continue;
      }
      alive++;
      widest = Math.max(widest, radius(region));
      float red = (float) (region.red / region.omega);
      float green = (float) (region.green / region.omega);
      float blue = (float) (region.blue / region.omega);
      double mean = new Rgb(red, green, blue).luminance();
      for (int k = 0; k < region.size; k++) {
        int p = region.pixels[k];
        moved += Math.max(0, luminance(p) - mean) * covered[p];
        change[0] += covered[p] * ((double) red - samples[p]);
        change[1] += covered[p] * ((double) green - samples[plane + p]);
        change[2] += covered[p] * ((double) blue - samples[2 * plane + p]);
        out[p] = red;
        out[plane + p] = green;
        out[2 * plane + p] = blue;
      }
    }
    EnvironmentMap result = EnvironmentMap.trusted(width, height, out);
    Rgb after =
        new Rgb(before.red() + change[0], before.green() + change[1], before.blue() + change[2]);
    return new Result(
        result, before, after, alive, Math.toDegrees(widest), moved / before.luminance());
  }

  private double luminance(int p) {
    int plane = width * height;
    return new Rgb(samples[p], samples[plane + p], samples[2 * plane + p]).luminance();
  }

  /** Angle from a region's middle, weighted by light, to its farthest pixel. */
  private double radius(Region region) {
    double x = 0;
    double y = 0;
    double z = 0;
    for (int k = 0; k < region.size; k++) {
      int p = region.pixels[k];
      // Squared: the middle of what was bright, not of what was taken in.
      double l = luminance(p);
      int row = p / width;
      double weight = l * l * sin[row];
      x += weight * sin[row] * longitudeSin[p % width];
      y += weight * cos[row];
      z += weight * sin[row] * longitudeCos[p % width];
    }
    Vector3 centre = new Vector3(x, y, z).normalized();
    double least = 1;
    for (int k = 0; k < region.size; k++) {
      int column = region.pixels[k] % width;
      int row = region.pixels[k] / width;
      double level = longitudeSin[column] * centre.x() + longitudeCos[column] * centre.z();
      least = Math.min(least, sin[row] * level + cos[row] * centre.y());
    }
    return Math.acos(Math.clamp(least, -1, 1));
  }

  private boolean over(int p) {
    int plane = width * height;
    return covered[p] > 0
        && peak(samples[p], samples[plane + p], samples[2 * plane + p]) > limit[p];
  }

  /** The largest channel of a colour in any of the primaries. */
  private double peak(double r, double g, double b) {
    double most = 0;
    for (int k = 0; k < lines.length; k += 3) {
      most = Math.max(most, lines[k] * r + lines[k + 1] * g + lines[k + 2] * b);
    }
    return most;
  }

  private boolean fits(Region r) {
    // A rounding error beyond the limit is no reason to take in one more pixel.
    return peak(r.red, r.green, r.blue) <= r.limit * r.omega * (1 + 1e-6);
  }

  private void add(int id, int p) {
    Region r = regions[id];
    if (r.size == r.pixels.length) {
      r.pixels = Arrays.copyOf(r.pixels, 2 * r.size);
    }
    r.pixels[r.size++] = p;
    owner[p] = id;
    int plane = width * height;
    double omega = covered[p];
    r.red += omega * samples[p];
    r.green += omega * samples[plane + p];
    r.blue += omega * samples[2 * plane + p];
    r.omega += omega;
    r.limit = Math.min(r.limit, limit[p]);
  }

  /** Makes a region of the pixels over the limit that hang together with {@code p}. */
  private void collect(int p) {
    if (count == regions.length) {
      regions = Arrays.copyOf(regions, 2 * count);
    }
    int id = count++;
    regions[id] = new Region();
    add(id, p);
    for (int k = 0; k < regions[id].size; k++) {
      int at = regions[id].pixels[k];
      for (int n = 0; n < 8; n++) {
        int q = neighbour(at, n);
        if (owner[q] < 0 && over(q)) {
          add(id, q);
        }
      }
    }
  }

  private static final int[] DX = {-1, 0, 1, -1, 1, -1, 0, 1};
  private static final int[] DY = {-1, -1, -1, 0, 0, 1, 1, 1};

  /** One of the eight pixels round {@code p}, round the seam and across the poles. */
  private int neighbour(int p, int n) {
    int x = p % width + DX[n];
    int y = p / width + DY[n];
    if (y < 0 || y >= height) {
      y = y < 0 ? 0 : height - 1;
      x += width / 2;
    }
    return y * width + Math.floorMod(x, width);
  }

  private void grow(int id) {
    Region region = regions[id];
    Frontier frontier = new Frontier();
    push(region, 0, frontier);
    try {
      grow(id, region, frontier);
    } finally {
      for (int k = 0; k < frontier.reached; k++) {
        nearest[frontier.reachedPixels[k]] = Double.POSITIVE_INFINITY;
      }
    }
  }

  private void grow(int id, Region region, Frontier frontier) {
    while (!fits(region)) {
      if (frontier.size == 0) {
        double stops =
            Math.log(peak(region.red, region.green, region.blue) / (region.limit * region.omega))
                / Math.log(2);
        throw new UserError(
            "environment",
            String.format(
                java.util.Locale.ROOT,
                "is brighter on average than the panels can show, by %.2f stops",
                stops),
            "lower the exposure by as much");
      }
      int p = frontier.pop();
      int seed = frontier.poppedSeed;
      if (owner[p] == id) {
        continue;
      }
      if (owner[p] >= 0) {
        Region other = regions[owner[p]];
        int from = region.size;
        other.merged = true;
        for (int k = 0; k < other.size; k++) {
          add(id, other.pixels[k]);
        }
        push(region, from, frontier);
      } else {
        add(id, p);
        for (int n = 0; n < 8; n++) {
          int q = neighbour(p, n);
          if (owner[q] != id) {
            reach(q, seed, frontier);
          }
        }
      }
    }
  }

  /** Puts what lies round the pixels from number {@code from} on into the frontier. */
  private void push(Region region, int from, Frontier frontier) {
    int id = owner[region.pixels[0]];
    for (int k = from; k < region.size; k++) {
      int p = region.pixels[k];
      for (int n = 0; n < 8; n++) {
        int q = neighbour(p, n);
        if (owner[q] != id) {
          reach(q, p, frontier);
        }
      }
    }
  }

  /** Puts a pixel into the frontier unless it is there from nearer. */
  private void reach(int pixel, int seed, Frontier frontier) {
    double key = distance(pixel, seed);
    double before = nearest[pixel];
    if (key < before) {
      if (before == Double.POSITIVE_INFINITY) {
        frontier.reach(pixel);
      }
      nearest[pixel] = key;
      frontier.push(key, pixel, seed);
    }
  }

  /** 1 − cos of the angle between two pixels: in the order of the angle. */
  private double distance(int p, int q) {
    int yp = p / width;
    int yq = q / width;
    int column = Math.abs(p % width - q % width);
    return 1 - (sin[yp] * sin[yq] * cosColumns[column] + cos[yp] * cos[yq]);
  }

  /** Pixels to take in, the nearest to where they were reached from first; a binary heap. */
  private static final class Frontier {
    private double[] keys = new double[256];
    private int[] pixels = new int[256];
    private int[] seeds = new int[256];
    private int size;
    private int poppedSeed;

    /** Pixels that ever were in it. */
    private int[] reachedPixels = new int[256];

    private int reached;

    void reach(int pixel) {
      if (reached == reachedPixels.length) {
        reachedPixels = Arrays.copyOf(reachedPixels, 2 * reached);
      }
      reachedPixels[reached++] = pixel;
    }

    void push(double key, int pixel, int seed) {
      if (size == keys.length) {
        keys = Arrays.copyOf(keys, 2 * size);
        pixels = Arrays.copyOf(pixels, 2 * size);
        seeds = Arrays.copyOf(seeds, 2 * size);
      }
      int i = size++;
      while (i > 0 && keys[(i - 1) / 2] > key) {
        move((i - 1) / 2, i);
        i = (i - 1) / 2;
      }
      set(i, key, pixel, seed);
    }

    int pop() {
      int pixel = pixels[0];
      poppedSeed = seeds[0];
      size--;
      double key = keys[size];
      int i = 0;
      while (2 * i + 1 < size) {
        int child = 2 * i + 1;
        if (child + 1 < size && keys[child + 1] < keys[child]) {
          child++;
        }
        if (keys[child] >= key) {
          break;
        }
        move(child, i);
        i = child;
      }
      set(i, key, pixels[size], seeds[size]);
      return pixel;
    }

    private void move(int from, int to) {
      set(to, keys[from], pixels[from], seeds[from]);
    }

    private void set(int i, double key, int pixel, int seed) {
      keys[i] = key;
      pixels[i] = pixel;
      seeds[i] = seed;
    }
  }
}
