package org.pixelcube.light;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * Radiance filtered by the GGX lobe for a few roughnesses: the light half of the split-sum
 * approximation with normal = view = reflection direction (Karis 2013, "Real Shading in Unreal
 * Engine 4"). Perceptual roughness r, α = r².
 *
 * <p>With c the cosine between reflection direction R and light, the kernel is c·D(h), D GGX with
 * (n·h)² = (1 + c)/2, summed over pixels of a gathered map and divided by its own sum: a uniform
 * map stays itself. Narrow lobes are split by a smooth window: the core over fine pixels near R,
 * the tail over coarse pixels everywhere.
 *
 * <p>A map that only turns needs no new filtering: give the {@link Rotation} to {@link #sample}.
 */
public final class PrefilteredMap {
  private static final int COARSE_WIDTH = 64;
  private static final int COARSE_CELLS = 32;

  private final double[] roughness;
  private final DirectionTable[] tables;

  private PrefilteredMap(double[] roughness, DirectionTable[] tables) {
    this.roughness = roughness;
    this.tables = tables;
  }

  /**
   * Filters a map.
   *
   * @param roughness each in [0.1, 1]; a smoother mirror is better read from the map itself
   */
  public static PrefilteredMap of(EnvironmentMap map, double... roughness) {
    DirectionTable[] tables = new DirectionTable[roughness.length];
    Map<Integer, Gathered> gathered = new HashMap<>();
    for (int i = 0; i < tables.length; i++) {
      if (!(roughness[i] >= 0.1 && roughness[i] <= 1)) {
        throw new IllegalArgumentException(
            "roughness %s (expected 0.1 to 1)".formatted(roughness[i]));
      }
      tables[i] = filter(w -> gathered.computeIfAbsent(w, k -> Gathered.of(map, k)), roughness[i]);
    }
    return new PrefilteredMap(roughness.clone(), tables);
  }

  private static DirectionTable filter(IntFunction<Gathered> map, double r) {
    double alpha = r * r;
    // D halves where tan²θ_h = α²(√2 − 1); the light turns by twice the half vector's angle.
    double halfWidth = 2 * Math.atan(alpha * Math.sqrt(Math.sqrt(2) - 1));
    double reach = 4 * halfWidth;
    boolean wide = reach > Math.toRadians(80);
    Kernel kernel =
        wide
            ? new Kernel((float) (alpha * alpha), 2, 3)
            : new Kernel(
                (float) (alpha * alpha), (float) Math.cos(reach), (float) Math.cos(0.6 * reach));
    // About three nodes in half the lobe's width keep the bilinear look-up within some per cent.
    int cells = Math.clamp(16 * (long) Math.ceil(Math.PI / (0.3 * halfWidth) / 16), 32, 512);
    float[][] tail = tail(map.apply(COARSE_WIDTH), wide ? cells : COARSE_CELLS, kernel);
    float[] sums = tail[0];
    float[] weights = tail[1];
    float[][] nodes = DirectionTable.nodes(cells);
    if (!wide) {
      int n = nodes[0].length;
      float[] planes = new float[3 * n];
      float[] weightPlanes = new float[3 * n];
      new DirectionTable(COARSE_CELLS, sums).sample(nodes[0], nodes[1], nodes[2], planes);
      new DirectionTable(COARSE_CELLS, weights).sample(nodes[0], nodes[1], nodes[2], weightPlanes);
      sums = new float[3 * n];
      weights = new float[3 * n];
      for (int i = 0; i < n; i++) {
        for (int c = 0; c < 3; c++) {
          sums[3 * i + c] = planes[c * n + i];
          weights[3 * i + c] = weightPlanes[c * n + i];
        }
      }
      int width = COARSE_WIDTH;
      while (width < 1024 && 2 * Math.PI / width > halfWidth / 2) {
        width *= 2;
      }
      addCore(map.apply(width), nodes, kernel, reach, sums, weights);
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= weights[i];
    }
    return new DirectionTable(cells, sums);
  }

  /**
   * The lobe over the cosine c to the reflection direction; its core is cut out by a smooth step
   * from {@code outer} to {@code inner}.
   */
  private record Kernel(float alpha2, float outer, float inner) {}

  /**
   * A map gathered to fewer points: each pixel's energy L·Ω goes to the four points about it by
   * bilinear weights, which keeps the place of a small light, and its Ω likewise, to divide by.
   */
  private static final class Gathered {
    final int width;
    final int height;

    /** L·Ω per channel and point, {@code [3][h · w]}. */
    final float[][] energy;

    /** Ω of a point of each row. */
    final float[] weight;

    private Gathered(int width, int height, float[][] energy, float[] weight) {
      this.width = width;
      this.height = height;
      this.energy = energy;
      this.weight = weight;
    }

    static Gathered of(EnvironmentMap map, int width) {
      int w = Math.min(width, map.width());
      int h = w / 2;
      double step = (double) w / map.width();
      int[] column = new int[map.width()];
      double[] share = new double[map.width()];
      for (int x = 0; x < column.length; x++) {
        double at = (x + 0.5) * step - 0.5;
        column[x] = (int) Math.floor(at);
        share[x] = at - column[x];
      }
      double[][] energy = new double[3][w * h];
      double[] weight = new double[h];
      double[] line = new double[w];
      float[] s = map.image().samples();
      for (int y = 0; y < map.height(); y++) {
        double at = (y + 0.5) * step - 0.5;
        int row = (int) Math.floor(at);
        double below = map.solidAngle(y) * (at - row);
        double above = map.solidAngle(y) - below;
        // Beyond a pole the row is the same one, half a turn on.
        int top = Math.max(0, row);
        int bottom = Math.min(h - 1, row + 1);
        int topTurn = row < 0 ? w / 2 : 0;
        int bottomTurn = row + 1 >= h ? w / 2 : 0;
        weight[top] += above / step;
        weight[bottom] += below / step;
        for (int c = 0; c < 3; c++) {
          Arrays.fill(line, 0);
          int o = (c * map.height() + y) * map.width();
          for (int x = 0; x < column.length; x++) {
            double l = s[o + x];
            int left = column[x] < 0 ? w - 1 : column[x];
            int right = column[x] + 1 == w ? 0 : column[x] + 1;
            line[left] += (1 - share[x]) * l;
            line[right] += share[x] * l;
          }
          double[] e = energy[c];
          for (int x = 0; x < w; x++) {
            e[top * w + (x + topTurn) % w] += above * line[x];
            e[bottom * w + (x + bottomTurn) % w] += below * line[x];
          }
        }
      }
      float[][] single = new float[3][w * h];
      for (int c = 0; c < 3; c++) {
        for (int k = 0; k < w * h; k++) {
          single[c][k] = (float) energy[c][k];
        }
      }
      float[] rows = new float[h];
      for (int y = 0; y < h; y++) {
        rows[y] = (float) weight[y];
      }
      return new Gathered(w, h, single, rows);
    }
  }

  /** The lobe less its core, summed at every node over every point; sums and weights, 3 a node. */
  private static float[][] tail(Gathered map, int cells, Kernel kernel) {
    float[][] nodes = DirectionTable.nodes(cells);
    float[] nx = nodes[0];
    float[] ny = nodes[1];
    float[] nz = nodes[2];
    int n = nx.length;
    float[] red = new float[n];
    float[] green = new float[n];
    float[] blue = new float[n];
    float[] total = new float[n];
    float a2 = kernel.alpha2;
    float slope = 0.5f * (a2 - 1);
    float start = 1 + slope;
    float outer = kernel.outer;
    float perStep = 1 / (kernel.inner - kernel.outer);
    for (int y = 0, k = 0; y < map.height; y++) {
      float omega = map.weight[y];
      for (int x = 0; x < map.width; x++, k++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / map.width, (y + 0.5) / map.height);
        float dx = (float) d.x();
        float dy = (float) d.y();
        float dz = (float) d.z();
        float r = map.energy[0][k];
        float g = map.energy[1][k];
        float b = map.energy[2][k];
        for (int i = 0; i < n; i++) {
          float c = Math.max(0f, dx * nx[i] + dy * ny[i] + dz * nz[i]);
          float q = start + slope * c;
          float t = Math.min(1f, Math.max(0f, (c - outer) * perStep));
          float weight = a2 * c / (q * q) * (1 - t * t * (3 - 2 * t));
          red[i] += weight * r;
          green[i] += weight * g;
          blue[i] += weight * b;
          total[i] += weight * omega;
        }
      }
    }
    float[][] out = new float[2][3 * n];
    for (int i = 0; i < n; i++) {
      out[0][3 * i] = red[i];
      out[0][3 * i + 1] = green[i];
      out[0][3 * i + 2] = blue[i];
      Arrays.fill(out[1], 3 * i, 3 * i + 3, total[i]);
    }
    return out;
  }

  /** Adds the lobe's core at every node, over the points within {@code reach} of it. */
  private static void addCore(
      Gathered map, float[][] nodes, Kernel kernel, double reach, float[] sums, float[] weights) {
    int w = map.width;
    int h = map.height;
    // Rows twice over, so that a span across the seam is one run.
    float[] redEnergy = twice(map.energy[0], w);
    float[] greenEnergy = twice(map.energy[1], w);
    float[] blueEnergy = twice(map.energy[2], w);
    float[] lobe = new float[2 * w];
    float[] sin = new float[2 * w];
    float[] cos = new float[2 * w];
    for (int x = 0; x < 2 * w; x++) {
      double phi = Math.PI * (2 * (x + 0.5) / w - 1);
      sin[x] = (float) Math.sin(phi);
      cos[x] = (float) Math.cos(phi);
    }
    float[] rowSin = new float[h];
    float[] rowCos = new float[h];
    for (int y = 0; y < h; y++) {
      double theta = Math.PI * (y + 0.5) / h;
      rowSin[y] = (float) Math.sin(theta);
      rowCos[y] = (float) Math.cos(theta);
    }
    float a2 = kernel.alpha2;
    float slope = 0.5f * (a2 - 1);
    float start = 1 + slope;
    float outer = kernel.outer;
    float perStep = 1 / (kernel.inner - kernel.outer);
    for (int i = 0; i < nodes[0].length; i++) {
      float nx = nodes[0][i];
      float ny = nodes[1][i];
      float nz = nodes[2][i];
      double theta = Math.acos(Math.clamp(ny, -1f, 1f));
      EnvironmentMap.Uv uv = EnvironmentMap.uv(new Vector3(nx, ny, nz));
      int middle = (int) (uv.u() * w);
      float around = (float) Math.hypot(nx, nz);
      int first = Math.max(0, (int) Math.floor((theta - reach) / Math.PI * h));
      int last = Math.min(h - 1, (int) Math.floor((theta + reach) / Math.PI * h));
      float red = 0;
      float green = 0;
      float blue = 0;
      float total = 0;
      for (int y = first; y <= last; y++) {
        // The span of azimuth within reach: cos reach = cos θ cos θ₀ + sin θ sin θ₀ cos Δφ.
        float bound = (outer - rowCos[y] * ny) / (rowSin[y] * around + 1e-9f);
        if (bound > 1) {
          continue;
        }
        int span =
            bound < -1 ? w / 2 : Math.min(w / 2, (int) (Math.acos(bound) / Math.PI * w / 2) + 1);
        int from = span == w / 2 ? 0 : Math.floorMod(middle - span, w);
        int to = span == w / 2 ? w : from + 2 * span + 1;
        float up = rowCos[y] * ny;
        float px = rowSin[y] * nx;
        float pz = -rowSin[y] * nz;
        // The lobe first, by itself: a loop without sums runs in vectors.
        for (int x = from; x < to; x++) {
          float c = up + px * sin[x] + pz * cos[x];
          float t = Math.min(1f, Math.max(0f, (c - outer) * perStep));
          float q = start + slope * c;
          lobe[x] = a2 * c / (q * q) * (t * t * (3 - 2 * t));
        }
        float rowTotal = 0;
        int row = 2 * y * w;
        for (int x = from; x < to; x++) {
          float weight = lobe[x];
          red += weight * redEnergy[row + x];
          green += weight * greenEnergy[row + x];
          blue += weight * blueEnergy[row + x];
          rowTotal += weight;
        }
        total += rowTotal * map.weight[y];
      }
      sums[3 * i] += red;
      sums[3 * i + 1] += green;
      sums[3 * i + 2] += blue;
      for (int c = 0; c < 3; c++) {
        weights[3 * i + c] += total;
      }
    }
  }

  private static float[] twice(float[] rows, int w) {
    float[] out = new float[2 * rows.length];
    for (int from = 0; from < rows.length; from += w) {
      System.arraycopy(rows, from, out, 2 * from, w);
      System.arraycopy(rows, from, out, 2 * from + w, w);
    }
    return out;
  }

  /** The roughnesses, in the order given. */
  public double[] roughness() {
    return roughness.clone();
  }

  /** The table of one roughness. */
  public DirectionTable table(int index) {
    return tables[index];
  }

  /** Filtered radiance about one reflection direction. */
  public Rgb at(int index, Vector3 direction) {
    return tables[index].at(direction);
  }

  /**
   * Filtered radiance about many reflection directions.
   *
   * @param index which roughness
   * @param out receives {@code (3, n)}
   */
  public void sample(int index, float[] dirX, float[] dirY, float[] dirZ, float[] out) {
    tables[index].sample(dirX, dirY, dirZ, out);
  }

  /** As the other {@code sample}, the light turned by {@code rotation}. */
  public void sample(
      int index, Rotation rotation, float[] dirX, float[] dirY, float[] dirZ, float[] out) {
    tables[index].sample(rotation, dirX, dirY, dirZ, 0, dirX.length, out);
  }
}
