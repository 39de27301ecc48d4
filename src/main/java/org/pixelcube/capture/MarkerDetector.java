package org.pixelcube.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pixelcube.image.Image;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.stage.FrameMarker;
import org.pixelcube.video.DecodedPicture;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.QuadFinder;

/**
 * Finds the frame counter ({@link FrameMarker}) in pictures of linear light: dark squares on white
 * are candidates; their edges are fitted to a fraction of a pixel; each cell is the mean of its
 * middle; black and white are what the rings are at that place, so that exposure, haze and a slope
 * of light cancel. What has no rings or a wrong checksum is not read.
 */
public final class MarkerDetector {
  private static final int SIDE = FrameMarker.SIDE;

  /** Cells of the black ring and what is in it. */
  private static final int INNER = SIDE - 2;

  /** The least side of the black ring, pixels: two pixels a cell. */
  private static final double LEAST_SIDE = 2.0 * INNER;

  /** Where the edge is looked for: as far as the white ring is wide, and the black one. */
  private static final double REACH_CELLS = 0.8;

  private static final int EDGE_SAMPLES = 24;
  private static final int PROFILE_SAMPLES = 33;

  private MarkerDetector() {}

  /**
   * A marker in a picture.
   *
   * @param content what it tells
   * @param corners where it is
   * @param contrast its white less its black, linear: proportional to the exposure
   * @param white its white, linear
   */
  public record Sighting(
      FrameMarker.Content content, Corners corners, double contrast, double white) {}

  /** Looks for markers in the whole picture: all that can be read, no two at the same place. */
  public static List<Sighting> findAll(Image picture) {
    return findAll(DecodedPicture.of(new Frame(picture, 0, 0, 1)), UnaryOperator.identity(), 1);
  }

  /**
   * Looks for markers in the whole picture, of which no more becomes light than is near a
   * candidate.
   *
   * @param linear what makes the picture linear
   * @param step pixels of the picture to one that candidates are looked for in; markers of fewer
   *     than {@code 2 · step} pixels a cell may be missed
   */
  static List<Sighting> findAll(DecodedPicture picture, UnaryOperator<Image> linear, int step) {
    Image codes = picture.codes(step);
    int width = codes.width() * step;
    int height = codes.height() * step;
    List<Sighting> found = new ArrayList<>();
    for (QuadFinder.Quad quad :
        QuadFinder.find(stretched(codes), (step == 1 ? 0.8 : 0.6) * LEAST_SIDE)) {
      Corners rough = new Corners(quad.x(), quad.y()).times(step);
      if (found.stream().anyMatch(s -> near(s.corners(), rough))) {
        continue;
      }
      Window window = Window.around(rough, 0.3 * rough.shortestSide() + 2, width, height);
      if (window.isTooSmall()) {
        continue;
      }
      Image light = luminance(linear.apply(window.of(picture)));
      refine(light, rough.moved(-window.x, -window.y))
          .flatMap(corners -> readTurned(light, corners))
          .map(s ->
              new Sighting(
                  s.content(), s.corners().moved(window.x, window.y), s.contrast(), s.white()))
          .ifPresent(found::add);
    }
    return found;
  }

  /** Codes with their 1st percentile at 0 and their 99th at 1. */
  private static Image stretched(Image codes) {
    float[] s = codes.samples();
    int step = Math.max(1, s.length / 10_000);
    float[] some = new float[(s.length + step - 1) / step];
    for (int i = 0, k = 0; i < s.length; i += step, k++) {
      some[k] = s[i];
    }
    Arrays.sort(some);
    float black = some[(int) (0.01 * (some.length - 1))];
    float scale = 1 / Math.max(1e-4f, some[(int) (0.99 * (some.length - 1))] - black);
    float[] out = new float[s.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.clamp((s[i] - black) * scale, 0f, 1f);
    }
    return Image.data(codes.width(), codes.height(), 1, out);
  }

  /** A part of a picture, pixels. */
  private record Window(int x, int y, int width, int height) {
    static Window around(Corners corners, double margin, int width, int height) {
      int left = (int) Math.max(0, Arrays.stream(corners.x()).min().orElseThrow() - margin);
      int top = (int) Math.max(0, Arrays.stream(corners.y()).min().orElseThrow() - margin);
      double right = Arrays.stream(corners.x()).max().orElseThrow() + margin;
      double bottom = Arrays.stream(corners.y()).max().orElseThrow() + margin;
      return new Window(
          left, top, (int) Math.min(width, right) - left, (int) Math.min(height, bottom) - top);
    }

    boolean isTooSmall() {
      return width < LEAST_SIDE || height < LEAST_SIDE;
    }

    Image of(DecodedPicture picture) {
      return picture.region(x, y, width, height).color();
    }
  }

  private static boolean near(Corners a, Corners b) {
    double dx = Arrays.stream(a.x()).sum() - Arrays.stream(b.x()).sum();
    double dy = Arrays.stream(a.y()).sum() - Arrays.stream(b.y()).sum();
    return Math.hypot(dx, dy) / 4 < 0.3 * a.shortestSide();
  }

  private static Optional<Sighting> readTurned(Image light, Corners corners) {
    Corners at = corners;
    MarkerCells cells = sample(light, corners);
    if (!cells.isMarker()) {
      return Optional.empty();
    }
    for (int turn = 0; turn < 4; turn++) {
      Optional<FrameMarker.Content> content = cells.content();
      if (content.isPresent()) {
        return Optional.of(new Sighting(content.get(), at, cells.contrast(), cells.white()));
      }
      cells = cells.turned();
      at = at.turned();
    }
    return Optional.empty();
  }

  /** A marker's cells and where it is. */
  record Placed(MarkerCells cells, Corners corners) {}

  /**
   * The cells of a marker whose place is known to about half a cell, after fitting its edges anew;
   * only the picture around it is looked at.
   *
   * @param linear what makes the picture linear
   * @param width of the picture
   * @param height of the picture
   * @return nothing if there are no rings
   */
  static Optional<Placed> follow(
      DecodedPicture picture, Corners near, UnaryOperator<Image> linear, int width, int height) {
    Window window = Window.around(near, 0.3 * near.shortestSide() + 2, width, height);
    if (window.isTooSmall()) {
      return Optional.empty();
    }
    Image light = luminance(linear.apply(window.of(picture)));
    Corners start = near.moved(-window.x, -window.y);
    Corners at = refine(light, start).orElse(start);
    MarkerCells cells = sample(light, at);
    return cells.isMarker()
        ? Optional.of(new Placed(cells, at.moved(window.x, window.y)))
        : Optional.empty();
  }

  private static Image luminance(Image picture) {
    return picture.channels() == 1 ? picture : picture.luminance();
  }

  /**
   * Fits the four edges between the white and the black ring: along each, where the light crosses
   * the middle of the two, a line through these places; the corners are where lines meet.
   *
   * @return nothing if an edge is not there
   */
  static Optional<Corners> refine(Image light, Corners start) {
    Corners at = start;
    for (int round = 0; round < 2; round++) {
      Optional<Corners> next = refined(light, at);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
    }
    return Optional.of(at);
  }

  private static Optional<Corners> refined(Image light, Corners start) {
    if (!start.isConvex() || start.shortestSide() < 0.7 * LEAST_SIDE) {
      return Optional.empty();
    }
    double[][] lines = new double[4][];
    double middleX = Arrays.stream(start.x()).sum() / 4;
    double middleY = Arrays.stream(start.y()).sum() / 4;
    for (int side = 0; side < 4; side++) {
      int next = (side + 1) % 4;
      double ax = start.x()[side];
      double ay = start.y()[side];
      double bx = start.x()[next];
      double by = start.y()[next];
      double length = Math.hypot(bx - ax, by - ay);
      // Inwards: to the right of a side that goes round clockwise.
      double nx = -(by - ay) / length;
      double ny = (bx - ax) / length;
      if (nx * (middleX - ax) + ny * (middleY - ay) < 0) {
        return Optional.empty();
      }
      double[] line = edge(light, ax, ay, bx, by, nx, ny);
      if (line == null) {
        return Optional.empty();
      }
      lines[side] = line;
    }
    double[] x = new double[4];
    double[] y = new double[4];
    for (int k = 0; k < 4; k++) {
      double[] p = lines[(k + 3) % 4];
      double[] q = lines[k];
      double d = p[0] * q[1] - p[1] * q[0];
      if (Math.abs(d) < 1e-3) {
        return Optional.empty();
      }
      x[k] = (p[2] * q[1] - p[1] * q[2]) / d;
      y[k] = (p[0] * q[2] - p[2] * q[0]) / d;
    }
    Corners corners = new Corners(x, y);
    double moved = 0;
    for (int k = 0; k < 4; k++) {
      moved = Math.max(moved, Math.hypot(x[k] - start.x()[k], y[k] - start.y()[k]));
    }
    return corners.isConvex() && moved < 0.25 * start.shortestSide()
        ? Optional.of(corners)
        : Optional.empty();
  }

  /** The line a x + b y = c, (a, b) of unit length, of one edge; null if it is not there. */
  private static double[] edge(
      Image light, double ax, double ay, double bx, double by, double nx, double ny) {
    double length = Math.hypot(bx - ax, by - ay);
    double reach = REACH_CELLS * length / INNER;
    double[] along = new double[EDGE_SAMPLES];
    double[] across = new double[EDGE_SAMPLES];
    double[] weight = new double[EDGE_SAMPLES];
    int found = 0;
    double[] profile = new double[PROFILE_SAMPLES];
    for (int i = 0; i < EDGE_SAMPLES; i++) {
      double t = 0.08 + 0.84 * i / (EDGE_SAMPLES - 1);
      for (int k = 0; k < PROFILE_SAMPLES; k++) {
        double s = reach * (2.0 * k / (PROFILE_SAMPLES - 1) - 1);
        profile[k] = bilinear(light, ax + t * (bx - ax) + s * nx, ay + t * (by - ay) + s * ny);
      }
      double at = crossing(profile);
      along[i] = t * length;
      if (at >= 0) {
        across[i] = reach * (2 * at / (PROFILE_SAMPLES - 1) - 1);
        weight[i] = 1;
        found++;
      }
    }
    if (found < EDGE_SAMPLES / 2) {
      return null;
    }
    double[][] rows = new double[EDGE_SAMPLES][];
    for (int i = 0; i < EDGE_SAMPLES; i++) {
      rows[i] = new double[] {1, along[i] / length};
    }
    double[] fit = LeastSquares.robust(rows, across, weight, LeastSquares.Loss.HUBER, 1e-9, 10);
    double x0 = ax + fit[0] * nx;
    double y0 = ay + fit[0] * ny;
    double x1 = bx + (fit[0] + fit[1]) * nx;
    double y1 = by + (fit[0] + fit[1]) * ny;
    double l = Math.hypot(x1 - x0, y1 - y0);
    double a = -(y1 - y0) / l;
    double b = (x1 - x0) / l;
    return new double[] {a, b, a * x0 + b * y0};
  }

  /** Where light falls through the middle between the profile's white and black; −1 if nowhere. */
  private static double crossing(double[] profile) {
    int half = profile.length / 2;
    double white = 0;
    double black = Double.POSITIVE_INFINITY;
    int peak = 0;
    for (int k = 0; k <= half + half / 3; k++) {
      if (profile[k] > white) {
        white = profile[k];
        peak = k;
      }
    }
    for (int k = peak; k < profile.length; k++) {
      black = Math.min(black, profile[k]);
    }
    double middle = (white + black) / 2;
    if (!(white > 1.1 * black + 1e-9)) {
      return -1;
    }
    for (int k = peak; k + 1 < profile.length; k++) {
      if (profile[k] >= middle && profile[k + 1] < middle) {
        return k + (profile[k] - middle) / (profile[k] - profile[k + 1]);
      }
    }
    return -1;
  }

  /** The cells of the square at these corners, as they are. */
  static MarkerCells sample(Image light, Corners corners) {
    Corners.Homography map = corners.fromUnitSquare();
    double cell = corners.shortestSide() / INNER;
    int taps = Math.clamp(Math.round(0.5 * cell) + 1, 2, 5);
    double[] seen = new double[SIDE * SIDE];
    for (int j = 0; j < SIDE; j++) {
      for (int i = 0; i < SIDE; i++) {
        double sum = 0;
        for (int q = 0; q < taps; q++) {
          for (int p = 0; p < taps; p++) {
            // Over the middle half of the cell.
            double u = (i - 1 + 0.25 + 0.5 * (p + 0.5) / taps) / INNER;
            double v = (j - 1 + 0.25 + 0.5 * (q + 0.5) / taps) / INNER;
            sum += bilinear(light, map.x(u, v), map.y(u, v));
          }
        }
        seen[j * SIDE + i] = sum / (taps * taps);
      }
    }
    return normalized(seen);
  }

  /** Divides by the rings: black and white are planes fitted to them. */
  static MarkerCells normalized(double[] seen) {
    LeastSquares black = new LeastSquares(3);
    LeastSquares white = new LeastSquares(3);
    for (int j = 0; j < SIDE; j++) {
      for (int i = 0; i < SIDE; i++) {
        int ring = Math.min(Math.min(i, j), Math.min(SIDE - 1 - i, SIDE - 1 - j));
        if (ring > 1) {
          continue;
        }
        (ring == 0 ? white : black).add(plane(i, j), seen[j * SIDE + i], 1);
      }
    }
    double[] b = black.solve(0);
    double[] w = white.solve(0);
    double contrast = w[0] - b[0];
    double rough = 0;
    int count = 0;
    double[] data = new double[FrameMarker.DATA_CELLS];
    for (int j = 0; j < SIDE; j++) {
      for (int i = 0; i < SIDE; i++) {
        int ring = Math.min(Math.min(i, j), Math.min(SIDE - 1 - i, SIDE - 1 - j));
        double[] p = plane(i, j);
        double low = b[0] + b[1] * p[1] + b[2] * p[2];
        double high = w[0] + w[1] * p[1] + w[2] * p[2];
        double v = seen[j * SIDE + i];
        if (ring > 1) {
          data[(j - 2) * FrameMarker.DATA_SIDE + i - 2] =
              (v - low) / Math.max(high - low, 0.1 * Math.abs(contrast) + 1e-12);
        } else {
          double off = v - (ring == 0 ? high : low);
          rough += off * off;
          count++;
        }
      }
    }
    double roughness = Math.sqrt(rough / count) / Math.max(contrast, 1e-12);
    return new MarkerCells(data, b[0], w[0], roughness);
  }

  private static double[] plane(int i, int j) {
    return new double[] {1, 2.0 * i / (SIDE - 1) - 1, 2.0 * j / (SIDE - 1) - 1};
  }

  /**
   * Light at a place in pixels from the edge, between pixel centres; the border goes on outside.
   */
  private static double bilinear(Image light, double x, double y) {
    int w = light.width();
    int h = light.height();
    double fx = Math.clamp(x - 0.5, 0, w - 1);
    double fy = Math.clamp(y - 0.5, 0, h - 1);
    int x0 = (int) fx;
    int y0 = (int) fy;
    int x1 = Math.min(x0 + 1, w - 1);
    int y1 = Math.min(y0 + 1, h - 1);
    double ax = fx - x0;
    double ay = fy - y0;
    float[] s = light.samples();
    double top = s[y0 * w + x0] + ax * (s[y0 * w + x1] - s[y0 * w + x0]);
    double bottom = s[y1 * w + x0] + ax * (s[y1 * w + x1] - s[y1 * w + x0]);
    return top + ay * (bottom - top);
  }
}
