package org.pixelcube.light;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.pixelcube.math.Vector3;

/** A map as a few area lights that hold all its energy. */
public final class AreaLights {
  private static final int COLUMNS = 256;
  private static final int PEAK_CELLS = 9;

  private AreaLights() {}

  /**
   * Cuts the map into {@code n} regions, each made one light, by median cut (Debevec 2005, "A
   * Median Cut Algorithm for Light Probe Sampling") with the cut and the next region chosen for the
   * least spread of energy on the sphere (Viriyothai and Debevec 2009, "Variance Minimization Light
   * Probe Sampling"): lights go where directions matter, and a small sun ends in a region of its
   * own.
   *
   * <p>Cells of 256×128 are cut; means and spread come from all pixels. The lights' energies add up
   * to the map's. Fewer lights come back where fewer cells hold light, none from a black map.
   */
  public static List<AreaLight> medianCut(EnvironmentMap map, int n) {
    if (n < 1) {
      throw new IllegalArgumentException("%d lights (expected ≥ 1)".formatted(n));
    }
    Cells cells = Cells.of(map, n);
    List<AreaLight> lights = new ArrayList<>(cells.peaks);
    PriorityQueue<Region> open =
        new PriorityQueue<>(Comparator.comparingDouble((Region r) -> -r.spread));
    List<Region> closed = new ArrayList<>();
    Region all = cells.region(0, 0, cells.columns, cells.rows);
    if (all.energy > 0) {
      open.add(all);
    }
    while (open.size() + closed.size() + lights.size() < n && !open.isEmpty()) {
      Region widest = open.remove();
      Region[] halves = cells.cut(widest);
      if (halves == null) {
        closed.add(widest);
      } else {
        open.add(halves[0]);
        open.add(halves[1]);
      }
    }
    closed.addAll(open);
    closed.stream().map(cells::light).forEach(lights::add);
    lights.sort(Comparator.comparingDouble((AreaLight l) -> -l.energy().luminance()));
    return List.copyOf(lights);
  }

  /**
   * A rectangle of cells, and how its luminous energy spreads: Σ E − |Σ E d|²/Σ E, the energy times
   * its variance on the unit sphere.
   */
  private record Region(int x0, int y0, int x1, int y1, double energy, double spread) {}

  /** Summed-area tables over cells, columns turned so that the seam lies where it is darkest. */
  private static final class Cells {
    /** Luminous energy, its moments Σ E·d, then red, green and blue energy. */
    private static final int SUMS = 7;

    final int columns;
    final int rows;
    final List<AreaLight> peaks;
    private final double[][] table;

    private Cells(int columns, int rows, List<AreaLight> peaks) {
      this.columns = columns;
      this.rows = rows;
      this.peaks = peaks;
      this.table = new double[SUMS][(columns + 1) * (rows + 1)];
    }

    static Cells of(EnvironmentMap map, int n) {
      int w = map.width();
      int h = map.height();
      int columns = Math.min(COLUMNS, w);
      int rows = Math.min(COLUMNS / 2, h);
      double[][] sums = new double[SUMS][columns * rows];
      double[] sin = new double[w];
      double[] cos = new double[w];
      for (int x = 0; x < w; x++) {
        double phi = Math.PI * (2 * (x + 0.5) / w - 1);
        sin[x] = Math.sin(phi);
        cos[x] = Math.cos(phi);
      }
      float[] s = map.image().samples();
      int plane = w * h;
      for (int y = 0, k = 0; y < h; y++) {
        double theta = Math.PI * (y + 0.5) / h;
        double st = Math.sin(theta);
        double ct = Math.cos(theta);
        double omega = map.solidAngle(y);
        int base = (int) ((long) y * rows / h) * columns;
        for (int x = 0; x < w; x++, k++) {
          int cell = base + (int) ((long) x * columns / w);
          double r = omega * s[k];
          double g = omega * s[plane + k];
          double b = omega * s[2 * plane + k];
          double e =
              EnvironmentMap.RED_LUMINANCE * r
                  + EnvironmentMap.GREEN_LUMINANCE * g
                  + EnvironmentMap.BLUE_LUMINANCE * b;
          sums[0][cell] += e;
          sums[1][cell] += e * st * sin[x];
          sums[2][cell] += e * ct;
          sums[3][cell] -= e * st * cos[x];
          sums[4][cell] += r;
          sums[5][cell] += g;
          sums[6][cell] += b;
        }
      }
      List<AreaLight> peaks = columns == COLUMNS ? takePeaks(sums, columns, rows, n) : List.of();
      Cells cells = new Cells(columns, rows, peaks);
      int seam = darkestColumn(sums[0], columns, rows);
      for (int i = 0; i < SUMS; i++) {
        double[] t = cells.table[i];
        for (int y = 0; y < rows; y++) {
          double row = 0;
          for (int x = 0; x < columns; x++) {
            row += sums[i][y * columns + (x + seam) % columns];
            t[(y + 1) * (columns + 1) + x + 1] = t[y * (columns + 1) + x + 1] + row;
          }
        }
      }
      return cells;
    }

    /** Takes small bright groups of cells out of the sums: at most half of the lights. */
    private static List<AreaLight> takePeaks(double[][] sums, int columns, int rows, int n) {
      double[] energy = sums[0];
      double threshold = Arrays.stream(energy).sum() / (4.0 * n);
      boolean[] seen = new boolean[energy.length];
      List<int[]> groups = new ArrayList<>();
      int[] stack = new int[energy.length];
      for (int start = 0; start < energy.length; start++) {
        if (seen[start] || energy[start] <= threshold) {
          continue;
        }
        // Flood fill over the eight neighbours, round the seam; stack[0 .. end) is the group.
        int end = 0;
        stack[end++] = start;
        seen[start] = true;
        for (int i = 0; i < end; i++) {
          int x = stack[i] % columns;
          int y = stack[i] / columns;
          for (int ny = Math.max(0, y - 1); ny <= Math.min(rows - 1, y + 1); ny++) {
            for (int dx = -1; dx <= 1; dx++) {
              int k = ny * columns + (x + dx + columns) % columns;
              if (!seen[k] && energy[k] > threshold) {
                seen[k] = true;
                stack[end++] = k;
              }
            }
          }
        }
        if (end <= PEAK_CELLS) {
          groups.add(Arrays.copyOf(stack, end));
        }
      }
      groups.sort(
          Comparator.comparingDouble(
              (int[] g) -> -Arrays.stream(g).mapToDouble(k -> energy[k]).sum()));
      List<AreaLight> peaks = new ArrayList<>();
      for (int[] group : groups.subList(0, Math.min(groups.size(), n / 2))) {
        double[] total = new double[SUMS];
        for (int k : group) {
          for (int i = 0; i < SUMS; i++) {
            total[i] += sums[i][k];
            sums[i][k] = 0;
          }
        }
        peaks.add(light(total));
      }
      return peaks;
    }

    private static int darkestColumn(double[] energy, int columns, int rows) {
      int best = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int x = 0; x < columns; x++) {
        double sum = 0;
        for (int y = 0; y < rows; y++) {
          // The seam runs between this column and the one before.
          sum += energy[y * columns + x] + energy[y * columns + (x + columns - 1) % columns];
        }
        if (sum < least) {
          least = sum;
          best = x;
        }
      }
      return best;
    }

    private double sum(int i, int x0, int y0, int x1, int y1) {
      double[] t = table[i];
      int stride = columns + 1;
      return Math.max(
          i == 0 || i > 3 ? 0 : Double.NEGATIVE_INFINITY,
          (t[y1 * stride + x1] - t[y0 * stride + x1])
              - (t[y1 * stride + x0] - t[y0 * stride + x0]));
    }

    Region region(int x0, int y0, int x1, int y1) {
      double e = sum(0, x0, y0, x1, y1);
      double mx = sum(1, x0, y0, x1, y1);
      double my = sum(2, x0, y0, x1, y1);
      double mz = sum(3, x0, y0, x1, y1);
      double spread = e > 0 ? Math.max(0, e - (mx * mx + my * my + mz * mz) / e) : 0;
      return new Region(x0, y0, x1, y1, e, spread);
    }

    /**
     * The two halves with the least spread together, or null where no cut has light on both sides.
     */
    Region[] cut(Region r) {
      // Differences of running sums carry rounding: less than this share of all is no light.
      double floor = 1e-12 * table[0][table[0].length - 1];
      Region[] best = null;
      double least = Double.POSITIVE_INFINITY;
      for (int x = r.x0 + 1; x < r.x1; x++) {
        Region a = region(r.x0, r.y0, x, r.y1);
        Region b = region(x, r.y0, r.x1, r.y1);
        if (a.energy > floor && b.energy > floor && a.spread + b.spread < least) {
          least = a.spread + b.spread;
          best = new Region[] {a, b};
        }
      }
      for (int y = r.y0 + 1; y < r.y1; y++) {
        Region a = region(r.x0, r.y0, r.x1, y);
        Region b = region(r.x0, y, r.x1, r.y1);
        if (a.energy > floor && b.energy > floor && a.spread + b.spread < least) {
          least = a.spread + b.spread;
          best = new Region[] {a, b};
        }
      }
      return best;
    }

    AreaLight light(Region r) {
      double[] total = new double[SUMS];
      for (int i = 0; i < SUMS; i++) {
        total[i] = sum(i, r.x0, r.y0, r.x1, r.y1);
      }
      return light(total);
    }

    private static AreaLight light(double[] total) {
      Vector3 moment = new Vector3(total[1], total[2], total[3]);
      // A cap of half angle a has the mean vector length (1 + cos a)/2.
      double mean = Math.min(1, moment.length() / total[0]);
      return new AreaLight(
          moment.length() > 0 ? moment.normalized() : new Vector3(0, 0, 1),
          total[4],
          total[5],
          total[6],
          Math.acos(Math.max(-1, 2 * mean - 1)));
    }
  }
}
