package org.pixelcube.capture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.stage.FrameMarker;
import org.pixelcube.stage.Label;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sequence;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;

/**
 * Footage of a wall with markers under lights that alternate, with faults whose kind and place are
 * known: seen in perspective, blurred, row after row by a shutter that may overlap two frames of
 * the wall, with noise, and through a codec. What is filmed besides the markers is a texture.
 */
final class TakeSimulation {
  private static final int SIDE = FrameMarker.SIDE;

  /** Samples of a pixel, a side. */
  private static final int SAMPLES = 4;

  private static final int NOISE = 1 << 18;

  private final View view;
  private final Sequence sequence;
  private final List<Label> cycle;
  private final SplittableRandom random;
  private final float[][] lights = new float[3][];
  private final float[] noise = new float[NOISE];
  private final List<Drawn> drawn = new ArrayList<>();

  /**
   * How a take is filmed.
   *
   * @param width pixels
   * @param height pixels
   * @param markers in the picture
   * @param wallTop height of each marker's top on the wall, 0 top to 1
   * @param wallBottom height of its bottom
   * @param blur standard deviation, pixels
   * @param noise standard deviation of a sample at white, linear
   * @param level of white in the marker, linear, of the camera's range
   * @param ratio frames of the camera to one of the wall
   * @param shutter exposure of a row, in frames of the wall
   * @param readout from the first row's exposure to the last one's, in frames of the wall
   */
  record View(
      int width,
      int height,
      List<Corners> markers,
      double[] wallTop,
      double[] wallBottom,
      double blur,
      double noise,
      double level,
      double ratio,
      double shutter,
      double readout) {

    /**
     * One at random that a careful operator would accept.
     *
     * @param markers 1, or 4 near the picture's corners
     * @param cell pixels of a cell
     */
    static View random(
        int width, int height, int markers, double cell, double ratio, SplittableRandom random) {
      List<Corners> corners = new ArrayList<>();
      double[] top = new double[markers];
      double[] bottom = new double[markers];
      double half = cell * (SIDE - 2) / 2;
      double turn = 0.3 * (random.nextDouble() - 0.5);
      double outer = half * SIDE / (SIDE - 2) * 1.35 + 2;
      for (int m = 0; m < markers; m++) {
        double x =
            markers == 1
                ? outer + random.nextDouble() * (width - 2 * outer)
                : m % 2 == 0 ? outer : width - outer;
        double y =
            markers == 1
                ? outer + random.nextDouble() * (height - 2 * outer)
                : m / 2 == 0 ? outer : height - outer;
        double[] cx = new double[4];
        double[] cy = new double[4];
        for (int k = 0; k < 4; k++) {
          double px = half * ((k == 1 || k == 2 ? 1 : -1) + 0.15 * (random.nextDouble() - 0.5));
          double py = half * ((k >= 2 ? 1 : -1) + 0.15 * (random.nextDouble() - 0.5));
          cx[k] = x + Math.cos(turn) * px - Math.sin(turn) * py;
          cy[k] = y + Math.sin(turn) * px + Math.cos(turn) * py;
        }
        corners.add(new Corners(cx, cy));
        top[m] = y / height - 0.1;
        bottom[m] = y / height + 0.1;
      }
      double shutter = (0.3 + 0.4 * random.nextDouble()) / ratio;
      return new View(
          width,
          height,
          corners,
          top,
          bottom,
          (0.12 + 0.2 * random.nextDouble()) * cell,
          0.005 + 0.015 * random.nextDouble(),
          0.3 + 0.2 * random.nextDouble(),
          ratio,
          shutter,
          (1 / ratio - shutter) * 0.8 * random.nextDouble());
    }
  }

  /** A fault as the report should name it. */
  record Injected(Fault.Kind kind, int footageFrame, int counter, int count) {
    static Injected of(Fault f) {
      return new Injected(f.kind(), f.footageFrame(), f.counter(), f.count());
    }
  }

  /** What is done to a take. */
  enum Cause {
    /** The camera loses one to three frames. */
    DROPPED,
    /** The camera records a frame twice. */
    DOUBLED,
    /** The wall holds a frame and never shows the next. */
    HELD,
    /** Panels below or above some height are a frame ahead. */
    TORN,
    /** One exposure is late and overlaps two frames. */
    LATE,
    /** Lock is lost for two to five exposures, each of which overlaps two frames. */
    UNLOCKED,
    /** An exposure is too bright or too dark. */
    MISEXPOSED,
    /** The wall shows another sequence. */
    FOREIGN,
    /** Something stands before the markers. */
    HIDDEN,
    /** A frame of before comes between. */
    DISORDERED
  }

  /**
   * Something that was done to a take.
   *
   * @param named all that a report should name of it
   */
  record Event(Cause cause, List<Injected> named) {
    static Event of(Cause cause, Fault.Kind kind, int footageFrame, int counter, int count) {
      return new Event(cause, List.of(new Injected(kind, footageFrame, counter, count)));
    }
  }

  /**
   * One exposure.
   *
   * @param start of the first row's, in frames of the wall
   * @param gain of the exposure
   * @param tear height on the wall below which the next frame is shown already; 1 for none
   * @param above whether it is shown above that height instead
   * @param foreign whether another sequence is shown
   * @param hidden whether something stands before the markers
   */
  private record Shot(
      double start, double gain, double tear, boolean above, boolean foreign, boolean hidden) {
    static Shot at(double start) {
      return new Shot(start, 1, 1, false, false, false);
    }
  }

  /**
   * The weights of a marker's cells in the pixels of a rectangle, after blur.
   *
   * @param cells for each pixel, its cells
   * @param weights of these
   * @param ground what is left of the picture behind
   */
  private record Drawn(
      int x, int y, int width, int height, int[][] cells, float[][] weights, float[] ground) {}

  /**
   * A simulation.
   *
   * @param id of the sequence
   * @param frames of the wall, about
   */
  TakeSimulation(View view, int id, int frames, SplittableRandom random) {
    this.view = view;
    this.random = random;
    List<Sequence.Light> named =
        List.of(
            new Sequence.Light("left", "softbox", 0, 0, 0),
            new Sequence.Light("right", "softbox", 180, 0, 0));
    List<Sequence.MarkerPlace> places = new ArrayList<>();
    for (int m = 0; m < view.markers.size(); m++) {
      places.add(new Sequence.MarkerPlace(20 * m, 0, 1, 0.4));
    }
    // Nobody looks at it.
    SafetyLimits none = new SafetyLimits(100_000, 0, 200, 0.05);
    this.sequence =
        Sequence.interleaved(id, 60, named, true, false, frames / 60.0, none).withMarkers(places);
    this.cycle = sequence.labels();
    for (int i = 0; i < NOISE; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    texture();
    for (Corners corners : view.markers) {
      drawn.add(draw(corners));
    }
  }

  Sequence sequence() {
    return sequence;
  }

  View view() {
    return view;
  }

  private void texture() {
    int w = view.width;
    int h = view.height;
    double[] phase = random.doubles(9, 0, 6.3).toArray();
    double fine = 0.2 + 0.5 * random.nextDouble();
    for (int light = 0; light < 3; light++) {
      float[] s = new float[3 * w * h];
      for (int y = 0; y < h; y++) {
        double slope = light == 2 ? 0.5 : 0.5 + (light == 0 ? 0.3 : -0.3);
        for (int x = 0; x < w; x++) {
          double across = (double) x / w;
          double shade = slope * (1 - across) + (1 - slope) * across;
          for (int c = 0; c < 3; c++) {
            double v =
                0.35
                    + 0.2 * Math.sin(fine * x + phase[c])
                    + 0.15 * Math.sin(0.8 * fine * y + 0.3 * fine * x + phase[3 + c])
                    + (Math.sin(0.03 * x - 0.021 * y + phase[6]) > 0.4 ? 0.25 : 0);
            s[(c * h + y) * w + x] = (float) (Math.max(0, v) * shade);
          }
        }
      }
      lights[light] = GaussianBlur.blur(Image.rgb(w, h, s), view.blur).samples();
    }
  }

  private Drawn draw(Corners corners) {
    double reach = 3 * view.blur + 2;
    double grow = 1.4 * corners.shortestSide() / (SIDE - 2) + reach;
    int x0 = (int) Math.max(0, Arrays.stream(corners.x()).min().orElseThrow() - grow);
    int y0 = (int) Math.max(0, Arrays.stream(corners.y()).min().orElseThrow() - grow);
    int x1 = (int) Math.min(view.width, Arrays.stream(corners.x()).max().orElseThrow() + grow + 1);
    int y1 = (int) Math.min(view.height, Arrays.stream(corners.y()).max().orElseThrow() + grow + 1);
    int w = x1 - x0;
    int h = y1 - y0;
    Corners.Homography map = corners.fromUnitSquare();
    // One plane for each cell, one for the black frame round them.
    float[][] planes = new float[SIDE * SIDE + 1][w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        for (int q = 0; q < SAMPLES; q++) {
          for (int p = 0; p < SAMPLES; p++) {
            double[] uv = map.inverse(x0 + x + (p + 0.5) / SAMPLES, y0 + y + (q + 0.5) / SAMPLES);
            double cu = uv[0] * (SIDE - 2) + 1;
            double cv = uv[1] * (SIDE - 2) + 1;
            boolean cell = cu >= 0 && cv >= 0 && cu < SIDE && cv < SIDE;
            if (cell || (cu > -0.4 && cv > -0.4 && cu < SIDE + 0.4 && cv < SIDE + 0.4)) {
              int k = cell ? ((int) cv) * SIDE + (int) cu : SIDE * SIDE;
              planes[k][y * w + x] += 1f / (SAMPLES * SAMPLES);
            }
          }
        }
      }
    }
    float[] ground = new float[w * h];
    Arrays.fill(ground, 1);
    int[] count = new int[w * h];
    for (int k = 0; k < planes.length; k++) {
      planes[k] = GaussianBlur.blur(Image.data(w, h, 1, planes[k]), view.blur).samples();
      for (int i = 0; i < w * h; i++) {
        ground[i] -= planes[k][i];
        count[i] += planes[k][i] > 1e-4f && k < SIDE * SIDE ? 1 : 0;
      }
    }
    int[][] cells = new int[w * h][];
    float[][] weights = new float[w * h][];
    for (int i = 0; i < w * h; i++) {
      cells[i] = new int[count[i]];
      weights[i] = new float[count[i]];
      for (int k = 0, n = 0; k < SIDE * SIDE; k++) {
        if (planes[k][i] > 1e-4f) {
          cells[i][n] = k;
          weights[i][n++] = planes[k][i];
        }
      }
    }
    return new Drawn(x0, y0, w, h, cells, weights, ground);
  }

  /**
   * Writes a take without faults.
   *
   * @param exposures how many
   */
  void writeClean(Path file, Encoding encoding, int exposures) {
    writeExposures(file, encoding, IntStream.range(0, exposures).toArray());
  }

  /** Writes exposures of a camera that goes on evenly; leaving some out drops them. */
  void writeExposures(Path file, Encoding encoding, int[] exposures) {
    write(file, encoding, Arrays.stream(exposures).mapToObj(i -> Shot.at(start(2, i))).toList());
  }

  /** When the first row of an exposure of {@link #writeExposures} begins, frames of the wall. */
  double start(int exposure) {
    return start(2, exposure);
  }

  /**
   * Writes a take with faults, two whole frames or more between them.
   *
   * @param wanted how many
   * @return what should be found, in order
   */
  List<Event> writeFaulty(Path file, Encoding encoding, int wanted) {
    List<Shot> shots = new ArrayList<>();
    List<Event> injected = new ArrayList<>();
    int since = -4;
    int n = 2;
    for (; injected.size() < wanted && n < sequence.frameCount() - 8; n++) {
      if (since++ < 2 || random.nextInt(3) != 0) {
        shots.add(Shot.at(start(n, 0)));
        continue;
      }
      since = 0;
      n = inject(n, shots, injected, wanted);
    }
    for (int k = 0; k < 3; k++) {
      shots.add(Shot.at(start(n++, 0)));
    }
    write(file, encoding, shots);
    return injected;
  }

  /** The first row's start of the exposure {@code i} after the one in the middle of frame n. */
  private double start(int n, int i) {
    double period = 1 / view.ratio;
    return n + (period - view.shutter - view.readout) / 2 + i * period;
  }

  /** Puts a fault at frame n of the wall; gives the last frame that was filmed. */
  private int inject(int n, List<Shot> shots, List<Event> injected, int wanted) {
    int at = shots.size();
    double start = start(n, 0);
    Cause cause = Cause.values()[random.nextInt(Cause.values().length)];
    switch (cause) {
      case DROPPED -> {
        int count = 1 + random.nextInt(3);
        injected.add(Event.of(cause, Fault.Kind.DROPPED, at, n, count));
        shots.add(Shot.at(start(n + count, 0)));
        return n + count;
      }
      case DOUBLED -> {
        shots.add(Shot.at(start));
        shots.add(Shot.at(start));
        injected.add(Event.of(cause, Fault.Kind.DOUBLED, at + 1, n, 1));
      }
      case HELD -> {
        shots.add(Shot.at(start(n - 1, 0)));
        shots.add(Shot.at(start(n + 1, 0)));
        injected.add(
            new Event(
                cause,
                List.of(
                    new Injected(Fault.Kind.DOUBLED, at, n - 1, 1),
                    new Injected(Fault.Kind.DROPPED, at + 1, n, 1))));
        return n + 1;
      }
      case TORN -> {
        shots.add(new Shot(start, 1, tear(), random.nextBoolean(), false, false));
        injected.add(Event.of(cause, Fault.Kind.TORN, at, n, 1));
      }
      case LATE -> {
        shots.add(Shot.at(start + late()));
        injected.add(Event.of(cause, Fault.Kind.TORN, at, n, 1));
      }
      case UNLOCKED -> {
        int count = Math.min(2 + random.nextInt(4), wanted - injected.size());
        double late = late();
        for (int k = 0; k < count; k++) {
          injected.add(Event.of(cause, Fault.Kind.TORN, at + k, n + k, 1));
          shots.add(Shot.at(start(n + k, 0) + late));
        }
        return n + count - 1;
      }
      case MISEXPOSED -> {
        double stops = (0.15 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
        shots.add(new Shot(start, Math.pow(2, stops), 1, false, false, false));
        injected.add(Event.of(cause, Fault.Kind.MISEXPOSED, at, n, 1));
      }
      case FOREIGN -> {
        shots.add(new Shot(start, 1, 1, false, true, false));
        injected.add(Event.of(cause, Fault.Kind.FOREIGN, at, n, 1));
      }
      case HIDDEN -> {
        shots.add(new Shot(start, 1, 1, false, false, true));
        injected.add(Event.of(cause, Fault.Kind.UNREADABLE, at, -1, 1));
      }
      case DISORDERED -> {
        int old = n - 1 - random.nextInt(3);
        int back = Math.max(0, old - 1);
        shots.add(Shot.at(start(back, 0)));
        shots.add(Shot.at(start));
        injected.add(Event.of(cause, Fault.Kind.DISORDERED, at, back, 1));
      }
    }
    return n;
  }

  /** A height of the wall that goes through a marker, two rows of its data or more on each side. */
  private double tear() {
    int m = random.nextInt(view.markers.size());
    double row = 4 + 4 * random.nextDouble();
    return view.wallTop[m] + row / SIDE * (view.wallBottom[m] - view.wallTop[m]);
  }

  /** How late an exposure is that gives the next frame 15 to 85 % of the first marker. */
  private double late() {
    double share = 0.15 + 0.7 * random.nextDouble();
    double y = Arrays.stream(view.markers.getFirst().y()).average().orElseThrow() / view.height;
    double begin = start(0, 0) + view.readout * y;
    return 1 - begin - view.shutter + share * view.shutter;
  }

  private void write(Path file, Encoding encoding, List<Shot> shots) {
    ClipInfo info = ClipInfo.synthetic(view.width, view.height, new Rational(60, 1), false);
    try (ClipWriter writer = ClipWriter.open(file, encoding, info)) {
      for (int i = 0; i < shots.size(); i++) {
        writer.write(new Frame(picture(shots.get(i)), i, i, 1));
      }
      writer.finish();
    }
  }

  /** What the camera sees, linear. */
  private Image picture(Shot shot) {
    int w = view.width;
    int h = view.height;
    int n = w * h;
    float[] out = new float[3 * n];
    int first = (int) Math.floor(shot.start);
    int last = (int) Math.floor(shot.start + view.readout + view.shutter);
    for (int f = first; f <= last; f++) {
      float[] light = lights[light(f)];
      for (int y = 0; y < h; y++) {
        float share = (float) share(shot, y, f);
        if (share > 0) {
          for (int c = 0; c < 3; c++) {
            for (int i = c * n + y * w, end = i + w; i < end; i++) {
              out[i] += share * light[i];
            }
          }
        }
      }
    }
    for (int m = 0; m < drawn.size(); m++) {
      marker(shot, m, first, last, out);
    }
    float gain = (float) shot.gain;
    int at = random.nextInt(NOISE);
    float deviation = (float) view.noise;
    for (int i = 0; i < out.length; i++) {
      float v = out[i] * gain;
      at = (at + 1) & (NOISE - 1);
      v += deviation * noise[at] * (float) (0.1 + Math.sqrt(v));
      out[i] = Math.clamp(v, 0f, 1f);
      if (i % w == 0) {
        at = (at + random.nextInt(NOISE)) & (NOISE - 1);
      }
    }
    return Image.rgb(w, h, out);
  }

  private int light(int wallFrame) {
    Label label = cycle.get(Math.floorMod(wallFrame - sequence.firstFullFrame(), cycle.size()));
    return label.kind() == Label.Kind.LIGHT ? label.index() : 2;
  }

  /** The share of a frame of the wall in the exposure of a row. */
  private double share(Shot shot, int row, int wallFrame) {
    double from = shot.start + view.readout * (row + 0.5) / view.height;
    double to = from + view.shutter;
    return Math.max(0, Math.min(to, wallFrame + 1.0) - Math.max(from, wallFrame)) / view.shutter;
  }

  private void marker(Shot shot, int m, int first, int last, float[] out) {
    Drawn d = drawn.get(m);
    int n = view.width * view.height;
    float[][] patterns = new float[last - first + 2][];
    int id = shot.foreign ? (sequence.id() + 1) % 256 : sequence.id();
    for (int f = first; f <= last + 1; f++) {
      int counter = Math.clamp(f, 0, sequence.frameCount() - 1);
      patterns[f - first] = FrameMarker.pattern(new FrameMarker.Content(counter, id));
    }
    double wall = view.wallBottom[m] - view.wallTop[m];
    for (int y = 0; y < d.height; y++) {
      for (int f = first; f <= last; f++) {
        float share = (float) share(shot, d.y + y, f);
        if (share == 0) {
          continue;
        }
        float[] light = lights[light(f)];
        for (int x = 0; x < d.width; x++) {
          int j = y * d.width + x;
          float sum = 0;
          for (int k = 0; k < d.cells[j].length; k++) {
            int cell = d.cells[j][k];
            boolean next =
                shot.tear < 1
                    && (view.wallTop[m] + (cell / SIDE + 0.5) / SIDE * wall > shot.tear)
                        != shot.above;
            sum += d.weights[j][k] * patterns[f - first + (next ? 1 : 0)][cell];
          }
          float white = shot.hidden ? 0.1f * (1 - d.ground[j]) : (float) view.level * sum;
          for (int c = 0; c < 3; c++) {
            int to = c * n + (d.y + y) * view.width + d.x + x;
            out[to] += share * (white - (1 - d.ground[j]) * light[to]);
          }
        }
      }
    }
  }
}
