package org.pixelcube.stage;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;

/**
 * Pictures for a wall as they are handed to a screen or a network: eight bits a channel, packed
 * 0xRRGGBB. Either the whole raster, or one pixel for each panel (a row of all panels), for rigs
 * whose panels have one colour each. Codes are those of each panel's EOTF; no panel, no light.
 *
 * <p>Immutable; for any number of threads.
 */
public final class WallPixels {
  /** Bits of a channel, whatever the rig's raster has. */
  public static final int BITS = 8;

  private static final int WHITE = (1 << BITS) - 1;

  private final Rig rig;
  private final boolean single;
  private final int width;
  private final int height;
  private final Region[] regions;

  /** Pixels of one panel: a rectangle of the picture. */
  private record Region(
      PanelGeometry panel, int u, int v, int width, int height, short[] codes, double[][] nits) {}

  private WallPixels(Rig rig, boolean single) {
    this.rig = rig;
    this.single = single;
    List<PanelGeometry> panels = rig.geometry();
    width = single ? panels.size() : rig.raster().width();
    height = single ? 1 : rig.raster().height();
    regions = new Region[panels.size()];
    CodeLookup.Cache lookups = new CodeLookup.Cache(WHITE);
    double area = panels.stream().mapToDouble(g -> area(g.type())).sum();
    for (int p = 0; p < regions.length; p++) {
      PanelGeometry g = panels.get(p);
      RasterPlace place = g.panel().raster();
      int w = single ? 1 : place.width(g.pixelsWide(), g.pixelsHigh());
      int h = single ? 1 : place.height(g.pixelsWide(), g.pixelsHigh());
      regions[p] =
          new Region(
              g,
              single ? p : place.u(),
              single ? 0 : place.v(),
              w,
              h,
              lookups.of(g.type()).table(),
              nits(g.type(), area(g.type()) / area / (w * h)));
    }
  }

  /** Pictures of the rig's raster. */
  public static WallPixels raster(Rig rig) {
    return new WallPixels(rig, false);
  }

  /** Pictures of one row: a pixel for each panel, in the rig's order. */
  public static WallPixels panels(Rig rig) {
    return new WallPixels(rig, true);
  }

  private static double area(PanelType type) {
    return type.widthMetres() * type.heightMetres();
  }

  /** What a code adds to the wall's mean luminance, {@code [channel][code]}. */
  private static double[][] nits(PanelType type, double share) {
    Vector3 weights = type.primaries().luminanceWeights();
    double[] channel = {weights.x(), weights.y(), weights.z()};
    double[][] out = new double[3][WHITE + 1];
    for (int k = 0; k <= WHITE; k++) {
      double light = type.eotf().toLinear((double) k / WHITE, type.peakNits());
      for (int c = 0; c < 3; c++) {
        out[c][k] = channel[c] * type.peakNits() * light * share;
      }
    }
    return out;
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** The rig they are for. */
  public Rig rig() {
    return rig;
  }

  /** Whether each panel has a single colour. */
  boolean onePerPanel() {
    return single;
  }

  /** A black picture. */
  public int[] black() {
    return new int[width * height];
  }

  /**
   * The codes of light.
   *
   * @param light of the raster, {@code (3, h, w)}: linear shares of each panel's range; panels of
   *     one colour take its mean over their area
   * @param out receives the picture
   */
  public void encode(float[] light, int[] out) {
    if (single) {
      double[][] means =
          new DriveFrame(rig.raster().width(), rig.raster().height(), light)
              .panelMeans(Arrays.stream(regions).map(Region::panel).toList());
      for (int p = 0; p < width; p++) {
        double[] m = means[p];
        out[p] = pixel(regions[p].codes(), (float) m[0], (float) m[1], (float) m[2]);
      }
      return;
    }
    Arrays.fill(out, 0);
    int plane = width * height;
    for (Region r : regions) {
      for (int y = r.v(); y < r.v() + r.height(); y++) {
        int row = y * width + r.u();
        for (int i = row; i < row + r.width(); i++) {
          out[i] = pixel(r.codes(), light[i], light[plane + i], light[2 * plane + i]);
        }
      }
    }
  }

  private static int pixel(short[] codes, float red, float green, float blue) {
    return code(codes, red) << 16 | code(codes, green) << 8 | code(codes, blue);
  }

  private static int code(short[] codes, float light) {
    // Not a number is black.
    float l = light > 0 ? Math.min(light, 1f) : 0;
    return codes[(int) ((float) Math.sqrt(l) * CodeLookup.LAST + 0.5f)];
  }

  /**
   * The codes of drive frames, rounded to eight bits.
   *
   * @param codes fractions of the largest code, {@code (3, h, w)} of the raster, as {@link
   *     DriveFrame#codes} gives them
   * @param out receives the picture
   */
  public void ofCodes(Image codes, int[] out) {
    if (single) {
      encode(DriveFrame.ofCodes(rig, codes).samples(), out);
      return;
    }
    Arrays.fill(out, 0);
    float[] s = codes.samples();
    int plane = width * height;
    for (Region r : regions) {
      for (int y = r.v(); y < r.v() + r.height(); y++) {
        int row = y * width + r.u();
        for (int i = row; i < row + r.width(); i++) {
          out[i] = round(s[i]) << 16 | round(s[plane + i]) << 8 | round(s[2 * plane + i]);
        }
      }
    }
  }

  private static int round(float code) {
    return code > 0 ? (int) (Math.min(code, 1f) * WHITE + 0.5f) : 0;
  }

  /**
   * Lights some panels evenly in white, and no others.
   *
   * @param lit indices of panels
   * @param level share of their peak
   */
  void fill(int[] lit, double level, int[] out) {
    Arrays.fill(out, 0);
    for (int p : lit) {
      Region r = regions[p];
      int white = pixel(r.codes(), (float) level, (float) level, (float) level);
      for (int y = r.v(); y < r.v() + r.height(); y++) {
        Arrays.fill(out, y * width + r.u(), y * width + r.u() + r.width(), white);
      }
    }
  }

  /** Draws a marker over a picture of the raster; nothing on panels of one colour. */
  void mark(FrameMarker.Content content, Sequence.MarkerPlace place, int[] out) {
    if (single) {
      return;
    }
    float[] pattern = FrameMarker.pattern(content);
    int cell = place.cellPixels();
    int size = FrameMarker.SIDE * cell;
    for (Region r : regions) {
      int white =
          pixel(r.codes(), (float) place.level(), (float) place.level(), (float) place.level());
      int top = Math.max(place.rasterV(), r.v());
      int bottom = Math.min(place.rasterV() + size, r.v() + r.height());
      int left = Math.max(place.rasterU(), r.u());
      int right = Math.min(place.rasterU() + size, r.u() + r.width());
      if (right - left == size && bottom - top == size) {
        darken(r, left - cell, top - cell, right + cell, bottom + cell, out);
      }
      for (int y = top; y < bottom; y++) {
        int line = (y - place.rasterV()) / cell * FrameMarker.SIDE;
        for (int x = left; x < right; x++) {
          out[y * width + x] = pattern[line + (x - place.rasterU()) / cell] > 0 ? white : 0;
        }
      }
    }
  }

  /** The margin of a marker, as {@link SequenceRaster} has it: black, as far as its panel goes. */
  private void darken(Region r, int left, int top, int right, int bottom, int[] out) {
    int from = Math.max(r.u(), left);
    int to = Math.min(r.u() + r.width(), right);
    for (int y = Math.max(r.v(), top); y < Math.min(r.v() + r.height(), bottom); y++) {
      Arrays.fill(out, y * width + from, y * width + to, 0);
    }
  }

  /**
   * The same picture with less light: each code stands for {@code gain} times the light.
   *
   * @param from a picture
   * @param gain in [0, 1]
   * @param to receives the other; may be {@code from}
   */
  public void fade(int[] from, double gain, int[] to) {
    if (gain >= 1) {
      System.arraycopy(from, 0, to, 0, from.length);
      return;
    }
    if (!(gain > 0)) {
      Arrays.fill(to, 0);
      return;
    }
    PanelType before = null;
    int[] faded = new int[WHITE + 1];
    for (Region r : regions) {
      PanelType type = r.panel().type();
      if (!type.equals(before)) {
        for (int k = 0; k <= WHITE; k++) {
          double light = gain * type.eotf().toLinear((double) k / WHITE, type.peakNits());
          faded[k] = (int) Math.round(type.eotf().fromLinear(light, type.peakNits()) * WHITE);
        }
        before = type;
      }
      for (int y = r.v(); y < r.v() + r.height(); y++) {
        int row = y * width + r.u();
        for (int i = row; i < row + r.width(); i++) {
          int rgb = from[i];
          to[i] =
              faded[rgb >> 16 & WHITE] << 16 | faded[rgb >> 8 & WHITE] << 8 | faded[rgb & WHITE];
        }
      }
    }
  }

  /** How bright a picture makes the wall in the mean over its area, cd/m², without its black. */
  public double meanNits(int[] rgb) {
    return IntStream.range(0, regions.length).mapToDouble(p -> panelNits(regions[p], rgb)).sum();
  }

  private double panelNits(Region r, int[] rgb) {
    double[] red = r.nits()[0];
    double[] green = r.nits()[1];
    double[] blue = r.nits()[2];
    double sum = 0;
    for (int y = r.v(); y < r.v() + r.height(); y++) {
      int row = y * width + r.u();
      for (int i = row; i < row + r.width(); i++) {
        int p = rgb[i];
        sum += red[p >> 16 & WHITE] + green[p >> 8 & WHITE] + blue[p & WHITE];
      }
    }
    return sum;
  }

  /**
   * The share of light at a share of a ramp, 3x² − 2x³: from black to full and back without a
   * corner.
   */
  static double easing(double x) {
    double c = Math.clamp(x, 0, 1);
    return c * c * (3 - 2 * c);
  }
}
