package org.pixelcube.stage;

import java.util.ArrayList;
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
import org.pixelcube.math.Vector3;

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
  private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

  private final Rig rig;
  private final DriveSettings settings;
  private final List<PanelGeometry> panels;
  private final Map<PanelType, Integer> types = new HashMap<>();
  private final List<PanelType> typeList = new ArrayList<>();
  private final short[][] codeTables;
  private final OpeningFill openings;
  private LedFootprints footprints;
  private float[][] padded;
  private float[] dilationLimit;

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
    openings = new OpeningFill(rig);
  }

  public Rig rig() {
    return rig;
  }

  public DriveSettings settings() {
    return settings;
  }

  /** The part of the sphere, in steradians, that no panel covers as seen from the head. */
  public double openSteradians() {
    return openings.openSteradians();
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
      return new Prepared(map, dilation, OpeningFill.none(fill.keep().length));
    }
  }

  /**
   * Brings a map to the size at which it is gathered and, if the settings say so, dilates it.
   *
   * @throws org.pixelcube.config.UserError if it cannot be dilated to fit
   */
  public Prepared prepare(EnvironmentMap map) {
    int w = LedFootprints.workingWidth(rig, map.width());
    EnvironmentMap sized = map.downsampled(w, w / 2);
    if (footprints == null || footprints.width() != sized.width()) {
      footprints = new LedFootprints(rig, sized.width(), sized.height());
      padded = new float[typeList.size()][footprints.paddedLength()];
      dilationLimit = null;
    }
    Optional<LightingDilation.Result> dilation = Optional.empty();
    if (settings.range() == DriveSettings.Range.DILATION) {
      if (dilationLimit == null) {
        dilationLimit = limits(sized.width(), sized.height());
      }
      dilation =
          Optional.of(
              LightingDilation.dilate(
                  sized, dilationLimit, typeList.stream().map(PanelType::fromRec709).toList()));
      sized = dilation.get().map();
    }
    OpeningFill.Fill fill =
        settings.fillOpenings() ? openings.fill(sized) : OpeningFill.none(panels.size());
    return new Prepared(sized, dilation, fill);
  }

  /** The largest radiance, in the map's units, that the panel in each direction can show. */
  private float[] limits(int w, int h) {
    HeadView view = new HeadView(rig);
    double lowest = typeList.stream().mapToDouble(PanelType::peakNits).min().orElseThrow();
    float[] out = new float[w * h];
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
    pad(prepared.map());
    int w = rig.raster().width();
    int plane = w * rig.raster().height();
    List<DriveFrame> frames = new ArrayList<>();
    for (int k = 0; k < settings.subFrames(); k++) {
      frames.add(DriveFrame.black(rig.raster()));
    }
    forEachRow(
        prepared.fill(),
        (panel, y, row, count, _) -> {
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
    pad(prepared.map());
    int w = rig.raster().width();
    int plane = w * rig.raster().height();
    forEachRow(
        prepared.fill(),
        (panel, y, row, count, index) -> {
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
    pad(prepared.map());
    float[] most = new float[panels.size()];
    forEachRow(
        prepared.fill(),
        (panel, _, row, count, _) -> {
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
    pad(prepared.map());
    long[] over = new long[panels.size()];
    // Rounding errors of the mean of a dilated region are no clipping.
    float top = settings.subFrames() * (1 + 1e-4f);
    forEachRow(
        prepared.fill(),
        (panel, _, row, count, _) -> {
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

  private void pad(EnvironmentMap map) {
    if (footprints == null || map.width() != footprints.width()) {
      throw new IllegalStateException("a map that prepare() did not make");
    }
    for (int t = 0; t < padded.length; t++) {
      PanelType type = typeList.get(t);
      double scale = settings.nitsPerUnit() / (type.peakNits() - type.blackNits());
      Matrix3 m = type.fromRec709();
      double[] matrix = {
        m.m00(), m.m01(), m.m02(), m.m10(), m.m11(), m.m12(), m.m20(), m.m21(), m.m22()
      };
      for (int i = 0; i < 9; i++) {
        matrix[i] *= scale;
      }
      float[] out = padded[t];
      IntStream.rangeClosed(-1, footprints.height())
          .parallel()
          .forEach(row -> footprints.padRow(map, matrix, row, out));
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

  private void forEachRow(OpeningFill.Fill fill, RowUse use) {
    IntStream.range(0, panels.size())
        .parallel()
        .forEach(p -> {
          PanelGeometry g = panels.get(p);
          PanelType type = g.type();
          int n = g.pixelsWide();
          double range = type.peakNits() - type.blackNits();
          double[] a = fill.add()[p];
          Vector3 add =
              type.fromRec709()
                  .apply(new Vector3(a[0], a[1], a[2]))
                  .times(settings.nitsPerUnit() / range);
          float black = (float) (type.blackNits() / range);
          float keep = (float) fill.keep()[p];
          FloatVector offset =
              FloatVector.fromArray(
                  FOUR, new float[] {(float) add.x(), (float) add.y(), (float) add.z(), 0}, 0);
          boolean plain = keep == 1 && add.length() == 0;
          float[] row = new float[(4 * n + LANES.length() - 1) / LANES.length() * LANES.length()];
          int[] scratch = new int[row.length];
          float[] map = padded[types.get(type)];
          for (int y = 0; y < g.pixelsHigh(); y++) {
            footprints.row(p, y, map, row);
            if (!plain) {
              for (int i = 0; i < 4 * n; i += 4) {
                FloatVector.fromArray(FOUR, row, i).mul(keep).add(offset).intoArray(row, i);
              }
            }
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
