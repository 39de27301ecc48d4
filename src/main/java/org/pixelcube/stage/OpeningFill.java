package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.SphericalHarmonics;
import org.pixelcube.math.Vector3;

/**
 * Gives the panels the light that openings miss: a smooth gain of each channel over the sphere, so
 * that the irradiance on a sphere at the head comes near that of what panels show and openings miss
 * while the picture changes as little as it can:
 *
 * <pre>min Σ Ω δ² / (L + f) + |K δ − b|² / μ,  −s L ≤ δ ≤ limit − L</pre>
 *
 * <p>L is the light on the panels, f a small part of the map's mean, so that dark panels stay dark
 * where they can; K takes light to the coefficients of irradiance in spherical harmonics of degree
 * 0, 1, 2, 4 and 6 (Ramamoorthi and Hanrahan 2001; degrees 3 and 5 are not in irradiance), b what
 * is missing of them. The solution is δ = (L + f) g within its bounds, g a combination of the same
 * harmonics: a problem of 31 unknowns for each channel, solved by Newton's method on its dual over
 * cells of the sphere. μ is as large as the aim allows.
 */
public final class OpeningFill {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;

  private static final VectorShuffle<Float> REVERSE =
      VectorShuffle.iota(LANES, LANES.length() - 1, -1, false);

  private static final int DEGREE = 6;
  private static final int ORDERS = 2 * DEGREE + 1;

  /** Harmonics of degree 0, 1, 2, 4 and 6. */
  private static final int TERMS = 31;

  /** Products of two of them, and room up to whole vectors. */
  private static final int PRODUCTS = 512;

  private static final int MOST_COLUMNS = 64;

  /** f of a channel, relative to its mean. */
  private static final double FLOOR = 0.05;

  /** The least f, relative to the mean of the brightest channel. */
  private static final double LEAST_FLOOR = 1e-4;

  /** s: how much of its light a panel may lose. */
  private static final float MOST_DARKENED = 0.5f;

  /** Worst error of irradiance up to degree 6 that is aimed at, relative to the largest. */
  private static final double AIM = 0.006;

  /** PSNR of the mirrored picture that {@link DriveSettings.Fill#MIRROR} keeps, with a margin. */
  private static final double MIRROR_DECIBEL = 36;

  private static final double STRONGEST = 1e-7;
  private static final double WEAKEST = 1e2;
  private static final int STEPS = 14;

  /** Times that what bounds of single pixels held back is asked for again. */
  private static final int CORRECTIONS = 3;

  private static final int NEWTON_STEPS = 12;

  /** What of the missing light Newton's method may leave unaccounted for. */
  private static final double CONVERGED = 2e-3;

  /** A smaller μ that leaves more than this of the error changes the picture for nothing. */
  private static final double WORTHWHILE = 0.95;

  /** From one μ to the next. */
  private static final double RATIO = 8;

  private static final double DAMPING = 1e-3;

  /** Zonal coefficients of max(0, cos θ): Ramamoorthi and Hanrahan 2001, eq. 8. */
  private static final double[] COSINE = {
    Math.PI, 2 * Math.PI / 3, Math.PI / 4, 0, -Math.PI / 24, 0, Math.PI / 64
  };

  /** The first term of each degree. */
  private static final int[] FIRST = {0, 1, 4, 0, 9, 0, 18};

  /** Normals at which irradiance is looked at. */
  private static final int NORMALS = 200;

  /** Term, normal: irradiance there from coefficients. */
  private static final double[][] AT_NORMALS = normalTerms();

  private final boolean alone;
  private final int width;
  private final int height;
  private final int columns;
  private final int rows;
  private final float[] covered;
  private final float[] limit;
  private final float[] cellCovered;
  private final float[] cellLimit;

  /** Cell · {@link #TERMS}: mean of K over what panels cover of the cell. */
  private final float[] terms;

  /** Cell · {@link #PRODUCTS}: products of two terms, the lower triangle row after row. */
  private final float[] products;

  /** Row · {@link #TERMS}: K at longitude 0, where sines count as cosines. */
  private final double[] rowTerms;

  /** cos mφ for m = 0 … 6, then sin mφ for m = 1 … 6, for each column. */
  private final float[][] waves;

  /** Left cell of each column in a row of the gain, and how far towards the next. */
  private final int[] cellOf;

  private final float[] cellFraction;

  // What a frame leaves in each part of the sphere; written by one thread each.
  private final double[] moments;
  private final float[] cellLight;
  private final float[] cellBright;
  private final float[] cellBrightCovered;

  /**
   * The system of a stage for maps of one size.
   *
   * @param covered solid angle of the LEDs that show each map pixel, {@code (h, w)}
   * @param limit most light that each map pixel may have, {@code (h, w)} or {@code (w)} if it is
   *     the same in all rows
   * @param alone whether to leave maps to the calling thread
   */
  OpeningFill(int width, int height, double[] covered, float[] limit, boolean alone) {
    this.alone = alone;
    this.width = width;
    this.height = height;
    this.covered = new float[covered.length];
    for (int i = 0; i < covered.length; i++) {
      this.covered[i] = (float) covered[i];
    }
    this.limit = limit;
    columns = Math.min(MOST_COLUMNS, width);
    rows = columns / 2;
    int cells = columns * rows;
    cellCovered = new float[cells];
    cellLimit = new float[cells];
    terms = new float[cells * TERMS];
    products = new float[cells * PRODUCTS];
    rowTerms = new double[height * TERMS];
    waves = new float[ORDERS][width];
    moments = new double[height * 3 * ORDERS];
    cellLight = new float[3 * cells];
    cellBright = new float[3 * cells];
    cellBrightCovered = new float[3 * cells];
    cellOf = new int[width];
    cellFraction = new float[width];
    for (int x = 0; x < width; x++) {
      double fx = (x + 0.5) * columns / width + 0.5;
      cellOf[x] = (int) fx;
      cellFraction[x] = (float) (fx - cellOf[x]);
      double phi = longitude(x + 0.5, width);
      for (int m = 0; m <= DEGREE; m++) {
        waves[m][x] = (float) Math.cos(m * phi);
        if (m > 0) {
          waves[DEGREE + m][x] = (float) Math.sin(m * phi);
        }
      }
    }
    for (int y = 0; y < height; y++) {
      double theta = Math.PI * (y + 0.5) / height;
      double[] t = new double[TERMS];
      evaluate(Math.sin(theta), 0, Math.cos(theta), t);
      for (int k = 0; k < TERMS; k++) {
        // The coefficient of sin mφ is that of cos mφ.
        rowTerms[y * TERMS + k] = t[order(k) < 0 ? k - 2 * order(k) : k];
      }
    }
    IntStream.range(0, rows).parallel().forEach(this::cells);
  }

  private OpeningFill(OpeningFill like) {
    alone = true;
    width = like.width;
    height = like.height;
    columns = like.columns;
    rows = like.rows;
    covered = like.covered;
    limit = like.limit;
    cellCovered = like.cellCovered;
    cellLimit = like.cellLimit;
    terms = like.terms;
    products = like.products;
    rowTerms = like.rowTerms;
    waves = like.waves;
    cellOf = like.cellOf;
    cellFraction = like.cellFraction;
    moments = new double[like.moments.length];
    cellLight = new float[like.cellLight.length];
    cellBright = new float[like.cellBright.length];
    cellBrightCovered = new float[like.cellBrightCovered.length];
  }

  /** The same system, for maps in another thread. */
  OpeningFill forOneThread() {
    return new OpeningFill(this);
  }

  private static double longitude(double x, int width) {
    return Math.PI - Math.PI * (2 * x / width - 1);
  }

  private static int degree(int term) {
    return term < 1 ? 0 : term < 4 ? 1 : term < 9 ? 2 : term < 18 ? 4 : 6;
  }

  private static int order(int term) {
    int l = degree(term);
    return term - FIRST[l] - l;
  }

  /** K for light from (x, y, z), whose polar axis is z. */
  private static void evaluate(double x, double y, double z, double[] out) {
    double[] all = new double[SphericalHarmonics.count(DEGREE)];
    SphericalHarmonics.evaluate(x, y, z, DEGREE, all);
    int k = 0;
    for (int l = 0; l <= DEGREE; l++) {
      for (int i = l * l; COSINE[l] != 0 && i < (l + 1) * (l + 1); i++) {
        out[k++] = COSINE[l] * all[i];
      }
    }
  }

  /** The harmonics themselves at normals over the sphere. */
  private static double[][] normalTerms() {
    List<Vector3> normals = normals(NORMALS);
    double[][] out = new double[TERMS][NORMALS];
    double[] t = new double[TERMS];
    for (int i = 0; i < NORMALS; i++) {
      Vector3 n = normals.get(i);
      evaluate(n.x(), n.y(), n.z(), t);
      for (int k = 0; k < TERMS; k++) {
        out[k][i] = t[k] / COSINE[degree(k)];
      }
    }
    return out;
  }

  private int firstRow(int cellRow) {
    return cellRow * height / rows;
  }

  private int firstColumn(int cellColumn) {
    return cellColumn * width / columns;
  }

  private int limitRow(int y) {
    return limit.length == width ? 0 : y * width;
  }

  private void cells(int cellRow) {
    double[] sum = new double[TERMS];
    for (int cx = 0; cx < columns; cx++) {
      int cell = cellRow * columns + cx;
      Arrays.fill(sum, 0);
      double area = 0;
      double most = 0;
      for (int y = firstRow(cellRow); y < firstRow(cellRow + 1); y++) {
        for (int x = firstColumn(cx); x < firstColumn(cx + 1); x++) {
          double c = covered[y * width + x];
          area += c;
          most += c * limit[limitRow(y) + x];
          for (int k = 0; k < TERMS; k++) {
            sum[k] += c * rowTerms[y * TERMS + k] * wave(order(k))[x];
          }
        }
      }
      cellCovered[cell] = (float) area;
      if (area > 0) {
        cellLimit[cell] = (float) (most / area);
        for (int k = 0, n = 0; k < TERMS; k++) {
          terms[cell * TERMS + k] = (float) (sum[k] / area);
          for (int j = 0; j <= k; j++) {
            products[cell * PRODUCTS + n++] = (float) (sum[k] / area * (sum[j] / area));
          }
        }
      }
    }
  }

  private float[] wave(int order) {
    return waves[order < 0 ? DEGREE - order : order];
  }

  /** Unit vectors spread evenly, a Fibonacci lattice. */
  static List<Vector3> normals(int count) {
    List<Vector3> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double z = 1 - 2 * (i + 0.5) / count;
      double r = Math.sqrt(1 - z * z);
      double phi = Math.PI * (3 - Math.sqrt(5)) * i;
      out.add(new Vector3(r * Math.cos(phi), r * Math.sin(phi), z));
    }
    return out;
  }

  /**
   * What the panels are to show: L + (L + floor) g, no darker than half of L, no brighter than the
   * limit, or than L where that is beyond it.
   *
   * @param gain g in every column of the map, in the middles of rows of cells of the sphere and of
   *     one more at either pole, {@code (3, rows + 2, w)}; empty if there is nothing to do
   * @param floor of each channel
   * @param worst the worst error of irradiance left, up to degree 6, relative to the largest, by
   *     the solver's account
   */
  public record Fill(float[] gain, float[] floor, double worst) {
    boolean nothing() {
      return gain.length == 0;
    }
  }

  static final Fill NOTHING = new Fill(new float[0], new float[3], 0);

  /**
   * Works the gain of a map out.
   *
   * @param wanted the map, whose light in openings is wanted
   * @param shown what the panels show of it, of the same size: dilated, or the same
   * @param mirror keep the mirrored picture in place of meeting the irradiance
   * @param unitOfPeak light 1 of the map relative to the peak of the panels
   */
  Fill fill(EnvironmentMap wanted, EnvironmentMap shown, boolean mirror, double unitOfPeak) {
    float[] w = wanted.image().samples();
    float[] s = shown.image().samples();
    double[][] missing = missing(w, s, NOTHING);
    Solve solve = new Solve(missing, mirror, unitOfPeak);
    Fill best = solve.run();
    Fill fill = best;
    double[][] asked = missing;
    // Cells know of their light in the mean alone. Where bounds hold single pixels back, what was
    // really reached is asked for once more.
    for (int round = 0; round < CORRECTIONS && solve.bounded; round++) {
      double[][] left = missing(w, s, fill);
      double found = solve.worst(left) / solve.largest;
      fill = new Fill(fill.gain(), fill.floor(), found);
      if (round == 0 || found < best.worst()) {
        best = fill;
      } else {
        break;
      }
      double expected = solve.worst(solve.left) / solve.largest;
      if (mirror || found <= 1.2 * AIM || found <= 1.1 * expected || round == CORRECTIONS - 1) {
        break;
      }
      double[][] next = new double[3][TERMS];
      for (int c = 0; c < 3; c++) {
        for (int t = 0; t < TERMS; t++) {
          next[c][t] = asked[c][t] + left[c][t] - solve.left[c][t];
        }
      }
      asked = next;
      solve = new Solve(asked, mirror, unitOfPeak);
      fill = solve.run();
    }
    return best;
  }

  /** Coefficients of the irradiance that is missing with a fill. */
  private double[][] missing(float[] wanted, float[] shown, Fill fill) {
    IntStream range = IntStream.range(0, rows);
    (alone ? range : range.parallel()).forEach(r -> analyse(wanted, shown, fill, r));
    double[][] missing = new double[3][TERMS];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        int o = (y * 3 + c) * ORDERS;
        for (int k = 0; k < TERMS; k++) {
          int m = order(k);
          missing[c][k] += rowTerms[y * TERMS + k] * moments[o + (m < 0 ? DEGREE - m : m)];
        }
      }
    }
    return missing;
  }

  /** Sums over one row of cells: what is missing, wave by wave, and the light on the panels. */
  private void analyse(float[] wanted, float[] shown, Fill fill, int cellRow) {
    int plane = width * height;
    float[][] light = new float[3][width];
    float[][] bright = new float[3][width];
    float[][] brightCovered = new float[3][width];
    float[][] row = new float[3][width];
    float[] difference = new float[width];
    for (int y = firstRow(cellRow); y < firstRow(cellRow + 1); y++) {
      float omega = (float) solidAngle(y);
      if (!fill.nothing()) {
        for (int c = 0; c < 3; c++) {
          System.arraycopy(shown, c * plane + y * width, row[c], 0, width);
        }
        apply(fill, y, row);
      }
      for (int c = 0; c < 3; c++) {
        int o = c * plane + y * width;
        if (fill.nothing()) {
          light(y, shown, o, light[c], bright[c], brightCovered[c]);
          missed(wanted, o, omega, y * width, difference);
        } else {
          difference(wanted, shown, o, omega, y * width, row[c], difference);
        }
        waves(difference, (y * 3 + c) * ORDERS);
      }
    }
    for (int c = 0; fill.nothing() && c < 3; c++) {
      for (int cx = 0; cx < columns; cx++) {
        int cell = c * columns * rows + cellRow * columns + cx;
        float l = 0;
        float b = 0;
        float n = 0;
        for (int x = firstColumn(cx); x < firstColumn(cx + 1); x++) {
          l += light[c][x];
          b += bright[c][x];
          n += brightCovered[c][x];
        }
        cellLight[cell] = l;
        cellBright[cell] = b;
        cellBrightCovered[cell] = n;
      }
    }
  }

  /** What openings miss of a row. */
  private void missed(float[] wanted, int o, float omega, int at, float[] missed) {
    for (int x = 0; x < width; x++) {
      missed[x] = (omega - covered[at + x]) * wanted[o + x];
    }
  }

  /** What openings miss of a row, less what panels show beyond their own light. */
  private void difference(
      float[] wanted, float[] shown, int o, float omega, int at, float[] row, float[] difference) {
    for (int x = 0; x < width; x++) {
      float cover = covered[at + x];
      difference[x] = (omega - cover) * wanted[o + x] + cover * (shown[o + x] - row[x]);
    }
  }

  /** Adds one row's light, and that of its pixels brighter than half of their limit. */
  private void light(
      int y, float[] shown, int o, float[] light, float[] bright, float[] brightCovered) {
    int at = y * width;
    int lim = limitRow(y);
    int whole = LANES.loopBound(width);
    for (int x = 0; x < whole; x += LANES.length()) {
      FloatVector cover = FloatVector.fromArray(LANES, covered, at + x);
      FloatVector l = FloatVector.fromArray(LANES, shown, o + x);
      FloatVector product = cover.mul(l);
      FloatVector.fromArray(LANES, light, x).add(product).intoArray(light, x);
      VectorMask<Float> high =
          l.mul(2).compare(VectorOperators.GT, FloatVector.fromArray(LANES, limit, lim + x));
      if (high.anyTrue()) {
        FloatVector.fromArray(LANES, bright, x).add(product, high).intoArray(bright, x);
        FloatVector.fromArray(LANES, brightCovered, x).add(cover, high).intoArray(brightCovered, x);
      }
    }
    for (int x = whole; x < width; x++) {
      float product = covered[at + x] * shown[o + x];
      light[x] += product;
      if (2 * shown[o + x] > limit[lim + x]) {
        bright[x] += product;
        brightCovered[x] += covered[at + x];
      }
    }
  }

  /**
   * Sums of a row times each wave. Four columns that lie as far from the seam or from the middle
   * have the same cosines and sines but for their signs, so a quarter of the row is gone through.
   */
  private void waves(float[] values, int out) {
    int count = LANES.length();
    int half = width / 2;
    int quarter = width % 4 == 0 ? width / 4 : 0;
    int whole = LANES.loopBound(quarter);
    FloatVector c0 = FloatVector.zero(LANES);
    FloatVector c1 = c0;
    FloatVector c2 = c0;
    FloatVector c3 = c0;
    FloatVector c4 = c0;
    FloatVector c5 = c0;
    FloatVector c6 = c0;
    FloatVector s1 = c0;
    FloatVector s2 = c0;
    FloatVector s3 = c0;
    FloatVector s4 = c0;
    FloatVector s5 = c0;
    FloatVector s6 = c0;
    for (int x = 0; x < whole; x += count) {
      FloatVector a = FloatVector.fromArray(LANES, values, x);
      FloatVector b = FloatVector.fromArray(LANES, values, half - count - x).rearrange(REVERSE);
      FloatVector c = FloatVector.fromArray(LANES, values, half + x);
      FloatVector d = FloatVector.fromArray(LANES, values, width - count - x).rearrange(REVERSE);
      FloatVector p = a.add(d);
      FloatVector q = b.add(c);
      FloatVector even = p.add(q);
      FloatVector odd = p.sub(q);
      c0 = c0.add(even);
      c1 = FloatVector.fromArray(LANES, waves[1], x).fma(odd, c1);
      c2 = FloatVector.fromArray(LANES, waves[2], x).fma(even, c2);
      c3 = FloatVector.fromArray(LANES, waves[3], x).fma(odd, c3);
      c4 = FloatVector.fromArray(LANES, waves[4], x).fma(even, c4);
      c5 = FloatVector.fromArray(LANES, waves[5], x).fma(odd, c5);
      c6 = FloatVector.fromArray(LANES, waves[6], x).fma(even, c6);
      p = a.sub(d);
      q = c.sub(b);
      even = p.add(q);
      odd = p.sub(q);
      s1 = FloatVector.fromArray(LANES, waves[7], x).fma(odd, s1);
      s2 = FloatVector.fromArray(LANES, waves[8], x).fma(even, s2);
      s3 = FloatVector.fromArray(LANES, waves[9], x).fma(odd, s3);
      s4 = FloatVector.fromArray(LANES, waves[10], x).fma(even, s4);
      s5 = FloatVector.fromArray(LANES, waves[11], x).fma(odd, s5);
      s6 = FloatVector.fromArray(LANES, waves[12], x).fma(even, s6);
    }
    moments[out] = c0.reduceLanes(VectorOperators.ADD);
    moments[out + 1] = c1.reduceLanes(VectorOperators.ADD);
    moments[out + 2] = c2.reduceLanes(VectorOperators.ADD);
    moments[out + 3] = c3.reduceLanes(VectorOperators.ADD);
    moments[out + 4] = c4.reduceLanes(VectorOperators.ADD);
    moments[out + 5] = c5.reduceLanes(VectorOperators.ADD);
    moments[out + 6] = c6.reduceLanes(VectorOperators.ADD);
    moments[out + 7] = s1.reduceLanes(VectorOperators.ADD);
    moments[out + 8] = s2.reduceLanes(VectorOperators.ADD);
    moments[out + 9] = s3.reduceLanes(VectorOperators.ADD);
    moments[out + 10] = s4.reduceLanes(VectorOperators.ADD);
    moments[out + 11] = s5.reduceLanes(VectorOperators.ADD);
    moments[out + 12] = s6.reduceLanes(VectorOperators.ADD);
    rest(values, whole, half - whole, out);
    rest(values, half + whole, width - whole, out);
  }

  /** Adds the columns from {@code from} to {@code to}. */
  private void rest(float[] values, int from, int to, int out) {
    for (int m = 0; from < to && m < ORDERS; m++) {
      double sum = 0;
      for (int x = from; x < to; x++) {
        sum += (double) waves[m][x] * values[x];
      }
      moments[out + m] += sum;
    }
  }

  private double solidAngle(int y) {
    return 2
        * Math.PI
        / width
        * (Math.cos(Math.PI * y / height) - Math.cos(Math.PI * (y + 1) / height));
  }

  /** One map's system. */
  private final class Solve {
    private final double[][] missing;
    private final boolean mirror;
    private final double unitOfPeak;
    private final float[] floor = new float[3];

    /** Classes of light: the cells, then their bright parts. */
    private int classes;

    private final int[] cell = new int[2 * columns * rows];
    private final float[] area = new float[3 * 2 * columns * rows];
    private final float[] mean = new float[3 * 2 * columns * rows];
    private final float[] top = new float[2 * columns * rows];
    private final double[][] gram = new double[3][];
    private final double[] trace = new double[3];
    private final double[][] lambda = new double[3][TERMS];
    private final double[][] left = new double[3][TERMS];
    private double largest;

    /** Whether bounds were met with. */
    private boolean bounded;

    Solve(double[][] missing, boolean mirror, double unitOfPeak) {
      this.missing = missing;
      this.mirror = mirror;
      this.unitOfPeak = unitOfPeak;
    }

    Fill run() {
      classify();
      double[][] whole = new double[3][];
      double[] meanLight = new double[3];
      double brightest = 0;
      for (int c = 0; c < 3; c++) {
        whole[c] = missing[c].clone();
        for (int k = 0; k < classes; k++) {
          float light = area[c * cell.length + k] * mean[c * cell.length + k];
          for (int t = 0; t < TERMS; t++) {
            whole[c][t] += light * terms[cell[k] * TERMS + t];
          }
        }
        // The coefficient of degree 0 is π √(1 / 4π) Σ L Ω.
        meanLight[c] = Math.max(0, whole[c][0] * Math.sqrt(4 * Math.PI) / (4 * Math.PI) / Math.PI);
        brightest = Math.max(brightest, meanLight[c]);
      }
      largest = worst(whole);
      if (!(largest > 0) || worst(missing) <= AIM * largest) {
        return NOTHING;
      }
      for (int c = 0; c < 3; c++) {
        floor[c] = (float) Math.max(FLOOR * meanLight[c], LEAST_FLOOR * brightest);
        gram[c] = gram(c, null);
        for (int t = 0; t < TERMS; t++) {
          trace[c] += gram[c][t * TERMS + t] / TERMS;
        }
      }
      // As weak as the aim allows: first as if there were no bounds, then within them.
      double strength =
          weakest(rho -> {
            for (int c = 0; c < 3; c++) {
              unbounded(c, rho);
            }
            return worst(left) <= AIM * largest;
          });
      if (mirror) {
        double least = strength;
        strength =
            least(rho -> {
              if (rho < least) {
                return false;
              }
              for (int c = 0; c < 3; c++) {
                unbounded(c, rho);
              }
              return mirrorDecibel() >= MIRROR_DECIBEL;
            });
      }
      double found = within(strength, mirror);
      return new Fill(grid(), floor, found);
    }

    private void classify() {
      int cells = columns * rows;
      for (int i = 0; i < cells; i++) {
        if (cellCovered[i] <= 0) {
          continue;
        }
        boolean some = false;
        boolean rest = false;
        for (int c = 0; c < 3; c++) {
          float n = cellBrightCovered[c * cells + i];
          some |= n > 0;
          rest |= n < cellCovered[i] * 0.9999f;
        }
        for (int part = 0; part < 2; part++) {
          if (part == 0 ? !rest : !some) {
            continue;
          }
          cell[classes] = i;
          for (int c = 0; c < 3; c++) {
            float n = cellBrightCovered[c * cells + i];
            float l = cellBright[c * cells + i];
            float a = part == 1 ? n : Math.max(0, cellCovered[i] - n);
            float s = part == 1 ? l : Math.max(0, cellLight[c * cells + i] - l);
            area[c * cell.length + classes] = a;
            mean[c * cell.length + classes] = a > 1e-6f * cellCovered[i] ? s / a : 0;
          }
          float most = Math.max(mean[classes], mean[cell.length + classes]);
          most = Math.max(most, mean[2 * cell.length + classes]);
          top[classes] = most < cellLimit[i] ? cellLimit[i] : 0;
          classes++;
        }
      }
    }

    /** Σ area · (mean + floor) · terms · termsᵀ over the classes that are free, or all. */
    private double[] gram(int c, boolean[] free) {
      int lanes = LANES.length();
      float[] sum = new float[PRODUCTS];
      int o = c * cell.length;
      for (int k = 0; k < classes; k++) {
        if (free != null && !free[k]) {
          continue;
        }
        float weight = area[o + k] * (mean[o + k] + floor[c]);
        int at = cell[k] * PRODUCTS;
        for (int i = 0; i < PRODUCTS; i += lanes) {
          FloatVector.fromArray(LANES, products, at + i)
              .fma(FloatVector.broadcast(LANES, weight), FloatVector.fromArray(LANES, sum, i))
              .intoArray(sum, i);
        }
      }
      double[] g = new double[TERMS * TERMS];
      for (int i = 0, n = 0; i < TERMS; i++) {
        for (int j = 0; j <= i; j++) {
          g[i * TERMS + j] = sum[n];
          g[j * TERMS + i] = sum[n++];
        }
      }
      return g;
    }

    /** Worst irradiance of coefficients of three channels over all normals. */
    private double worst(double[][] coefficients) {
      double most = 0;
      double[] sum = new double[NORMALS];
      for (double[] of : coefficients) {
        Arrays.fill(sum, 0);
        for (int t = 0; t < TERMS; t++) {
          double[] at = AT_NORMALS[t];
          double coefficient = of[t];
          for (int i = 0; i < NORMALS; i++) {
            sum[i] += coefficient * at[i];
          }
        }
        for (double e : sum) {
          most = Math.max(most, Math.abs(e));
        }
      }
      return most;
    }

    /** The largest strength of μ that is good, or the least tried. */
    private static double weakest(DoublePredicate good) {
      double low = Math.log(STRONGEST);
      double high = Math.log(WEAKEST);
      for (int i = 0; i < STEPS; i++) {
        double middle = (low + high) / 2;
        if (good.test(Math.exp(middle))) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return Math.exp(low);
    }

    /** The least strength of μ that is good, or the largest tried. */
    private static double least(DoublePredicate good) {
      return weakest(rho -> !good.test(rho));
    }

    /** Solves as if there were no bounds. */
    private void unbounded(int c, double strength) {
      double mu = strength * trace[c];
      double[] g = gram[c].clone();
      for (int t = 0; t < TERMS; t++) {
        g[t * TERMS + t] += mu * slack(t);
      }
      lambda[c] = solve(g, missing[c].clone());
      left[c] = new double[TERMS];
      for (int t = 0; t < TERMS; t++) {
        left[c][t] = mu * slack(t) * lambda[c][t];
      }
    }

    /** How much of an error of one term is let pass: little of the energy. */
    private static double slack(int term) {
      return term == 0 ? 0.02 : 1;
    }

    private float field(int c, int k) {
      double p = 0;
      int at = cell[k] * TERMS;
      for (int t = 0; t < TERMS; t++) {
        p += lambda[c][t] * terms[at + t];
      }
      return (float) p;
    }

    private float bounded(int c, int k, float delta) {
      float l = mean[c * cell.length + k];
      return Math.max(-MOST_DARKENED * l, Math.min(delta, Math.max(0, top[k] - l)));
    }

    /**
     * Solves within the bounds; the worst error left. Where the light has no room, the dual grows
     * without end as μ shrinks: from a μ that asks for little, down as long as it helps.
     */
    private double within(double strength, boolean once) {
      double[][] best = new double[3][TERMS];
      boolean free = true;
      for (int c = 0; c < 3; c++) {
        unbounded(c, strength);
        free &= newton(c, strength * trace[c]);
        best[c] = lambda[c];
      }
      double found = worst(left) / largest;
      if (free && (once || found <= 1.2 * AIM)) {
        return found;
      }
      bounded = true;
      if (!free) {
        found = worst(missing) / largest;
        best = new double[3][TERMS];
      }
      double weak = Math.min(WEAKEST, strength * 4096);
      for (int c = 0; c < 3; c++) {
        lambda[c] = new double[TERMS];
      }
      List<double[][]> tried = new ArrayList<>();
      tried.add(best);
      List<Double> errors = new ArrayList<>(List.of(found));
      for (double rho = weak; rho >= Math.max(STRONGEST, strength / 64); rho /= RATIO) {
        boolean converged = true;
        for (int c = 0; c < 3; c++) {
          for (int t = 0; rho < weak && t < TERMS; t++) {
            lambda[c][t] *= RATIO;
          }
          converged &= newton(c, rho * trace[c]);
        }
        double here = worst(left) / largest;
        tried.add(new double[][] {lambda[0].clone(), lambda[1].clone(), lambda[2].clone()});
        errors.add(here);
        if (!converged || here <= AIM || once && rho <= strength) {
          break;
        }
      }
      // What helps little changes the picture for nothing.
      double enough = Math.max(AIM, java.util.Collections.min(errors) / WORTHWHILE);
      int k = 0;
      while (errors.get(k) > enough) {
        k++;
      }
      for (int c = 0; c < 3; c++) {
        take(c, tried.get(k)[c]);
      }
      return errors.get(k);
    }

    /** Takes a solution that was found before. */
    private void take(int c, double[] at) {
      double[] gradient = new double[TERMS];
      dual(c, 0, at, new boolean[classes], gradient);
      for (int t = 0; t < TERMS; t++) {
        left[c][t] = -gradient[t];
      }
    }

    /** Whether the solution from λ on was found. */
    private boolean newton(int c, double mu) {
      boolean[] free = new boolean[classes];
      double[] residual = new double[TERMS];
      double value = dual(c, mu, lambda[c], free, residual);
      double scale = 0;
      for (double m : missing[c]) {
        scale = Math.max(scale, Math.abs(m));
      }
      boolean found = false;
      for (int round = 0; round <= NEWTON_STEPS; round++) {
        double most = 0;
        for (double r : residual) {
          most = Math.max(most, Math.abs(r));
        }
        found = most <= CONVERGED * scale;
        if (found || round == NEWTON_STEPS) {
          break;
        }
        double[] g = gram(c, free);
        for (int t = 0; t < TERMS; t++) {
          g[t * TERMS + t] += mu * slack(t);
        }
        // Where all is held, the whole system still says how far a step may sensibly go.
        for (int i = 0; i < g.length; i++) {
          g[i] += DAMPING * gram[c][i];
        }
        double[] step = solve(g, residual.clone());
        double slope = 0;
        for (int t = 0; t < TERMS; t++) {
          slope += step[t] * residual[t];
        }
        double[] from = lambda[c];
        double[] next = new double[TERMS];
        double size = 1;
        while (true) {
          for (int t = 0; t < TERMS; t++) {
            next[t] = from[t] - size * step[t];
          }
          double there = dual(c, mu, next, free, residual);
          if (there <= value - 1e-4 * size * slope || size < 1e-3) {
            value = there;
            break;
          }
          size /= 2;
        }
      }
      for (int t = 0; t < TERMS; t++) {
        left[c][t] = mu * slack(t) * lambda[c][t] - residual[t];
      }
      return found;
    }

    /** The dual's value, its gradient, and which classes are within their bounds. */
    private double dual(int c, double mu, double[] at, boolean[] free, double[] gradient) {
      lambda[c] = at;
      double value = 0;
      for (int t = 0; t < TERMS; t++) {
        double m = mu * slack(t);
        gradient[t] = m * at[t] - missing[c][t];
        value += m / 2 * at[t] * at[t] - missing[c][t] * at[t];
      }
      int o = c * cell.length;
      for (int k = 0; k < classes; k++) {
        float a = area[o + k];
        float d = mean[o + k] + floor[c];
        float wanted = d * field(c, k);
        float delta = bounded(c, k, wanted);
        free[k] = delta == wanted;
        bounded |= !free[k];
        value += (double) a * (wanted * delta - 0.5 * delta * delta) / d;
        float weight = a * delta;
        int terms0 = cell[k] * TERMS;
        for (int t = 0; t < TERMS; t++) {
          gradient[t] += weight * terms[terms0 + t];
        }
      }
      return value;
    }

    /** PSNR of the panels' light, sRGB with 1 at the peak, by the means of cells. */
    private double mirrorDecibel() {
      double squares = 0;
      double count = 0;
      for (int c = 0; c < 3; c++) {
        int o = c * cell.length;
        for (int k = 0; k < classes; k++) {
          float l = mean[o + k];
          float delta = bounded(c, k, (l + floor[c]) * field(c, k));
          double e =
              TransferFunction.SRGB.fromLinear(Math.min(1, unitOfPeak * (l + delta)))
                  - TransferFunction.SRGB.fromLinear(Math.min(1, unitOfPeak * l));
          squares += area[o + k] * e * e;
          count += area[o + k];
        }
      }
      return -10 * Math.log10(squares / count);
    }

    /**
     * The gain at the middles of cells, smooth: pixels keep to their bounds themselves. Openings
     * continue the panels round them.
     */
    private float[] grid() {
      float[] out = new float[3 * (rows + 2) * width];
      float[] of = new float[columns * rows];
      for (int c = 0; c < 3; c++) {
        Arrays.fill(of, Float.NaN);
        for (int k = 0; k < classes; k++) {
          if (area[c * cell.length + k] > 0) {
            of[cell[k]] = field(c, k);
          }
        }
        float[] whole = of.clone();
        for (int y = 0; y < rows; y++) {
          for (int x = 0; x < columns; x++) {
            if (Float.isNaN(of[y * columns + x])) {
              whole[y * columns + x] = around(of, x, y);
            }
          }
        }
        float[] line = new float[columns + 2];
        for (int y = -1; y <= rows; y++) {
          for (int x = -1; x <= columns; x++) {
            line[x + 1] = whole[wrapped(x, y)];
          }
          int o = (c * (rows + 2) + y + 1) * width;
          for (int x = 0; x < width; x++) {
            int i = cellOf[x];
            out[o + x] = line[i] + cellFraction[x] * (line[i + 1] - line[i]);
          }
        }
      }
      return out;
    }

    /** The mean of the neighbours that are there; 0 if none is. */
    private float around(float[] of, int x, int y) {
      float sum = 0;
      int n = 0;
      for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
          float v = of[wrapped(x + dx, y + dy)];
          if (!Float.isNaN(v)) {
            sum += v;
            n++;
          }
        }
      }
      return n == 0 ? 0 : sum / n;
    }

    /** Index of a cell, round the seam and across the poles. */
    private int wrapped(int x, int y) {
      boolean pole = y < 0 || y >= rows;
      int row = Math.clamp(y, 0, rows - 1);
      return row * columns + Math.floorMod(pole ? x + columns / 2 : x, columns);
    }
  }

  /** Solves G x = h by Cholesky's decomposition; both are overwritten. */
  private static double[] solve(double[] g, double[] h) {
    int n = h.length;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double v = g[i * n + j];
        for (int k = 0; k < j; k++) {
          v -= g[i * n + k] * g[j * n + k];
        }
        g[i * n + j] = i == j ? Math.sqrt(Math.max(v, Double.MIN_NORMAL)) : v / g[j * n + j];
      }
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        h[i] -= g[i * n + k] * h[k];
      }
      h[i] /= g[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        h[i] -= g[k * n + i] * h[k];
      }
      h[i] /= g[i * n + i];
    }
    return h;
  }

  /**
   * Writes one row of light with its gain, in place of L. A pixel of which any channel is beyond
   * the limit gets no brighter in any: the panels' primaries mix channels.
   *
   * @param y row of the map
   * @param light L of the row, {@code [3][w]}, is overwritten
   */
  void apply(Fill fill, int y, float[][] light) {
    double fy = (y + 0.5) * rows / height + 0.5;
    int y0 = (int) fy;
    float ay = (float) (fy - y0);
    float[] g = fill.gain();
    int lim = limitRow(y);
    float[] red = light[0];
    float[] green = light[1];
    float[] blue = light[2];
    int above = y0 * width;
    int plane = width * (rows + 2);
    int whole = LANES.loopBound(width);
    FloatVector none = FloatVector.zero(LANES);
    for (int x = 0; x < whole; x += LANES.length()) {
      FloatVector r = FloatVector.fromArray(LANES, red, x);
      FloatVector gr = FloatVector.fromArray(LANES, green, x);
      FloatVector b = FloatVector.fromArray(LANES, blue, x);
      FloatVector top = FloatVector.fromArray(LANES, limit, lim + x);
      VectorMask<Float> dim =
          r.compare(VectorOperators.LT, top)
              .and(gr.compare(VectorOperators.LT, top))
              .and(b.compare(VectorOperators.LT, top));
      top = none.blend(top, dim);
      filled(r, top, g, above + x, ay, fill.floor()[0]).intoArray(red, x);
      filled(gr, top, g, above + plane + x, ay, fill.floor()[1]).intoArray(green, x);
      filled(b, top, g, above + 2 * plane + x, ay, fill.floor()[2]).intoArray(blue, x);
    }
    for (int x = whole; x < width; x++) {
      float most = Math.max(red[x], Math.max(green[x], blue[x]));
      float top = most < limit[lim + x] ? limit[lim + x] : 0;
      for (int c = 0; c < 3; c++) {
        float l = light[c][x];
        int at = c * plane + above + x;
        float gain = Math.fma(g[at + width] - g[at], ay, g[at]);
        float delta = Math.max((l + fill.floor()[c]) * gain, -MOST_DARKENED * l);
        light[c][x] = l + Math.min(delta, Math.max(0, top - l));
      }
    }
  }

  private FloatVector filled(
      FloatVector l, FloatVector top, float[] gain, int at, float ay, float floor) {
    FloatVector a = FloatVector.fromArray(LANES, gain, at);
    FloatVector g =
        FloatVector.fromArray(LANES, gain, at + width)
            .sub(a)
            .fma(FloatVector.broadcast(LANES, ay), a);
    FloatVector delta = l.add(floor).mul(g);
    FloatVector least = l.mul(-MOST_DARKENED);
    // Vectors' max and min look after zeros' signs and what is no number, at a price.
    delta = delta.blend(least, delta.compare(VectorOperators.LT, least));
    FloatVector room = top.sub(l).reinterpretAsInts().max(0).reinterpretAsFloats();
    return l.add(delta.blend(room, delta.compare(VectorOperators.GT, room)));
  }
}
