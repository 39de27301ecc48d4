package org.pixelcube.stage;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.image.Image;
import org.pixelcube.light.CubeMap.Face;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.LightProbe;
import org.pixelcube.math.Vector3;

/**
 * Pictures and a table of a rig. The unfolded cube is what the head sees on the six faces of a cube
 * about it, whatever the shape of the stage: left, back, right, front in a row, the ceiling above
 * the back, the floor below; as seen from within.
 */
public final class StagePictures {
  private static final int FACE = 400;
  private static final int COVERAGE_WIDTH = 1024;

  /** Brightest light of a white ball in the pictures of balls. */
  private static final double PAPER = 0.8;

  private static final Color GROUND = new Color(24, 24, 24);
  private static final Color OPENING = new Color(60, 60, 60);

  /** The faces in a row of the unfolded cube. */
  private static final List<Face> ROW =
      List.of(Face.NEGATIVE_X, Face.NEGATIVE_Z, Face.POSITIVE_X, Face.POSITIVE_Z);

  private StagePictures() {}

  private static int left(Face face) {
    return switch (face) {
      case POSITIVE_Y, NEGATIVE_Y -> FACE;
      default -> ROW.indexOf(face) * FACE;
    };
  }

  private static int top(Face face) {
    return switch (face) {
      case POSITIVE_Y -> 0;
      case NEGATIVE_Y -> 2 * FACE;
      default -> FACE;
    };
  }

  private interface Paint {
    /** sRGB code 0xRRGGBB of what is seen on a panel. */
    int of(HeadView.Seen seen);
  }

  private static BufferedImage unfold(Rig rig, Paint paint) {
    BufferedImage canvas = new BufferedImage(4 * FACE, 3 * FACE, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setColor(GROUND);
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    g.dispose();
    HeadView view = new HeadView(rig);
    for (Face face : Face.values()) {
      int[] codes = new int[FACE * FACE];
      IntStream.range(0, FACE)
          .parallel()
          .forEach(y -> {
            for (int x = 0; x < FACE; x++) {
              HeadView.Seen seen =
                  view.towards(face.direction(2 * (x + 0.5) / FACE - 1, 2 * (y + 0.5) / FACE - 1));
              codes[y * FACE + x] = seen.panel() < 0 ? OPENING.getRGB() & 0xFFFFFF : paint.of(seen);
            }
          });
      canvas.setRGB(left(face), top(face), FACE, FACE, codes, 0, FACE);
    }
    return canvas;
  }

  /** The panels with their names and places in the raster, linear Rec.709. */
  public static Image panels(Rig rig) {
    List<PanelGeometry> panels = rig.geometry();
    BufferedImage canvas =
        unfold(
            rig,
            seen -> {
              // A darker band at the upper edge shows which way the panel stands.
              float shade = seen.t() < 0.06 ? 0.35f : seen.panel() % 2 == 0 ? 0.75f : 0.68f;
              return colour(panels.get(seen.panel()), shade);
            });
    Graphics2D g = canvas.createGraphics();
    try {
      label(rig, panels, g);
    } finally {
      g.dispose();
    }
    return Image.ofCanvas(canvas);
  }

  private static int colour(PanelGeometry panel, float brightness) {
    float hue = Face.of(panel.normal().times(-1)).ordinal() / 6f;
    return Color.HSBtoRGB(hue, 0.45f, brightness) & 0xFFFFFF;
  }

  private static void label(Rig rig, List<PanelGeometry> panels, Graphics2D g) {
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setStroke(new BasicStroke(1));
    for (PanelGeometry panel : panels) {
      Vector3 to = panel.centre().minus(rig.head());
      Face face = Face.of(to);
      double along = to.dot(face.axis());
      double s = to.dot(face.columns()) / along;
      double t = to.dot(face.rows()) / along;
      int x = left(face) + (int) ((s + 1) / 2 * FACE);
      int y = top(face) + (int) ((t + 1) / 2 * FACE);
      RasterPlace place = panel.panel().raster();
      String turned = place.orientation() == 0 ? "" : " " + place.orientation() + "°";
      String mirrored = place.flipHorizontal() || place.flipVertical() ? " mirrored" : "";
      centred(g, panel.panel().name(), x, y, 12);
      centred(g, place.u() + ", " + place.v() + turned + mirrored, x, y + 15, 11);
    }
  }

  private static void centred(Graphics2D g, String text, int x, int y, int size) {
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
    FontMetrics metrics = g.getFontMetrics();
    g.setColor(Color.BLACK);
    g.drawString(text, x - metrics.stringWidth(text) / 2, y);
  }

  /** The light of drive frames of one exposure, 1 at the highest peak, linear Rec.709. */
  public static Image light(Rig rig, List<DriveFrame> frames) {
    List<PanelGeometry> panels = rig.geometry();
    double peak = panels.stream().mapToDouble(g -> g.type().peakNits()).max().orElseThrow();
    int width = rig.raster().width();
    int plane = width * rig.raster().height();
    return Image.ofCanvas(
        unfold(
            rig,
            seen -> {
              PanelGeometry g = panels.get(seen.panel());
              int i =
                  g.rasterIndex(
                      (int) (seen.s() * g.pixelsWide()), (int) (seen.t() * g.pixelsHigh()), width);
              double[] sum = new double[3];
              for (DriveFrame frame : frames) {
                for (int c = 0; c < 3; c++) {
                  sum[c] += frame.samples()[c * plane + i];
                }
              }
              return code(
                  g.type()
                      .toRec709()
                      .apply(new Vector3(sum[0], sum[1], sum[2]))
                      .times(g.type().peakNits() / peak / frames.size()));
            }));
  }

  /**
   * The light of drive frames of one exposure as the head sees it, in a map's units; openings are
   * black.
   */
  public static EnvironmentMap reproduced(Rig rig, List<DriveFrame> frames, double nitsPerUnit) {
    int w = COVERAGE_WIDTH;
    int h = w / 2;
    float[] out = new float[3 * w * h];
    int plane = rig.raster().width() * rig.raster().height();
    HeadView view = new HeadView(rig);
    List<PanelGeometry> panels = rig.geometry();
    IntStream.range(0, h)
        .parallel()
        .forEach(y -> {
          for (int x = 0; x < w; x++) {
            HeadView.Seen seen =
                view.towards(EnvironmentMap.direction((x + 0.5) / w, (y + 0.5) / h));
            if (seen.panel() < 0) {
              continue;
            }
            PanelGeometry g = panels.get(seen.panel());
            PanelType type = g.type();
            int i =
                g.rasterIndex(
                    (int) (seen.s() * g.pixelsWide()),
                    (int) (seen.t() * g.pixelsHigh()),
                    rig.raster().width());
            double[] nits = new double[3];
            for (DriveFrame frame : frames) {
              for (int c = 0; c < 3; c++) {
                nits[c] +=
                    type.blackNits()
                        + (type.peakNits() - type.blackNits()) * frame.samples()[c * plane + i];
              }
            }
            double scale = type.viewingAngle().relativeRadiance(seen.cosine()) / nitsPerUnit;
            Vector3 l = type.toRec709().apply(new Vector3(nits[0], nits[1], nits[2])).times(scale);
            out[y * w + x] = (float) Math.max(0, l.x());
            out[w * h + y * w + x] = (float) Math.max(0, l.y());
            out[2 * w * h + y * w + x] = (float) Math.max(0, l.z());
          }
        });
    return EnvironmentMap.of(Image.rgb(w, h, out));
  }

  /**
   * Mirror ball and grey ball under a map, above, and under the light of the panels, below; grey
   * under the map as bright as paper, linear Rec.709.
   *
   * @param size of a ball in pixels
   */
  public static Image balls(EnvironmentMap map, EnvironmentMap reproduced, int size) {
    double white = 0;
    for (Vector3 n : OpeningFill.normals(100)) {
      white = Math.max(white, map.downsampled(256, 128).irradiance(n).luminance() / Math.PI);
    }
    double scale = white > 0 ? PAPER / white : 1;
    float[] out = new float[3 * 4 * size * size];
    int row = 0;
    for (EnvironmentMap of : List.of(map, reproduced)) {
      EnvironmentMap lit = of.scaled(scale, scale, scale);
      int column = 0;
      for (Image ball :
          List.of(LightProbe.mirrorBall(lit, size), LightProbe.diffuseBall(lit, size, 1))) {
        for (int c = 0; c < 3; c++) {
          for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
              out[(c * 2 * size + row * size + y) * 2 * size + column * size + x] =
                  ball.at(c, y, x) * ball.at(3, y, x);
            }
          }
        }
        column++;
      }
      row++;
    }
    return Image.rgb(2 * size, 2 * size, out);
  }

  private static int code(Vector3 rgb) {
    return channel(rgb.x()) << 16 | channel(rgb.y()) << 8 | channel(rgb.z());
  }

  private static int channel(double light) {
    return (int) Math.round(255 * TransferFunction.SRGB.fromLinear(Math.clamp(light, 0, 1)));
  }

  /** Which panel covers which direction from the head: equirectangular, openings dark. */
  public static Image coverage(Rig rig) {
    int w = COVERAGE_WIDTH;
    int h = w / 2;
    BufferedImage canvas = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    HeadView view = new HeadView(rig);
    List<PanelGeometry> panels = rig.geometry();
    IntStream.range(0, h)
        .parallel()
        .forEach(y -> {
          for (int x = 0; x < w; x++) {
            HeadView.Seen seen =
                view.towards(EnvironmentMap.direction((x + 0.5) / w, (y + 0.5) / h));
            // Lines round the panels, a little wider than a pixel of this picture.
            boolean edge =
                Math.min(Math.min(seen.s(), 1 - seen.s()), Math.min(seen.t(), 1 - seen.t()))
                    < 0.012;
            int code =
                seen.panel() < 0
                    ? 0
                    : colour(
                        panels.get(seen.panel()),
                        edge ? 0.3f : (float) (0.35 + 0.5 * seen.cosine()));
            synchronized (canvas) {
              canvas.setRGB(x, y, code);
            }
          }
        });
    return Image.ofCanvas(canvas);
  }

  /** The stage in a few lines. */
  public static List<String> summary(Rig rig) {
    List<PanelGeometry> panels = rig.geometry();
    double covered = panels.stream().mapToDouble(g -> g.solidAngle(rig.head())).sum();
    double lux =
        panels.stream().mapToDouble(g -> g.solidAngle(rig.head()) * g.type().peakNits()).sum() / 4;
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "%s: %d panels, %.2f million LED pixels, raster %d×%d at %s Hz, %d bits",
            rig.name(),
            panels.size(),
            rig.ledPixels() / 1e6,
            rig.raster().width(),
            rig.raster().height(),
            number(rig.raster().framesPerSecond()),
            rig.raster().bits()));
    lines.add(
        line(
            "covered from the head: %.2f of 12.57 sr (%.1f %%); open: %.1f %%",
            covered, 100 * covered / (4 * Math.PI), 100 - 100 * covered / (4 * Math.PI)));
    lines.add(line("all white: %.0f lux on a surface at the head, mean over all directions", lux));
    return lines;
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.3f", value);
  }

  /** One line for each panel: where it is, what the head sees of it, where it is in the raster. */
  public static List<String> table(Rig rig) {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "%-16s %-10s %8s %8s %7s %7s %9s %9s %10s %6s  %s",
            "panel",
            "type",
            "yaw°",
            "elev°",
            "m",
            "sr",
            "LED°",
            "angle°",
            "raster",
            "turn",
            "processor"));
    for (PanelGeometry g : rig.geometry()) {
      Vector3 to = g.centre().minus(rig.head());
      double widest = 0;
      double steepest = 0;
      double finest = Double.POSITIVE_INFINITY;
      for (double t : new double[] {0, 0.5, 1}) {
        for (double s : new double[] {0, 0.5, 1}) {
          Vector3 d = g.at(s, t).minus(rig.head());
          double cosine = -d.dot(g.normal()) / d.length();
          double pitch = g.type().widthMetres() / g.pixelsWide() / d.length();
          widest = Math.max(widest, pitch);
          finest = Math.min(finest, pitch * cosine);
          steepest = Math.max(steepest, Math.toDegrees(Math.acos(Math.clamp(cosine, -1, 1))));
        }
      }
      RasterPlace at = g.panel().raster();
      int w = at.width(g.pixelsWide(), g.pixelsHigh());
      int h = at.height(g.pixelsWide(), g.pixelsHigh());
      String processor =
          rig.processors().stream()
              .filter(p ->
                  at.u() >= p.u()
                      && at.v() >= p.v()
                      && at.u() + w <= p.u() + p.width()
                      && at.v() + h <= p.v() + p.height())
              .map(Rig.Processor::name)
              .findFirst()
              .orElseThrow();
      lines.add(
          line(
              "%-16s %-10s %8.1f %8.1f %7.2f %7.4f %4.2f-%4.2f %9.1f %10s %6s  %s",
              g.panel().name(),
              g.type().name(),
              Math.toDegrees(Math.atan2(to.x(), to.z())),
              Math.toDegrees(Math.asin(to.y() / to.length())),
              to.length(),
              g.solidAngle(rig.head()),
              Math.toDegrees(finest),
              Math.toDegrees(widest),
              steepest,
              at.u() + "," + at.v(),
              at.orientation() + (at.flipHorizontal() ? "h" : "") + (at.flipVertical() ? "v" : ""),
              processor));
    }
    return lines;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
