package org.pixelcube.stage;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * What LED pixels show of a {@link ReducedMap} whose pixels are no narrower than they: the value at
 * their middles, bilinear between the map's pixels, as {@link LedFootprints} has it; for as many
 * LED pixels at once as a vector has lanes.
 *
 * <p>LED pixels that lie beside each other in the raster see few rows of the map, and of each a
 * window no wider than a vector. So a row's window is read whole, each lane picks its two columns
 * from it in registers, and rows are added up by the lanes' weights max(0, 1 − |v − row|). Nothing
 * is gathered from memory.
 */
final class LedWindows {
  private static final VectorSpecies<Float> LANES = ReducedMap.LANES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, LANES.vectorShape());
  private static final int COUNT = LANES.length();

  /** Places in a window are multiples of 2⁻¹² pixels. */
  private static final int BITS = 12;

  private static final float STEP = 1f / (1 << BITS);
  private static final int MOST_ROWS = 14;

  private final int height;
  private final ReducedMap layout;
  private final List<PanelGeometry> panels;
  private final Table[] tables;
  private final double[] covered;

  /**
   * One panel's LED pixels in the order of the raster, row after row, in groups of lanes; the last
   * group of a row repeats its last LED pixel.
   *
   * @param rasterFirst raster index of the upper left LED pixel
   * @param wide columns in the raster
   * @param high rows
   * @param windows first of each group's windows, and the end
   * @param first index in the map of each window's upper left pixel
   * @param rows of each window
   * @param places for each lane of a window: x in the low 16 bits, y + 1 in the high ones
   * @param gain 1 / relative radiance at the head's angle, null if that is 1 everywhere
   */
  private record Table(
      int rasterFirst,
      int wide,
      int high,
      int[] windows,
      int[] first,
      byte[] rows,
      int[] places,
      float[] gain) {
    int groups() {
      return (wide + COUNT - 1) / COUNT;
    }
  }

  /** Tables of a rig whose LED pixels are no wider than a pixel of the map. */
  LedWindows(Rig rig, int width, int height) {
    this.height = height;
    panels = rig.geometry();
    layout = new ReducedMap(width, height, LedFootprints.widest(rig));
    tables =
        IntStream.range(0, panels.size())
            .parallel()
            .mapToObj(p -> new Builder(panels.get(p), rig).table())
            .toArray(Table[]::new);
    double[] sums = new double[layout.length() / 3];
    for (int p = 0; p < tables.length; p++) {
      cover(panels.get(p), tables[p], rig, sums);
    }
    covered = layout.spread(sums);
  }

  ReducedMap layout() {
    return layout;
  }

  /** Solid angle of the LED light that each map pixel gives, {@code (h, w)}, in steradians. */
  double[] covered() {
    return covered;
  }

  /** Raster index of a panel's upper left LED pixel. */
  int rasterFirst(int panel) {
    return tables[panel].rasterFirst();
  }

  /** Columns of a panel in the raster. */
  int wide(int panel) {
    return tables[panel].wide();
  }

  /** Rows of a panel in the raster. */
  int high(int panel) {
    return tables[panel].high();
  }

  /** Room that a row of LED pixels needs. */
  static int room(int wide) {
    return (wide + COUNT - 1) / COUNT * COUNT;
  }

  /**
   * One row of LED pixels.
   *
   * @param panel index of the panel
   * @param y row of the raster, from the panel's first
   * @param light receives {@code [3][room]}
   */
  void row(int panel, int y, float[] map, float[][] light) {
    Table t = tables[panel];
    int groups = t.groups();
    for (int g = y * groups, x = 0; x < t.wide(); g++, x += COUNT) {
      windows(t, g, map, light[0], light[1], light[2], x);
    }
    if (t.gain() != null) {
      gain(t.gain(), y * groups * COUNT, light, groups * COUNT);
    }
  }

  private void windows(
      Table t, int group, float[] map, float[] red, float[] green, float[] blue, int x) {
    int stride = layout.stride();
    FloatVector r = FloatVector.zero(LANES);
    FloatVector g = r;
    FloatVector b = r;
    for (int k = t.windows()[group]; k < t.windows()[group + 1]; k++) {
      IntVector place = IntVector.fromArray(INTS, t.places(), k * COUNT);
      FloatVector across = floats(place.and((1 << BITS) - 1)).mul(STEP);
      FloatVector down = floats(place.lanewise(VectorOperators.LSHR, 16)).mul(STEP).sub(1);
      IntVector column = place.lanewise(VectorOperators.LSHR, BITS).and(COUNT - 1);
      VectorShuffle<Float> left = column.toShuffle().cast(LANES);
      VectorShuffle<Float> right = column.add(1).toShuffle().cast(LANES);
      FloatVector r0 = FloatVector.zero(LANES);
      FloatVector r1 = r0;
      FloatVector g0 = r0;
      FloatVector g1 = r0;
      FloatVector b0 = r0;
      FloatVector b1 = r0;
      int o = t.first()[k];
      for (int j = t.rows()[k]; j > 0; j--, o += 3 * stride) {
        // As integers: max of floats has to look after zeros' signs and what is no number.
        FloatVector weight =
            down.abs().neg().add(1).reinterpretAsInts().max(0).reinterpretAsFloats();
        FloatVector window = FloatVector.fromArray(LANES, map, o);
        r0 = window.rearrange(left).fma(weight, r0);
        r1 = window.rearrange(right).fma(weight, r1);
        window = FloatVector.fromArray(LANES, map, o + stride);
        g0 = window.rearrange(left).fma(weight, g0);
        g1 = window.rearrange(right).fma(weight, g1);
        window = FloatVector.fromArray(LANES, map, o + 2 * stride);
        b0 = window.rearrange(left).fma(weight, b0);
        b1 = window.rearrange(right).fma(weight, b1);
        down = down.sub(1);
      }
      r = r1.sub(r0).fma(across, r0).add(r);
      g = g1.sub(g0).fma(across, g0).add(g);
      b = b1.sub(b0).fma(across, b0).add(b);
    }
    r.intoArray(red, x);
    g.intoArray(green, x);
    b.intoArray(blue, x);
  }

  private static FloatVector floats(IntVector v) {
    return v.convert(VectorOperators.I2F, 0).reinterpretAsFloats();
  }

  private static void gain(float[] gain, int from, float[][] light, int count) {
    for (float[] of : light) {
      for (int x = 0; x < count; x++) {
        of[x] *= gain[from + x];
      }
    }
  }

  /** Adds up what each pixel of the layout gives to LEDs. */
  private void cover(PanelGeometry g, Table t, Rig rig, double[] sums) {
    Raster raster = new Raster(g, rig);
    double area =
        g.type().widthMetres() * g.type().heightMetres() / (g.pixelsWide() * g.pixelsHigh());
    int stride = layout.stride();
    for (int y = 0; y < t.high(); y++) {
      for (int x = 0; x < t.wide(); x++) {
        Vector3 to = raster.led(x, y).minus(rig.head());
        double r2 = to.dot(to);
        double omega = -to.dot(g.normal()) * area / (r2 * Math.sqrt(r2));
        int group = y * t.groups() + x / COUNT;
        int lane = x % COUNT;
        for (int k = t.windows()[group]; k < t.windows()[group + 1]; k++) {
          int place = t.places()[k * COUNT + lane];
          double across = (place & ((1 << BITS) - 1)) * STEP;
          double down = (place >>> 16) * STEP - 1;
          int column = place >>> BITS & (COUNT - 1);
          for (int j = 0; j < t.rows()[k]; j++, down--) {
            double weight = Math.max(0, 1 - Math.abs(down)) * omega;
            int at = (t.first()[k] / (3 * stride) + j) * stride + t.first()[k] % stride + column;
            sums[at] += weight * (1 - across);
            sums[at + 1] += weight * across;
          }
        }
      }
    }
  }

  /** A panel's LED pixels by their place in the raster. */
  private static final class Raster {
    final int first;
    final int wide;
    final int high;
    private final PanelGeometry g;
    private final int[] order;

    Raster(PanelGeometry g, Rig rig) {
      this.g = g;
      RasterPlace place = g.panel().raster();
      int w = g.pixelsWide();
      int h = g.pixelsHigh();
      int rasterWidth = rig.raster().width();
      wide = place.width(w, h);
      high = place.height(w, h);
      first = place.v() * rasterWidth + place.u();
      order = new int[w * h];
      for (int y = 0, k = 0; y < h; y++) {
        for (int x = 0; x < w; x++, k++) {
          int at = g.rasterIndex(x, y, rasterWidth) - first;
          order[at / rasterWidth * wide + at % rasterWidth] = k;
        }
      }
    }

    /** The middle of the LED pixel that lies there in the raster. */
    Vector3 led(int x, int y) {
      int k = order[y * wide + x];
      return g.pixel(k % g.pixelsWide(), k / g.pixelsWide());
    }
  }

  /** Makes one panel's table. */
  private final class Builder {
    private final PanelGeometry g;
    private final Raster raster;
    private final Vector3 head;
    private final int[] windows;
    private final float[] gain;
    private int[] first;
    private byte[] rows;
    private int[] places;
    private int count;
    private final double[] u = new double[COUNT];
    private final double[] v = new double[COUNT];

    Builder(PanelGeometry g, Rig rig) {
      this.g = g;
      this.head = rig.head();
      raster = new Raster(g, rig);
      int groups = raster.high * ((raster.wide + COUNT - 1) / COUNT);
      windows = new int[groups + 1];
      gain = g.type().viewingAngle().flat() ? null : new float[groups * COUNT];
      first = new int[groups];
      rows = new byte[groups];
      places = new int[groups * COUNT];
    }

    Table table() {
      for (int y = 0, group = 0; y < raster.high; y++) {
        for (int x = 0; x < raster.wide; x += COUNT, group++) {
          for (int i = 0; i < COUNT; i++) {
            Vector3 to = raster.led(Math.min(x + i, raster.wide - 1), y).minus(head);
            EnvironmentMap.Uv uv = EnvironmentMap.uv(to);
            u[i] = uv.u();
            v[i] = uv.v() * height - 0.5;
            if (gain != null) {
              double cosine = -to.dot(g.normal()) / to.length();
              double relative = g.type().viewingAngle().relativeRadiance(cosine);
              gain[group * COUNT + i] = relative > 1e-3 ? (float) (1 / relative) : 0;
            }
          }
          group(0, COUNT);
          windows[group + 1] = count;
        }
      }
      return new Table(
          raster.first,
          raster.wide,
          raster.high,
          windows,
          Arrays.copyOf(first, count),
          Arrays.copyOf(rows, count),
          Arrays.copyOf(places, count * COUNT),
          gain);
    }

    /**
     * Adds the windows of the lanes from {@code start} to {@code end}: rows of as many columns
     * together. Where they do not fit, each half of the lanes has its own.
     */
    private void group(int start, int end) {
      int top = height;
      int bottom = -1;
      for (int i = start; i < end; i++) {
        top = Math.min(top, (int) Math.floor(v[i]));
        bottom = Math.max(bottom, (int) Math.floor(v[i]) + 1);
      }
      int before = count;
      for (int from = top; from <= bottom; ) {
        int to = from;
        while (to < bottom && layout.level(to + 1) == layout.level(from)) {
          to++;
        }
        if (to - from >= MOST_ROWS || !window(from, to, start, end)) {
          count = before;
          group(start, (start + end) / 2);
          group((start + end) / 2, end);
          return;
        }
        from = to + 1;
      }
    }

    /** Adds a window of some rows; false if it would be wider than a vector. */
    private boolean window(int from, int to, int start, int end) {
      int n = layout.columns(from);
      double[] column = new double[COUNT];
      double reference = Double.NaN;
      double least = Double.POSITIVE_INFINITY;
      for (int i = start; i < end; i++) {
        if (sees(i, from, to)) {
          column[i] = u[i] * n - 0.5;
          if (Double.isNaN(reference)) {
            reference = column[i];
          }
          column[i] -= n * Math.rint((column[i] - reference) / n);
          least = Math.min(least, Math.floor(column[i]));
        }
      }
      if (Double.isNaN(reference)) {
        return true;
      }
      if (count == rows.length) {
        first = Arrays.copyOf(first, 2 * count);
        rows = Arrays.copyOf(rows, 2 * count);
        places = Arrays.copyOf(places, 2 * count * COUNT);
      }
      Arrays.fill(places, count * COUNT, (count + 1) * COUNT, 0);
      for (int i = start; i < end; i++) {
        if (sees(i, from, to)) {
          int across = (int) Math.round((column[i] - least) * (1 << BITS));
          if (across >>> BITS >= COUNT - 1) {
            return false;
          }
          int down = (int) Math.round((v[i] - from + 1) * (1 << BITS));
          places[count * COUNT + i] = down << 16 | across;
        }
      }
      first[count] = layout.first(from) + Math.floorMod((int) least, n);
      rows[count++] = (byte) (to - from + 1);
      return true;
    }

    private boolean sees(int lane, int from, int to) {
      return v[lane] > from - 1 && v[lane] < to + 1;
    }
  }
}
