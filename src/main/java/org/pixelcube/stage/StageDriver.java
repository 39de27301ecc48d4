package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Matrix3;

/**
 * Turns environments into drive frames of a rig: each LED pixel shows the radiance that the map has
 * from where the head sees it, averaged over its footprint before anything is cut off, with the
 * viewing-angle profile divided out, in the panel's native primaries, relative to its range.
 *
 * <p>Tables depend on the rig and on the size of the maps and are kept for maps of that size. For
 * one thread at a time; works with all processors.
 */
public final class StageDriver {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;

  /** Parts into which the rows of a map are shared out. */
  private static final int PAD_TASKS = 32;

  private final Rig rig;
  private final DriveSettings settings;
  private final List<PanelGeometry> panels;
  private final Map<PanelType, Integer> types = new HashMap<>();
  private final List<PanelType> typeList = new ArrayList<>();
  private final short[][] codeTables;
  private final float[][] matrices;
  private final double openSteradians;
  private LedFootprints footprints;
  private OpeningFill openings;
  private float[][] padded;
  private float[] limits;

  /**
   * A driver.
   *
   * @param rig the stage
   * @param settings how
   */
  public StageDriver(Rig rig, DriveSettings settings) {
    this.rig = rig;
    this.settings = settings;
    panels = rig.geometry();
    for (PanelGeometry g : panels) {
      if (types.putIfAbsent(g.type(), typeList.size()) == null) {
        typeList.add(g.type());
      }
    }
    CodeLookup.Cache lookups = new CodeLookup.Cache(rig.raster().white());
    codeTables = typeList.stream().map(type -> lookups.of(type).table()).toArray(short[][]::new);
    matrices = typeList.stream().map(this::matrix).toArray(float[][]::new);
    double covered = panels.stream().mapToDouble(g -> g.solidAngle(rig.head())).sum();
    openSteradians = Math.max(0, 4 * Math.PI - covered);
  }

  public Rig rig() {
    return rig;
  }

  public DriveSettings settings() {
    return settings;
  }

  /** From light of a map to light of a type's primaries relative to its range, row after row. */
  private float[] matrix(PanelType type) {
    double scale = settings.nitsPerUnit() / (type.peakNits() - type.blackNits());
    Matrix3 m = type.fromRec709();
    double[] matrix = {
      m.m00(), m.m01(), m.m02(), m.m10(), m.m11(), m.m12(), m.m20(), m.m21(), m.m22()
    };
    float[] out = new float[9];
    for (int i = 0; i < 9; i++) {
      out[i] = (float) (matrix[i] * scale);
    }
    return out;
  }

  /** The part of the sphere, in steradians, that no panel covers as seen from the head. */
  public double openSteradians() {
    return openSteradians;
  }

  /**
   * A map ready to be shown.
   *
   * @param map at the size at which it is gathered, dilated if that was asked for
   * @param dilation what dilation did
   * @param fill what panels do for openings
   */
  public record Prepared(
      EnvironmentMap map, Optional<LightingDilation.Result> dilation, OpeningFill.Fill fill) {
    /** The same without the light that panels show for openings. */
    public Prepared unfilled() {
      return new Prepared(map, dilation, OpeningFill.NOTHING);
    }
  }

  /**
   * Brings a map to the size at which it is gathered, dilates what panels show of it if the
   * settings say so, and finds what they show for the openings within the range that is left.
   *
   * @throws org.pixelcube.config.UserError if it cannot be dilated to fit
   */
  public Prepared prepare(EnvironmentMap map) {
    int w = LedFootprints.workingWidth(rig, map.width());
    EnvironmentMap sized = map.downsampled(w, w / 2);
    if (footprints == null || footprints.width() != sized.width()) {
      tables(sized.width(), sized.height());
    }
    EnvironmentMap shown = sized;
    Optional<LightingDilation.Result> dilation = Optional.empty();
    if (settings.range() == DriveSettings.Range.DILATION) {
      dilation =
          Optional.of(
              LightingDilation.dilate(
                  sized,
                  limits,
                  typeList.stream().map(PanelType::fromRec709).toList(),
                  footprints.covered()));
      shown = dilation.get().map();
    }
    OpeningFill.Fill fill = OpeningFill.NOTHING;
    if (settings.fill() != DriveSettings.Fill.NONE) {
      double peak = typeList.stream().mapToDouble(PanelType::peakNits).min().orElseThrow();
      fill =
          openings.fill(
              sized,
              shown,
              settings.fill() == DriveSettings.Fill.MIRROR,
              settings.nitsPerUnit() / peak);
    }
    return new Prepared(shown, dilation, fill);
  }

  private void tables(int w, int h) {
    footprints = new LedFootprints(rig, w, h);
    padded = new float[typeList.size()][footprints.paddedLength()];
    limits = limits(w, h);
    // In the map's primaries: what fits there fits in those of the panels.
    double widest = 1;
    for (PanelType type : typeList) {
      Matrix3 m = type.fromRec709();
      double[][] lines = {
        {m.m00(), m.m01(), m.m02()}, {m.m10(), m.m11(), m.m12()}, {m.m20(), m.m21(), m.m22()}
      };
      for (double[] line : lines) {
        widest =
            Math.max(widest, Math.max(line[0], 0) + Math.max(line[1], 0) + Math.max(line[2], 0));
      }
    }
    float scale = (float) (settings.subFrames() / widest);
    boolean even = even();
    float[] fillLimits = new float[even ? w : w * h];
    for (int i = 0; i < fillLimits.length; i++) {
      fillLimits[i] = limits[i] * scale;
    }
    openings = new OpeningFill(w, h, footprints.covered(), fillLimits);
  }

  /** Whether all directions have the same limit. */
  private boolean even() {
    return typeList.stream().allMatch(t -> t.viewingAngle().flat())
        && typeList.stream().mapToDouble(PanelType::peakNits).distinct().count() == 1;
  }

  /** The largest radiance, in the map's units, that the panel in each direction can show. */
  private float[] limits(int w, int h) {
    double lowest = typeList.stream().mapToDouble(PanelType::peakNits).min().orElseThrow();
    float[] out = new float[w * h];
    if (even()) {
      Arrays.fill(out, (float) (lowest / settings.nitsPerUnit()));
      return out;
    }
    HeadView view = new HeadView(rig);
    IntStream.range(0, h)
        .parallel()
        .forEach(y -> {
          for (int x = 0; x < w; x++) {
            HeadView.Seen seen =
                view.towards(EnvironmentMap.direction((x + 0.5) / w, (y + 0.5) / h));
            double nits = lowest;
            if (seen.panel() >= 0) {
              PanelType type = panels.get(seen.panel()).type();
              nits = type.peakNits() * type.viewingAngle().relativeRadiance(seen.cosine());
            }
            out[y * w + x] = (float) Math.max(nits / settings.nitsPerUnit(), Float.MIN_NORMAL);
          }
        });
    return out;
  }

  /** What {@link #prepare} and {@link #frames(Prepared)} make of a map. */
  public List<DriveFrame> frames(EnvironmentMap map) {
    return frames(prepare(map));
  }

  /** The drive frames of a map: as many as there are sub-frames. */
  public List<DriveFrame> frames(Prepared prepared) {
    pad(prepared);
    int w = rig.raster().width();
    int plane = w * rig.raster().height();
    List<DriveFrame> frames = new ArrayList<>();
    for (int k = 0; k < settings.subFrames(); k++) {
      frames.add(DriveFrame.black(rig.raster()));
    }
    forEachRow((panel, y, row, count, _) -> {
      PanelGeometry g = panels.get(panel);
      for (int x = 0; x < count; x++) {
        int i = g.rasterIndex(x, y, w);
        for (int c = 0; c < 3; c++) {
          float rest = row[4 * x + c];
          for (DriveFrame frame : frames) {
            float shown = Math.clamp(rest, 0f, 1f);
            frame.samples()[c * plane + i] = shown;
            rest -= shown;
          }
        }
      }
    });
    return frames;
  }

  /**
   * The code values of the first frame of a map, without the light between: the fast way.
   *
   * @param codes receives {@code (3, h, w)} of the raster, as unsigned shorts; what no panel shows
   *     is left as it is
   */
  public void codes(Prepared prepared, short[] codes) {
    pad(prepared);
    int w = rig.raster().width();
    int plane = w * rig.raster().height();
    forEachRow((panel, y, row, count, index) -> {
      index(row, index, 4 * count);
      PanelGeometry g = panels.get(panel);
      short[] table = codeTables[types.get(g.type())];
      int first = g.rasterIndex(0, y, w);
      int step = count > 1 ? g.rasterIndex(1, y, w) - first : 0;
      for (int x = 0, i = first, k = 0; x < count; x++, i += step, k += 4) {
        codes[i] = table[index[k]];
        codes[plane + i] = table[index[k + 1]];
        codes[2 * plane + i] = table[index[k + 2]];
      }
    });
  }

  /** Light to indices of {@link CodeLookup}; the row's length is a multiple of the lanes. */
  private static void index(float[] row, int[] out, int count) {
    for (int i = 0; i < count; i += LANES.length()) {
      FloatVector.fromArray(LANES, row, i)
          .max(0)
          .min(1)
          .lanewise(VectorOperators.SQRT)
          .mul(CodeLookup.LAST)
          .add(0.5f)
          .convert(VectorOperators.F2I, 0)
          .reinterpretAsInts()
          .intoArray(out, i);
    }
  }

  /** The brightest channel of any LED pixel relative to its peak, before anything is cut off. */
  public double brightest(Prepared prepared) {
    pad(prepared);
    float[] most = new float[panels.size()];
    forEachRow((panel, _, row, count, _) -> {
      float m = most[panel];
      for (int x = 0; x < count; x++) {
        m = Math.max(m, Math.max(row[4 * x], Math.max(row[4 * x + 1], row[4 * x + 2])));
      }
      most[panel] = m;
    });
    double all = 0;
    for (float m : most) {
      all = Math.max(all, m);
    }
    return all;
  }

  /** The share of channels of LED pixels whose light is beyond what the frames can show. */
  public double clippedFraction(Prepared prepared) {
    pad(prepared);
    long[] over = new long[panels.size()];
    // Rounding errors of the mean of a dilated region are no clipping.
    float top = settings.subFrames() * (1 + 1e-4f);
    forEachRow((panel, _, row, count, _) -> {
      for (int x = 0; x < count; x++) {
        for (int c = 0; c < 3; c++) {
          over[panel] += row[4 * x + c] > top ? 1 : 0;
        }
      }
    });
    long sum = 0;
    for (long n : over) {
      sum += n;
    }
    return sum / (3.0 * rig.ledPixels());
  }

  private void pad(Prepared prepared) {
    EnvironmentMap map = prepared.map();
    if (footprints == null || map.width() != footprints.width()) {
      throw new IllegalStateException("a map that prepare() did not make");
    }
    int tasks = Math.min(footprints.height(), PAD_TASKS);
    IntStream.range(0, tasks)
        .parallel()
        .forEach(task -> {
          float[][] row = new float[3][map.width()];
          for (int y = task * map.height() / tasks; y < (task + 1) * map.height() / tasks; y++) {
            for (int c = 0; c < 3; c++) {
              System.arraycopy(
                  map.image().samples(),
                  (c * map.height() + y) * map.width(),
                  row[c],
                  0,
                  map.width());
            }
            if (!prepared.fill().nothing()) {
              openings.apply(prepared.fill(), y, row);
            }
            for (int t = 0; t < padded.length; t++) {
              footprints.padRow(row, matrices[t], y, padded[t]);
            }
          }
        });
    for (float[] of : padded) {
      footprints.padPoles(of);
    }
  }

  private interface RowUse {
    /**
     * Takes one row of a panel.
     *
     * @param row native light relative to the panel's range, four floats an LED pixel, unclamped
     * @param count LED pixels
     * @param scratch as long as the row, of this thread
     */
    void take(int panel, int y, float[] row, int count, int[] scratch);
  }

  private void forEachRow(RowUse use) {
    IntStream.range(0, panels.size())
        .parallel()
        .forEach(p -> {
          PanelGeometry g = panels.get(p);
          PanelType type = g.type();
          int n = g.pixelsWide();
          double range = type.peakNits() - type.blackNits();
          float black = (float) (type.blackNits() / range);
          float[] row =
              new float[(4 * n + 4 + LANES.length() - 1) / LANES.length() * LANES.length()];
          int[] scratch = new int[row.length];
          float[] map = padded[types.get(type)];
          for (int y = 0; y < g.pixelsHigh(); y++) {
            footprints.row(p, y, map, row);
            if (!footprints.flat(p)) {
              footprints.gain(p, y, row);
            }
            if (black > 0) {
              for (int i = 0; i < 4 * n; i++) {
                row[i] -= black;
              }
            }
            use.take(p, y, row, n, scratch);
          }
        });
  }
}
