package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Matrix3;

/**
 * Turns environments into drive frames of a rig: each LED pixel shows the radiance that the map has
 * from where the head sees it, averaged over its footprint before anything is cut off, with the
 * viewing-angle profile divided out, in the panel's native primaries, relative to its range.
 *
 * <p>Tables depend on the rig and on the size of the maps and are kept for maps of that size. For
 * one thread at a time; works with all processors, or for several frames at once, {@link
 * #forOneThread}.
 */
public final class StageDriver {
  /** Parts into which the rows of a map are shared out. */
  private static final int PAD_TASKS = 32;

  private final Rig rig;
  private final DriveSettings settings;
  private final List<PanelGeometry> panels;
  private final Map<PanelType, Integer> types = new HashMap<>();
  private final List<PanelType> typeList = new ArrayList<>();
  private final CodeLookup[] lookups;
  private final float[][] matrices;
  private final double openSteradians;
  private final boolean exact;

  /** Whether frames are left to the calling thread. */
  private final boolean alone;

  private int width;
  private int height;
  private double[] covered;

  /** Where LED pixels are no wider than those of the map; else null. */
  private LedWindows windows;

  /** Where they are wider; else null. */
  private LedFootprints footprints;

  private LightingDilation dilations;
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
    this(rig, settings, false, false);
  }

  /** As the other, by the means over all footprints, which is the slow way. */
  static StageDriver exact(Rig rig, DriveSettings settings) {
    return new StageDriver(rig, settings, true, false);
  }

  /**
   * A driver with the same tables that makes its frames in the calling thread alone, so that
   * several make frames at once.
   */
  public StageDriver forOneThread() {
    StageDriver other = new StageDriver(rig, settings, exact, true);
    if (width > 0) {
      other.width = width;
      other.height = height;
      other.windows = windows;
      other.footprints = footprints;
      other.covered = covered;
      other.limits = limits;
      other.openings = openings.forOneThread();
      other.rest();
    }
    return other;
  }

  private StageDriver(Rig rig, DriveSettings settings, boolean exact, boolean alone) {
    this.rig = rig;
    this.settings = settings;
    this.exact = exact;
    this.alone = alone;
    panels = rig.geometry();
    for (PanelGeometry g : panels) {
      if (types.putIfAbsent(g.type(), typeList.size()) == null) {
        typeList.add(g.type());
      }
    }
    CodeLookup.Cache cache = new CodeLookup.Cache(rig.raster().white());
    lookups = typeList.stream().map(cache::of).toArray(CodeLookup[]::new);
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
    if (width != sized.width()) {
      tables(sized.width(), sized.height());
    }
    EnvironmentMap shown = sized;
    Optional<LightingDilation.Result> dilation = Optional.empty();
    if (settings.range() == DriveSettings.Range.DILATION) {
      dilation = Optional.of(dilations.dilate(sized));
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
    width = w;
    height = h;
    windows = null;
    footprints = null;
    if (!exact && LedFootprints.widest(rig) <= 2 * Math.PI / w * (1 + 1e-9)) {
      windows = new LedWindows(rig, w, h);
      covered = windows.covered();
    } else {
      footprints = new LedFootprints(rig, w, h);
      covered = footprints.covered();
    }
    limits = limits(w, h);
    rest();
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
    openings = new OpeningFill(w, h, covered, fillLimits, alone);
  }

  /** What frames are worked out in, which no two threads can share. */
  private void rest() {
    int length = windows != null ? windows.layout().length() : footprints.paddedLength();
    padded = new float[typeList.size()][length];
    dilations =
        new LightingDilation(
            width, height, limits, typeList.stream().map(PanelType::fromRec709).toList(), covered);
  }

  private IntStream range(int count) {
    IntStream range = IntStream.range(0, count);
    return alone ? range : range.parallel();
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
    forEachRow((_, first, step, count, light) -> {
      for (int c = 0; c < 3; c++) {
        for (int x = 0, i = c * plane + first; x < count; x++, i += step) {
          float rest = light[c][x];
          for (DriveFrame frame : frames) {
            float shown = Math.clamp(rest, 0f, 1f);
            frame.samples()[i] = shown;
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
    forEachRow((panel, first, step, count, light) -> {
      CodeLookup lookup = lookups[types.get(panels.get(panel).type())];
      for (int c = 0; c < 3; c++) {
        if (step == 1) {
          lookup.codes(light[c], count, codes, c * plane + first);
        } else {
          short[] row = new short[count];
          lookup.codes(light[c], count, row, 0);
          for (int x = 0, i = c * plane + first; x < count; x++, i += step) {
            codes[i] = row[x];
          }
        }
      }
    });
  }

  /** The brightest channel of any LED pixel relative to its peak, before anything is cut off. */
  public double brightest(Prepared prepared) {
    pad(prepared);
    float[] most = new float[panels.size()];
    forEachRow((panel, _, _, count, light) -> {
      float m = most[panel];
      for (int x = 0; x < count; x++) {
        m = Math.max(m, Math.max(light[0][x], Math.max(light[1][x], light[2][x])));
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
    forEachRow((panel, _, _, count, light) -> {
      for (int c = 0; c < 3; c++) {
        for (int x = 0; x < count; x++) {
          over[panel] += light[c][x] > top ? 1 : 0;
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
    if (map.width() != width) {
      throw new IllegalStateException("a map that prepare() did not make");
    }
    int tasks = Math.min(height, PAD_TASKS);
    range(tasks)
        .forEach(task -> {
          float[][] row = new float[3][width];
          for (int y = task * height / tasks; y < (task + 1) * height / tasks; y++) {
            for (int c = 0; c < 3; c++) {
              System.arraycopy(map.image().samples(), (c * height + y) * width, row[c], 0, width);
            }
            if (!prepared.fill().nothing()) {
              openings.apply(prepared.fill(), y, row);
            }
            if (windows != null) {
              windows.layout().reduce(y, row);
            }
            for (int t = 0; t < padded.length; t++) {
              if (windows != null) {
                windows.layout().put(y, row, matrices[t], padded[t]);
              } else {
                footprints.padRow(row, matrices[t], y, padded[t]);
              }
            }
          }
        });
    for (float[] of : padded) {
      if (windows != null) {
        windows.layout().putPoles(of);
      } else {
        footprints.padPoles(of);
      }
    }
  }

  private interface RowUse {
    /**
     * Takes LED pixels of a panel that lie in a row.
     *
     * @param first raster index of the first
     * @param step from one to the next
     * @param count LED pixels
     * @param light native light relative to the panel's range, unclamped, {@code [3]} rows that may
     *     be longer
     */
    void take(int panel, int first, int step, int count, float[][] light);
  }

  private void forEachRow(RowUse use) {
    range(panels.size()).forEach(p -> forEachRow(p, use));
  }

  private void forEachRow(int panel, RowUse use) {
    PanelGeometry g = panels.get(panel);
    PanelType type = g.type();
    double range = type.peakNits() - type.blackNits();
    float black = (float) (type.blackNits() / range);
    float[] map = padded[types.get(type)];
    int w = rig.raster().width();
    int count = windows != null ? windows.wide(panel) : g.pixelsWide();
    int rows = windows != null ? windows.high(panel) : g.pixelsHigh();
    float[][] light = new float[3][LedWindows.room(count)];
    float[] four = new float[4 * count + 4];
    for (int y = 0; y < rows; y++) {
      int first;
      int step = 1;
      if (windows != null) {
        first = windows.rasterFirst(panel) + y * w;
        windows.row(panel, y, map, light);
      } else {
        first = g.rasterIndex(0, y, w);
        step = count > 1 ? g.rasterIndex(1, y, w) - first : 1;
        footprints.row(panel, y, map, four);
        if (!footprints.flat(panel)) {
          footprints.gain(panel, y, four);
        }
        for (int x = 0; x < count; x++) {
          light[0][x] = four[4 * x];
          light[1][x] = four[4 * x + 1];
          light[2][x] = four[4 * x + 2];
        }
      }
      if (black > 0) {
        for (float[] of : light) {
          for (int x = 0; x < count; x++) {
            of[x] -= black;
          }
        }
      }
      use.take(panel, first, step, count, light);
    }
  }
}
