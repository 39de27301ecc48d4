package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;

/**
 * A picture that the wall shows while it is calibrated. The order is OpenVPCal's: slate,
 * desaturated primaries, grey, primaries, white, Macbeth chart, saturation ramps, geometry, flat
 * field, EOTF ramp, slate; a black picture comes after the first slate.
 *
 * @param number of the picture, from 0
 * @param name for files
 * @param kind of picture
 * @param colour linear drive of the native primaries; of a chart's patch linear Rec.709; of a ramp
 *     the code value itself; each from 0 to 1
 * @param step which picture of structured light
 */
public record CalibrationPattern(int number, String name, Kind kind, Vector3 colour, int step) {
  /** Steps of the EOTF ramp, as OpenVPCal's default. */
  public static final int RAMP_STEPS = 30;

  private static final double SATURATION = 0.7;
  private static final double GREY = 0.18;

  /** Side of the mark in a slate's upper left corner, as a share of the panel. */
  private static final double MARK = 0.125;

  /** Kinds of pictures. */
  public enum Kind {
    /** A frame around each panel and a mark in its upper left corner, for people. */
    SLATE,
    BLACK,
    DESATURATED,
    GREY,
    PRIMARY,
    WHITE,
    CHART,
    SATURATION,
    GEOMETRY,
    FLAT_FIELD,
    RAMP
  }

  /** All pictures in order. */
  public static List<CalibrationPattern> all(StructuredLight geometry) {
    List<CalibrationPattern> out = new ArrayList<>();
    add(out, "slate", Kind.SLATE, Vector3.ZERO, 0);
    add(out, "black", Kind.BLACK, Vector3.ZERO, 0);
    for (int c = 0; c < 3; c++) {
      add(out, "desaturated-" + "rgb".charAt(c), Kind.DESATURATED, saturated(c, SATURATION), 0);
    }
    add(out, "grey", Kind.GREY, grey(GREY), 0);
    for (int c = 0; c < 3; c++) {
      add(out, "primary-" + "rgb".charAt(c), Kind.PRIMARY, saturated(c, 1), 0);
    }
    add(out, "white", Kind.WHITE, grey(1), 0);
    List<Vector3> chart = ColorChart.linear();
    for (int i = 0; i < chart.size(); i++) {
      add(out, "chart-%02d".formatted(i), Kind.CHART, chart.get(i), 0);
    }
    for (int c = 0; c < 3; c++) {
      for (int k = 1; k <= 3; k++) {
        String name = "saturation-%c-%d".formatted("rgb".charAt(c), 25 * k);
        add(out, name, Kind.SATURATION, saturated(c, k / 4.0), 0);
      }
    }
    for (int i = 0; i < geometry.pictures(); i++) {
      add(out, "geometry-%02d".formatted(i), Kind.GEOMETRY, grey(1), i);
    }
    add(out, "flat-field", Kind.FLAT_FIELD, grey(0.5), 0);
    for (int i = 0; i < RAMP_STEPS; i++) {
      add(out, "ramp-%02d".formatted(i), Kind.RAMP, grey(i / (RAMP_STEPS - 1.0)), i);
    }
    add(out, "end-slate", Kind.SLATE, Vector3.ZERO, 0);
    return List.copyOf(out);
  }

  private static void add(
      List<CalibrationPattern> out, String name, Kind kind, Vector3 colour, int step) {
    out.add(new CalibrationPattern(out.size(), name, kind, colour, step));
  }

  private static Vector3 grey(double v) {
    return new Vector3(v, v, v);
  }

  private static Vector3 saturated(int channel, double s) {
    return new Vector3(
        channel == 0 ? 1 : 1 - s, channel == 1 ? 1 : 1 - s, channel == 2 ? 1 : 1 - s);
  }

  /** The name of a file that holds this picture. */
  public String fileName(String ending) {
    return String.format(Locale.ROOT, "%03d-%s.%s", number, name, ending);
  }

  /** The code, from 0 to 1, that all LEDs of a type show; none for slates and geometry. */
  public Optional<Vector3> code(PanelType type) {
    return switch (kind) {
      case SLATE, GEOMETRY -> Optional.empty();
      case RAMP -> Optional.of(colour);
      case CHART -> Optional.of(encoded(type, type.fromRec709().apply(colour)));
      default -> Optional.of(encoded(type, colour));
    };
  }

  private static Vector3 encoded(PanelType type, Vector3 drive) {
    return new Vector3(
        type.eotf().fromLinear(drive.x(), type.peakNits()),
        type.eotf().fromLinear(drive.y(), type.peakNits()),
        type.eotf().fromLinear(drive.z(), type.peakNits()));
  }

  /** The picture on the raster: code values from 0 to 1, {@code (3, h, w)}. */
  public Image raster(Rig rig, StructuredLight geometry) {
    int w = rig.raster().width();
    int h = rig.raster().height();
    float[] codes = new float[3 * w * h];
    for (PanelGeometry g : rig.geometry()) {
      Optional<Vector3> code = code(g.type());
      for (int y = 0; y < g.pixelsHigh(); y++) {
        for (int x = 0; x < g.pixelsWide(); x++) {
          int i = g.rasterIndex(x, y, w);
          Vector3 v =
              switch (kind) {
                case SLATE -> grey(slate(g, x, y));
                case GEOMETRY -> grey(geometry.lit(step, i % w, i / w) ? 1 : 0);
                default -> code.orElseThrow();
              };
          codes[i] = (float) v.x();
          codes[w * h + i] = (float) v.y();
          codes[2 * w * h + i] = (float) v.z();
        }
      }
    }
    return Image.data(w, h, 3, codes);
  }

  private static double slate(PanelGeometry g, int x, int y) {
    int w = g.pixelsWide();
    int h = g.pixelsHigh();
    boolean edge = x == 0 || y == 0 || x == w - 1 || y == h - 1;
    boolean mark = x < MARK * w && y < MARK * h;
    return edge || mark ? 0.5 : 0.1;
  }
}
