package org.pixelcube.stage;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * Which pixels of a map each LED pixel shows, seen from the head: worked out once for a rig and a
 * size of map, so that a frame is only gathering.
 *
 * <p>Between its pixels' centres a map is bilinear. An LED pixel no wider than a map pixel takes
 * the value at its middle, which is its mean up to the curvature within it; a wider one, and those
 * near the poles, where columns crowd, the mean over samples weighted by solid angle. Both are
 * exact for maps that are constant, or linear over the footprint.
 */
final class LedFootprints {
  private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;
  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
  private static final VectorShuffle<Float> SWAP =
      VectorShuffle.fromValues(EIGHT, 4, 5, 6, 7, 0, 1, 2, 3);

  /** Samples along a side of a wide footprint, at most. */
  private static final int MOST_SAMPLES = 24;

  /** Above this many LED pixels, maps are brought down so that few footprints are wide. */
  private static final int MANY = 500_000;

  private static final double WIDEST_OF_FEW = 4;

  private final int width;
  private final int height;
  private final List<PanelGeometry> panels;
  private final Table[] tables;
  private final double[] covered;

  /**
   * One panel's footprints, row after row.
   *
   * @param base index of the upper left of four map pixels in the padded map; −1 − k for the k-th
   *     wide footprint
   * @param fraction place between the four: x in the low, y in the high 16 bits, of 2^16
   * @param starts of each wide footprint's taps, and the end
   * @param taps indices in the padded map
   * @param weights of the taps, sum 1 in each footprint
   * @param gain 1 / relative radiance at the head's angle, null if that is 1 everywhere
   */
  private record Table(
      int[] base, int[] fraction, int[] starts, int[] taps, float[] weights, float[] gain) {}

  LedFootprints(Rig rig, int width, int height) {
    this.width = width;
    this.height = height;
    this.panels = rig.geometry();
    this.tables =
        IntStream.range(0, panels.size())
            .parallel()
            .mapToObj(p -> table(panels.get(p), rig.head()))
            .toArray(Table[]::new);
    covered = cover(rig.head());
  }

  /** Adds up what each map pixel gives to LEDs, over all of them. */
  private double[] cover(Vector3 head) {
    double[] sum = new double[(width + 2) * (height + 2)];
    for (int p = 0; p < tables.length; p++) {
      PanelGeometry g = panels.get(p);
      Table t = tables[p];
      double area =
          g.type().widthMetres() * g.type().heightMetres() / (g.pixelsWide() * g.pixelsHigh());
      for (int y = 0, i = 0; y < g.pixelsHigh(); y++) {
        for (int x = 0; x < g.pixelsWide(); x++, i++) {
          Vector3 to = g.pixel(x, y).minus(head);
          double r2 = to.dot(to);
          double omega = -to.dot(g.normal()) * area / (r2 * Math.sqrt(r2));
          int b = t.base()[i];
          if (b < 0) {
            for (int k = t.starts()[-1 - b]; k < t.starts()[-b]; k++) {
              sum[t.taps()[k] / 4] += omega * t.weights()[k];
            }
          } else {
            double ax = (t.fraction()[i] & 0xFFFF) * 0x1p-16;
            double ay = (t.fraction()[i] >>> 16) * 0x1p-16;
            int at = b / 4;
            sum[at] += omega * (1 - ax) * (1 - ay);
            sum[at + 1] += omega * ax * (1 - ay);
            sum[at + width + 2] += omega * (1 - ax) * ay;
            sum[at + width + 3] += omega * ax * ay;
          }
        }
      }
    }
    double[] out = new double[width * height];
    for (int y = -1; y <= height; y++) {
      boolean pole = y < 0 || y >= height;
      int row = y < 0 ? 0 : Math.min(y, height - 1);
      for (int x = -1; x <= width; x++) {
        int column = Math.floorMod(pole ? x + width / 2 : x, width);
        out[row * width + column] += sum[(y + 1) * (width + 2) + x + 1];
      }
    }
    return out;
  }

  /**
   * The width to which maps of {@code mapWidth} columns are brought for a rig: LED pixels then span
   * about one map pixel, or, where there are few of them, up to {@value #WIDEST_OF_FEW}.
   */
  static int workingWidth(Rig rig, int mapWidth) {
    double most = rig.ledPixels() > MANY ? 1 : WIDEST_OF_FEW;
    int limit = Math.max(4, (int) (most * 2 * Math.PI / widest(rig)) / 2 * 2);
    return Math.min(mapWidth, limit);
  }

  /** The largest angle that an LED pixel spans as seen from the head, radians. */
  static double widest(Rig rig) {
    double widest = 0;
    for (PanelGeometry g : rig.geometry()) {
      for (int j = 0; j <= 2; j++) {
        for (int i = 0; i <= 2; i++) {
          Vector3 to = g.at(i / 2.0, j / 2.0).minus(rig.head());
          double pitch =
              Math.max(
                  g.type().widthMetres() / g.pixelsWide(),
                  g.type().heightMetres() / g.pixelsHigh());
          widest = Math.max(widest, pitch / to.length());
        }
      }
    }
    return widest;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /**
   * Floats from one row of the padded map to the next: a column more on either side, 4 channels.
   */
  int stride() {
    return 4 * (width + 2);
  }

  /** Floats of the padded map: a row more above and below. */
  int paddedLength() {
    return stride() * (height + 2);
  }

  /** How many LED pixels have wide footprints. */
  int wideFootprints() {
    return Arrays.stream(tables).mapToInt(t -> t.starts().length - 1).sum();
  }

  /** Solid angle of the LED light that each map pixel gives, {@code (h, w)}, in steradians. */
  double[] covered() {
    return covered;
  }

  /**
   * Fills one row of the padded map, four floats a pixel, columns continued round the seam.
   *
   * @param row light, {@code [3][w]}
   * @param m 3×3, row-major: from the map's channels to those wanted
   * @param y of the row
   */
  void padRow(float[][] row, float[] m, int y, float[] padded) {
    float[] red = row[0];
    float[] green = row[1];
    float[] blue = row[2];
    int first = (y + 1) * stride();
    FloatVector ofRed = FloatVector.fromArray(FOUR, new float[] {m[0], m[3], m[6], 0}, 0);
    FloatVector ofGreen = FloatVector.fromArray(FOUR, new float[] {m[1], m[4], m[7], 0}, 0);
    FloatVector ofBlue = FloatVector.fromArray(FOUR, new float[] {m[2], m[5], m[8], 0}, 0);
    for (int x = 0, o = first + 4; x < width; x++, o += 4) {
      ofRed.mul(red[x]).add(ofGreen.mul(green[x])).add(ofBlue.mul(blue[x])).intoArray(padded, o);
    }
    System.arraycopy(padded, first + 4 * width, padded, first, 4);
    System.arraycopy(padded, first + 4, padded, first + 4 * (width + 1), 4);
  }

  /** Fills the rows beyond the poles, which go down the other side. */
  void padPoles(float[] padded) {
    int half = 4 * (width / 2);
    for (int y : new int[] {0, height - 1}) {
      int from = (y + 1) * stride() + 4;
      int to = (y == 0 ? 0 : height + 1) * stride() + 4;
      System.arraycopy(padded, from, padded, to + half, half);
      System.arraycopy(padded, from + half, padded, to, half);
      System.arraycopy(padded, to + 4 * (width - 1), padded, to - 4, 4);
      System.arraycopy(padded, to, padded, to + 4 * width, 4);
    }
  }

  /**
   * Gathers one row of LED pixels.
   *
   * @param panel index of the panel
   * @param y its row
   * @param out four floats an LED pixel, and four more
   */
  void row(int panel, int y, float[] padded, float[] out) {
    Table t = tables[panel];
    int n = panels.get(panel).pixelsWide();
    int[] base = t.base();
    int[] fraction = t.fraction();
    int stride = stride();
    for (int x = 0, i = y * n; x < n; x++, i++) {
      int b = base[i];
      if (b >= 0) {
        int f = fraction[i];
        float ax = (f & 0xFFFF) * 0x1p-16f;
        float ay = (f >>> 16) * 0x1p-16f;
        // Two neighbours of one row at a time; what is right is in the lower half.
        FloatVector top = FloatVector.fromArray(EIGHT, padded, b);
        FloatVector bottom = FloatVector.fromArray(EIGHT, padded, b + stride);
        FloatVector both = bottom.sub(top).fma(FloatVector.broadcast(EIGHT, ay), top);
        both.rearrange(SWAP)
            .sub(both)
            .fma(FloatVector.broadcast(EIGHT, ax), both)
            .intoArray(out, 4 * x);
      } else {
        FloatVector sum = FloatVector.zero(FOUR);
        int k = -1 - b;
        for (int tap = t.starts()[k]; tap < t.starts()[k + 1]; tap++) {
          sum = sum.add(FloatVector.fromArray(FOUR, padded, t.taps()[tap]).mul(t.weights()[tap]));
        }
        sum.intoArray(out, 4 * x);
      }
    }
  }

  /** Whether a panel's radiance is the same at every angle, so that {@link #gain} does nothing. */
  boolean flat(int panel) {
    return tables[panel].gain() == null;
  }

  /** Divides the viewing-angle profile out of one row, in place. */
  void gain(int panel, int y, float[] row) {
    float[] gain = tables[panel].gain();
    int n = panels.get(panel).pixelsWide();
    for (int x = 0; x < n; x++) {
      float g = gain[y * n + x];
      row[4 * x] *= g;
      row[4 * x + 1] *= g;
      row[4 * x + 2] *= g;
    }
  }

  private Table table(PanelGeometry g, Vector3 head) {
    int w = g.pixelsWide();
    int h = g.pixelsHigh();
    int[] base = new int[w * h];
    int[] fraction = new int[w * h];
    float[] gain = g.type().viewingAngle().flat() ? null : new float[w * h];
    // Places of the pixels' corners, in map pixels.
    double[] cu = new double[(w + 1) * (h + 1)];
    double[] cv = new double[cu.length];
    for (int y = 0, k = 0; y <= h; y++) {
      for (int x = 0; x <= w; x++, k++) {
        EnvironmentMap.Uv uv = EnvironmentMap.uv(g.at((double) x / w, (double) y / h).minus(head));
        cu[k] = uv.u() * width;
        cv[k] = uv.v() * height;
      }
    }
    Taps taps = new Taps();
    for (int y = 0, i = 0; y < h; y++) {
      for (int x = 0; x < w; x++, i++) {
        Vector3 to = g.pixel(x, y).minus(head);
        EnvironmentMap.Uv uv = EnvironmentMap.uv(to);
        double u = uv.u() * width;
        double v = uv.v() * height;
        int k = y * (w + 1) + x;
        double across = 0;
        double down = 0;
        for (int corner : new int[] {k, k + 1, k + w + 1, k + w + 2}) {
          double du = Math.abs(cu[corner] - u);
          across = Math.max(across, Math.min(du, width - du));
          down = Math.max(down, Math.abs(cv[corner] - v));
        }
        if (2 * across <= 1 + 1e-9 && 2 * down <= 1 + 1e-9) {
          double fx = u - 0.5;
          double fy = v - 0.5;
          int x0 = (int) Math.floor(fx);
          int y0 = (int) Math.floor(fy);
          base[i] = index(x0, y0);
          int ax = Math.min(65535, (int) Math.round((fx - x0) * 65536));
          int ay = Math.min(65535, (int) Math.round((fy - y0) * 65536));
          fraction[i] = ay << 16 | ax;
        } else {
          double widest = Math.max(across, down) * 2;
          int samples = Math.clamp((int) Math.ceil(3 * widest), 3, MOST_SAMPLES);
          base[i] = -1 - taps.count();
          wide(g, head, x, y, samples, taps);
        }
        if (gain != null) {
          double cosine = -to.dot(g.normal()) / to.length();
          double relative = g.type().viewingAngle().relativeRadiance(cosine);
          gain[i] = relative > 1e-3 ? (float) (1 / relative) : 0;
        }
      }
    }
    return new Table(base, fraction, taps.starts(), taps.indices(), taps.weights(), gain);
  }

  /** Index in the padded map of column {@code x} ≥ −1, row {@code y} ≥ −1. */
  private int index(int x, int y) {
    return (y + 1) * stride() + 4 * (x + 1);
  }

  private void wide(PanelGeometry g, Vector3 head, int x, int y, int samples, Taps taps) {
    double total = 0;
    taps.begin();
    for (int j = 0; j < samples; j++) {
      double t = (y + (j + 0.5) / samples) / g.pixelsHigh();
      for (int i = 0; i < samples; i++) {
        double s = (x + (i + 0.5) / samples) / g.pixelsWide();
        Vector3 to = g.at(s, t).minus(head);
        double r = to.length();
        double omega = -to.dot(g.normal()) / (r * r * r);
        total += omega;
        EnvironmentMap.Uv uv = EnvironmentMap.uv(to);
        double fx = uv.u() * width - 0.5;
        double fy = uv.v() * height - 0.5;
        int x0 = (int) Math.floor(fx);
        int y0 = (int) Math.floor(fy);
        double ax = fx - x0;
        double ay = fy - y0;
        int at = index(x0, y0);
        taps.add(at, omega * (1 - ax) * (1 - ay));
        taps.add(at + 4, omega * ax * (1 - ay));
        taps.add(at + stride(), omega * (1 - ax) * ay);
        taps.add(at + stride() + 4, omega * ax * ay);
      }
    }
    taps.end(total);
  }

  /** Taps of wide footprints, equal ones added up. */
  private static final class Taps {
    private int[] starts = {0};
    private int[] indices = new int[64];
    private float[] weights = new float[64];
    private int footprints;
    private int size;
    private final java.util.HashMap<Integer, double[]> current = new java.util.HashMap<>();

    int count() {
      return footprints;
    }

    void begin() {
      current.clear();
    }

    void add(int index, double weight) {
      current.computeIfAbsent(index, _ -> new double[1])[0] += weight;
    }

    void end(double total) {
      int[] sorted = current.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
      for (int index : sorted) {
        if (size == indices.length) {
          indices = Arrays.copyOf(indices, 2 * size);
          weights = Arrays.copyOf(weights, 2 * size);
        }
        indices[size] = index;
        weights[size++] = (float) (current.get(index)[0] / total);
      }
      footprints++;
      if (footprints == starts.length) {
        starts = Arrays.copyOf(starts, 2 * starts.length);
      }
      starts[footprints] = size;
    }

    int[] starts() {
      return Arrays.copyOf(starts, footprints + 1);
    }

    int[] indices() {
      return Arrays.copyOf(indices, size);
    }

    float[] weights() {
      return Arrays.copyOf(weights, size);
    }
  }
}
