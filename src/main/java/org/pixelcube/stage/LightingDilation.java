package org.pixelcube.stage;

import java.util.Arrays;
import java.util.List;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
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
  private final int width;
  private final int height;
  private final double[] sin;
  private final double[] cos;
  private final double[] cosColumns;
  private final float[] samples;
  private final float[] limit;
  private final List<Matrix3> primaries;
  private final double[] covered;
  private final int[] owner;
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

  private LightingDilation(
      EnvironmentMap map, float[] limit, List<Matrix3> primaries, double[] covered) {
    width = map.width();
    height = map.height();
    samples = map.image().samples();
    this.limit = limit;
    this.primaries = primaries;
    this.covered = covered;
    owner = new int[width * height];
    Arrays.fill(owner, -1);
    sin = new double[height];
    cos = new double[height];
    for (int y = 0; y < height; y++) {
      sin[y] = Math.sin(Math.PI * (y + 0.5) / height);
      cos[y] = Math.cos(Math.PI * (y + 0.5) / height);
    }
    cosColumns = new double[width];
    for (int x = 0; x < width; x++) {
      cosColumns[x] = Math.cos(2 * Math.PI * x / width);
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

  /**
   * Dilates what is shown of a map.
   *
   * @param covered solid angle that is shown of each pixel, {@code (h, w)}: energies are those of
   *     what is shown; regions cross what is not, and leave no light there
   */
  static Result dilate(
      EnvironmentMap map, float[] limit, List<Matrix3> primaries, double[] covered) {
    if (limit.length != map.width() * map.height() || covered.length != limit.length) {
      throw new IllegalArgumentException(
          "%d limits for %s (expected one a pixel)".formatted(limit.length, map));
    }
    return new LightingDilation(map, limit, primaries, covered).run(map);
  }

  /** Σ L·Ω of what is shown. */
  private Rgb energy(float[] of) {
    int plane = width * height;
    double[] sum = new double[3];
    for (int c = 0; c < 3; c++) {
      for (int p = 0; p < plane; p++) {
        sum[c] += covered[p] * of[c * plane + p];
      }
    }
    return new Rgb(sum[0], sum[1], sum[2]);
  }

  private Result run(EnvironmentMap map) {
    for (int p = 0; p < owner.length; p++) {
      if (owner[p] < 0 && over(p)) {
        collect(p);
      }
    }
    int seeds = count;
    for (int r = 0; r < seeds; r++) {
      if (!regions[r].merged) {
        grow(r);
      }
    }
    Rgb before = energy(samples);
    if (seeds == 0) {
      return new Result(map, before, before, 0, 0, 0);
    }
    float[] out = samples.clone();
    int plane = width * height;
    int alive = 0;
    double widest = 0;
    double moved = 0;
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
        out[p] = red;
        out[plane + p] = green;
        out[2 * plane + p] = blue;
      }
    }
    EnvironmentMap result = EnvironmentMap.of(Image.rgb(width, height, out));
    return new Result(
        result, before, energy(out), alive, Math.toDegrees(widest), moved / before.luminance());
  }

  private double luminance(int p) {
    int plane = width * height;
    return new Rgb(samples[p], samples[plane + p], samples[2 * plane + p]).luminance();
  }

  /** Angle from a region's middle, weighted by light, to its farthest pixel. */
  private double radius(Region region) {
    Vector3 centre = Vector3.ZERO;
    for (int k = 0; k < region.size; k++) {
      int p = region.pixels[k];
      // Squared: the middle of what was bright, not of what was taken in.
      double l = luminance(p);
      centre = centre.plus(direction(p).times(l * l * sin[p / width]));
    }
    centre = centre.normalized();
    double least = 1;
    for (int k = 0; k < region.size; k++) {
      least = Math.min(least, centre.dot(direction(region.pixels[k])));
    }
    return Math.acos(Math.clamp(least, -1, 1));
  }

  private Vector3 direction(int p) {
    return EnvironmentMap.direction(
        (p % width + 0.5) / width, ((double) (p / width) + 0.5) / height);
  }

  private boolean over(int p) {
    int plane = width * height;
    return covered[p] > 0
        && peak(samples[p], samples[plane + p], samples[2 * plane + p]) > limit[p];
  }

  /** The largest channel of a colour in any of the primaries. */
  private double peak(double r, double g, double b) {
    double most = 0;
    for (Matrix3 m : primaries) {
      most = Math.max(most, m.m00() * r + m.m01() * g + m.m02() * b);
      most = Math.max(most, m.m10() * r + m.m11() * g + m.m12() * b);
      most = Math.max(most, m.m20() * r + m.m21() * g + m.m22() * b);
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
            frontier.push(distance(q, seed), q, seed);
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
          frontier.push(distance(q, p), q, p);
        }
      }
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
